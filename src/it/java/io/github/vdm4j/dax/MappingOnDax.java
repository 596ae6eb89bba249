package io.github.vdm4j.dax;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.vdm4j.DurabilityDomain;
import io.github.vdm4j.buffer.OffHeapBuffer;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.channels.FileChannel.MapMode;
import java.nio.file.Files;
import java.nio.file.Path;
import jdk.nio.mapmode.ExtendedMapMode;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@OnDax
@DisplayName("A buffer knows its durability domain")
class MappingOnDax {
    private static final long SIZE = 3 * 4096 + 100;

    private Path used;

    private Path file(Path where) {
        used = where.resolve("mapping");
        return used;
    }

    @AfterEach
    void delete() throws IOException {
        Files.deleteIfExists(used);
    }

    private static void assertDomain(DurabilityDomain expected, OffHeapBuffer buffer) {
        try (buffer) {
            assertEquals(expected, buffer.domain());
        }
    }

    @Test
    @DisplayName("a file on persistent memory has domain CACHE_LINE")
    void pmemFileHasDomainCacheLine() throws IOException {
        assertDomain(DurabilityDomain.CACHE_LINE, OffHeapBuffer.map(file(DaxFiles.PMEM), 0, SIZE));
        assertDomain(DurabilityDomain.CACHE_LINE, OffHeapBuffer.map(used, 4096, 8 * SIZE));
        assertDomain(DurabilityDomain.CACHE_LINE, OffHeapBuffer.map(used, 100, 1000));
    }

    @Test
    @DisplayName("a read-only file on persistent memory has domain CACHE_LINE")
    void readOnlyPmemFileHasDomainCacheLine() throws IOException {
        Files.write(file(DaxFiles.PMEM), new byte[(int) SIZE]);
        try (OffHeapBuffer buffer = OffHeapBuffer.mapReadOnly(used, 0, SIZE)) {
            assertEquals(DurabilityDomain.CACHE_LINE, buffer.domain());
            assertTrue(buffer.isReadOnly());
            assertThrows(IllegalArgumentException.class, () -> buffer.segment().fill((byte) 1));
        }
    }

    @Test
    @DisplayName("a file on a disk has domain PAGE")
    void diskFileHasDomainPage() throws IOException {
        assertDomain(DurabilityDomain.PAGE, OffHeapBuffer.map(file(DaxFiles.DISK), 0, SIZE));
    }

    @Test
    @DisplayName("a file in a tmpfs has domain VOLATILE")
    void tmpfsFileHasDomainVolatile() throws IOException {
        assertDomain(DurabilityDomain.VOLATILE, OffHeapBuffer.map(file(DaxFiles.TMPFS), 0, SIZE));
    }

    @Test
    @DisplayName("a wrapped mapping by the JDK with MAP_SYNC has domain CACHE_LINE")
    void wrappedSyncMappingHasDomainCacheLine() throws IOException {
        try (Arena arena = Arena.ofShared()) {
            MemorySegment bare =
                    DaxFiles.mapBare(
                            file(DaxFiles.PMEM), ExtendedMapMode.READ_WRITE_SYNC, SIZE, arena);
            assertDomain(DurabilityDomain.CACHE_LINE, OffHeapBuffer.wrap(bare));
            assertDomain(DurabilityDomain.CACHE_LINE, OffHeapBuffer.wrap(bare.asSlice(77, 5000)));
        }
    }

    @Test
    @DisplayName("a wrapped reinterpreted mapping with MAP_SYNC has domain CACHE_LINE")
    void reinterpretedMappingHasDomainCacheLine() throws IOException {
        try (Arena arena = Arena.ofShared()) {
            MemorySegment bare =
                    DaxFiles.mapBare(
                            file(DaxFiles.PMEM), ExtendedMapMode.READ_WRITE_SYNC, SIZE, arena);
            MemorySegment reinterpreted = bare.reinterpret(SIZE, arena, null);
            assertFalse(reinterpreted.isMapped(), "the JDK would know it as mapped");
            assertDomain(DurabilityDomain.CACHE_LINE, OffHeapBuffer.wrap(reinterpreted));
        }
    }

    @Test
    @DisplayName("a wrapped plain mapping on persistent memory has domain PAGE")
    void plainPmemMappingHasDomainPage() throws IOException {
        try (Arena arena = Arena.ofShared()) {
            MemorySegment bare =
                    DaxFiles.mapBare(file(DaxFiles.PMEM), MapMode.READ_WRITE, SIZE, arena);
            assertDomain(DurabilityDomain.PAGE, OffHeapBuffer.wrap(bare));
        }
    }

    @Test
    @DisplayName("a wrapped plain mapping on a disk has domain PAGE")
    void plainDiskMappingHasDomainPage() throws IOException {
        try (Arena arena = Arena.ofShared()) {
            MemorySegment bare =
                    DaxFiles.mapBare(file(DaxFiles.DISK), MapMode.READ_WRITE, SIZE, arena);
            assertDomain(DurabilityDomain.PAGE, OffHeapBuffer.wrap(bare));
            assertDomain(DurabilityDomain.PAGE,
                    OffHeapBuffer.wrap(bare.reinterpret(SIZE, arena, null)));
        }
    }
}
