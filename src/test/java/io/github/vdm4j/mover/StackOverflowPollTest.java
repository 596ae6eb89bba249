package io.github.vdm4j.mover;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.vdm4j.ExecutorMover;
import io.github.vdm4j.Operation;
import io.github.vdm4j.Vdm;
import io.github.vdm4j.VdmException;
import io.github.vdm4j.VdmExecutor;
import io.github.vdm4j.VdmFuture;
import io.github.vdm4j.VdmOutput;
import io.github.vdm4j.VdmResult;
import io.github.vdm4j.future.FutureChain;
import io.github.vdm4j.future.FutureState;
import io.github.vdm4j.future.PollableFuture;
import io.github.vdm4j.machine.LibraryThread;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.RepetitionInfo;
import org.junit.jupiter.api.Timeout;

/** Polls near the end of a thread's stack. */
@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class StackOverflowPollTest {
    private static final int LEVELS = 250;

    private static int overflows;

    private final List<VdmFuture<VdmOutput>> fills = new ArrayList<>();
    private final List<PollableFuture<?>> polled = new ArrayList<>();
    private int level;

    /** Polls a future at each of the deepest levels, the deepest first. */
    private void descend() {
        try {
            descend();
        } catch (StackOverflowError e) {
            level = 0; // the deepest call that the stack permits
        }
        if (level < LEVELS) {
            try {
                polled.get(level).poll();
            } catch (StackOverflowError e) {
                overflows++;
            }
            level++;
        }
    }

    /** Loads the classes, because a stack overflow in an initializer makes a class unusable. */
    @BeforeAll
    static void loadClasses() {
        try (Arena arena = Arena.ofShared(); Vdm mover = SyncDataMover.open()) {
            for (int i = 0; i < 100; i++) {
                MemorySegment memory = arena.allocate(8);
                FutureChain.of(mover.memset(memory, (byte) 1)).busyPoll();
                mover.memset(memory, (byte) 1).poll();
            }
        }
        Thread reporting = Thread.ofPlatform()
                .uncaughtExceptionHandler((thread, thrown) -> {})
                .start(() -> LibraryThread.report(new StackOverflowError("for the test")));
        while (reporting.isAlive()) {
            Thread.onSpinWait();
        }
    }

    /** The JIT can give the deepest call so large a frame that a repetition has no overflow. */
    @AfterAll
    static void someLevelWasDeepEnough() {
        assertTrue(overflows > 0);
    }

    private void descendIn(RepetitionInfo repetition) throws InterruptedException {
        Thread deep = new Thread(null, this::descend, "deep",
                (1 << 20) + 4_096L * repetition.getCurrentRepetition());
        deep.setUncaughtExceptionHandler((thread, thrown) -> {});
        deep.start();
        deep.join();
    }

    @RepeatedTest(10)
    void laterPollEndsAFutureAfterAnOverflow(RepetitionInfo repetition) throws Exception {
        try (Arena arena = Arena.ofShared(); Vdm mover = SyncDataMover.open()) {
            for (int i = 0; i < LEVELS; i++) {
                VdmFuture<VdmOutput> fill = mover.memset(arena.allocate(1_000), (byte) 7);
                fills.add(fill);
                polled.add(i % 2 == 0 ? fill : FutureChain.of(fill));
            }
            descendIn(repetition);
            for (int i = 0; i < LEVELS; i++) {
                assertEquals(FutureState.COMPLETE, polled.get(i).poll(), "level " + i);
                VdmFuture<VdmOutput> fill = fills.get(i);
                fill.poll();
                VdmResult result = fill.result();
                assertTrue(result == VdmResult.SUCCESS || result == VdmResult.INTERNAL_ERROR,
                        () -> result + " at a level");
                assertEquals(result == VdmResult.SUCCESS, fill.failure() == null);
            }
        }
    }

    /** Counts the starts of the operation of a level, and fails. */
    private final class FailingStarts implements VdmExecutor {
        private final int[] starts = new int[LEVELS];
        private final StackOverflowError thrown = new StackOverflowError("for the test");

        @Override
        public FutureState start(Operation<?> operation) {
            starts[level]++;
            throw thrown;
        }

        @Override
        public boolean isBrief(Operation<?> operation) {
            return true;
        }
    }

    /** A second start could move bytes that the first start has moved. */
    @RepeatedTest(10)
    void noOperationStartsTwice(RepetitionInfo repetition) throws Exception {
        var executor = new FailingStarts();
        try (Arena arena = Arena.ofShared(); Vdm mover = new ExecutorMover(executor)) {
            for (int i = 0; i < LEVELS; i++) {
                polled.add(mover.memset(arena.allocate(8), (byte) 7));
            }
            descendIn(repetition);
            for (level = 0; level < LEVELS; level++) {
                assertEquals(FutureState.COMPLETE, polled.get(level).poll());
                assertTrue(polled.get(level).failure() instanceof VdmException);
                assertTrue(executor.starts[level] < 2, "level " + level);
            }
        }
    }
}
