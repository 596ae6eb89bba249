package io.github.vdm4j.future;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.vdm4j.future.CompletionQueue.Entry;
import io.github.vdm4j.machine.Seam;
import io.github.vdm4j.machine.ThreadStarts;
import java.lang.Thread.UncaughtExceptionHandler;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@DisplayName("Entries of a CompletionQueue whose polls throw")
@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class ThrowingPollsTest {
    /** A user's future. Each poll calls the next answer, and the last answer is repeated. */
    private static final class ScriptedFuture implements PollableFuture<Integer> {
        private final List<Supplier<FutureState>> answers;
        private final AtomicInteger polls = new AtomicInteger();
        private volatile FutureState state = FutureState.IDLE;
        private volatile Waker waker;
        private volatile Poller poller;

        ScriptedFuture(List<Supplier<FutureState>> answers) {
            this.answers = answers;
        }

        @Override
        public FutureState poll(Notifier notifier) {
            notifier.useNone();
            if (poller != null) {
                notifier.usePoller(poller);
            } else if (polls.get() == 0 && notifier.waker() != null) {
                waker = notifier.waker();
                notifier.useWaker();
            }
            int next = polls.getAndIncrement();
            state = answers.get(Math.min(next, answers.size() - 1)).get();
            return state;
        }

        @Override
        public FutureState state() {
            return state;
        }

        @Override
        public Integer output() {
            return polls.get();
        }

        @Override
        public Throwable failure() {
            return null;
        }

        @Override
        public boolean cancel() {
            return false;
        }
    }

    private final CompletionQueue<String> queue = new CompletionQueue<>();
    private final ConcurrentLinkedQueue<Throwable> reported = new ConcurrentLinkedQueue<>();
    private final RuntimeException thrown = new IllegalStateException("on purpose");
    private UncaughtExceptionHandler earlier;
    private volatile int refusals;

    @BeforeEach
    void recordReports() {
        earlier = Thread.getDefaultUncaughtExceptionHandler();
        Thread.setDefaultUncaughtExceptionHandler((thread, report) -> reported.add(report));
    }

    @AfterEach
    void restore() {
        Thread.setDefaultUncaughtExceptionHandler(earlier);
    }

    private FutureState fail() {
        throw thrown;
    }

    private static FutureState run() {
        return FutureState.RUNNING;
    }

    private static FutureState complete() {
        return FutureState.COMPLETE;
    }

    private void assertReturnsComplete(ScriptedFuture future, Entry<String> entry) {
        assertSame(future, entry.future());
        assertTrue(future.isComplete(), "returned although it is incomplete");
        assertTrue(queue.isEmpty());
        assertNull(queue.poll());
        assertEquals(List.of(thrown), List.copyOf(reported));
    }

    @Test
    void pollIsRepeatedAfterAWakeUp() {
        var future = new ScriptedFuture(List.of(ThrowingPollsTest::run, this::fail, this::fail,
                ThrowingPollsTest::complete));
        queue.add(future, "woken");
        future.waker.wake();
        assertReturnsComplete(future, queue.take());
        assertEquals(4, future.output());
    }

    @Test
    void takeWithTimeoutEndsWhilePollsThrow() {
        var future = new ScriptedFuture(List.of(ThrowingPollsTest::run, this::fail));
        queue.add(future, "woken");
        future.waker.wake();
        assertNull(queue.take(Duration.ofMillis(20)));
        assertNull(queue.poll());
        assertEquals(1, queue.size());
        future.state = FutureState.COMPLETE; // by another thread. Its polls still throw
        assertSame(future, queue.take().future());
        assertEquals(List.of(thrown), List.copyOf(reported));
    }

    @Test
    void throwingPollerIsReplacedByPolls() {
        var future = new ScriptedFuture(List.of(ThrowingPollsTest::run, ThrowingPollsTest::run,
                ThrowingPollsTest::complete));
        future.poller = () -> {
            throw thrown;
        };
        queue.add(future, "asked");
        assertReturnsComplete(future, queue.take());
    }

    @Test
    void pollOfTheAddingThreadIsReported() {
        Thread adder = Thread.currentThread();
        var own = new AtomicInteger();
        Supplier<FutureState> confined = () -> {
            if (Thread.currentThread() != adder) {
                throw new WrongThreadException("confined");
            }
            return own.incrementAndGet() < 3 ? fail() : FutureState.COMPLETE;
        };
        var future = new ScriptedFuture(List.of(ThrowingPollsTest::run, confined));
        queue.add(future, "confined");
        future.waker.wake();
        Entry<String> entry = queue.take();
        assertReturnsComplete(future, entry);
    }

    private void start(Thread thread) {
        if (refusals > 0) {
            refusals--;
            throw new OutOfMemoryError("no further thread");
        }
    }

    private static void awaitEndOfSharedPoller() throws InterruptedException {
        for (Thread thread : Thread.getAllStackTraces().keySet()) {
            if (thread.getName().equals(SharedPoller.THREAD_NAME)) {
                thread.join();
            }
        }
    }

    @Test
    void takerPollsIfTheSystemRefusesAThread() throws Exception {
        var future = new ScriptedFuture(List.of(ThrowingPollsTest::run, ThrowingPollsTest::run,
                ThrowingPollsTest::run, ThrowingPollsTest::complete));
        queue.add(future, "refused");
        awaitEndOfSharedPoller();
        Seam.install(new ThreadStarts(this::start));
        try {
            refusals = 3;
            future.waker.wake();
            assertSame(future, queue.take().future());
        } finally {
            Seam.install(null);
        }
        assertTrue(future.isComplete(), "returned although it is incomplete");
        assertEquals(0, refusals);
        assertTrue(queue.isEmpty());
    }
}
