package io.github.vdm4j.dml.simulated;

import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_SHORT_UNALIGNED;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.vdm4j.dml.ffi.dml_h;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.Map;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Jobs that each break a rule about the fields of an operation. */
@TestInstance(TestInstance.Lifecycle.PER_METHOD)
class SimulatedRulesTest {
    private static final int CHECK_RESULT = dml_h.DML_FLAG_CHECK_RESULT;

    private final Arena arena = Arena.ofShared();
    private final SimulatedDml dml = new SimulatedDml();
    private final MemorySegment memory = arena.allocate(64 * 1024, 4096);
    private final MemorySegment crc = arena.allocate(16, 16);

    @AfterEach
    void free() {
        arena.close();
    }

    private MemorySegment at(long offset) {
        return memory.asSlice(offset);
    }

    /** Describes a correct job of each operation. A test then changes one field. */
    private static void describe(RawJob job, int operation, SimulatedRulesTest m) {
        job.describe(operation);
        boolean dif = operation >= SimulatedTask.DIF_CHECK && operation <= SimulatedTask.DIF_UPDATE;
        job.source(m.at(0))
                .sourceLength(dif ? operation == SimulatedTask.DIF_INSERT ? 1024 : 1040 : 1024);
        job.destination(m.at(8192)).destinationLength(1040);
        if (operation == SimulatedTask.DELTA_APPLY) {
            job.sourceLength(10);
        }
        if (operation == SimulatedTask.CACHE_FLUSH) {
            job.destinationLength(1024);
        }
        job.secondSource(m.at(16384)).secondDestination(m.at(24576)).crc(m.crc);
    }

    private static Arguments breaks(Rule rule, String how, int operation,
            Consumer<RawJob> spoiling) {
        return with(rule, how, operation, (job, m) -> spoiling.accept(job));
    }

    private static Arguments with(
            Rule rule, String how, int operation,
            java.util.function.BiConsumer<RawJob, SimulatedRulesTest> spoiling) {
        return Arguments.of(rule, how, operation, spoiling);
    }

    static Stream<Arguments> mistakes() {
        MemorySegment nothing = MemorySegment.NULL;
        return Stream.of(
                breaks(Rule.FENCE_FLAG, "H12", SimulatedTask.NOP,
                        job -> job.flags(dml_h.DML_FLAG_FENCE)),
                breaks(Rule.FENCED_ALONE, "H8", SimulatedTask.CRC, job -> job.flags(1)),
                breaks(Rule.WRONG_FLAGS, "check without result", SimulatedTask.MEM_MOVE,
                        job -> job.flags(CHECK_RESULT)),
                breaks(Rule.WRONG_FLAGS, "a CRC's flag", SimulatedTask.DUALCAST,
                        job -> job.flags(0x20000)),
                breaks(Rule.WRONG_FLAGS, "cache control, writing nothing", SimulatedTask.CRC,
                        job -> job.flags(0x100)),
                breaks(Rule.WRONG_FLAGS, "COPY_ONLY elsewhere", SimulatedTask.DUALCAST,
                        job -> job.flags(0x20)),
                breaks(Rule.DURABLE_FLAGS, "no readback", SimulatedTask.MEM_MOVE,
                        job -> job.flags(0x8000)),
                breaks(Rule.DURABLE_FLAGS, "only readback", SimulatedTask.FILL,
                        job -> job.flags(0x4000)),
                breaks(Rule.DURABLE_FLAGS, "into the cache", SimulatedTask.MEM_MOVE,
                        job -> job.flags(0x8000 | 0x4000 | 0x100)),
                breaks(Rule.DURABLE_FLAGS, "only the second", SimulatedTask.DUALCAST,
                        job -> job.flags(0x10000)),
                breaks(Rule.DROPPED_FLAGS, "bit 24", SimulatedTask.CRC, job -> job.flags(1 << 24)),
                breaks(Rule.UNKNOWN_OPERATION, "10", 10, job -> {
                }),
                breaks(Rule.NULL_ADDRESS, "second source", SimulatedTask.COMPARE,
                        job -> job.secondSource(nothing)),
                breaks(
                        Rule.NULL_ADDRESS, "second destination", SimulatedTask.DUALCAST,
                        job -> job.secondDestination(nothing)),
                breaks(Rule.NULL_ADDRESS, "record", SimulatedTask.DELTA_CREATE,
                        job -> job.destination(nothing)),
                breaks(
                        Rule.NULL_ADDRESS, "readback", SimulatedTask.DRAIN,
                        job -> job.destination(nothing).flags(0x10000)),
                breaks(Rule.LENGTH_ZERO, "H4", SimulatedTask.COMPARE_PATTERN,
                        job -> job.sourceLength(0)),
                breaks(Rule.LENGTH_ZERO, "record", SimulatedTask.DELTA_APPLY,
                        job -> job.sourceLength(0)),
                breaks(Rule.CRC_POINTER, "null", SimulatedTask.CRC, job -> job.crc(nothing)),
                with(Rule.CRC_POINTER, "odd", SimulatedTask.COPY_CRC,
                        (job, m) -> job.crc(m.crc.asSlice(2))),
                breaks(
                        Rule.COMPARE_ENDLESS, "the least", SimulatedTask.COMPARE,
                        job -> job.sourceLength(0xFFFF_FFC0L)),
                breaks(
                        Rule.EXPECTED_RESULT, "the header's 2 of compare", SimulatedTask.COMPARE,
                        job -> job.flags(CHECK_RESULT).expected(dml_h.DML_FLAG_EXPECT_NOT_EQUAL)),
                breaks(
                        Rule.EXPECTED_RESULT, "0 of a delta", SimulatedTask.DELTA_CREATE,
                        job -> job.flags(CHECK_RESULT).expected(0)),
                breaks(
                        Rule.EXPECTED_RESULT, "two at once", SimulatedTask.DELTA_CREATE,
                        job -> job.flags(CHECK_RESULT).expected(3)),
                with(
                        Rule.DUALCAST_ALIGNMENT, "one byte", SimulatedTask.DUALCAST,
                        (job, m) -> job.secondDestination(m.at(24577))),
                with(
                        Rule.OVERLAP, "dualcast's destinations", SimulatedTask.DUALCAST,
                        (job, m) -> job.sourceLength(4097).secondDestination(m.at(12288))),
                with(
                        Rule.OVERLAP, "dualcast's source", SimulatedTask.DUALCAST,
                        (job, m) -> job.source(m.at(8192 + 1023))),
                with(Rule.OVERLAP, "copy and CRC", SimulatedTask.COPY_CRC,
                        (job, m) -> job.source(m.at(8192))),
                with(
                        Rule.OVERLAP, "record and destination", SimulatedTask.DELTA_APPLY,
                        (job, m) -> job.source(m.at(8192 + 1032))),
                with(
                        Rule.OVERLAP, "record and what is compared", SimulatedTask.DELTA_CREATE,
                        (job, m) -> job.destination(m.at(16384 + 1016))),
                with(
                        Rule.OVERLAP, "DIF insert, by what it adds", SimulatedTask.DIF_INSERT,
                        (job, m) -> job.source(m.at(8192 + 1039))),
                with(Rule.OVERLAP, "DIF update in place", SimulatedTask.DIF_UPDATE,
                        (job, m) -> job.source(m.at(8192))),
                with(Rule.DELTA_ALIGNMENT, "source", SimulatedTask.DELTA_CREATE,
                        (job, m) -> job.source(m.at(4))),
                with(
                        Rule.DELTA_ALIGNMENT, "second source", SimulatedTask.DELTA_CREATE,
                        (job, m) -> job.secondSource(m.at(16388))),
                with(
                        Rule.DELTA_ALIGNMENT, "record", SimulatedTask.DELTA_APPLY,
                        (job, m) -> job.source(m.at(1))),
                breaks(Rule.DELTA_ALIGNMENT, "length", SimulatedTask.DELTA_CREATE,
                        job -> job.sourceLength(12)),
                breaks(
                        Rule.DELTA_LENGTH, "one block more", SimulatedTask.DELTA_CREATE,
                        job -> job.sourceLength(0x80008)),
                breaks(
                        Rule.DELTA_RECORD_LENGTH, "capacity of 70", SimulatedTask.DELTA_CREATE,
                        job -> job.destinationLength(70)),
                breaks(
                        Rule.DELTA_RECORD_LENGTH, "capacity of 85", SimulatedTask.DELTA_CREATE,
                        job -> job.destinationLength(85)),
                breaks(Rule.DELTA_RECORD_LENGTH, "size of 15", SimulatedTask.DELTA_APPLY,
                        job -> job.sourceLength(15)),
                with(
                        Rule.DELTA_RECORD, "H25: one block too far", SimulatedTask.DELTA_APPLY,
                        (job, m) -> m.memory.set(JAVA_SHORT_UNALIGNED, 0, (short) 130)),
                with(
                        Rule.DELTA_RECORD, "H25: the same block twice", SimulatedTask.DELTA_APPLY,
                        (job, m) -> job.sourceLength(20)),
                breaks(
                        Rule.DIF_BLOCK_SIZE, "the size itself", SimulatedTask.DIF_CHECK,
                        job -> job.dif(512, 0)),
                breaks(
                        Rule.DIF_FLAGS, "reserved", SimulatedTask.DIF_INSERT,
                        job -> job.dif(0, dml_h.DML_DIF_FLAG_DST_RESERVED2)),
                breaks(Rule.DIF_FLAGS, "the block size's", SimulatedTask.DIF_CHECK,
                        job -> job.dif(0, 0x10000)),
                breaks(Rule.DIF_LENGTH, "without protection", SimulatedTask.DIF_CHECK,
                        job -> job.sourceLength(1024)),
                breaks(Rule.DIF_LENGTH, "with protection", SimulatedTask.DIF_INSERT,
                        job -> job.sourceLength(1040)),
                with(
                        Rule.DIF_STRIP_ADJACENT, "right behind", SimulatedTask.DIF_STRIP,
                        (job, m) -> job.source(m.at(8192 + 1024))),
                with(
                        Rule.DIF_STRIP_ADJACENT, "its own length behind", SimulatedTask.DIF_STRIP,
                        (job, m) -> job.source(m.at(8192 + 1040))));
    }

    @ParameterizedTest(name = "{0}: {1}")
    @MethodSource("mistakes")
    void wrongFieldBreaksItsRule(
            Rule rule, String how, int operation,
            java.util.function.BiConsumer<RawJob, SimulatedRulesTest> spoiling) {
        RawJob job = new RawJob(dml, arena, dml_h.DML_PATH_SW);
        if (operation != 10) {
            describe(job, operation, this);
            assertEquals(0, job.submit(), () -> "as it was: " + dml.violations());
            job.awaitEnd();
            dml.assertClean();
            memory.fill((byte) 0);
        }
        describe(job, operation, this);
        spoiling.accept(job, this);
        assertEquals(dml_h.DML_STATUS_INTERNAL_ERROR, job.submit());
        assertEquals(1, dml.violations().size(), () -> dml.violations().toString());
        assertTrue(dml.violations().getFirst().startsWith(rule.name()),
                () -> dml.violations().toString());
    }

    @Test
    void adjacentRangesDoNotOverlap() {
        RawJob job = new RawJob(dml, arena, dml_h.DML_PATH_SW);
        describe(job, SimulatedTask.COPY_CRC, this);
        job.source(at(8192 + 1024));
        assertEquals(0, job.run());
        describe(job, SimulatedTask.DIF_STRIP, this);
        job.source(at(8192 + 1041));
        job.run();
        dml.assertClean();
    }

    @Test
    void everyTouchedRangeMustBeAllowed() {
        Map<Integer, Integer> ranges = Map.of(
                SimulatedTask.COMPARE, 2,
                SimulatedTask.DELTA_CREATE, 3,
                SimulatedTask.DUALCAST, 3,
                SimulatedTask.CRC, 1,
                SimulatedTask.DIF_CHECK, 1,
                SimulatedTask.DIF_UPDATE, 2);
        MemorySegment[] all =
                {at(0).asSlice(0, 1040), at(8192).asSlice(0, 1040), at(16384).asSlice(0, 1024),
                    at(24576).asSlice(0, 1024)};
        ranges.forEach(
                (operation, count) -> {
                    int refused = 0;
                    for (MemorySegment left : all) {
                        var strict = new SimulatedDml();
                        Stream.of(all).filter(range -> range != left).forEach(strict::allow);
                        RawJob job = new RawJob(strict, arena, dml_h.DML_PATH_SW);
                        describe(job, operation, this);
                        job.submit();
                        String broken = strict.violations().toString();
                        assertTrue(strict.violations().isEmpty()
                                || broken.contains(Rule.OUT_OF_BOUNDS.name()), broken);
                        refused += strict.violations().size();
                    }
                    assertEquals(count, refused, "operation " + operation);
                });
    }

    @Test
    void crcPointerIsReadOnlyWithTheSeedFlag() {
        crc.set(JAVA_INT, 0, 99);
        RawJob job = new RawJob(dml, arena, dml_h.DML_PATH_SW);
        describe(job, SimulatedTask.CRC, this);
        assertEquals(0, job.run());
        int unseeded = crc.get(JAVA_INT, 0);
        crc.set(JAVA_INT, 0, 99);
        describe(job, SimulatedTask.CRC, this);
        job.flags(dml_h.DML_FLAG_CRC_READ_SEED);
        assertEquals(0, job.run());
        assertTrue(unseeded != crc.get(JAVA_INT, 0));
    }
}
