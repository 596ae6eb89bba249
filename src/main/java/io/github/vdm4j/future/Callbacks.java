package io.github.vdm4j.future;

/**
 * The queue of users' callbacks on a thread. The thread runs the callbacks in sequence. If a
 * callback completes another future, the callbacks of that future run after this callback and not
 * inside it.
 */
final class Callbacks implements Runnable {
    private static final ThreadLocal<Callbacks> RUNNING = new ThreadLocal<>();

    private Registration first;
    private Registration last;
    /**
     * Whether a loop of this thread runs the callbacks. After a stack overflow, an inactive queue
     * may remain on the thread.
     */
    private boolean active;

    private Callbacks() {}

    /** Runs queued callbacks. If a loop already runs on this thread, that loop runs them later. */
    static void run(Registration chain) {
        Callbacks running;
        boolean outermost;
        try {
            running = RUNNING.get();
            outermost = running == null || !running.active;
            if (outermost) {
                running = begin();
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
        } catch (StackOverflowError e) {
            if (outermost) {
                running.active = false; // The call of end() may overflow the stack, too.
                running.end();
            }
            throw e;
        }
    }

    /** Runs work, and then the callbacks that the work has queued on this thread. */
    static void runAfter(Runnable work) {
        Callbacks outermost = null;
        try {
            Callbacks running = RUNNING.get();
            if (running == null || !running.active) {
                outermost = begin();
            }
        } catch (OutOfMemoryError | StackOverflowError e) {
            outermost = null; // The callbacks run inside the work.
        }
        try {
            work.run();
        } finally {
            if (outermost != null) {
                try {
                    outermost.loop();
                } catch (StackOverflowError e) {
                    outermost.active = false;
                    outermost.end();
                    throw e;
                }
            }
        }
    }

    /**
     * Runs work on a thread that must not run its callbacks, because the thread may hold locks of
     * the user.
     *
     * @param earlier the result of an earlier call. The callbacks are added to it. It can be null
     * @return a task that runs the callbacks, or null if there is none
     */
    static Runnable withhold(Runnable work, Runnable earlier) {
        Callbacks outer = RUNNING.get();
        Callbacks withheld = earlier == null ? new Callbacks() : (Callbacks) earlier;
        withheld.active = true;
        RUNNING.set(withheld);
        try {
            work.run();
        } finally {
            if (outer == null) {
                RUNNING.remove();
            } else {
                RUNNING.set(outer);
            }
        }
        return withheld.first == null ? null : withheld;
    }

    /** Runs {@linkplain #withhold withheld} callbacks. No loop runs on this thread. */
    @Override
    public void run() {
        try {
            RUNNING.set(this);
        } catch (OutOfMemoryError e) {
            // The callbacks of futures that these callbacks complete run inside them.
        }
        loop();
    }

    /** Calls queued registrations immediately. */
    static void callEach(Registration chain) {
        for (Registration each = chain; each != null;) {
            Registration following = each.nextCallback;
            each.nextCallback = null;
            callOne(each);
            each = following;
        }
    }

    /** Calls a registration. After a stack overflow, its next wake-up can queue it again. */
    private static void callOne(Registration registration) {
        try {
            registration.call();
        } catch (StackOverflowError e) {
            registration.queued = false;
        }
    }

    private static Callbacks begin() {
        var running = new Callbacks();
        RUNNING.set(running);
        running.active = true;
        return running;
    }

    private void end() {
        active = false;
        // Registrations remain only after a stack overflow. Their next wake-up has to queue them
        // again.
        for (Registration each = first; each != null; each = each.nextCallback) {
            each.queued = false;
        }
        RUNNING.remove(); // A remaining value would keep the class loader alive.
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
            end();
        }
    }
}
