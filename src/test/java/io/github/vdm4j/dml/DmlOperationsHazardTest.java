package io.github.vdm4j.dml;

import static io.github.vdm4j.memory.WriteBackKind.CACHE_LINES;
import static io.github.vdm4j.memory.WriteBackKind.PAGES;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.vdm4j.DurabilityDomain;
import io.github.vdm4j.ExecutionPath;
import io.github.vdm4j.VdmFlags;
import io.github.vdm4j.VdmFuture;
import io.github.vdm4j.VdmOperation;
import io.github.vdm4j.VdmOperationType;
import io.github.vdm4j.VdmResult;
import io.github.vdm4j.WhenFull;
import io.github.vdm4j.buffer.OffHeapBuffer;
import io.github.vdm4j.dml.ffi.dml_h;
import io.github.vdm4j.dml.simulated.Plan;
import io.github.vdm4j.dml.simulated.SimulatedTask;
import io.github.vdm4j.dml.simulated.Submission;
import io.github.vdm4j.future.FutureState;
import io.github.vdm4j.memory.WriteBackLog;
import io.github.vdm4j.memory.WriteBackLog.Range;
import io.github.vdm4j.operation.Crc32c;
import io.github.vdm4j.operation.CrcOptions;
import io.github.vdm4j.operation.DifBlockSize;
import io.github.vdm4j.operation.DifConfig;
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
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The hazards of the data operations of the DML mover. */
class DmlOperationsHazardTest extends AgainstSimulatedDml {
    private static final int PAGE_FAULT = dml_h.DML_STATUS_PAGE_FAULT_ERROR;
    private static final int BROKEN = dml_h.DML_STATUS_INTERNAL_ERROR;
    private static final int DURABLE_AND_READBACK = 0x8000 | 0x4000;
    private static final DifConfig BLOCKS = DifConfig.of(DifBlockSize.BYTES_512);

    @TempDir private Path folder;

    private List<SimulatedTask> tasks() {
        return dml.submissions().stream().map(Submission::task).toList();
    }

    private MemorySegment samePlaceInPage(int index) {
        return dml.allow(arena.allocate(3 * 4096, 4096)).asSlice(4096L * index + 8, 520);
    }

    @Nested
    @DisplayName("A part that fails")
    class Fails {
        @Test
        void failedPartReportsTheBytesDone() {
            DmlDataMover mover = open(builder(DmlPath.SOFTWARE).maxTransferBytes(64));
            dml.next(Plan.succeed(), Plan.succeed(), Plan.fail(BROKEN));
            var crc = finish(mover.crc32c(noise(300)));
            assertSame(VdmResult.DEVICE_ERROR, crc.result());
            assertSame(ExecutionPath.DML_SOFTWARE, crc.path());
            assertTrue(crc.failure()
                    .getMessage()
                    .startsWith(
                            "crc of 300 bytes on SOFTWARE failed after 128 bytes: "
                                    + "INTERNAL_ERROR (3)"),
                    crc.failure().getMessage());
            assertEquals(0, mover.slotsInUse());
            assertEquals(null, crc.output());
        }

        @Test
        void refusedJobIsNotCheckedBeforeItsNextUse() {
            DmlDataMover mover = software();
            dml.next(Plan.refuse(BROKEN));
            var compare = finish(mover.compare(noise(100), noise(100)));
            assertSame(VdmResult.DEVICE_ERROR, compare.result());
            assertEquals(0, dml.checks());
            assertEquals(0, mover.slotsInUse());
        }

        @Test
        void autoContinuesAFailedPartInSoftware() {
            dml.withHardware();
            DmlDataMover mover = open(builder(DmlPath.AUTO).maxTransferBytes(64));
            MemorySegment data = noise(300);
            long expected = finish(new JvmOracle().crc32c(data)).output().value();
            dml.forget();
            dml.next(Plan.succeed(), Plan.fail(BROKEN));
            var crc = finish(mover.crc32c(data));
            assertEquals(expected, crc.output().value());
            assertSame(ExecutionPath.DML_SOFTWARE, crc.path());
            assertEquals(6, dml.submissions().size());
        }

        @Test
        void autoContinuesACheckOfBlocksInJava() {
            dml.withHardware();
            DmlDataMover mover = open(builder(DmlPath.AUTO).maxTransferBytes(576));
            MemorySegment source = zeros(4 * 520);
            finish(new JvmOracle().difInsert(source, noise(4 * 512), BLOCKS, VdmFlags.NONE))
                    .orThrow();
            source.set(ValueLayout.JAVA_BYTE, 3 * 520 + 7, (byte) 1);
            source.set(ValueLayout.JAVA_BYTE, 3 * 520 + 8, (byte) 1);
            dml.forget();
            dml.next(Plan.succeed(), Plan.fail(BROKEN));
            var check = finish(mover.difCheck(source, BLOCKS));
            assertEquals(3 * 520, check.output().blockOffset());
            assertSame(ExecutionPath.JVM, check.path());
        }
    }

    @Nested
    @DisplayName("H17: a page fault")
    class PageFault {
        @Test
        void pageFaultRepeatsThePartWithItsSeed() {
            dml.withHardware();
            DmlDataMover mover = open(builder(DmlPath.HARDWARE).maxTransferBytes(64));
            MemorySegment data = noise(200);
            Crc32c expected = finish(new JvmOracle().crc32c(data)).output();
            // The library replaces the seed with the CRC of the bytes done.
            dml.next(Plan.succeed(), Plan.pageFault(10), Plan.pageFault(20));
            assertEquals(expected, finish(mover.crc32c(data)).output());
            assertEquals(6, dml.submissions().size());
        }

        @Test
        void pageFaultRepeatsADeltaFromTheStart() {
            DmlDataMover mover = hardware();
            MemorySegment original = zeros(256);
            MemorySegment record = zeros(400);
            MemorySegment modified = noise(256);
            dml.next(Plan.pageFault(128));
            assertEquals(320,
                    finish(mover.createDelta(record, original, modified)).output().recordBytes());
            assertEquals(List.of(400L, 400L),
                    tasks().stream().map(task -> Long.valueOf(task.recordLength())).toList());
        }
    }

    @Nested
    @DisplayName("H14: memory that a job must not reach")
    class Memory {
        @ParameterizedTest(name = "segment {0} of three")
        @ValueSource(ints = {0, 1, 2})
        void softwarePathKeepsItsArenasOpen(int which) {
            DmlDataMover mover = software();
            Arena[] arenas = {Arena.ofShared(), Arena.ofShared(), Arena.ofShared()};
            MemorySegment first = dml.allow(arenas[0].allocate(4096, 4096)).asSlice(0, 100);
            MemorySegment second = dml.allow(arenas[1].allocate(4096, 4096)).asSlice(0, 100);
            MemorySegment source = dml.allow(arenas[2].allocate(100));
            var refusal = new AtomicReference<IllegalStateException>();
            dml.next(Plan.succeed()
                    .during(
                            () -> refusal.set(assertThrows(IllegalStateException.class,
                                    arenas[which]::close))));
            finish(mover.dualcast(first, second, source)).orThrow();
            assertTrue(refusal.get().getMessage().contains("acquired"), refusal.get().getMessage());
            for (Arena arena : arenas) {
                arena.close();
            }
        }

        @Test
        void arenaClosedBeforeThePollSubmitsNothing() {
            DmlDataMover mover = software();
            VdmFuture<?> compare;
            try (Arena closed = Arena.ofShared()) {
                compare = mover.compare(noise(100), closed.allocate(100));
            }
            finish(compare);
            assertSame(VdmResult.SEGMENT_UNUSABLE, compare.result());
            assertEquals(List.of(), dml.submissions());
            assertEquals(0, mover.slotsInUse());
        }

        @Test
        void arenaClosedBeforeJavaReadsFailsTheSame() {
            DmlDataMover mover = software();
            VdmFuture<?> check;
            VdmFuture<?> apply;
            try (Arena closed = Arena.ofShared()) {
                check = mover.difCheck(closed.allocate(520), BLOCKS);
                apply = mover.applyDelta(zeros(64), closed.allocate(80, 8));
            }
            for (VdmFuture<?> future : List.of(check, apply)) {
                assertSame(VdmResult.SEGMENT_UNUSABLE, finish(future).result());
            }
            assertEquals(0, mover.slotsInUse());
        }

        @Test
        void onlyTheOwnerStartsAConfinedOperation() throws InterruptedException {
            DmlDataMover mover = software();
            try (Arena confined = Arena.ofConfined()) {
                var crc = mover.crc32c(dml.allow(confined.allocate(9)));
                var thrown = new AtomicReference<Throwable>();
                Thread other = Thread.ofPlatform()
                        .start(
                                () -> thrown
                                        .set(assertThrows(WrongThreadException.class, crc::poll)));
                other.join();
                assertSame(WrongThreadException.class, thrown.get().getClass());
                assertSame(FutureState.IDLE, crc.state());
                assertEquals(0, mover.slotsInUse());
                assertEquals(List.of(), dml.submissions());
                assertSame(VdmResult.SUCCESS, finish(crc).result());
            }
        }

        @ParameterizedTest(name = "segment {0} of three")
        @ValueSource(ints = {0, 1, 2})
        void bufferStaysPinnedUntilTheDeviceIsDone(int which) {
            DmlDataMover mover = hardware();
            OffHeapBuffer[] buffers = new OffHeapBuffer[3];
            for (int i = 0; i < 3; i++) {
                buffers[i] = OffHeapBuffer.allocate(8192);
                dml.allow(buffers[i].segment());
            }
            long place = buffers[0].segment().address();
            long same = place - buffers[1].segment().address() & 0xfff;
            dml.next(Plan.hold());
            var dualcast = mover.dualcast(
                    buffers[0].segment().asSlice(0, 100),
                    buffers[1].segment().asSlice(same, 100),
                    buffers[2].segment().asSlice(0, 100));
            dualcast.poll();
            assertEquals(1, buffers[which].operationsInFlight());
            assertFalse(buffers[which].tryClose());
            dml.releaseAll();
            finish(dualcast).orThrow();
            for (OffHeapBuffer buffer : buffers) {
                assertEquals(0, buffer.operationsInFlight());
                buffer.close();
            }
        }

        @Test
        @DisplayName("H28: neither DML nor Java touches a missing page of a truncated file")
        void missingPageIsNotTouched() throws IOException {
            DmlDataMover mover = open(builder(DmlPath.SOFTWARE).maxTransferBytes(4096));
            Path file = folder.resolve("truncated");
            Files.write(file, new byte[40 * 520]);
            try (FileChannel channel =
                    FileChannel.open(file, StandardOpenOption.READ, StandardOpenOption.WRITE)) {
                MemorySegment mapped =
                        dml.allow(channel.map(MapMode.READ_WRITE, 0, 40 * 520, arena));
                channel.truncate(8192);
                var crc = finish(mover.crc32c(mapped));
                assertSame(VdmResult.IO_ERROR, crc.result());
                assertTrue(crc.failure().getMessage().contains("failed after 8,192 bytes"),
                        crc.failure().getMessage());
                for (VdmFuture<?> future : List.of(
                        mover.difCheck(mapped, BLOCKS),
                        mover.copyCrc32c(mapped, zeros(40 * 520)),
                        mover.applyDelta(zeros(64), mapped.asSlice(0, 20_000)))) {
                    assertSame(VdmResult.IO_ERROR, finish(future).result(), future.toString());
                }
                assertEquals(0, mover.slotsInUse());
            }
        }
    }

    @Nested
    class TheMoverIsClosed {
        @Test
        void closeFinishesAnOperationInFlight() {
            DmlDataMover mover = hardware();
            MemorySegment data = noise(100);
            dml.next(Plan.succeed().afterChecks(20));
            var crc = mover.crc32c(data);
            crc.poll();
            mover.close();
            assertSame(FutureState.COMPLETE, crc.state());
            assertEquals(finish(new JvmOracle().crc32c(data)).output(), crc.output());
        }

        @Test
        void closeEndsAnIdleOperationWithClosed() {
            DmlDataMover mover = software();
            List<VdmFuture<?>> futures =
                    List.of(mover.crc32c(zeros(9)), mover.nop(), mover.drain(),
                            mover.crc32c(zeros(8).asSlice(8)));
            mover.close();
            for (VdmFuture<?> future : futures) {
                assertSame(VdmResult.CLOSED, finish(future).result());
            }
        }
    }

    @Test
    @DisplayName("H19: an operation without a job waits in order and can be cancelled")
    void operationWaitsForAJob() {
        DmlDataMover mover = hardware();
        dml.always(Plan.hold());
        var held = new ArrayList<VdmFuture<?>>();
        for (int i = 0; i < 4; i++) {
            var crc = mover.crc32c(noise(10));
            crc.poll();
            held.add(crc);
        }
        var late = mover.crc32c(noise(10));
        var cancelled = mover.crc32c(noise(10));
        assertSame(FutureState.RUNNING, late.poll());
        assertSame(FutureState.RUNNING, cancelled.poll());
        assertTrue(cancelled.cancel());
        assertSame(VdmResult.CANCELLED, cancelled.result());
        assertFalse(cancelled.cancel());
        dml.releaseAll();
        dml.always(Plan.succeed());
        assertSame(VdmResult.SUCCESS, finish(late).result());
        held.forEach(future -> assertSame(VdmResult.SUCCESS, finish(future).result()));
        assertEquals(0, mover.slotsInUse());
    }

    @Nested
    class ADrain {
        @Test
        void drainWaitsForEarlierOperations() {
            DmlDataMover mover = hardware();
            dml.next(Plan.hold(), Plan.hold());
            var crc = mover.crc32c(noise(100));
            var fill = mover.memset(zeros(100), (byte) 1);
            crc.poll();
            fill.poll();
            var drain = mover.drain();
            assertSame(FutureState.RUNNING, drain.poll());
            Submission[] held = dml.submissions().toArray(Submission[]::new);
            held[1].release();
            assertSame(FutureState.RUNNING, drain.poll());
            assertSame(FutureState.COMPLETE, fill.state()); // the drain polls
            held[0].release();
            finish(drain).orThrow();
            assertSame(FutureState.COMPLETE, crc.state());
            assertSame(ExecutionPath.DSA_HARDWARE, drain.path());
            assertEquals(SimulatedTask.DRAIN, dml.lastSubmission().operation());
        }

        @Test
        void drainDoesNotWaitForLaterOperations() {
            DmlDataMover mover = hardware();
            dml.next(Plan.hold());
            var before = mover.crc32c(noise(100));
            before.poll();
            var drain = mover.drain();
            drain.poll();
            dml.next(Plan.hold());
            var after = mover.crc32c(noise(100));
            after.poll();
            dml.submissions().getFirst().release();
            assertSame(VdmResult.SUCCESS, finish(drain).result());
            assertSame(FutureState.RUNNING, after.state());
        }

        @Test
        void drainDoesNotWaitForTheNextUseOfAJob() {
            dml.withHardware();
            DmlDataMover mover = open(builder(DmlPath.HARDWARE).slots(2));
            dml.next(Plan.hold());
            var first = mover.crc32c(noise(100));
            first.poll();
            var drain = mover.drain();
            drain.poll();
            dml.submissions().getFirst().release();
            finish(first);
            dml.next(Plan.hold());
            var second = mover.crc32c(noise(100)); // in the job that the drain checks
            second.poll();
            assertEquals(dml.submissions().getFirst().job(), dml.lastSubmission().job());
            assertSame(VdmResult.SUCCESS, finish(drain).result());
            assertSame(FutureState.RUNNING, second.state());
        }

        /** The mover still knows the drain when its future becomes a fill. */
        @Test
        void confinedMemoryMayFollowADrain() throws InterruptedException {
            dml.withHardware();
            DmlDataMover mover = open(builder(DmlPath.HARDWARE).maxTransferBytes(64));
            dml.next(Plan.hold());
            mover.crc32c(noise(64)).poll();
            VdmOperation operation = mover.newOperation();
            assertSame(FutureState.RUNNING, operation.drain().poll());
            dml.submissions().getFirst().release();
            operation.busyPoll();
            operation.orThrow();
            try (Arena confined = Arena.ofConfined()) {
                dml.next(Plan.hold(), Plan.hold());
                MemorySegment own = dml.allow(confined.allocate(128));
                operation.memset(own, (byte) 7, VdmFlags.NONE).poll();
                mover.crc32c(noise(64)).poll();
                Submission[] held = dml.submissions().toArray(Submission[]::new);
                held[held.length - 2].release();
                var thrown = new AtomicReference<Throwable>();
                var drain = mover.drain();
                Thread other = Thread.ofPlatform().start(() -> {
                    try {
                        drain.poll();
                    } catch (Throwable e) {
                        thrown.set(e);
                    }
                });
                other.join();
                assertNull(thrown.get());
                held[held.length - 1].release();
                operation.busyPoll();
                operation.orThrow();
                finish(drain).orThrow();
                assertEquals(7, own.get(ValueLayout.JAVA_BYTE, 127));
            }
        }

        @Test
        void drainDoesNotWaitForASilentDevice() {
            dml.withHardware();
            DmlDataMover mover = open(builder(DmlPath.HARDWARE).deviceTimeout(Duration.ofNanos(1)));
            dml.always(Plan.succeed().afterChecks(0));
            dml.next(Plan.hold());
            var crc = mover.crc32c(noise(100));
            crc.poll();
            assertSame(VdmResult.SUCCESS, finish(mover.drain()).result());
            assertSame(FutureState.COMPLETE, crc.state());
            assertSame(VdmResult.TIMEOUT, crc.result());
        }

        @Test
        void drainDoesNotWaitForAKeptJob() {
            DmlDataMover mover = software();
            mover.newOperation().memset(zeros(64), (byte) 1, VdmFlags.NONE).start().orThrow();
            assertSame(VdmResult.SUCCESS, finish(mover.drain()).result());
        }

        /** No caller knows that an operation has started before its first poll returns. */
        @Test
        void drainDoesNotWaitForAFirstPoll() {
            DmlDataMover mover = software();
            var states = new ArrayList<FutureState>();
            dml.next(Plan.succeed().during(() -> {
                states.add(finish(mover.drain()).state());
            }));
            mover.newOperation().memset(zeros(64), (byte) 1, VdmFlags.NONE).start().orThrow();
            assertEquals(List.of(FutureState.COMPLETE), states);
        }

        @Test
        void drainNeedsNoJob() {
            dml.withHardware();
            DmlDataMover mover = open(builder(DmlPath.HARDWARE).slots(1));
            dml.next(Plan.hold());
            var crc = mover.crc32c(noise(100));
            crc.poll();
            var drain = mover.drain();
            assertSame(FutureState.RUNNING, drain.poll());
            dml.releaseAll();
            assertSame(VdmResult.SUCCESS, finish(drain).result());
        }

        @ParameterizedTest
        @EnumSource(names = {"AUTO", "HARDWARE"})
        void fullQueueDoesNotFailADrain(DmlPath path) {
            dml.withHardware();
            DmlDataMover mover = open(builder(path).slots(1)
                    .whenFull(WhenFull.FAIL)
                    .queueSize(1)
                    .offloadFrom(0));
            dml.next(Plan.hold(), Plan.hold());
            var first = mover.crc32c(noise(100));
            first.poll();
            var drain = mover.drain();
            assertSame(FutureState.RUNNING, drain.poll());
            var second = mover.crc32c(noise(100));
            second.poll();
            dml.submissions().getLast().release();
            assertSame(VdmResult.SUCCESS, finish(first).result()); // The second has the job.
            var third = mover.crc32c(noise(100));
            assertSame(FutureState.RUNNING, third.poll());
            drain.poll();
            dml.releaseAll();
            assertSame(VdmResult.SUCCESS, finish(drain).result());
            finish(second).orThrow();
            finish(third).orThrow();
        }

        @Test
        void begunDrainSucceedsDuringClose() {
            DmlDataMover mover = hardware();
            dml.next(Plan.succeed().afterChecks(20));
            mover.crc32c(noise(100)).poll();
            var drain = mover.drain();
            assertSame(FutureState.RUNNING, drain.poll());
            mover.close();
            assertSame(VdmResult.SUCCESS, finish(drain).result());
        }

        @ParameterizedTest
        @EnumSource(names = {"SOFTWARE", "HARDWARE"})
        void drainOfAnIdleMoverIsSubmitted(DmlPath path) {
            dml.withHardware();
            var drain = finish(open(path).drain());
            drain.orThrow();
            assertEquals(SimulatedTask.DRAIN, dml.lastSubmission().operation());
            assertEquals(0, dml.lastSubmission().flags());
        }
    }

    @Nested
    class Durable {
        private final WriteBackLog log = new WriteBackLog();

        private MemorySegment mapped() throws IOException {
            Path file = folder.resolve("mapped");
            Files.write(file, new byte[20_000]);
            try (FileChannel channel =
                    FileChannel.open(file, StandardOpenOption.READ, StandardOpenOption.WRITE)) {
                return dml.allow(channel.map(MapMode.READ_WRITE, 0, 20_000, arena));
            }
        }

        private DmlDataMover open(DmlPath path, boolean libpmem) {
            dml.withHardware();
            return DmlOperationsHazardTest.this.open(
                    builder(path).maxTransferBytes(256).durability(log.engines(libpmem)));
        }

        private List<VdmFuture<?>> operationsOnto(DmlDataMover mover, MemorySegment onto) {
            MemorySegment blocks = zeros(520);
            finish(new JvmOracle().difInsert(blocks, noise(512), BLOCKS, VdmFlags.NONE)).orThrow();
            MemorySegment record = arena.allocate(80, 8);
            var made = finish(new JvmOracle().createDelta(record, arena.allocate(520, 8),
                    onto.asSlice(0, 520)));
            made.orThrow();
            VdmFlags durable = VdmFlags.MEM_DURABLE;
            return List.of(
                    mover.fill(onto.asSlice(0, 520), 1, durable),
                    mover.copyCrc32c(onto.asSlice(0, 520), noise(520), CrcOptions.STANDARD,
                            durable),
                    mover.difInsert(onto.asSlice(0, 520), noise(512), BLOCKS, durable),
                    mover.difStrip(onto.asSlice(0, 512), blocks, BLOCKS, durable),
                    mover.difUpdate(onto.asSlice(0, 520), blocks, BLOCKS, durable));
        }

        @Test
        void hardwareWritesEveryPartDurably() {
            DmlDataMover mover = open(DmlPath.HARDWARE, true);
            for (VdmFuture<?> future : operationsOnto(mover, zeros(1024))) {
                finish(future).orThrow();
            }
            assertTrue(
                    tasks().stream()
                            .allMatch(task -> (task.flags()
                                    & DURABLE_AND_READBACK) == DURABLE_AND_READBACK));
            assertTrue(tasks().stream().noneMatch(task -> task.is(SimulatedTask.CACHE_FLUSH)));
            assertEquals(List.of(), log.ranges());
        }

        @Test
        void libpmemWritesBackOnceAfterTheLastPart() {
            DmlDataMover mover = open(DmlPath.SOFTWARE, true);
            MemorySegment onto = zeros(1024);
            int[] at = {0};
            for (VdmFuture<?> future : operationsOnto(mover, onto)) {
                log.forget();
                log.whenever((kind, range) -> at[0] = dml.submissions().size());
                finish(future).orThrow();
                long bytes = future.type() == VdmOperationType.DIF_STRIP ? 512 : 520;
                assertEquals(List.of(new Range(CACHE_LINES, onto.address(), bytes)), log.ranges(),
                        future.toString());
                assertEquals(dml.submissions().size(), at[0]);
            }
        }

        @Test
        void dmlFlushesWithoutLibpmemInTheSameJob() {
            DmlDataMover mover = open(DmlPath.SOFTWARE, false);
            MemorySegment onto = zeros(1024);
            for (VdmFuture<?> future : operationsOnto(mover, onto)) {
                int before = dml.submissions().size();
                finish(future).orThrow();
                List<SimulatedTask> flushes = tasks().subList(before, dml.submissions().size())
                        .stream()
                        .filter(task -> task.is(SimulatedTask.CACHE_FLUSH))
                        .toList();
                assertEquals(onto.address(), flushes.getFirst().destination(), future.toString());
                long lines = future.type() == VdmOperationType.DIF_STRIP ? 512 : 576;
                assertEquals(lines, flushes.stream().mapToLong(SimulatedTask::length).sum(),
                        future.toString());
                assertEquals(SimulatedTask.CACHE_FLUSH, dml.lastSubmission().operation());
            }
            assertEquals(List.of(), log.ranges());
        }

        @Test
        void deltaIsAppliedDurably() {
            DmlDataMover mover = open(DmlPath.SOFTWARE, false);
            MemorySegment onto = arena.allocate(64, 64);
            MemorySegment record = arena.allocate(80, 8);
            MemorySegment modified = fillWithNoise(arena.allocate(64, 8));
            finish(mover.createDelta(record, onto, modified)).orThrow();
            finish(mover.applyDelta(onto, record, VdmFlags.MEM_DURABLE)).orThrow();
            assertArrayEquals(bytes(modified), bytes(onto));
            assertEquals(SimulatedTask.CACHE_FLUSH, dml.lastSubmission().operation());
            assertEquals(onto.address(), dml.lastSubmission().destination());
        }

        @ParameterizedTest
        @ValueSource(booleans = {false, true})
        void durableDualcastFlushesEachDestination(boolean libpmem)
                throws IOException {
            DmlDataMover mover = open(DmlPath.SOFTWARE, libpmem);
            MemorySegment first = mapped().asSlice(8, 520);
            MemorySegment second = samePlaceInPage(1);
            finish(mover.dualcast(first, second, noise(520), VdmFlags.MEM_DURABLE)).orThrow();
            long flushes =
                    tasks().stream().filter(task -> task.is(SimulatedTask.CACHE_FLUSH)).count();
            Range pages = Range.of(PAGES, first);
            assertEquals(libpmem ? List.of(Range.of(CACHE_LINES, second), pages) : List.of(pages),
                    log.ranges());
            assertEquals(libpmem ? 0 : 3, flushes);
        }

        @Test
        void durableDualcastFlagsBothDestinations() {
            DmlDataMover mover = open(DmlPath.HARDWARE, true);
            MemorySegment first = samePlaceInPage(0);
            MemorySegment second = samePlaceInPage(2);
            finish(mover.dualcast(first, second, noise(520), VdmFlags.MEM_DURABLE)).orThrow();
            assertTrue(tasks().stream().allMatch(task -> task.specific() == 1 && task.has(0x8000)));
            finish(mover.dualcast(first, second, noise(520))).orThrow();
            assertEquals(0, tasks().getLast().specific());
        }

        @Test
        void durableOperationNeedsASuitableDestination() {
            DmlDataMover mover = open(DmlPath.HARDWARE, true);
            try (OffHeapBuffer allocated = OffHeapBuffer.allocate(8192);
                    OffHeapBuffer lines =
                            OffHeapBuffer.wrap(zeros(8192), DurabilityDomain.CACHE_LINE)) {
                long same = lines.segment().address() - allocated.segment().address() & 0xfff;
                MemorySegment cannot = allocated.segment().asSlice(same, 64);
                var dualcast = finish(mover.dualcast(
                        lines.segment().asSlice(0, 64), cannot, noise(64), VdmFlags.MEM_DURABLE));
                assertSame(VdmResult.UNSUPPORTED, dualcast.result());
                assertTrue(
                        dualcast.failure()
                                .getMessage()
                                .contains("cannot be made durable: the destination is ordinary"),
                        dualcast.failure().getMessage());
                assertSame(VdmResult.UNSUPPORTED,
                        finish(mover.fill(cannot, 1, VdmFlags.MEM_DURABLE)).result());
                assertEquals(List.of(), dml.submissions());
            }
        }

        @Test
        void failedStorageFailsADurableOperation() throws IOException {
            DmlDataMover mover = open(DmlPath.SOFTWARE, true);
            IOException broken = new IOException("Input/output error");
            log.fail(broken);
            var fill = finish(mover.fill(mapped(), 1, VdmFlags.MEM_DURABLE));
            assertSame(VdmResult.IO_ERROR, fill.result());
            assertSame(broken, fill.failure().getCause());
        }
    }
}
