package io.github.vdm4j.memory;

import io.github.vdm4j.machine.LibraryThread;
import io.github.vdm4j.machine.Seam;

/**
 * The threads that lead the forces of all files. While files wait for a leader, threads start one
 * after another. Slow storage therefore gets a thread for each file, and fast storage gets few
 * threads. A thread ends after a second without work.
 */
final class ForceThreads {
    /** A thread that waits for the storage takes 0.1 MiB and no processor (docs/adr/0024). */
    private static final int MAX_THREADS = 256;
    private static final long IDLE_MILLIS = 1_000;

    /** The time after which a start is tried again if the system has refused a thread. */
    private static final long PAUSE_NANOS = 1_000_000_000;

    private static final Object LOCK = new Object();
    // Guarded by the lock.
    /** The files that wait. Each links to the next, because a full heap has no room for a node. */
    private static ForceQueue first;
    private static ForceQueue last;
    private static int waiting;
    private static int threads;
    private static int idle;
    private static boolean starting;
    private static boolean refused;
    private static long refusedAt;

    /** True while files wait, because all threads lead and no further thread can start. */
    private static volatile boolean crowded;

    private ForceThreads() {}

    /** Finds a leader for a queue without a leader. */
    static void serve(ForceQueue queue) {
        synchronized (LOCK) {
            if (waiting == 0) {
                first = queue;
            } else {
                last.following = queue;
            }
            last = queue;
            waiting++;
            if (idle >= waiting) {
                Seam.notify(LOCK);
                return;
            }
        }
        startThreadIfNeeded();
    }

    /**
     * Starts a thread if more files wait than threads are idle. If the process cannot have any
     * thread, the calling thread leads until a thread starts.
     */
    private static void startThreadIfNeeded() {
        while (mayStart()) {
            try {
                new LibraryThread("vdm4j-force", ForceThreads::run).start();
                return;
            } catch (Throwable e) { // The system cannot start a thread.
                ForceQueue stranded = refuse();
                if (stranded == null) {
                    return; // The remaining threads serve the files.
                }
                lead(stranded);
                synchronized (LOCK) {
                    threads--;
                }
            }
        }
    }

    private static boolean mayStart() {
        synchronized (LOCK) {
            if (starting || waiting <= idle) {
                return false;
            }
            refused &= threads > 0 && Seam.nanoTime() - refusedAt < PAUSE_NANOS;
            if (refused || threads == MAX_THREADS) {
                crowded = true;
                return false;
            }
            threads++;
            starting = true;
            return true;
        }
    }

    /**
     * Records that the system cannot start a thread. Returns null if threads remain. Otherwise the
     * calling thread counts as a thread and must lead the returned file. It leads one group only.
     */
    private static ForceQueue refuse() {
        synchronized (LOCK) {
            starting = false;
            refused = true;
            refusedAt = Seam.nanoTime();
            ForceQueue stranded = threads == 1 ? poll() : null;
            threads -= stranded == null ? 1 : 0;
            crowded = stranded != null || waiting > 0;
            return stranded;
        }
    }

    /** Returns whether files wait for a leader while all threads lead. */
    static boolean isCrowded() {
        return crowded;
    }

    private static void run() {
        synchronized (LOCK) {
            starting = false;
        }
        for (ForceQueue queue = next(); queue != null; queue = next()) {
            startThreadIfNeeded();
            lead(queue);
        }
    }

    private static void lead(ForceQueue queue) {
        try {
            queue.lead();
        } catch (Throwable e) {
            LibraryThread.report(e);
        }
    }

    /** Returns the next queue to lead, or null if the thread must end. */
    private static ForceQueue next() {
        synchronized (LOCK) {
            if (waiting == 0) {
                idle++;
                try {
                    Seam.await(LOCK, IDLE_MILLIS);
                } catch (InterruptedException e) {
                    // No code of the library interrupts this thread.
                }
                idle--;
            }
            ForceQueue head = poll();
            threads -= head == null ? 1 : 0;
            return head;
        }
    }

    private static ForceQueue poll() {
        if (waiting == 0) {
            return null;
        }
        ForceQueue head = first;
        first = head.following;
        head.following = null;
        waiting--;
        crowded &= waiting > 0;
        return head;
    }
}
