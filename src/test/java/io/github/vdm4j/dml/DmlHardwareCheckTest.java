package io.github.vdm4j.dml;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.vdm4j.cli.check.CheckReport;
import io.github.vdm4j.cli.check.CheckReport.Verdict;
import io.github.vdm4j.cli.check.CheckedDevice;
import io.github.vdm4j.cli.check.HardwareCheck;
import io.github.vdm4j.dml.ffi.dml_h;
import io.github.vdm4j.dml.simulated.Plan;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@DisplayName("The check of a device through DML")
@Timeout(300)
class DmlHardwareCheckTest extends AgainstSimulatedDml {
    @TempDir Path root;

    private CheckReport check() throws IOException {
        dml.withHardware();
        var device = CheckedDevice.dml(new DsaMachine(root).device(0, 0).queue("0.0").system(),
                () -> builder(DmlPath.HARDWARE));
        return new HardwareCheck(device,
                new HardwareCheck.Settings(7, Duration.ofMinutes(4), 1, 255, root)).run("1");
    }

    @Test
    void deviceThatWorksPasses() throws IOException {
        CheckReport report = check();
        assertEquals(Verdict.PASSED, report.verdict(), report.text());
        assertEquals("dml", report.mover());
        assertFalse(report.hardware().get("wq0.0").containsKey("completions"));
    }

    @Test
    void operationThatTheDeviceFailsIsNamed() throws IOException {
        dml.always(submission -> submission.is(dml_h.DML_OP_DUALCAST) ? Plan.fail(3)
                : Plan.succeed());
        CheckReport report = check();
        assertEquals(Verdict.FAILED, report.verdict());
        assertTrue(report.failures()
                .stream()
                .allMatch(failure -> failure.name().equals("dualcast")
                        && failure.what()
                                .equals("DEVICE_ERROR by INTERNAL_ERROR (3) instead of SUCCESS")),
                () -> report.text());
    }
}
