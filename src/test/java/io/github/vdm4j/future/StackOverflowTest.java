package io.github.vdm4j.future;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.RepetitionInfo;

/** Wake-ups near the end of a thread's stack. */
class StackOverflowTest {
    private static final int LEVELS = 300;

    private static int overflows;

    private final List<SignalledFuture> futures = new ArrayList<>();
    private final List<AtomicInteger> calls = new ArrayList<>();
    private int level;

    /** Wakes a future at each of the deepest levels, the deepest first. */
    private void descend() {
        try {
            descend();
        } catch (StackOverflowError e) {
            level = 0; // the deepest call that the stack permits
        }
        if (level < LEVELS) {
            try {
                futures.get(level).wakeForNothing();
            } catch (StackOverflowError e) {
                overflows++;
            }
            level++;
        }
    }

    /**
     * Compiles the code before the callbacks. It then needs less stack than the callbacks' first
     * lines.
     */
    @BeforeAll
    static void compile() {
        var future = new SignalledFuture();
        var count = new AtomicInteger();
        future.poll(Notifier.of(count::incrementAndGet));
        for (int i = 0; i < 50_000; i++) {
            future.wakeForNothing();
        }
        assertEquals(50_000, count.get());
    }

    /** The JIT can give the deepest call so large a frame that a repetition has no overflow. */
    @AfterAll
    static void someLevelWasDeepEnough() {
        assertTrue(overflows > 0);
    }

    @RepeatedTest(20)
    void wakerIsCalledAgainAfterAnOverflow(RepetitionInfo repetition) throws Exception {
        for (int i = 0; i < LEVELS; i++) {
            var count = new AtomicInteger();
            var future = new SignalledFuture();
            future.poll(Notifier.of(count::incrementAndGet));
            futures.add(future);
            calls.add(count);
        }
        Thread deep = new Thread(null, () -> {
            descend();
            // The thread has its whole stack again.
            for (int i = 0; i < LEVELS; i++) {
                calls.get(i).set(0);
                futures.get(i).wakeForNothing();
            }
        }, "deep", (1 << 20) + 4_096L * repetition.getCurrentRepetition());
        deep.setUncaughtExceptionHandler((thread, thrown) -> {});
        deep.start();
        deep.join();
        for (int i = 0; i < LEVELS; i++) {
            assertEquals(1, calls.get(i).get(), "level " + i);
        }
    }
}
