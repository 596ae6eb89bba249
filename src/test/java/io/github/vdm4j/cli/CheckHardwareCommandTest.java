package io.github.vdm4j.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.vdm4j.machine.DsaFolders;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.ResourceLock;
import org.junit.jupiter.api.parallel.Resources;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

@DisplayName("vdm check-hardware")
class CheckHardwareCommandTest {
    @TempDir Path empty;

    @Test
    @ResourceLock(Resources.SYSTEM_PROPERTIES)
    void missingDeviceIsAFailureWithTheReason() {
        System.setProperty(DsaFolders.SYSFS_PROPERTY, empty.toString());
        try {
            CommandRun run = CommandRun.vdm("check-hardware");
            assertEquals(1, run.exitCode());
            assertEquals("", run.out());
            assertTrue(run.err()
                    .startsWith("vdm check-hardware: no device can be checked."
                            + " No DSA work queue can be used. Examined:\n  vdm4j.dsa.sysfs="
                            + empty + ": the folder shows no DSA device\n  there is"),
                    run.err());
        } finally {
            System.clearProperty(DsaFolders.SYSFS_PROPERTY);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {".txt", ".json"})
    void existingReportIsNotReplaced(String ending) throws IOException {
        Path report = empty.resolve("report");
        Path file = Files.writeString(Path.of(report + ending), "earlier");
        CommandRun run = CommandRun.vdm("check-hardware", "--report", report);
        assertEquals(2, run.exitCode());
        assertEquals(("vdm check-hardware: --report %s: %s exists. Choose another name, or delete"
                + " the file (see vdm check-hardware --help)\n").formatted(report, file),
                run.err());
        assertEquals("earlier", Files.readString(file));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
        "--mover=threads | --mover threads: must be dsa or dml. Other movers use no device",
        "--seconds=0     | --seconds 0: must be 1 to 86400",
        "--rounds=0      | --rounds 0: must be 1 or more",
        "--longest=64M   | --longest 64M: must be 64 to 32M",
        "--report=no/x   | --report no/x: its folder must exist and be writable"})
    void wrongOptionIsWrongUsage(String option, String message) {
        CommandRun run = CommandRun.vdm("check-hardware", option);
        assertEquals(2, run.exitCode());
        assertEquals("vdm check-hardware: %s (see vdm check-hardware --help)\n".formatted(message),
                run.err());
    }
}
