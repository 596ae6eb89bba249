package io.github.vdm4j;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.vdm4j.HeldMover.Capacity;
import io.github.vdm4j.future.FutureState;
import io.github.vdm4j.mover.SyncDataMover;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Tests of {@link Vdm#closeNow}. Waiting operations end with CLOSED, and begun operations end
 * normally.
 */
@Timeout(value = 120, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class CloseNowTest {
    private static List<VdmFuture<VdmOutput>> start(HeldMover held, int count) {
        List<VdmFuture<VdmOutput>> futures = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            VdmFuture<VdmOutput> future =
                    held.mover().memcpy(held.memory(64), held.memory(64, 7));
            assertEquals(FutureState.RUNNING, future.poll());
            futures.add(future);
        }
        return futures;
    }

    private static VdmFuture<VdmOutput> occupy(HeldMover held) {
        held.hold();
        VdmFuture<VdmOutput> busy = start(held, 1).get(0);
        while (held.inUse() == 0) {
            Thread.onSpinWait();
        }
        return busy;
    }

    private static byte written(VdmFuture<?> future) {
        return future.destination().get(JAVA_BYTE, 63);
    }

    @ParameterizedTest
    @EnumSource(Capacity.class)
    void closeNowEndsWaitingOperations(Capacity capacity) {
        try (HeldMover held = capacity.open(1)) {
            VdmFuture<VdmOutput> busy = occupy(held);
            List<VdmFuture<VdmOutput>> waiting = start(held, 50);
            VdmFuture<VdmOutput> idle = held.mover().memcpy(held.memory(64), held.memory(64, 7));
            CompletableFuture<Integer> closing =
                    CompletableFuture.supplyAsync(held.mover()::closeNow);
            waiting.forEach(VdmFuture::busyPoll); // The mover still holds the begun operation.
            assertEquals(FutureState.RUNNING, busy.poll());
            held.release();
            assertEquals(50, closing.join());
            assertEquals(VdmResult.SUCCESS, busy.result());
            assertEquals(7, written(busy));
            idle.busyPoll();
            waiting.add(idle);
            for (VdmFuture<VdmOutput> each : waiting) {
                assertEquals(VdmResult.CLOSED, each.result());
                assertEquals(0, each.bytesDone());
                assertEquals(0, written(each), "nothing was written");
            }
            assertEquals(0, held.mover().counters().inFlight());
            assertEquals(0, held.mover().closeNow());
        }
    }

    @ParameterizedTest
    @EnumSource(Capacity.class)
    void closeNowShortensClose(Capacity capacity) {
        try (HeldMover held = capacity.open(1)) {
            VdmFuture<VdmOutput> busy = occupy(held);
            List<VdmFuture<VdmOutput>> waiting = start(held, 20);
            CompletableFuture<Void> closing = CompletableFuture.runAsync(held.mover()::close);
            while (!((AbstractDataMover) held.mover()).isClosed()) {
                Thread.onSpinWait();
            }
            assertEquals(20, held.mover().closeNow());
            waiting.forEach(each -> assertEquals(VdmResult.CLOSED, each.result()));
            held.release();
            closing.join();
            assertEquals(VdmResult.SUCCESS, busy.result());
        }
    }

    static Stream<Arguments> moversAndSeeds() {
        return Stream.of(Capacity.values())
                .flatMap(capacity -> IntStream.range(0, 12)
                        .mapToObj(seed -> Arguments.of(capacity, seed)));
    }

    /** Cancelling, finishing and closing race. Each operation has exactly one of three results. */
    @ParameterizedTest
    @MethodSource("moversAndSeeds")
    void everyOperationEndsInOneWay(Capacity capacity, int seed) throws InterruptedException {
        try (HeldMover held = capacity.open(2)) {
            var random = new Random(seed);
            held.hold();
            List<VdmFuture<VdmOutput>> futures = start(held, 200);
            var cancelled = new AtomicInteger();
            var closed = new AtomicInteger();
            int rounds = random.nextInt(200);
            List<Thread> users = List.of(
                    Thread.ofPlatform().start(held::release),
                    Thread.ofPlatform().start(() -> {
                        for (int i = 0; i < rounds; i++) {
                            if (futures.get(random.nextInt(futures.size())).cancel()) {
                                cancelled.incrementAndGet();
                            }
                        }
                    }),
                    Thread.ofPlatform().start(() -> closed.addAndGet(held.mover().closeNow())),
                    Thread.ofPlatform().start(() -> closed.addAndGet(held.mover().closeNow())));
            futures.forEach(VdmFuture::busyPoll);
            for (Thread user : users) {
                user.join();
            }
            int[] ends = new int[VdmResult.values().length];
            for (VdmFuture<VdmOutput> each : futures) {
                ends[each.result().ordinal()]++;
                assertEquals(each.result() == VdmResult.SUCCESS ? 7 : 0, written(each));
            }
            assertEquals(closed.get(), ends[VdmResult.CLOSED.ordinal()]);
            assertEquals(cancelled.get(), ends[VdmResult.CANCELLED.ordinal()]);
            assertEquals(futures.size(), closed.get() + cancelled.get()
                    + ends[VdmResult.SUCCESS.ordinal()]);
            assertEquals(0, held.mover().counters().inFlight());
        }
    }

    @Test
    void moverWithoutQueueCancelsNothing() {
        var mover = SyncDataMover.open();
        VdmFuture<VdmOutput> idle = mover.memset(MemorySegment.ofArray(new byte[64]), (byte) 1);
        assertEquals(0, mover.closeNow());
        assertTrue(mover.isClosed());
        idle.busyPoll();
        assertEquals(VdmResult.CLOSED, idle.result());
    }
}
