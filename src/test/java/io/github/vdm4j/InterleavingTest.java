package io.github.vdm4j;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.vdm4j.HeldMover.Capacity;
import io.github.vdm4j.future.FutureState;
import io.github.vdm4j.future.FutureTimeoutException;
import io.github.vdm4j.future.Notifier;
import io.github.vdm4j.future.NotifierType;
import java.lang.foreign.MemorySegment;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicIntegerArray;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Many threads use random methods of operations that outnumber the mover's capacity. In the end,
 * every waiter has its notification, and no slot is lost. Every operation has run once, or a thread
 * has cancelled it.
 */
@Timeout(120)
class InterleavingTest {
    private static final int THREADS = 6;
    private static final int ROUNDS = 150;
    private static final Duration LIMIT = Duration.ofSeconds(60);

    static Stream<Arguments> moversAndSeeds() {
        return Stream.of(Capacity.values())
                .flatMap(capacity -> IntStream.rangeClosed(1, 4)
                        .mapToObj(seed -> Arguments.of(capacity, seed)));
    }

    /** The observations of a run. */
    private static final class Observed {
        final ConcurrentLinkedQueue<Throwable> failures = new ConcurrentLinkedQueue<>();
        final ConcurrentLinkedQueue<CompletableFuture<?>> completions =
                new ConcurrentLinkedQueue<>();
        /** The number of wakers that a future promised to call and did not call. */
        final AtomicInteger owedWakers = new AtomicInteger();
        final AtomicInteger cancelled = new AtomicInteger();
        final AtomicInteger succeeded = new AtomicInteger();
    }

    /** A user that prepares its own operations and uses the operations of all users. */
    private static final class User implements Runnable {
        private static final RuntimeException BROKEN = new IllegalStateException("broken");

        private final Observed observed;
        private final Random random;
        private final VdmOperation[] all;
        private final int own;
        private final MemorySegment destination;
        private final MemorySegment[] sources;

        User(HeldMover held, Observed observed, long seed, VdmOperation[] all, int own) {
            this.observed = observed;
            this.all = all;
            this.own = own;
            random = new Random(seed);
            destination = held.memory(64);
            sources = new MemorySegment[]{held.memory(64, 1), held.memory(64, 2)};
        }

        @Override
        public void run() {
            try {
                for (int round = 0; round < ROUNDS; round++) {
                    runOne(round);
                }
            } catch (Throwable e) {
                observed.failures.add(e);
            }
        }

        private void runOne(int round) {
            VdmOperation operation = all[own];
            destination.fill((byte) 0);
            operation.memcpy(destination, sources[round & 1], VdmFlags.NONE);
            for (int i = random.nextInt(4); i > 0; i--) {
                touch(all[random.nextInt(all.length)]);
            }
            boolean cancelled = random.nextInt(4) == 0 && operation.cancel();
            waitFor(operation);
            if (cancelled) {
                assertEquals(VdmResult.CANCELLED, operation.result());
            }
            if (operation.result() == VdmResult.CANCELLED) {
                observed.cancelled.incrementAndGet();
                assertEquals(0, destination.get(JAVA_BYTE, 63), "ran after it was cancelled");
            } else {
                operation.orThrow();
                observed.succeeded.incrementAndGet();
                assertEquals(-1, destination.mismatch(sources[round & 1]));
            }
        }

        /** Waits in a random way. Only the owner prepares the operation again. */
        private void waitFor(VdmOperation operation) {
            switch (random.nextInt(4)) {
                case 0 -> operation.busyPoll();
                case 1 -> {
                    while (!operation.isComplete()) {
                        try {
                            operation.await(Duration.ofNanos(random.nextInt(100_000)));
                        } catch (FutureTimeoutException e) {
                            // again
                        } catch (VdmException e) {
                            assertEquals(VdmResult.CANCELLED, e.result());
                        }
                    }
                }
                case 2 -> {
                    try {
                        operation.toCompletableFuture(Runnable::run)
                                .get(LIMIT.toSeconds(), TimeUnit.SECONDS);
                    } catch (Exception e) {
                        assertTrue(e.getCause() instanceof VdmException failure
                                && failure.result() == VdmResult.CANCELLED, () -> "" + e);
                    }
                }
                default -> {
                    try {
                        operation.await(LIMIT);
                    } catch (VdmException e) {
                        assertEquals(VdmResult.CANCELLED, e.result());
                    }
                }
            }
        }

        /** Calls a random method of an operation that another thread may own. */
        private void touch(VdmOperation operation) {
            try {
                switch (random.nextInt(6)) {
                    case 0 -> operation.poll();
                    case 1 -> offerWaker(operation);
                    case 2 -> observed.completions.add(operation.toCompletableFuture());
                    case 3 -> observed.completions.add(
                            operation.toCompletableFuture(this::throwOrRun));
                    case 4 -> operation.toCompletableFuture().cancel(false);
                    default -> operation.await(Duration.ofNanos(random.nextInt(50_000)));
                }
            } catch (FutureTimeoutException | VdmException e) {
                // The operation is not complete yet, or another user cancelled it.
            } catch (IllegalStateException e) {
                // The owner prepared it again between the end of the wait and the call of output().
                assertTrue(e.getMessage().contains("not COMPLETE")
                        || e.getMessage().contains("nothing prepared"), e.getMessage());
            }
        }

        private void throwOrRun(Runnable task) {
            if (random.nextInt(3) == 0) {
                throw BROKEN;
            }
            task.run();
        }

        private void offerWaker(VdmOperation operation) {
            var called = new AtomicInteger();
            Notifier notifier = Notifier.of(() -> {
                if (called.getAndIncrement() == 0) {
                    observed.owedWakers.decrementAndGet();
                }
                throw BROKEN;
            });
            observed.owedWakers.incrementAndGet();
            FutureState reached = operation.poll(notifier);
            boolean promised = reached != FutureState.COMPLETE
                    && notifier.used() == NotifierType.WAKER;
            // Wait for the waker here. Another poll of this thread would replace it.
            while (promised && called.get() == 0) {
                Thread.onSpinWait();
            }
            if (!promised && called.getAndIncrement() == 0) {
                observed.owedWakers.decrementAndGet();
            }
        }
    }

    @ParameterizedTest
    @MethodSource("moversAndSeeds")
    void everyWaiterIsNotified(Capacity capacity, int seed) throws Exception {
        var handler = new UncaughtExceptions();
        try (handler; HeldMover held = capacity.open(2)) {
            var observed = new Observed();
            var operations = new VdmOperation[THREADS];
            for (int i = 0; i < THREADS; i++) {
                operations[i] = held.mover().newOperation();
                operations[i].nop().busyPoll();
            }
            List<Thread> threads = new ArrayList<>();
            for (int i = 0; i < THREADS; i++) {
                threads.add(Thread.ofPlatform()
                        .unstarted(new User(held, observed, seed * 1_000L + i, operations, i)));
            }
            threads.forEach(Thread::start);
            for (Thread thread : threads) {
                thread.join();
            }
            assertEquals(List.of(), List.copyOf(observed.failures));
            for (CompletableFuture<?> each : observed.completions) {
                each.handle((output, failure) -> output).get(LIMIT.toSeconds(), TimeUnit.SECONDS);
            }
            assertEquals(0, observed.owedWakers.get(), "wakers that were not called");
            assertEquals(THREADS * ROUNDS, observed.cancelled.get() + observed.succeeded.get());
            while (held.mover().counters().inFlight() > 0 || held.inUse() > 0) {
                Thread.onSpinWait(); // The test's time limit ends this loop.
            }
        }
        assertTrue(handler.list().stream().allMatch(User.BROKEN::equals), handler.list()::toString);
    }

    @ParameterizedTest
    @EnumSource(Capacity.class)
    void overtakesStayWithinTheCapacity(Capacity capacity) throws Exception {
        int count = 500;
        int slots = 1; // With more slots, the order of the ends proves nothing.
        try (HeldMover held = capacity.open(slots)) {
            held.hold();
            MemorySegment source = held.memory(64, 1);
            var order = new AtomicInteger();
            var ended = new AtomicIntegerArray(count);
            List<CompletableFuture<?>> all = new ArrayList<>();
            Executor inline = Runnable::run;
            for (int i = 0; i < count; i++) {
                int number = i;
                all.add(held.mover()
                        .memcpy(held.memory(64), source)
                        .toCompletableFuture(inline)
                        .thenRun(() -> ended.set(number, order.getAndIncrement())));
            }
            held.release();
            for (CompletableFuture<?> each : all) {
                each.get(LIMIT.toSeconds(), TimeUnit.SECONDS);
            }
            for (int i = 0; i < count; i++) {
                int overtakes = 0;
                for (int later = i + 1; later < count; later++) {
                    overtakes += ended.get(later) < ended.get(i) ? 1 : 0;
                }
                assertFalse(overtakes > slots,
                        "%,d was overtaken %,d times".formatted(i, overtakes));
            }
        }
    }

    @ParameterizedTest
    @MethodSource("moversAndSeeds")
    void closeEndsEveryOperation(Capacity capacity, int seed) throws Exception {
        try (HeldMover held = capacity.open(2)) {
            Vdm mover = held.mover();
            var failures = new ConcurrentLinkedQueue<Throwable>();
            var started = new AtomicInteger();
            List<Thread> threads = new ArrayList<>();
            MemorySegment source = held.memory(64, 1);
            MemorySegment destinations = held.memory(64 * THREADS);
            for (int i = 0; i < THREADS; i++) {
                var random = new Random(seed * 1_000L + i);
                MemorySegment destination = destinations.asSlice(64L * i, 64);
                threads.add(Thread.ofPlatform().start(() -> {
                    try {
                        while (true) {
                            destination.fill((byte) 0);
                            VdmFuture<VdmOutput> copy = mover.memcpy(destination, source);
                            started.incrementAndGet();
                            endOne(copy, random.nextInt(3));
                            VdmResult result = copy.result();
                            assertTrue(result == VdmResult.SUCCESS || result == VdmResult.CLOSED,
                                    () -> copy.failure().getMessage());
                            assertEquals(result == VdmResult.SUCCESS ? 1 : 0,
                                    destination.get(JAVA_BYTE, 63));
                        }
                    } catch (Throwable e) {
                        if (!(e instanceof IllegalStateException)
                                || !e.getMessage().contains("the mover is closed")) {
                            failures.add(e);
                        }
                    }
                }));
            }
            while (started.get() < 100 + 100 * seed && failures.isEmpty()) {
                Thread.onSpinWait();
            }
            mover.close();
            for (Thread thread : threads) {
                thread.join();
            }
            assertEquals(List.of(), List.copyOf(failures));
            assertEquals(0, mover.counters().inFlight());
            assertEquals(0, held.inUse());
        }
    }

    private static void endOne(VdmFuture<VdmOutput> copy, int how) throws Exception {
        switch (how) {
            case 0 -> copy.busyPoll();
            case 1 -> copy.toCompletableFuture()
                    .handle((output, failure) -> output)
                    .get(LIMIT.toSeconds(), TimeUnit.SECONDS);
            default -> {
                try {
                    copy.await(LIMIT);
                } catch (VdmException e) {
                    assertEquals(VdmResult.CLOSED, e.result());
                }
            }
        }
    }
}
