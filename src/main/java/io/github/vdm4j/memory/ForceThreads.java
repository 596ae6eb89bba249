package io.github.vdm4j.memory;

import io.github.vdm4j.machine.LibraryThread;
import io.github.vdm4j.machine.Seam;

/**
 * The threads that lead the forces of all files. If a file needs a leader and no thread is idle, a
 * thread starts. It ends after a second without work.
 */
final class ForceThreads {
    private static final int MAX_THREADS = 16;
    private static final long IDLE_MILLIS = 1_000;

    private static final Object LOCK = new Object();
    // Guarded by the lock.
    private static ForceQueue first;
    private static ForceQueue last;
    private static int queues;
    private static int threads;
    private static int idle;

    /** True while files wait because all threads lead. */
    private static volatile boolean crowded;

    private ForceThreads() {}

    /** Finds a leader for a queue without a leader. */
    static void serve(ForceQueue queue) {
        synchronized (LOCK) {
            append(queue);
            if (idle >= queues) {
                Seam.notify(LOCK);
                return;
            }
            if (threads == MAX_THREADS) {
                crowded = true;
                return;
            }
            threads++;
        }
        try {
            new LibraryThread("vdm4j-force", ForceThreads::run).start();
        } catch (Throwable e) { // the system cannot start a thread
            synchronized (LOCK) {
                if (--threads == 0 && remove(queue)) {
                    throw e;
                }
            }
        }
    }

    /** Returns whether files wait for a leader while all threads lead. */
    static boolean isCrowded() {
        return crowded;
    }

    private static void run() {
        for (ForceQueue queue = next(); queue != null; queue = next()) {
            try {
                queue.lead();
            } catch (Throwable e) {
                LibraryThread.report(e);
            }
        }
    }

    /** Returns the next queue to lead, or null if the thread must end. */
    private static ForceQueue next() {
        synchronized (LOCK) {
            if (first == null) {
                idle++;
                try {
                    Seam.await(LOCK, IDLE_MILLIS);
                } catch (InterruptedException e) {
                    // No code of the library interrupts this thread.
                }
                idle--;
            }
            if (first == null) {
                threads--;
                return null;
            }
            ForceQueue head = first;
            remove(head);
            return head;
        }
    }

    private static void append(ForceQueue queue) {
        if (last == null) {
            first = queue;
        } else {
            last.nextToServe = queue;
        }
        last = queue;
        queues++;
    }

    /** Removes a queue. Returns false if the queue does not wait. */
    private static boolean remove(ForceQueue queue) {
        ForceQueue before = null;
        ForceQueue each = first;
        while (each != null && each != queue) {
            before = each;
            each = each.nextToServe;
        }
        if (each == null) {
            return false;
        }
        if (before == null) {
            first = each.nextToServe;
        } else {
            before.nextToServe = each.nextToServe;
        }
        if (last == each) {
            last = before;
        }
        each.nextToServe = null;
        crowded &= --queues > 0;
        return true;
    }
}
