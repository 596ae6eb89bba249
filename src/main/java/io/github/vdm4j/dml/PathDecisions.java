package io.github.vdm4j.dml;

import io.github.vdm4j.dml.DmlDiagnosis.Finding;
import io.github.vdm4j.machine.LibraryThread;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.Supplier;

/** The decision that holds, and who hears of each. */
final class PathDecisions {
    private final Consumer<DmlPathDecision> listener;
    private final String policy;
    private volatile DmlPathDecision current;

    /** Tells the first one, too; a listener that is null hears nothing. */
    PathDecisions(DmlPathDecision first, String policy, Consumer<DmlPathDecision> listener) {
        this.listener = listener;
        this.policy = policy;
        decide(first);
    }

    DmlPathDecision current() {
        return current;
    }

    /**
     * Takes note of a decision. To be called without locks. An operation goes on from here: what
     * the diagnosis and the listener throw is a matter of their thread's handler.
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
