package io.github.vdm4j.dml;

import io.github.vdm4j.VdmException;
import io.github.vdm4j.dml.job.DmlCallException;
import io.github.vdm4j.engine.DeviceTrial;
import java.util.Map;

/**
 * Why a mover is not opened. By themselves, and told as what every JVM has loaded, so that a mover
 * that is opened does not wait for these exceptions to be loaded (docs/adr/0019).
 */
final class OpeningFailures {
    private OpeningFailures() {}

    /** To be thrown: there is no DML, as the outcomes by place say, in order. */
    static RuntimeException noLibrary(Map<String, String> attempts) {
        return new DmlUnavailableException(attempts);
    }

    /** To be thrown: the hardware does not work, and nothing else will do. */
    static RuntimeException hardware(DeviceTrial trial, DmlDiagnosis diagnosis) {
        return new DmlHardwareException(trial.words(), (DmlStatus) trial.status(), diagnosis);
    }

    /** To be thrown: DML does not make the first job for a path. */
    static RuntimeException noJobs(DmlPath path, DmlCallException cause) {
        DmlStatus status = DmlStatus.of(cause.status());
        return new VdmException(
                status.result(),
                status,
                "a mover on %s cannot be opened: %s: %s: %s"
                        .formatted(path, cause.getMessage(), status, status.explanation()),
                cause);
    }
}
