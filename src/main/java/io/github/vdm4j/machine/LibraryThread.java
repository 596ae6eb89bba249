package io.github.vdm4j.machine;

/**
 * A thread of the library. It is a daemon and inherits nothing from the starting thread. Therefore
 * it keeps no class loader and no thread locals of a user alive.
 */
public final class LibraryThread extends Thread {
    /** A thread that is never started. No memory is confined to it. */
    private static final Thread STRANGER = Thread.ofPlatform().unstarted(() -> {});

    /**
     * Creates a thread that is not started.
     *
     * @param name the thread's name
     * @param task the task of the thread
     */
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
     * operation, because it may be the thread that completes the operation.
     *
     * @return true on a thread of this class
     */
    public static boolean isCurrent() {
        return Thread.currentThread() instanceof LibraryThread;
    }

    /**
     * Returns a thread that can access only unconfined memory.
     *
     * @return a thread that is not started
     */
    public static Thread stranger() {
        return STRANGER;
    }

    /**
     * Reports a throwable of user code to the uncaught-exception handler of the current thread. A
     * throwable of the handler is dropped, because the thread must continue its work.
     *
     * @param thrown the throwable
     */
    public static void report(Throwable thrown) {
        try {
            Thread current = currentThread();
            current.getUncaughtExceptionHandler().uncaughtException(current, thrown);
        } catch (Throwable e) {
            // The handler failed, too. No further handler exists.
        }
    }
}
