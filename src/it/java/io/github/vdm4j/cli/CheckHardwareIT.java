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

@DisplayName("vdm check-hardware on devices of another process")
class CheckHardwareIT {
    @TempDir Path folder;

    /** Runs the jar of the command, because the jar of the library does not contain it. */
    private CommandRun check(EmulatorProcess emulator) throws Exception {
        Path jar;
        try (var files = Files.list(Path.of("target"))) {
            jar = files.filter(file -> file.toString().endsWith("-cli.jar"))
                    .findFirst()
                    .orElseThrow();
        }
        Path out = folder.resolve("out");
        Path err = folder.resolve("err");
        Process process = new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-D%s=%s".formatted(DsaFolders.SYSFS_PROPERTY, emulator.sysfs()),
                "-D%s=%s".formatted(DsaFolders.NODES_PROPERTY, emulator.devices()),
                "-jar", jar.toString(), "check-hardware", "--rounds", "1", "--longest", "65537",
                "--seed", "5", "--report", folder.resolve("report").toString())
                .redirectOutput(out.toFile())
                .redirectError(err.toFile())
                .start();
        return new CommandRun(process.waitFor(), Files.readString(out), Files.readString(err));
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

    @Test
    void reportIsPrintedIfItsFileCannotBeWritten() throws Exception {
        Path served = Files.createDirectory(folder.resolve("served"));
        Path json = Files.createDirectory(folder.resolve("report.json"));
        try (EmulatorProcess emulator = EmulatorProcess.start(served)) {
            CommandRun run = check(emulator);
            assertEquals(1, run.exitCode());
            assertTrue(run.out().startsWith("verdict    PASSED\n"), run.out());
            assertEquals("vdm check-hardware: cannot write the report %s: Is a directory\n"
                    .formatted(json), run.err());
        }
    }
}
