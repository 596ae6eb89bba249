package io.github.vdm4j.memory;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.github.vdm4j.DurabilityDomain;
import io.github.vdm4j.Vdm;
import io.github.vdm4j.VdmFlags;
import io.github.vdm4j.buffer.OffHeapBuffer;
import io.github.vdm4j.dml.ChildJvm;
import io.github.vdm4j.machine.DynamicLoader;
import io.github.vdm4j.memory.ffi.pmem_h;
import io.github.vdm4j.mover.SyncDataMover;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.channels.FileChannel;
import java.nio.channels.FileChannel.MapMode;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PmemLibraryTest {

    private static PmemLibrary library() {
        assumeTrue(PmemLibrary.find().isPresent(),
                () -> "needs libpmem: " + PmemLibrary.whyUnavailable().orElseThrow());
        return PmemLibrary.find().orElseThrow();
    }

    @Nested
    @DisplayName("The real libpmem")
    class Installed {
        @Test
        void libraryIsTheEngineOfThisMachine() {
            PmemLibrary library = library();
            assertEquals(library, Durability.system().lines());
            assertTrue(library.location().contains("libpmem"), library::location);
            assertTrue(PmemLibrary.whyUnavailable().isEmpty());
        }

        @Test
        void handlesHaveTheGeneratedShapes() throws IOException {
            library();
            // The generated class looks the function up in the libraries of this class loader.
            System.load(Files.readString(Path.of("/proc/self/maps"))
                    .lines()
                    .filter(line -> line.contains("/libpmem"))
                    .map(line -> line.substring(line.indexOf('/')))
                    .findFirst()
                    .orElseThrow());
            assertEquals(pmem_h.pmem_persist$descriptor(), PmemLibrary.shape());
            assertEquals(pmem_h.pmem_memmove_persist$descriptor(), PmemLibrary.memmoveShape());
            assertEquals(pmem_h.pmem_memset_persist$descriptor(), PmemLibrary.memsetShape());
        }

        @ParameterizedTest(name = "offset {0}, length {1}")
        @CsvSource({"0, 64", "0, 1", "63, 1", "63, 2", "1, 62", "17, 100000", "4095, 2"})
        void writeBackOfAnyRangeChangesNothing(int offset, int length) {
            try (Arena arena = Arena.ofShared()) {
                MemorySegment memory = arena.allocate(110_000, 64).fill((byte) 7);
                byte[] before = memory.toArray(ValueLayout.JAVA_BYTE);
                library().writeBack(memory.asSlice(offset, length));
                library().writeBack(memory.asSlice(offset, length).asReadOnly());
                assertArrayEquals(before, memory.toArray(ValueLayout.JAVA_BYTE));
            }
        }

        @ParameterizedTest(name = "offset {0}, length {1}")
        @CsvSource({"0, 64", "0, 1", "63, 2", "17, 50000", "4095, 2"})
        void copyAndFillWriteOnlyTheRange(int offset, int length) {
            try (Arena arena = Arena.ofShared()) {
                MemorySegment memory = arena.allocate(110_000, 64).fill((byte) 7);
                byte[] expected = memory.toArray(ValueLayout.JAVA_BYTE);
                for (int i = 0; i < length; i++) {
                    expected[offset + i] = (byte) i;
                }
                byte[] bytes = Arrays.copyOfRange(expected, offset, offset + length);
                MemorySegment source = arena.allocateFrom(ValueLayout.JAVA_BYTE, bytes);
                library().copy(memory.asSlice(offset, length), source.asReadOnly());
                assertArrayEquals(expected, memory.toArray(ValueLayout.JAVA_BYTE));

                Arrays.fill(expected, offset, offset + length, (byte) -3);
                library().fill(memory.asSlice(offset, length), (byte) -3);
                assertArrayEquals(expected, memory.toArray(ValueLayout.JAVA_BYTE));
            }
        }

        @Test
        void refusesTheHeap() {
            PmemLibrary library = library();
            MemorySegment heap = MemorySegment.ofArray(new byte[64]);
            assertThrows(IllegalArgumentException.class, () -> library.writeBack(heap));
        }

        @Test
        void refusesMemoryWhoseArenaIsClosed() {
            PmemLibrary library = library();
            Arena arena = Arena.ofShared();
            MemorySegment memory = arena.allocate(64);
            arena.close();
            assertThrows(IllegalStateException.class, () -> library.writeBack(memory));
        }

        @Test
        void refusesMemoryConfinedToAnotherThread() throws InterruptedException {
            PmemLibrary library = library();
            try (Arena arena = Arena.ofConfined()) {
                MemorySegment memory = arena.allocate(64);
                AtomicReference<Throwable> thrown = new AtomicReference<>();
                Thread.ofPlatform().start(() -> {
                    try {
                        library.writeBack(memory);
                    } catch (Throwable e) {
                        thrown.set(e);
                    }
                }).join();
                assertEquals(WrongThreadException.class, thrown.get().getClass());
            }
        }

        @Test
        @DisplayName("does not touch a missing page of a file (H28)")
        void missingPageIsNotTouched(@TempDir Path folder) throws IOException {
            library();
            Path file = Files.write(folder.resolve("file"), new byte[8192]);
            try (Arena arena = Arena.ofShared();
                    FileChannel channel =
                            FileChannel.open(file, StandardOpenOption.READ,
                                    StandardOpenOption.WRITE)) {
                MemorySegment mapped = channel.map(MapMode.READ_WRITE, 0, 8192, arena);
                channel.truncate(0);
                assertThrows(
                        io.github.vdm4j.machine.PageUnavailableException.class,
                        () -> Durability.system().writeBackLines(mapped));
            }
        }
    }

    @Nested
    @DisplayName("A library that cannot be used")
    class Unusable {
        @Test
        void missingFileIsReportedByTheLoader(@TempDir Path folder) {
            Path missing = folder.resolve("libpmem.so.1");
            var refused =
                    assertThrows(DynamicLoader.LoadException.class,
                            () -> PmemLibrary.open(missing.toString()));
            assertEquals("cannot open shared object file: No such file or directory",
                    refused.getMessage());
        }

        @Test
        void textFileIsReportedByTheLoader(@TempDir Path folder) throws IOException {
            Path text =
                    Files.writeString(folder.resolve("libpmem.so.1"),
                            "this is no library, though it is long enough");
            var refused = assertThrows(DynamicLoader.LoadException.class,
                    () -> PmemLibrary.open(text.toString()));
            assertTrue(refused.getMessage().matches("(file too short|invalid ELF header)"),
                    refused.getMessage());
        }

        @Test
        void missingFunctionIsNamed() throws IOException {
            Path other = Path.of(System.getProperty("java.home"), "lib", "libnet.so");
            assumeTrue(Files.exists(other), "needs a library of the JDK as an example");
            var refused = assertThrows(UnsatisfiedLinkError.class,
                    () -> PmemLibrary.open(other.toString()));
            assertEquals(other + " has no symbol pmem_persist: not a libpmem",
                    refused.getMessage());
        }

        @Test
        void emptyNameSwitchesTheLibraryOff() {
            var refused = assertThrows(UnsatisfiedLinkError.class, () -> PmemLibrary.open(""));
            assertEquals("switched off by vdm4j.pmem.library or VDM4J_PMEM_LIBRARY",
                    refused.getMessage());
        }
    }

    /** Prints the outcome of the search in a JVM. */
    static final class Outcome {
        private Outcome() {}

        public static void main(String[] arguments) {
            System.out.println(
                    "outcome: " + PmemLibrary.find()
                            + PmemLibrary.whyUnavailable()
                            + Durability.system().lines());
        }
    }

    /** Prints the message of a durable operation on cache lines. */
    static final class DurableFill {
        private DurableFill() {}

        public static void main(String[] arguments) {
            try (OffHeapBuffer lines = OffHeapBuffer.wrap(Arena.ofAuto().allocate(100),
                    DurabilityDomain.CACHE_LINE); Vdm mover = SyncDataMover.open()) {
                var fill = mover.memset(lines.segment(), (byte) 1, VdmFlags.MEM_DURABLE);
                fill.busyPoll();
                System.out.println(fill.failure().getMessage());
            }
        }
    }

    @Test
    void refusalNamesWhyTheLibraryIsMissing() {
        ChildJvm child = ChildJvm.onClassPath(Duration.ofMinutes(1),
                List.of("--enable-native-access=ALL-UNNAMED", "-Dvdm4j.pmem.library=/none.so"),
                DurableFill.class);
        assertEquals("memset of 100 bytes cannot be made durable: pure Java cannot write back the"
                + " cache lines of native memory, and libpmem is unavailable: /none.so: cannot open"
                + " shared object file: No such file or directory. Install libpmem.so.1, or use a"
                + " DmlDataMover and only segments off the heap.",
                child.output().strip(), child::toString);
    }

    private static void assertOutcome(String expected, String... options) {
        ChildJvm child =
                ChildJvm.onClassPath(Duration.ofMinutes(1), List.of(options), Outcome.class);
        assertEquals(0, child.exitCode(), child::toString);
        assertTrue(child.output().contains("outcome: " + expected), child::toString);
    }

    @Test
    @DisplayName("A JVM works without it: switched off, without native access, or with a wrong "
            + "file")
    void jvmWorksWithoutTheLibrary(@TempDir Path folder) {
        String access = "--enable-native-access=ALL-UNNAMED";
        assertOutcome("Optional.emptyOptional[switched off by", access, "-Dvdm4j.pmem.library=");
        assertOutcome(
                "Optional.emptyOptional[native access is not enabled for vdm4j",
                "--enable-native-access=java.base",
                "--illegal-native-access=deny");
        assertOutcome(
                "Optional.emptyOptional[" + folder.resolve("missing.so") + ": cannot open shared"
                        + " object file",
                access,
                "-Dvdm4j.pmem.library=" + folder.resolve("missing.so"));
        assertNull(Durability.withoutLibpmem().lines());
    }
}
