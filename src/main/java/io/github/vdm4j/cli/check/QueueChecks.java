package io.github.vdm4j.cli.check;

import io.github.vdm4j.Vdm;
import io.github.vdm4j.cli.check.CheckReport.Failure;
import io.github.vdm4j.cli.check.CheckResults.Line;
import io.github.vdm4j.cli.check.HardwareCheck.OpenMover;
import io.github.vdm4j.dml.DmlHardwareException;
import io.github.vdm4j.dsa.DsaQueue;
import io.github.vdm4j.dsa.DsaUnavailableException;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
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
    private final CheckMemory memory;
    private final Vdm reference;
    private final long seed;
    /** The completions, page faults and refusals of each queue. */
    private final Map<String, long[]> counts = new LinkedHashMap<>();

    /** A check of some queues with a mover on them. */
    private interface Check {
        void run(Vdm mover, Line line) throws IOException;
    }

    QueueChecks(CheckedDevice device, CheckResults results, CheckMemory memory, Vdm reference,
            long seed) {
        this.device = device;
        this.results = results;
        this.memory = memory;
        this.reference = reference;
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

    void run(List<String> queues) throws IOException {
        if (device.choosesQueues()) {
            for (String queue : queues) {
                checkWork("queue " + queue, List.of(queue), COPIES, COPY_BYTES);
            }
            // More operations are in flight than a dedicated queue holds. A full queue would drop
            // them.
            for (String queue : device.queuesOf("dedicated")) {
                checkWork("dedicated " + queue, List.of(queue),
                        inFlight(device.capacity(List.of(queue))), COPY_BYTES);
            }
            runWaiting();
        }
        checkWork("all queues", List.of(), 4 * queues.size(), LONG_BYTES);
        int capacity = device.capacity(queues);
        int inFlight = inFlight(capacity);
        check("full queue", List.of(), inFlight, ROUNDS * inFlight, false, (mover, line) -> {
            for (int round = 0; round < ROUNDS; round++) {
                copy(mover, line, inFlight, COPY_BYTES, Variant.MEMORY);
            }
            List<DsaQueue> done = device.counts(mover);
            line.note("%,d operations in flight on queues of %,d%s".formatted(
                    inFlight, capacity, done.isEmpty() ? ""
                            : ", which were full %,d times".formatted(
                                    done.stream().mapToLong(DsaQueue::refusals).sum())));
        });
    }

    /** Copies on queues, and requires that each queue has executed something. */
    private void checkWork(String name, List<String> queues, int copies, int bytes)
            throws IOException {
        check(name, queues, copies, copies, false, (mover, line) -> {
            copy(mover, line, copies, bytes, Variant.MEMORY);
            requireWork(line, device.counts(mover));
        });
    }

    /** Copies to pages that nobody has touched. The descriptors wait for these pages. */
    private void runWaiting() throws IOException {
        List<String> queues = device.waitingForPages(Stream.of("shared", "dedicated")
                .flatMap(mode -> device.queuesOf(mode).stream())
                .toList());
        if (queues.isEmpty()) {
            results.plan(WAITING, Variant.MEMORY, COPIES).skip("no queue has block_on_fault");
            return;
        }
        check(WAITING, queues, COPIES, COPIES, true, (mover, line) -> {
            copy(mover, line, COPIES, COPY_BYTES, Variant.UNTOUCHED);
            line.note("on %s, which reported %,d page faults".formatted(
                    String.join(", ", queues),
                    device.counts(mover).stream().mapToLong(DsaQueue::pageFaults).sum()));
        });
    }

    private static int inFlight(int capacity) {
        return Math.min(4 * capacity + 64, MOST_IN_FLIGHT);
    }

    private void check(String name, List<String> queues, int slots, int operations,
            boolean waitsForPages, Check check) throws IOException {
        Line line = results.plan(name, Variant.MEMORY, operations);
        try (var open = new OpenMover(device.open(queues, slots, waitsForPages), results)) {
            check.run(open.mover(), line);
            add(open.mover());
        } catch (DsaUnavailableException | DmlHardwareException e) { // its message may have a path
            line.count(failure(line, "the mover could not be opened again"));
        }
    }

    private void requireWork(Line line, List<DsaQueue> queues) {
        for (DsaQueue queue : queues) {
            if (queue.completions() == 0 && !results.endsEarly()) {
                line.count(failure(line, queue.name() + " executed nothing"));
            }
        }
    }

    /** Has copies in flight at once, and compares their bytes. */
    private void copy(Vdm mover, Line line, int count, long bytes, Variant variant)
            throws IOException {
        if (results.endsEarly()) {
            return;
        }
        var random = new Random(seed);
        List<CaseRun> copies = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            copies.add(new CaseRun(CheckCase.of(CheckedOperation.MEMCPY, variant, bytes,
                    List.of(0), random.nextLong()), memory, reference));
        }
        copies.forEach(copy -> copy.start(mover));
        copies.forEach(copy -> copy.finish(line, results));
        memory.reuse();
    }

    private Failure failure(Line line, String what) {
        return new Failure(line.name(), Variant.MEMORY.toString(), what, null, null, List.of(),
                List.of(), seed);
    }
}
