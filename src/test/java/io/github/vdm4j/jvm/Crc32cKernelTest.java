package io.github.vdm4j.jvm;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.github.vdm4j.operation.CrcOptions;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.zip.CRC32C;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.EdgeCasesMode;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * A comparison of the CRC with a bitwise division, for any seed, bypass, kind of memory and length.
 */
class Crc32cKernelTest {
    private static final byte[] CHECK = "123456789".getBytes(US_ASCII);

    private final Crc32cKernel kernel = new Crc32cKernel();

    @Provide
    Arbitrary<Integer> sizes() {
        return Noise.sizes();
    }

    @Provide
    Arbitrary<CrcOptions> options() {
        Arbitrary<Integer> seeds =
                Arbitraries.oneOf(Arbitraries.of(0, -1, 1, 1 << 31), Arbitraries.integers());
        Arbitrary<Boolean> either = Arbitraries.of(true, false);
        return Combinators.combine(seeds, either, either).as(CrcOptions::new);
    }

    /**
     * Computes the CRC bit by bit like the specification of DSA, with the register's highest bit
     * first.
     */
    private static int reference(byte[] bytes, CrcOptions options) {
        int register =
                options.bypassReflection() ? options.seed() : Integer.reverse(~options.seed());
        for (byte b : bytes) {
            int bits = b & 0xff;
            register ^=
                    (options.bypassDataReflection() ? bits : Integer.reverse(bits) >>> 24) << 24;
            for (int i = 0; i < 8; i++) {
                register = register < 0 ? register << 1 ^ 0x1edc6f41 : register << 1;
            }
        }
        return options.bypassReflection() ? register : ~Integer.reverse(register);
    }

    @ParameterizedTest(name = "bypass of reflection {0}, of data reflection {1}: {2}")
    @CsvSource({"false, false, e3069283", "true, false, 45fc71a", "false, true, a8f022a0",
        "true, true, c052a8c8"})
    void crcOfTheCheckStringMatches(boolean bypassReflection, boolean bypassDataReflection,
            String expected) {
        var options = new CrcOptions(0, bypassReflection, bypassDataReflection);
        assertEquals(expected,
                Integer.toHexString(kernel.crc(MemorySegment.ofArray(CHECK), options)));
        assertEquals(expected, Integer.toHexString(reference(CHECK, options)));
    }

    @Property(tries = 1_000, edgeCases = EdgeCasesMode.NONE)
    void crcMatchesABitwiseDivision(
            @ForAll("sizes") int size,
            @ForAll @IntRange(max = 15) int misalignment,
            @ForAll Placed.Kind kind,
            @ForAll("options") CrcOptions options,
            @ForAll long seed) {
        byte[] bytes = Noise.bytes(size, seed);
        assertEquals(
                reference(bytes, options),
                kernel.crc(Placed.of(kind, misalignment, bytes).segment(), options));
    }

    @Property(tries = 500, edgeCases = EdgeCasesMode.NONE)
    void copyHasTheSameCrc(
            @ForAll("sizes") int size,
            @ForAll @IntRange(max = 15) int misalignment,
            @ForAll Placed.Kind kind,
            @ForAll("options") CrcOptions options,
            @ForAll long seed) {
        byte[] bytes = Noise.bytes(size, seed);
        Placed destination =
                Placed.room(kind.isWritable() ? kind : Placed.Kind.NATIVE, 15 - misalignment, size);
        int crc = kernel.copy(destination.segment(), Placed.of(kind, misalignment, bytes).segment(),
                options);
        assertEquals(reference(bytes, options), crc);
        assertArrayEquals(bytes, destination.bytes());
    }

    @Property(tries = 500, edgeCases = EdgeCasesMode.NONE)
    void crcOfARangeIsTheSeedForTheNext(
            @ForAll("sizes") int size,
            @ForAll @IntRange(max = 40_000) int where,
            @ForAll("options") CrcOptions options,
            @ForAll long seed) {
        byte[] bytes = Noise.bytes(size, seed);
        int cut = size == 0 ? 0 : where % size;
        MemorySegment whole = MemorySegment.ofArray(bytes);
        int first = kernel.crc(whole.asSlice(0, cut), options);
        assertEquals(reference(bytes, options),
                kernel.crc(whole.asSlice(cut), options.withSeed(first)));
    }

    @Property(tries = 500, edgeCases = EdgeCasesMode.NONE)
    void combinedCrcMatchesBothRanges(
            @ForAll("sizes") int size,
            @ForAll @IntRange(max = 40_000) int where,
            @ForAll("options") CrcOptions options,
            @ForAll long seed) {
        byte[] bytes = Noise.bytes(size, seed);
        int cut = size == 0 ? 0 : where % size;
        int first = reference(Arrays.copyOf(bytes, cut), options);
        int second = reference(Arrays.copyOfRange(bytes, cut, size), options.withSeed(0));
        assertEquals(reference(bytes, options),
                Crc32cKernel.combine(first, second, size - cut, options));
    }

    /**
     * x to the power of 2^31 - 1 is 1 modulo the polynomial. 2^62 zero bytes therefore have the
     * effect of a single zero byte.
     */
    @Property(tries = 100, edgeCases = EdgeCasesMode.NONE)
    void hugeLengthsCombine(@ForAll int first) {
        CrcOptions options = CrcOptions.STANDARD;
        int behindOne = Crc32cKernel.combine(first, 0, 1, options);
        assertEquals(behindOne, Crc32cKernel.combine(first, 0, 1L << 62, options));
        assertEquals(first, Crc32cKernel.combine(first, 0, Integer.MAX_VALUE, options));
    }

    @Test
    void copyInPiecesHasOneCrc() {
        byte[] bytes = Noise.bytes((1 << 18) + 77, 5);
        CRC32C expected = new CRC32C();
        expected.update(bytes);
        Placed destination = Placed.room(Placed.Kind.NATIVE, 1, bytes.length);
        int crc = kernel.copy(
                destination.segment(), Placed.of(Placed.Kind.NATIVE, 3, bytes).segment(),
                CrcOptions.STANDARD);
        assertEquals((int) expected.getValue(), crc);
        assertArrayEquals(bytes, destination.bytes());
    }

    private static MemorySegment mapped(Path folder, long size, long then, Arena arena)
            throws IOException {
        try (RandomAccessFile file =
                new RandomAccessFile(folder.resolve("mapped").toFile(), "rw")) {
            file.setLength(size);
            MemorySegment segment =
                    file.getChannel().map(FileChannel.MapMode.READ_WRITE, 0, size, arena);
            file.setLength(then);
            return segment;
        }
    }

    /** The JDK's CRC32C ends the JVM with SIGBUS here. */
    @Test
    void h28TruncatedMappingIsAnErrorAndNoCrash(@TempDir Path folder) throws IOException {
        try (Arena arena = Arena.ofShared()) {
            MemorySegment cut = mapped(folder, 1 << 20, 4_096, arena);
            assertThrows(InternalError.class, () -> {
                kernel.crc(cut, CrcOptions.STANDARD);
                Thread.holdsLock(this); // Compiled code may throw only after a native call.
            });
            byte[] bytes = new byte[4_096];
            assertEquals(
                    reference(bytes, CrcOptions.STANDARD),
                    kernel.crc(cut.asSlice(0, 4_096), CrcOptions.STANDARD));
        }
    }

    /** Reads a sparse file like native memory, because the file needs no memory. */
    @Test
    @Tag("slow")
    @Timeout(120)
    void crcCoversMoreThanFourGigabytes(@TempDir Path folder) throws IOException {
        long size = (4L << 30) + 4_096;
        try (Arena arena = Arena.ofShared()) {
            MemorySegment zeros = mapped(folder, size, size, arena);
            CRC32C expected = new CRC32C();
            byte[] page = new byte[4_096];
            for (long done = 0; done < size; done += page.length) {
                expected.update(page);
            }
            assertEquals((int) expected.getValue(), kernel.crc(zeros, CrcOptions.STANDARD));
            assertEquals((int) expected.getValue(),
                    kernel.crc(zeros.reinterpret(size), CrcOptions.STANDARD));
        }
    }
}
