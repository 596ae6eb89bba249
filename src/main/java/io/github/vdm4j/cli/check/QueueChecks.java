package io.github.vdm4j.cli.check;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;

import io.github.vdm4j.ExecutionPath;
import io.github.vdm4j.Vdm;
import io.github.vdm4j.VdmFuture;
import io.github.vdm4j.VdmOutput;
import io.github.vdm4j.VdmResult;
import io.github.vdm4j.cli.check.CheckReport.Failure;
import io.github.vdm4j.cli.check.CheckResults.Line;
import io.github.vdm4j.cli.check.HardwareCheck.OpenMover;
import io.github.vdm4j.dml.DmlHardwareException;
import io.github.vdm4j.dsa.DsaQueue;
import io.github.vdm4j.dsa.DsaUnavailableException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.function.BiConsumer;
import java.util.stream.Stream;

/**
 * The checks of the work queues. They use each queue alone, all queues together, and more
 * operations than the queues hold.
 */
final class QueueChecks {
    private static final String WAITING = "block on fault";
    private static final int COPY_BYTES = 16 << 10;
    private static final int LONG_BYTES = 1 << 20;
    private static final int COPIES = 200;
    private static final int ROUNDS = 3;
    private static final int MOST_IN_FLIGHT = 4_096;

    private final CheckedDevice device;
    private final CheckResults results;
    private final long seed;
    /** The completions, page faults and refusals of each queue. */
    private final Map<String, long[]> counts = new LinkedHashMap<>();

    QueueChecks(CheckedDevice device, CheckResults results, long seed) {
        this.device = device;
        this.results = results;
        this.seed = seed;
    }

    Map<String, long[]> counts() {
        return counts;
    }

    void add(Vdm mover) {
        for (DsaQueue queue : device.counts(mover)) {
            long[] sum = counts.computeIfAbsent(queue.name(), name -> new long[3]);
            sum[0] += queue.completions();
            sum[1] += queue.pageFaults();
            sum[2] += queue.refusals();
        }
    }

    void run(List<String> queues, CheckMemory memory) {
        if (device.choosesQueues()) {
            for (String queue : queues) {
                checkWork("queue " + queue, List.of(queue), COPIES, COPY_BYTES);
            }
            // More operations are in flight than a dedicated queue holds. A full queue would drop
            // them.
            device.queuesOf("dedicated")
                    .forEach(queue -> checkWork("dedicated " + queue, List.of(queue),
                            inFlight(device.capacity(List.of(queue))), COPY_BYTES));
            runWaiting(memory);
        }
        checkWork("all queues", List.of(), 4 * queues.size(), LONG_BYTES);
        int capacity = device.capacity(queues);
        int inFlight = inFlight(capacity);
        check("full queue", List.of(), inFlight, ROUNDS * inFlight, false, (mover, line) -> {
            for (int round = 0; round < ROUNDS; round++) {
                copy(mover, line, inFlight, COPY_BYTES, null);
            }
            List<DsaQueue> done = device.counts(mover);
            line.note("%,d operations in flight on queues of %,d%s".formatted(
                    inFlight, capacity, done.isEmpty() ? ""
                            : ", which were full %,d times".formatted(
                                    done.stream().mapToLong(DsaQueue::refusals).sum())));
        });
    }

    /** Copies on queues, and requires that each queue has executed something. */
    private void checkWork(String name, List<String> queues, int copies, int bytes) {
        check(name, queues, copies, copies, false, (mover, line) -> {
            copy(mover, line, copies, bytes, null);
            requireWork(line, device.counts(mover));
        });
    }

    /** Copies to pages that nobody has touched. The descriptors wait for these pages. */
    private void runWaiting(CheckMemory memory) {
        List<String> queues = device.waitingForPages(Stream.of("shared", "dedicated")
                .flatMap(mode -> device.queuesOf(mode).stream())
                .toList());
        if (queues.isEmpty()) {
            results.plan(WAITING, Variant.MEMORY, COPIES).skip("no queue has block_on_fault");
            return;
        }
        check(WAITING, queues, COPIES, COPIES, true, (mover, line) -> {
            copy(mover, line, COPIES, COPY_BYTES, memory);
            line.note("on %s, which reported %,d page faults".formatted(
                    String.join(", ", queues),
                    device.counts(mover).stream().mapToLong(DsaQueue::pageFaults).sum()));
        });
    }

    private static int inFlight(int capacity) {
        return Math.min(4 * capacity + 64, MOST_IN_FLIGHT);
    }

    private void check(String name, List<String> queues, int slots, int operations,
            boolean waitsForPages, BiConsumer<Vdm, Line> check) {
        Line line = results.plan(name, Variant.MEMORY, operations);
        try (var open = new OpenMover(device.open(queues, slots, waitsForPages), results)) {
            check.accept(open.mover(), line);
            add(open.mover());
        } catch (DsaUnavailableException | DmlHardwareException e) { // its message may have a path
            line.count(failure(line, "the mover could not be opened again", null, 0, 0));
        }
    }

    private void requireWork(Line line, List<DsaQueue> queues) {
        for (DsaQueue queue : queues) {
            if (queue.completions() == 0 && !results.endsEarly()) {
                line.count(failure(line, queue.name() + " executed nothing", null, 0, 0));
            }
        }
    }

    /**
     * Has copies in flight at once, and compares their bytes. If a file is given, the destination
     * has pages of the file that were not touched.
     */
    private void copy(Vdm mover, Line line, int count, int bytes, CheckMemory file) {
        if (results.endsEarly()) {
            return;
        }
        Arena arena = Arena.ofShared();
        MemorySegment source = CheckMemory.present((long) count * bytes, arena);
        MemorySegment destination = CheckMemory.present((long) count * bytes, arena);
        if (file != null) {
            destination = untouched(file, destination, arena);
        }
        var random = new Random(seed);
        byte[] noise = new byte[bytes];
        for (long at = 0; at < source.byteSize(); at += bytes) {
            random.nextBytes(noise);
            MemorySegment.copy(noise, 0, source, JAVA_BYTE, at, bytes);
        }
        List<VdmFuture<VdmOutput>> copies = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            long at = (long) i * bytes;
            copies.add(mover.memcpy(destination.asSlice(at, bytes), source.asSlice(at, bytes)));
            copies.getLast().poll();
        }
        boolean overdue = false;
        for (int i = 0; i < count; i++) {
            VdmFuture<VdmOutput> copy = copies.get(i);
            copy.busyPoll();
            overdue |= copy.result() == VdmResult.TIMEOUT;
            line.count(check(line, copy, source.asSlice((long) i * bytes, bytes)));
        }
        if (overdue) {
            results.abort();
        } else {
            arena.close();
        }
    }

    private static MemorySegment untouched(CheckMemory memory, MemorySegment content, Arena arena) {
        try {
            return memory.of(content, Variant.UNTOUCHED, arena);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private Failure check(Line line, VdmFuture<VdmOutput> copy, MemorySegment source) {
        int bytes = (int) source.byteSize();
        if (copy.result() != VdmResult.SUCCESS) {
            return failure(line, "%s instead of SUCCESS".formatted(CaseRun.describe(copy)), null,
                    -1, bytes);
        }
        if (copy.path() != ExecutionPath.DSA_HARDWARE) {
            return failure(line, copy.path() + " executed it instead of the device", null, -1,
                    bytes);
        }
        long wrong = source.mismatch(copy.destination());
        return wrong < 0 ? null
                : failure(line, "0x%02x instead of 0x%02x".formatted(
                        copy.destination().get(JAVA_BYTE, wrong), source.get(JAVA_BYTE, wrong)),
                        "destination", wrong, bytes);
    }

    private Failure failure(Line line, String what, String range, long firstWrongByte,
            long bytes) {
        return new Failure(line.name(), Variant.MEMORY.toString(), what, range,
                range == null ? null : firstWrongByte,
                List.of(bytes, bytes), List.of(0, 0), seed);
    }
}
