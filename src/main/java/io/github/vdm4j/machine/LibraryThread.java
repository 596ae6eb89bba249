package io.github.vdm4j.machine;

import java.util.Arrays;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * A thread of the library. It is a daemon and inherits nothing from the starting thread. Therefore
 * it keeps no class loader and no thread locals of a user alive.
 */
public final class LibraryThread extends Thread {
    /** The group of all threads of the library. A user's group would keep its classes alive. */
    private static final ThreadGroup ROOT = root();

    /** A thread that is never started. No memory is confined to it. */
    private static final Thread STRANGER = new LibraryThread("vdm4j-foreign", () -> {});

    /** The fewest threads for which a notifying thread takes less time than single calls. */
    private static final int FEWEST_TOGETHER = 4;

    /** The depth of a recursion that uses more stack than a short operation. */
    private static final int DEPTH = 512;

    // Used by this thread only.
    private final Thread[] parked = new Thread[64];
    private int parkedCount;
    private boolean together;

    public LibraryThread(String name, Runnable task) {
        super(ROOT, task, name, 0, false);
        setDaemon(true);
        setPriority(NORM_PRIORITY);
        setContextClassLoader(ClassLoader.getSystemClassLoader());
    }

    private static ThreadGroup root() {
        ThreadGroup group = currentThread().getThreadGroup();
        while (group.getParent() != null) {
            group = group.getParent();
        }
        return group;
    }

    @Override
    public void start() {
        Seam.register(this);
        super.start();
    }

    @Override
    public void run() {
        Seam.run(this);
    }

    void runTask() {
        super.run();
    }

    /**
     * Returns whether the current thread belongs to the library. Such a thread must not wait for an
     * operation, because it may be the thread that completes the operation.
     */
    public static boolean isCurrent() {
        return Thread.currentThread() instanceof LibraryThread;
    }

    /** Returns a thread that can access only unconfined memory. */
    public static Thread foreignThread() {
        return STRANGER;
    }

    /** Unparks a thread. Inside {@link #unparkTogether}, a virtual thread is unparked later. */
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
     * Executes work that unparks many threads. A new virtual thread helps to unpark the virtual
     * threads. For a platform thread, each such call takes several microseconds, because it wakes a
     * carrier (docs/adr/0024).
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
        Runnable shared = null;
        if (count >= FEWEST_TOGETHER) {
            try {
                shared = startHelper(Arrays.copyOf(parked, count));
            } catch (Throwable e) {
                report(e); // this thread unparks them
            }
        }
        if (shared != null) {
            shared.run();
        } else {
            for (int i = 0; i < count; i++) {
                Seam.unpark(parked[i]);
            }
        }
        Arrays.fill(parked, null); // keeps no thread alive
    }

    /**
     * Starts a virtual thread that unparks threads. The caller runs the same task. It cannot rely
     * on the virtual thread, because the parked threads may be pinned to all carriers.
     */
    private static Runnable startHelper(Thread[] all) {
        var claimed = new AtomicInteger();
        Runnable task = () -> {
            for (int i = claimed.getAndIncrement(); i < all.length; i = claimed.getAndIncrement()) {
                Seam.unpark(all[i]);
            }
        };
        Thread.ofVirtual().inheritInheritableThreadLocals(false).start(task);
        Thread.yield(); // to the carrier
        return task;
    }

    /** Returns whether the current thread has the stack for a short operation. */
    public static boolean hasStack() {
        try {
            return depth(DEPTH) == DEPTH;
        } catch (StackOverflowError e) {
            return false;
        }
    }

    private static int depth(int most) {
        return most == 0 ? 0 : depth(most - 1) + 1;
    }

    /**
     * Reports a throwable of user code to the uncaught-exception handler of the current thread. A
     * throwable of the handler is dropped, because the thread must continue its work.
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
