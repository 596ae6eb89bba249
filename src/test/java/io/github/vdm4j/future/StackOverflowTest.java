package io.github.vdm4j.future;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/** Wake-ups near the end of a thread's stack. */
class StackOverflowTest {
    private static final int LEVELS = 300;

    private final List<SignalledFuture> futures = new ArrayList<>();
    private final List<AtomicInteger> calls = new ArrayList<>();
    private int level;
    private int overflows;

    /** Wakes one future at each of the deepest levels, the deepest first. */
    private void descend() {
        try {
            descend();
        } catch (StackOverflowError e) {
            level = 0; // the deepest call that could be made
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

    @Test
    void wakerIsCalledAgainAfterAnOverflow() throws Exception {
        for (int i = 0; i < LEVELS; i++) {
            var count = new AtomicInteger();
            var future = new SignalledFuture();
            future.poll(Notifier.of(count::incrementAndGet));
            futures.add(future);
            calls.add(count);
        }
        Thread deep = new Thread(null, () -> {
            descend();
            // The same thread has its whole stack again.
            for (int i = 0; i < LEVELS; i++) {
                calls.get(i).set(0);
                futures.get(i).wakeForNothing();
            }
        }, "deep", 1 << 20);
        deep.setUncaughtExceptionHandler((thread, thrown) -> {});
        deep.start();
        deep.join();
        assertTrue(overflows > 0, "no level was deep enough");
        for (int i = 0; i < LEVELS; i++) {
            assertEquals(1, calls.get(i).get(), "level " + i);
        }
    }
}
