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
import io.github.vdm4j.operation.CrcOptions;
import io.github.vdm4j.operation.DifBlockSize;
import io.github.vdm4j.operation.DifConfig;
import io.github.vdm4j.operation.DifFlag;
import io.github.vdm4j.operation.DifTags;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;

/**
 * One operation, executed on the device and on the calling thread. Each execution has its own copy
 * of the ranges and of the bytes around them.
 */
final class CheckCase {
    private static final long PAGE = 4096;
    /**
     * The divisor of a range's size that yields the free bytes behind the range. The gap exceeds
     * the 8 bytes of protection for each block.
     */
    private static final long GAP = 32;

    private static final int MOST_SHIFT = 4096;
    private static final int MOST_DIFFERENCES = 100;
    private static final int ANY_16_BITS = 1 << 16;
    private static final List<List<DifFlag>> FLAGS = List.of(
            List.of(DifFlag.SOURCE_INCREMENTING_APPLICATION_TAG,
                    DifFlag.DESTINATION_INCREMENTING_APPLICATION_TAG),
            List.of(DifFlag.SOURCE_FIXED_REFERENCE_TAG, DifFlag.DESTINATION_FIXED_REFERENCE_TAG),
            List.of(DifFlag.INVERT_CRC_SEED),
            List.of(DifFlag.INVERT_CRC_RESULT),
            List.of(DifFlag.SOURCE_GUARD_CHECK_DISABLED),
            List.of(DifFlag.SOURCE_REFERENCE_TAG_CHECK_DISABLED));

    final CheckedOperation operation;
    /** The planned size in bytes, before the operation rounds it. */
    final long bytes;
    final long seed;
    /** The pattern of fills and comparisons. */
    final long pattern;
    final CrcOptions crc;
    final DifConfig dif;
    /** The distance between the two ranges of an overlapping copy, in bytes. */
    final int shift;
    /** Whether an overlapping copy moves bytes to higher addresses. */
    final boolean upwards;
    /** The largest number of words in which two compared ranges differ. */
    final int differences;
    /** The random numbers for the content of the ranges. */
    final Random content;

    private final CheckContext context;
    private final Line line;
    private final Arena arena = Arena.ofShared();
    private final List<Long> sizes;
    /** The offsets of the ranges in their pages. */
    private final List<Integer> offsets;
    private final long[] starts;
    private final MemorySegment expected;
    private final MemorySegment actual;
    private final long recordBytes;
    private VdmFuture<?> future;

    /** Prepares an operation. The alignment has the offsets of the ranges in a page, in turn. */
    CheckCase(CheckContext context, Line line, CheckedOperation operation, long bytes,
            List<Integer> alignment, long seed) throws IOException {
        this.context = context;
        this.line = line;
        this.operation = operation;
        this.bytes = bytes;
        this.seed = seed;
        var random = new Random(seed);
        pattern = random.nextLong();
        crc = new CrcOptions(random.nextInt(), random.nextBoolean(), random.nextBoolean());
        dif = dif(random);
        shift = 1 + random.nextInt(MOST_SHIFT);
        upwards = random.nextBoolean();
        differences = random.nextInt(MOST_DIFFERENCES);
        content = new Random(~seed);
        sizes = operation.sizes(this);
        offsets = IntStream.range(0, sizes.size())
                .mapToObj(i -> operation.place(
                        alignment.get(operation.placeOf(i) % alignment.size())))
                .toList();
        starts = new long[sizes.size()];
        long at = 0;
        for (int i = 0; i < starts.length; i++) {
            starts[i] = at + offsets.get(i);
            // A strip from a source that closely follows would have different submissions.
            at = (starts[i] + sizes.get(i) + sizes.get(i) / GAP + PAGE) & -PAGE;
        }
        expected = CheckMemory.present(at, arena);
        byte[] noise = new byte[(int) expected.byteSize()];
        content.nextBytes(noise);
        expected.copyFrom(MemorySegment.ofArray(noise));
        recordBytes = operation.prepare(this, context.reference(), ranges(expected));
        actual = context.memory().of(expected, line.variant(), arena);
    }

    /** Returns the same tags for source and destination. A check can therefore succeed. */
    private static DifConfig dif(Random random) {
        var tags = new DifTags(random.nextInt(), random.nextInt(ANY_16_BITS),
                random.nextInt(ANY_16_BITS));
        var flags = new ArrayList<DifFlag>();
        for (List<DifFlag> together : FLAGS) {
            if (random.nextInt(FLAGS.size()) == 0) {
                flags.addAll(together);
            }
        }
        DifBlockSize[] sizes = DifBlockSize.values();
        return DifConfig.of(sizes[random.nextInt(sizes.length)])
                .withSource(tags)
                .withDestination(tags)
                .withFlags(flags.toArray(DifFlag[]::new));
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
        future = operation
                .future(device, this, line.variant().flags(), recordBytes, ranges(actual));
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
        VdmFuture<?> here = operation == CheckedOperation.FLUSH ? reference.nop()
                : operation
                        .future(reference, this, VdmFlags.NONE, recordBytes, ranges(expected));
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
                    .map(CheckCase::describe)
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
        if (!operation.needsDevice()) {
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
        if (operation.written() > 0) {
            long defined = operation.defined(output, sizes.getFirst());
            ranges(expected)[0].asSlice(defined).fill((byte) 0);
            ranges(actual)[0].asSlice(defined).fill((byte) 0);
        }
    }

    private Failure wrongByte(long at) {
        String range = "outside of the ranges";
        long offset = at;
        for (int i = 0; i < starts.length; i++) {
            if (at >= starts[i] && at < starts[i] + sizes.get(i)) {
                range = operation.roles().get(i);
                offset = at - starts[i];
            }
        }
        return failure("0x%02x instead of 0x%02x".formatted(actual.get(JAVA_BYTE, at),
                expected.get(JAVA_BYTE, at)), range, offset);
    }

    private Failure failure(String what, String range, long firstWrongByte) {
        return new Failure(line.name(), line.variant().toString(), what, range,
                firstWrongByte < 0 ? null : firstWrongByte, sizes,
                offsets,
                seed);
    }

    void free() {
        arena.close();
    }
}
