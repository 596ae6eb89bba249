package io.github.vdm4j.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.vdm4j.emulator.EmulatorProcess;
import io.github.vdm4j.machine.DsaFolders;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.ResourceLock;
import org.junit.jupiter.api.parallel.Resources;

@DisplayName("vdm check-hardware on devices of another process")
@ResourceLock(Resources.SYSTEM_PROPERTIES)
class CheckHardwareIT {
    @TempDir Path folder;

    private CommandRun check(EmulatorProcess emulator) {
        System.setProperty(DsaFolders.SYSFS_PROPERTY, emulator.sysfs().toString());
        System.setProperty(DsaFolders.NODES_PROPERTY, emulator.devices().toString());
        try {
            return CommandRun.vdm("check-hardware", "--rounds", 1, "--longest", "65537",
                    "--seed", 5, "--report", folder.resolve("report"));
        } finally {
            System.clearProperty(DsaFolders.SYSFS_PROPERTY);
            System.clearProperty(DsaFolders.NODES_PROPERTY);
        }
    }

    @Test
    void deviceThatWorksPassesWithPageFaults() throws Exception {
        Path served = Files.createDirectory(folder.resolve("served"));
        try (EmulatorProcess emulator = EmulatorProcess.start(served, "--devices", "2",
                "--queues", "shared:16,shared:4", "--out-of-order", "5")) {
            CommandRun run = check(emulator);
            assertEquals(0, run.exitCode(), run.out() + run.err());
            String text = Files.readString(folder.resolve("report.txt"));
            String json = Files.readString(folder.resolve("report.json"));
            assertEquals(run.out(), text);
            assertTrue(text.startsWith("verdict    PASSED\n"), text);
            assertTrue(text.contains("mover      dsa, on the emulator\n"), text);
            assertFalse(text.contains(", 0 page faults"), text);
            assertTrue(json.startsWith("{\n  \"verdict\": \"PASSED\",\n"), json);
            assertFalse(json.contains(folder.toString()), json);
        }
    }

    @Test
    void deviceThatFailsIsAFailure() throws Exception {
        Path served = Files.createDirectory(folder.resolve("served"));
        try (EmulatorProcess emulator =
                EmulatorProcess.start(served, "--fault", "status=0x20:100")) {
            CommandRun run = check(emulator);
            assertEquals(1, run.exitCode(), run.out() + run.err());
            assertTrue(run.out().startsWith("verdict    FAILED\n"), run.out());
            assertTrue(run.out().contains("DEVICE_ERROR by HW_ERR1 (0x20) instead of "),
                    run.out());
        }
    }
}
