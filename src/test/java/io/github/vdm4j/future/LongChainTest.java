package io.github.vdm4j.future;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;

import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The constant stack and linear time of chains of any length. */
@Timeout(60)
class LongChainTest {
    private int done;

    /** Returns an asynchronous loop. Each step returns the chain of the later steps. */
    private FutureChain<Integer> loop(int step, int end, boolean running) {
        PollableFuture<Integer> work =
                running ? CountingFuture.sync(2) : PollableFuture.completed(1);
        return FutureChain.of(work).then(output -> {
            done++;
            return step + 1 < end ? loop(step + 1, end, running)
                    : PollableFuture.completed(step + 1);
        });
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void recursiveLoopNeedsConstantStack(boolean running) {
        int steps = 1_000_000;
        FutureChain<Integer> chain = loop(0, steps, running);
        chain.busyPoll();
        assertNull(chain.failure());
        assertEquals(steps, chain.output());
        assertEquals(steps, done);
    }

    @Test
    void recursiveLoopCompletesItsCompletableFuture() throws Exception {
        int steps = 2_000; // The shared poller pauses between the steps.
        assertEquals(steps,
                loop(0, steps, true).toCompletableFuture().get(50, TimeUnit.SECONDS));
    }

    @Test
    void flatChainRunsInLinearTime() {
        int steps = 1_000_000; // In quadratic time, this would take hours.
        FutureChain<Integer> chain = FutureChain.of(PollableFuture.completed(0));
        for (int i = 1; i < steps; i++) {
            chain = chain.then(before -> PollableFuture.completed(before + 1));
        }
        chain.busyPoll();
        assertEquals(steps - 1, chain.output());
    }

    @Test
    void deeplyNestedChainNeedsConstantStack() {
        int depth = 100_000;
        FutureChain<Integer> chain = FutureChain.of(CountingFuture.sync(2));
        for (int i = 0; i < depth; i++) {
            chain = FutureChain.of(chain);
        }
        chain.busyPoll();
        assertEquals(1, chain.output());
    }

    @Test
    void deeplyNestedChainIsCancelled() {
        FutureChain<Integer> innermost = FutureChain.of(CountingFuture.sync(2));
        FutureChain<Integer> chain = innermost;
        for (int i = 0; i < 100_000; i++) {
            chain = FutureChain.of(chain);
        }
        assertEquals(true, chain.cancel());
        assertEquals(FutureState.COMPLETE, innermost.state());
    }
}
