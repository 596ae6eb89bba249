package io.github.vdm4j.dsa;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.github.vdm4j.Batch;
import io.github.vdm4j.ExecutionPath;
import io.github.vdm4j.VdmFlags;
import io.github.vdm4j.VdmFuture;
import io.github.vdm4j.memory.WritablePages;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.channels.FileChannel;
import java.nio.channels.FileChannel.MapMode;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

@DisplayName("A destination in the page cache is populated before the device gets it")
class PopulatedPagesTest {
    private static final long BYTES = 64 << 10;

    private final Arena arena = Arena.ofShared();
    private final DsaMovers movers = DsaMovers.withOneQueue();
    private final MemorySegment source = arena.allocate(BYTES).fill((byte) 7);
    private MemorySegment file;

    /** Starts an operation that writes the first bytes of a file. */
    private interface Write {
        VdmFuture<?> start(DsaDataMover mover, MemorySegment to, MemorySegment from);
    }

    private record Named(String name, Write write) {
        @Override
        public String toString() {
            return name;
        }
    }

    static Stream<Named> writes() {
        return Stream.of(
                new Named("copy", (mover, to, from) -> mover.memcpy(to, from)),
                new Named("durable copy",
                        (mover, to, from) -> mover.memcpy(to, from, VdmFlags.MEM_DURABLE)),
                new Named("fill", (mover, to, from) -> mover.memset(to, (byte) 7)),
                new Named("pattern", (mover, to, from) -> mover.fill(to, 0x0707070707070707L)),
                new Named("copy with CRC", (mover, to, from) -> mover.copyCrc32c(to, from)),
                new Named("dualcast", (mover, to, from) -> mover.dualcast(to.asSlice(0, BYTES / 2),
                        to.asSlice(BYTES / 2), from.asSlice(0, BYTES / 2))),
                new Named("batch", (mover, to, from) -> {
                    Batch batch = mover.batch();
                    for (long at = 0; at < BYTES; at += BYTES / 8) {
                        batch.memcpy(to.asSlice(at, BYTES / 8), from.asSlice(at, BYTES / 8));
                    }
                    return batch.submit();
                }));
    }

    @BeforeEach
    void map(@TempDir Path folder) throws IOException {
        Path path = folder.resolve("file");
        Files.write(path, new byte[(int) BYTES]);
        try (var channel = FileChannel.open(path, StandardOpenOption.READ,
                StandardOpenOption.WRITE)) {
            file = channel.map(MapMode.READ_WRITE, 0, BYTES, arena);
        }
        var pages = new WritablePages(path);
        movers.devices.view(new WriteProtectedPages(pages, file, movers.devices.memory)).inline();
        file.fill((byte) 1);
        assertEquals(BYTES, pages.bytes(), "the pages were written");
        file.force();
        assumeTrue(pages.bytes() == 0, "a force does not write-protect pages of this file system");
    }

    @AfterEach
    void close() {
        movers.close();
        arena.close();
    }

    @ParameterizedTest
    @MethodSource("writes")
    void writeAfterAForceMeetsNoPageFault(Named named) {
        try (DsaDataMover mover = movers.builder().fallback(false).open()) {
            VdmFuture<?> future = named.write().start(mover, file, source);
            future.await();
            assertEquals(ExecutionPath.DSA_HARDWARE, future.path());
            assertEquals(0, mover.queues().getFirst().pageFaults());
            assertEquals(1, mover.queues().getFirst().submissions(),
                    "a batch counts no page fault");
            assertEquals(-1, file.mismatch(source));
        }
    }

    /** The mover does not know this mapping, because Java reports no mapping for a raw address. */
    @Test
    void deviceFaultsOnPagesThatAreNotPopulated() {
        try (DsaDataMover mover = movers.builder().fallback(false).open()) {
            mover.memcpy(MemorySegment.ofAddress(file.address()).reinterpret(BYTES), source)
                    .await();
            assertTrue(mover.queues().getFirst().pageFaults() > 0);
            assertEquals(-1, file.mismatch(source));
        }
    }
}
