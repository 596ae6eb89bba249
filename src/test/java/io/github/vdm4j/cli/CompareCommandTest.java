package io.github.vdm4j.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.github.vdm4j.dml.DmlLibrary;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

@DisplayName("vdm compare")
class CompareCommandTest {
    private static final int SIZE = 12_000_001; // The file has more chunks than are in flight.

    @TempDir Path folder;
    private Path a;
    private Path b;

    @BeforeEach
    void nameFiles() {
        a = folder.resolve("a");
        b = folder.resolve("b");
    }

    private void write(int size, int... different) throws IOException {
        byte[] bytes = Files.readAllBytes(TestFiles.random(a, size));
        byte[] changed = bytes.clone();
        for (int at : different) {
            changed[at] = (byte) ~bytes[at];
        }
        Files.write(b, changed);
    }

    @ParameterizedTest(name = "{0} bytes by {1}")
    @CsvSource({"0, sync", "1, sync", "1048576, sync", "12000001, sync", "0, threads",
        "12000001, threads"})
    void equalFilesPrintNothing(int size, String mover) throws IOException {
        write(size);
        assertEquals(new CommandRun(0, "", ""), CommandRun.vdm("compare", a, b, "--mover", mover));
        assertEquals(new CommandRun(0, "", ""), CommandRun.vdm("compare", a, a, "--mover", mover));
    }

    @ParameterizedTest(name = "at {0} by {1}")
    @CsvSource({
        "0, sync", "1048575, sync", "1048576, sync", "12000000, sync", "0, threads",
        "5000000, threads",
        "12000000, threads"
    })
    void firstDifferenceIsPrinted(int at, String mover) throws IOException {
        write(SIZE, at, SIZE - 1);
        assertEquals(
                new CommandRun(1, a + " and " + b + " differ at offset " + at + "\n", ""),
                CommandRun.vdm("compare", a, b, "--mover", mover));
    }

    @ParameterizedTest
    @ValueSource(strings = {"sync", "threads"})
    void firstOfManyDifferencesIsPrinted(String mover) throws IOException {
        int[] everywhere = new int[100];
        Arrays.setAll(everywhere, i -> 700_000 + i * 100_000);
        write(SIZE, everywhere);
        for (int round = 0; round < 10; round++) {
            assertEquals(
                    a + " and " + b + " differ at offset 700000\n",
                    CommandRun.vdm("compare", a, b, "--mover", mover).out());
        }
    }

    @Test
    void dmlFindsTheDifference() throws IOException {
        DmlLibrary.whyUnavailable().ifPresent(why -> assumeTrue(false, why.getMessage()));
        write(SIZE, 9_999_999);
        assertEquals(
                new CommandRun(1, a + " and " + b + " differ at offset 9999999\n", ""),
                CommandRun.vdm("compare", a, b, "--mover", "dml", "--path", "sw"));
    }

    @ParameterizedTest(name = "after {0} bytes")
    @ValueSource(ints = {0, 1, 1 << 20, 3_000_000})
    void endOfTheShorterFileIsPrinted(int common) throws IOException {
        byte[] bytes = Files.readAllBytes(TestFiles.random(a, common + 30));
        Files.write(b, Arrays.copyOf(bytes, common));
        assertEquals(
                new CommandRun(1,
                        b + " ends at offset " + common + ", " + a + " has 30 bytes more\n", ""),
                CommandRun.vdm("compare", a, b, "--mover", "sync"));
        assertEquals(
                new CommandRun(1,
                        b + " ends at offset " + common + ", " + a + " has 30 bytes more\n", ""),
                CommandRun.vdm("compare", b, a, "--mover", "threads"));
    }

    @Test
    void differenceComesBeforeTheEndOfAFile() throws IOException {
        byte[] bytes = Files.readAllBytes(TestFiles.random(a, 2_000_000));
        bytes[1_234_567]++;
        Files.write(b, Arrays.copyOf(bytes, 1_500_000));
        assertEquals(
                new CommandRun(1, a + " and " + b + " differ at offset 1234567\n", ""),
                CommandRun.vdm("compare", a, b, "--mover", "sync"));
    }

    @Test
    void unreadableFileIsTrouble() throws IOException {
        write(10);
        Path missing = folder.resolve("missing");
        String notThere = "vdm compare: cannot read " + missing + ": it does not exist\n";
        assertEquals(new CommandRun(2, "", notThere),
                CommandRun.vdm("compare", "--mover", "sync", a, missing));
        assertEquals(new CommandRun(2, "", notThere),
                CommandRun.vdm("compare", "--mover", "sync", missing, b));
        assertEquals(
                new CommandRun(2, "", "vdm compare: " + folder + " is a directory: name a file\n"),
                CommandRun.vdm("compare", "--mover", "sync", a, folder));
    }

    @Test
    void missingMoverIsTrouble() throws IOException {
        write(10);
        String before = System.getProperty(DmlLibrary.PROPERTY);
        System.setProperty(DmlLibrary.PROPERTY, "/no/such/libdml.so");
        try {
            CommandRun run = CommandRun.vdm("compare", "--mover", "dml", a, b);
            assertEquals(2, run.exitCode());
            assertTrue(run.err().startsWith("vdm compare: Intel DML is not available."), run.err());
        } finally {
            if (before == null) {
                System.clearProperty(DmlLibrary.PROPERTY);
            } else {
                System.setProperty(DmlLibrary.PROPERTY, before);
            }
        }
    }

    @Test
    void truncatedFileIsReported() throws IOException {
        write(SIZE);
        CommandRun run = CommandRun.watched(new Progress() {
            @Override
            public void moved(long bytes) {
                try (FileChannel channel = FileChannel.open(b, StandardOpenOption.WRITE)) {
                    channel.truncate(0);
                } catch (IOException e) {
                    throw new AssertionError(e);
                }
            }
        }, "compare", a, b, "--mover", "threads");
        assertEquals(
                new CommandRun(
                        2, "",
                        "vdm compare: " + b
                                + " shrank from 12,000,001 to 0 bytes while it was read\n"),
                run);
    }

    @Test
    void wrongUsageIsReported() {
        CommandRun run = CommandRun.vdm("compare", "a");
        assertEquals(2, run.exitCode());
        assertTrue(run.err().startsWith("vdm compare: Missing required parameter: 'B'"), run.err());
    }

    @Test
    void jsonContainsTheDifference() throws IOException {
        write(10, 7);
        CommandRun run = CommandRun.vdm("compare", a, b, "--mover", "sync", "--json");
        assertEquals(1, run.exitCode());
        assertEquals("""
                {
                  "first": "%s",
                  "second": "%s",
                  "firstBytes": 10,
                  "secondBytes": 10,
                  "equal": false,
                  "offset": 7,
                  "mover": "sync"
                }
                """.formatted(a, b), run.out());
    }

    @Test
    void jsonOfEqualFilesHasNoOffset() throws IOException {
        write(10);
        CommandRun run = CommandRun.vdm("compare", a, b, "--mover", "sync", "--json");
        assertEquals(0, run.exitCode());
        assertTrue(run.out().contains("\"equal\": true,\n  \"offset\": null,"), run.out());
    }

    @Test
    void jsonContainsTheEndOfTheShorterFile() throws IOException {
        write(10);
        Files.write(b, Arrays.copyOf(Files.readAllBytes(a), 8));
        CommandRun run = CommandRun.vdm("compare", a, b, "--mover", "sync", "--json");
        assertEquals(1, run.exitCode());
        assertTrue(run.out().contains("\"equal\": false,\n  \"offset\": 8,"), run.out());
    }
}
