package io.github.vdm4j.dsa;

import io.github.vdm4j.dsa.portal.Portal;
import java.util.List;

/**
 * A diagnosis of DSA without a native library. It states whether this process can use the devices
 * of this machine. If not, it states the reasons and the remedies.
 *
 * @param queues the work queues that have executed a no-op
 * @param findings the reason for each unusable queue, or the reason why there is no queue
 * @param system the machine
 */
public record DsaDiagnosis(List<String> queues, List<Finding> findings, DsaSystem system) {

    /** Copies the lists. */
    public DsaDiagnosis {
        queues = List.copyOf(queues);
        findings = List.copyOf(findings);
    }

    /**
     * Diagnoses this machine. The diagnosis opens each queue that looks usable, submits a no-op and
     * closes the queue.
     *
     * @return the current diagnosis
     */
    public static DsaDiagnosis current() {
        return of(DsaSystem.current(), Portal::open);
    }

    static DsaDiagnosis of(DsaSystem system, Portal.Opener opener) {
        try (var opening = DsaOpening.of(system, List.of(), opener)) {
            return new DsaDiagnosis(opening.queueNames(), opening.findings(), system);
        }
    }

    /** {@return whether a mover can be opened, because a queue has executed a no-op} */
    public boolean works() {
        return !queues.isEmpty();
    }
}
