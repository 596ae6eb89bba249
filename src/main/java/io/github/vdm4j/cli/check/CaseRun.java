package io.github.vdm4j.cli.check;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;

import io.github.vdm4j.BatchResult;
import io.github.vdm4j.ExecutionPath;
import io.github.vdm4j.TaskResult;
import io.github.vdm4j.Vdm;
import io.github.vdm4j.VdmException;
import io.github.vdm4j.VdmFlags;
import io.github.vdm4j.VdmFuture;
import io.github.vdm4j.VdmOperationType;
import io.github.vdm4j.VdmOutput;
import io.github.vdm4j.VdmResult;
import io.github.vdm4j.cli.check.CheckReport.Failure;
import io.github.vdm4j.cli.check.CheckResults.Line;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.List;
import java.util.stream.IntStream;

/**
 * One operation, executed on the device and on the calling thread. Each execution has its own copy
 * of the ranges and of the bytes around them.
 */
final class CaseRun {
    private static final long PAGE = 4096;
    /**
     * The divisor of a range's size that yields the free bytes behind the range. The gap exceeds
     * the 8 bytes of protection for each block.
     */
    private static final long GAP = 32;

    private final CheckContext context;
    private final Line line;
    private final CheckCase that;
    private final Arena arena = Arena.ofShared();
    private final List<Long> sizes;
    private final long[] starts;
    private final MemorySegment expected;
    private final MemorySegment actual;
    private final long recordBytes;
    private VdmFuture<?> future;

    CaseRun(CheckContext context, Line line, CheckCase that) throws IOException {
        this.context = context;
        this.line = line;
        this.that = that;
        sizes = that.operation().sizes(that);
        starts = new long[sizes.size()];
        long at = 0;
        for (int i = 0; i < starts.length; i++) {
            starts[i] = at + that.offset(i);
            // A strip from a source that closely follows would have different submissions.
            at = (starts[i] + sizes.get(i) + sizes.get(i) / GAP + PAGE) & -PAGE;
        }
        expected = CheckMemory.present(at, arena);
        byte[] noise = new byte[(int) expected.byteSize()];
        that.content().nextBytes(noise);
        expected.copyFrom(MemorySegment.ofArray(noise));
        recordBytes = that.operation().prepare(that, context.reference(), ranges(expected));
        actual = context.memory().of(expected, line.variant(), arena);
    }

    private MemorySegment[] ranges(MemorySegment whole) {
        var ranges = new MemorySegment[starts.length];
        for (int i = 0; i < ranges.length; i++) {
            ranges[i] = whole.asSlice(starts[i], sizes.get(i));
        }
        return ranges;
    }

    boolean isSupported(Vdm device) {
        return starts.length == 0
                || device.isSupported(line.variant().flags(), ranges(actual)[0]);
    }

    void start(Vdm device) {
        future = that.operation()
                .future(device, that, line.variant().flags(), recordBytes, ranges(actual));
        future.poll();
    }

    /**
     * Waits for the device, executes the operation on the calling thread, compares the results and
     * counts them. The method frees the memory, unless the device may still use it.
     */
    void finish() {
        line.count(compare());
        if (future.result() == VdmResult.TIMEOUT) {
            context.results().abort();
        } else {
            free();
        }
    }

    /** Returns the difference from the result of the calling thread, or null if it is equal. */
    private Failure compare() {
        future.busyPoll();
        // The reference has no flags, because this machine may be unable to make its copy durable.
        Vdm reference = context.reference();
        VdmFuture<?> here = that.operation() == CheckedOperation.FLUSH ? reference.nop()
                : that.operation()
                        .future(reference, that, VdmFlags.NONE, recordBytes, ranges(expected));
        here.busyPoll();
        String wanted = describe(here);
        String found = describe(future);
        if (!wanted.equals(found)) {
            return failure("%s instead of %s".formatted(found, wanted), null, -1);
        }
        String elsewhere = elsewhere();
        if (elsewhere != null) {
            return failure(elsewhere + " executed it instead of the device", null, -1);
        }
        forgetUndefined(here.output());
        long wrong = expected.mismatch(actual);
        return wrong < 0 ? null : wrongByte(wrong);
    }

    private static String describe(VdmFuture<?> ended) {
        if (ended.failure() != null) {
            return describe(ended.result(), ended.failure());
        }
        return switch (ended.output()) {
            case VdmOutput output -> output.result().toString();
            case BatchResult batch -> batch.tasks()
                    .stream()
                    .map(CaseRun::describe)
                    .toList()
                    .toString();
            case Object output -> output.toString();
        };
    }

    private static String describe(TaskResult task) {
        return task.failure() != null ? describe(task.result(), task.failure())
                : task.output() instanceof VdmOutput || task.output() == null
                        ? task.result().toString()
                        : task.output().toString();
    }

    /** Describes a failure by its status, because its message may contain a path. */
    private static String describe(VdmResult result, VdmException failure) {
        return failure.status() == null ? result.toString()
                : "%s by %s".formatted(result, failure.status());
    }

    /** Returns the path that executed the operation instead of the device, or null. */
    private String elsewhere() {
        if (!that.operation().needsDevice()) {
            return null;
        }
        if (future.output() instanceof BatchResult batch) {
            return batch.tasks()
                    .stream()
                    .filter(task -> task.type() != VdmOperationType.NOP)
                    .map(TaskResult::path)
                    .filter(path -> path != ExecutionPath.DSA_HARDWARE)
                    .findFirst()
                    .map(ExecutionPath::toString)
                    .orElse(null);
        }
        return future.path() == ExecutionPath.DSA_HARDWARE ? null : future.path().toString();
    }

    /** Clears the bytes that a failed operation leaves undefined. */
    private void forgetUndefined(Object output) {
        if (that.operation().written() > 0) {
            long defined = that.operation().defined(output, sizes.getFirst());
            ranges(expected)[0].asSlice(defined).fill((byte) 0);
            ranges(actual)[0].asSlice(defined).fill((byte) 0);
        }
    }

    private Failure wrongByte(long at) {
        String range = "outside of the ranges";
        long offset = at;
        for (int i = 0; i < starts.length; i++) {
            if (at >= starts[i] && at < starts[i] + sizes.get(i)) {
                range = that.operation().roles().get(i);
                offset = at - starts[i];
            }
        }
        return failure("0x%02x instead of 0x%02x".formatted(actual.get(JAVA_BYTE, at),
                expected.get(JAVA_BYTE, at)), range, offset);
    }

    private Failure failure(String what, String range, long firstWrongByte) {
        return new Failure(line.name(), line.variant().toString(), what, range,
                firstWrongByte < 0 ? null : firstWrongByte, sizes,
                IntStream.range(0, starts.length)
                        .mapToObj(that::offset)
                        .toList(),
                that.seed());
    }

    void free() {
        arena.close();
    }
}
