package io.github.vdm4j.dml.simulated;

import static io.github.vdm4j.dml.ffi.dml_h.DML_STATUS_DIF_CHECK_ERROR;
import static io.github.vdm4j.dml.ffi.dml_h.DML_STATUS_FALSE_PREDICATE_OK;
import static io.github.vdm4j.dml.ffi.dml_h.DML_STATUS_OK;
import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG_UNALIGNED;
import static java.lang.foreign.ValueLayout.JAVA_SHORT_UNALIGNED;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.vdm4j.dml.ffi.dml_h;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The simulation's results of each operation. Numbers without a reason come from DML 1.1.1. */
class SimulatedOperationsTest {
    private static final int CHECK_RESULT = dml_h.DML_FLAG_CHECK_RESULT;

    private final Arena arena = Arena.ofShared();
    private final SimulatedDml dml = new SimulatedDml().withHardware();
    private final RawJob job = new RawJob(dml, arena, dml_h.DML_PATH_SW);
    private final MemorySegment source = arena.allocate(8192, 4096);
    private final MemorySegment other = arena.allocate(8192, 4096);
    private final MemorySegment destination = arena.allocate(8192, 4096);
    private final MemorySegment crc = arena.allocate(JAVA_INT);

    SimulatedOperationsTest() {
        byte[] noise = new byte[8192];
        new Random(1).nextBytes(noise);
        source.copyFrom(MemorySegment.ofArray(noise));
        other.copyFrom(source);
    }

    @AfterEach
    void noRuleWasBroken() {
        job.finish();
        dml.close();
        arena.close();
    }

    private RawJob describe(int operation) {
        return job.describe(operation).source(source).destination(destination);
    }

    private static byte[] bytes(MemorySegment segment, long length) {
        return segment.asSlice(0, length).toArray(JAVA_BYTE);
    }

    @Test
    void dualcastWritesBothDestinations() {
        MemorySegment second = arena.allocate(8192, 4096);
        describe(SimulatedTask.DUALCAST).secondDestination(second).sourceLength(1001);
        assertEquals(DML_STATUS_OK, job.run());
        assertEquals(1001, source.mismatch(destination));
        assertEquals(1001, source.mismatch(second));
    }

    @Test
    void compareOfEqualRangesReturnsNoOffset() {
        job.describe(SimulatedTask.COMPARE).source(source).secondSource(other).sourceLength(8192);
        assertEquals(DML_STATUS_OK, job.run());
        assertEquals(0, job.result());
        assertEquals(0, job.offset());
    }

    @ParameterizedTest
    @ValueSource(longs = {0, 1, 7, 8, 999})
    void compareReturnsTheFirstDifference(long at) {
        other.set(JAVA_BYTE, at, (byte) ~source.get(JAVA_BYTE, at));
        job.describe(SimulatedTask.COMPARE).source(source).secondSource(other).sourceLength(1000);
        assertEquals(DML_STATUS_OK, job.run());
        assertEquals(1, job.result());
        assertEquals(at, job.offset());
    }

    @ParameterizedTest
    @CsvSource({"false, 0, 0", "false, 1, 1", "true, 0, 1", "true, 1, 0"})
    void checkedCompareRequiresTheExpectedResult(boolean different, int expected,
            int status) {
        other.set(JAVA_BYTE, 5, (byte) (source.get(JAVA_BYTE, 5) + (different ? 1 : 0)));
        job.describe(SimulatedTask.COMPARE)
                .source(source)
                .secondSource(other)
                .sourceLength(10)
                .flags(CHECK_RESULT)
                .expected(expected);
        assertEquals(status == 0 ? DML_STATUS_OK : DML_STATUS_FALSE_PREDICATE_OK, job.run());
        assertEquals(different ? 1 : 0, job.result());
    }

    @ParameterizedTest
    @CsvSource({"0, 0", "5, 0", "13, 8", "23, 16", "24, 24", "26, 26"})
    void comparePatternReturnsTheWordOrTheTailByte(long at, long told) {
        for (int i = 0; i < 27; i++) {
            source.set(JAVA_BYTE, i, (byte) (i % 8 + 1));
        }
        long pattern = 0x0807060504030201L;
        job.describe(SimulatedTask.COMPARE_PATTERN)
                .source(source)
                .pattern(pattern)
                .sourceLength(27);
        assertEquals(DML_STATUS_OK, job.run());
        assertEquals(0, job.result());
        source.set(JAVA_BYTE, at, (byte) 99);
        job.describe(SimulatedTask.COMPARE_PATTERN)
                .source(source)
                .pattern(pattern)
                .sourceLength(27);
        assertEquals(DML_STATUS_OK, job.run());
        assertEquals(1, job.result());
        assertEquals(told, job.offset());
    }

    @Test
    void deltaTurnsTheOldRangeIntoTheNew() {
        for (long at : new long[]{0, 8, 17, 4095}) {
            other.set(JAVA_BYTE, at, (byte) ~source.get(JAVA_BYTE, at));
        }
        job.describe(SimulatedTask.DELTA_CREATE)
                .source(source)
                .secondSource(other)
                .sourceLength(4096)
                .destination(destination)
                .destinationLength(80);
        assertEquals(DML_STATUS_OK, job.run());
        assertEquals(1, job.result());
        assertEquals(40, job.destinationLength());
        assertEquals(511, destination.get(JAVA_SHORT_UNALIGNED, 30), "the block of the last entry");
        assertEquals(other.get(JAVA_LONG_UNALIGNED, 4088),
                destination.get(JAVA_LONG_UNALIGNED, 32));
        job.describe(SimulatedTask.DELTA_APPLY)
                .source(destination)
                .sourceLength(40)
                .destination(source)
                .destinationLength(4096);
        assertEquals(DML_STATUS_OK, job.run());
        assertArrayEquals(bytes(other, 4096), bytes(source, 4096));
    }

    @ParameterizedTest
    @CsvSource({"0, 0, 0, 1", "3, 1, 30, 2", "9, 2, 80, 4"})
    void deltaResultCanBeExpected(int changes, int result, int size,
            int expected) {
        for (int i = 0; i < changes; i++) {
            other.set(JAVA_LONG_UNALIGNED, i * 16L, ~source.get(JAVA_LONG_UNALIGNED, i * 16L));
        }
        for (int wanted : new int[]{0, 1, 2, 4}) {
            job.describe(SimulatedTask.DELTA_CREATE)
                    .source(source)
                    .secondSource(other)
                    .sourceLength(256)
                    .destination(destination)
                    .destinationLength(80)
                    .flags(wanted == 0 ? 0 : CHECK_RESULT)
                    .expected(wanted);
            boolean good = wanted == 0 || wanted == expected;
            assertEquals(good ? DML_STATUS_OK : DML_STATUS_FALSE_PREDICATE_OK, job.run());
            assertEquals(result, job.result());
            assertEquals(size, job.destinationLength());
        }
    }

    @ParameterizedTest
    @CsvSource({"0, E3069283", "0x20000, 045FC71A", "0x40000, A8F022A0", "0x60000, C052A8C8"})
    void crcMatchesTheLibraryForEveryBypass(String flags, String expected) {
        source.copyFrom(MemorySegment.ofArray("123456789".getBytes()));
        crc.set(JAVA_INT, 0, 0x5555);
        job.describe(SimulatedTask.CRC)
                .source(source)
                .sourceLength(9)
                .crc(crc)
                .flags(Long.decode(flags));
        assertEquals(DML_STATUS_OK, job.run());
        assertEquals((int) Long.parseLong(expected, 16), crc.get(JAVA_INT, 0));
    }

    @Test
    void crcContinuesFromASeedAndCopies() {
        var expected = new java.util.zip.CRC32C();
        expected.update(bytes(source, 3000));
        job.describe(SimulatedTask.CRC).source(source).sourceLength(1000).crc(crc);
        assertEquals(DML_STATUS_OK, job.run());
        job.describe(SimulatedTask.COPY_CRC)
                .source(source.asSlice(1000))
                .destination(destination)
                .sourceLength(2000)
                .crc(crc)
                .flags(dml_h.DML_FLAG_CRC_READ_SEED);
        assertEquals(DML_STATUS_OK, job.run());
        assertEquals((int) expected.getValue(), crc.get(JAVA_INT, 0));
        assertEquals(2000, source.asSlice(1000).mismatch(destination));
    }

    @ParameterizedTest
    @CsvSource({"0, 512", "1, 520", "2, 4096", "3, 4104"})
    void difInsertChecksStripsAndUpdatesItsOwnBlocks(int size, int block) {
        long length = size == 0 ? 3 * 512 : block;
        long longer = length + length / block * 8;
        describe(SimulatedTask.DIF_INSERT).sourceLength(length)
                .dif(size, 0)
                .destinationTags(100, 7, 0);
        assertEquals(DML_STATUS_OK, job.run());
        assertArrayEquals(bytes(source, block), bytes(destination, block));
        assertEquals(100,
                Integer.reverseBytes(destination.get(JAVA_INT.withByteAlignment(1), block + 4)));
        if (size == 0) {
            long second = block + 8 + block + 4;
            assertEquals(101,
                    Integer.reverseBytes(destination.get(JAVA_INT.withByteAlignment(1), second)));
        }
        job.describe(SimulatedTask.DIF_CHECK)
                .source(destination)
                .sourceLength(longer)
                .dif(size, 0)
                .sourceTags(100, 7, 0);
        assertEquals(DML_STATUS_OK, job.run());
        assertEquals(0, job.result());
        MemorySegment back = arena.allocate(8192, 4096);
        job.describe(SimulatedTask.DIF_UPDATE)
                .source(destination)
                .destination(back)
                .sourceLength(longer)
                .dif(size, dml_h.DML_DIF_FLAG_DST_PASS_APP_TAG | dml_h.DML_DIF_FLAG_DST_FIX_REF_TAG)
                .sourceTags(100, 7, 0)
                .destinationTags(5, 9, 0);
        assertEquals(DML_STATUS_OK, job.run());
        assertEquals(5, Integer.reverseBytes(back.get(JAVA_INT.withByteAlignment(1), block + 4)));
        assertEquals(7, Short.reverseBytes(back.get(JAVA_SHORT_UNALIGNED, block + 2)),
                "passed through");
        job.describe(SimulatedTask.DIF_STRIP)
                .source(back)
                .destination(destination)
                .sourceLength(longer)
                .dif(size, dml_h.DML_DIF_FLAG_SRC_FIX_REF_TAG)
                .sourceTags(5, 7, 0);
        assertEquals(DML_STATUS_OK, job.run());
        assertArrayEquals(bytes(source, length), bytes(destination, length));
    }

    @Test
    void difCheckReturnsTheBlockAndItsErrors() {
        describe(SimulatedTask.DIF_INSERT).sourceLength(1024).dif(0, 0);
        assertEquals(DML_STATUS_OK, job.run());
        destination.set(JAVA_BYTE, 520, (byte) ~destination.get(JAVA_BYTE, 520));
        destination.set(JAVA_BYTE, 520 + 519, (byte) 77);
        job.describe(SimulatedTask.DIF_CHECK).source(destination).sourceLength(1040).dif(0, 0);
        assertEquals(DML_STATUS_DIF_CHECK_ERROR, job.run());
        assertEquals(
                dml_h.DML_DIF_CHECK_GUARD_MISMATCH | dml_h.DML_DIF_CHECK_REFERENCE_TAG_MISMATCH,
                job.result());
        assertEquals(520, job.offset());
    }

    @ParameterizedTest
    @CsvSource({"0, false, true", "0x00FF, false, false", "0x00FF, true, true"})
    void onlyHardwareAppliesTheTagMask(String mask, boolean hardware,
            boolean passes) {
        describe(SimulatedTask.DIF_INSERT).sourceLength(512)
                .dif(0, 0)
                .destinationTags(0, 0x1234, 0);
        assertEquals(DML_STATUS_OK, job.run());
        RawJob checking = hardware ? new RawJob(dml, arena, dml_h.DML_PATH_HW) : job;
        checking.describe(SimulatedTask.DIF_CHECK)
                .source(destination)
                .sourceLength(520)
                .dif(0, 0)
                .sourceTags(0, mask.equals("0") ? 0x9999 : 0x1299, Integer.decode(mask));
        assertEquals(passes ? DML_STATUS_OK : DML_STATUS_DIF_CHECK_ERROR, checking.run());
        if (hardware) {
            checking.finish();
        }
    }

    @ParameterizedTest(name = "on hardware: {0}")
    @ValueSource(booleans = {false, true})
    void onlyHardwareStripsBlocksBeforeABadBlock(boolean hardware) {
        describe(SimulatedTask.DIF_INSERT).sourceLength(2048).dif(0, 0);
        assertEquals(DML_STATUS_OK, job.run());
        destination.asSlice(512, 8).fill((byte) -1);
        destination.set(JAVA_BYTE, 3 * 520, (byte) ~destination.get(JAVA_BYTE, 3 * 520));
        MemorySegment stripped = arena.allocate(2048, 4096);
        RawJob stripping = hardware ? new RawJob(dml, arena, dml_h.DML_PATH_HW) : job;
        stripping.describe(SimulatedTask.DIF_STRIP)
                .source(destination)
                .destination(stripped)
                .sourceLength(2080)
                .dif(0, dml_h.DML_DIF_FLAG_SRC_F_DETECT_ALL);
        assertEquals(DML_STATUS_DIF_CHECK_ERROR, stripping.run());
        assertEquals(hardware ? 3 * 520 : 0, stripping.offset());
        assertEquals(hardware ? 3 * 512 : 0, stripped.mismatch(source.asSlice(0, 2048)));
        if (hardware) {
            stripping.finish();
        }
    }

    @Test
    void drainAndNopSucceed() {
        job.describe(SimulatedTask.NOP);
        assertEquals(DML_STATUS_OK, job.run());
        job.describe(SimulatedTask.DRAIN)
                .destination(destination)
                .secondDestination(other)
                .flags(0x30000);
        assertEquals(DML_STATUS_OK, job.run());
    }

    @Test
    void undefinedResultsAreSpoilt() {
        job.describe(SimulatedTask.FILL).destination(destination).destinationLength(64);
        assertEquals(DML_STATUS_OK, job.run());
        assertNotEquals(0, job.result());
        assertNotEquals(0, job.offset());
        assertNotEquals(64, job.destinationLength());
    }

    @Test
    void failureSpoilsTheCrc() {
        crc.set(JAVA_INT, 0, 4711);
        dml.next(Plan.fail(44));
        job.describe(SimulatedTask.CRC).source(source).sourceLength(9).crc(crc);
        assertEquals(44, job.run());
        assertEquals(0, crc.get(JAVA_INT, 0));
    }

    @Test
    void corruptedResultIsWrong() {
        dml.next(Plan.succeed().corrupting(), Plan.succeed().corrupting());
        job.describe(SimulatedTask.CRC).source(source).sourceLength(9).crc(crc);
        assertEquals(DML_STATUS_OK, job.run());
        var right = new java.util.zip.CRC32C();
        right.update(bytes(source, 9));
        assertNotEquals((int) right.getValue(), crc.get(JAVA_INT, 0));
        job.describe(SimulatedTask.COMPARE).source(source).secondSource(other).sourceLength(9);
        job.run();
        assertEquals(1, job.result());
    }

    @Test
    void unwrittenFieldIsDetected() {
        int[] operations =
                {SimulatedTask.COMPARE, SimulatedTask.COMPARE_PATTERN, SimulatedTask.DELTA_CREATE,
                    SimulatedTask.DELTA_APPLY, SimulatedTask.DUALCAST, SimulatedTask.COPY_CRC,
                    SimulatedTask.DIF_INSERT,
                    SimulatedTask.DIF_UPDATE, SimulatedTask.CACHE_FLUSH, SimulatedTask.DRAIN,
                    SimulatedTask.BATCH};
        var seen = new java.util.HashSet<JobField>();
        for (int operation : operations) {
            for (JobField field : JobField.values()) {
                if (field.isNeededBy(operation)) {
                    var strict = new SimulatedDml();
                    RawJob own = new RawJob(strict, arena, dml_h.DML_PATH_SW);
                    own.describe(operation);
                    field.spoil(own.struct);
                    own.submit();
                    String broken = strict.violations().toString();
                    assertTrue(
                            broken.contains(Rule.STALE_FIELD.toString())
                                    && broken.contains(field + ", "),
                            () -> field + " of " + operation + ": " + broken);
                    seen.add(field);
                }
            }
        }
        assertEquals(
                java.util.EnumSet.range(JobField.OPERATION,
                        JobField.DESTINATION_APPLICATION_TAG_AND_MASK),
                seen);
        assertEquals(2,
                Arrays.stream(JobField.values()).filter(field -> !seen.contains(field)).count());
    }
}
