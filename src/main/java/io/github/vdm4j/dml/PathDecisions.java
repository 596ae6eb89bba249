package io.github.vdm4j.dml;

import io.github.vdm4j.dsa.Finding;
import io.github.vdm4j.machine.LibraryThread;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.Supplier;

/** The current path decision of a mover, with the listener for decisions. */
final class PathDecisions {
    private final Consumer<DmlPathDecision> listener;
    private final String policy;
    private volatile DmlPathDecision current;

    /** Starts with a decision and notifies the listener. The listener may be null. */
    PathDecisions(DmlPathDecision first, String policy, Consumer<DmlPathDecision> listener) {
        this.listener = listener;
        this.policy = policy;
        decide(first);
    }

    DmlPathDecision current() {
        return current;
    }

    /**
     * Records a decision and notifies the listener. The caller holds no locks. The thread's
     * uncaught-exception handler receives a throwable of the diagnosis or the listener, because the
     * operation must continue.
     */
    void decide(DmlPath path, String reason, Supplier<List<Finding>> diagnosis) {
        List<Finding> findings = List.of();
        try {
            findings = diagnosis.get();
        } catch (Throwable e) {
            LibraryThread.report(e);
        }
        decide(new DmlPathDecision(path, reason, findings));
    }

    private void decide(DmlPathDecision next) {
        next.policy(policy);
        current = next;
        if (listener == null) {
            return;
        }
        try {
            listener.accept(next);
        } catch (Throwable e) {
            LibraryThread.report(e);
        }
    }
}
