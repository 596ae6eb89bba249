package io.github.vdm4j.dax;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.vdm4j.DurabilityDomain;
import io.github.vdm4j.Vdm;
import io.github.vdm4j.VdmFlags;
import io.github.vdm4j.VdmFuture;
import io.github.vdm4j.VdmOutput;
import io.github.vdm4j.VdmResult;
import io.github.vdm4j.buffer.OffHeapBuffer;
import io.github.vdm4j.memory.PmemLibrary;
import io.github.vdm4j.mover.SyncDataMover;
import io.github.vdm4j.mover.ThreadsDataMover;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.channels.FileChannel;
import java.nio.channels.FileChannel.MapMode;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@OnDax
@DisplayName("A device DAX")
class DeviceOnDax {
    private static final long UNIT = DaxFiles.ALIGNMENT;
    private static final Path IN_SYSFS = Path.of("/sys/bus/dax/devices/dax1.0");
    private static final Path DRIVER = Path.of("/sys/bus/dax/drivers/device_dax");

    private static OffHeapBuffer map(long offset, long size) throws IOException {
        return OffHeapBuffer.mapDevice(DaxFiles.DEVICE, offset, size);
    }

    private static long capacity() throws IOException {
        return Long.parseLong(Files.readString(IN_SYSFS.resolve("size")).strip());
    }

    private static void assertRefused(String message, long offset, long size) {
        assertEquals(message + " [VDM-MAPPING-FAILED]",
                assertThrows(IllegalArgumentException.class, () -> map(offset, size))
                        .getMessage());
    }

    private static long mappings() throws IOException {
        return Files.readAllLines(Path.of("/proc/self/maps"))
                .stream()
                .filter(line -> line.endsWith(DaxFiles.DEVICE.toString()))
                .count();
    }

    @Test
    @DisplayName("is mapped with domain CACHE_LINE")
    void mapsWithDomainCacheLine() throws IOException {
        try (OffHeapBuffer buffer = map(0, 2 * UNIT)) {
            assertEquals(DurabilityDomain.CACHE_LINE, buffer.domain());
            assertEquals(2 * UNIT, buffer.byteSize());
            assertFalse(buffer.isReadOnly());
            assertEquals(0, buffer.segment().address() % UNIT);
            assertEquals(1, mappings());
        }
        assertEquals(0, mappings());
    }

    @Test
    @DisplayName("has domain CACHE_LINE when the caller wraps its mapping")
    void wrappedMappingHasDomainCacheLine() throws IOException {
        try (OffHeapBuffer buffer = map(0, UNIT)) {
            MemorySegment raw =
                    MemorySegment.ofAddress(buffer.segment().address() + 77).reinterpret(5000);
            try (OffHeapBuffer wrapped = OffHeapBuffer.wrap(raw)) {
                assertEquals(DurabilityDomain.CACHE_LINE, wrapped.domain());
            }
        }
    }

    @Test
    @DisplayName("refuses an offset that is not aligned")
    void refusesAnOffsetThatIsNotAligned() {
        assertRefused("mapping 2,097,152 bytes at offset 4,096 of the device /dev/dax1.0: the"
                + " device's alignment is 2,097,152 bytes. Pass an offset and a size that are"
                + " multiples of it", 4096, UNIT);
    }

    @Test
    @DisplayName("refuses a size that is not aligned")
    void refusesASizeThatIsNotAligned() {
        assertRefused("mapping 2,101,248 bytes at offset 0 of the device /dev/dax1.0: the"
                + " device's alignment is 2,097,152 bytes. Pass an offset and a size that are"
                + " multiples of it", 0, UNIT + 4096);
    }

    @Test
    @DisplayName("refuses a part behind its end")
    void refusesAPartBehindTheEnd() throws IOException {
        assertRefused("mapping 4,194,304 bytes at offset %,d of the device /dev/dax1.0: the device"
                .formatted(capacity() - UNIT)
                + " has only %,d bytes. Map a part inside the device".formatted(capacity()),
                capacity() - UNIT, 2 * UNIT);
    }

    @Test
    @DisplayName("keeps its content when it is unmapped")
    void contentSurvivesUnmap() throws IOException {
        long last = capacity() - 1;
        byte before;
        try (OffHeapBuffer whole = map(0, capacity())) {
            before = whole.segment().get(ValueLayout.JAVA_BYTE, last);
            whole.segment().set(ValueLayout.JAVA_BYTE, last, (byte) ~before);
            whole.segment().set(ValueLayout.JAVA_BYTE, UNIT, before);
        }
        assertEquals(0, mappings());
        try (OffHeapBuffer end = map(capacity() - UNIT, UNIT);
                OffHeapBuffer second = map(UNIT, UNIT)) {
            assertEquals((byte) ~before, end.segment().get(ValueLayout.JAVA_BYTE, UNIT - 1));
            assertEquals(before, second.segment().get(ValueLayout.JAVA_BYTE, 0));
        }
    }

    @Test
    @DisplayName("needs no builder option for durable operations")
    void durableOperationsNeedNoOption() throws IOException {
        boolean lines = PmemLibrary.find().isPresent();
        for (Vdm mover : List.of(SyncDataMover.open(), ThreadsDataMover.open())) {
            try (mover;
                    OffHeapBuffer source = OffHeapBuffer.allocate(UNIT);
                    OffHeapBuffer buffer = map(0, UNIT)) {
                source.segment().fill((byte) 7);
                buffer.segment().fill((byte) 0);
                assertEquals(lines, mover.isSupported(VdmFlags.MEM_DURABLE, buffer.segment()));
                for (VdmFuture<VdmOutput> future : List.of(
                        mover.memcpy(buffer.segment(), source.segment(), VdmFlags.MEM_DURABLE),
                        mover.flush(buffer.slice(60, 100)))) {
                    future.busyPoll();
                    assertEquals(lines ? VdmResult.SUCCESS : VdmResult.UNSUPPORTED,
                            future.result(), future::toString);
                    assertTrue(lines || future.failure().getMessage().contains("libpmem.so.1"),
                            future::toString);
                }
                assertEquals(lines, buffer.segment().mismatch(source.segment()) == -1);
            }
        }
    }

    @Test
    @DisplayName("is found through a symbolic link")
    void symbolicLinkIsFollowed() throws IOException {
        Path link = Files.createSymbolicLink(DaxFiles.TMPFS.resolve("device"), DaxFiles.DEVICE);
        try (OffHeapBuffer buffer = OffHeapBuffer.mapDevice(link, UNIT, UNIT)) {
            assertEquals(DurabilityDomain.CACHE_LINE, buffer.domain());
        } finally {
            Files.delete(link);
        }
    }

    @Test
    @DisplayName("without its driver is refused with the call and the remedy")
    void deviceWithoutDriverIsRefused() throws IOException {
        Files.writeString(DRIVER.resolve("unbind"), "dax1.0");
        try {
            String reason =
                    assertThrows(FileSystemException.class, () -> map(0, UNIT)).getReason();
            assertEquals("mapping 2,097,152 bytes at offset 0 of the device /dev/dax1.0 failed:"
                    + " open: No such device or address. Check the permissions of the device and"
                    + " its mode (ndctl list, daxctl list) [VDM-MAPPING-FAILED]", reason);
        } finally {
            Files.writeString(DRIVER.resolve("bind"), "dax1.0");
        }
        map(0, UNIT).close();
    }

    @Test
    @DisplayName("cannot be mapped by the JDK")
    void jdkCannotMapIt() throws IOException {
        try (FileChannel channel = FileChannel.open(DaxFiles.DEVICE, StandardOpenOption.READ,
                StandardOpenOption.WRITE)) {
            assertThrows(IOException.class, () -> channel.map(MapMode.READ_WRITE, 0, UNIT));
        }
    }
}
