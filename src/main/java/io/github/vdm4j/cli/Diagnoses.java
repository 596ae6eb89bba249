package io.github.vdm4j.cli;

import io.github.vdm4j.dml.DmlDiagnosis;
import io.github.vdm4j.dsa.DsaDiagnosis;

/**
 * The diagnoses of the two ways to DSA. The components, in this order, are the keys of the JSON of
 * {@code vdm info --why}.
 *
 * @param dml through Intel DML
 * @param dsa from Java alone
 */
record Diagnoses(DmlDiagnosis dml, DsaDiagnosis dsa) {
    /** Diagnoses this machine. */
    static Diagnoses current() {
        return new Diagnoses(DmlDiagnosis.current(), DsaDiagnosis.current());
    }

    /** Returns a sentence that states whether {@code DsaDataMover} works. */
    String dsaSentence() {
        return dsa.works()
                ? "DsaDataMover works here, on " + String.join(", ", dsa.queues())
                : "DsaDataMover does not work here: "
                        + dsa.findings().getFirst().what();
    }
}
