package io.github.vdm4j;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.vdm4j.future.FutureState;
import io.github.vdm4j.future.FutureTimeoutException;
import io.github.vdm4j.future.Notifier;
import io.github.vdm4j.future.NotifierType;
import io.github.vdm4j.future.PollableFuture;
import io.github.vdm4j.machine.Seam;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.CompletableFuture;

/**
 * The ways in which a thread under the seam scheduler waits for a future. No wake-up may be lost.
 */
final class SeamUser {
    private final SplittableRandom random;
    /** The registrations for futures of any thread. All of them complete before the run ends. */
    private final List<CompletableFuture<?>> completions = new ArrayList<>();

    SeamUser(SplittableRandom random) {
        this.random = random;
    }

    /** Waits for a future that no other thread prepares again. */
    void waitFor(PollableFuture<?> future) {
        switch (random.nextInt(5)) {
            case 0 -> future.busyPoll();
            case 1 -> {
                while (!awaitsFor(future, random.nextInt(400_000))) {
                    assertTrue(future.poll() != FutureState.IDLE);
                }
            }
            case 2 -> waitByWaker(future);
            case 3 -> waitByCompletion(future);
            default -> {
                try {
                    future.await();
                } catch (VdmException e) {
                    assertEquals(FutureState.COMPLETE, future.state());
                }
            }
        }
        assertEquals(FutureState.COMPLETE, future.state());
    }

    /** Returns false if the time limit has passed. */
    private static boolean awaitsFor(PollableFuture<?> future, int nanos) {
        try {
            future.await(Duration.ofNanos(nanos));
        } catch (FutureTimeoutException e) {
            return false;
        } catch (VdmException e) {
            return true;
        }
        return true;
    }

    private static void waitByWaker(PollableFuture<?> future) {
        Thread me = Thread.currentThread();
        var calls = new int[1];
        Notifier notifier = Notifier.of(() -> {
            calls[0]++;
            Seam.unpark(me);
        });
        while (true) {
            int before = calls[0];
            if (future.poll(notifier) == FutureState.COMPLETE) {
                return;
            }
            while (notifier.used() == NotifierType.WAKER && calls[0] == before) {
                Seam.park(future);
            }
        }
    }

    private static void waitByCompletion(PollableFuture<?> future) {
        Thread me = Thread.currentThread();
        CompletableFuture<?> completion = future.toCompletableFuture(Runnable::run);
        var calls = new int[1];
        completion.whenComplete((output, failure) -> {
            calls[0]++;
            Seam.unpark(me);
        });
        while (calls[0] == 0) {
            Seam.park(future);
        }
        assertEquals(1, calls[0], "a completion was notified twice");
    }

    /** Calls a random method of a future that another thread may prepare again at any time. */
    void touch(PollableFuture<?> future) {
        try {
            switch (random.nextInt(5)) {
                case 0 -> future.poll();
                case 1 -> future.poll(Notifier.of(() -> {
                    throw new SeamTest.ForTheTest();
                }));
                case 2 -> completions.add(future.toCompletableFuture(Runnable::run));
                case 3 -> future.cancel();
                default -> awaitsFor(future, random.nextInt(200_000));
            }
        } catch (IllegalStateException e) {
            assertTrue(e.getMessage().contains("not COMPLETE")
                    || e.getMessage().contains("nothing prepared"), e.getMessage());
        }
    }

    void requireAllNotified() {
        for (CompletableFuture<?> each : completions) {
            assertTrue(each.isDone(), "a completion was not notified");
        }
    }
}
