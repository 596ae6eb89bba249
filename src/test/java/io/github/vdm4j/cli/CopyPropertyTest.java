package io.github.vdm4j.cli;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;

class CopyPropertyTest {

    @Property(tries = 60)
    void anySizeIsCopiedInAnyChunks(
            @ForAll @IntRange(max = 300_000) int size,
            @ForAll @IntRange(min = 4096, max = 400_000) int chunk,
            @ForAll @IntRange(min = 1, max = 100) int depth,
            @ForAll boolean threads)
            throws IOException {
        Path folder = Files.createTempDirectory("vdm-copy");
        Path source = TestFiles.random(folder.resolve("source"), size);
        Path target = folder.resolve("target");
        try {
            CommandRun run = CommandRun.vdm("copy", source, target, "--chunk", chunk, "--depth",
                    depth, "--mover",
                    threads ? "threads" : "sync");
            assertEquals(0, run.exitCode(), run.err());
            assertArrayEquals(Files.readAllBytes(source), Files.readAllBytes(target));
        } finally {
            Files.deleteIfExists(target);
            Files.delete(source);
            Files.delete(folder);
        }
    }
}
