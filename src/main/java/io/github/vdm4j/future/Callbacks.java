package io.github.vdm4j.future;

/**
 * The queue of users' callbacks on each thread, which run in sequence. A callback that completes
 * another future does not nest the callbacks of that future inside itself: they run after it.
 */
final class Callbacks {
    private static final ThreadLocal<Callbacks> RUNNING = new ThreadLocal<>();

    private Registration first;
    private Registration last;
    /**
     * Whether a loop of this thread runs the callbacks. A stack that is full may leave it on the
     * thread.
     */
    private boolean active;

    private Callbacks() {}

    /**
     * Runs queued callbacks, or leaves them to the loop that already runs on this thread.
     *
     * @param chain registrations that are queued, linked by {@code nextCallback}
     */
    static void run(Registration chain) {
        Callbacks running;
        boolean outermost = false;
        try {
            running = RUNNING.get();
            if (running == null || !running.active) {
                running = new Callbacks();
                RUNNING.set(running);
                running.active = true;
                outermost = true;
            }
        } catch (OutOfMemoryError | StackOverflowError e) {
            callEach(chain);
            return;
        }
        try {
            running.append(chain);
            if (outermost) {
                running.loop();
            }
        } finally {
            if (outermost) {
                running.active = false;
                // Nothing is left unless the stack was full: the next wake-up has to queue again.
                for (Registration each = running.first; each != null; each = each.nextCallback) {
                    each.queued = false;
                }
            }
        }
    }

    /** Runs work, and after it the callbacks that the work has queued on this thread. */
    static void runAfter(Runnable work) {
        Callbacks running = null;
        try {
            running = RUNNING.get();
            if (running == null || !running.active) {
                running = new Callbacks();
                RUNNING.set(running);
                running.active = true;
            } else {
                running = null; // the loop that runs already calls them
            }
        } catch (OutOfMemoryError | StackOverflowError e) {
            running = null; // the callbacks run inside the work
        }
        if (running == null) {
            work.run();
            return;
        }
        try {
            work.run();
        } finally {
            running.loop();
            running.active = false;
        }
    }

    /** Calls queued registrations at once. */
    static void callEach(Registration chain) {
        for (Registration each = chain; each != null;) {
            Registration following = each.nextCallback;
            each.nextCallback = null;
            callOne(each);
            each = following;
        }
    }

    /** Leaves a registration that could not be called ready for its next wake-up. */
    private static void callOne(Registration registration) {
        try {
            registration.call();
        } catch (StackOverflowError e) {
            registration.queued = false;
        }
    }

    private void append(Registration chain) {
        if (last == null) {
            first = chain;
        } else {
            last.nextCallback = chain;
        }
        Registration end = chain;
        while (end.nextCallback != null) {
            end = end.nextCallback;
        }
        last = end;
    }

    private void loop() {
        try {
            while (first != null) {
                Registration next = first;
                first = next.nextCallback;
                if (first == null) {
                    last = null;
                }
                next.nextCallback = null;
                callOne(next);
            }
        } finally {
            RUNNING.remove(); // a value that stays would keep the class loader alive
        }
    }
}
