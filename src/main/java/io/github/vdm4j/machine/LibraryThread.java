package io.github.vdm4j.machine;

import java.util.Arrays;

/**
 * A thread of the library: a daemon that inherits nothing from the thread that starts it, so that
 * it keeps no user's class loader or thread locals alive.
 */
public final class LibraryThread extends Thread {
    /** Not started: memory that is confined to a thread is confined to another than this. */
    private static final Thread STRANGER = Thread.ofPlatform().unstarted(() -> {});

    /** The fewest threads for which a notifying thread takes less time than single calls. */
    private static final int FEWEST_TOGETHER = 4;

    // Used by this thread only.
    private final Thread[] parked = new Thread[64];
    private int parkedCount;
    private boolean together;

    /** Creates a thread that is not started. */
    public LibraryThread(String name, Runnable task) {
        super(null, task, name, 0, false);
        setDaemon(true);
        setContextClassLoader(ClassLoader.getSystemClassLoader());
    }

    @Override
    public void start() {
        Seam.register(this);
        super.start();
    }

    @Override
    public void run() {
        Seam.run(super::run);
    }

    /**
     * Returns whether the current thread belongs to the library. Such a thread must not wait for an
     * operation, because it may be the one that completes it.
     */
    public static boolean isCurrent() {
        return Thread.currentThread() instanceof LibraryThread;
    }

    /** Returns a thread that accesses what every thread can access. */
    public static Thread stranger() {
        return STRANGER;
    }

    /**
     * Unparks a thread. Inside {@link #unparkTogether}, a virtual thread is unparked later.
     *
     * @param thread the thread
     */
    public static void unpark(Thread thread) {
        if (thread.isVirtual() && Thread.currentThread() instanceof LibraryThread current
                && current.together) {
            current.parked[current.parkedCount++] = thread;
            if (current.parkedCount == current.parked.length) {
                current.unparkAll();
            }
        } else {
            Seam.unpark(thread);
        }
    }

    /**
     * Executes work that unparks many threads. A new virtual thread unparks the virtual threads.
     * For a platform thread, each such call takes several microseconds, because it wakes a carrier
     * (docs/adr/0024).
     *
     * @param work the work
     */
    public static void unparkTogether(Runnable work) {
        if (!(Thread.currentThread() instanceof LibraryThread current)) {
            work.run();
            return;
        }
        current.together = true;
        try {
            work.run();
        } finally {
            current.together = false;
            current.unparkAll();
        }
    }

    private void unparkAll() {
        int count = parkedCount;
        parkedCount = 0;
        if (count >= FEWEST_TOGETHER) {
            try {
                Thread[] all = Arrays.copyOf(parked, count);
                Thread.ofVirtual().inheritInheritableThreadLocals(false).start(() -> {
                    for (Thread each : all) {
                        Seam.unpark(each);
                    }
                });
                count = 0;
            } catch (Throwable e) {
                report(e); // this thread unparks them
            }
        }
        for (int i = 0; i < count; i++) {
            Seam.unpark(parked[i]);
        }
        Arrays.fill(parked, null); // keeps no thread alive
    }

    /**
     * Reports a throwable of user code to the uncaught-exception handler of the current thread.
     * Whatever the handler throws is dropped, because the thread has other work to do.
     */
    public static void report(Throwable thrown) {
        try {
            Thread current = currentThread();
            current.getUncaughtExceptionHandler().uncaughtException(current, thrown);
        } catch (Throwable e) {
            // The handler failed too, so nothing is left to report to.
        }
    }
}
