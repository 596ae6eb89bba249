package io.github.vdm4j.future;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.Isolated;

/**
 * Polled chains. No waiting thread pauses after a complete step, because the step is progress.
 */
@Isolated("replaces the strategy of the shared poller")
class PolledChainTest {
    private static final int STEPS = 100_000;

    private final IdleStrategy usual = SharedPoller.betweenRounds;
    private final AtomicInteger pauses = new AtomicInteger();

    /** Each step needs two polls. The second poll of a step is the first poll of the next step. */
    private static FutureChain<Integer> chain() {
        FutureChain<Integer> chain = FutureChain.of(CountingFuture.sync(2));
        for (int i = 1; i < STEPS; i++) {
            chain = chain.then(CountingFuture.sync(2));
        }
        return chain;
    }

    @AfterEach
    void restore() {
        SharedPoller.betweenRounds = usual;
    }

    @Test
    void awaitDoesNotPauseBetweenSteps() {
        assertEquals(1, new FutureRuntime(round -> pauses.incrementAndGet()).await(chain()));
        assertEquals(0, pauses.get());
    }

    @Test
    void awaitOfAnInnerChainDoesNotPause() {
        FutureChain<Integer> inner = chain();
        FutureChain.of(inner).poll();
        assertEquals(1, new FutureRuntime(round -> pauses.incrementAndGet()).await(inner));
        assertEquals(0, pauses.get());
    }

    @Test
    void sharedPollerDoesNotPauseBetweenSteps() throws Exception {
        SharedPoller.betweenRounds = round -> pauses.incrementAndGet();
        assertEquals(1, chain().toCompletableFuture().get(50, TimeUnit.SECONDS));
        assertEquals(0, pauses.get());
    }

    @Test
    void sharedPollerPausesWithoutProgress() throws Exception {
        SharedPoller.betweenRounds = round -> pauses.incrementAndGet();
        int polls = 1_000;
        assertEquals(1, CountingFuture.sync(polls).toCompletableFuture().get(50, TimeUnit.SECONDS));
        // The polls are the first poll, the arrival and the end.
        assertEquals(polls - 3, pauses.get());
    }
}
