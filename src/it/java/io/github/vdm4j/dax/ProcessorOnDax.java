package io.github.vdm4j.dax;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.github.vdm4j.Vdm;
import io.github.vdm4j.dml.DmlDataMover;
import io.github.vdm4j.dml.DmlLibrary;
import io.github.vdm4j.dml.DmlUnavailableException;
import io.github.vdm4j.dml.DmlUnavailableException.Attempt;
import io.github.vdm4j.machine.Processor;
import io.github.vdm4j.mover.DataMovers;
import io.github.vdm4j.mover.ThreadsDataMover;
import io.github.vdm4j.operation.CompareResult;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/**
 * A test of fault 01. The guest boots with processors that have AVX2, and with processors that lack
 * it.
 */
@OnDax
@DisplayName("The processor")
class ProcessorOnDax {
    private static final boolean AVX2 = Processor.flags().contains("avx2");

    @Test
    @DisplayName("a processor without AVX2 makes DML unavailable, with that reason")
    void missingAvx2MakesDmlUnavailable() throws Exception {
        assumeTrue(!AVX2, "the processor has AVX2");
        var reason = List.of(new Attempt("the processor",
                "/proc/cpuinfo does not list avx2, which the code of DML uses"));
        assertEquals(reason, DmlLibrary.whyUnavailable().orElseThrow().attempts());
        var e = assertThrows(DmlUnavailableException.class, DmlDataMover::open);
        assertEquals(reason, e.attempts());
        String file = System.getProperty(DmlLibrary.PROPERTY);
        if (file != null) {
            e = assertThrows(DmlUnavailableException.class, () -> DmlLibrary.open(Path.of(file)));
            assertEquals(reason, e.attempts());
        }
        assertTrue(Files.readAllLines(Path.of("/proc/self/maps"))
                .stream()
                .noneMatch(line -> line.contains("libdml")));
    }

    @Test
    @DisplayName("the processor decides whether the best mover is DML, and copies are correct")
    void processorDecidesAboutTheBestMover() {
        boolean dml = AVX2 && DmlLibrary.whyUnavailable().isEmpty();
        try (Arena arena = Arena.ofShared(); Vdm mover = DataMovers.best()) {
            assertSame(dml ? DmlDataMover.class : ThreadsDataMover.class, mover.getClass());
            MemorySegment source = arena.allocate(8 << 20, 4096).fill((byte) 5);
            MemorySegment destination = arena.allocate(8 << 20, 4096);
            for (long length : new long[]{64, 64 << 10, 8 << 20}) {
                MemorySegment to = destination.asSlice(0, length);
                MemorySegment from = source.asSlice(0, length);
                mover.memcpy(to, from).await();
                assertEquals(-1, to.mismatch(from));
                assertEquals(CompareResult.EQUAL, mover.compare(to, from).await());
                assertEquals(mover.crc32c(from).await(), mover.crc32c(to).await());
            }
        }
    }
}
