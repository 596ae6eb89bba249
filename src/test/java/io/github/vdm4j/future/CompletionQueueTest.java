package io.github.vdm4j.future;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.vdm4j.future.CompletionQueue.Entry;
import io.github.vdm4j.machine.LibraryThread;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.CancellationException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A queue that returns futures in the order of their completion. */
@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class CompletionQueueTest {
    private final CompletionQueue<String> queue = new CompletionQueue<>();

    private static <V> FutureTask<V> start(Callable<V> work) {
        var task = new FutureTask<>(work);
        Thread.ofPlatform().daemon().start(task);
        return task;
    }

    private static Thread startAndAwaitSleep(Runnable work) {
        Thread thread = Thread.ofPlatform().daemon().start(work);
        while (thread.getState() != Thread.State.WAITING) {
            assertTrue(thread.isAlive(), "ended instead of waiting");
            Thread.onSpinWait();
        }
        return thread;
    }

    @Test
    void queueKeepsTheOrderOfCompletion() {
        var futures = IntStream.range(0, 5).mapToObj(i -> new SignalledFuture()).toList();
        for (int i = 0; i < 5; i++) {
            queue.add(futures.get(i), "attachment " + i);
        }
        assertEquals(5, queue.size());
        assertNull(queue.poll());
        for (int i : List.of(3, 0, 4)) {
            futures.get(i).signal();
        }
        for (int i : List.of(3, 0, 4)) {
            Entry<String> entry = queue.take();
            assertSame(futures.get(i), entry.future());
            assertEquals("attachment " + i, entry.attachment());
            assertEquals("signalled", entry.future().output());
        }
        assertNull(queue.poll());
        futures.get(2).signal();
        futures.get(1).signal();
        assertEquals("attachment 2", queue.take(Duration.ofDays(1)).attachment());
        assertFalse(queue.isEmpty());
        assertEquals("attachment 1", queue.take().attachment());
        assertTrue(queue.isEmpty());
        assertEquals(0, queue.size());
    }

    @Test
    void startsIdleFuturesAndReturnsFailures() {
        var failure = new IllegalArgumentException("on purpose");
        PollableFuture<Void> failing = ((PollTask<Void>) (notifier, sink) -> {
            throw failure;
        }).toFuture();
        queue.add(failing, "failing");
        queue.add(PollableFuture.completed(1), "complete");
        Entry<String> entry = queue.take();
        assertEquals("failing", entry.attachment());
        assertSame(failure,
                assertThrows(IllegalArgumentException.class, entry.future()::orThrow));
        queue.take().future().orThrow();
    }

    @Test
    void returnsCancelledFutures() {
        var waiting = new SignalledFuture();
        var never = FutureChain.of(waiting).then(new SignalledFuture());
        PollableFuture<Integer> idle = ((PollTask<Integer>) (notifier, sink) -> {
            notifier.useWaker();
            return FutureState.IDLE;
        }).toFuture();
        queue.add(idle, "cancelled");
        queue.add(never, "never");
        assertTrue(idle.cancel());
        assertFalse(never.cancel(), "it runs");
        Entry<String> entry = queue.take();
        assertSame(idle, entry.future());
        assertInstanceOf(CancellationException.class, entry.future().failure());
        assertEquals(1, queue.size());
    }

    @Test
    void aFutureAddedTwiceGivesTwoEntries() {
        var future = new SignalledFuture();
        queue.add(future, "first");
        queue.add(future, "second");
        future.signal();
        assertEquals(Set.of("first", "second"),
                Set.of(queue.take().attachment(), queue.take().attachment()));
        assertTrue(queue.isEmpty());
    }

    @Test
    void aFutureMayBeInSeveralQueues() {
        var other = new CompletionQueue<Integer>();
        var future = new SignalledFuture();
        queue.add(future, "here");
        other.add(future, 7);
        future.signal();
        assertEquals("here", queue.take().attachment());
        assertEquals(7, other.take().attachment());
    }

    @Test
    void refusesNullAndCountsNothing() {
        var future = CountingFuture.sync(1);
        assertEquals("future",
                assertThrows(NullPointerException.class, () -> queue.add(null, "x")).getMessage());
        assertEquals("attachment",
                assertThrows(NullPointerException.class, () -> queue.add(future, null))
                        .getMessage());
        assertEquals("timeout",
                assertThrows(NullPointerException.class, () -> queue.take(null)).getMessage());
        assertEquals(0, future.counter());
        assertTrue(queue.isEmpty());
    }

    @Test
    void takeThrowsIfNothingIsRegistered() {
        String message = "take from a queue with nothing registered: no completion can end the"
                + " wait. Add a future first, or use poll() [VDM-ENDLESS-WAIT]";
        assertEquals(message,
                assertThrows(IllegalStateException.class, queue::take).getMessage());
        assertEquals(message,
                assertThrows(IllegalStateException.class, () -> queue.take(Duration.ofDays(1)))
                        .getMessage());
        assertNull(queue.poll());
    }

    @Test
    void takeThrowsIfAnotherThreadTakesTheLastEntry() throws Exception {
        var future = new SignalledFuture();
        queue.add(future, "only");
        var first = new AtomicReference<Object>();
        Thread one = startAndAwaitSleep(() -> first.set(outcome()));
        var second = new AtomicReference<Object>();
        Thread two = startAndAwaitSleep(() -> second.set(outcome()));
        future.signal();
        one.join();
        two.join();
        assertEquals(List.of("ISE", "only"),
                Stream.of(first.get(), second.get()).sorted().toList());
    }

    private Object outcome() {
        try {
            return queue.take().attachment();
        } catch (IllegalStateException e) {
            return "ISE";
        }
    }

    @Test
    void takeTimesOut() {
        var future = new SignalledFuture();
        queue.add(future, "late");
        assertNull(queue.take(Duration.ofMillis(3)));
        assertNull(queue.take(Duration.ZERO));
        assertNull(queue.take(Duration.ofSeconds(Long.MIN_VALUE)));
        queue.add(PollableFuture.completed(1), "complete");
        assertEquals("complete", queue.take(Duration.ZERO).attachment());
        future.signal();
        assertEquals("late", queue.take(Duration.ofDays(1)).attachment());
    }

    @Test
    void interruptionDoesNotEndTakeAndIsKept() throws Exception {
        var future = new SignalledFuture();
        queue.add(future, "kept");
        var interrupted = new AtomicBoolean();
        var taken = new AtomicReference<String>();
        Thread taker = startAndAwaitSleep(() -> {
            taken.set(queue.take().attachment());
            interrupted.set(Thread.currentThread().isInterrupted());
        });
        taker.interrupt();
        future.signal();
        taker.join();
        queue.add(future, "in time");
        Thread.currentThread().interrupt();
        assertEquals("in time", queue.take(Duration.ofDays(99_999)).attachment());
        assertTrue(Thread.interrupted());
        assertEquals("kept", taken.get());
        assertTrue(interrupted.get());
    }

    @Test
    void takeThrowsOnALibraryThread() throws Exception {
        queue.add(new SignalledFuture(), "never");
        var message = new AtomicReference<String>();
        Thread library = new LibraryThread("vdm4j-test", () -> {
            try {
                queue.take();
            } catch (IllegalStateException e) {
                message.set(e.getMessage());
            }
        });
        library.start();
        library.join();
        assertTrue(message.get().startsWith("take on the library's thread vdm4j-test: "),
                message::get);
    }

    @Test
    void sharedThreadPollsFuturesWithoutNotification() {
        queue.add(CountingFuture.sync(1_000), "counting");
        var ready = new AtomicBoolean();
        queue.add(((PollTask<Integer>) (notifier, sink) -> {
            notifier.usePoller(ready::get);
            return ready.get() ? FutureState.COMPLETE : FutureState.RUNNING;
        }).toFuture(), "asked");
        assertEquals("counting", queue.take().attachment());
        ready.set(true);
        assertEquals("asked", queue.take().attachment());
    }

    @Test
    void stepsOfAChainRunWithoutAnyTaker() throws Exception {
        var first = new SignalledFuture();
        var second = new SignalledFuture();
        queue.add(FutureChain.of(first).then(second).map(output -> 7), "chain");
        first.signal();
        while (!second.hasWaker()) {
            Thread.onSpinWait();
        }
        var taken = start(queue::take);
        second.signal();
        assertEquals(7, taken.get().future().output());
    }

    /** A user's own implementation of a future. */
    private static final class ForeignFuture implements PollableFuture<Integer> {
        private volatile Waker waker;
        private volatile FutureState state = FutureState.IDLE;
        private final RuntimeException thrown;

        ForeignFuture(RuntimeException thrown) {
            this.thrown = thrown;
        }

        void finish() {
            state = FutureState.COMPLETE;
            waker.wake();
            waker.wake(); // harmless
        }

        @Override
        public FutureState state() {
            return state;
        }

        @Override
        public FutureState poll(Notifier notifier) {
            if (state == FutureState.COMPLETE) {
                if (thrown != null) {
                    throw thrown;
                }
                return state;
            }
            waker = notifier.waker();
            notifier.useWaker();
            state = FutureState.RUNNING;
            return state;
        }

        @Override
        public Integer output() {
            return 5;
        }

        @Override
        public Throwable failure() {
            return thrown;
        }

        @Override
        public boolean cancel() {
            return false;
        }
    }

    @Test
    void futuresOfAnotherClassAreReturnedOnce() {
        var future = new ForeignFuture(null);
        queue.add(future, "foreign");
        assertNull(queue.poll());
        future.finish();
        assertEquals(5, queue.take().future().output());
        assertTrue(queue.isEmpty());
        assertNull(queue.poll());
    }

    @Test
    void aThrowingPollEndsItsEntryAlone() {
        var future = new ForeignFuture(new IllegalArgumentException("on purpose"));
        var good = new SignalledFuture();
        queue.add(future, "bad");
        queue.add(good, "good");
        future.finish();
        Entry<String> entry = queue.take();
        assertEquals("bad", entry.attachment());
        assertThrows(IllegalArgumentException.class, entry.future()::orThrow);
        good.signal();
        assertEquals("good", queue.take().attachment());
        assertTrue(queue.isEmpty());
    }

    @Test
    void addThrowsTheExceptionOfTheFirstPoll() throws Exception {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment mine = arena.allocate(8);
            PollableFuture<Integer> confined = ((PollTask<Integer>) (notifier, sink) -> {
                sink.output((int) mine.get(ValueLayout.JAVA_BYTE, 0));
                return FutureState.COMPLETE;
            }).toFuture();
            var thrown = start(() -> assertThrows(WrongThreadException.class,
                    () -> queue.add(confined, "confined")));
            thrown.get();
            assertTrue(queue.isEmpty());
            queue.add(confined, "confined");
            assertEquals(0, queue.take().future().output());
        }
    }

    /** A lost wake-up of a taker occurs in some of the runs. */
    @Test
    void takeEndsWhenAddThrowsMeanwhile() throws Exception {
        int rounds = 5_000;
        var random = new Random();
        var round = new AtomicInteger();
        var entered = new AtomicInteger();
        var ended = new AtomicInteger();
        PollableFuture<Void> refused = ((PollTask<Void>) (notifier, sink) -> {
            int mine = round.incrementAndGet();
            while (entered.get() < mine) {
                Thread.yield();
            }
            for (int spins = random.nextInt(12); spins > 0; spins--) {
                Thread.onSpinWait();
            }
            throw new WrongThreadException("on purpose");
        }).toFuture();
        FutureTask<Void> taker = start(() -> {
            for (int next = 1; next <= rounds; next++) {
                while (round.get() < next) {
                    Thread.yield();
                }
                entered.set(next);
                assertThrows(IllegalStateException.class, queue::take);
                ended.set(next);
            }
            return null;
        });
        while (round.get() < rounds && !taker.isDone()) {
            assertThrows(WrongThreadException.class, () -> queue.add(refused, "refused"));
            while (ended.get() < round.get() && !taker.isDone()) {
                Thread.yield();
            }
        }
        taker.get();
        assertTrue(queue.isEmpty());
    }

    @Test
    void takerPollsItsOwnConfinedMemory() throws Exception {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment mine = arena.allocate(8).fill((byte) 3);
            var first = new SignalledFuture();
            FutureChain<Byte> chain =
                    FutureChain.of(first).map(output -> mine.get(ValueLayout.JAVA_BYTE, 0));
            queue.add(chain, "confined");
            Thread other = startAndAwaitSleep(this::outcome);
            start(() -> {
                first.signal();
                return null;
            });
            Entry<String> entry = null;
            while (entry == null && !queue.isEmpty()) {
                entry = queue.poll();
            }
            other.join(); // This thread took the entry or found the queue empty.
            assertEquals((byte) 3, chain.output());
        }
    }

    /** A future that only its owner can complete. Any thread can start it. */
    private PollableFuture<Integer> ownedBy(Thread owner, AtomicInteger refusals) {
        return ((PollTask<Integer>) (notifier, sink) -> {
            if (refusals.get() < 0) {
                refusals.set(0);
                return FutureState.RUNNING;
            }
            if (Thread.currentThread() != owner) {
                refusals.incrementAndGet();
                throw new WrongThreadException("on purpose");
            }
            sink.output(7);
            return FutureState.COMPLETE;
        }).toFuture();
    }

    @Test
    void queueWaitsForTheOwnerIfTheAdderMayNotPoll() throws Exception {
        var refusals = new AtomicInteger(-1);
        var future = new AtomicReference<PollableFuture<Integer>>();
        Thread owner = Thread.ofPlatform().daemon().unstarted(() -> future.get().busyPoll());
        future.set(ownedBy(owner, refusals));
        queue.add(future.get(), "owned");
        while (refusals.get() < 3) {
            assertNull(queue.poll());
        }
        assertNull(queue.take(Duration.ofMillis(1)));
        owner.start();
        assertEquals(7, queue.take().future().output());
        assertTrue(queue.isEmpty());
    }

    @Test
    void takerReturnsTheFutureOfAnAdderThatHasEnded() throws Exception {
        var refusals = new AtomicInteger(-1);
        var mayEnd = new AtomicBoolean();
        PollableFuture<Integer> future = ((PollTask<Integer>) (notifier, sink) -> {
            if (refusals.getAndIncrement() < 0) {
                return FutureState.RUNNING;
            }
            if (!mayEnd.get()) {
                throw new WrongThreadException("on purpose");
            }
            sink.output(8);
            return FutureState.COMPLETE;
        }).toFuture();
        start(() -> {
            queue.add(future, "left");
            return null;
        }).get();
        while (refusals.get() < 3) {
            assertNull(queue.poll());
        }
        start(() -> {
            mayEnd.set(true); // like the device engine after the end of the owner
            return null;
        });
        assertEquals(8, queue.take().future().output());
    }
}
