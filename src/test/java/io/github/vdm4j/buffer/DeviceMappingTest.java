package io.github.vdm4j.buffer;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.github.vdm4j.DurabilityDomain;
import io.github.vdm4j.VdmFlags;
import io.github.vdm4j.VdmResult;
import io.github.vdm4j.machine.PlatformName;
import io.github.vdm4j.mover.ThreadsDataMover;
import java.io.IOException;
import java.net.URI;
import java.nio.file.FileSystem;
import java.nio.file.FileSystemException;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Mappings of device DAX. The tests have no such device. They use /dev/zero, because a shared
 * mapping of it is also memory. A folder instead of sysfs describes it like a device DAX.
 */
class DeviceMappingTest {
    private static final Path ZERO = Path.of("/dev/zero");
    private static final long ALIGNMENT = 2L << 20;

    @TempDir private Path sys;

    @BeforeEach
    void describeZero() throws IOException {
        assumeTrue(PlatformName.nativeCallsAllowed() && Files.exists(ZERO));
        Files.createDirectories(sys.resolve("bus/dax"));
        Path folder = Files.createDirectories(sys.resolve("dev/char/1:5"));
        Files.createSymbolicLink(folder.resolve("subsystem"), Path.of("../../../bus/dax"));
        Files.writeString(folder.resolve("align"), ALIGNMENT + "\n");
        Files.writeString(folder.resolve("size"), 16 * ALIGNMENT + "\n");
    }

    private OffHeapBuffer map(long offset, long size) throws IOException {
        return new DeviceMapping(ZERO, offset, size, sys).map();
    }

    @Test
    void mapsMemoryOfDomainCacheLine() throws IOException {
        try (OffHeapBuffer buffer = map(0, 2 * ALIGNMENT);
                OffHeapBuffer source = OffHeapBuffer.allocate(2 * ALIGNMENT);
                ThreadsDataMover mover = ThreadsDataMover.open()) {
            assertEquals(DurabilityDomain.CACHE_LINE, buffer.domain());
            assertEquals(2 * ALIGNMENT, buffer.byteSize());
            assertEquals(0, buffer.segment().address() % 4_096);
            source.segment().fill((byte) 7);
            mover.memcpy(buffer.segment(), source.segment()).await();
            assertEquals(-1, buffer.segment().mismatch(source.segment()));
            boolean lines = mover.isSupported(VdmFlags.MEM_DURABLE, buffer.segment());
            var durable = mover.memcpy(buffer.slice(64, 64), source.slice(0, 64),
                    VdmFlags.MEM_DURABLE);
            durable.busyPoll();
            assertEquals(lines ? VdmResult.SUCCESS : VdmResult.UNSUPPORTED, durable.result());
        }
    }

    /** The digits of this language are different. The names in sysfs are not. */
    @Test
    void findsTheDeviceInEveryLocale() throws IOException {
        Locale before = Locale.getDefault();
        Locale.setDefault(Locale.forLanguageTag("fa"));
        try (OffHeapBuffer buffer = map(0, ALIGNMENT)) {
            assertEquals(DurabilityDomain.CACHE_LINE, buffer.domain());
        } finally {
            Locale.setDefault(before);
        }
    }

    @Test
    void closeUnmapsThePart() throws IOException {
        OffHeapBuffer buffer = map(ALIGNMENT, ALIGNMENT);
        String begin = "%x-".formatted(buffer.segment().address());
        assertTrue(Files.readString(Path.of("/proc/self/maps")).contains(begin));
        buffer.close();
        assertTrue(Files.readAllLines(Path.of("/proc/self/maps"))
                .stream()
                .noneMatch(line -> line.startsWith(begin) && line.endsWith("/dev/zero")));
    }

    @Test
    void refusesPartsThatAreNotAligned() {
        String why = " of the device /dev/zero: the device's alignment is 2,097,152 bytes. Pass an"
                + " offset and a size that are multiples of it [VDM-MAPPING-FAILED]";
        assertEquals("mapping 4,096 bytes at offset 0" + why,
                assertThrows(IllegalArgumentException.class, () -> map(0, 4_096)).getMessage());
        assertEquals("mapping 2,097,152 bytes at offset 64" + why,
                assertThrows(IllegalArgumentException.class, () -> map(64, ALIGNMENT))
                        .getMessage());
    }

    @Test
    void refusesPartsBehindTheEnd() {
        assertEquals("mapping 4,194,304 bytes at offset 31,457,280 of the device /dev/zero:"
                + " the device has only 33,554,432 bytes. Map a part inside the device "
                + "[VDM-MAPPING-FAILED]",
                assertThrows(IllegalArgumentException.class,
                        () -> map(15 * ALIGNMENT, 2 * ALIGNMENT)).getMessage());
        for (long size : new long[]{0, -1, Long.MIN_VALUE}) {
            assertThrows(IllegalArgumentException.class, () -> map(0, size));
        }
        assertThrows(IllegalArgumentException.class, () -> map(-ALIGNMENT, ALIGNMENT));
        assertThrows(IllegalArgumentException.class, () -> map(Long.MAX_VALUE, ALIGNMENT));
    }

    @Test
    void refusesARegularFile() throws IOException {
        Path file = Files.createFile(sys.resolve("file"));
        String message = assertThrows(FileSystemException.class,
                () -> OffHeapBuffer.mapDevice(file, 0, ALIGNMENT)).getReason();
        assertTrue(message.endsWith("failed: the path is not a character device. Pass a device such"
                + " as /dev/dax0.0, or map a file with OffHeapBuffer.map [VDM-MAPPING-FAILED]"),
                message);
    }

    @Test
    void refusesAnotherDevice() {
        String message = assertThrows(FileSystemException.class,
                () -> OffHeapBuffer.mapDevice(Path.of("/dev/null"), 0, ALIGNMENT)).getReason();
        assertTrue(message.contains("the device is not a device DAX: its subsystem is "), message);
    }

    @Test
    void refusesAPathInsideAnArchive() throws IOException {
        URI archive = URI.create("jar:" + sys.resolve("z.zip").toUri());
        try (FileSystem zip = FileSystems.newFileSystem(archive, Map.of("create", "true"))) {
            Path inside = zip.getPath("/dev/zero");
            assertEquals("mapping 2,097,152 bytes at offset 0 of the device /dev/zero: the path"
                    + " belongs to the file system \"jar\". Pass a device such as /dev/dax0.0"
                    + " [VDM-MAPPING-FAILED]",
                    assertThrows(IllegalArgumentException.class,
                            () -> OffHeapBuffer.mapDevice(inside, 0, ALIGNMENT)).getMessage());
        }
    }

    @Test
    void refusesAMissingDevice() {
        assertThrows(NoSuchFileException.class,
                () -> OffHeapBuffer.mapDevice(Path.of("/dev/dax-that-is-missing"), 0, ALIGNMENT));
    }
}
