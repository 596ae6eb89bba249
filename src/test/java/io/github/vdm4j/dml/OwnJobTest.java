package io.github.vdm4j.dml;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.github.vdm4j.ExecutionPath;
import io.github.vdm4j.MoverCounters;
import io.github.vdm4j.VdmException;
import io.github.vdm4j.VdmFlags;
import io.github.vdm4j.VdmFuture;
import io.github.vdm4j.VdmOperation;
import io.github.vdm4j.VdmResult;
import io.github.vdm4j.durability.Durability;
import io.github.vdm4j.future.FutureState;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SymbolLookup;
import java.lang.foreign.ValueLayout;
import java.lang.ref.WeakReference;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Reusable operations on the software path, each of which has a job of its own, on a mover with one
 * job for all others; with a small library in C, as a simulated one is not given any.
 */
class OwnJobTest {
    private final Arena arena = Arena.ofShared();

    /** The operation that does not end meanwhile. */
    private final MemorySegment gate = arena.allocate(LibraryFiles.GATED);

    private Path library;
    private DmlDataMover mover;

    @BeforeEach
    void open(@TempDir Path folder) throws Exception {
        library = LibraryFiles.executingDml(folder);
        mover = open(Duration.ofSeconds(60));
    }

    private DmlDataMover open(Duration closeTimeout) {
        return DmlDataMover.builder()
                .durability(Durability.withoutLibpmem())
                .nativeMemoryIsPersistent(true)
                .library(DmlLibrary.open(library))
                .path(DmlPath.SOFTWARE)
                .closeTimeout(closeTimeout)
                .workersFrom(1 << 20)
                .jobs(1)
                .open();
    }

    @AfterEach
    void close() {
        mover.close();
        arena.close();
    }

    private static VdmOperation run(VdmOperation operation) {
        assertEquals(FutureState.COMPLETE, operation.start().state());
        operation.orThrow();
        return operation;
    }

    /** The address of the job that an operation goes through. */
    private long jobOf(VdmOperation operation) {
        MemorySegment told = arena.allocate(LibraryFiles.TELLING, 8);
        run(operation.memset(told, (byte) 1, VdmFlags.NONE));
        return told.get(ValueLayout.JAVA_LONG, 0);
    }

    private long jobOfPlain() {
        MemorySegment told = arena.allocate(LibraryFiles.TELLING, 8);
        mover.memset(told, (byte) 1).await();
        return told.get(ValueLayout.JAVA_LONG, 0);
    }

    /** Starts an operation on another thread, which is in the library when this returns. */
    private Thread startGated(VdmOperation operation) {
        gate.fill(LibraryFiles.WAIT);
        operation.memset(gate, (byte) 7, VdmFlags.NONE);
        Thread thread = Thread.ofPlatform().start(operation::start);
        while (operation.state() == FutureState.IDLE) {
            Thread.onSpinWait();
        }
        return thread;
    }

    private void openGate(Thread thread) throws InterruptedException {
        gate.set(ValueLayout.JAVA_BYTE, 0, (byte) 0);
        thread.join();
    }

    @Test
    void eachGoesThroughTheSameJobEachTimeAndNoneOfThePools() {
        var jobs = new HashSet<Long>();
        jobs.add(jobOfPlain());
        var operations = new ArrayList<VdmOperation>();
        for (int i = 0; i < 10; i++) {
            operations.add(mover.newOperation());
            assertTrue(jobs.add(jobOf(operations.get(i))), "a job of its own");
        }
        assertFalse(operations.stream().anyMatch(operation -> jobs.add(jobOf(operation))),
                "the same again");
        assertTrue(jobs.contains(jobOfPlain()));
        assertEquals(0, mover.jobsInUse());
    }

    @Test
    void theJobCountsAsUsedOnlyWhileTheOperationRunsAndIsNoHindranceToOthers()
            throws InterruptedException {
        VdmOperation operation = mover.newOperation();
        Thread thread = startGated(operation);
        assertEquals(1, mover.jobsInUse());
        jobOfPlain();
        openGate(thread);
        assertEquals(VdmResult.SUCCESS, operation.result());
        assertEquals(0, mover.jobsInUse());
    }

    @Test
    void closingWaitsForTheOperationThatIsUsingIt() throws InterruptedException {
        VdmOperation operation = mover.newOperation();
        Thread thread = startGated(operation);
        Thread closer = Thread.ofPlatform().start(mover::close);
        while (!mover.isClosed()) {
            Thread.onSpinWait();
        }
        assertTrue(mover.nativeBytes() > 0, "nothing is freed yet");
        openGate(thread);
        closer.join();
        assertEquals(VdmResult.SUCCESS, operation.result());
        assertEquals(0, mover.nativeBytes());
    }

    @Test
    void closingGivesUpOnAnOperationThatDoesNotEnd() throws InterruptedException {
        try (var impatient = open(Duration.ofMillis(1))) {
            VdmOperation operation = impatient.newOperation();
            Thread thread = startGated(operation);
            var failure = assertThrows(VdmException.class, impatient::close);
            assertEquals(VdmResult.TIMEOUT, failure.result());
            openGate(thread);
            assertEquals(VdmResult.SUCCESS, operation.result());
        }
    }

    @Test
    void whatIsStartedAfterClosingFailsAndTouchesNothing() {
        MemorySegment memory = arena.allocate(64);
        VdmOperation prepared = run(mover.newOperation().memset(memory, (byte) 1, VdmFlags.NONE))
                .memset(memory, (byte) 2, VdmFlags.NONE);
        VdmOperation complete = run(mover.newOperation().memset(memory, (byte) 3, VdmFlags.NONE));
        mover.close();
        assertEquals(FutureState.COMPLETE, prepared.start().state());
        assertEquals(VdmResult.CLOSED, prepared.result());
        assertEquals(3, memory.get(ValueLayout.JAVA_BYTE, 0));
        assertThrows(IllegalStateException.class, complete::again);
    }

    @Test
    void aDrainWaitsForTheOperationThatIsUsingItButForNoLaterOne() throws InterruptedException {
        VdmOperation operation = mover.newOperation();
        Thread thread = startGated(operation);
        var drain = mover.drain();
        assertEquals(FutureState.RUNNING, drain.poll());
        openGate(thread);
        thread = startGated(operation);
        while (drain.poll() == FutureState.RUNNING) { // @Timeout ends this if it waits for the second
            Thread.onSpinWait();
        }
        assertEquals(VdmResult.SUCCESS, drain.result());
        assertEquals(FutureState.RUNNING, operation.state());
        openGate(thread);
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void isUsedAgainAfterARefusal(boolean durable) {
        VdmFlags flags = durable ? VdmFlags.MEM_DURABLE : VdmFlags.NONE;
        VdmOperation operation = mover.newOperation();
        long job = jobOf(operation);
        for (int i = 0; i < 3; i++) {
            assertEquals(VdmResult.INVALID_OPERATION,
                    operation.memset(arena.allocate(14), (byte) 1, flags).start().result());
            assertEquals(0, mover.jobsInUse());
            assertEquals(job, jobOf(operation));
        }
        assertNotEquals(job, jobOfPlain());
    }

    @Test
    void isUsedAgainAfterASegmentWasClosed() {
        VdmOperation operation = mover.newOperation();
        long job = jobOf(operation);
        try (var closed = Arena.ofConfined()) {
            operation.memset(closed.allocate(64), (byte) 3, VdmFlags.NONE);
        }
        assertEquals(VdmResult.SEGMENT_UNUSABLE, operation.start().result());
        assertEquals(0, mover.jobsInUse());
        assertEquals(job, jobOf(operation));
    }

    @Test
    void goesWithTheOperationAndLeavesWhatItCounted() {
        long before = mover.nativeBytes();
        var finalized = SymbolLookup.libraryLookup(library, Arena.global())
                .find("finalized")
                .orElseThrow()
                .reinterpret(4);
        WeakReference<VdmOperation> dropped = new WeakReference<>(
                run(mover.newOperation().memset(arena.allocate(100), (byte) 1, VdmFlags.NONE)));
        assertTrue(mover.nativeBytes() > before);
        while (dropped.get() != null || mover.nativeBytes() > before
                || finalized.get(ValueLayout.JAVA_INT, 0) == 0) {
            System.gc(); // @Timeout ends this if something holds it
        }
        assertEquals(1, mover.counters().completed());
        assertEquals(100, mover.counters().bytes());
    }

    @Test
    void countsWhatTheJvmExecutesInItsStead() {
        try (var auto = DmlDataMover.builder()
                .library(DmlLibrary.open(library))
                .path(DmlPath.AUTO)
                .open()) {
            assumeTrue(auto.runningPath() == DmlPath.SOFTWARE);
            VdmOperation operation = auto.newOperation();
            for (int i = 0; i < 3; i++) {
                run(operation.memcpy(arena.allocate(100), arena.allocate(100), VdmFlags.NONE));
                assertEquals(ExecutionPath.JVM, operation.path());
            }
            run(operation.memcpy(arena.allocate(0), arena.allocate(0), VdmFlags.NONE));
            auto.memcpy(arena.allocate(50), arena.allocate(50)).await();
            assertEquals(new MoverCounters(5, 5, 0, 0, 350, 0), auto.counters());
        }
    }

    @Test
    void noJobIsEverUsedByTwo() throws InterruptedException {
        int rounds = 3_000;
        var failures = new ArrayList<Throwable>();
        var start = new CountDownLatch(1);
        var threads = new ArrayList<Thread>();
        for (int t = 0; t < 6; t++) {
            boolean reuses = t % 2 == 0;
            byte value = (byte) (t + 1);
            MemorySegment mine = arena.allocate(64);
            byte[] expected = new byte[64];
            Arrays.fill(expected, value);
            threads.add(Thread.ofPlatform().start(() -> {
                try {
                    start.await();
                    VdmOperation operation = mover.newOperation();
                    for (int i = 0; i < rounds; i++) {
                        mine.fill((byte) 0);
                        if (reuses) {
                            run(operation.memset(mine, value, VdmFlags.NONE));
                        } else {
                            VdmFuture plain = mover.memset(mine, value);
                            while (plain.poll() == FutureState.COMPLETE
                                    && plain.result() == VdmResult.OUT_OF_MEMORY) {
                                plain = mover.memset(mine, value); // there is one job for three
                            }
                        }
                        assertArrayEquals(expected, mine.toArray(ValueLayout.JAVA_BYTE));
                    }
                } catch (Throwable e) {
                    synchronized (failures) {
                        failures.add(e);
                    }
                }
            }));
        }
        start.countDown();
        for (Thread thread : threads) {
            thread.join();
        }
        assertEquals(List.of(), failures);
        assertEquals(0, mover.jobsInUse());
    }
}
