package io.github.vdm4j.dsa;

import io.github.vdm4j.dsa.portal.Portal;
import java.util.List;

/**
 * A diagnosis of DSA without a native library. It states whether this process can use the devices
 * of this machine. If not, it states the reasons and the remedies.
 *
 * @param verdict whether a mover works here, with the queues or the first reason, in a sentence
 * @param queues the work queues that have executed a no-op
 * @param findings the reason for each unusable queue, or the reason why there is no queue
 * @param system the machine
 */
public record DsaDiagnosis(String verdict, List<String> queues, List<Finding> findings,
        DsaSystem system) {

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
        try (var opening = new DsaOpening(system, List.of(), opener, System::nanoTime)) {
            List<String> queues = opening.queueNames();
            String verdict = queues.isEmpty()
                    ? "DsaDataMover does not work here: " + opening.findings().getFirst().what()
                    : "DsaDataMover works here, on " + String.join(", ", queues);
            return new DsaDiagnosis(verdict, queues, opening.findings(), system);
        }
    }

    /** {@return whether a mover can be opened, because a queue has executed a no-op} */
    public boolean works() {
        return !queues.isEmpty();
    }
}
