package io.github.vdm4j.cli.check;

import io.github.vdm4j.Vdm;
import io.github.vdm4j.cli.check.CheckReport.Failure;
import io.github.vdm4j.cli.check.CheckResults.Line;
import io.github.vdm4j.dsa.DsaQueue;
import io.github.vdm4j.machine.Message;
import io.github.vdm4j.mover.DeviceDataMover;
import io.github.vdm4j.mover.UnavailableException;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.function.ToLongFunction;

/**
 * The checks of the work queues. They use each queue alone, all queues together, and more
 * operations than the queues hold.
 */
final class QueueChecks {
    private static final int COPY_BYTES = 16 << 10;
    private static final int LONG_BYTES = 1 << 20;
    private static final int COPIES = 200;
    private static final int ROUNDS = 3;
    private static final int MOST_IN_FLIGHT = 4_096;

    private final CheckContext context;
    private final CheckedDevice device;

    /** A check of some queues with a mover on them. */
    private interface Check {
        void run(DeviceDataMover mover) throws IOException;
    }

    QueueChecks(CheckContext context) {
        this.context = context;
        device = context.device();
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
        Line full = plan("full queue", Variant.MEMORY, ROUNDS * inFlight);
        check(full, List.of(), inFlight, mover -> {
            for (int round = 0; round < ROUNDS; round++) {
                copy(mover, full, inFlight, COPY_BYTES);
            }
            full.note(Message.of("%,d operations in flight on queues of %,d%s", inFlight, capacity,
                    !device.choosesQueues() ? ""
                            : Message.of(", which were full %,d times",
                                    sum(mover, DsaQueue::refusals))));
        });
    }

    /** Copies on queues, and requires that each queue has executed something. */
    private void checkWork(String name, List<String> queues, int copies, int bytes)
            throws IOException {
        Line line = plan(name, Variant.MEMORY, copies);
        check(line, queues, copies, mover -> {
            copy(mover, line, copies, bytes);
            for (DsaQueue queue : device.counts(mover)) {
                if (queue.completions() == 0 && !context.results().endsEarly()) {
                    fail(line, queue.name() + " executed nothing");
                }
            }
        });
    }

    /** Copies to pages that nobody has touched. The descriptors wait for these pages. */
    private void runWaiting() throws IOException {
        List<String> queues = device.waitingForPages();
        Line line = plan("block on fault", Variant.UNTOUCHED, COPIES);
        if (queues.isEmpty()) {
            line.skip("no queue has block_on_fault");
            return;
        }
        check(line, queues, COPIES, mover -> {
            copy(mover, line, COPIES, COPY_BYTES);
            line.note(Message.of("on %s, which reported %,d page faults", String.join(", ", queues),
                    sum(mover, DsaQueue::pageFaults)));
        });
    }

    private long sum(DeviceDataMover mover, ToLongFunction<DsaQueue> counter) {
        return device.counts(mover).stream().mapToLong(counter).sum();
    }

    private static int inFlight(int capacity) {
        return Math.min(4 * capacity + 64, MOST_IN_FLIGHT);
    }

    private Line plan(String name, Variant variant, int operations) {
        return context.results().plan(name, variant, operations);
    }

    private void check(Line line, List<String> queues, int slots, Check check)
            throws IOException {
        try (var open = context.results()
                .open(device, queues, slots,
                        line.variant() == Variant.UNTOUCHED)) {
            check.run(open.mover());
        } catch (UnavailableException e) { // its message may have a path
            fail(line, "the mover could not be opened again");
        }
    }

    /** Has copies in flight at once, and compares their bytes. */
    private void copy(Vdm mover, Line line, int count, long bytes) throws IOException {
        if (context.results().endsEarly()) {
            return;
        }
        var random = new Random(context.seed());
        List<CheckCase> copies = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            copies.add(new CheckCase(context, line, CheckedOperation.MEMCPY, bytes, List.of(0),
                    random.nextLong()));
        }
        copies.forEach(copy -> copy.start(mover));
        copies.forEach(CheckCase::finish);
        context.memory().reuse();
    }

    private void fail(Line line, String what) {
        line.count(new Failure(line.name(), line.variant().toString(), what, null, null, List.of(),
                List.of(), context.seed()));
    }
}
