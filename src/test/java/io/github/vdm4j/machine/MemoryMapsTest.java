package io.github.vdm4j.machine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.github.vdm4j.buffer.OffHeapBuffer;
import io.github.vdm4j.machine.MemoryMaps.Backing;
import io.github.vdm4j.machine.MemoryMaps.Line;
import io.github.vdm4j.machine.MemoryMaps.Mapping;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.channels.FileChannel;
import java.nio.channels.FileChannel.MapMode;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class MemoryMapsTest {
    private static final Path IO = Path.of("/proc/thread-self/io");

    /** A list in the kernel's format. Between head and flags it lists only two of the lines. */
    private static final List<String> SMAPS = """
            7f0000000000-7f0000010000 rw-s 00000000 103:01 12 /data/file with spaces
            Size:                 64 kB
            VmFlags: rd wr sh mr mw me ms sd
            7f0000010000-7f0000020000 rw-s 00010000 103:01 13 /data/other (deleted)
            Size:                 64 kB
            VmFlags: rd wr sh mr mw me ms sd
            7f0000020000-7f0000030000 rw-s 00000000 103:01 14 /pmem/file
            VmFlags: rd wr sh mr mw me ms sf sd hg
            7f0000030000-7f0000040000 rw-s 00000000 00:06 15 /dev/dax0.0
            VmFlags: rd wr sh mr mw me ms sd
            7f0000050000-7f0000060000 rw-p 00000000 00:00 0\s
            VmFlags: rd wr mr mw me ac sd
            7f0000060000-7f0000070000 rw-p 00000000 103:01 12 /data/file with spaces
            VmFlags: rd wr mr mw me ac sd
            7f0000070000-7f0000080000 rw-s 00000000 00:01 16 /memfd:name (deleted)
            VmFlags: rd wr sh mr mw me ms sd
            7f0000080000-7f0000090000 rw-s 00000000 00:1b 17 /dev/shm/name
            VmFlags: rd wr sh mr mw me ms sd
            7f0000090000-7f00000a0000 rw-s 00000000 00:01 18 /SYSV00000000 (deleted)
            VmFlags: rd wr sh mr mw me ms sd
            7f00000a0000-7f00000b0000 rw-s 00000000 00:0f 19 /anon_hugepage (deleted)
            VmFlags: rd wr sh mr mw me ms de ht sd
            7f00000b0000-7f00000c0000 rw-p 00000000 00:00 0 [stack]
            VmFlags: rd wr mr mw me gd ac
            7f00000c0000-7f00000d0000 r--s 00000000 103:01 20 /pmem/a file sf
            VmFlags: rd sh mr mw me ms sd
            ffffffffff600000-ffffffffff601000 --xp 00000000 00:00 0 [vsyscall]
            VmFlags: ex
            """.lines().toList();

    private static final List<String> MOUNTS = """
            21 1 103:1 / / rw,relatime shared:1 - ext4 /dev/root rw
            24 1 0:16 / /dev/hugepages rw - hugetlbfs hugetlbfs rw
            25 1 0:27 / /dev/shm rw,nosuid shared:3 - tmpfs tmpfs rw
            26 1 0:28 / /merged rw - overlay overlay rw
            """.lines().toList();

    private static Mapping find(long offset, long length) {
        return MemoryMaps.find(0x7f00_0000_0000L + offset, length, MemoryMaps.parse(SMAPS), MOUNTS);
    }

    private static Backing of(long offset, long length) {
        return find(offset, length).backing();
    }

    @ParameterizedTest(name = "+{0}: {1}")
    @CsvSource({"0, PAGE_CACHE", "1, PAGE_CACHE", "2, SYNCHRONOUS_FILE", "3, DAX_DEVICE",
        "5, MEMORY", "6, PRIVATE_FILE",
        "7, VOLATILE_FILE", "8, VOLATILE_FILE", "9, MEMORY", "10, MEMORY", "11, MEMORY",
        "12, PAGE_CACHE"})
    void backingOfEachKindIsFound(int mapping, Backing expected) {
        long start = mapping * 0x10000L;
        assertEquals(expected, of(start, 1));
        assertEquals(expected, of(start, 0x10000));
        assertEquals(expected, of(start + 0xffff, 1));
    }

    @Test
    void rangeOverTwoMappingsOfOneKindHasTheKind() {
        assertEquals(Backing.PAGE_CACHE, of(0xffff, 2));
        assertEquals(Backing.VOLATILE_FILE, of(0x7ffff, 0x10000));
    }

    @Test
    void fileIsIdentifiedByDeviceAndInode() {
        assertEquals("103:01 12", find(0, 1).file());
        assertEquals("/data/file with spaces", find(0, 1).path());
        assertEquals(0x7f00_0000_0000L, find(1, 1).start());
        assertEquals(0x7f00_0001_0000L, find(1, 1).end());
        assertNull(find(0xffff, 2).file());
        assertNull(find(0x50000, 1).file());
    }

    @Test
    void aRangeOverTwoKindsIsUnknown() {
        assertEquals(Backing.UNKNOWN, of(0x1ffff, 2));
        assertEquals(Backing.UNKNOWN, of(0x2ffff, 2));
        assertEquals(Backing.UNKNOWN, of(0, 0x30000));
    }

    @ParameterizedTest(name = "+{0}, {1} bytes")
    @CsvSource({"0x40000, 1", "0x3ffff, 2", "0x4ffff, 2", "0xfffff, 1", "-1, 2",
        "0x3ffff, 0x10002"})
    void aRangeWithAGapIsUnknown(String offset, String length) {
        assertEquals(Backing.UNKNOWN, of(Long.decode(offset), Long.decode(length)));
    }

    @Test
    void listWithoutFlagsLacksOnlyMapSync() {
        List<String> maps = SMAPS.stream()
                .filter(line -> !line.contains(":  ")
                        && !line.startsWith("VmFlags"))
                .toList();
        assertEquals(Backing.PAGE_CACHE,
                MemoryMaps.find(0x7f00_0002_0000L, 1, MemoryMaps.parse(maps), MOUNTS).backing());
        assertEquals(Backing.UNKNOWN,
                MemoryMaps.find(0x7f00_0000_0000L, 1, List.of(), MOUNTS).backing());
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void listOfTheKernelIsParsed(boolean write, @TempDir Path folder) throws IOException {
        assumeTrue(PlatformName.isLinuxX64(), "asks /proc/self/smaps");
        Path file = Files.write(folder.resolve("a file"), new byte[10_000]);
        try (Arena arena = Arena.ofShared();
                FileChannel channel =
                        FileChannel.open(file, StandardOpenOption.READ, StandardOpenOption.WRITE)) {
            MemorySegment shared =
                    channel.map(write ? MapMode.READ_WRITE : MapMode.READ_ONLY, 0, 10_000, arena);
            for (boolean flags : new boolean[]{false, true}) {
                assertEquals(Backing.PAGE_CACHE, ask(shared, flags));
                MemorySegment own = channel.map(MapMode.PRIVATE, 0, 10_000, arena);
                assertEquals(Backing.PRIVATE_FILE, ask(own, flags));
                assertEquals(Backing.MEMORY, ask(arena.allocate(100), flags));
                assertEquals(Backing.UNKNOWN,
                        ask(MemorySegment.ofAddress(8).reinterpret(8), flags));
            }
        }
    }

    private static Backing ask(MemorySegment segment, boolean flags) {
        long address = segment.address();
        long length = segment.byteSize();
        Mapping mapping = flags
                ? MemoryMaps.findWithFlags(address, length)
                : MemoryMaps.find(address, length);
        assertTrue(mapping.start() <= address && mapping.end() >= address + length);
        return mapping.backing();
    }

    @Test
    void queryAnswersLikeTheList(@TempDir Path folder) throws IOException {
        String letter = "\u00e4";
        boolean encodable = Charset.forName(System.getProperty("sun.jnu.encoding"))
                .newEncoder()
                .canEncode(letter);
        Path file = folder.resolve("a file (deleted)" + (encodable ? letter : ""));
        Path deleted = folder.resolve("deleted");
        try (Arena arena = Arena.ofShared()) {
            MemorySegment[] segments = {
                mapped(file, MapMode.READ_WRITE, arena), mapped(file, MapMode.PRIVATE, arena),
                mapped(deleted, MapMode.READ_WRITE, arena), arena.allocate(64)};
            Files.delete(deleted);
            for (MemorySegment segment : segments) {
                long address = segment.address() + 1;
                List<Line> answer = MappingQuery.lines(address, 60);
                assumeTrue(answer != null, "the kernel or Java refuses the query");
                List<String> list = Files.readAllLines(Path.of("/proc/self/maps"),
                        StandardCharsets.ISO_8859_1);
                assertEquals(MemoryMaps.find(address, 60, MemoryMaps.parse(list), MOUNTS),
                        MemoryMaps.find(address, 60, answer, MOUNTS));
                assertEquals(1, answer.size());
            }
        }
    }

    @Test
    void queryOfUnmappedAddressesHasNoAnswer() {
        assertNull(MappingQuery.lines(0, 1));
    }

    /** A machine that runs containers can have hundreds of mounts. */
    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void mappingAFileReadsNoListOfMounts(boolean write, @TempDir Path folder) throws IOException {
        Path file = Files.write(folder.resolve("file"), new byte[4096]);
        assertReadsLess("/proc/self/mountinfo", file, () -> {
            try {
                (write ? OffHeapBuffer.map(file, 0, 4096)
                        : OffHeapBuffer.mapReadOnly(file, 0, 4096)).close();
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        });
    }

    /** A process with a large heap needs long for the list. */
    @Test
    void wrappingAMappedFileReadsNoFlags(@TempDir Path folder) throws IOException {
        Path file = folder.resolve("file");
        try (Arena arena = Arena.ofShared()) {
            MemorySegment mapped = mapped(file, MapMode.READ_WRITE, arena);
            long device = (long) Files.getAttribute(file, "unix:dev");
            assumeTrue("0".equals(SystemFiles.text(Path.of("/sys/dev/block/%d:%d/queue/dax"
                    .formatted(device >> 8 & 0xfff, device & 0xff)))), "may be persistent memory");
            assertReadsLess("/proc/self/smaps", file, () -> OffHeapBuffer.wrap(mapped).close());
        }
    }

    /** Asserts that the thread reads fewer bytes than a list of the kernel has. */
    private static void assertReadsLess(String list, Path file, Runnable call)
            throws IOException {
        assumeTrue(Files.isReadable(IO), "the kernel counts no bytes");
        assumeTrue(MappingQuery.lines(Arena.global().allocate(1).address(), 1) != null,
                "the kernel or Java refuses the query");
        assumeTrue(((long) Files.getAttribute(file, "unix:dev") >> 8 & 0xfff) != 0,
                "the folder is not on a block device");
        call.run(); // loads the classes
        long before = bytesRead();
        call.run();
        long read = bytesRead() - before;
        long most = Files.readString(Path.of(list), StandardCharsets.ISO_8859_1).length();
        assertTrue(read < most, () -> read + " bytes were read, the list has " + most);
    }

    private static long bytesRead() throws IOException {
        String first = Files.readAllLines(IO).getFirst();
        return Long.parseLong(first.substring("rchar: ".length()));
    }

    private static MemorySegment mapped(Path file, MapMode mode, Arena arena)
            throws IOException {
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.CREATE,
                StandardOpenOption.READ, StandardOpenOption.WRITE)) {
            return channel.map(mode, 0, 10_000, arena);
        }
    }
}
