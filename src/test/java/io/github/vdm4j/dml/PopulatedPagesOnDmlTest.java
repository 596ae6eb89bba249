package io.github.vdm4j.dml;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.github.vdm4j.dml.simulated.Plan;
import io.github.vdm4j.memory.WritablePages;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.channels.FileChannel;
import java.nio.channels.FileChannel.MapMode;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@DisplayName("DML's hardware gets a destination in the page cache with its pages populated")
class PopulatedPagesOnDmlTest extends AgainstSimulatedDml {
    private static final int BYTES = 64 << 10;

    /**
     * The mover does not populate pages at a raw address, because Java does not report it as
     * mapped.
     */
    @ParameterizedTest(name = "raw address {0}: {1} submissions")
    @CsvSource({"false, 1", "true, 2"})
    void copyAfterAForceMeetsNoPageFault(boolean raw, int submissions, @TempDir Path folder)
            throws IOException {
        Path path = folder.resolve("file");
        Files.write(path, new byte[BYTES]);
        MemorySegment file;
        try (var channel = FileChannel.open(path, StandardOpenOption.READ,
                StandardOpenOption.WRITE)) {
            file = dml.allow(channel.map(MapMode.READ_WRITE, 0, BYTES, arena));
        }
        var pages = new WritablePages(path);
        file.fill((byte) 1);
        file.force();
        assumeTrue(pages.bytes() == 0, "a force does not write-protect pages of this file system");
        MemorySegment source = noise(BYTES);
        DmlDataMover mover = hardware();
        dml.always(job -> pages.bytes() == BYTES ? Plan.succeed() : Plan.pageFault(0));
        finish(mover.memcpy(raw ? MemorySegment.ofAddress(file.address()).reinterpret(BYTES) : file,
                source)).output();
        assertArrayEquals(bytes(source), bytes(file));
        assertEquals(submissions, dml.submissions().size());
    }
}
