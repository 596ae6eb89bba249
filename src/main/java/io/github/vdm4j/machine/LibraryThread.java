package io.github.vdm4j.machine;

/**
 * A thread of the library: a daemon that inherits nothing from the thread that starts it, so that
 * it keeps no user's class loader or thread locals alive.
 */
public final class LibraryThread extends Thread {
    /** Not started: memory that is confined to a thread is confined to another than this. */
    private static final Thread STRANGER = Thread.ofPlatform().unstarted(() -> {});

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
