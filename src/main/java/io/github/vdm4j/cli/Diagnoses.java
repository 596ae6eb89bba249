package io.github.vdm4j.cli;

import io.github.vdm4j.dml.DmlDiagnosis;
import io.github.vdm4j.dsa.DsaDiagnosis;

/**
 * The two ways to DSA, and why each works or does not. The components, in their order, are the keys
 * of the JSON of {@code vdm info --why}.
 *
 * @param dml through Intel DML
 * @param dsa from Java alone
 */
record Diagnoses(DmlDiagnosis dml, DsaDiagnosis dsa) {
    /** Diagnoses this machine. */
    static Diagnoses current() {
        return new Diagnoses(DmlDiagnosis.current(), DsaDiagnosis.current());
    }

    /** Returns whether {@code DsaDataMover} works, in a sentence. */
    String dsaSentence() {
        return dsa.works()
                ? "DsaDataMover works here, on " + String.join(", ", dsa.queues())
                : "DsaDataMover does not work here: "
                        + dsa.findings().getFirst().what();
    }
}
