package io.github.vdm4j;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.vdm4j.future.FutureState;
import io.github.vdm4j.future.WorkerStrategy;
import io.github.vdm4j.machine.Seam;
import io.github.vdm4j.machine.SeamScheduler;
import io.github.vdm4j.memory.Durability;
import io.github.vdm4j.memory.SimulatedFile;
import io.github.vdm4j.mover.JvmMovers;
import java.lang.foreign.MemorySegment;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;

/** A run of users who fill slots of a file durably, with fences, drains and a close. */
final class DurableRun {
    private static final int BYTES = 64;
    private static final int PER_USER = 3;
    /** The slots are distant, because a group must not merge all ranges. */
    private static final int DISTANCE = 80_000;

    private final SplittableRandom random;
    private final SeamUser user;
    private final SimulatedFile file;
    private final List<Vdm> movers = new ArrayList<>();
    private int usersLeft;

    DurableRun(SeamScheduler scheduler) {
        random = scheduler.random();
        user = new SeamUser(random);
        int users = 2 + random.nextInt(2);
        usersLeft = users;
        boolean fails = random.nextInt(8) == 0;
        file = new SimulatedFile(users * DISTANCE, () -> fails && random.nextInt(4) == 0);
        movers.add(openThreads());
        if (random.nextInt(4) == 0) {
            movers.add(JvmMovers.sync(file.engines()));
        }
        for (int i = 0; i < users; i++) {
            int number = i;
            scheduler.add("user " + i, () -> {
                use(number);
                if (--usersLeft == 0) {
                    movers.forEach(Vdm::close);
                }
            });
        }
        if (random.nextInt(8) == 0) {
            scheduler.add("closer", () -> movers.getFirst().closeNow());
        }
    }

    /** With a function of the user, the workers fill. Without it, the callers do. */
    private Vdm openThreads() {
        Durability engines = file.engines();
        var builder = JvmMovers.builder(engines)
                .threads(1 + random.nextInt(2))
                .workerStrategy(WorkerStrategy.PARK);
        if (random.nextInt(4) != 0) {
            builder.memsetFunction((to, value, flags) -> {
                Seam.step();
                to.fill(value);
                Seam.step();
            });
        }
        if (random.nextBoolean()) {
            builder.forceWait(Duration.ZERO);
        }
        return builder.open();
    }

    private MemorySegment slot(int user, int number) {
        return file.whole().asSlice((long) user * DISTANCE + number * BYTES, BYTES);
    }

    private boolean isDurable(int user, int number, int value) {
        return file.durable(user * DISTANCE + number * BYTES) == (byte) value;
    }

    private void use(int number) {
        Vdm mover = movers.get(random.nextInt(movers.size()));
        try {
            switch (random.nextInt(3)) {
                case 0 -> fillOneByOne(mover, number);
                case 1 -> fillAtOnce(mover, number);
                default -> fillInBatch(mover, number);
            }
        } catch (IllegalStateException e) {
            assertTrue(e.getMessage().contains("the mover is closed"),
                    e::toString);
        }
    }

    private static void requireKnown(VdmResult result) {
        assertTrue(result == VdmResult.SUCCESS || result == VdmResult.CLOSED
                || result == VdmResult.STOPPED || result == VdmResult.CANCELLED
                || result == VdmResult.IO_ERROR || result == VdmResult.INTERNAL_ERROR,
                result::toString);
    }

    private void requireDurable(VdmFuture<?> future, int number, int slot, int value) {
        requireKnown(future.result());
        assertTrue(future.result() != VdmResult.SUCCESS || isDurable(number, slot, value),
                "succeeded without a later force");
    }

    private void fillOneByOne(Vdm mover, int number) {
        VdmOperation operation = mover.newOperation();
        for (int i = 1; i <= PER_USER; i++) {
            if (random.nextInt(4) == 0) {
                slot(number, 0).fill((byte) i);
                operation.flush(slot(number, 0));
            } else {
                operation.memset(slot(number, 0), (byte) i, VdmFlags.MEM_DURABLE);
            }
            user.waitFor(operation);
            requireKnown(operation.result());
            assertTrue(operation.result() != VdmResult.SUCCESS || isDurable(number, 0, i),
                    "succeeded without a later force");
        }
    }

    private void fillAtOnce(Vdm mover, int number) {
        List<VdmFuture<?>> futures = new ArrayList<>();
        for (int i = 0; i < PER_USER; i++) {
            futures.add(mover.memset(slot(number, i), (byte) 1, VdmFlags.MEM_DURABLE));
            futures.get(i).poll();
        }
        List<VdmFuture<?>> overdue = List.of();
        if (random.nextBoolean()) {
            VdmFuture<?> drain = mover.drain();
            drain.busyPoll();
            if (drain.result() == VdmResult.SUCCESS) {
                overdue = futures.stream()
                        .filter(each -> each.state() != FutureState.COMPLETE)
                        .toList();
            }
        }
        for (int i = 0; i < PER_USER; i++) {
            user.waitFor(futures.get(i));
            requireDurable(futures.get(i), number, i, 1);
        }
        for (VdmFuture<?> each : overdue) {
            assertEquals(VdmResult.CLOSED, each.result(), "a drain did not wait");
        }
    }

    private void fillInBatch(Vdm mover, int number) {
        VdmFuture<BatchResult> batch = mover.batch()
                .memset(slot(number, 0), (byte) 1, VdmFlags.MEM_DURABLE)
                .memset(slot(number, 1), (byte) 1, VdmFlags.MEM_DURABLE)
                .fence()
                .memset(slot(number, 2), (byte) 1, VdmFlags.MEM_DURABLE)
                .submit();
        user.waitFor(batch);
        requireKnown(batch.result());
        BatchResult result = batch.output();
        for (int i = 0; i < PER_USER; i++) {
            assertTrue(result.get(i).result() != VdmResult.SUCCESS || isDurable(number, i, 1),
                    "a task succeeded without a later force");
        }
        if (isDurable(number, 2, 1)) {
            assertTrue(isDurable(number, 0, 1) && isDurable(number, 1, 1), "a fence was passed");
        }
    }

    /** Checks the state after all threads have ended. */
    void check() {
        user.requireAllNotified();
        assertEquals(0, file.pins(), "pins are left");
        for (Vdm each : movers) {
            assertEquals(0, each.counters().inFlight());
        }
        file.close();
    }
}
