package io.github.vdm4j.future;

import io.github.vdm4j.machine.LibraryThread;
import io.github.vdm4j.machine.Seam;
import java.util.ArrayList;
import java.util.List;

/**
 * The thread that polls futures without wakers if no other thread polls them. The first such future
 * starts the thread. The thread ends after a short idle time.
 */
final class SharedPoller {
    static final String THREAD_NAME = "vdm4j-future-poller";

    /** The idle time after which the thread ends. */
    private static final long IDLE_NANOS = 200_000_000L;
    private static final long AFTER_FAILURE_NANOS = 1_000_000L;

    /** The strategy after a round without progress. Tests replace it. */
    static IdleStrategy betweenRounds = IdleStrategy.backOff();

    // Guarded by the class. The registrations are the nodes of the list, because an addition must
    // not allocate.
    private static PollingRegistration<?> added;
    private static Thread thread;

    private SharedPoller() {}

    /**
     * Adds a registration. The thread polls its task until the task is complete or takes wakers.
     */
    static void add(PollingRegistration<?> registration) {
        Thread running;
        synchronized (SharedPoller.class) {
            registration.nextAdded = added;
            added = registration;
            if (thread == null || !thread.isAlive()) {
                thread = new LibraryThread(THREAD_NAME, SharedPoller::run);
                thread.start();
            }
            running = thread;
        }
        Seam.unpark(running);
    }

    /** Returns the added registrations, linked in the order of their arrival. */
    private static synchronized PollingRegistration<?> takeAdded() {
        PollingRegistration<?> oldest = null;
        while (added != null) {
            PollingRegistration<?> older = added.nextAdded;
            added.nextAdded = oldest;
            oldest = added;
            added = older;
        }
        return oldest;
    }

    private static synchronized void putBack(PollingRegistration<?> first) {
        PollingRegistration<?> last = first;
        while (last.nextAdded != null) {
            last = last.nextAdded;
        }
        last.nextAdded = added;
        added = first;
    }

    /** Ends the thread if no task was added. Returns {@code true} if the thread ends. */
    private static synchronized boolean end() {
        if (added == null) {
            thread = null;
        }
        return added == null;
    }

    private static void run() {
        List<PollingRegistration<?>> polled = new ArrayList<>();
        int fruitless = 0;
        long idleSince = Seam.nanoTime();
        while (true) {
            Seam.step();
            try {
                boolean progress = addTo(polled) | pollEach(polled);
                if (progress || !polled.isEmpty()) {
                    idleSince = Seam.nanoTime();
                }
                fruitless = progress ? 0 : fruitless + 1;
                if (polled.isEmpty()) {
                    if (Seam.nanoTime() - idleSince > IDLE_NANOS && end()) {
                        return;
                    }
                    Seam.parkNanos(SharedPoller.class, IDLE_NANOS);
                } else if (!progress) {
                    betweenRounds.idle(fruitless);
                }
                Thread.interrupted(); // A pending interrupt would prevent park from sleeping.
            } catch (Throwable e) { // If the heap was full, the next round tries again.
                LibraryThread.report(e);
                Seam.parkNanos(SharedPoller.class, AFTER_FAILURE_NANOS);
            }
        }
    }

    private static boolean addTo(List<PollingRegistration<?>> polled) {
        PollingRegistration<?> next = takeAdded();
        boolean any = next != null;
        while (next != null) {
            PollingRegistration<?> following = next.nextAdded;
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

    /** Polls each task once. Returns {@code true} if a task or a step of a chain has ended. */
    private static boolean pollEach(List<PollingRegistration<?>> polled) {
        int kept = 0;
        boolean progress = false;
        for (int i = 0; i < polled.size(); i++) {
            PollingRegistration<?> each = polled.get(i);
            Object place = FutureChain.placeOf(each.task);
            if (!each.step()) {
                polled.set(kept++, each);
                progress |= place != FutureChain.placeOf(each.task);
            }
        }
        progress |= kept < polled.size();
        while (polled.size() > kept) {
            polled.removeLast();
        }
        return progress;
    }
}
