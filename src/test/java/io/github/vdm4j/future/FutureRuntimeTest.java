package io.github.vdm4j.future;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Waits for futures. A wait that hangs fails by its deadline. */
@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class FutureRuntimeTest {
    private final FutureRuntime runtime = new FutureRuntime();

    /**
     * Waits until a thread sleeps without a time limit. Only a waker can end such a wait.
     */
    private static void awaitAsleep(Thread thread) {
        while (thread.getState() != Thread.State.WAITING) {
            assertTrue(thread.isAlive(), "ended instead of sleeping");
            Thread.onSpinWait();
        }
    }

    private static void join(Thread thread) {
        try {
            thread.join();
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    @Nested
    @DisplayName("the order of completion")
    class Order {
        private static final int POLLS = 20;

        private final List<Integer> completed = new ArrayList<>();

        private CountingFuture sync(int id) {
            return new CountingFuture(POLLS, false, () -> completed.add(id));
        }

        private CountingFuture async(int id) {
            return new CountingFuture(POLLS, true, () -> completed.add(id));
        }

        @Test
        @DisplayName("asynchronous futures come first, then synchronous futures in the caller's "
                + "order")
        void asynchronousFuturesComeFirst() {
            runtime.waitAll(List.of(sync(2), async(1), sync(3)));
            assertEquals(List.of(1, 2, 3), completed);
        }

        @Test
        @DisplayName("the current entry of a chain decides")
        void currentEntryOfAChainDecides() {
            runtime.waitAll(
                    List.of(
                            FutureChain.of(sync(3)).then(async(4)),
                            FutureChain.of(async(5)).then(sync(6)),
                            FutureChain.of(sync(7)).then(async(8))));
            assertEquals(List.of(5, 3, 7, 4, 8, 6), completed);
        }

        @Test
        @DisplayName("an asynchronous future overtakes a chain with a synchronous entry")
        void asynchronousFutureOvertakesSynchronousFuture() {
            runtime.waitAll(List.of(FutureChain.of(sync(9)), async(10), sync(11)));
            assertEquals(List.of(10, 9, 11), completed);
        }

        @Test
        @DisplayName("a future that becomes asynchronous is polled first from then on")
        void futureMayBecomeAsynchronous() {
            List<Integer> polled = new ArrayList<>();
            var changing = new PolledTwentyTimes(1, polled);
            var steady = new PolledTwentyTimes(2, polled);
            changing.asyncFrom = 10;
            runtime.waitAll(List.of(steady, changing));
            assertEquals(List.of(2, 1), polled.subList(0, 2));
            assertEquals(List.of(2, 1), polled.subList(18, 20));
            assertEquals(List.of(1, 2), polled.subList(20, 22));
            assertEquals(List.of(1, 2), polled.subList(38, 40));
        }

        private static final class PolledTwentyTimes extends AbstractFuture<Void> {
            private final int id;
            private final List<Integer> polled;
            private int polls;
            private int asyncFrom = Integer.MAX_VALUE;

            PolledTwentyTimes(int id, List<Integer> polled) {
                this.id = id;
                this.polled = polled;
            }

            @Override
            protected FutureState advance(Notifier notifier) {
                notifier.useNone();
                polled.add(id);
                return ++polls == POLLS ? FutureState.COMPLETE : FutureState.RUNNING;
            }

            @Override
            protected void completeWith(Throwable failure) {
                throw new AssertionError(failure);
            }

            @Override
            public Void output() {
                return null;
            }

            @Override
            public Throwable failure() {
                return null;
            }

            @Override
            public boolean hasProperty(FutureProperty property) {
                return polls >= asyncFrom;
            }
        }
    }

    @Nested
    @DisplayName("H20: lists with which the C runtime hangs, crashes or changes the order")
    class Lists {

        @Test
        @DisplayName("H20: waiting for a complete future returns at once")
        void waitForACompleteFutureReturnsAtOnce() {
            runtime.waitFor(PollableFuture.completed(1));
            runtime.waitAll(List.of(PollableFuture.completed(1)));
            CountingFuture done = CountingFuture.sync(1);
            done.busyPoll();
            runtime.waitFor(done);
            runtime.waitAll(List.of(done, done));
            assertEquals(1, done.counter());
        }

        @Test
        @DisplayName("H20: waiting for the same future again returns at once")
        void secondWaitReturnsAtOnce() {
            CountingFuture future = CountingFuture.sync(5);
            runtime.waitFor(future);
            runtime.waitFor(future);
            assertEquals(5, future.counter());
        }

        @Test
        @DisplayName("H20: complete futures in a list with running futures")
        void completeFuturesAreTakenInAList() {
            CountingFuture other = CountingFuture.async(50);
            runtime.waitAll(
                    List.of(PollableFuture.completed(1), other,
                            PollableFuture.failed(new RuntimeException())));
            assertEquals(1, other.output());
        }

        @ParameterizedTest(name = "{0} times")
        @ValueSource(ints = {2, 3, 7})
        @DisplayName("H20: one future several times in a list")
        void futureMayBeInAListSeveralTimes(int times) {
            CountingFuture polled = CountingFuture.sync(50);
            SignalledFuture woken = new SignalledFuture();
            List<PollableFuture<?>> list = new ArrayList<>();
            list.addAll(Collections.nCopies(times, polled));
            list.addAll(Collections.nCopies(times, woken));
            Thread signaller = Thread.ofVirtual().start(() -> {
                while (!woken.hasWaker()) {
                    Thread.onSpinWait();
                }
                woken.signal();
            });
            runtime.waitAll(list);
            assertEquals("signalled", woken.output());
            assertEquals(1, polled.output());
            join(signaller);
        }

        @Test
        @DisplayName("H20: one future several times in a list, although it keeps only the last "
                + "waker")
        void repeatedFutureWithOneWakerEndsTheWait() {
            AtomicReference<Waker> last = new AtomicReference<>();
            AtomicBoolean ready = new AtomicBoolean();
            PollableFuture<Void> future = FutureRuntimeTest.<Void>future((notifier, sink) -> {
                last.set(notifier.waker());
                notifier.useWaker();
                return ready.get() ? FutureState.COMPLETE : FutureState.RUNNING;
            });
            Thread waiter = Thread.ofPlatform()
                    .start(() -> runtime.waitAll(List.of(future, future, future)));
            awaitAsleep(waiter);
            ready.set(true);
            last.get().wake();
            join(waiter);
            assertTrue(future.isComplete());
        }

        @Test
        @DisplayName("H20: several chains around one future end when the future ends")
        void severalChainsMayContainOneFuture() {
            SignalledFuture shared = new SignalledFuture();
            List<FutureChain<String>> chains = new ArrayList<>();
            for (int i = 0; i < 5; i++) {
                String suffix = "-" + i;
                chains.add(FutureChain.of(shared).map(text -> text + suffix));
            }
            Thread waiter = Thread.ofPlatform().start(() -> runtime.waitAll(chains));
            awaitAsleep(waiter);
            shared.signal();
            join(waiter);
            assertEquals("signalled-0", chains.get(0).output());
            assertEquals("signalled-4", chains.get(4).output());
        }

        @Test
        @DisplayName("H20: an empty list, and lists with null, which are refused before the "
                + "first poll")
        void emptyListIsTakenAndNullIsRefused() {
            runtime.waitAll(List.of());
            CountingFuture future = CountingFuture.sync(1);
            assertThrows(NullPointerException.class,
                    () -> runtime.waitAll(Arrays.asList(future, null)));
            assertEquals(FutureState.IDLE, future.state());
            assertThrows(NullPointerException.class, () -> runtime.waitFor(null));
        }

        @Test
        @DisplayName("H20: the caller's list keeps its order")
        void listOfTheCallerKeepsItsOrder() {
            List<PollableFuture<?>> list = new ArrayList<>(
                    List.of(CountingFuture.sync(3), CountingFuture.async(9),
                            PollableFuture.completed(1),
                            CountingFuture.async(2), CountingFuture.sync(7)));
            List<PollableFuture<?>> before = List.copyOf(list);
            runtime.waitAll(list);
            assertEquals(before, list);
        }

        @Test
        @DisplayName("a failure does not end the wait for the remaining futures")
        void failureDoesNotEndTheWaitForTheRest() {
            PollableFuture<Void> failing = future((notifier, sink) -> {
                throw new IllegalStateException("broken");
            });
            CountingFuture other = CountingFuture.sync(100);
            runtime.waitAll(List.of(failing, other));
            assertEquals("broken", failing.failure().getMessage());
            assertEquals(1, other.output());
        }
    }

    @Nested
    @DisplayName("H20: wake-ups")
    class WakeUps {

        @Test
        @DisplayName("H20: if all futures use wakers, the thread sleeps and polls once for each "
                + "wake-up")
        void threadSleepsIfAllFuturesUseWakers() {
            SignalledFuture future = new SignalledFuture();
            Thread waiter = Thread.ofPlatform().start(() -> runtime.waitAll(List.of(future)));
            awaitAsleep(waiter);
            assertEquals(1, future.polls());

            for (int wakeUp = 1; wakeUp <= 5; wakeUp++) {
                LockSupport.unpark(waiter); // This causes a spurious return from park.
                future.wakeForNothing();
                while (future.polls() < 1 + wakeUp) {
                    Thread.onSpinWait();
                }
                awaitAsleep(waiter);
            }
            assertEquals(6, future.polls());
            future.signal();
            join(waiter);
            assertEquals(7, future.polls());
        }

        @Test
        @DisplayName("of many sleeping futures, only the future that woke the thread is polled")
        void onlyTheFutureThatWokeIsPolled() {
            List<SignalledFuture> futures = new ArrayList<>();
            for (int i = 0; i < 10; i++) {
                futures.add(new SignalledFuture());
            }
            Thread waiter = Thread.ofPlatform().start(() -> runtime.waitAll(futures));
            awaitAsleep(waiter);
            for (int i = 9; i >= 0; i--) {
                futures.get(i).signal();
                if (i > 0) {
                    while (!futures.get(i).isComplete()) {
                        Thread.onSpinWait();
                    }
                    awaitAsleep(waiter);
                    assertEquals(1, futures.get(0).polls());
                }
            }
            join(waiter);
            for (SignalledFuture future : futures) {
                assertEquals(2, future.polls());
            }
        }

        @Test
        @DisplayName("H20: a wake-up during a poll is not lost, even twice or after completion")
        void wakeUpBeforeThePollReturnsIsNotLost() {
            AtomicInteger polls = new AtomicInteger();
            PollableFuture<Void> future = future((notifier, sink) -> {
                notifier.useNone();
                if (polls.incrementAndGet() < 100) {
                    notifier.waker().wake();
                    notifier.waker().wake();
                    notifier.useWaker();
                    return FutureState.RUNNING;
                }
                notifier.waker().wake();
                return FutureState.COMPLETE;
            });
            CountingFuture longer = CountingFuture.sync(1_000);
            runtime.waitAll(List.of(future, longer));
            assertEquals(100, polls.get());
            assertEquals(1_000, longer.counter());
        }

        @Test
        @DisplayName("H20: a waker that is called after the wait has no effect")
        void wakerCalledAfterTheWaitHasNoEffect() {
            AtomicReference<Waker> kept = new AtomicReference<>();
            PollableFuture<Void> future = future((notifier, sink) -> {
                kept.set(notifier.waker());
                notifier.useNone();
                return FutureState.COMPLETE;
            });
            runtime.waitAll(List.of(future));
            kept.get().wake();
            kept.get().wake();
            SignalledFuture next = new SignalledFuture();
            Thread waiter = Thread.ofPlatform().start(() -> runtime.waitFor(next));
            awaitAsleep(waiter);
            kept.get().wake();
            next.signal();
            join(waiter);
        }

        @RepeatedTest(3)
        @DisplayName("H20: no wake-up between the poll and the sleep is lost, on both kinds of "
                + "threads")
        void noWakeUpIsLostBetweenThePollAndTheSleep() {
            int rounds = 20_000;
            AtomicReference<SignalledFuture> current = new AtomicReference<>();
            AtomicBoolean stop = new AtomicBoolean();
            Thread signaller = Thread.ofPlatform().daemon().start(() -> {
                int delay = 0;
                while (!stop.get()) {
                    SignalledFuture future = current.getAndSet(null);
                    if (future != null) {
                        // The shortest delay ends before the thread stores the waker. The longest
                        // ends when it is asleep.
                        for (int i = delay++ % 400; i > 0; i--) {
                            Thread.onSpinWait();
                        }
                        future.signal();
                    }
                }
            });
            Runnable waiting = () -> {
                for (int round = 0; round < rounds; round++) {
                    SignalledFuture future = new SignalledFuture();
                    current.set(future);
                    runtime.waitFor(future);
                }
            };
            waiting.run();
            Thread virtual = Thread.ofVirtual().start(waiting);
            join(virtual);
            stop.set(true);
            join(signaller);
        }

        @Test
        @DisplayName("H20: several threads that wait for one future are all woken, round after "
                + "round")
        void allThreadsThatWaitForAFutureAreWoken() {
            int rounds = 300;
            for (int round = 0; round < rounds; round++) {
                SignalledFuture future = new SignalledFuture();
                CountingFuture other = CountingFuture.sync(3);
                List<Thread> waiters = new ArrayList<>();
                for (int i = 0; i < 4; i++) {
                    waiters.add((i % 2 == 0 ? Thread.ofPlatform() : Thread.ofVirtual())
                            .start(() -> runtime.waitAll(List.of(future, other))));
                }
                if (round % 3 == 0) {
                    awaitAsleep(waiters.get(0));
                    awaitAsleep(waiters.get(2));
                }
                future.signal();
                waiters.forEach(FutureRuntimeTest::join);
            }
        }

        @Test
        @DisplayName("H20: a future that another thread's poll completes ends every wait")
        void futureCompletedByAnotherThreadEndsTheWait() {
            SignalledFuture future = new SignalledFuture();
            Thread waiter = Thread.ofPlatform().start(() -> runtime.waitFor(future));
            awaitAsleep(waiter);
            AtomicReference<FutureState> seen = new AtomicReference<>();
            // Completes the future within the wake-up, before the waiter polls.
            future.poll(Notifier.of(() -> seen.set(future.poll())));
            future.signal();
            join(waiter);
            assertTrue(future.isComplete());
        }

        @Test
        @DisplayName("H20: a sleeping future that is complete when its waker is called ends the "
                + "wait")
        void completeFutureMayBeWoken() {
            AtomicReference<Waker> kept = new AtomicReference<>();
            AtomicBoolean ready = new AtomicBoolean();
            PollableFuture<Void> future = future((notifier, sink) -> {
                if (ready.get()) {
                    return FutureState.COMPLETE;
                }
                if (notifier.waker() != null) {
                    kept.set(notifier.waker());
                }
                notifier.useWaker();
                return FutureState.RUNNING;
            });
            Thread waiter = Thread.ofPlatform().start(() -> runtime.waitFor(future));
            awaitAsleep(waiter);
            ready.set(true);
            assertEquals(FutureState.COMPLETE, future.poll());
            kept.get().wake();
            join(waiter);
        }

        @Test
        @DisplayName("a future with a waker does not stop the polls of a future without a waker")
        void polledFutureProgressesBesideAWaker() {
            SignalledFuture signalled = new SignalledFuture();
            CountingFuture counting = CountingFuture.sync(1_500);
            Thread signaller = Thread.ofVirtual().start(() -> {
                while (!signalled.hasWaker()) {
                    Thread.yield();
                }
                signalled.signal();
            });
            runtime.waitAll(List.of(signalled, counting));
            assertEquals(2, signalled.polls());
            assertEquals(1_500, counting.counter());
            join(signaller);
        }

        @Test
        @DisplayName("a poller is asked before each poll, and the future is polled if it "
                + "returns true")
        void pollerIsAskedBeforeAPoll() {
            AtomicInteger asked = new AtomicInteger();
            AtomicInteger polls = new AtomicInteger();
            PollableFuture<Void> future = future((notifier, sink) -> {
                notifier.usePoller(() -> asked.incrementAndGet() > 50);
                return polls.incrementAndGet() == 2 ? FutureState.COMPLETE : FutureState.RUNNING;
            });
            runtime.waitAll(List.of(future));
            assertEquals(2, polls.get());
            assertEquals(51, asked.get());
        }
    }

    @Nested
    @DisplayName("the waiting thread")
    class WaitingThread {

        @Test
        @DisplayName("an interrupt does not end the wait and is kept")
        void interruptDoesNotEndTheWait() {
            SignalledFuture woken = new SignalledFuture();
            AtomicBoolean interrupted = new AtomicBoolean();
            Thread waiter = Thread.ofPlatform().start(() -> {
                runtime.waitFor(woken);
                interrupted.set(Thread.currentThread().isInterrupted());
            });
            awaitAsleep(waiter);
            waiter.interrupt();
            LockSupport.unpark(waiter);
            awaitAsleep(waiter);
            woken.signal();
            join(waiter);
            assertTrue(interrupted.get());

            Thread.currentThread().interrupt();
            runtime.waitFor(CountingFuture.sync(1_200));
            assertTrue(Thread.interrupted());
        }

        @Test
        @DisplayName("an interrupt is kept if the wait ends with an exception")
        void interruptIsKeptIfTheWaitThrows() {
            AtomicInteger polls = new AtomicInteger();
            PollableFuture<Void> future = future((notifier, sink) -> {
                if (polls.incrementAndGet() < 10) {
                    return FutureState.RUNNING;
                }
                throw new WrongThreadException("not here");
            });
            Thread.currentThread().interrupt();
            assertThrows(WrongThreadException.class, () -> runtime.waitAll(List.of(future)));
            assertTrue(Thread.interrupted());
        }

        @Test
        @DisplayName("the idle strategy is called between rounds without progress, counted from 0")
        void idleStrategyRunsBetweenIdleRounds() {
            List<Integer> rounds = new ArrayList<>();
            new FutureRuntime(rounds::add)
                    .waitAll(List.of(CountingFuture.sync(3), CountingFuture.sync(6)));
            assertEquals(List.of(0, 1, 0, 1), rounds);
        }

        @Test
        @DisplayName("every idle strategy ends a wait, and invalid values are refused")
        void waitEndsWithEveryIdleStrategy() {
            for (IdleStrategy idle : List.of(
                    IdleStrategy.spin(), IdleStrategy.yield(), IdleStrategy.park(1_000),
                    IdleStrategy.backOff(),
                    IdleStrategy.backOff(1, 1, 1_000), IdleStrategy.backOff(0, 0, 5_000))) {
                CountingFuture future = CountingFuture.sync(50);
                new FutureRuntime(idle).waitFor(future);
                assertEquals(1, future.output());
            }
            assertThrows(IllegalArgumentException.class, () -> IdleStrategy.park(0));
            assertThrows(IllegalArgumentException.class, () -> IdleStrategy.backOff(-1, 0, 1_000));
            assertThrows(IllegalArgumentException.class, () -> IdleStrategy.backOff(0, -1, 1_000));
            assertThrows(IllegalArgumentException.class, () -> IdleStrategy.backOff(0, 0, 999));
            assertThrows(NullPointerException.class, () -> new FutureRuntime(null));
        }

        @Test
        @DisplayName("many virtual threads wait at once and pin nothing")
        void manyVirtualThreadsWaitAtOnce() {
            List<SignalledFuture> futures = new ArrayList<>();
            List<Thread> waiters = new ArrayList<>();
            List<String> outputs = new CopyOnWriteArrayList<>();
            for (int i = 0; i < 200; i++) {
                SignalledFuture future = new SignalledFuture();
                futures.add(future);
                waiters.add(Thread.ofVirtual().start(() -> outputs.add(runtime.await(future))));
            }
            waiters.forEach(FutureRuntimeTest::awaitAsleep); // more threads than carriers
            futures.forEach(SignalledFuture::signal);
            waiters.forEach(FutureRuntimeTest::join);
            assertEquals(Collections.nCopies(200, "signalled"), outputs);
        }

        @Test
        @DisplayName("await returns the output of the shared runtime's wait")
        void awaitReturnsTheOutput() {
            assertSame(FutureRuntime.shared(), FutureRuntime.shared());
            assertEquals(1, FutureRuntime.shared().await(CountingFuture.async(10)));
            assertNull(runtime.await(PollableFuture.completed(null)));
            assertFalse(Thread.currentThread().isInterrupted());
        }
    }

    private static <T> PollableFuture<T> future(PollTask<T> task) {
        return task.toFuture();
    }
}
