package io.github.vdm4j.dml;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.vdm4j.MoverCounters;
import io.github.vdm4j.VdmFlags;
import io.github.vdm4j.VdmFuture;
import io.github.vdm4j.VdmResult;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.Function;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * The resources that the first operation creates, even if several threads start operations.
 */
@DisplayName("The first operation of a mover")
class DmlFirstOperationTest extends AgainstSimulatedDml {
    private static final int THREADS = 4;
    private static final MoverCounters NOTHING = new MoverCounters(0, 0, 0, 0, 0, 0);

    private DmlDataMover openedOn(DmlPath path) {
        return path == DmlPath.HARDWARE ? hardware() : open(path);
    }

    @ParameterizedTest
    @EnumSource(DmlPath.class)
    void moverDescribesItselfWithoutAnOperation(DmlPath path) {
        DmlDataMover mover = openedOn(path);
        assertEquals(path == DmlPath.HARDWARE ? DmlPath.HARDWARE : DmlPath.SOFTWARE,
                mover.runningPath());
        assertEquals(mover.runningPath() == DmlPath.HARDWARE, mover.decision().usesDevice());
        assertEquals(NOTHING, mover.counters());
        assertEquals(4, mover.capacity());
        assertEquals(0, mover.slotsInUse());
        assertEquals(0, mover.slotsOverdue());
        assertTrue(mover.nativeBytes() > 0);
        assertFalse(mover.isSupported(VdmFlags.MEM_DURABLE, MemorySegment.ofArray(new byte[1])));
    }

    @ParameterizedTest
    @EnumSource(DmlPath.class)
    void unusedMoverCanBeClosed(DmlPath path) {
        DmlDataMover mover = openedOn(path);
        assertEquals(1, dml.liveJobs());
        mover.close();
        assertTrue(mover.isClosed());
        assertEquals(0, dml.liveJobs());
        assertEquals(0, mover.nativeBytes());
        assertEquals(NOTHING, mover.counters());
        mover.close();
    }

    static Stream<Function<DmlDataMover, Object>> whatStartsOne() {
        return Stream.of(
                mover -> mover.memset(MemorySegment.NULL.reinterpret(1), (byte) 0, VdmFlags.NONE),
                DmlDataMover::nop,
                DmlDataMover::newOperation,
                DmlDataMover::batch);
    }

    @ParameterizedTest
    @MethodSource("whatStartsOne")
    void operationAfterCloseCreatesNothing(Function<DmlDataMover, Object> start) {
        DmlDataMover mover = software();
        mover.close();
        var refused = assertThrows(IllegalStateException.class, () -> start.apply(mover));
        assertTrue(refused.getMessage().contains("the mover is closed (DML, path SOFTWARE)"),
                refused.getMessage());
        assertEquals(NOTHING, mover.counters());
        assertEquals(0, dml.liveJobs());
    }

    /** Runs an action in several threads that begin at the same time. */
    private static <T> List<T> atOnce(Callable<T> what) throws Exception {
        var barrier = new CyclicBarrier(THREADS);
        try (var executor = Executors.newFixedThreadPool(THREADS)) {
            var running = new ArrayList<Future<T>>();
            for (int i = 0; i < THREADS; i++) {
                running.add(executor.submit(() -> {
                    barrier.await();
                    return what.call();
                }));
            }
            var results = new ArrayList<T>();
            for (Future<T> each : running) {
                results.add(each.get());
            }
            return results;
        }
    }

    @Test
    void firstOperationsOfManyThreadsShareThePool() throws Exception {
        for (int round = 0; round < 50; round++) {
            DmlDataMover mover = software();
            MemorySegment source = noise(100);
            for (MemorySegment copied : atOnce(() -> {
                MemorySegment destination;
                synchronized (this) {
                    destination = zeros(100);
                }
                finish(mover.memcpy(destination, source, VdmFlags.NONE)).orThrow();
                return destination;
            })) {
                assertArrayEquals(bytes(source), bytes(copied));
            }
            assertEquals(THREADS, mover.counters().completed());
            mover.close();
            assertEquals(0, dml.liveJobs());
        }
    }

    @Test
    void firstOperationMayRaceWithClose() throws Exception {
        for (int round = 0; round < 100; round++) {
            DmlDataMover mover = software();
            MemorySegment memory = zeros(64);
            List<VdmFuture<?>> started = new ArrayList<>();
            List<Boolean> closed = atOnce(() -> {
                try {
                    var future = finish(mover.memset(memory, (byte) 1, VdmFlags.NONE));
                    synchronized (started) {
                        started.add(future);
                    }
                    return false;
                } catch (IllegalStateException e) {
                    assertTrue(e.getMessage().contains("the mover is closed"), e::toString);
                    return true;
                } finally {
                    mover.close();
                }
            });
            assertEquals(THREADS, closed.size());
            for (VdmFuture<?> future : started) {
                assertTrue(
                        future.result() == VdmResult.SUCCESS || future.result() == VdmResult.CLOSED,
                        future::toString);
            }
            assertEquals(0, dml.liveJobs());
            assertEquals(0, mover.nativeBytes());
        }
    }
}
