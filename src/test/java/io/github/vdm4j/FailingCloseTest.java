package io.github.vdm4j;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.vdm4j.future.FutureState;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;

/** The close of a mover whose executor fails. */
class FailingCloseTest {
    private final List<Long> closed = new ArrayList<>();

    private ExecutorMover mover(Supplier<Duration> timeout, Runnable close) {
        return new ExecutorMover(new VdmExecutor() {
            @Override
            public FutureState start(Operation<?> operation) {
                return operation.succeed(ExecutionPath.JVM);
            }

            @Override
            public Duration closeTimeout() {
                return timeout.get();
            }

            @Override
            public void close(long deadline) {
                closed.add(deadline - System.nanoTime());
                close.run();
            }
        });
    }

    private void assertClosedOnce(ExecutorMover mover) {
        assertTrue(mover.isClosed());
        mover.close();
        assertEquals(1, closed.size());
        assertTrue(closed.getFirst() > 20_000_000_000L, () -> closed + " of the usual 30 s");
    }

    /** A full heap can end the first call at any place. */
    @Test
    void secondCloseFinishesAfterAFullHeap() {
        var thrown = new OutOfMemoryError("for the test");
        ExecutorMover mover = mover(() -> Duration.ofSeconds(30), () -> {
            if (closed.size() < 3) {
                throw thrown;
            }
        });
        assertEquals(thrown, assertThrows(OutOfMemoryError.class, mover::close));
        assertTrue(mover.isClosed());
        assertEquals(thrown, assertThrows(OutOfMemoryError.class, mover::closeNow));
        mover.close();
        mover.close();
        assertEquals(3, closed.size());
    }

    @Test
    void nullTimeoutClosesTheExecutor() {
        ExecutorMover mover = mover(() -> null, () -> {});
        var thrown = assertThrows(NullPointerException.class, mover::close);
        assertEquals("closeTimeout", thrown.getMessage());
        assertClosedOnce(mover);
    }

    @Test
    void throwingTimeoutClosesTheExecutor() {
        var thrown = new IllegalStateException("for the test");
        ExecutorMover mover = mover(() -> {
            throw thrown;
        }, () -> {});
        assertEquals(thrown, assertThrows(IllegalStateException.class, mover::closeNow));
        assertClosedOnce(mover);
    }
}
