package io.github.vdm4j.machine;

import java.time.Duration;
import java.util.concurrent.locks.LockSupport;

/**
 * The points between two steps of a protocol of several threads, and the calls that block a thread.
 * A test installs a {@link Scheduler}. The scheduler decides at each point which thread continues.
 * Without the system property {@code vdm4j.seams}, the JIT compiler removes the points.
 *
 * <p>A thread holds no lock at a point, because the scheduler may let a thread continue that needs
 * the lock.
 */
public final class Seam {
    private static final boolean ON = Boolean.getBoolean("vdm4j.seams");

    private static volatile Scheduler scheduler;

    private Seam() {}

    /**
     * A rule that decides which thread continues. Each method returns false on a thread that it
     * ignores.
     */
    public interface Scheduler {
        /** Waits at a point until the scheduler lets the current thread continue. */
        boolean step();

        boolean park(long nanos);

        boolean unpark(Thread thread);

        /** Waits for {@link #notify} with the same lock. The current thread owns its monitor. */
        boolean await(Object lock, long millis);

        /** Ends the wait of one thread. The current thread owns the monitor. */
        boolean notify(Object lock);

        boolean join(Thread thread, long nanos);

        long nanoTime();

        /** Registers a thread of the library that is about to be started. */
        void register(Thread thread);

        void run(Runnable task);
    }

    /**
     * Installs a scheduler for tests, or null.
     *
     * @throws IllegalStateException if the points are removed
     */
    public static void install(Scheduler next) {
        if (!ON) {
            throw new IllegalStateException(
                    "the seams are off: start the JVM with -Dvdm4j.seams=true");
        }
        scheduler = next;
    }

    private static Scheduler scheduler() {
        return ON ? scheduler : null;
    }

    /**
     * Marks a point between two steps of a protocol. A point has no name, because the first use of
     * a string allocates. A full heap would then interrupt the protocol between the two steps.
     */
    public static void step() {
        Scheduler installed = scheduler();
        if (installed != null) {
            installed.step();
        }
    }

    public static void park(Object blocker) {
        Scheduler installed = scheduler();
        if (installed == null || !installed.park(Long.MAX_VALUE)) {
            LockSupport.park(blocker);
        }
    }

    public static void parkNanos(Object blocker, long nanos) {
        Scheduler installed = scheduler();
        if (installed == null || !installed.park(nanos)) {
            LockSupport.parkNanos(blocker, nanos);
        }
    }

    /** Unparks a thread, or does nothing for null. */
    public static void unpark(Thread thread) {
        Scheduler installed = scheduler();
        if (installed == null || !installed.unpark(thread)) {
            LockSupport.unpark(thread);
        }
    }

    /** Waits for {@link #notify}. The current thread owns the monitor of the lock. */
    public static void await(Object lock, long millis) throws InterruptedException {
        Scheduler installed = scheduler();
        if (installed == null || !installed.await(lock, millis)) {
            lock.wait(millis);
        }
    }

    /** Ends the {@link #await} of one thread. The current thread owns the monitor of the lock. */
    public static void notify(Object lock) {
        Scheduler installed = scheduler();
        if (installed == null || !installed.notify(lock)) {
            lock.notify();
        }
    }

    public static void join(Thread thread, long nanos) throws InterruptedException {
        Scheduler installed = scheduler();
        if (installed == null || !installed.join(thread, nanos)) {
            thread.join(Duration.ofNanos(nanos));
        }
    }

    public static long nanoTime() {
        Scheduler installed = scheduler();
        return installed == null ? System.nanoTime() : installed.nanoTime();
    }

    static void register(Thread thread) {
        Scheduler installed = scheduler();
        if (installed != null) {
            installed.register(thread);
        }
    }

    /** Runs a thread of the library. Without a scheduler, the method does not allocate. */
    static void run(LibraryThread thread) {
        Scheduler installed = scheduler();
        if (installed == null) {
            thread.runTask();
        } else {
            installed.run(thread::runTask);
        }
    }
}
