package io.github.vdm4j.cli;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.github.vdm4j.dml.DmlLibrary;
import io.github.vdm4j.machine.DsaFolders;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Set;
import java.util.function.Supplier;
import java.util.zip.CRC32C;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.ResourceLock;
import org.junit.jupiter.api.parallel.Resources;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

@DisplayName("vdm copy")
class CopyCommandTest {
    private static final String REMEDIES =
            "vdm info --why prints what prevents it, and the remedies";

    @TempDir Path folder;

    @ParameterizedTest(name = "of {0} bytes with {1}")
    @CsvSource({
        "0,       threads, 1M, 8",
        "1,       threads, 1M, 8",
        "4095,    threads, 4K, 8",
        "1048583, threads, 4K, 64",
        "1048583, threads, 10000, 1",
        "0,       sync,    1M, 8",
        "1,       sync,    1M, 8",
        "4095,    sync,    4K, 1",
        "1048583, sync,    10000, 64",
    })
    void copiesEveryByte(int size, String mover, String chunk, int depth) throws IOException {
        Path source = TestFiles.random(folder.resolve("source"), size);
        Path target = folder.resolve("target");
        CommandRun run = CommandRun.vdm("copy", source, target, "--mover", mover, "--chunk", chunk,
                "--depth", depth);
        assertEquals("", run.err());
        assertEquals(0, run.exitCode());
        assertArrayEquals(Files.readAllBytes(source), Files.readAllBytes(target));
        assertEquals(Set.of("source", "target"), TestFiles.names(folder));
        String path = size == 0 ? "NONE" : "JVM";
        assertTrue(
                run.out()
                        .matches(size + " bytes in \\d+\\.\\d{3} s, \\d+\\.\\d\\d GiB/s, mover "
                                + mover + ", path "
                                + path + "\\R"),
                run.out());
    }

    @ParameterizedTest(name = "of {0} bytes by DML")
    @CsvSource({"0, 1M, 8, NONE", "1, 1M, 8, DML_SOFTWARE", "4095, 4K, 1, DML_SOFTWARE",
        "1048583, 10000, 64, DML_SOFTWARE"})
    void copiesEveryByteThroughDml(int size, String chunk, int depth, String path)
            throws IOException {
        assumeDml();
        Path source = TestFiles.random(folder.resolve("source"), size);
        Path target = folder.resolve("target");
        CommandRun run = CommandRun.vdm(
                "copy", source, target, "--mover", "dml", "--path", "sw", "--chunk", chunk,
                "--depth", depth);
        assertEquals("", run.err());
        assertEquals(0, run.exitCode());
        assertArrayEquals(Files.readAllBytes(source), Files.readAllBytes(target));
        assertTrue(run.out().endsWith(", mover dml, path " + path + System.lineSeparator()),
                run.out());
    }

    @Test
    void autoPrintsTheChosenMoverAndTheReason() {
        Path source = TestFiles.random(folder.resolve("source"), 100);
        CommandRun run = CommandRun.vdm("copy", source, folder.resolve("target"));
        assertEquals(0, run.exitCode());
        if (DmlLibrary.whyUnavailable().isEmpty()) {
            assertTrue(run.err().startsWith("vdm copy: mover dml: Intel DML "), run.err());
            // AUTO chooses the path.
            assertTrue(run.out().contains(", mover dml, path "), run.out());
        } else {
            assertTrue(
                    run.err().startsWith("vdm copy: mover threads: Intel DML is not available ("),
                    run.err());
            assertTrue(run.out().contains(", mover threads, path JVM"), run.out());
        }
        assertEquals(1, run.err().lines().count());
    }

    @Test
    void autoTakesThreadsWithoutDml() {
        Path source = TestFiles.random(folder.resolve("source"), 100);
        CommandRun run = withoutDml(() -> CommandRun.vdm("copy", source, folder.resolve("target")));
        assertEquals(0, run.exitCode());
        assertTrue(
                run.err()
                        .startsWith(
                                "vdm copy: mover threads: Intel DML is not available (property "
                                        + "vdm4j.dml.library="),
                run.err());
        assertTrue(run.out().contains(", mover threads, path JVM"), run.out());
    }

    @ParameterizedTest(name = "with {0}")
    @CsvSource({"--mover dml", "--path sw", "--path hw"})
    void requestedDmlMustBeAvailable(String asked) {
        Path source = TestFiles.random(folder.resolve("source"), 100);
        String[] option = asked.split(" ");
        CommandRun run =
                withoutDml(() -> CommandRun.vdm("copy", source, folder.resolve("target"), option[0],
                        option[1]));
        assertEquals(1, run.exitCode());
        assertTrue(run.err().startsWith("vdm copy: Intel DML is not available. Tried:"), run.err());
        assertTrue(run.err().contains("/no/such/libdml.so"), run.err());
        assertTrue(run.err().endsWith("\nUse --mover threads or --mover sync. " + REMEDIES + "\n"),
                run.err());
        assertEquals(Set.of("source"), TestFiles.names(folder));
    }

    @Test
    @ResourceLock(Resources.SYSTEM_PROPERTIES)
    void missingWorkQueueIsExplained() {
        Path source = TestFiles.random(folder.resolve("source"), 100);
        System.setProperty(DsaFolders.NODES_PROPERTY, "/none");
        System.setProperty(DsaFolders.SYSFS_PROPERTY, folder.toString());
        try {
            CommandRun run = CommandRun.vdm("copy", source, folder.resolve("target"), "--mover",
                    "dsa");
            assertEquals(1, run.exitCode());
            assertTrue(run.err()
                    .startsWith("vdm copy: No DSA work queue can be used. Examined:\n"
                            + "  vdm4j.dsa.sysfs=" + folder + ": the folder shows no DSA device\n"
                            + "  vdm4j.dsa.devices=/none: there is no such folder\n"),
                    run.err());
            assertTrue(run.err()
                    .endsWith("\nUse --mover threads or --mover sync. " + REMEDIES + "\n"),
                    run.err());
        } finally {
            System.clearProperty(DsaFolders.NODES_PROPERTY);
            System.clearProperty(DsaFolders.SYSFS_PROPERTY);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"copy", "compare", "crc"})
    @ResourceLock(Resources.SYSTEM_PROPERTIES)
    void autoReportsAMistypedFolder(String command) {
        Path source = TestFiles.random(folder.resolve("source"), 100);
        System.setProperty(DsaFolders.NODES_PROPERTY, "/none");
        try {
            CommandRun run = command.equals("copy")
                    ? CommandRun.vdm("copy", source, folder.resolve("target"))
                    : CommandRun.vdm(command, source, source);
            assertEquals(0, run.exitCode(), run.err());
            assertTrue(run.err()
                    .startsWith("vdm " + command + ": vdm4j.dsa.devices=/none: there is"
                            + " no such folder. Correct the setting, or remove it (docs/dsa.md)\n"),
                    run.err());
        } finally {
            System.clearProperty(DsaFolders.NODES_PROPERTY);
        }
    }

    @Test
    void missingHardwareIsExplained() {
        assumeDml();
        Path source = TestFiles.random(folder.resolve("source"), 100);
        CommandRun run = CommandRun.vdm("copy", source, folder.resolve("target"), "--mover", "dml",
                "--path", "hw");
        assumeTrue(run.exitCode() != 0, "there is a DSA device here, and path hw works");
        assertEquals(1, run.exitCode());
        assertTrue(run.err()
                .startsWith("vdm copy: path HARDWARE cannot be opened: an empty operation was "
                        + "refused with LIBACCEL_NOT_FOUND (100). Found:\n  "),
                run.err());
        assertTrue(run.err()
                .contains("\n  there is no DSA device, and the idxd driver is not loaded\n"),
                run.err());
        assertTrue(run.err()
                .endsWith("\nUse --path sw, --mover threads or --mover sync. " + REMEDIES + "\n"),
                run.err());
        assertEquals(Set.of("source"), TestFiles.names(folder));
    }

    @ParameterizedTest(name = "with --durable by {0}")
    @CsvSource({"threads", "sync"})
    void copiesDurably(String mover) throws IOException {
        Path source = TestFiles.random(folder.resolve("source"), 100_000);
        Path target = folder.resolve("target");
        CommandRun run = CommandRun.vdm("copy", "--durable", "--chunk", "64K", "--mover", mover,
                source, target);
        assertEquals(0, run.exitCode(), run.err());
        assertArrayEquals(Files.readAllBytes(source), Files.readAllBytes(target));
    }

    @Test
    void verifyPrintsBothChecksums() throws IOException {
        Path source = TestFiles.random(folder.resolve("source"), 3_000_000);
        CommandRun run =
                CommandRun.vdm("copy", "--verify", "--mover", "threads", source,
                        folder.resolve("target"));
        assertEquals(0, run.exitCode(), run.err());
        var crc = new CRC32C();
        crc.update(Files.readAllBytes(source));
        String expected = "%08x".formatted(crc.getValue());
        assertTrue(
                run.out()
                        .stripTrailing()
                        .endsWith(", CRC-32C source " + expected + " target " + expected),
                run.out());
        assertEquals(1, run.out().lines().count());
    }

    @Test
    void targetGetsTheSourcesPermissions() throws IOException {
        Path source = TestFiles.random(folder.resolve("source"), 10);
        var permissions = PosixFilePermissions.fromString("rwxr-x--x");
        Files.setPosixFilePermissions(source, permissions);
        CommandRun.vdm("copy", "--mover", "sync", source, folder.resolve("target"));
        assertEquals(permissions, Files.getPosixFilePermissions(folder.resolve("target")));
    }

    @Test
    void existingTargetIsReplaced() throws IOException {
        Path source = TestFiles.random(folder.resolve("source"), 10);
        Path target = TestFiles.random(folder.resolve("target"), 5_000);
        assertEquals(0, CommandRun.vdm("copy", "--mover", "sync", source, target).exitCode());
        assertArrayEquals(Files.readAllBytes(source), Files.readAllBytes(target));
    }

    @Test
    void linkToTheTargetIsFollowed() throws IOException {
        Path source = TestFiles.random(folder.resolve("source"), 10);
        Path target = TestFiles.random(folder.resolve("target"), 20);
        Path link = Files.createSymbolicLink(folder.resolve("link"), target);
        assertEquals(0, CommandRun.vdm("copy", "--mover", "sync", source, link).exitCode());
        assertTrue(Files.isSymbolicLink(link));
        assertArrayEquals(Files.readAllBytes(source), Files.readAllBytes(target));
    }

    @Test
    void linkToTheSourceIsFollowed() throws IOException {
        Path source = TestFiles.random(folder.resolve("source"), 10);
        Path link = Files.createSymbolicLink(folder.resolve("link"), source);
        assertEquals(0, CommandRun.vdm("copy", "--mover", "sync", link, folder.resolve("target"))
                .exitCode());
        assertArrayEquals(Files.readAllBytes(source), Files.readAllBytes(folder.resolve("target")));
    }

    @Test
    void targetMayHaveTheLongestName() {
        Path source = TestFiles.random(folder.resolve("source"), 10);
        Path target = folder.resolve("n".repeat(255));
        assertEquals(0, CommandRun.vdm("copy", "--mover", "sync", source, target).exitCode());
        assertTrue(Files.exists(target));
    }

    @Test
    void jsonContainsTheReport() throws IOException {
        Path source = Files.writeString(folder.resolve("nine"), "123456789");
        Path target = folder.resolve("copied");
        CommandRun run = CommandRun.vdm("copy", source, target, "--mover", "sync", "--verify",
                "--json");
        assertEquals(0, run.exitCode(), run.err());
        assertEquals("""
                {
                  "source": "%s",
                  "target": "%s",
                  "bytes": 9,
                  "nanos": N,
                  "mover": "sync",
                  "chunks": {
                    "JVM": 1
                  },
                  "durable": false,
                  "crc32c": "e3069283"
                }
                """.formatted(source, target), run.out().replaceAll("(\"nanos\": )\\d+", "$1N"));
    }

    private static void assumeDml() {
        DmlLibrary.whyUnavailable().ifPresent(why -> assumeTrue(false, why.getMessage()));
    }

    private static CommandRun withoutDml(Supplier<CommandRun> run) {
        String before = System.getProperty(DmlLibrary.PROPERTY);
        System.setProperty(DmlLibrary.PROPERTY, "/no/such/libdml.so");
        try {
            return run.get();
        } finally {
            if (before == null) {
                System.clearProperty(DmlLibrary.PROPERTY);
            } else {
                System.setProperty(DmlLibrary.PROPERTY, before);
            }
        }
    }
}
