package io.github.vdm4j.engine;

import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.vdm4j.ExecutionPath;
import io.github.vdm4j.VdmFuture;
import io.github.vdm4j.VdmResult;
import io.github.vdm4j.engine.CopyDevice.End;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Hand-offs of slots by threads that are at the end of their stacks. */
@Timeout(value = 120, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class HandOffStackTest {
    private static final int LEVELS = 400;
    private static final long NEVER_NANOS = 3_600_000_000_000L;

    private final Arena arena = Arena.ofShared();
    private final MemorySegment to = arena.allocate(64);
    private final MemorySegment from = arena.allocate(64);

    @AfterEach
    void closeArena() {
        arena.close();
    }

    /** Polls a future a number of frames above the end of its stack. */
    private static final class PollAtEndOfStack {
        private final VdmFuture<?> future;
        private int frames;
        private boolean overflow;

        PollAtEndOfStack(VdmFuture<?> future, int frames) {
            this.future = future;
            this.frames = frames;
        }

        void recurse() {
            try {
                recurse();
            } catch (StackOverflowError e) {
                if (--frames > 0) {
                    throw e;
                }
                poll();
            }
        }

        private void poll() {
            try {
                future.poll();
            } catch (StackOverflowError e) {
                overflow = true;
            }
        }
    }

    /** A poll of the operation in flight frees its slot. */
    @Test
    void handOffsContinueAfterOverflowAtEnd() throws Exception {
        int overflows = 0;
        for (int level = 0; level < LEVELS; level++) {
            var device = new CopyDevice(ExecutionPath.NONE, 64).next(End.never());
            try (var mover = new CopyDeviceMover(device, 1, NEVER_NANOS)) {
                VdmFuture<?> inFlight = mover.memcpy(to, from);
                inFlight.poll();
                VdmFuture<?> waiting = mover.memcpy(to, from);
                waiting.poll();
                device.answer();
                overflows += pollDeep(inFlight, level);
                for (VdmFuture<?> each : List.of(inFlight, waiting)) {
                    each.await(Duration.ofSeconds(20));
                    assertSame(VdmResult.SUCCESS, each.result());
                }
            }
        }
        assertTrue(overflows > 0, "no poll has overflowed the stack");
    }

    /** Polls on a deep stack. The first rounds poll on this thread and load the classes. */
    private static int pollDeep(VdmFuture<?> future, int level) throws Exception {
        var deep = new PollAtEndOfStack(future, level);
        if (level < 20) {
            future.poll();
            return 0;
        }
        Thread thread = new Thread(null, deep::recurse, "deep", 1 << 18);
        List<Throwable> reports = new ArrayList<>();
        thread.setUncaughtExceptionHandler((on, report) -> reports.add(report));
        thread.start();
        thread.join();
        for (Throwable each : reports) {
            assertSame(StackOverflowError.class, each.getClass());
        }
        return deep.overflow ? 1 : 0;
    }
}
