package io.github.vdm4j.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.github.vdm4j.dml.DmlLibrary;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.zip.CRC32C;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

@DisplayName("vdm crc")
class CrcCommandTest {
    @TempDir Path folder;

    private static String crc(Path file) throws IOException {
        var crc = new CRC32C();
        crc.update(Files.readAllBytes(file));
        return "%08x".formatted(crc.getValue());
    }

    @ParameterizedTest(name = "by {0}")
    @ValueSource(strings = {"threads", "sync", "auto"})
    void checksumAndNameArePrinted(String mover) throws IOException {
        Path file =
                Files.writeString(folder.resolve("nine"), "123456789", StandardCharsets.US_ASCII);
        CommandRun run = CommandRun.vdm("crc", "--mover", mover, file);
        assertEquals(new CommandRun(0, "e3069283  " + file + "\n", ""), run);
    }

    @ParameterizedTest(name = "{0} bytes by {1}")
    @CsvSource({
        "0, threads", "1, threads", "1048575, threads", "1048576, threads", "1048577, threads",
        "5000003, threads",
        "0, sync", "1, sync", "1048577, sync", "5000003, sync"
    })
    void chunksContinueTheChecksum(int size, String mover) throws IOException {
        Path file = TestFiles.random(folder.resolve("file"), size);
        assertEquals(
                new CommandRun(0, crc(file) + "  " + file + "\n", ""),
                CommandRun.vdm("crc", file, "--mover", mover));
    }

    @Test
    void dmlComputesTheChecksum() throws IOException {
        DmlLibrary.whyUnavailable().ifPresent(why -> assumeTrue(false, why.getMessage()));
        Path file = TestFiles.random(folder.resolve("file"), 3_000_001);
        CommandRun run = CommandRun.vdm("crc", file, "--mover", "dml", "--path", "sw", "--json");
        assertEquals("", run.err());
        assertTrue(run.out().contains("\"crc32c\": \"" + crc(file) + "\""), run.out());
        assertTrue(run.out().contains("\"DML_SOFTWARE\": 3"), run.out());
    }

    @Test
    void unreadableFileDoesNotStopTheRest() throws IOException {
        Path first = TestFiles.random(folder.resolve("first"), 100);
        Path missing = folder.resolve("missing");
        Path last = TestFiles.random(folder.resolve("last"), 0);
        CommandRun run = CommandRun.vdm("crc", "--mover", "sync", first, missing, folder, last);
        assertEquals(1, run.exitCode());
        assertEquals(crc(first) + "  " + first + "\n00000000  " + last + "\n", run.out());
        assertEquals(
                "vdm crc: cannot read " + missing + ": it does not exist\nvdm crc: " + folder
                        + " is a directory: name a file\n",
                run.err());
    }

    @ParameterizedTest
    @CsvSource({"'a\nb', a\\nb", "'a\rb', a\\rb", "a\\b, a\\\\b", "'\\\n', \\\\\\n"})
    void nameIsEscapedLikeBySha256sum(String name, String printed) throws IOException {
        Path file = Files.writeString(folder.resolve(name), "123456789");
        assertEquals(new CommandRun(0, "\\e3069283  " + folder + "/" + printed + "\n", ""),
                CommandRun.vdm("crc", "--mover", "sync", file));
    }

    @Test
    void deviceFileIsRefused() {
        CommandRun run = CommandRun.vdm("crc", "--mover", "sync", "/dev/null");
        assertEquals(new CommandRun(1, "", "vdm crc: /dev/null is not a regular file\n"), run);
    }

    @Test
    void fileWithContentButNoSizeIsRefused() {
        CommandRun run = CommandRun.vdm("crc", "--mover", "sync", "/proc/self/status");
        assertEquals(new CommandRun(1, "", "vdm crc: /proc/self/status cannot be mapped: its size"
                + " is 0, but it has content. Copy it with cat first\n"), run);
    }

    @Test
    void jsonContainsAllFiles() throws IOException {
        Path first = TestFiles.random(folder.resolve("first"), 2_000_000);
        Path second = TestFiles.random(folder.resolve("second"), 0);
        CommandRun run = CommandRun.vdm("crc", "--json", "--mover", "sync", first, second);
        assertEquals(
                """
                        [
                          {
                            "file": "%s",
                            "bytes": 2000000,
                            "crc32c": "%s",
                            "mover": "sync",
                            "chunks": {
                              "JVM": 2
                            }
                          },
                          {
                            "file": "%s",
                            "bytes": 0,
                            "crc32c": "00000000",
                            "mover": "sync",
                            "chunks": {}
                          }
                        ]
                        """.formatted(first, crc(first), second),
                run.out());
        assertEquals(0, run.exitCode());
    }

    @Test
    void truncatedFileIsReportedAsFailure() {
        Path file = TestFiles.random(folder.resolve("file"), 3 << 20);
        CommandRun run = CommandRun.watched(new Progress() {
            @Override
            public void moved(long bytes) {
                try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
                    channel.truncate(1 << 20);
                } catch (IOException e) {
                    throw new AssertionError(e);
                }
            }
        }, "crc", file, "--mover", "threads");
        assertEquals(
                new CommandRun(
                        1, "",
                        "vdm crc: " + file
                                + " shrank from 3,145,728 to 1,048,576 bytes while it was read\n"),
                run);
    }

    @Test
    void progressIsReported() {
        Path file = TestFiles.random(folder.resolve("file"), (2 << 20) + 5);
        var told = new StringBuilder();
        CommandRun.watched(new Progress() {
            @Override
            public void begin(long bytes) {
                told.append("begin ").append(bytes);
            }

            @Override
            public void moved(long bytes) {
                told.append(", ").append(bytes);
            }

            @Override
            public void end() {
                told.append(", end");
            }
        }, "crc", file, "--mover", "sync");
        assertEquals("begin 2097157, 1048576, 1048576, 5, end", told.toString());
    }

    @Test
    void wrongUsageIsReported() {
        assertEquals(
                new CommandRun(
                        2, "",
                        "vdm crc: Missing required parameter: 'FILE' (see vdm crc --help)\n"),
                CommandRun.vdm("crc"));
        CommandRun path = CommandRun.vdm("crc", "--mover", "sync", "--path", "sw", "x");
        assertEquals(2, path.exitCode());
        assertEquals(
                "vdm crc: --path is for --mover dml or auto: sync has one path only (see vdm "
                        + "crc --help)\n",
                path.err());
    }
}
