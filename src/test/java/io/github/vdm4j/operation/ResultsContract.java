package io.github.vdm4j.operation;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.vdm4j.ExecutionPath;
import io.github.vdm4j.VdmFlags;
import io.github.vdm4j.VdmFuture;
import io.github.vdm4j.VdmOperationType;
import io.github.vdm4j.VdmOutput;
import io.github.vdm4j.VdmResult;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.zip.CRC32C;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The contract of the results of each operation. */
// javac treats this class like the API of an exported package.
@SuppressWarnings({"exports", "missing-explicit-ctor"})
public abstract class ResultsContract extends OperationsFixture {
    private static final long PATTERN = 0x0807060504030201L;

    @Test
    @DisplayName("nop succeeds and has no destination")
    public void nopSucceedsWithoutADestination() {
        VdmFuture<VdmOutput> nop = mover().nop();
        VdmOutput output = run(nop);
        assertEquals(VdmOperationType.NOP, output.type());
        assertEquals(VdmResult.SUCCESS, output.result());
        assertSame(MemorySegment.NULL, output.destination());
        assertTrue(paths().contains(output.path()), output::toString);
        assertEquals(0, nop.byteSize());
    }

    @ParameterizedTest(name = "{0} bytes")
    @ValueSource(ints = {1, 2, 7, 8, 9, 15, 16, 63, 64, 65, 4_095, 4_096, 65_537, 1_048_583})
    @DisplayName("fill repeats the pattern from the first byte and writes only the range")
    public void fillWritesThePatternFromTheFirstByte(int size) {
        MemorySegment around = noise(size + 128, 1);
        byte[] expected = bytes(around);
        System.arraycopy(BruteForce.filled(size, PATTERN), 0, expected, 61, size);
        MemorySegment destination = around.asSlice(61, size);
        VdmOutput output = run(mover().fill(destination, PATTERN));
        assertArrayEquals(expected, bytes(around));
        assertEquals(VdmOperationType.FILL, output.type());
        assertSame(destination, output.destination());
    }

    @ParameterizedTest(name = "{0} bytes")
    @ValueSource(ints = {1, 8, 63, 64, 65, 257, 4_096, 65_537, 1_048_583})
    @DisplayName("compare finds equal ranges, and the first byte that differs at any offset")
    public void compareFindsTheFirstMismatch(int size) {
        MemorySegment first = noise(size + 1, 2).asSlice(1);
        MemorySegment second = memory(size + 3).asSlice(3).copyFrom(first);
        assertSame(CompareResult.EQUAL, run(mover().compare(first, second)));
        for (int at : new int[]{size - 1, size * 2 / 3, size / 2, Math.min(8, size / 2), 0}) {
            // This is the new first difference.
            second.set(JAVA_BYTE, at, (byte) ~first.get(JAVA_BYTE, at));
            assertEquals(new CompareResult(false, at), run(mover().compare(first, second)));
        }
    }

    @Test
    @DisplayName("compare takes overlapping ranges and equal ranges")
    public void compareTakesOverlappingRanges() {
        MemorySegment range = noise(200, 3);
        assertEquals(
                BruteForce.compare(bytes(range.asSlice(0, 150)), bytes(range.asSlice(50, 150))),
                run(mover().compare(range.asSlice(0, 150), range.asSlice(50, 150))));
        assertSame(CompareResult.EQUAL, run(mover().compare(range, range)));
    }

    @ParameterizedTest(name = "{0} bytes")
    @ValueSource(ints = {1, 7, 8, 9, 41, 64, 100})
    @DisplayName("compare with a pattern returns the offset of the byte, not of its word")
    public void comparePatternReturnsTheOffsetOfTheByte(int size) {
        MemorySegment range =
                memory(size + 3).asSlice(3)
                        .copyFrom(MemorySegment.ofArray(BruteForce.filled(size, PATTERN)));
        assertSame(CompareResult.EQUAL, run(mover().comparePattern(range, PATTERN)));
        for (int at = size - 1; at >= 0; at--) {
            range.set(JAVA_BYTE, at, (byte) 0x77);
            assertEquals(new CompareResult(false, at), run(mover().comparePattern(range, PATTERN)));
        }
    }

    @Test
    @DisplayName("compare with a pattern finds a late mismatch in a long range")
    public void comparePatternFindsALateMismatch() {
        MemorySegment range = of(BruteForce.filled(300_001, PATTERN));
        assertSame(CompareResult.EQUAL, run(mover().comparePattern(range, PATTERN)));
        range.set(JAVA_BYTE, 300_000, (byte) 0);
        assertEquals(300_000, run(mover().comparePattern(range, PATTERN)).mismatchOffset());
        range.set(JAVA_BYTE, 200_003, (byte) 0);
        assertEquals(200_003, run(mover().comparePattern(range, PATTERN)).mismatchOffset());
    }

    @Test
    @DisplayName("a delta has the number and the content of each changed word, and can be applied")
    public void deltaContainsEachWordThatDiffers() {
        MemorySegment original = noise(4_096, 4);
        MemorySegment modified = memory(4_096).copyFrom(original);
        // The first two differences are in the same word.
        for (int at : new int[]{0, 7, 2_049, 4_095}) {
            modified.set(JAVA_BYTE, at, (byte) ~modified.get(JAVA_BYTE, at));
        }
        byte[] expected = BruteForce.delta(bytes(original), bytes(modified));
        MemorySegment around = memory(200);
        around.fill((byte) 0x55);
        DeltaResult found = run(mover().createDelta(around.asSlice(0, 100), original, modified));
        assertEquals(new DeltaResult(DeltaResult.Outcome.RECORDED, 30), found);
        assertArrayEquals(expected, bytes(around.asSlice(0, 30)));
        assertEquals(-1, around.asSlice(100).mismatch(around.asSlice(100).fill((byte) 0x55)));

        MemorySegment before = noise(4_096 + 128, 5);
        MemorySegment destination = before.asSlice(64, 4_096).copyFrom(original);
        byte[] beside = bytes(before);
        VdmOutput output =
                run(mover().applyDelta(destination, around.asSlice(0, found.recordBytes())));
        assertSame(destination, output.destination());
        System.arraycopy(bytes(modified), 0, beside, 64, 4_096);
        assertArrayEquals(beside, bytes(before));
    }

    @Test
    @DisplayName("a delta of equal ranges is EQUAL and writes nothing to the record")
    public void deltaOfEqualRangesIsEmpty() {
        MemorySegment original = noise(800, 6);
        MemorySegment record = noise(80, 7);
        byte[] before = bytes(record);
        DeltaResult found =
                run(mover().createDelta(record, original, memory(800).copyFrom(original)));
        assertEquals(new DeltaResult(DeltaResult.Outcome.EQUAL, 0), found);
        assertTrue(found.equal());
        assertArrayEquals(before, bytes(record));
    }

    @Test
    @DisplayName("a delta that fits is RECORDED, and a larger delta is an OVERFLOW")
    public void deltaLargerThanTheRecordIsAnOverflow() {
        MemorySegment original = memory(800);
        MemorySegment modified = memory(800);
        modified.asSlice(0, 64).fill((byte) 1);
        MemorySegment around = noise(160, 8);
        MemorySegment behind = memory(80).copyFrom(around.asSlice(80));
        assertEquals(
                new DeltaResult(DeltaResult.Outcome.RECORDED, 80),
                run(mover().createDelta(around.asSlice(0, 80), original, modified)));
        modified.set(JAVA_BYTE, 799, (byte) 1);
        DeltaResult found = run(mover().createDelta(around.asSlice(0, 80), original, modified));
        assertEquals(DeltaResult.Outcome.OVERFLOW, found.outcome());
        assertFalse(found.equal());
        assertEquals(-1, around.asSlice(80).mismatch(behind));
    }

    @Test
    @DisplayName("the largest delta, with 0x80000 changed bytes, is recorded and applied")
    public void theLargestDeltaIsRecordedAndApplied() {
        int size = 0x80000;
        MemorySegment original = noise(size, 9);
        MemorySegment modified = memory(size);
        for (int i = 0; i < size; i++) {
            modified.set(JAVA_BYTE, i, (byte) ~original.get(JAVA_BYTE, i));
        }
        MemorySegment record = memory(DeltaResult.maxRecordBytes(size));
        assertEquals(
                new DeltaResult(DeltaResult.Outcome.RECORDED, size / 8 * 10L),
                run(mover().createDelta(record, original, modified)));
        run(mover().applyDelta(original, record));
        assertEquals(-1, original.mismatch(modified));
    }

    @ParameterizedTest(name = "word {0}")
    @ValueSource(ints = {8, 9, 0x7fff, 0x8000, 0xffff})
    @DisplayName("H25: a record with a word behind the destination is INVALID_DATA and writes "
            + "nothing")
    public void recordBeyondTheDestinationIsNotApplied(int word) {
        MemorySegment around = noise(64 + 0x80000, 10);
        byte[] before = bytes(around);
        byte[] record = new byte[30];
        record[0] = 1;
        record[10] = 7;
        record[20] = (byte) word;
        record[21] = (byte) (word >> 8);
        var apply = mover().applyDelta(around.asSlice(0, 64), of(record));
        apply.busyPoll();
        assertEquals(VdmResult.INVALID_DATA, apply.result());
        String message = apply.failure().getMessage();
        assertTrue(message.startsWith("delta apply of 30 bytes failed: "), message);
        assertTrue(message.contains("%,d".formatted(word * 8)) && message.contains("64 bytes"),
                message);
        assertArrayEquals(before, bytes(around));
    }

    @ParameterizedTest(name = "words {0} and {1}")
    @CsvSource({"5, 4", "3, 3", "7, 0"})
    @DisplayName("H25: a record whose words do not ascend is INVALID_DATA and writes nothing")
    public void recordWithUnorderedWordsIsNotApplied(byte first, byte second) {
        MemorySegment range = noise(64, 28);
        byte[] before = bytes(range);
        byte[] record = new byte[20];
        record[0] = first;
        record[10] = second;
        var apply = mover().applyDelta(range, of(record));
        apply.busyPoll();
        assertEquals(VdmResult.INVALID_DATA, apply.result());
        String message = apply.failure().getMessage();
        assertTrue(message.endsWith(
                "offset %d, after one for %d: they must ascend".formatted(8 * second, 8 * first)),
                message);
        assertArrayEquals(before, bytes(range));
    }

    @ParameterizedTest(name = "{0} bytes")
    @ValueSource(ints = {1, 63, 64, 65, 4_097, 300_001})
    @DisplayName("dualcast writes only both destinations")
    public void dualcastWritesBothDestinations(int size) {
        MemorySegment source = noise(size, 11);
        MemorySegment aroundFirst = noise(size + 200, 12);
        MemorySegment aroundSecond = noise(size + 200, 13);
        byte[] expectedFirst = bytes(aroundFirst);
        byte[] expectedSecond = bytes(aroundSecond);
        System.arraycopy(bytes(source), 0, expectedFirst, 101, size);
        System.arraycopy(bytes(source), 0, expectedSecond, 101, size);
        VdmOutput output =
                run(mover().dualcast(aroundFirst.asSlice(101, size),
                        aroundSecond.asSlice(101, size), source));
        assertArrayEquals(expectedFirst, bytes(aroundFirst));
        assertArrayEquals(expectedSecond, bytes(aroundSecond));
        assertEquals(VdmOperationType.DUALCAST, output.type());
        assertEquals(aroundFirst.address() + 101, output.destination().address());
    }

    @Test
    @DisplayName("the CRC-32C of 123456789 is 0xE3069283")
    public void crcOfTheCheckStringIsKnown() {
        Crc32c crc = run(mover()
                .crc32c(of("123456789".getBytes(java.nio.charset.StandardCharsets.US_ASCII))));
        assertEquals(0xE3069283L, crc.value());
        assertEquals("e3069283", crc.toString());
    }

    @ParameterizedTest(name = "{0} bytes")
    @ValueSource(ints = {1, 3, 8, 63, 511, 4_097, 131_073, 1_048_579})
    @DisplayName("the CRC of a range matches java.util.zip, alone or during a copy, in one or "
            + "two parts")
    public void crcMatchesTheJdk(int size) {
        MemorySegment range = noise(size + 5, 14).asSlice(5);
        var expected = new CRC32C();
        expected.update(bytes(range));
        assertEquals(expected.getValue(), run(mover().crc32c(range)).value());

        Crc32c first = run(mover().crc32c(range.asSlice(0, size / 3)));
        Crc32c both = run(mover().crc32c(range.asSlice(size / 3), CrcOptions.continuing(first)));
        assertEquals(expected.getValue(), both.value());

        MemorySegment around = noise(size + 20, 15);
        byte[] copied = bytes(around);
        System.arraycopy(bytes(range), 0, copied, 9, size);
        assertEquals(expected.getValue(),
                run(mover().copyCrc32c(around.asSlice(9, size), range)).value());
        assertArrayEquals(copied, bytes(around));
    }

    @ParameterizedTest(name = "seed {0}, bypass reflection {1}, of the data {2}")
    @CsvSource({
        "0, false, false", "1, false, false", "-1, false, false", "0, true, false",
        "0, false, true",
        "0, true, true", "305419896, true, false", "305419896, false, true", "-2, true, true"
    })
    @DisplayName("a CRC begins with its seed, and its options select the reflections")
    public void crcOptionsSelectReflection(int seed, boolean ofValue, boolean ofData) {
        CrcOptions options = new CrcOptions(seed, ofValue, ofData);
        MemorySegment range = noise(1_003, 16);
        int expected = BruteForce.crc32c(bytes(range), options);
        assertEquals(new Crc32c(expected), run(mover().crc32c(range, options)));
        MemorySegment copy = memory(1_003);
        assertEquals(new Crc32c(expected),
                run(mover().copyCrc32c(copy, range, options, VdmFlags.NONE)));
        assertEquals(-1, copy.mismatch(range));
        Crc32c part = run(mover().crc32c(range.asSlice(0, 500), options));
        assertEquals(
                new Crc32c(expected),
                run(mover().crc32c(range.asSlice(500), options.withSeed(part.bits()))));
    }

    // ---- blocks

    /** Returns a configuration with tags that differ in every property. */
    protected static DifConfig tagged(DifBlockSize size) {
        return DifConfig.of(size)
                .withSource(new DifTags(0x01020304, 0xa1b2, 0))
                .withDestination(new DifTags(0x01020304, 0xa1b2, 0));
    }

    @ParameterizedTest(name = "{0}")
    @EnumSource
    @DisplayName("protected blocks pass the check, and a strip restores the original blocks")
    public void protectedBlocksPassTheCheck(DifBlockSize size) {
        DifConfig config = tagged(size);
        MemorySegment blocks = noise(3L * size.bytes(), 17);
        MemorySegment around = noise(3L * (size.bytes() + 8) + 40, 18);
        byte[] expected = bytes(around);
        System.arraycopy(BruteForce.inserted(bytes(blocks), config), 0, expected, 24,
                3 * (size.bytes() + 8));
        MemorySegment whole = around.asSlice(24, 3L * (size.bytes() + 8));

        VdmOutput output = run(mover().difInsert(whole, blocks, config, VdmFlags.NONE));
        assertSame(whole, output.destination());
        assertArrayEquals(expected, bytes(around));
        assertEquals(new DifResult(Set.of(), -1), run(mover().difCheck(whole, config)));

        MemorySegment back = memory(blocks.byteSize());
        assertTrue(run(mover().difStrip(back, whole, config, VdmFlags.NONE)).isOk());
        assertEquals(-1, back.mismatch(blocks));
    }

    @ParameterizedTest(name = "{0}")
    @EnumSource
    @DisplayName("an update checks the old protection and writes a new protection")
    public void updateChecksAndReplacesTheProtection(DifBlockSize size) {
        DifConfig old = tagged(size);
        DifConfig config = old.withDestination(new DifTags(-2, 0xfffe, 0x00f0))
                .withFlags(DifFlag.DESTINATION_INCREMENTING_APPLICATION_TAG);
        byte[] whole = BruteForce.inserted(bytes(noise(4L * size.bytes(), 19)), old);
        MemorySegment updated = memory(whole.length);
        assertTrue(run(mover().difUpdate(updated, of(whole), config, VdmFlags.NONE)).isOk());
        assertArrayEquals(BruteForce.updated(whole, config), bytes(updated));
        assertEquals(
                Set.of(DifError.APPLICATION_TAG, DifError.REFERENCE_TAG),
                run(mover().difCheck(updated, old)).errors());
    }

    @Test
    @DisplayName("an update keeps the configured values: guard, application tag, reference tag")
    public void updateKeepsTheConfiguredTags() {
        DifConfig old = tagged(DifBlockSize.BYTES_512);
        byte[] whole = BruteForce.inserted(bytes(noise(1_024, 20)), old);
        for (DifFlag flag : List.of(
                DifFlag.DESTINATION_PASS_GUARD, DifFlag.DESTINATION_PASS_APPLICATION_TAG,
                DifFlag.DESTINATION_PASS_REFERENCE_TAG)) {
            DifConfig config = old.withDestination(new DifTags(77, 88, 0)).withFlags(flag);
            MemorySegment updated = memory(whole.length);
            run(mover().difUpdate(updated, of(whole), config, VdmFlags.NONE));
            assertArrayEquals(BruteForce.updated(whole, config), bytes(updated), flag::toString);
        }
    }

    @ParameterizedTest(name = "{0}")
    @CsvSource({
        "the last byte of the data, 511, GUARD", "the guard, 512, GUARD", "the guard, 513, GUARD",
        "the application tag, 514, APPLICATION_TAG", "the application tag, 515, APPLICATION_TAG",
        "the reference tag, 516, REFERENCE_TAG", "the reference tag, 519, REFERENCE_TAG"
    })
    @DisplayName("a wrong byte is reported with its error and its block's offset")
    public void wrongByteIsReportedWithItsBlock(String what, int at, DifError error) {
        DifConfig config = tagged(DifBlockSize.BYTES_512);
        byte[] whole = BruteForce.inserted(bytes(noise(5 * 512, 21)), config);
        whole[2 * 520 + at] ^= 0x10;
        whole[4 * 520] ^= 1; // The check must not report this later error.
        DifResult expected = new DifResult(Set.of(error), 2 * 520);
        MemorySegment source = of(whole);
        assertEquals(expected, run(mover().difCheck(source, config)), what);
        MemorySegment stripped = memory(5 * 512);
        assertEquals(expected, run(mover().difStrip(stripped, source, config, VdmFlags.NONE)));
        MemorySegment updated = memory(whole.length);
        assertEquals(expected, run(mover().difUpdate(updated, source, config, VdmFlags.NONE)));
        assertArrayEquals(whole, bytes(source));
    }

    @ParameterizedTest(name = "{0}")
    @EnumSource(
            value = DifFlag.class,
            names = {"SOURCE_GUARD_CHECK_DISABLED", "SOURCE_REFERENCE_TAG_CHECK_DISABLED"})
    @DisplayName("a disabled check finds nothing")
    public void disabledChecksFindNothing(DifFlag flag) {
        DifConfig config = tagged(DifBlockSize.BYTES_520);
        byte[] whole = BruteForce.inserted(bytes(noise(1_040, 22)), config);
        whole[flag == DifFlag.SOURCE_GUARD_CHECK_DISABLED ? 521 : 525] ^= 4;
        assertFalse(run(mover().difCheck(of(whole), config)).isOk());
        assertTrue(run(mover().difCheck(of(whole), config.withFlags(flag))).isOk());
    }

    @ParameterizedTest(name = "mask {0}")
    @ValueSource(ints = {0x0000, 0x00ff, 0xff00, 0x0001, 0xfffe, 0xffff})
    @DisplayName("the mask excludes bits of the application tag from the check")
    public void maskExcludesBitsOfTheApplicationTag(int mask) {
        DifConfig made = tagged(DifBlockSize.BYTES_512);
        byte[] whole = BruteForce.inserted(bytes(noise(512, 23)), made);
        for (int bit = 0; bit < 16; bit++) {
            DifConfig config = made.withSource(new DifTags(0x01020304, 0xa1b2 ^ 1 << bit, mask));
            boolean ignored = (mask >> bit & 1) == 1;
            assertEquals(
                    ignored ? Set.of() : Set.of(DifError.APPLICATION_TAG),
                    run(mover().difCheck(of(whole), config)).errors(),
                    "bit " + bit);
        }
    }

    @Test
    @DisplayName("the flags decide whether protection of ones is skipped or an error")
    public void protectionOfOnesIsSkippedOrAnError() {
        DifConfig config = tagged(DifBlockSize.BYTES_512);
        byte[] whole = BruteForce.inserted(bytes(noise(1_024, 24)), config);
        Arrays.fill(whole, 520 + 512, 1_040, (byte) -1);
        MemorySegment source = of(whole);
        assertEquals(
                new DifResult(
                        Set.of(DifError.GUARD, DifError.APPLICATION_TAG, DifError.REFERENCE_TAG),
                        520),
                run(mover().difCheck(source, config)));
        for (DifFlag detecting : List.of(
                DifFlag.SOURCE_F_DETECT_ALL, DifFlag.SOURCE_F_DETECT_APPLICATION_TAG,
                DifFlag.SOURCE_F_DETECT_TAGS)) {
            assertTrue(run(mover().difCheck(source, config.withFlags(detecting))).isOk(),
                    detecting::toString);
        }
        assertEquals(
                new DifResult(Set.of(DifError.ALL_BITS_SET), 520),
                run(
                        mover().difCheck(
                                source,
                                config.withFlags(DifFlag.SOURCE_F_DETECT_ALL,
                                        DifFlag.SOURCE_F_ENABLE_ERROR))));
    }

    // ---- empty operations

    @Test
    @DisplayName("H4: an empty operation succeeds with an empty result and path NONE")
    public void emptyOperationSucceeds() {
        MemorySegment none = memory(8).asSlice(0, 0);
        MemorySegment record = noise(80, 25);
        byte[] before = bytes(record);
        DifConfig config = DifConfig.of(DifBlockSize.BYTES_512);
        CrcOptions seeded = new CrcOptions(0x1234, true, false);
        assertNothingDone(mover().fill(none, 1), VdmOperationType.FILL);
        assertNothingDone(mover().dualcast(none, none, none), VdmOperationType.DUALCAST);
        assertNothingDone(mover().applyDelta(none, none), VdmOperationType.DELTA_APPLY);
        assertNothingDone(mover().difInsert(none, none, config, VdmFlags.NONE),
                VdmOperationType.DIF_INSERT);
        assertSame(CompareResult.EQUAL, nothing(mover().compare(none, none)));
        assertSame(CompareResult.EQUAL, nothing(mover().comparePattern(none, 1)));
        assertEquals(
                new DeltaResult(DeltaResult.Outcome.EQUAL, 0),
                nothing(mover().createDelta(record, none, none)));
        assertArrayEquals(before, bytes(record));
        assertEquals(new Crc32c(0), nothing(mover().crc32c(none)));
        assertEquals(new Crc32c(0x1234), nothing(mover().crc32c(none, seeded)));
        assertEquals(new Crc32c(0x1234),
                nothing(mover().copyCrc32c(none, none, seeded, VdmFlags.NONE)));
        assertTrue(nothing(mover().difCheck(none, config)).isOk());
        assertTrue(nothing(mover().difStrip(none, none, config, VdmFlags.NONE)).isOk());
        assertTrue(nothing(mover().difUpdate(none, none, config, VdmFlags.NONE)).isOk());
    }

    @Test
    @DisplayName("H4: an empty record changes nothing, also durably")
    public void emptyRecordChangesNothing() {
        MemorySegment range = noise(64, 26);
        byte[] before = bytes(range);
        run(mover().applyDelta(range, memory(8).asSlice(0, 0)));
        assertArrayEquals(before, bytes(range));
        MemorySegment none = memory(8).asSlice(8);
        nothing(mover().fill(none, 1, VdmFlags.MEM_DURABLE));
        nothing(mover().copyCrc32c(none, none, CrcOptions.STANDARD, VdmFlags.MEM_DURABLE));
    }

    private <T> T nothing(VdmFuture<T> future) {
        T output = run(future);
        assertEquals(ExecutionPath.NONE, future.path(), future::toString);
        return output;
    }

    private void assertNothingDone(VdmFuture<VdmOutput> future, VdmOperationType type) {
        assertEquals(type, nothing(future).type());
    }
}
