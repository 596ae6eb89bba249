package io.github.vdm4j;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.vdm4j.HeldMover.Capacity;
import io.github.vdm4j.future.FutureState;
import io.github.vdm4j.future.FutureTimeoutException;
import io.github.vdm4j.future.Notifier;
import io.github.vdm4j.future.NotifierType;
import io.github.vdm4j.future.Waker;
import java.lang.foreign.MemorySegment;
import java.lang.ref.WeakReference;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Operations beyond a mover's capacity. They wait, and the mover notifies all of their waiters. */
@Timeout(60)
class WaitingTest {
    private static <T> T get(Future<T> future) throws Exception {
        return future.get(20, TimeUnit.SECONDS);
    }

    /** Starts a copy that stays on its worker or on the device. */
    private static VdmFuture<VdmOutput> occupy(HeldMover held) {
        held.hold();
        VdmFuture<VdmOutput> copy = held.mover().memcpy(held.memory(64), held.memory(64, 1));
        assertEquals(FutureState.RUNNING, copy.poll());
        while (held.inUse() == 0) {
            Thread.onSpinWait();
        }
        return copy;
    }

    /** Polls until the future promises to call the waker. */
    private static void pollWith(Waker waker, VdmFuture<?> future) {
        Notifier notifier;
        do { // While another thread polls the future, the poll makes no promise.
            notifier = Notifier.of(waker);
            assertEquals(FutureState.RUNNING, future.poll(notifier));
        } while (notifier.used() != NotifierType.WAKER);
    }

    // ---- more operations than capacity

    @ParameterizedTest
    @EnumSource(Capacity.class)
    void manyThreadsCompleteOnOneSlot(Capacity capacity) throws Exception {
        try (HeldMover held = capacity.open(1)) {
            MemorySegment source = held.memory(4_096, 7);
            var failures = new ConcurrentLinkedQueue<Throwable>();
            List<Thread> threads = new ArrayList<>();
            for (int i = 0; i < 400; i++) {
                MemorySegment destination = held.memory(4_096);
                threads.add(Thread.ofVirtual().start(() -> {
                    try {
                        for (int round = 0; round < 5; round++) {
                            destination.fill((byte) 0);
                            held.mover().memcpy(destination, source).await();
                            assertEquals(-1, destination.mismatch(source));
                        }
                    } catch (Throwable e) {
                        failures.add(e);
                    }
                }));
            }
            for (Thread thread : threads) {
                thread.join();
            }
            assertEquals(List.of(), List.copyOf(failures));
            assertEquals(0, held.mover().counters().inFlight());
        }
    }

    @ParameterizedTest
    @EnumSource(Capacity.class)
    void pollingWakersLetOperationsComplete(Capacity capacity) throws Exception {
        try (HeldMover held = capacity.open(1)) {
            held.hold();
            MemorySegment source = held.memory(64, 3);
            List<CompletableFuture<VdmOutput>> all = new ArrayList<>();
            for (int i = 0; i < 10; i++) {
                all.add(held.mover()
                        .memcpy(held.memory(64), source)
                        .toCompletableFuture(Runnable::run));
            }
            assertTrue(all.remove(5).cancel(false));
            held.release();
            for (CompletableFuture<VdmOutput> each : all) {
                assertEquals(-1, get(each).destination().mismatch(source));
            }
        }
    }

    @ParameterizedTest
    @EnumSource(Capacity.class)
    void queuedOperationsAreCancelled(Capacity capacity) {
        try (HeldMover held = capacity.open(1)) {
            VdmFuture<VdmOutput> busy = occupy(held);
            MemorySegment source = held.memory(64, 9);
            List<VdmFuture<VdmOutput>> queued = new ArrayList<>();
            for (int i = 0; i < 2_000; i++) {
                queued.add(held.mover().memcpy(held.memory(64), source));
                assertEquals(FutureState.RUNNING, queued.get(i).poll());
            }
            assertEquals(2_000, queued.stream().filter(VdmFuture::cancel).count());
            assertFalse(busy.cancel());
            held.release();
            busy.await();
            for (VdmFuture<VdmOutput> each : queued) {
                assertEquals(VdmResult.CANCELLED, each.result());
                assertEquals(0, each.destination().get(JAVA_BYTE, 0), "nothing was written");
            }
            assertEquals(0, held.mover().counters().inFlight());
        }
    }

    @ParameterizedTest
    @EnumSource(Capacity.class)
    void waitsForCapacityLeaveNothingBehind(Capacity capacity) throws Exception {
        try (HeldMover held = capacity.open(1)) {
            MemorySegment destination = held.memory(64);
            MemorySegment source = held.memory(64, 5);
            VdmOperation operation = held.mover().newOperation();
            List<WeakReference<Thread>> waiters = new ArrayList<>();
            for (int round = 0; round < 200; round++) {
                VdmFuture<VdmOutput> busy = occupy(held);
                operation.memcpy(destination, source, VdmFlags.NONE);
                Thread waiter = Thread.ofVirtual().start(operation::await);
                while (waiter.getState() != Thread.State.WAITING) {
                    Thread.onSpinWait();
                }
                waiters.add(new WeakReference<>(waiter));
                held.release();
                waiter.join();
                busy.await();
            }
            while (waiters.subList(0, 190).stream().anyMatch(each -> !each.refersTo(null))) {
                System.gc(); // The test's time limit ends this loop.
                Thread.yield();
            }
            assertEquals(VdmResult.SUCCESS, operation.result());
        }
    }

    // ---- every waiter is notified

    @ParameterizedTest
    @EnumSource(Capacity.class)
    void twoCompletionsOfOneThreadComplete(Capacity capacity) throws Exception {
        try (HeldMover held = capacity.open(1)) {
            VdmFuture<VdmOutput> copy = occupy(held);
            CompletableFuture<VdmOutput> one = copy.toCompletableFuture();
            CompletableFuture<VdmOutput> two = copy.toCompletableFuture();
            Thread releasing = Thread.ofPlatform().start(held::release);
            copy.await();
            assertEquals(VdmResult.SUCCESS, get(one).result());
            assertEquals(VdmResult.SUCCESS, get(two).result());
            releasing.join();
        }
    }

    @ParameterizedTest
    @EnumSource(Capacity.class)
    void completionBetweenTwoWaitsCompletes(Capacity capacity) throws Exception {
        try (HeldMover held = capacity.open(1)) {
            VdmFuture<VdmOutput> copy = occupy(held);
            assertThrows(FutureTimeoutException.class, () -> copy.await(Duration.ofMillis(1)));
            CompletableFuture<VdmOutput> completion = copy.toCompletableFuture();
            Thread releasing = Thread.ofPlatform().start(held::release);
            copy.await();
            assertEquals(VdmResult.SUCCESS, get(completion).result());
            releasing.join();
        }
    }

    @ParameterizedTest
    @EnumSource(Capacity.class)
    void waitersOfPendingOperationAreNotified(Capacity capacity) throws Exception {
        try (HeldMover held = capacity.open(1)) {
            occupy(held);
            VdmFuture<VdmOutput> pending =
                    held.mover().memcpy(held.memory(64), held.memory(64, 2));
            var woken = new CountDownLatch(1);
            pollWith(woken::countDown, pending);
            CompletableFuture<VdmOutput> one = pending.toCompletableFuture(Runnable::run);
            CompletableFuture<VdmOutput> two = pending.toCompletableFuture();
            Thread waiter = Thread.ofPlatform().start(pending::await);
            held.release();
            assertEquals(VdmResult.SUCCESS, get(one).result());
            assertEquals(VdmResult.SUCCESS, get(two).result());
            waiter.join();
            assertTrue(woken.await(20, TimeUnit.SECONDS));
        }
    }

    @ParameterizedTest
    @EnumSource(Capacity.class)
    void cancelNotifiesWaitersOfPendingOperation(Capacity capacity) throws Exception {
        try (HeldMover held = capacity.open(1)) {
            occupy(held);
            VdmFuture<VdmOutput> pending =
                    held.mover().memcpy(held.memory(64), held.memory(64, 2));
            CompletableFuture<VdmOutput> completion = pending.toCompletableFuture();
            var thrown = new AtomicReference<Throwable>();
            Thread waiter = Thread.ofPlatform().start(() -> {
                try {
                    pending.await();
                } catch (Throwable e) {
                    thrown.set(e);
                }
            });
            while (waiter.getState() != Thread.State.WAITING) {
                Thread.onSpinWait();
            }
            assertTrue(pending.cancel());
            waiter.join();
            assertInstanceOf(VdmException.class, thrown.get());
            assertThrows(ExecutionException.class, () -> get(completion));
            assertEquals(1, held.mover().counters().inFlight());
        }
    }

    // ---- wrong wakers and arguments

    @ParameterizedTest
    @EnumSource(Capacity.class)
    void throwingWakerEndsOnlyItself(Capacity capacity) {
        try (HeldMover held = capacity.open(1);
                var handler = new UncaughtExceptions()) {
            var broken = new IllegalStateException("broken waker");
            held.hold();
            List<VdmFuture<VdmOutput>> copies = new ArrayList<>();
            for (int i = 0; i < 4; i++) {
                copies.add(held.mover().memcpy(held.memory(64), held.memory(64, i)));
                pollWith(() -> {
                    throw broken;
                }, copies.get(i));
            }
            held.release();
            held.mover().memset(held.memory(64), (byte) 1).await(Duration.ofSeconds(20));
            for (VdmFuture<VdmOutput> copy : copies) {
                assertEquals(VdmResult.SUCCESS, copy.await(Duration.ofSeconds(20)).result());
            }
            handler.assertOnly(broken);
        }
    }

    @ParameterizedTest
    @EnumSource(Capacity.class)
    void pollOfNullChangesNothing(Capacity capacity) {
        try (HeldMover held = capacity.open(1)) {
            VdmFuture<VdmOutput> idle = held.mover().memcpy(held.memory(64), held.memory(64, 1));
            assertThrows(NullPointerException.class, () -> idle.poll(null));
            assertEquals(FutureState.IDLE, idle.state());
            VdmFuture<VdmOutput> copy = occupy(held);
            assertThrows(NullPointerException.class, () -> copy.poll(null));
            assertEquals(FutureState.RUNNING, copy.state());
            held.release();
            assertEquals(VdmResult.SUCCESS, copy.await().result());
            assertEquals(1, copy.destination().get(JAVA_BYTE, 63));
            assertNull(copy.failure());
        }
    }

    @ParameterizedTest
    @EnumSource(Capacity.class)
    void cancelledCompletionStartsNothing(Capacity capacity) throws Exception {
        try (HeldMover held = capacity.open(1)) {
            held.hold();
            MemorySegment destination = held.memory(64);
            MemorySegment source = held.memory(64, 7);
            VdmOperation operation = held.mover().newOperation();
            operation.memcpy(destination, source, VdmFlags.NONE);
            var delayed = new ConcurrentLinkedQueue<Runnable>();
            Executor slow = delayed::add;
            CompletableFuture<?> completion = operation.toCompletableFuture(slow);
            while (held.inUse() == 0) {
                Thread.onSpinWait();
            }
            assertTrue(completion.cancel(false));
            held.release();
            operation.await();
            // The test prepared the operation again and did not start it.
            operation.memset(destination, (byte) 1, VdmFlags.NONE);
            for (Runnable late = delayed.poll(); late != null; late = delayed.poll()) {
                late.run();
            }
            assertEquals(FutureState.IDLE, operation.state());
            assertEquals(7, destination.get(JAVA_BYTE, 0));
            assertTrue(operation.cancel());
            assertThrows(CancellationException.class, completion::join);
        }
    }

    // ---- threads of the library

    @ParameterizedTest
    @EnumSource(Capacity.class)
    void awaitOnLibraryThreadThrows(Capacity capacity) throws Exception {
        try (HeldMover held = capacity.open(1)) {
            VdmFuture<VdmOutput> copy = occupy(held);
            var thrown = new CompletableFuture<Throwable>();
            MemorySegment other = held.memory(64);
            // The test uses a waker, because the device's completion thread and the workers call
            // it.
            pollWith(() -> {
                try {
                    held.hold();
                    held.mover().memcpy(other, held.memory(64, 1)).await();
                    thrown.complete(null);
                } catch (Throwable e) {
                    thrown.complete(e);
                }
            }, copy);
            held.release();
            IllegalStateException failure =
                    assertInstanceOf(IllegalStateException.class, get(thrown));
            assertTrue(failure.getMessage().contains("toCompletableFuture(executor)"),
                    failure.getMessage());
            held.release();
            held.mover().memset(other, (byte) 4).await(Duration.ofSeconds(20));
            assertEquals(4, other.get(JAVA_BYTE, 0));
        }
    }

    @ParameterizedTest
    @EnumSource(Capacity.class)
    void closeInWakerLetsPendingOperationsEnd(Capacity capacity) throws Exception {
        try (HeldMover held = capacity.open(1)) {
            VdmFuture<VdmOutput> copy = occupy(held);
            List<VdmFuture<VdmOutput>> pending = new ArrayList<>();
            MemorySegment source = held.memory(64, 6);
            for (int i = 0; i < 20; i++) {
                pending.add(held.mover().memcpy(held.memory(64), source));
                pollWith(() -> {}, pending.get(i));
            }
            var closed = new CountDownLatch(1);
            pollWith(() -> {
                held.mover().close();
                closed.countDown();
            }, copy);
            held.release();
            assertTrue(closed.await(20, TimeUnit.SECONDS));
            for (VdmFuture<VdmOutput> each : pending) {
                assertEquals(VdmResult.SUCCESS, each.await(Duration.ofSeconds(20)).result());
                assertEquals(-1, each.destination().mismatch(source));
            }
        }
    }

    /** A mover that records which operations may block their caller. */
    private static final class BlockingMover extends AbstractDataMover {
        final List<Boolean> mayBlock = new ArrayList<>();

        @Override
        protected VdmExecutor executor() {
            return operation -> {
                mayBlock.add(operation.mayBlockCaller());
                return operation.succeed(ExecutionPath.JVM);
            };
        }

        @Override
        public boolean isSupported(VdmFlags flags, MemorySegment destination) {
            return true;
        }

        @Override
        public String name() {
            return "blocking";
        }
    }

    @Test
    void awaitedReusableOperationMayBlockItsCaller() {
        try (var mover = new BlockingMover()) {
            MemorySegment memory = MemorySegment.ofArray(new byte[8]);
            mover.memset(memory, (byte) 1).await();
            VdmOperation operation = mover.newOperation();
            operation.memset(memory, (byte) 1, VdmFlags.NONE).await();
            operation.again().busyPoll();
            operation.again().poll();
            assertEquals(List.of(true, true, true, false), mover.mayBlock);
        }
    }
}
