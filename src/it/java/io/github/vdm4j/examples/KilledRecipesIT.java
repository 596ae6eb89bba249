package io.github.vdm4j.examples;

import static java.lang.foreign.ValueLayout.JAVA_LONG;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.vdm4j.Vdm;
import io.github.vdm4j.buffer.OffHeapBuffer;
import io.github.vdm4j.mover.DataMovers;
import java.io.BufferedReader;
import java.io.File;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.io.TempDir;

/** The files of a program after kill -9 at a random moment. */
class KilledRecipesIT {
    private final Random random = new Random();

    @TempDir private Path folder;

    /** Runs the program, kills it after some acknowledged work, and returns all its lines. */
    private Set<Long> killed(String recipe) throws Exception {
        Process process = new ProcessBuilder(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "--enable-native-access=ALL-UNNAMED",
                "-cp", System.getProperty("java.class.path") + File.pathSeparator
                        + System.getProperty("jdk.module.path", ""),
                RecipeUser.class.getName(), recipe, folder.toString()))
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        Set<Long> acknowledged = new HashSet<>();
        int enough = 1 + random.nextInt(200);
        try (BufferedReader lines = process.inputReader()) {
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                acknowledged.add(Long.parseLong(line));
                if (acknowledged.size() == enough) {
                    process.destroyForcibly();
                }
            }
        } catch (NumberFormatException | IOException cutOff) {
            // The last line may be incomplete.
        }
        assertTrue(process.waitFor(30, TimeUnit.SECONDS));
        assertTrue(acknowledged.size() >= enough, acknowledged::toString);
        return acknowledged;
    }

    @RepeatedTest(3)
    void logKeepsAcknowledgedRecords() throws Exception {
        Set<Long> lost = new TreeSet<>(killed("log"));
        try (OffHeapBuffer file = RecipeUser.map(folder, "log", RecipeUser.BYTES);
                Vdm mover = DataMovers.best()) {
            new WriteAheadLog(mover, file.segment(), record -> {
                long number = MemorySegment.ofArray(record)
                        .get(JAVA_LONG.withByteAlignment(1), 0);
                assertArrayEquals(RecipeUser.record(number), record);
                lost.remove(number);
            });
        }
        assertEquals(Set.of(), lost);
    }

    @RepeatedTest(3)
    void cacheKeepsAcknowledgedPages() throws Exception {
        long last = new TreeSet<>(killed("cache")).last();
        try (OffHeapBuffer file =
                RecipeUser.map(folder, "pages", 2L * RecipeUser.PAGES * PageCache.SLOT_BYTES);
                Vdm mover = DataMovers.best();
                var cache = new PageCache(mover, file.segment(), RecipeUser.PAGES)) {
            for (int page = 0; page < RecipeUser.PAGES; page++) {
                MemorySegment bytes = cache.page(page, false);
                long round = bytes.get(JAVA_LONG, 0);
                assertTrue(round == last || round == last + 1 || round == last + 2,
                        page + " has " + round + " after " + last);
                for (long at = 0; at < PageCache.PAGE_BYTES; at += 8) {
                    assertEquals(round, bytes.get(JAVA_LONG, at));
                }
            }
        }
    }

    @RepeatedTest(3)
    void replicaKeepsAcknowledgedStates() throws Exception {
        long last = new TreeSet<>(killed("replica")).last();
        try (Arena arena = Arena.ofShared();
                Vdm mover = DataMovers.best();
                OffHeapBuffer copy = RecipeUser.map(folder, "copy", RecipeUser.FILE);
                OffHeapBuffer journal = RecipeUser.map(folder, "journal", 6 * RecipeUser.FILE)) {
            new Replica(mover, copy.segment(), journal.segment());
            MemorySegment expected = arena.allocate(RecipeUser.FILE, 8);
            for (long state = 1; state <= last; state++) {
                RecipeUser.advance(expected, state);
            }
            long ahead = last;
            while (expected.mismatch(copy.segment()) != -1 && ahead < last + 2) {
                RecipeUser.advance(expected, ++ahead);
            }
            assertEquals(-1, expected.mismatch(copy.segment()), "after state " + last);
        }
    }
}
