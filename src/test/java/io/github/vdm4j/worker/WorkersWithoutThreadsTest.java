package io.github.vdm4j.worker;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.github.vdm4j.future.WorkerStrategy;
import io.github.vdm4j.machine.Seam;
import io.github.vdm4j.machine.ThreadStarts;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Workers on a system that cannot start all of their threads. */
@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class WorkersWithoutThreadsTest {
    private final OutOfMemoryError refusal = new OutOfMemoryError("no further thread");
    private final List<Thread> started = new ArrayList<>();
    private final List<String> joins = new ArrayList<>();

    /** Refuses the third thread. */
    private void start(Thread thread) {
        if (started.size() == 2) {
            throw refusal;
        }
        started.add(thread);
    }

    @AfterEach
    void removeScheduler() {
        Seam.install(null);
    }

    // A virtual thread that waits with a timeout needs a further thread of the JDK.
    @Test
    void startedThreadsEndAndTheCallerDoesNotWait() throws InterruptedException {
        Seam.install(new ThreadStarts(this::start) {
            @Override
            public boolean join(Thread thread, long nanos) {
                joins.add(thread.toString());
                return false;
            }
        });
        var workers = new Workers("refused", 4, WorkerStrategy.BALANCED, operation -> false,
                operation -> {});
        assertSame(refusal, assertThrows(OutOfMemoryError.class, workers::start));
        for (Thread thread : started) {
            thread.join();
        }
        assertEquals(2, started.size());
        assertEquals(List.of(), joins);
    }
}
