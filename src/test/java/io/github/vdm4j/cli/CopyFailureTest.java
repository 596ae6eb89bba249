package io.github.vdm4j.cli;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.github.vdm4j.buffer.OffHeapBuffer;
import io.github.vdm4j.cli.MoverOptions.ChosenMover;
import io.github.vdm4j.dml.DmlLibrary;
import io.github.vdm4j.dsa.DsaMovers;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.Set;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

@DisplayName("vdm copy fails with one sentence and leaves no file")
class CopyFailureTest {
    @TempDir Path folder;

    @ParameterizedTest(name = "{0}")
    @CsvSource(delimiter = '|', value = {
        "--nonsense          | Unknown option: '--nonsense'",
        "--chunk 1X          | Invalid value for option '--chunk': '1X' is not a size. Write a "
                + "number of bytes, or a number with K, M or G, such as 64K",
        "--chunk -1          | Invalid value for option '--chunk': '-1' is not a size. Write a "
                + "number of bytes, or a number with K, M or G, such as 64K",
        "--chunk 9999999999G | Invalid value for option '--chunk': '9999999999G' is not a size. "
                + "Write a number of bytes, or a number with K, M or G, such as 64K",
        "--chunk 4095        | --chunk 4095: must be 4K to 1G",
        "--chunk 2G          | --chunk 2G: must be 4K to 1G",
        "--depth 0           | --depth 0: must be 1 to 1024",
        "--depth 1025        | --depth 1025: must be 1 to 1024",
        "--depth many        | Invalid value for option '--depth': 'many' is not an int",
        "--mover bus         | Invalid value for option '--mover': expected one of [AUTO, DSA, "
                + "DML, THREADS, SYNC] (case-insensitive) but was 'bus'",
        "--path up           | Invalid value for option '--path': expected one of [AUTO, HW, SW] "
                + "(case-insensitive) but was 'up'",
        "--mover threads --path sw   | --path is for --mover dml or auto: threads has one path "
                + "only",
        "--mover sync --path auto    | --path is for --mover dml or auto: sync has one path only",
        "third               | Unmatched argument at index 3: 'third'",
    })
    void wrongUsageIsExitCode2(String options, String message) {
        Path source = TestFiles.random(folder.resolve("source"), 10);
        String line = "copy " + source + " " + folder.resolve("target") + " " + options;
        CommandRun run = CommandRun.vdm((Object[]) line.split(" "));
        assertEquals("vdm copy: " + message + " (see vdm copy --help)\n", run.err());
        assertEquals(2, run.exitCode());
        assertEquals("", run.out());
        assertEquals(Set.of("source"), TestFiles.names(folder));
    }

    @Test
    void missingArgumentsAreWrongUsage() {
        CommandRun run = CommandRun.vdm("copy", "only");
        assertEquals("vdm copy: Missing required parameter: 'DST' (see vdm copy --help)\n",
                run.err());
        assertEquals(2, run.exitCode());
    }

    /** A wait for the device would never end. */
    @Test
    @Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
    void deviceThatNeverAnswersIsAFailure() {
        Path source = TestFiles.random(folder.resolve("source"), 10_000);
        var copy = new FileCopy(source, folder.resolve("target"), false, false, 4096, 2);
        try (DsaMovers movers = DsaMovers.withOneQueue()) {
            movers.devices.inline();
            var mover = new ChosenMover("dsa", movers.builder()
                    .deviceTimeout(Duration.ofMillis(20))
                    .closeTimeout(Duration.ofMillis(20))
                    .open(), "");
            movers.devices.onDemand();
            var failure = assertThrows(CommandFailure.class,
                    () -> copy.run(mover, Progress.NONE));
            assertTrue(failure.getMessage().contains("no answer for "), failure.getMessage());
            assertEquals(Set.of("source"), TestFiles.names(folder));
            assertThrows(CommandFailure.class, mover::close);
        }
    }

    @Test
    void missingSourceFails() {
        assertFails("the source %s does not exist", folder.resolve("source"),
                folder.resolve("target"));
    }

    @Test
    void sourceIsADirectory() {
        assertFails("the source %s is a directory: name a file", folder, folder.resolve("target"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"/dev/zero", "/dev/null"})
    void sourceIsADevice(String device) {
        assertFails("the source %s is not a regular file", Path.of(device),
                folder.resolve("target"));
    }

    @Test
    void sourceIsAPipe() throws Exception {
        Path pipe = folder.resolve("pipe");
        assumeTrue(new ProcessBuilder("mkfifo", pipe.toString()).start().waitFor() == 0,
                "no mkfifo here");
        assertFails("the source %s is not a regular file", pipe, folder.resolve("target"));
    }

    @Test
    void targetIsADirectory() throws IOException {
        Path source = TestFiles.random(folder.resolve("source"), 10);
        Path directory = Files.createDirectory(folder.resolve("directory"));
        assertFails("the target %2$s is a directory: name a file in it", source, directory);
        assertEquals(Set.of(), TestFiles.names(directory));
    }

    @Test
    void targetIsADevice() {
        Path source = TestFiles.random(folder.resolve("source"), 10);
        assertFails("the target %2$s is not a regular file", source, Path.of("/dev/null"));
        assertFalse(Files.isRegularFile(Path.of("/dev/null")));
    }

    @Test
    void targetFolderIsMissing() {
        Path source = TestFiles.random(folder.resolve("source"), 10);
        Path missing = folder.resolve("missing");
        assertFails("the target's folder " + missing + " does not exist", source,
                missing.resolve("target"));
    }

    @Test
    void targetFolderIsAFile() {
        Path source = TestFiles.random(folder.resolve("source"), 10);
        assertFails("the target's folder %1$s is not a directory", source,
                source.resolve("target"));
    }

    @Test
    void targetFolderCannotBeWritten() throws IOException {
        Path source = TestFiles.random(folder.resolve("source"), 10);
        // Even root cannot create files here.
        Path readOnly = Path.of("/proc/self");
        assumeTrue(Files.isDirectory(readOnly), "no /proc here");
        CommandRun run =
                CommandRun.vdm("copy", "--mover", "sync", source, readOnly.resolve("target"));
        assertEquals(1, run.exitCode());
        assertTrue(run.err().startsWith("vdm copy: cannot write to the folder /proc/self: "),
                run.err());
        assertEquals(1, run.err().lines().count(), run.err());
    }

    @Test
    void sameSourceAndTargetAreRefused() throws IOException {
        Path file = TestFiles.random(folder.resolve("file"), 10);
        Path symbolic = Files.createSymbolicLink(folder.resolve("symbolic"), file);
        Path hard = Files.createLink(folder.resolve("hard"), file);
        byte[] before = Files.readAllBytes(file);
        for (Path other : new Path[]{file, symbolic, hard}) {
            assertFails("%s and %s are the same file", file, other);
            assertFails("%s and %s are the same file", other, file);
        }
        assertArrayEquals(before, Files.readAllBytes(file));
    }

    @Test
    void targetIsALinkToNothing() throws IOException {
        Path source = TestFiles.random(folder.resolve("source"), 10);
        Path link = Files.createSymbolicLink(folder.resolve("link"), folder.resolve("nothing"));
        assertFails("the target %2$s is a symbolic link that cannot be followed: it does not exist",
                source, link);
    }

    @ParameterizedTest(name = "with {0}")
    @ValueSource(strings = {"threads", "sync", "dml"})
    void sourceShrinksWhileItIsCopied(String mover) {
        if (mover.equals("dml")) {
            DmlLibrary.whyUnavailable().ifPresent(why -> assumeTrue(false, why.getMessage()));
        }
        Path source = TestFiles.random(folder.resolve("source"), 1_000_000);
        Path target = TestFiles.random(folder.resolve("target"), 77);
        CommandRun run = CommandRun.watched(
                atBegin(() -> resize(source, 4096)), "copy", "--chunk", "64K", "--mover", mover,
                source, target);
        assertEquals(
                "vdm copy: the source %s shrank from 1,000,000 to 4,096 bytes while it was copied\n"
                        .formatted(source),
                run.err());
        assertFailedLeavingTarget(run, target);
    }

    @Test
    void sourceShrinksWithinItsLastPage() {
        Path source = TestFiles.random(folder.resolve("source"), 5000);
        Path target = TestFiles.random(folder.resolve("target"), 77);
        CommandRun run =
                CommandRun.watched(atBegin(() -> resize(source, 4999)), "copy", "--mover", "sync",
                        source, target);
        assertEquals(
                "vdm copy: the source %s shrank from 5,000 to 4,999 bytes while it was copied\n"
                        .formatted(source),
                run.err());
        assertFailedLeavingTarget(run, target);
    }

    @Test
    void sourceGrowsWhileItIsCopied() {
        Path source = TestFiles.random(folder.resolve("source"), 5000);
        Path target = TestFiles.random(folder.resolve("target"), 77);
        CommandRun run =
                CommandRun.watched(atBegin(() -> resize(source, 5001)), "copy", "--mover", "sync",
                        source, target);
        assertEquals(
                "vdm copy: the source %s grew from 5,000 to 5,001 bytes while it was copied\n"
                        .formatted(source),
                run.err());
        assertFailedLeavingTarget(run, target);
    }

    @Test
    void copyDiffersFromItsSource() {
        Path source = TestFiles.random(folder.resolve("source"), 5000);
        Path target = TestFiles.random(folder.resolve("target"), 77);
        CommandRun run = CommandRun.watched(
                atEnd(() -> flipByteOfTemporaryFile()), "copy", "--verify", "--mover", "sync",
                source, target);
        assertTrue(
                run.err()
                        .matches(
                                "vdm copy: the copy differs from the source: CRC-32C source "
                                        + "[0-9a-f]{8} target [0-9a-f]{8}\\R"),
                run.err());
        assertFailedLeavingTarget(run, target);
    }

    @Test
    void targetThatBecomesADirectoryFails() throws IOException {
        Path source = TestFiles.random(folder.resolve("source"), 5000);
        Path target = folder.resolve("target");
        CommandRun run = CommandRun.watched(atBegin(() -> {
            try {
                Files.createFile(Files.createDirectory(target).resolve("inhabitant"));
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }), "copy", "--mover", "sync", source, target);
        assertTrue(run.err().startsWith("vdm copy: cannot give the copy its name " + target + ": "),
                run.err());
        assertEquals(1, run.exitCode());
        assertEquals(Set.of("source", "target"), TestFiles.names(folder));
    }

    @Test
    void fullTargetFolderFails() throws Exception {
        Path small = mountOneMebibyte();
        try {
            Path source = TestFiles.random(folder.resolve("source"), 3 << 20);
            CommandRun run =
                    CommandRun.vdm("copy", "--mover", "sync", source, small.resolve("target"));
            assertEquals(1, run.exitCode());
            assertEquals(
                    ("vdm copy: no space in %s: the copy needs 3,145,728 bytes and 1,048,576 "
                            + "are free\n")
                            .formatted(small),
                    run.err());
            assertEquals(Set.of(), TestFiles.names(small));
        } finally {
            unmount(small);
        }
    }

    @Test
    void lostSpaceIsFoundBeforeMapping() throws Exception {
        Path small = mountOneMebibyte();
        try (StagedFile staged = StagedFile.in(small)) {
            var e = assertThrows(FileSystemException.class,
                    () -> OffHeapBuffer.map(staged.path(), 0, 3 << 20));
            assertEquals(
                    "mapping 3,145,728 bytes at offset 0 failed: the part needs at least 3,145,728"
                            + " more bytes of storage, and the file system has 1,048,576. Free"
                            + " space, or map a shorter part. The call changed nothing."
                            + " [VDM-MAPPING-FAILED]",
                    e.getReason());
        } finally {
            assertEquals(Set.of(), TestFiles.names(small));
            unmount(small);
        }
    }

    private void assertFails(String message, Path source, Path target) {
        Set<String> before = TestFiles.names(folder);
        CommandRun run = CommandRun.vdm("copy", "--mover", "sync", source, target);
        assertEquals("vdm copy: " + message.formatted(source, target) + "\n", run.err());
        assertEquals(1, run.exitCode());
        assertEquals("", run.out());
        assertEquals(before, TestFiles.names(folder));
    }

    private void assertFailedLeavingTarget(CommandRun run, Path target) {
        assertEquals(1, run.exitCode());
        assertEquals("", run.out());
        assertEquals(Set.of("source", "target"), TestFiles.names(folder));
        assertEquals(77, target.toFile().length());
    }

    private static Progress atBegin(Runnable interference) {
        return new Progress() {
            @Override
            public void begin(long bytes) {
                interference.run();
            }
        };
    }

    private static Progress atEnd(Runnable interference) {
        return new Progress() {
            @Override
            public void end() {
                interference.run();
            }
        };
    }

    private static void resize(Path file, long size) {
        try (var channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
            if (size > channel.size()) {
                channel.write(ByteBuffer.allocate(1), size - 1);
            }
            channel.truncate(size);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void flipByteOfTemporaryFile() {
        try (var files = Files.newDirectoryStream(folder, ".vdm-*.part")) {
            Path temporary = files.iterator().next();
            byte[] bytes = Files.readAllBytes(temporary);
            bytes[bytes.length / 2] ^= 1;
            Files.write(temporary, bytes);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private Path mountOneMebibyte() throws Exception {
        Path small = Files.createDirectory(folder.resolve("small"));
        Process mount =
                new ProcessBuilder("mount", "-t", "tmpfs", "-o", "size=1m", "tmpfs",
                        small.toString())
                        .redirectErrorStream(true)
                        .start();
        String said = new String(mount.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assumeTrue(mount.waitFor() == 0, "a small file system cannot be mounted: " + said.strip());
        return small;
    }

    private static void unmount(Path small) throws Exception {
        assertEquals(0, new ProcessBuilder("umount", small.toString()).start().waitFor());
    }
}
