package io.github.vdm4j.dml;

import java.util.function.Consumer;

/** The decision that holds, and who hears of each. */
final class PathDecisions {
    private final Consumer<DmlPathDecision> listener;
    private volatile DmlPathDecision current;

    /** Tells the first one, too. */
    PathDecisions(DmlPathDecision first, Consumer<DmlPathDecision> listener) {
        this.listener = listener;
        decide(first);
    }

    DmlPathDecision current() {
        return current;
    }

    /** To be called without locks. What the listener throws is its own matter, and its thread's handler's. */
    void decide(DmlPathDecision next) {
        current = next;
        try {
            listener.accept(next);
        } catch (Throwable e) {
            Thread thread = Thread.currentThread();
            thread.getUncaughtExceptionHandler().uncaughtException(thread, e);
        }
    }
}
