package io.github.vdm4j;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.vdm4j.HeldMover.Capacity;
import io.github.vdm4j.future.AbstractFuture;
import io.github.vdm4j.future.FutureChain;
import io.github.vdm4j.future.FutureProperty;
import io.github.vdm4j.future.FutureRuntime;
import io.github.vdm4j.future.FutureState;
import io.github.vdm4j.future.Notifier;
import io.github.vdm4j.future.NotifierType;
import io.github.vdm4j.future.PollTask;
import io.github.vdm4j.future.PollableFuture;
import io.github.vdm4j.mover.ThreadsDataMover;
import java.lang.foreign.MemorySegment;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Callbacks of users that throw. An exception ends one future at most. It reaches that future or
 * the thread's uncaught-exception handler. Movers, workers, pollers and later operations continue.
 */
@Timeout(60)
class ThrowingCallbacksTest {
    private static final Duration LIMIT = Duration.ofSeconds(20);

    static Stream<Arguments> moversAndThrown() {
        return Stream.of(Capacity.values())
                .flatMap(capacity -> Stream.of(Thrown.values())
                        .map(thrown -> Arguments.of(capacity, thrown)));
    }

    private static void assertMoverWorks(HeldMover held) throws Exception {
        held.release();
        Vdm mover = held.mover();
        MemorySegment source = held.memory(64, 5);
        for (int i = 0; i < 3; i++) {
            VdmOutput copied = mover.memcpy(held.memory(64), source).await(LIMIT);
            assertEquals(-1, copied.destination().mismatch(source));
        }
        get(mover.memcpy(held.memory(64), source).toCompletableFuture());
        get(mover.memcpy(held.memory(64), source).toCompletableFuture(Runnable::run));
        assertEquals(0, mover.counters().inFlight());
        assertEquals(0, held.inUse());
        assertPollerWorks();
    }

    /** A future without wakers. Only the shared poller polls it. */
    private static void assertPollerWorks() throws Exception {
        assertEquals("done", get(polled(5).toCompletableFuture()));
    }

    private static PollableFuture<String> polled(int polls) {
        int[] count = {0};
        PollTask<String> task = (notifier, sink) -> {
            notifier.useNone();
            sink.output("done");
            return ++count[0] < polls ? FutureState.RUNNING : FutureState.COMPLETE;
        };
        return task.toFuture();
    }

    private static <T> T get(CompletableFuture<T> future) throws Exception {
        return future.get(LIMIT.toSeconds(), TimeUnit.SECONDS);
    }

    private static void assertFailsWith(Throwable expected, CompletableFuture<?> future) {
        ExecutionException failure = assertThrows(ExecutionException.class, () -> get(future));
        assertSame(expected, failure.getCause());
    }

    /** Starts a copy that stays on its worker or on the device. */
    private static VdmFuture<VdmOutput> occupy(HeldMover held) {
        held.hold();
        VdmFuture<VdmOutput> copy = held.mover().memcpy(held.memory(64), held.memory(64, 1));
        assertEquals(FutureState.RUNNING, copy.poll());
        return copy;
    }

    // ---- callbacks of waits

    @ParameterizedTest
    @MethodSource("moversAndThrown")
    void throwingWakersEndNothing(Capacity capacity, Thrown thrown) throws Exception {
        try (HeldMover held = capacity.open(1); var handler = new UncaughtExceptions()) {
            held.hold();
            List<VdmFuture<VdmOutput>> copies = new ArrayList<>();
            for (int i = 0; i < 4; i++) {
                copies.add(held.mover().memcpy(held.memory(64), held.memory(64, i)));
                VdmFuture<VdmOutput> copy = copies.get(i);
                Notifier notifier;
                do {
                    notifier = Notifier.of(thrown::raise);
                    copy.poll(notifier);
                } while (notifier.used() != NotifierType.WAKER);
            }
            List<CompletableFuture<VdmOutput>> besides =
                    copies.stream().map(VdmFuture::toCompletableFuture).toList();
            held.release();
            for (CompletableFuture<VdmOutput> each : besides) {
                assertEquals(VdmResult.SUCCESS, get(each).result());
            }
            assertMoverWorks(held);
            handler.assertOnly(thrown.instance);
        }
    }

    @ParameterizedTest
    @MethodSource("moversAndThrown")
    void throwingExecutorLosesNoCompletion(Capacity capacity, Thrown thrown) throws Exception {
        try (HeldMover held = capacity.open(1); var handler = new UncaughtExceptions()) {
            held.hold();
            List<CompletableFuture<VdmOutput>> all = new ArrayList<>();
            for (int i = 0; i < 30; i++) {
                all.add(held.mover()
                        .memcpy(held.memory(64), held.memory(64, i))
                        .toCompletableFuture(task -> thrown.raise()));
            }
            all.add(held.mover()
                    .memcpy(held.memory(64), held.memory(64, 1))
                    .toCompletableFuture());
            CompletableFuture<String> own =
                    polled(50).toCompletableFuture(task -> thrown.raise());
            held.release();
            for (CompletableFuture<VdmOutput> each : all) {
                assertEquals(VdmResult.SUCCESS, get(each).result());
            }
            assertEquals("done", get(own));
            assertMoverWorks(held);
            handler.assertOnly(thrown.instance);
        }
    }

    @ParameterizedTest
    @MethodSource("moversAndThrown")
    void throwingDependentEndsOnlyItself(Capacity capacity, Thrown thrown) throws Exception {
        try (HeldMover held = capacity.open(1); var handler = new UncaughtExceptions()) {
            VdmFuture<VdmOutput> copy = occupy(held);
            CompletableFuture<VdmOutput> completion = copy.toCompletableFuture(Runnable::run);
            CompletableFuture<?> dependent = completion.thenApply(output -> thrown.raise());
            CompletableFuture<?> onBrokenExecutor =
                    completion.thenApplyAsync(output -> output, task -> thrown.raise());
            CompletableFuture<VdmOutput> innocent = completion.thenApply(output -> output);
            held.release();
            assertFailsWith(thrown.instance, dependent);
            assertFailsWith(thrown.instance, onBrokenExecutor);
            assertEquals(VdmResult.SUCCESS, get(innocent).result());
            assertMoverWorks(held);
            assertEquals(List.of(), handler.list());
        }
    }

    @ParameterizedTest
    @MethodSource("moversAndThrown")
    void throwingIdleStrategyEndsOnlyItsWait(Capacity capacity, Thrown thrown) throws Exception {
        try (HeldMover held = capacity.open(1)) {
            VdmFuture<VdmOutput> copy = occupy(held);
            var runtime = new FutureRuntime(rounds -> thrown.raise());
            Throwable failure = assertThrows(Throwable.class,
                    () -> runtime.waitAll(List.of(copy, polled(Integer.MAX_VALUE))));
            assertSame(thrown.instance, failure);
            held.release();
            assertEquals(VdmResult.SUCCESS, copy.await(LIMIT).result());
            assertMoverWorks(held);
        }
    }

    @ParameterizedTest
    @MethodSource("moversAndThrown")
    void throwingHandlerEndsNothing(Capacity capacity, Thrown thrown) throws Exception {
        Thread.UncaughtExceptionHandler before = Thread.getDefaultUncaughtExceptionHandler();
        Thread.setDefaultUncaughtExceptionHandler((thread, e) -> thrown.raise());
        try (HeldMover held = capacity.open(1)) {
            VdmFuture<VdmOutput> copy = occupy(held);
            copy.poll(Notifier.of(thrown::raise));
            CompletableFuture<VdmOutput> completion =
                    copy.toCompletableFuture(task -> thrown.raise());
            held.release();
            assertEquals(VdmResult.SUCCESS, get(completion).result());
            assertMoverWorks(held);
        } finally {
            Thread.setDefaultUncaughtExceptionHandler(before);
        }
    }

    // ---- functions of chains

    /** Chains that complete unless a function throws. */
    private static List<PollableFuture<?>> brokenChains(Thrown thrown) {
        PollableFuture<String> first = PollableFuture.completed("first");
        return List.of(
                FutureChain.of(first).map(output -> thrown.raise()),
                FutureChain.of(polled(3)).map(output -> thrown.raise()),
                FutureChain.of(polled(3)).then(output -> thrown.<PollableFuture<String>>raise()),
                FutureChain.of(first).then(polled(3), (output, next) -> thrown.raise()),
                FutureChain.ofLazy(() -> thrown.<PollableFuture<String>>raise()),
                FutureChain.of(PollableFuture.<String>failed(new Exception("earlier")))
                        .recover(failure -> thrown.raise()),
                FutureChain.of(FutureChain.of(polled(3)).map(output -> thrown.raise())));
    }

    @ParameterizedTest
    @EnumSource
    void throwingFunctionFailsItsChain(Thrown thrown) throws Exception {
        for (PollableFuture<?> chain : brokenChains(thrown)) {
            chain.busyPoll();
            assertSame(thrown.instance, chain.failure());
        }
        for (PollableFuture<?> chain : brokenChains(thrown)) {
            assertFailsWith(thrown.instance, chain.toCompletableFuture());
        }
        for (PollableFuture<?> chain : brokenChains(thrown)) {
            Throwable failure = assertThrows(Throwable.class, chain::await);
            assertSame(thrown.instance, thrown == Thrown.SNEAKY ? failure.getCause() : failure);
        }
        assertPollerWorks();
    }

    // ---- users' own futures

    /** The method of a user's future that throws. */
    enum Method {
        ADVANCE, COMPLETE_WITH, PUBLISHED, OUTPUT, FAILURE, HAS_PROPERTY, POLLER
    }

    /** A future of a user that is complete after some polls and throws in a selected method. */
    private static final class Broken extends AbstractFuture<String> {
        private final Method where;
        private final Thrown thrown;
        private int polls;
        private Throwable failure;

        Broken(Method where, Thrown thrown) {
            this.where = where;
            this.thrown = thrown;
        }

        private void pass(Method method) {
            if (where == method) {
                thrown.raise();
            }
        }

        @Override
        protected FutureState advance(Notifier notifier) {
            notifier.useNone();
            if (where == Method.POLLER) {
                notifier.usePoller(thrown::raise);
            }
            if (++polls < 5) {
                return FutureState.RUNNING;
            }
            pass(Method.ADVANCE);
            if (where == Method.COMPLETE_WITH) {
                throw new IllegalArgumentException("for completeWith");
            }
            return FutureState.COMPLETE;
        }

        @Override
        protected void completeWith(Throwable cause) {
            pass(Method.COMPLETE_WITH);
            failure = cause;
        }

        @Override
        protected void published(long note) {
            pass(Method.PUBLISHED);
        }

        @Override
        public String output() {
            pass(Method.OUTPUT);
            return "done";
        }

        @Override
        public Throwable failure() {
            pass(Method.FAILURE);
            return failure;
        }

        @Override
        public boolean hasProperty(FutureProperty property) {
            pass(Method.HAS_PROPERTY);
            return false;
        }
    }

    static Stream<Arguments> methodsAndThrown() {
        return Stream.of(Method.values())
                .flatMap(method -> Stream.of(Thrown.values())
                        .map(thrown -> Arguments.of(method, thrown)));
    }

    @ParameterizedTest
    @MethodSource("methodsAndThrown")
    void throwingFutureCompletesItsCompletions(Method method, Thrown thrown) throws Exception {
        try (var handler = new UncaughtExceptions()) {
            for (boolean inline : new boolean[]{true, false}) {
                var future = new Broken(method, thrown);
                CompletableFuture<String> completion = inline
                        ? future.toCompletableFuture(Runnable::run)
                        : future.toCompletableFuture();
                CompletableFuture<String> innocent = polled(10).toCompletableFuture();
                switch (method) {
                    case ADVANCE, OUTPUT, FAILURE, POLLER ->
                        assertFailsWith(thrown.instance, completion);
                    default -> assertEquals("done", get(completion));
                }
                assertEquals("done", get(innocent));
                assertTrue(future.isComplete() || method == Method.POLLER);
            }
            assertPollerWorks();
            assertTrue(handler.list().stream().allMatch(thrown.instance::equals));
        }
    }

    // ---- users' own functions and movers

    @ParameterizedTest
    @EnumSource
    void throwingFunctionFailsItsOperation(Thrown thrown) throws Exception {
        VdmResult expected = thrown == Thrown.OUT_OF_MEMORY ? VdmResult.OUT_OF_MEMORY
                : VdmResult.INTERNAL_ERROR;
        try (var mover = ThreadsDataMover.builder()
                .threads(1)
                .memcpyFunction((destination, source, flags) -> thrown.raise())
                .memmoveFunction((destination, source, flags) -> thrown.raise())
                .memsetFunction((destination, value, flags) -> {
                    if (value == 1) {
                        thrown.raise();
                    }
                    destination.fill(value);
                })
                .open();
                var handler = new UncaughtExceptions()) {
            MemorySegment memory = MemorySegment.ofArray(new byte[64]);
            MemorySegment other = MemorySegment.ofArray(new byte[64]);
            for (VdmFuture<VdmOutput> broken : List.of(mover.memcpy(memory, other),
                    mover.memmove(memory, other), mover.memset(memory, (byte) 1))) {
                VdmFuture<VdmOutput> innocent = mover.memset(memory, (byte) 2);
                broken.poll();
                innocent.poll();
                broken.busyPoll();
                assertEquals(expected, broken.result());
                assertSame(thrown.instance, broken.failure().getCause());
                assertEquals(VdmResult.SUCCESS, innocent.await(LIMIT).result());
            }
            VdmFuture<BatchResult> batch = mover.batch()
                    .memset(memory, (byte) 1, VdmFlags.NONE)
                    .memset(other, (byte) 3, VdmFlags.NONE)
                    .submit();
            batch.busyPoll();
            assertEquals(expected, batch.output().get(0).result());
            assertEquals(VdmResult.SUCCESS, batch.output().get(1).result());
            assertEquals(0, mover.counters().inFlight());
            assertEquals(List.of(), handler.list());
        }
    }

    /** The method of a user's executor that throws. */
    enum Call {
        START, RESUME, WATCH, HAND_OFF, CLOSE
    }

    /**
     * A mover of a user that completes operations at their fifth poll. Without an exception, its
     * broken method returns no state.
     */
    private static final class BrokenMover extends AbstractDataMover {
        private final Call where;
        private final Thrown thrown;
        private final VdmExecutor executor = new VdmExecutor() {
            private void pass(Call call) {
                if (where == call && thrown != null) {
                    thrown.raise();
                }
            }

            @Override
            public FutureState start(Operation<?> operation) {
                pass(Call.START);
                operation.attach(0);
                return where == Call.START ? null : FutureState.RUNNING;
            }

            @Override
            public FutureState resume(Operation<?> operation) {
                pass(Call.RESUME);
                if (where == Call.RESUME) {
                    return null;
                }
                int polls = (int) operation.attachment() + 1;
                operation.attach(polls);
                return polls < 5 ? FutureState.RUNNING : operation.succeed(ExecutionPath.JVM);
            }

            @Override
            public boolean watch(Operation<?> operation) {
                pass(Call.WATCH);
                return false;
            }

            @Override
            public void handOff() {
                pass(Call.HAND_OFF);
            }

            @Override
            public void close(long deadline) {
                pass(Call.CLOSE);
            }
        };

        BrokenMover(Call where, Thrown thrown) {
            this.where = where;
            this.thrown = thrown;
        }

        @Override
        protected VdmExecutor executor() {
            return executor;
        }

        @Override
        public boolean isSupported(VdmFlags flags, MemorySegment destination) {
            return true;
        }

        @Override
        public String name() {
            return "broken";
        }
    }

    static Stream<Arguments> callsAndThrown() {
        return Stream.of(Call.values())
                .flatMap(call -> Stream.of(Thrown.values())
                        .map(thrown -> Arguments.of(call, thrown)));
    }

    @ParameterizedTest
    @MethodSource("callsAndThrown")
    void throwingOwnExecutorEndsOneOperation(Call call, Thrown thrown) throws Exception {
        try (var handler = new UncaughtExceptions()) {
            var mover = new BrokenMover(call, thrown);
            MemorySegment memory = MemorySegment.ofArray(new byte[8]);
            VdmFuture<VdmOutput> fill = mover.memset(memory, (byte) 1);
            CompletableFuture<VdmOutput> completion = fill.toCompletableFuture();
            if (call == Call.START || call == Call.RESUME) {
                assertThrows(ExecutionException.class, () -> get(completion));
                assertEquals(thrown == Thrown.OUT_OF_MEMORY ? VdmResult.OUT_OF_MEMORY
                        : VdmResult.INTERNAL_ERROR, fill.result());
                assertSame(thrown.instance, fill.failure().getCause());
            } else {
                assertEquals(VdmResult.SUCCESS, get(completion).result());
            }
            assertEquals(0, mover.counters().inFlight());
            if (call == Call.CLOSE) {
                assertSame(thrown.instance, assertThrows(Throwable.class, mover::close));
            } else {
                mover.close();
            }
            assertTrue(mover.isClosed());
            assertFalse(handler.list().stream().anyMatch(e -> e != thrown.instance));
            assertPollerWorks();
        }
    }

    @ParameterizedTest
    @EnumSource(names = {"START", "RESUME"})
    void executorWithoutAStateFailsItsOperation(Call call) throws Exception {
        try (var mover = new BrokenMover(call, null)) {
            VdmFuture<VdmOutput> fill =
                    mover.memset(MemorySegment.ofArray(new byte[8]), (byte) 1);
            CompletableFuture<VdmOutput> completion = fill.toCompletableFuture();
            assertThrows(ExecutionException.class, () -> get(completion));
            assertEquals(VdmResult.INTERNAL_ERROR, fill.result());
            assertEquals(1, mover.counters().failed());
            assertEquals(0, mover.counters().inFlight());
        }
    }
}
