package io.github.vdm4j.worker;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.vdm4j.future.Race;
import io.github.vdm4j.future.WorkerStrategy;
import java.lang.invoke.MethodHandles;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The protocols between pollers and workers, at the moment when both come at once. */
@Timeout(120)
class RendezvousTest {
    private static final int ROUNDS = 100_000;
    private static final Rendezvous RENDEZVOUS =
            Rendezvous.of(MethodHandles.lookup(), Operation.class);

    private static final class Operation {
        @SuppressWarnings("unused") // through a VarHandle
        private volatile Object cell;

        final AtomicInteger woken = new AtomicInteger();
        int result;

        Operation() {
            RENDEZVOUS.begin(this, null);
        }
    }

    @Test
    void aWakerIsEitherCalledOrItsPollerSeesTheEnd() throws Exception {
        var outcomes = new Race<>(ROUNDS, Operation::new).outcomes(
                operation -> RENDEZVOUS.addWaker(operation, operation.woken::incrementAndGet),
                operation -> {
                    RENDEZVOUS.end(operation);
                    return "ended";
                },
                operation -> operation.woken.get());
        assertEquals(Set.of("true, ended, 1", "false, ended, 0"), outcomes.keySet(),
                outcomes::toString);
    }

    @Test
    void whoeverSeesTheEndSeesWhatTheWorkerWrote() throws Exception {
        var outcomes = new Race<>(ROUNDS, Operation::new).outcomes(
                operation -> !RENDEZVOUS.isDone(operation) || operation.result == 7,
                operation -> {
                    operation.result = 7;
                    RENDEZVOUS.end(operation);
                    return "ended";
                },
                operation -> RENDEZVOUS.isDone(operation));
        assertEquals(Set.of("true, ended, true"), outcomes.keySet(), outcomes::toString);
    }

    @Test
    void aLaterWakerReplacesAnEarlierOne() {
        var operation = new Operation();
        assertTrue(RENDEZVOUS.addWaker(operation, operation.woken::incrementAndGet));
        assertTrue(RENDEZVOUS.addWaker(operation, operation.woken::incrementAndGet));
        RENDEZVOUS.end(operation);
        assertEquals(1, operation.woken.get());
        assertFalse(RENDEZVOUS.addWaker(operation, operation.woken::incrementAndGet));
        RENDEZVOUS.clear(operation);
        assertFalse(RENDEZVOUS.isBegun(operation));
        assertEquals(1, operation.woken.get());
    }

    /** A queue of one place, which the worker is just emptying. */
    private static final class Full {
        final AtomicInteger told = new AtomicInteger();
        final RoomWaker room = new RoomWaker();
    }

    @Test
    void whoeverFindsTheQueueFullFindsRoomOrIsTold() throws Exception {
        var done = new AtomicInteger();
        var workers =
                new Workers<Integer>("rendezvous-test", 1, 1, WorkerStrategy.PARK,
                        element -> done.incrementAndGet());
        try {
            var offered = new AtomicInteger();
            var outcomes = new Race<>(20_000, Full::new).outcomes(
                    full -> {
                        if (workers.offer(1)) {
                            offered.incrementAndGet();
                            return "in";
                        }
                        full.room.waitFor(workers, full.told::incrementAndGet);
                        if (workers.offer(1)) {
                            offered.incrementAndGet();
                            return "in";
                        }
                        long start = System.nanoTime();
                        while (full.told.get() == 0
                                && System.nanoTime() - start < 10_000_000_000L) {
                            Thread.onSpinWait();
                        }
                        return full.told.get() > 0 ? "told" : "forgotten";
                    },
                    full -> {
                        if (workers.offer(2)) {
                            offered.incrementAndGet();
                        }
                        return "also";
                    },
                    full -> {
                        while (done.get() < offered.get()) {
                            Thread.onSpinWait();
                        }
                        return "done";
                    });
            assertFalse(outcomes.containsKey("forgotten, also, done"), outcomes::toString);
            assertTrue(outcomes.containsKey("told, also, done"), outcomes::toString);
        } finally {
            workers.stop(Long.MAX_VALUE);
        }
    }
}
