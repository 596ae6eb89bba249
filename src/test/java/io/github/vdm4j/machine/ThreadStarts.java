package io.github.vdm4j.machine;

import java.util.function.Consumer;

/**
 * A scheduler that calls a test before each start of a thread of the library. The test may throw,
 * like a system that has no further thread. Everything else happens as without a scheduler.
 */
public class ThreadStarts implements Seam.Scheduler {
    private final Consumer<Thread> beforeStart;

    /** Creates a scheduler for {@link Seam#install}. */
    public ThreadStarts(Consumer<Thread> beforeStart) {
        this.beforeStart = beforeStart;
    }

    @Override
    public void register(Thread thread) {
        beforeStart.accept(thread);
    }

    @Override
    public void run(Runnable task) {
        task.run();
    }

    @Override
    public long nanoTime() {
        return System.nanoTime();
    }

    @Override
    public boolean step() {
        return false;
    }

    @Override
    public boolean park(long nanos) {
        return false;
    }

    @Override
    public boolean unpark(Thread thread) {
        return false;
    }

    @Override
    public boolean await(Object lock, long millis) {
        return false;
    }

    @Override
    public boolean notify(Object lock) {
        return false;
    }

    @Override
    public boolean join(Thread thread, long nanos) {
        return false;
    }
}
