package io.github.vdm4j.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.vdm4j.emulator.EmulatorProcess;
import io.github.vdm4j.machine.DsaFolders;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@DisplayName("vdm check-hardware on devices of another process")
class CheckHardwareIT {
    @TempDir Path folder;

    /** Runs the command to its end. */
    private CommandRun check(EmulatorProcess emulator) throws Exception {
        return end(start(emulator, "--rounds", "1"));
    }

    private CommandRun end(Process process) throws Exception {
        return new CommandRun(process.waitFor(), Files.readString(folder.resolve("out")),
                Files.readString(folder.resolve("err")));
    }

    /** Starts the jar of the command, because the jar of the library does not contain it. */
    private Process start(EmulatorProcess emulator, String... options) throws Exception {
        Path jar;
        try (var files = Files.list(Path.of("target"))) {
            jar = files.filter(file -> file.toString().endsWith("-cli.jar"))
                    .findFirst()
                    .orElseThrow();
        }
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-D%s=%s".formatted(DsaFolders.SYSFS_PROPERTY, emulator.sysfs()),
                "-D%s=%s".formatted(DsaFolders.NODES_PROPERTY, emulator.devices()),
                "-jar", jar.toString(), "check-hardware", "--longest", "65537",
                "--seed", "5", "--report", folder.resolve("report").toString()));
        command.addAll(List.of(options));
        return new ProcessBuilder(command)
                .redirectOutput(folder.resolve("out").toFile())
                .redirectError(folder.resolve("err").toFile())
                .start();
    }

    @Test
    @Timeout(120)
    void interruptedRunWritesAPartialReport() throws Exception {
        Path served = Files.createDirectory(folder.resolve("served"));
        Path mapped = Files.createDirectory(folder.resolve("mapped"));
        try (EmulatorProcess emulator = EmulatorProcess.start(served)) {
            Process process = start(emulator, "--seconds", "86400", "--folder", mapped.toString());
            while (process.isAlive() && isEmpty(mapped)) { // The run creates a file.
                Thread.onSpinWait();
            }
            // A job in the background of a script ignores SIGINT, and so do its children.
            process.destroy();
            CommandRun run = end(process);
            assertEquals(143, run.exitCode(), run.err());
            String text = Files.readString(folder.resolve("report.txt"));
            assertTrue(text.startsWith("verdict    INCOMPLETE\npartial    a signal "), text);
            assertTrue(Files.readString(folder.resolve("report.json"))
                    .contains("\"partial\": true,\n"));
            assertTrue(isEmpty(mapped));
        }
    }

    private static boolean isEmpty(Path directory) throws IOException {
        try (var files = Files.list(directory)) {
            return files.findAny().isEmpty();
        }
    }

    /** The device waits for the pages. No record reports a fault. */
    @Test
    void queuesThatWaitForPagesAndDedicatedQueuesPass() throws Exception {
        Path served = Files.createDirectory(folder.resolve("served"));
        try (EmulatorProcess emulator = EmulatorProcess.start(served, "--block-on-fault",
                "--queues", "shared:16,dedicated:8")) {
            CommandRun run = check(emulator);
            assertEquals(0, run.exitCode(), run.out() + run.err());
            assertTrue(run.out()
                    .contains("\nblock on fault        200 ok        on wq0.0, wq0.1, "
                            + "which reported 0 page faults\n"),
                    run.out());
            assertTrue(run.out().contains("\ndedicated wq0.1       96 ok\n"), run.out());
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
            assertFalse(text.contains("page_faults 0,"), text);
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
        // The link leads to no file, so the command does not refuse the name.
        Path json = Files.createSymbolicLink(folder.resolve("report.json"), folder.resolve("none"));
        try (EmulatorProcess emulator = EmulatorProcess.start(served)) {
            CommandRun run = check(emulator);
            assertEquals(1, run.exitCode());
            assertTrue(run.out().startsWith("verdict    PASSED\n"), run.out());
            assertTrue(run.err().startsWith("vdm check-hardware: cannot write the report " + json),
                    run.err());
            assertFalse(Files.exists(folder.resolve("none")));
        }
    }
}
