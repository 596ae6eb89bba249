package io.github.vdm4j.jvm;

import static io.github.vdm4j.operation.DifFlag.SOURCE_F_DETECT_ALL;
import static io.github.vdm4j.operation.DifFlag.SOURCE_F_DETECT_APPLICATION_TAG;
import static io.github.vdm4j.operation.DifFlag.SOURCE_F_DETECT_TAGS;
import static io.github.vdm4j.operation.DifFlag.SOURCE_F_ENABLE_ERROR;
import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import io.github.vdm4j.operation.DifBlockSize;
import io.github.vdm4j.operation.DifConfig;
import io.github.vdm4j.operation.DifFlag;
import io.github.vdm4j.operation.DifTags;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.EdgeCasesMode;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.Tuple;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** The protection of blocks, compared with DSA's specification for every flag, tag and mask. */
class DifKernelTest {

    /** The damage to a block of a correctly protected source. */
    enum Damage {
        NONE,
        DATA,
        GUARD,
        APPLICATION,
        REFERENCE,
        ALL_BITS,
        BOTH_TAGS_ALL_BITS,
        APPLICATION_ALL_BITS
    }

    /** A configuration, a source with that protection, and damage. */
    record Case(DifConfig config, int blocks, List<Damage> damage, Placed.Kind kind,
            int misalignment, long seed) {
        byte[] protectedSource() {
            DifReference reference = new DifReference(new DifConfig(
                    config.blockSize(), DifTags.ZERO, config.source(),
                    asDestination(config.flags())));
            byte[] source = reference.insert(data());
            int whole = config.blockSize().bytes() + 8;
            var random = new SplittableRandom(seed);
            for (int i = 0; i < blocks; i++) {
                int at = i * whole;
                int tags = at + whole - 8;
                if (random.nextBoolean()) { // Masked bits may have any value.
                    source[tags + 2] ^=
                            (byte) (random.nextInt() & config.source().applicationMask() >> 8);
                    source[tags + 3] ^=
                            (byte) (random.nextInt() & config.source().applicationMask());
                }
                switch (damage.get(i % damage.size())) {
                    case NONE -> {}
                    case DATA ->
                        source[at + random.nextInt(whole - 8)] ^= (byte) random.nextInt(1, 256);
                    case GUARD -> source[tags + random.nextInt(2)] ^= (byte) random.nextInt(1, 256);
                    case APPLICATION ->
                        source[tags + 2 + random.nextInt(2)] ^= (byte) random.nextInt(1, 256);
                    case REFERENCE ->
                        source[tags + 4 + random.nextInt(4)] ^= (byte) random.nextInt(1, 256);
                    case ALL_BITS -> Arrays.fill(source, tags, tags + 8, (byte) -1);
                    case BOTH_TAGS_ALL_BITS -> Arrays.fill(source, tags + 2, tags + 8, (byte) -1);
                    case APPLICATION_ALL_BITS -> Arrays.fill(source, tags + 2, tags + 4, (byte) -1);
                }
            }
            return source;
        }

        byte[] data() {
            return Noise.bytes(blocks * config.blockSize().bytes(), seed);
        }

        private static Set<DifFlag> asDestination(Set<DifFlag> flags) {
            var made = new HashSet<DifFlag>(flags);
            made.removeIf(flag -> flag.name().startsWith("DESTINATION"));
            if (flags.contains(DifFlag.SOURCE_INCREMENTING_APPLICATION_TAG)) {
                made.add(DifFlag.DESTINATION_INCREMENTING_APPLICATION_TAG);
            }
            if (flags.contains(DifFlag.SOURCE_FIXED_REFERENCE_TAG)) {
                made.add(DifFlag.DESTINATION_FIXED_REFERENCE_TAG);
            }
            return made;
        }

        Placed source(byte[] bytes) {
            return Placed.of(kind, misalignment, bytes);
        }

        Placed room(int size) {
            return Placed.room(kind.isWritable() ? kind : Placed.Kind.BYTES, 15 - misalignment,
                    size);
        }
    }

    @Provide
    Arbitrary<Case> cases() {
        Arbitrary<Integer> words = Arbitraries.oneOf(
                Arbitraries.of(0, 0xffff, 0xfffe, 0x00ff),
                Arbitraries.integers().between(0, 0xffff));
        Arbitrary<Integer> references =
                Arbitraries.oneOf(Arbitraries.of(0, -1, -2), Arbitraries.integers());
        Arbitrary<DifTags> tags = Combinators.combine(references, words, words).as(DifTags::new);
        Arbitrary<DifConfig> configs = Combinators
                .combine(Arbitraries.of(DifBlockSize.class), tags, tags,
                        Arbitraries.of(DifFlag.class).set())
                .as(DifConfig::new);
        Arbitrary<List<Damage>> damage = Arbitraries.frequency(
                Tuple.of(10, Damage.NONE),
                Tuple.of(1, Damage.DATA),
                Tuple.of(1, Damage.GUARD),
                Tuple.of(1, Damage.APPLICATION),
                Tuple.of(1, Damage.REFERENCE),
                Tuple.of(1, Damage.ALL_BITS),
                Tuple.of(1, Damage.BOTH_TAGS_ALL_BITS),
                Tuple.of(1, Damage.APPLICATION_ALL_BITS)).list().ofMinSize(1).ofMaxSize(6);
        return Combinators
                .combine(
                        configs,
                        Arbitraries.integers().between(0, 6),
                        damage,
                        Arbitraries.of(Placed.Kind.class),
                        Arbitraries.integers().between(0, 15),
                        Arbitraries.longs())
                .as(Case::new);
    }

    private static long blocksBefore(Case with, DifReference.Found found) {
        return found == DifReference.Found.NOTHING
                ? with.blocks()
                : found.offset() / (with.config().blockSize().bytes() + 8);
    }

    @Property(tries = 2_000, edgeCases = EdgeCasesMode.NONE)
    void checkFindsTheFirstBadBlockAndItsErrors(@ForAll("cases") Case with) {
        byte[] source = with.protectedSource();
        assertEquals(
                new DifReference(with.config()).check(source),
                DifReference.Found
                        .of(DifKernel.strip(null, with.source(source).segment(), with.config())));
    }

    @Property(tries = 1_000, edgeCases = EdgeCasesMode.NONE)
    void insertAddsTheProtectionToEachBlock(@ForAll("cases") Case with) {
        byte[] data = with.data();
        Placed destination = with.room(data.length + 8 * with.blocks());
        DifKernel.insert(destination.segment(), with.source(data).segment(), with.config());
        assertArrayEquals(new DifReference(with.config()).insert(data), destination.bytes());
    }

    @Property(tries = 1_000, edgeCases = EdgeCasesMode.NONE)
    void stripChecksAndKeepsOnlyTheData(@ForAll("cases") Case with) {
        byte[] source = with.protectedSource();
        DifReference reference = new DifReference(with.config());
        Placed destination = with.room(with.data().length);
        long found = DifKernel.strip(destination.segment(), with.source(source).segment(),
                with.config());
        DifReference.Found expected = reference.check(source);
        assertEquals(expected, DifReference.Found.of(found));
        assertArrayEquals(reference.strip(source, blocksBefore(with, expected)),
                destination.bytes());
    }

    @Property(tries = 2_000, edgeCases = EdgeCasesMode.NONE)
    void updateChecksAndWritesTheNewProtection(@ForAll("cases") Case with) {
        byte[] source = with.protectedSource();
        DifReference reference = new DifReference(with.config());
        Placed destination = with.room(source.length);
        long found = DifKernel.update(destination.segment(), with.source(source).segment(),
                with.config());
        DifReference.Found expected = reference.check(source);
        assertEquals(expected, DifReference.Found.of(found));
        assertArrayEquals(reference.update(source, blocksBefore(with, expected)),
                destination.bytes());
    }

    @Test
    void guardOfTheCheckStringMatches() {
        byte[] padded = new byte[16]; // Zeros at the beginning do not change the guard.
        System.arraycopy("123456789".getBytes(US_ASCII), 0, padded, 7, 9);
        assertEquals(0xd0db, T10Crc.of(MemorySegment.ofArray(padded), 0, 16, 0));
        assertEquals(0xd0db, DifReference.crc(padded, 0));
    }

    @Test
    void protectionIsInBigEndianOrder() {
        byte[] data = new byte[512];
        System.arraycopy("123456789".getBytes(US_ASCII), 0, data, 503, 9);
        byte[] destination = new byte[520];
        DifConfig config =
                DifConfig.of(DifBlockSize.BYTES_512)
                        .withDestination(new DifTags(0x01020304, 0xa5b6, 0x0f00));
        DifKernel.insert(MemorySegment.ofArray(destination), MemorySegment.ofArray(data), config);
        assertEquals("d0dba0b601020304", HexFormat.of().formatHex(destination, 512, 520));
        assertArrayEquals(data, Arrays.copyOf(destination, 512));
    }

    /**
     * DML's software path requires that all bits of the tag are equal. With a mask of 0 it checks
     * no bit.
     */
    @ParameterizedTest(name = "tag {0}, mask {1}, found {2}: errors {3}")
    @CsvSource({
        "0x1234, 0x0000, 0x1234, 0",
        "0x1234, 0x0000, 0x1235, 2",
        "0x1234, 0x00ff, 0x12ff, 0",
        "0x1234, 0x00ff, 0x1334, 2",
        "0x1234, 0xffff, 0xabcd, 0"
    })
    void maskedBitsOfTheTagAreNotChecked(int application, int mask, int found,
            int errors) {
        assertEquals(errors,
                checkOfOneBlock(new DifTags(0, application, mask), (long) found << 32));
    }

    /** Returns a block of zeros with the given protection. The guard of such a block is 0. */
    private static int checkOfOneBlock(DifTags tags, long protection, DifFlag... flags) {
        byte[] source = new byte[520];
        for (int i = 0; i < 8; i++) {
            source[512 + i] = (byte) (protection >>> 56 - 8 * i);
        }
        var config = DifConfig.of(DifBlockSize.BYTES_512).withSource(tags).withFlags(flags);
        return DifReference.Found.of(DifKernel.strip(null, MemorySegment.ofArray(source), config))
                .errors();
    }

    /** DML's software path checks such a block unless the flags make it an error. */
    @Test
    void protectionOfOnesIsExemptOrAnError() {
        assertEquals(7, checkOfOneBlock(DifTags.ZERO, -1));
        assertEquals(7, checkOfOneBlock(DifTags.ZERO, -1, SOURCE_F_ENABLE_ERROR));
        assertEquals(0, checkOfOneBlock(DifTags.ZERO, -1, SOURCE_F_DETECT_ALL));
        assertEquals(8,
                checkOfOneBlock(DifTags.ZERO, -1, SOURCE_F_DETECT_ALL, SOURCE_F_ENABLE_ERROR));
        assertEquals(7,
                checkOfOneBlock(DifTags.ZERO, -2, SOURCE_F_DETECT_ALL, SOURCE_F_ENABLE_ERROR));
    }

    @Test
    void tagsOfOnesExemptTheBlock() {
        assertEquals(0,
                checkOfOneBlock(DifTags.ZERO, 0xabcd_ffff_ffff_ffffL, SOURCE_F_DETECT_TAGS));
        assertEquals(7,
                checkOfOneBlock(DifTags.ZERO, 0xabcd_ffff_ffff_fffeL, SOURCE_F_DETECT_TAGS));
        assertEquals(0, checkOfOneBlock(DifTags.ZERO, 0xabcd_ffff_ffff_fffeL,
                SOURCE_F_DETECT_APPLICATION_TAG));
        assertEquals(7, checkOfOneBlock(DifTags.ZERO, 0xabcd_fffe_ffff_ffffL,
                SOURCE_F_DETECT_APPLICATION_TAG));
    }

    @ParameterizedTest
    @EnumSource
    void tagsWrapAround(DifBlockSize size) {
        DifTags last = new DifTags(-1, 0xffff, 0);
        var config = DifConfig.of(size)
                .withSource(last)
                .withDestination(last)
                .withFlags(
                        DifFlag.SOURCE_INCREMENTING_APPLICATION_TAG,
                        DifFlag.DESTINATION_INCREMENTING_APPLICATION_TAG);
        byte[] destination = new byte[2 * (size.bytes() + 8)];
        DifKernel.insert(
                MemorySegment.ofArray(destination),
                MemorySegment.ofArray(new byte[2 * size.bytes()]), config);
        assertEquals("0000000000000000",
                HexFormat.of().formatHex(destination, destination.length - 8, destination.length));
        assertEquals(-1, DifKernel.strip(null, MemorySegment.ofArray(destination), config));
    }
}
