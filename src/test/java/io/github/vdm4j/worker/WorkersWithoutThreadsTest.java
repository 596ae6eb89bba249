package io.github.vdm4j.worker;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.github.vdm4j.future.WorkerStrategy;
import io.github.vdm4j.machine.Seam;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
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
    private Object answer(Object scheduler, Method method, Object[] arguments) {
        switch (method.getName()) {
            case "register" -> {
                if (started.size() == 2) {
                    throw refusal;
                }
                started.add((Thread) arguments[0]);
            }
            case "join" -> joins.add(arguments[0].toString());
            case "run" -> ((Runnable) arguments[0]).run();
            case "nanoTime" -> {
                return System.nanoTime();
            }
            default -> {
                return false;
            }
        }
        return method.getReturnType() == boolean.class ? false : null;
    }

    @AfterEach
    void removeScheduler() {
        Seam.install(null);
    }

    // A virtual thread that waits with a timeout needs a further thread of the JDK.
    @Test
    void startedThreadsEndAndTheCallerDoesNotWait() throws InterruptedException {
        Seam.install((Seam.Scheduler) Proxy.newProxyInstance(Seam.class.getClassLoader(),
                new Class<?>[]{Seam.Scheduler.class}, this::answer));
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
