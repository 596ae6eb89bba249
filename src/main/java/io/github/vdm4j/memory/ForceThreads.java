package io.github.vdm4j.memory;

import io.github.vdm4j.machine.LibraryThread;
import io.github.vdm4j.machine.Seam;
import java.util.LinkedList;
import java.util.Queue;

/**
 * The threads that lead the forces of all files. If a file needs a leader and no thread is idle, a
 * thread starts. It ends after a second without work.
 */
final class ForceThreads {
    private static final int MAX_THREADS = 16;
    private static final long IDLE_MILLIS = 1_000;

    private static final Object LOCK = new Object();
    // Guarded by the lock.
    /** Not an ArrayDeque, because it loses its elements if the heap is full when it grows. */
    private static final Queue<ForceQueue> QUEUES = new LinkedList<>();
    private static int threads;
    private static int idle;

    /** True while files wait, because all threads lead and no further thread can start. */
    private static volatile boolean crowded;

    private ForceThreads() {}

    /** Finds a leader for a queue without a leader. */
    static void serve(ForceQueue queue) {
        synchronized (LOCK) {
            QUEUES.add(queue);
            if (idle >= QUEUES.size()) {
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
                if (--threads == 0 && QUEUES.remove(queue)) {
                    throw e;
                }
                crowded = !QUEUES.isEmpty(); // The remaining threads serve the queue, too.
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
            if (QUEUES.isEmpty()) {
                idle++;
                try {
                    Seam.await(LOCK, IDLE_MILLIS);
                } catch (InterruptedException e) {
                    // No code of the library interrupts this thread.
                }
                idle--;
            }
            ForceQueue head = QUEUES.poll();
            threads -= head == null ? 1 : 0;
            crowded &= !QUEUES.isEmpty();
            return head;
        }
    }
}
