package io.github.vdm4j.dml;

import io.github.vdm4j.dml.DmlDiagnosis.Finding;
import java.util.List;
import java.util.function.Supplier;

/**
 * Diagnoses the machine whenever it is asked to. A class, and no lambda, as every mover is opened with one.
 *
 * @param made the diagnosis, where there is one already; else null
 * @param library the DML to diagnose for
 * @param node the NUMA node that the mover is bound to, or {@link NumaNodes#ANY}
 */
record LaterDiagnosis(DmlDiagnosis made, DmlLibrary library, int node) implements Supplier<List<Finding>> {
    DmlDiagnosis diagnose() {
        return made != null ? made : DmlDiagnosis.of(DsaSystem.read(), library.version(), node);
    }

    @Override
    public List<Finding> get() {
        return diagnose().findings();
    }
}
