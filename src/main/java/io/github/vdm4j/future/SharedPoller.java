package io.github.vdm4j.future;

import io.github.vdm4j.machine.LibraryThread;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.LockSupport;

/**
 * The thread that polls the futures that no other thread polls and that cannot wake anybody. It
 * starts when the first such future arrives and ends when it has been idle for a moment.
 */
final class SharedPoller {
    static final String THREAD_NAME = "vdm4j-future-poller";

    /** How long the thread stays without work. */
    private static final long IDLE_NANOS = 200_000_000L;
    private static final long AFTER_FAILURE_NANOS = 1_000_000L;
    private static final IdleStrategy BETWEEN_ROUNDS = IdleStrategy.backOff();

    // Guarded by the class. The completions are linked by themselves, so that adding one needs no
    // memory.
    private static FutureCompletion<?> added;
    private static Thread thread;

    private SharedPoller() {}

    /** Polls a completion from now on, until it is done. */
    static void add(FutureCompletion<?> completion) {
        Thread running;
        synchronized (SharedPoller.class) {
            completion.nextAdded = added;
            added = completion;
            if (thread == null || !thread.isAlive()) {
                thread = new LibraryThread(THREAD_NAME, SharedPoller::run);
                thread.start();
            }
            running = thread;
        }
        LockSupport.unpark(running);
    }

    private static synchronized FutureCompletion<?> takeAdded() {
        FutureCompletion<?> taken = added;
        added = null;
        return taken;
    }

    private static synchronized void putBack(FutureCompletion<?> first) {
        FutureCompletion<?> last = first;
        while (last.nextAdded != null) {
            last = last.nextAdded;
        }
        last.nextAdded = added;
        added = first;
    }

    /** Returns true if nothing was added meanwhile: the thread ends. */
    private static synchronized boolean end() {
        if (added == null) {
            thread = null;
        }
        return added == null;
    }

    private static void run() {
        List<FutureCompletion<?>> polled = new ArrayList<>();
        int fruitless = 0;
        long idleSince = System.nanoTime();
        while (true) {
            try {
                boolean progress = addTo(polled) | pollEach(polled);
                if (progress || !polled.isEmpty()) {
                    idleSince = System.nanoTime();
                }
                fruitless = progress ? 0 : fruitless + 1;
                if (polled.isEmpty()) {
                    if (System.nanoTime() - idleSince > IDLE_NANOS && end()) {
                        return;
                    }
                    LockSupport.parkNanos(SharedPoller.class, IDLE_NANOS);
                } else if (!progress) {
                    BETWEEN_ROUNDS.idle(fruitless);
                }
                Thread.interrupted(); // concerns nobody here, and would keep park from sleeping
            } catch (Throwable e) { // the heap is full for a moment: the next round tries again
                LibraryThread.report(e);
                LockSupport.parkNanos(SharedPoller.class, AFTER_FAILURE_NANOS);
            }
        }
    }

    private static boolean addTo(List<FutureCompletion<?>> polled) {
        FutureCompletion<?> next = takeAdded();
        boolean any = next != null;
        while (next != null) {
            FutureCompletion<?> following = next.nextAdded;
            try {
                polled.add(next);
            } catch (OutOfMemoryError e) {
                putBack(next);
                throw e;
            }
            next.nextAdded = null;
            next = following;
        }
        return any;
    }

    private static boolean pollEach(List<FutureCompletion<?>> polled) {
        int kept = 0;
        for (int i = 0; i < polled.size(); i++) {
            FutureCompletion<?> each = polled.get(i);
            if (!each.step()) {
                polled.set(kept++, each);
            }
        }
        boolean any = kept < polled.size();
        while (polled.size() > kept) {
            polled.removeLast();
        }
        return any;
    }
}
