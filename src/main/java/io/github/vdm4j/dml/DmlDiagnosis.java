package io.github.vdm4j.dml;

import io.github.vdm4j.dsa.DsaSystem;
import io.github.vdm4j.machine.NumaNodes;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;

/**
 * Whether DML can use the DSA of this machine, and if not why and what to do. It is a prediction,
 * made from what Linux and the dynamic loader say in a few milliseconds and without touching a
 * device.
 *
 * @param verdict the answer
 * @param findings what speaks against hardware, or makes it less than it could be: the likeliest
 * reason first, but before it what would crash, and before all a missing DML
 * @param system the machine that this was concluded from
 * @param accelConfig the library by which DML finds the devices
 */
public record DmlDiagnosis(
        Verdict verdict, List<Finding> findings, DsaSystem system, AccelConfig accelConfig) {

    /** Copies the list. */
    public DmlDiagnosis {
        findings = List.copyOf(findings);
    }

    /** What would come of a mover. */
    public enum Outcome {
        /** Operations run on DSA. */
        HARDWARE,
        /** Operations run in DML's software path. */
        SOFTWARE,
        /** The mover is not opened. */
        FAILURE,
        /**
         * DML itself would crash, and the JVM with it: a mover is not opened, and AUTO does not
         * try.
         */
        CRASH
    }

    /**
     * The answer.
     *
     * @param hardware what comes of {@link DmlPath#HARDWARE}
     * @param auto what comes of {@link DmlPath#AUTO}
     * @param sentence both in one sentence, with the reason
     */
    public record Verdict(Outcome hardware, Outcome auto, String sentence) {
        /**
         * Tells whether it is worth opening the hardware path.
         *
         * @return true if nothing was found that speaks against it
         */
        public boolean hardwareWorks() {
            return hardware == Outcome.HARDWARE;
        }
    }

    /** How much a finding matters. */
    public enum Severity {
        /** DML would take the JVM down. */
        CRASH,
        /** It alone keeps DML from the hardware. */
        BLOCK,
        /** It keeps some operations or some threads from the hardware. */
        LIMIT
    }

    /**
     * One thing that was found.
     *
     * @param severity how much it matters
     * @param what what was found
     * @param remedy what to do about it
     */
    public record Finding(Severity severity, String what, String remedy) {}

    /**
     * Diagnoses this machine for the DML that {@link DmlLibrary#open()} finds.
     *
     * @return the diagnosis as of now
     */
    public static DmlDiagnosis current() {
        DmlVersion version;
        try {
            version = DmlLibrary.open().version();
        } catch (DmlUnavailableException e) {
            version = null;
        }
        return here(version, NumaNodes.ANY);
    }

    /**
     * Diagnoses this machine for an opened DML.
     *
     * @param library the library
     * @return the diagnosis as of now
     */
    public static DmlDiagnosis of(DmlLibrary library) {
        Objects.requireNonNull(library, "library");
        return here(library.version(), NumaNodes.ANY);
    }

    /** Diagnoses this machine; null stands for no DML at all. */
    static DmlDiagnosis here(DmlVersion dml, int node) {
        return of(
                DsaSystem.read(Path.of("/")), AccelConfig.load(AccelConfig.SONAME), dml, node);
    }

    /**
     * Null stands for no DML at all.
     *
     * @param node the NUMA node to whose devices is submitted, {@link NumaNodes#ANY} for those of
     * the threads
     */
    static DmlDiagnosis of(
            DsaSystem system, AccelConfig accelConfig, DmlVersion dml, int node) {
        var rules = new DiagnosisRules(system, accelConfig, dml, node);
        List<Finding> findings = rules.findings();
        return new DmlDiagnosis(verdict(findings, dml != null, rules.usableQueues()), findings,
                system, accelConfig);
    }

    private static Verdict verdict(List<Finding> findings, boolean hasDml, List<String> queues) {
        Finding first = findings.stream()
                .filter(finding -> finding.severity().compareTo(Severity.BLOCK) <= 0)
                .findFirst()
                .orElse(null);
        if (first == null) {
            return new Verdict(
                    Outcome.HARDWARE,
                    Outcome.HARDWARE,
                    "HARDWARE should work here, and AUTO uses it: DML can submit to "
                            + String.join(", ", queues));
        }
        if (!hasDml) {
            return new Verdict(
                    Outcome.FAILURE, Outcome.FAILURE,
                    "neither HARDWARE nor AUTO can be opened: " + first.what());
        }
        return first.severity() == Severity.CRASH
                ? new Verdict(
                        Outcome.CRASH,
                        Outcome.SOFTWARE,
                        "HARDWARE would crash the JVM and is refused, and AUTO runs in software: "
                                + first.what())
                : new Verdict(
                        Outcome.FAILURE,
                        Outcome.SOFTWARE,
                        "HARDWARE does not work here, and AUTO runs in software: " + first.what());
    }
}
