package io.github.vdm4j.future;

import io.github.vdm4j.machine.LibraryThread;
import io.github.vdm4j.machine.Seam;

/**
 * The thread that polls futures without wakers if no other thread polls them. The first such future
 * starts the thread. The thread ends after a short idle time.
 *
 * <p>The registrations are the nodes of the lists, and each thread makes its successor in advance.
 * A full heap therefore loses no registration.
 */
final class SharedPoller implements Runnable {
    static final String THREAD_NAME = "vdm4j-future-poller";

    /** The idle time after which the thread ends. */
    private static final long IDLE_NANOS = 200_000_000L;
    private static final long AFTER_FAILURE_NANOS = 1_000_000L;

    /** The strategy after a round without progress. Tests replace it. */
    static IdleStrategy betweenRounds = IdleStrategy.backOff();

    // Guarded by the class.
    /** The registrations that the thread has not seen. */
    private static PollingRegistration<?> added;
    private static Thread thread;
    /** The thread that starts next, or null. */
    private static Thread spare = new LibraryThread(THREAD_NAME, new SharedPoller());

    /** The registrations that the thread polls. Used by the thread. */
    private PollingRegistration<?> polled;

    private SharedPoller() {}

    /**
     * Adds a registration. The thread polls its task until the task is complete or takes wakers. If
     * the system cannot start the thread, the method throws and does not add the registration.
     */
    static void add(PollingRegistration<?> registration) {
        Thread running;
        synchronized (SharedPoller.class) {
            if (thread == null) {
                makeSpare();
                spare.start();
                thread = spare;
                spare = null;
            }
            registration.nextPolled = added;
            added = registration;
            running = thread;
        }
        Seam.unpark(running);
    }

    private static void makeSpare() {
        if (spare == null) {
            spare = new LibraryThread(THREAD_NAME, new SharedPoller());
        }
    }

    /** Ends the thread if no task was added. Returns {@code true} if the thread ends. */
    private static synchronized boolean end() {
        if (added != null) {
            return false;
        }
        makeSpare();
        thread = null;
        return true;
    }

    @Override
    public void run() {
        int fruitless = 0;
        long idleSince = Seam.nanoTime();
        while (true) {
            Seam.step();
            try {
                boolean progress = takeAdded() | pollEach();
                if (progress || polled != null) {
                    idleSince = Seam.nanoTime();
                }
                fruitless = progress ? 0 : fruitless + 1;
                if (polled == null) {
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

    /** Takes the added registrations. Returns {@code false} if there are none. */
    private boolean takeAdded() {
        PollingRegistration<?> each;
        synchronized (SharedPoller.class) {
            each = added;
            added = null; // A remaining value would keep the class loader alive.
        }
        boolean taken = each != null;
        while (each != null) {
            PollingRegistration<?> following = each.nextPolled;
            keep(each);
            each = following;
        }
        return taken;
    }

    private void keep(PollingRegistration<?> registration) {
        registration.nextPolled = polled;
        polled = registration;
    }

    /** Polls each task once. Returns {@code true} if a task or a step of a chain has ended. */
    private boolean pollEach() {
        boolean progress = false;
        PollingRegistration<?> each = polled;
        polled = null;
        while (each != null) {
            // If the step ends the registration, another thread may add it again at once.
            PollingRegistration<?> following = each.nextPolled;
            Object place = FutureChain.placeOf(each.task);
            if (step(each)) {
                progress = true;
            } else {
                keep(each);
                progress |= place != FutureChain.placeOf(each.task);
            }
            each = following;
        }
        return progress;
    }

    private static boolean step(PollingRegistration<?> registration) {
        try {
            return registration.step();
        } catch (Throwable e) { // If the heap was full, the next round tries again.
            LibraryThread.report(e);
            return false;
        }
    }
}
