package io.github.vdm4j.dml;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.vdm4j.ExecutionPath;
import io.github.vdm4j.VdmException;
import io.github.vdm4j.VdmFlags;
import io.github.vdm4j.VdmFuture;
import io.github.vdm4j.VdmOperation;
import io.github.vdm4j.VdmOperationType;
import io.github.vdm4j.VdmOutput;
import io.github.vdm4j.VdmResult;
import io.github.vdm4j.dml.ffi.dml_h;
import io.github.vdm4j.dml.simulated.Plan;
import io.github.vdm4j.dml.simulated.Submission;
import io.github.vdm4j.future.FutureState;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class DmlDataMoverTest extends AgainstSimulatedDml {

    @Test
    void knowsTheLibraryThatItRunsOn() {
        DmlLibrary library = dml.library();
        DmlDataMover mover = open(DmlDataMover.builder().library(library));
        assertSame(library, mover.library());
        assertEquals("Intel DML 1.1.1 (simulated)", library.toString());
        assertEquals(128, mover.capacity());
    }

    @Test
    void supportsEveryFlag() {
        DmlDataMover mover = software();
        assertTrue(mover.isSupported(VdmFlags.NONE));
        assertTrue(mover.isSupported(VdmFlags.MEM_DURABLE));
        assertTrue(mover.isSupported(VdmFlags.NO_CACHE_HINT.and(VdmFlags.MEM_DURABLE)));
    }

    @Test
    void startsNothingBeforeTheFirstPoll() {
        DmlDataMover mover = software();
        VdmFuture<VdmOutput> fill = mover.memset(zeros(64), (byte) 1);
        assertSame(FutureState.IDLE, fill.state());
        assertEquals(List.of(), dml.submissions());
        assertEquals(0, mover.slotsInUse());
        assertThrows(IllegalStateException.class, fill::result);
        assertThrows(IllegalStateException.class, fill::output);
    }

    @Test
    void softwareCompletesInTheFirstPoll() {
        DmlDataMover mover = software();
        VdmFuture<VdmOutput> fill = mover.memset(zeros(64), (byte) 1);
        assertSame(FutureState.COMPLETE, fill.poll());
        assertSame(Thread.currentThread(), dml.lastSubmission().thread());
        assertSame(ExecutionPath.DML_SOFTWARE, fill.path());
    }

    @Test
    void hardwareOperationIsRunningUntilItEnds() {
        DmlDataMover mover = hardware();
        dml.next(Plan.succeed().afterChecks(3));
        MemorySegment source = noise(64);
        MemorySegment destination = zeros(64);
        VdmFuture<VdmOutput> copy = mover.memcpy(destination, source);
        for (int i = 0; i < 3; i++) {
            assertSame(FutureState.RUNNING, copy.poll());
            assertSame(FutureState.RUNNING, copy.state());
            assertEquals(1, mover.slotsInUse());
        }
        assertSame(FutureState.COMPLETE, copy.poll());
        assertArrayEquals(bytes(source), bytes(destination));
        assertSame(destination, copy.output().destination());
        assertEquals(0, mover.slotsInUse());
    }

    @Test
    void failedOperationShowsTheWrittenBytes() {
        DmlDataMover mover = hardware();
        dml.next(Plan.succeed().corrupting());
        MemorySegment source = noise(64);
        MemorySegment destination = zeros(64);
        assertSame(VdmResult.SUCCESS, finish(mover.memcpy(destination, source)).result());
        assertNotEquals(-1, source.mismatch(destination), "the tests would see a wrong byte");
    }

    @Nested
    class AnOperationUsedAgainAndAgain {
        @ParameterizedTest
        @EnumSource(names = {"HARDWARE", "SOFTWARE"})
        void reusedOperationExecutesEachPreparation(DmlPath path) {
            dml.withHardware();
            DmlDataMover mover = open(path);
            VdmOperation operation = mover.newOperation();
            MemorySegment memory = noise(256);
            for (int round = 0; round < 200; round++) {
                byte[] expected = bytes(memory);
                switch (round % 3) {
                    case 0 -> {
                        operation.memcpy(memory.asSlice(0, 100), memory.asSlice(100, 100),
                                VdmFlags.NONE);
                        System.arraycopy(expected, 100, expected, 0, 100);
                    }
                    case 1 -> {
                        operation.memmove(memory.asSlice(3, 200), memory.asSlice(0, 200),
                                VdmFlags.NO_CACHE_HINT);
                        System.arraycopy(expected, 0, expected, 3, 200);
                    }
                    default -> {
                        operation.memset(memory.asSlice(round, 50), (byte) round, VdmFlags.NONE);
                        java.util.Arrays.fill(expected, round, round + 50, (byte) round);
                    }
                }
                assertSame(FutureState.IDLE, operation.state());
                finish(operation.start());
                operation.orThrow();
                assertArrayEquals(expected, bytes(memory));
            }
            assertEquals(200, dml.submissions().size());
        }

        private void finish(VdmOperation operation) {
            for (int i = 0; operation.poll() != FutureState.COMPLETE; i++) {
                assertTrue(i < 1_000_000, "does not end");
            }
        }

        @Test
        void againRepeatsTheLastOperation() {
            VdmOperation operation = software().newOperation();
            MemorySegment memory = zeros(64);
            finish(operation.memset(memory, (byte) 5, VdmFlags.NONE).start());
            memory.fill((byte) 0);
            finish(operation.again().start());
            assertEquals(64, memory.mismatch(zeros(65).fill((byte) 5)));
        }

        @Test
        void runningOperationIsNotPrepared() {
            VdmOperation operation = hardware().newOperation();
            dml.next(Plan.hold());
            MemorySegment memory = zeros(64);
            operation.memset(memory, (byte) 5, VdmFlags.NONE).start();
            assertThrows(IllegalStateException.class, operation::again);
            assertThrows(IllegalStateException.class,
                    () -> operation.memset(memory, (byte) 6, VdmFlags.NONE));
            dml.releaseAll();
            finish(operation);
            assertSame(VdmResult.SUCCESS, operation.result());
            assertEquals(64, memory.mismatch(zeros(65).fill((byte) 5)));
        }

        @Test
        void operationSucceedsAfterAFailure() {
            VdmOperation operation = software().newOperation();
            dml.next(Plan.fail(3));
            MemorySegment memory = zeros(64);
            finish(operation.memset(memory, (byte) 5, VdmFlags.NONE).start());
            assertSame(VdmResult.DEVICE_ERROR, operation.result());
            finish(operation.again().start());
            assertSame(VdmResult.SUCCESS, operation.result());
            assertSame(null, operation.failure());
        }

        @Test
        void unpreparedOperationIsNotPolled() {
            VdmOperation operation = software().newOperation();
            assertThrows(IllegalStateException.class, operation::poll);
            assertThrows(IllegalStateException.class, operation::start);
            assertThrows(IllegalStateException.class, operation::again);
        }
    }

    @Nested
    @DisplayName("H13: one future and many threads")
    class ManyThreads {
        private static final int THREADS = 4;

        /**
         * Polls futures on several threads at once, and waits until every thread has seen each
         * future complete.
         */
        private void pollTogether(List<VdmFuture<VdmOutput>> futures) throws InterruptedException {
            var start = new CountDownLatch(1);
            List<Thread> threads = new ArrayList<>();
            List<Throwable> thrown = java.util.Collections.synchronizedList(new ArrayList<>());
            for (int i = 0; i < THREADS; i++) {
                threads.add(
                        Thread.ofPlatform()
                                .start(
                                        () -> {
                                            try {
                                                start.await();
                                                futures.forEach(AgainstSimulatedDml::finish);
                                            } catch (Throwable e) {
                                                thrown.add(e);
                                            }
                                        }));
            }
            start.countDown();
            for (Thread thread : threads) {
                thread.join();
            }
            assertEquals(List.of(), thrown);
        }

        @ParameterizedTest
        @EnumSource(names = {"HARDWARE", "SOFTWARE"})
        void threadsSubmitEachOperationOnce(DmlPath path) throws InterruptedException {
            dml.withHardware().always(Plan.succeed().afterChecks(2));
            DmlDataMover mover = open(path);
            MemorySegment source = noise(500 * 100);
            MemorySegment destination = zeros(500 * 100);
            List<VdmFuture<VdmOutput>> copies = new ArrayList<>();
            for (int i = 0; i < 500; i++) {
                copies.add(mover.memcpy(destination.asSlice(i * 100, 100),
                        source.asSlice(i * 100, 100)));
            }
            pollTogether(copies);
            copies.forEach(VdmFuture::orThrow);
            assertEquals(500, dml.submissions().size());
            assertEquals(500,
                    dml.submissions()
                            .stream()
                            .mapToLong(Submission::destination)
                            .distinct()
                            .count());
            assertArrayEquals(bytes(source), bytes(destination));
            assertEquals(0, mover.slotsInUse());
        }

        @Test
        void threadsShareTheJobs() throws InterruptedException {
            dml.withHardware()
                    .always(part -> Plan.succeed()
                            .afterChecks((int) (part.destination() >> 4 & 3)));
            DmlDataMover mover =
                    open(builder(DmlPath.HARDWARE).slots(THREADS).maxTransferBytes(64));
            List<Thread> threads = new ArrayList<>();
            List<Throwable> thrown = java.util.Collections.synchronizedList(new ArrayList<>());
            for (int t = 0; t < THREADS; t++) {
                MemorySegment source = noise(300);
                MemorySegment destination = zeros(300);
                threads.add(
                        Thread.ofPlatform()
                                .start(
                                        () -> {
                                            try {
                                                for (int i = 0; i < 200; i++) {
                                                    destination.fill((byte) 0);
                                                    finish(mover.memcpy(destination, source))
                                                            .orThrow();
                                                    assertEquals(-1, source.mismatch(destination));
                                                }
                                            } catch (Throwable e) {
                                                thrown.add(e);
                                            }
                                        }));
            }
            for (Thread thread : threads) {
                thread.join();
            }
            assertEquals(List.of(), thrown);
            assertEquals(THREADS * 200 * 5, dml.submissions().size());
        }

        @Test
        @DisplayName("H19, H23: dropped futures and a full pool lose no job")
        void droppedFuturesLoseNoJob() throws InterruptedException {
            dml.withHardware()
                    .always(part -> Plan.succeed()
                            .afterChecks((int) (part.destination() >> 4 & 3)));
            DmlDataMover mover = open(builder(DmlPath.HARDWARE).slots(3).maxTransferBytes(64));
            List<Thread> threads = new ArrayList<>();
            List<Throwable> thrown = java.util.Collections.synchronizedList(new ArrayList<>());
            for (int t = 0; t < THREADS; t++) {
                MemorySegment memory = zeros(200);
                threads.add(
                        Thread.ofPlatform()
                                .start(
                                        () -> {
                                            try {
                                                for (int i = 0; i < 300; i++) {
                                                    VdmFuture<VdmOutput> fill =
                                                            mover.memset(memory, (byte) i);
                                                    fill.poll();
                                                    if (i % 3 == 0) {
                                                        finish(fill).orThrow();
                                                    }
                                                }
                                            } catch (Throwable e) {
                                                thrown.add(e);
                                            }
                                        }));
            }
            for (Thread thread : threads) {
                thread.join();
            }
            assertEquals(List.of(), thrown);
            List<VdmFuture<VdmOutput>> afterwards = new ArrayList<>();
            for (int i = 0; i < 100 && afterwards.size() < 3; i++) {
                VdmFuture<VdmOutput> fill = mover.memset(zeros(8), (byte) 1);
                dml.always(Plan.hold());
                if (fill.poll() == FutureState.RUNNING) {
                    afterwards.add(fill);
                }
            }
            assertEquals(3, afterwards.size(), "all jobs can be had again");
            dml.releaseAll();
            afterwards.forEach(fill -> finish(fill).orThrow());
            assertEquals(0, mover.slotsInUse());
        }

        @Test
        void futureIsRunningDuringItsSubmission() throws InterruptedException {
            DmlDataMover mover = software();
            var entered = new CountDownLatch(1);
            var leave = new CountDownLatch(1);
            dml.next(
                    Plan.succeed()
                            .during(
                                    () -> {
                                        entered.countDown();
                                        try {
                                            leave.await();
                                        } catch (InterruptedException e) {
                                            throw new IllegalStateException(e);
                                        }
                                    }));
            VdmFuture<VdmOutput> fill = mover.memset(zeros(64), (byte) 1);
            Thread other = Thread.ofPlatform().start(fill::poll);
            entered.await();
            assertSame(FutureState.RUNNING, fill.poll());
            assertFalse(fill.cancel());
            leave.countDown();
            other.join();
            assertSame(FutureState.COMPLETE, fill.state());
            assertEquals(1, dml.submissions().size());
        }
    }

    @Nested
    @DisplayName("a durable move on a mapped file that only one thread may write back")
    class ConfinedMapping {
        @ParameterizedTest
        @ValueSource(booleans = {true, false})
        void operationIsExecutedOnceWithTwoThreads(boolean byClosing, @TempDir Path folder)
                throws Exception {
            DmlDataMover mover = hardware();
            try (Arena confined = Arena.ofConfined();
                    FileChannel file = FileChannel.open(
                            folder.resolve("file"),
                            StandardOpenOption.CREATE,
                            StandardOpenOption.READ,
                            StandardOpenOption.WRITE)) {
                MemorySegment mapped =
                        dml.allow(file.map(FileChannel.MapMode.READ_WRITE, 0, 200, confined));
                fillWithNoise(mapped);
                byte[] expected = bytes(mapped);
                System.arraycopy(expected, 0, expected, 10, 100);
                VdmFuture<VdmOutput> move =
                        mover.memmove(mapped.asSlice(10, 100), mapped.asSlice(0, 100),
                                VdmFlags.MEM_DURABLE);
                assertSame(FutureState.RUNNING, move.poll());
                Runnable seeing =
                        byClosing
                                ? mover::close
                                : () -> assertThrows(WrongThreadException.class, move::poll);
                Thread other = Thread.ofPlatform().start(seeing);
                other.join();
                assertSame(byClosing ? FutureState.COMPLETE : FutureState.RUNNING, move.state());
                finish(move);
                assertSame(byClosing ? VdmResult.STOPPED : VdmResult.SUCCESS, move.result());
                assertEquals(100, move.bytesDone());
                assertEquals(1, dml.submissions().size());
                assertArrayEquals(expected, bytes(mapped));
                assertEquals(0, mover.slotsInUse());
            }
        }
    }

    @Nested
    class Closing {
        @ParameterizedTest
        @EnumSource
        void closeFreesMemoryAndFinalisesEveryJob(DmlPath path) {
            dml.withHardware();
            DmlDataMover mover = open(path);
            assertEquals(path == DmlPath.AUTO ? 2 : 1, dml.liveJobs());
            assertEquals(path == DmlPath.AUTO ? 8 * 384 : 4 * 384, mover.nativeBytes());
            finish(mover.memset(zeros(64), (byte) 1));
            mover.close();
            assertTrue(mover.isClosed());
            assertEquals(0, dml.liveJobs());
            assertEquals(0, mover.nativeBytes());
            assertEquals(0, mover.slotsInUse());
            mover.close();
        }

        @Test
        void closeFinishesOperationsInFlight() {
            dml.withHardware().always(Plan.succeed().afterChecks(20));
            DmlDataMover mover = open(builder(DmlPath.HARDWARE).maxTransferBytes(64));
            MemorySegment source = noise(400);
            MemorySegment destination = zeros(400);
            List<VdmFuture<VdmOutput>> copies = new ArrayList<>();
            for (int i = 0; i < 4; i++) {
                copies.add(mover.memcpy(destination.asSlice(i * 100, 100),
                        source.asSlice(i * 100, 100)));
                assertSame(FutureState.RUNNING, copies.get(i).poll());
            }
            mover.close();
            copies.forEach(VdmFuture::orThrow);
            assertArrayEquals(bytes(source), bytes(destination));
            assertEquals(0, dml.liveJobs());
        }

        @Test
        void closeWaitsForTheDevice() throws InterruptedException {
            DmlDataMover mover = hardware();
            dml.next(Plan.hold());
            VdmFuture<VdmOutput> fill = mover.memset(zeros(64), (byte) 1);
            fill.poll();
            Thread closing = Thread.ofPlatform().start(mover::close);
            while (dml.checks() < 1000) {
                Thread.onSpinWait();
            }
            assertTrue(closing.isAlive());
            assertEquals(1, dml.liveJobs());
            dml.releaseAll();
            closing.join();
            fill.orThrow();
            assertEquals(0, dml.liveJobs());
        }

        @ParameterizedTest
        @EnumSource(names = {"HARDWARE", "SOFTWARE"})
        void closeEndsIdleFuturesWithClosed(DmlPath path, @TempDir Path folder)
                throws IOException {
            dml.withHardware();
            DmlDataMover mover = open(path);
            MemorySegment memory = zeros(64);
            try (Arena mapping = Arena.ofConfined();
                    FileChannel file = FileChannel.open(
                            folder.resolve("file"),
                            StandardOpenOption.CREATE,
                            StandardOpenOption.READ,
                            StandardOpenOption.WRITE)) {
                MemorySegment mapped = file.map(FileChannel.MapMode.READ_WRITE, 0, 64, mapping);
                List<VdmFuture<VdmOutput>> idle =
                        List.of(
                                mover.memcpy(memory, noise(64)),
                                mover.memset(memory, (byte) 1),
                                mover.memset(memory.asSlice(64), (byte) 1),
                                mover.flush(memory),
                                mover.flush(mapped));
                VdmOperation operation =
                        mover.newOperation().memset(memory, (byte) 1, VdmFlags.NONE);
                mover.close();
                for (VdmFuture<VdmOutput> future : idle) {
                    assertSame(FutureState.IDLE, future.state());
                    assertSame(FutureState.COMPLETE, future.poll());
                    assertSame(VdmResult.CLOSED, future.result(), future::toString);
                    assertSame(ExecutionPath.NONE, future.path());
                    VdmException thrown = assertThrows(VdmException.class, future::orThrow);
                    assertTrue(thrown.getMessage().endsWith(" bytes failed: the mover was closed"),
                            thrown.getMessage());
                }
                assertSame(VdmResult.CLOSED, operation.start().result());
            }
            assertEquals(List.of(), dml.submissions());
        }

        @Test
        void closedMoverRefusesNewOperations() {
            DmlDataMover mover = software();
            VdmOperation operation = mover.newOperation();
            MemorySegment a = zeros(64);
            MemorySegment b = zeros(64);
            mover.close();
            var refused = assertThrows(IllegalStateException.class, () -> mover.memcpy(a, b));
            assertEquals(
                    "memcpy: the mover is closed (DML, path SOFTWARE). Open another mover "
                            + "[VDM-CLOSED]",
                    refused.getMessage());
            assertThrows(IllegalStateException.class, () -> mover.memmove(a, b));
            assertThrows(IllegalStateException.class, () -> mover.memset(a, (byte) 1));
            assertThrows(IllegalStateException.class, () -> mover.flush(a));
            assertThrows(IllegalStateException.class, mover::newOperation);
            assertThrows(IllegalStateException.class,
                    () -> operation.memset(a, (byte) 1, VdmFlags.NONE));
        }

        @Test
        void closeDuringPollsEndsEachOperation() throws InterruptedException {
            dml.withHardware().always(Plan.succeed().afterChecks(1));
            for (int round = 0; round < 30; round++) {
                DmlDataMover mover = open(DmlPath.HARDWARE);
                MemorySegment memory = zeros(64);
                var started = new CountDownLatch(2);
                List<Throwable> thrown = java.util.Collections.synchronizedList(new ArrayList<>());
                List<Thread> threads = new ArrayList<>();
                for (int t = 0; t < 2; t++) {
                    MemorySegment half = memory.asSlice(t * 32, 32);
                    threads.add(Thread.ofPlatform().start(() -> {
                        try {
                            fillUntilClosed(mover, half, started);
                        } catch (Throwable e) {
                            thrown.add(e);
                        } finally {
                            started.countDown();
                            started.countDown();
                        }
                    }));
                }
                started.await();
                mover.close();
                for (Thread thread : threads) {
                    thread.join();
                }
                assertEquals(List.of(), thrown);
                assertEquals(0, mover.nativeBytes());
                dml.assertClean();
            }
        }

        @Test
        void operationOfEndedThreadEndsAtNextPoll() throws InterruptedException {
            dml.withHardware();
            try (DmlDataMover mover = open(builder(DmlPath.HARDWARE).maxTransferBytes(64))) {
                var started = new AtomicReference<VdmFuture<VdmOutput>>();
                Thread owner = Thread.ofPlatform().name("owner").start(() -> {
                    MemorySegment own = dml.allow(Arena.ofConfined().allocate(128));
                    started.set(mover.memset(own, (byte) 1));
                    started.get().poll();
                });
                owner.join();
                VdmFuture<VdmOutput> fill = started.get();
                assertSame(FutureState.RUNNING, fill.state());
                fill.busyPoll();
                assertSame(VdmResult.SEGMENT_UNUSABLE, fill.result());
                assertEquals(64, fill.bytesDone());
                assertTrue(
                        fill.failure().getMessage().contains("the thread owner, which has ended"));
                assertEquals(0, mover.slotsInUse());
            }
        }

        @Test
        void closeEndsAConfinedOperationBetweenParts()
                throws InterruptedException {
            dml.withHardware();
            DmlDataMover mover = open(builder(DmlPath.HARDWARE).maxTransferBytes(64));
            try (Arena confined = Arena.ofConfined()) {
                MemorySegment own = dml.allow(confined.allocate(128));
                VdmFuture<VdmOutput> fill = mover.memset(own, (byte) 1);
                assertSame(FutureState.RUNNING, fill.poll());
                Thread closing = Thread.ofPlatform().start(mover::close);
                closing.join();
                assertSame(VdmResult.STOPPED, fill.result());
                assertSame(ExecutionPath.DSA_HARDWARE, fill.path());
                assertEquals(64, fill.bytesDone());
                assertEquals(
                        "memset of 128 bytes was stopped after 64 bytes: the mover was closed by a"
                                + " thread that may not access its memory. Poll it to its end"
                                + " before you close the mover, or use a shared arena",
                        fill.failure().getMessage());
                assertEquals(1, own.get(ValueLayout.JAVA_BYTE, 63));
                assertEquals(0, own.get(ValueLayout.JAVA_BYTE, 64));
                assertEquals(1, dml.submissions().size());
            }
        }
    }

    private void fillUntilClosed(DmlDataMover mover, MemorySegment range, CountDownLatch started) {
        try {
            for (int i = 0;; i++) {
                VdmFuture<VdmOutput> fill = mover.memset(range, (byte) i);
                if (finish(fill).result() == VdmResult.CLOSED) {
                    return;
                }
                fill.orThrow();
                started.countDown();
            }
        } catch (IllegalStateException e) {
            if (!e.getMessage().startsWith("memset: the mover is closed")) {
                throw e;
            }
        }
    }

    @Nested
    class Opening {
        @ParameterizedTest
        @EnumSource
        void failedInitialisationLeavesNoJob(DmlPath path) {
            dml.withHardware()
                    .failInit(path == DmlPath.AUTO ? 1 : 0, dml_h.DML_STATUS_INTERNAL_ERROR);
            assertThrows(RuntimeException.class, () -> open(path));
            assertEquals(path == DmlPath.AUTO ? 1 : 0, dml.initialised());
            assertEquals(0, dml.liveJobs());
        }

        @Test
        void jobsAreMadeOnDemand() {
            dml.withHardware().always(Plan.hold());
            DmlDataMover mover = hardware();
            assertEquals(1, dml.initialised());
            List<VdmFuture<VdmOutput>> fills = new ArrayList<>();
            for (int i = 1; i <= 4; i++) {
                VdmFuture<VdmOutput> fill = mover.memset(zeros(64), (byte) i);
                assertSame(FutureState.RUNNING, fill.poll());
                fills.add(fill);
                assertEquals(i, dml.initialised());
                assertEquals(i, mover.slotsInUse());
            }
            VdmFuture<VdmOutput> waiting = mover.memset(zeros(64), (byte) 5);
            assertSame(FutureState.RUNNING, waiting.poll());
            assertEquals(4, dml.initialised());
            dml.always(Plan.succeed());
            dml.releaseAll();
            fills.forEach(fill -> finish(fill).orThrow());
            finish(waiting).orThrow();
            finish(mover.memset(zeros(64), (byte) 6)).orThrow();
            assertEquals(4, dml.initialised(), "no more than the mover was opened with");
        }

        @Test
        void failedJobInitialisationIsReported() {
            dml.withHardware().always(Plan.hold());
            DmlDataMover mover = hardware();
            dml.failInit(1, dml_h.DML_STATUS_INTERNAL_ERROR);
            VdmFuture<VdmOutput> first = mover.memset(zeros(64), (byte) 1);
            assertSame(FutureState.RUNNING, first.poll());
            VdmFuture<VdmOutput> second = mover.memset(zeros(64), (byte) 2);
            assertSame(FutureState.COMPLETE, second.poll());
            assertSame(VdmResult.DEVICE_ERROR, second.result());
            var failure = assertThrows(VdmException.class, second::orThrow);
            assertTrue(
                    failure.getMessage()
                            .contains(
                                    "all slots that could be made are in flight, and no more can "
                                            + "be: dml_init_job returned status 3"),
                    failure.getMessage());
            dml.releaseAll();
            finish(first).orThrow();
            VdmFuture<VdmOutput> third = mover.memset(zeros(64), (byte) 3);
            assertSame(FutureState.RUNNING, third.poll(),
                    "the job that there is can be used again");
            dml.failInit(Integer.MAX_VALUE, dml_h.DML_STATUS_OK);
            VdmFuture<VdmOutput> fourth = mover.memset(zeros(64), (byte) 4);
            assertSame(FutureState.RUNNING, fourth.poll(), "and another as soon as DML makes it");
            dml.releaseAll();
            finish(third).orThrow();
            finish(fourth).orThrow();
            assertEquals(0, mover.slotsInUse());
        }
    }

    @Nested
    @DisplayName("H17: a page fault on memory that was closed meanwhile")
    class PageFaultOnMemoryThatHasGone {
        @Test
        void closedMemoryIsSegmentUnusable() {
            DmlDataMover mover = hardware();
            Arena brief = Arena.ofShared();
            MemorySegment fleeting = dml.allow(brief.allocate(64));
            dml.next(Plan.fail(dml_h.DML_STATUS_PAGE_FAULT_ERROR));
            VdmFuture<VdmOutput> fill = mover.memset(fleeting, (byte) 1);
            assertSame(FutureState.RUNNING, fill.poll());
            brief.close();
            finish(fill);
            assertSame(VdmResult.SEGMENT_UNUSABLE, fill.result());
            assertSame(VdmOperationType.MEMSET, fill.type());
            assertEquals(0, mover.slotsInUse());
        }

        @Test
        void truncatedFileIsAnIoError(@TempDir Path folder) throws IOException {
            DmlDataMover mover = hardware();
            try (Arena mapping = Arena.ofConfined();
                    FileChannel file = FileChannel.open(
                            folder.resolve("file"),
                            StandardOpenOption.CREATE,
                            StandardOpenOption.READ,
                            StandardOpenOption.WRITE)) {
                MemorySegment mapped =
                        dml.allow(file.map(FileChannel.MapMode.READ_WRITE, 0, 8192, mapping));
                dml.next(Plan.fail(dml_h.DML_STATUS_PAGE_FAULT_ERROR));
                VdmFuture<VdmOutput> fill = mover.memset(mapped, (byte) 1);
                assertSame(FutureState.RUNNING, fill.poll());
                file.truncate(0);
                finish(fill);
                assertSame(VdmResult.IO_ERROR, fill.result());
                assertEquals(0, mover.slotsInUse());
            }
        }
    }
}
