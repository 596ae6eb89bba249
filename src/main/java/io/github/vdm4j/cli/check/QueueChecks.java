package io.github.vdm4j.cli.check;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;

import io.github.vdm4j.ExecutionPath;
import io.github.vdm4j.Vdm;
import io.github.vdm4j.VdmFuture;
import io.github.vdm4j.VdmOutput;
import io.github.vdm4j.VdmResult;
import io.github.vdm4j.cli.check.CheckReport.Failure;
import io.github.vdm4j.dsa.DsaQueue;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;

/**
 * The checks of the work queues. They use each queue alone, all queues together, and more
 * operations than the queues hold.
 */
final class QueueChecks {
    private static final String FULL = "full queue";
    private static final String ALL = "all queues";
    private static final int COPY_BYTES = 16 << 10;
    private static final int LONG_BYTES = 1 << 20;
    private static final int COPIES = 200;
    private static final int ROUNDS = 3;
    private static final int MOST_IN_FLIGHT = 4_096;
    private static final String VARIANT = Variant.MEMORY.toString();

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

    /** Adds the counters of a mover's queues. */
    void add(Vdm mover) {
        for (DsaQueue queue : device.counts(mover)) {
            long[] sum = counts.computeIfAbsent(queue.name(), name -> new long[3]);
            sum[0] += queue.completions();
            sum[1] += queue.pageFaults();
            sum[2] += queue.refusals();
        }
    }

    void run(List<String> queues) {
        int capacity = device.capacity(queues);
        int inFlight = Math.min(4 * capacity + 64, MOST_IN_FLIGHT);
        if (device.choosesQueues()) {
            queues.forEach(this::alone);
        }
        results.plan(ALL, VARIANT, 4L * queues.size());
        try (Vdm mover = device.open(List.of(), 4 * queues.size())) {
            copy(mover, ALL, 4 * queues.size(), LONG_BYTES);
            for (DsaQueue queue : device.counts(mover)) {
                requireWork(ALL, queue);
            }
            add(mover);
        }
        results.plan(FULL, VARIANT, (long) ROUNDS * inFlight);
        try (Vdm mover = device.open(List.of(), inFlight)) {
            for (int round = 0; round < ROUNDS; round++) {
                copy(mover, FULL, inFlight, COPY_BYTES);
            }
            long refusals = device.counts(mover).stream().mapToLong(DsaQueue::refusals).sum();
            results.note(FULL, VARIANT, "%,d operations in flight on queues of %,d%s".formatted(
                    inFlight, capacity, device.counts(mover).isEmpty() ? ""
                            : ", which were full %,d times".formatted(refusals)));
            add(mover);
        }
    }

    private void alone(String queue) {
        String name = "queue " + queue;
        results.plan(name, VARIANT, COPIES);
        try (Vdm mover = device.open(List.of(queue), COPIES)) {
            copy(mover, name, COPIES, COPY_BYTES);
            requireWork(name, device.counts(mover).getFirst());
            add(mover);
        }
    }

    private void requireWork(String name, DsaQueue queue) {
        if (queue.completions() == 0) {
            results.count(name, VARIANT, failure(name, queue.name() + " executed nothing", null,
                    0, 0));
        }
    }

    /** Executes copies that are in flight at the same time, and compares their bytes. */
    private void copy(Vdm mover, String name, int count, int bytes) {
        if (results.isHopeless()) {
            return;
        }
        Arena arena = Arena.ofShared();
        MemorySegment source = CheckMemory.present((long) count * bytes, arena);
        MemorySegment destination = CheckMemory.present((long) count * bytes, arena);
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
            results.count(name, VARIANT,
                    check(name, copy, source.asSlice((long) i * bytes, bytes)));
        }
        if (overdue) {
            results.abort();
        } else {
            arena.close();
        }
    }

    private Failure check(String name, VdmFuture<VdmOutput> copy, MemorySegment source) {
        int bytes = (int) source.byteSize();
        if (copy.result() != VdmResult.SUCCESS) {
            return failure(name, "%s instead of SUCCESS".formatted(CaseRun.describe(copy)), null,
                    -1, bytes);
        }
        if (copy.path() != ExecutionPath.DSA_HARDWARE) {
            return failure(name, copy.path() + " executed it instead of the device", null, -1,
                    bytes);
        }
        long wrong = source.mismatch(copy.destination());
        return wrong < 0 ? null
                : failure(name, "0x%02x instead of 0x%02x".formatted(
                        copy.destination().get(JAVA_BYTE, wrong), source.get(JAVA_BYTE, wrong)),
                        "destination", wrong, bytes);
    }

    private Failure failure(String name, String what, String range, long firstWrongByte,
            long bytes) {
        return new Failure(name, VARIANT, what, range, range == null ? null : firstWrongByte,
                List.of(bytes, bytes), List.of(0, 0), seed);
    }
}
