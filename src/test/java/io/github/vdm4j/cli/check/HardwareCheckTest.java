package io.github.vdm4j.cli.check;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.vdm4j.cli.check.CheckReport.Verdict;
import io.github.vdm4j.dsa.DsaMovers;
import io.github.vdm4j.dsa.portal.Portal;
import io.github.vdm4j.emulator.DeviceSettings;
import io.github.vdm4j.emulator.QueueSettings;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@DisplayName("The check of a device")
class HardwareCheckTest {
    @TempDir Path folder;
    private final DsaMovers movers = new DsaMovers();

    @AfterEach
    void close() {
        movers.close();
    }

    private CheckReport check(Portal.Opener opener) throws IOException {
        var device = new DsaUnderCheck(movers.system(), true, () -> movers.builder(opener));
        return new HardwareCheck(device,
                new HardwareCheck.Settings(42, Duration.ofMinutes(5), 2, 4_097, folder))
                        .run("1");
    }

    @Test
    void deviceThatWorksPasses() throws IOException {
        movers.device(new DeviceSettings().queue(QueueSettings.shared(8))
                .queue(QueueSettings.shared(4)));
        movers.devices.start();
        CheckReport report = check(movers.devices);
        System.out.println(CheckReportText.of(report));
        assertEquals(Verdict.PASSED, report.verdict());
    }
}
