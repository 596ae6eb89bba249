package io.github.vdm4j.future;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Chains of futures. */
@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class FutureChainTest {
    private static final int POLLS = 10;

    /** Returns a chain of two counters. The second counter begins with the result of the first. */
    private static FutureChain<Integer> upAndUp(CountingFuture first, CountingFuture second) {
        return FutureChain.of(first)
                .then(second, (Integer before, CountingFuture next) -> next.add(before));
    }

    @Test
    @DisplayName("eager entries with a map function run in order and pass their outputs to the "
            + "next entry")
    void eagerEntriesPassTheirOutputsOn() {
        CountingFuture first = CountingFuture.sync(POLLS);
        CountingFuture second = CountingFuture.sync(POLLS);
        FutureChain<Integer> chain = upAndUp(first, second);
        assertEquals(FutureState.IDLE, chain.state());

        for (int poll = 1; poll < POLLS; poll++) {
            assertEquals(FutureState.RUNNING, chain.poll());
            assertEquals(poll, first.counter());
            assertEquals(0, second.counter());
        }
        // The poll that completes the first entry begins the second.
        assertEquals(FutureState.RUNNING, chain.poll());
        assertEquals(1, second.counter());
        for (int poll = 2; poll < POLLS; poll++) {
            assertEquals(FutureState.RUNNING, chain.poll());
        }
        assertEquals(FutureState.COMPLETE, chain.poll());
        assertEquals(2, chain.output());
        assertEquals(POLLS, second.counter());

        assertEquals(FutureState.COMPLETE, chain.poll());
        assertEquals(POLLS, second.counter());
    }

    @Test
    @DisplayName("the map function of an eager entry runs once, before the first poll of its "
            + "future")
    void eagerEntryIsMappedOnceBeforeItsPoll() {
        List<Integer> countersSeen = new ArrayList<>();
        CountingFuture second = CountingFuture.sync(3);
        FutureChain<Integer> chain = FutureChain.of(PollableFuture.completed("x"))
                .then(second,
                        (String before, CountingFuture next) -> countersSeen.add(next.counter()));
        chain.busyPoll();
        assertEquals(List.of(0), countersSeen);
    }

    @Test
    @DisplayName("complete entries are skipped in one poll")
    void completeEntriesAreSkippedInOnePoll() {
        FutureChain<Integer> chain = FutureChain.of(PollableFuture.completed(2))
                .then(two -> PollableFuture.completed(two * 3))
                .map(six -> six + 1);
        assertEquals(FutureState.COMPLETE, chain.poll());
        assertEquals(7, chain.output());
    }

    @Test
    @DisplayName("lazy entries and a nested chain are made at their turn, from the previous output")
    void lazyEntriesAreMadeAtTheirTurn() {
        int count = 5;
        int number = 5;
        List<CountingFuture> made = new ArrayList<>();
        FutureChain<Integer> chain = FutureChain
                .ofLazy(() -> PollableFuture.completed(count * number))
                .then(product -> {
                    CountingFuture up = CountingFuture.sync(product);
                    CountingFuture down = CountingFuture.sync(product);
                    made.add(up);
                    return upAndUp(up, down).map(sum -> sum + number);
                });
        assertEquals(0, made.size());

        chain.poll();
        assertEquals(1, made.size());

        chain.busyPoll();
        assertEquals(2 + number, chain.output());
        assertEquals(1, made.size(), "a lazy entry is made once");
        assertEquals(25, made.getFirst().counter());
    }

    @Test
    @DisplayName("an eager entry needs no output of the entry before")
    void eagerEntryNeedsNoEarlierOutput() {
        FutureChain<String> chain =
                FutureChain.of(CountingFuture.sync(2)).then(PollableFuture.completed("last"));
        assertEquals("last", chain.await());
    }

    @Test
    @DisplayName("null is an ordinary output")
    void nullFlowsThroughAChain() {
        FutureChain<String> chain =
                FutureChain.of(PollableFuture.<String>completed(null))
                        .map(nothing -> "got " + nothing);
        assertEquals("got null", chain.await());
    }

    @Test
    @DisplayName("H21: a chain has the property of its current entry, and a complete chain has "
            + "none")
    void chainHasThePropertyOfItsCurrentEntry() {
        FutureChain<Integer> chain = upAndUp(CountingFuture.sync(2), CountingFuture.async(2));
        assertFalse(chain.hasProperty(FutureProperty.ASYNC));
        chain.poll();
        assertFalse(chain.hasProperty(FutureProperty.ASYNC));
        chain.poll();
        assertTrue(chain.hasProperty(FutureProperty.ASYNC));
        chain.poll();
        assertTrue(chain.isComplete());
        assertFalse(chain.hasProperty(FutureProperty.ASYNC));

        FutureChain<Integer> reversed = upAndUp(CountingFuture.async(1), CountingFuture.sync(2));
        assertTrue(reversed.hasProperty(FutureProperty.ASYNC));
        reversed.poll();
        assertFalse(reversed.hasProperty(FutureProperty.ASYNC));
    }

    @Test
    @DisplayName("H21: hasProperty runs no lazy initialiser")
    void hasPropertyRunsNoLazyInitialiser() {
        AtomicInteger made = new AtomicInteger();
        FutureChain<Integer> chain = FutureChain.ofLazy(() -> {
            made.incrementAndGet();
            return CountingFuture.async(2);
        });
        assertFalse(chain.hasProperty(FutureProperty.ASYNC));
        assertEquals(0, made.get());
        chain.poll();
        assertEquals(1, made.get());
        assertTrue(chain.hasProperty(FutureProperty.ASYNC));
    }

    @Test
    @DisplayName("H21: a cancelled chain has no property, and its eager futures are cancelled")
    void cancelledChainIsComplete() {
        CountingFuture first = CountingFuture.async(2);
        CountingFuture second = CountingFuture.async(2);
        FutureChain<Integer> chain = upAndUp(first, second);
        assertTrue(chain.cancel());
        assertEquals(FutureState.COMPLETE, chain.poll());
        assertInstanceOf(CancellationException.class, chain.failure());
        assertNull(chain.output());
        assertFalse(chain.hasProperty(FutureProperty.ASYNC));
        assertInstanceOf(CancellationException.class, first.failure());
        assertInstanceOf(CancellationException.class, second.failure());
        assertEquals(0, first.counter());
    }

    @Test
    @DisplayName("a failing entry ends the chain: no later entry runs, and eager futures are "
            + "cancelled")
    void failingEntryEndsTheChain() {
        var broken = new IOException("broken");
        AtomicInteger calls = new AtomicInteger();
        CountingFuture eager = CountingFuture.sync(1);
        FutureChain<Integer> chain = FutureChain.of(PollableFuture.<Integer>failed(broken))
                .then(value -> {
                    calls.incrementAndGet();
                    return PollableFuture.completed(value);
                })
                .map(value -> calls.incrementAndGet())
                .then(eager, (before, next) -> calls.incrementAndGet());
        assertEquals(FutureState.COMPLETE, chain.poll());
        assertSame(broken, chain.failure());
        assertNull(chain.output());
        assertEquals(0, calls.get());
        assertEquals(0, eager.counter());
        assertInstanceOf(CancellationException.class, eager.failure());
    }

    @Test
    @DisplayName("recover continues after a failure, and is skipped without a failure")
    void recoverContinuesAfterAFailure() {
        List<String> seen = new ArrayList<>();
        FutureChain<Integer> chain =
                FutureChain.of(PollableFuture.<Integer>failed(new IOException("one")))
                        .map(value -> value + 100)
                        .recover(failure -> {
                            seen.add(failure.getMessage());
                            return CountingFuture.sync(2);
                        })
                        .map(value -> value + 1)
                        .recover(failure -> PollableFuture.completed(-1));
        chain.busyPoll();
        assertEquals(2, chain.output());
        assertNull(chain.failure());
        assertEquals(List.of("one"), seen);
    }

    @Test
    @DisplayName("a recovery that fails is recovered by the next recovery")
    void failedRecoveryIsRecoveredByTheNext() {
        FutureChain<String> chain = FutureChain
                .of(PollableFuture.<String>failed(new IOException("one")))
                .recover(first -> PollableFuture.failed(new IOException("two", first)))
                .recover(second -> PollableFuture
                        .completed(
                                second.getMessage() + " after " + second.getCause().getMessage()));
        assertEquals("two after one", chain.await());
    }

    @Test
    @DisplayName("initialisers and map functions that throw or return null fail the chain, not "
            + "the poll")
    void initialisersThatThrowOrReturnNullFailTheChain() {
        var broken = new IllegalStateException("broken");
        FutureChain<Integer> throwing = FutureChain.ofLazy(() -> {
            throw broken;
        });
        assertEquals(FutureState.COMPLETE, throwing.poll());
        assertSame(broken, throwing.failure());

        FutureChain<Integer> nothing =
                FutureChain.of(PollableFuture.completed(1)).then(one -> null);
        assertEquals(FutureState.COMPLETE, nothing.poll());
        var absent = assertInstanceOf(NullPointerException.class, nothing.failure());
        assertTrue(absent.getMessage().contains("returned null"), absent.getMessage());

        FutureChain<Integer> map = FutureChain.of(PollableFuture.completed(1)).map(one -> {
            throw broken;
        });
        map.poll();
        assertSame(broken, map.failure());

        CountingFuture next = CountingFuture.sync(1);
        FutureChain<Integer> prepare =
                FutureChain.of(PollableFuture.completed(1)).then(next, (one, future) -> {
                    throw broken;
                });
        prepare.poll();
        assertSame(broken, prepare.failure());
        assertEquals(0, next.counter());

        FutureChain<Integer> saved =
                FutureChain.<Integer>ofLazy(() -> null)
                        .recover(failure -> PollableFuture.completed(5));
        assertEquals(5, saved.await());
    }

    @Test
    @DisplayName("an extended chain cannot be extended again, and a poll of it fails")
    void extendedChainCannotBeUsedAgain() {
        CountingFuture first = CountingFuture.sync(1);
        FutureChain<Integer> old = FutureChain.of(first);
        FutureChain<Integer> longer = old.map(value -> value + 1);
        assertThrows(IllegalStateException.class, () -> old.map(value -> value));
        assertEquals(FutureState.COMPLETE, old.poll());
        assertInstanceOf(IllegalStateException.class, old.failure());
        assertThrows(IllegalStateException.class, old::await);
        assertEquals(0, first.counter());
        assertEquals(FutureState.IDLE, first.state());
        assertEquals(2, longer.await());
    }

    @Test
    @DisplayName("a polled chain can no longer be extended")
    void polledChainCannotBeExtended() {
        FutureChain<Integer> running = FutureChain.of(CountingFuture.sync(2));
        running.poll();
        var refused = assertThrows(IllegalStateException.class, () -> running.map(value -> value));
        assertTrue(refused.getMessage().contains("RUNNING"), refused.getMessage());
        running.poll();
        assertThrows(IllegalStateException.class, () -> running.then(PollableFuture.completed(1)));
        assertEquals(1, running.output());
    }

    @Test
    @DisplayName("null in place of a future or a function is refused")
    void nullEntryIsRefused() {
        FutureChain<Integer> chain = FutureChain.of(CountingFuture.sync(1));
        assertThrows(NullPointerException.class, () -> FutureChain.of(null));
        assertThrows(NullPointerException.class, () -> chain.map(null));
    }

    @Test
    @DisplayName("an entry's WrongThreadException is thrown, and the chain can continue on "
            + "another thread")
    void wrongThreadExceptionKeepsTheChain() {
        AtomicInteger calls = new AtomicInteger();
        PollTask<Integer> picky = (notifier, sink) -> {
            if (calls.getAndIncrement() == 0) {
                throw new WrongThreadException("not here");
            }
            sink.output(3);
            return FutureState.COMPLETE;
        };
        FutureChain<Integer> chain =
                FutureChain.of(PollableFuture.completed(1)).then(one -> picky.toFuture());
        assertThrows(WrongThreadException.class, chain::poll);
        assertFalse(chain.isComplete());
        assertEquals(3, chain.await());
    }

    @Test
    @DisplayName("the chain answers the notifier like its current entry")
    void chainAnswersLikeItsCurrentEntry() {
        SignalledFuture signalled = new SignalledFuture();
        CountingFuture counting = CountingFuture.sync(2);
        FutureChain<Integer> chain = FutureChain.of(signalled).then(counting);
        AtomicInteger woken = new AtomicInteger();
        Notifier notifier = Notifier.of(woken::incrementAndGet);
        chain.poll(notifier);
        assertEquals(NotifierType.WAKER, notifier.used());
        signalled.signal();
        assertEquals(1, woken.get());
        chain.poll(notifier);
        assertEquals(NotifierType.NONE, notifier.used(), "the counter has to be polled");
        assertEquals(1, counting.counter());
    }

    @Test
    @DisplayName("a chain that a function of itself returns fails instead of waiting for ever")
    void chainInItselfFails() {
        List<FutureChain<Integer>> chains = new ArrayList<>();
        var start = PollableFuture.completed(1);
        chains.add(FutureChain.of(start).then(one -> chains.get(0)));
        requireEndless(chains.get(0)); // itself
        chains.add(FutureChain.of(start).then(one -> chains.get(2)));
        chains.add(FutureChain.of(start).then(one -> chains.get(1)));
        requireEndless(chains.get(1)); // through an inner chain of a function
        chains.add(FutureChain.of(start).then(one -> chains.get(3)));
        requireEndless(FutureChain.of(start).then(chains.get(3))); // an eager inner chain
    }

    private static void requireEndless(FutureChain<Integer> chain) {
        assertEquals(FutureState.COMPLETE, chain.poll());
        assertTrue(assertInstanceOf(IllegalStateException.class, chain.failure()).getMessage()
                .contains("Return a new chain"), () -> "" + chain.failure());
    }
}
