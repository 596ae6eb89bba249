package io.github.vdm4j.dml.simulated;

import static io.github.vdm4j.dml.ffi.dml_h.DML_STATUS_BATCH_ERROR;
import static io.github.vdm4j.dml.ffi.dml_h.DML_STATUS_INTERNAL_ERROR;
import static io.github.vdm4j.dml.ffi.dml_h.DML_STATUS_OK;
import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;
import static java.lang.foreign.ValueLayout.JAVA_SHORT;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.vdm4j.dml.ffi.dml_h;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.Random;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Batches written byte by byte, on both paths of the simulation. */
class SimulatedBatchTest {
    private static final int CHECK_RESULT = dml_h.DML_FLAG_CHECK_RESULT;
    private static final int FALSE_PREDICATE = 2;

    private final Arena arena = Arena.ofShared();
    private final SimulatedDml dml = new SimulatedDml().withHardware();
    private final MemorySegment first = noise();
    private final MemorySegment second = noise();
    private final MemorySegment third = arena.allocate(1024, 4096);
    private final RawBatch batch = new RawBatch(arena, 5);
    private RawJob job;

    private MemorySegment noise() {
        byte[] bytes = new byte[1024];
        new Random(System.identityHashCode(bytes)).nextBytes(bytes);
        return arena.allocate(1024, 4096).copyFrom(MemorySegment.ofArray(bytes));
    }

    private void open(boolean hardware) {
        job = new RawJob(dml, arena, hardware ? dml_h.DML_PATH_HW : dml_h.DML_PATH_SW);
    }

    @AfterEach
    void free() {
        arena.close();
    }

    private void assertClean() {
        job.finish();
        dml.close();
    }

    @Test
    void sizeIsThatOfTheRealLibrary() {
        open(false);
        assertEquals(-dml_h.DML_STATUS_BATCH_SIZE_ERROR, job.batchSize(3));
        assertEquals(448, job.batchSize(4));
        assertEquals(6208, job.batchSize(64));
        assertClean();
    }

    @ParameterizedTest(name = "on hardware: {0}")
    @ValueSource(booleans = {false, true})
    void everyTaskReturnsItsResult(boolean hardware) {
        open(hardware);
        batch.move(0, third, first, 0);
        batch.compare(1, second, first, 0);
        MemorySegment crc = batch.task(2, SimulatedTask.CRC, 0);
        RawBatch.ranged(crc, second.address(), 0, 9);
        second.copyFrom(MemorySegment.ofArray("123456789".getBytes()));
        MemorySegment delta = batch.task(3, SimulatedTask.DELTA_CREATE, 0);
        RawBatch.ranged(delta, first.address(), second.address(), 8);
        MemorySegment record = arena.allocate(80, 8);
        delta.set(JAVA_LONG, 40, record.address());
        delta.set(JAVA_INT, 48, 80);
        batch.in(job);
        assertEquals(DML_STATUS_OK, job.run());
        assertEquals(-1, third.mismatch(first));
        assertEquals(1, batch.result(1));
        assertEquals(first.mismatch(second), batch.bytes(1));
        assertEquals(0xE3069283, batch.value(2));
        assertEquals(10, batch.value(3));
        for (int i = 0; i < 5; i++) {
            assertEquals(1, batch.status(i));
            assertEquals(DML_STATUS_OK, job.batchStatus(i));
        }
        assertEquals(-dml_h.DML_STATUS_BATCH_TASK_INDEX_OVERFLOW, job.batchStatus(5));
        assertEquals(5, job.record().get(JAVA_INT, 4), "tasks completed");
        assertClean();
    }

    @Test
    void softwarePathStopsAtAFalsePredicate() {
        open(false);
        batch.move(0, third, first, 0);
        batch.compare(1, second, first, CHECK_RESULT);
        batch.move(2, second, third, 0);
        batch.in(job);
        assertEquals(DML_STATUS_BATCH_ERROR, job.run());
        assertEquals(FALSE_PREDICATE, batch.status(1));
        assertEquals(dml_h.DML_STATUS_FALSE_PREDICATE_OK, job.batchStatus(1));
        assertEquals(0, batch.status(2));
        assertEquals(DML_STATUS_INTERNAL_ERROR, job.batchStatus(2), "of a task that was not run");
        assertEquals(-1, third.mismatch(first));
        assertTrue(second.mismatch(third) >= 0, "the third task was run");
        assertEquals(1, job.record().get(JAVA_INT, 4), "tasks completed");
        assertClean();
    }

    @Test
    void hardwareContinuesAfterAFailureWithoutAFence() {
        open(true);
        batch.compare(1, second, first, CHECK_RESULT);
        batch.move(2, third, first, 0);
        batch.task(3, SimulatedTask.NOP, RawBatch.FENCE);
        batch.move(4, second, first, 0);
        batch.in(job);
        assertEquals(DML_STATUS_BATCH_ERROR, job.run());
        assertEquals(1, batch.status(2));
        assertEquals(-1, third.mismatch(first));
        assertEquals(0, batch.status(3));
        assertEquals(0, batch.status(4));
        assertTrue(second.mismatch(first) >= 0);
        assertClean();
    }

    @ParameterizedTest(name = "fenced: {0}")
    @ValueSource(booleans = {false, true})
    void hardwareKeepsNoOrderWithoutAFence(boolean fenced) {
        open(true);
        batch.move(0, second, first, 0);
        batch.move(1, third, second, fenced ? RawBatch.FENCE : 0);
        batch.in(job);
        assertEquals(DML_STATUS_OK, job.run());
        assertEquals(fenced, third.mismatch(first) < 0);
        assertClean();
    }

    @Test
    void planFailsSingleTasks() {
        open(true);
        dml.next(Plan.succeed().withTask(0, Plan.pageFault(100)).withTask(3, Plan.fail(44)));
        batch.move(0, third, first, 0);
        batch.move(3, second, first, 0);
        third.set(JAVA_BYTE, 100, (byte) ~first.get(JAVA_BYTE, 100)); // not equal by chance
        batch.in(job);
        assertEquals(DML_STATUS_BATCH_ERROR, job.run());
        assertEquals(dml_h.DML_STATUS_PAGE_FAULT_ERROR, job.batchStatus(0));
        assertEquals(0x83, batch.status(0) & 0xFF, "on a write");
        assertEquals(100, batch.bytes(0));
        assertEquals(third.address() + 100, batch.record(0).get(JAVA_LONG, 8));
        assertEquals(100, third.mismatch(first));
        assertEquals(DML_STATUS_OK, job.batchStatus(1));
        assertEquals(44, job.batchStatus(3));
        assertTrue(second.mismatch(first) >= 0);
        assertClean();
    }

    @Test
    void planFailsTheBatchAfterSomeTasks() {
        open(true);
        dml.next(Plan.fail(45).moving(2));
        batch.in(job);
        assertEquals(45, job.run());
        assertEquals(1, batch.status(1));
        assertEquals(0, batch.status(2));
        assertEquals(2, job.record().get(JAVA_INT, 4));
        assertClean();
    }

    @Nested
    class BreaksARule {
        @BeforeEach
        void onHardware() {
            open(true);
        }

        private void assertBroken(Rule rule) {
            assertEquals(DML_STATUS_INTERNAL_ERROR, job.submit());
            assertEquals(1, dml.violations().size(), () -> dml.violations().toString());
            assertTrue(dml.violations().getFirst().startsWith(rule.name()),
                    () -> dml.violations().toString());
        }

        @Test
        @DisplayName("H26: a batch of three tasks breaks a rule")
        void batchOfThreeTasksBreaksARule() {
            new RawBatch(arena, 3).in(job);
            assertBroken(Rule.BATCH_SIZE);
        }

        @Test
        void tooManyTasksBreakARule() {
            dml.maxBatchTasks(4);
            batch.in(job);
            assertBroken(Rule.BATCH_LIMIT);
        }

        @Test
        void unalignedBufferBreaksARule() {
            batch.in(job).destination(batch.buffer.asSlice(32));
            assertBroken(Rule.BATCH_ALIGNMENT);
        }

        @Test
        void missingBufferBreaksARule() {
            batch.in(job).destination(MemorySegment.NULL);
            assertBroken(Rule.NULL_ADDRESS);
        }

        @Test
        @DisplayName("H26: a buffer larger than its tasks breaks a rule")
        void tooLargeBufferBreaksARule() {
            RawBatch larger = new RawBatch(arena, 8);
            larger.buffer.asSlice(64 * 7, 64).fill((byte) 0);
            larger.in(job);
            assertBroken(Rule.BATCH_TASK_UNSET);
        }

        @Test
        @DisplayName("H26: a batch with old completion records breaks a rule")
        void oldRecordsBreakARule() {
            batch.in(job);
            assertEquals(DML_STATUS_OK, job.run());
            batch.in(job);
            assertBroken(Rule.BATCH_RECORD_STALE);
        }

        @Test
        void changingATaskInFlightBreaksARule() {
            batch.in(job);
            assertEquals(DML_STATUS_OK, job.submit());
            batch.move(0, third, first, 0);
            job.awaitEnd();
            assertEquals(1, dml.violations().size());
            assertTrue(dml.violations().getFirst().startsWith(Rule.BATCH_CHANGED.name()));
        }

        @Test
        @DisplayName("H25: a delta record that becomes bad during the batch breaks a rule")
        void badRecordOfTheBatchBreaksARule() {
            MemorySegment apply = batch.task(0, SimulatedTask.DELTA_APPLY, 0);
            MemorySegment record = arena.allocate(80, 8);
            record.set(JAVA_SHORT, 0, (short) 128);
            RawBatch.ranged(apply, record.address(), third.address(), 1024);
            apply.set(JAVA_INT, 40, 10);
            batch.in(job);
            assertEquals(DML_STATUS_BATCH_ERROR, job.run());
            assertEquals(1, dml.violations().size());
            assertTrue(dml.violations().getFirst().startsWith(Rule.DELTA_RECORD.name()));
        }

        static Stream<Arguments> mistakes() {
            return Stream.of(
                    mistake(Rule.BATCH_TASK_UNSET, "no record", d -> d.set(JAVA_LONG, 8, 0)),
                    mistake(Rule.BATCH_RECORD, "another record",
                            d -> d.set(JAVA_LONG, 8, d.get(JAVA_LONG, 8) + 32)),
                    mistake(Rule.BATCH_RECORD, "not asked for",
                            d -> d.set(JAVA_SHORT, 4, (short) 4)),
                    mistake(Rule.BATCH_NESTED, "drain",
                            d -> d.set(JAVA_BYTE, 7, (byte) SimulatedTask.DRAIN)),
                    mistake(Rule.BATCH_NESTED, "batch",
                            d -> d.set(JAVA_BYTE, 7, (byte) SimulatedTask.BATCH)),
                    mistake(Rule.UNKNOWN_OPERATION, "77", d -> d.set(JAVA_BYTE, 7, (byte) 77)),
                    mistake(Rule.LENGTH_ZERO, "H4", d -> d.set(JAVA_INT, 32, 0)),
                    mistake(Rule.NULL_ADDRESS, "source", d -> d.set(JAVA_LONG, 16, 0)),
                    mistake(Rule.WRONG_FLAGS, "COPY_ONLY", d -> d.set(JAVA_SHORT, 4, (short) 0x2C)),
                    mistake(Rule.WRONG_FLAGS, "seed by address", d -> {
                        d.set(JAVA_BYTE, 7, (byte) SimulatedTask.CRC);
                        d.set(JAVA_BYTE, 6, (byte) 1);
                    }),
                    mistake(Rule.RESERVED_FIELD, "destination of a CRC",
                            d -> d.set(JAVA_BYTE, 7, (byte) 0x10)),
                    mistake(Rule.RESERVED_FIELD, "PASID", d -> d.set(JAVA_INT, 0, 1)),
                    mistake(Rule.RESERVED_FIELD, "what another operation left",
                            d -> d.set(JAVA_INT, 40, 1)),
                    mistake(Rule.LENGTH_ABOVE_LIMIT, "H5", d -> d.set(JAVA_INT, 32, 1 << 30)));
        }

        private static Arguments mistake(Rule rule, String how, Consumer<MemorySegment> spoiling) {
            return Arguments.of(rule, how, spoiling);
        }

        @ParameterizedTest(name = "{0}: {1}")
        @MethodSource("mistakes")
        void wrongFieldOfATaskBreaksARule(Rule rule, String how, Consumer<MemorySegment> spoiling) {
            dml.maxTransferBytes(1 << 20);
            spoiling.accept(batch.move(2, third, first, 0));
            batch.in(job);
            assertBroken(rule);
            assertTrue(dml.violations().getFirst().contains("task 2"),
                    () -> dml.violations().toString());
        }

        @Test
        @DisplayName("H14: a task that reaches a byte beyond its memory breaks a rule")
        void accessBeyondTheMemoryBreaksARule() {
            dml.allow(first);
            dml.allow(third.asSlice(0, 1023));
            batch.move(1, third, first, 0);
            batch.in(job);
            assertBroken(Rule.OUT_OF_BOUNDS);
        }
    }
}
