package io.github.vdm4j.future;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The {@link CompletableFuture} of a polled future. */
@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class FutureCompletionTest {

    /**
     * A future without wakers. It counts its polls, and is complete at the first poll after {@link
     * #done} was set.
     */
    private static final class Polled {
        final AtomicBoolean done = new AtomicBoolean();
        final AtomicReference<Thread> lastPoller = new AtomicReference<>();
        final AtomicInteger polls = new AtomicInteger();
        final PollableFuture<String> future = ((PollTask<String>) (notifier, sink) -> {
            lastPoller.set(Thread.currentThread());
            polls.incrementAndGet();
            sink.output("polled");
            return done.get() ? FutureState.COMPLETE : FutureState.RUNNING;
        }).toFuture();
    }

    private static Thread sharedPoller() {
        return Thread.getAllStackTraces()
                .keySet()
                .stream()
                .filter(thread -> thread.getName().equals(SharedPoller.THREAD_NAME))
                .findAny()
                .orElseThrow();
    }

    @Test
    void firstPollMayCompleteTheCompletion() {
        CompletableFuture<Integer> completion = CountingFuture.sync(1).toCompletableFuture();
        assertTrue(completion.isDone());
        assertEquals(1, completion.join());
    }

    @Test
    void sharedPollerCompletesWithoutWakers() throws Exception {
        var polled = new Polled();
        CompletableFuture<String> completion = polled.future.toCompletableFuture();
        assertFalse(completion.isDone());
        while (polled.lastPoller.get() == Thread.currentThread()) {
            Thread.onSpinWait();
        }
        assertEquals(SharedPoller.THREAD_NAME, polled.lastPoller.get().getName());
        assertTrue(polled.lastPoller.get().isDaemon());
        polled.done.set(true);
        assertEquals("polled", completion.get());
    }

    @Test
    void thousandsCompleteInAnyOrder() {
        List<CompletableFuture<Integer>> all = new ArrayList<>();
        for (int i = 0; i < 3_000; i++) {
            all.add(CountingFuture.async(1 + i * 7 % 100).toCompletableFuture());
        }
        for (CompletableFuture<Integer> one : all) {
            assertEquals(1, one.join());
        }
    }

    @Test
    void taskWithAWakerIsPolledOnlyWhenWoken() {
        var task = new SignalledFuture();
        CompletableFuture<String> completion = task.toCompletableFuture();
        assertEquals(1, task.polls());
        task.wakeForNothing();
        while (task.polls() < 2) {
            Thread.onSpinWait();
        }
        assertFalse(completion.isDone());
        task.signal();
        assertEquals("signalled", completion.join());
        assertEquals(3, task.polls());
    }

    @Test
    void wakeUpDuringAPollIsNotLost() {
        for (int round = 0; round < 20_000; round++) {
            var task = new SignalledFuture();
            var started = new AtomicBoolean();
            Thread waker = Thread.ofVirtual().start(() -> {
                while (!started.get()) {
                    Thread.onSpinWait();
                }
                task.wakeForNothing();
                task.signal();
            });
            started.set(true);
            assertEquals("signalled", task.toCompletableFuture().join());
            assertTrue(waker.isDaemon());
        }
    }

    @Test
    void oneThreadAtATimePolls() {
        var inside = new AtomicInteger();
        var most = new AtomicInteger();
        var waker = new AtomicReference<Waker>();
        var polls = new AtomicInteger();
        // This bypasses AbstractFuture, because AbstractFuture would exclude the second thread.
        PollableFuture<String> task = new PollableFuture<>() {
            @Override
            public FutureState state() {
                return polls.get() < 2_000 ? FutureState.RUNNING : FutureState.COMPLETE;
            }

            @Override
            public FutureState poll(Notifier notifier) {
                most.accumulateAndGet(inside.incrementAndGet(), Math::max);
                waker.set(notifier.waker());
                if (polls.incrementAndGet() % 3 == 0) {
                    notifier.useNone();
                } else {
                    notifier.useWaker();
                }
                inside.decrementAndGet();
                return state();
            }

            @Override
            public String output() {
                return "done";
            }

            @Override
            public Throwable failure() {
                return null;
            }

            @Override
            public boolean cancel() {
                return false;
            }
        };
        CompletableFuture<String> completion = task.toCompletableFuture();
        while (!completion.isDone()) {
            waker.get().wake();
        }
        assertEquals("done", completion.join());
        assertEquals(1, most.get());
    }

    @Test
    void completionFailsWithTheTasksFailure() {
        var failure = new IOException("torn");
        PollTask<String> task = (notifier, sink) -> {
            throw FutureCompletionTest.<RuntimeException>sneaky(failure);
        };
        var thrown = assertThrows(ExecutionException.class,
                () -> task.toFuture().toCompletableFuture().get());
        assertSame(failure, thrown.getCause());
    }

    @SuppressWarnings("unchecked")
    private static <E extends Throwable> E sneaky(Throwable thrown) throws E {
        throw (E) thrown;
    }

    @Test
    void cancelDoesNotStopAStartedTask() {
        var polled = new Polled();
        CompletableFuture<String> completion = polled.future.toCompletableFuture();
        assertTrue(completion.cancel(true));
        assertThrows(CancellationException.class, completion::join);
        assertEquals(FutureState.RUNNING, polled.future.state());
        polled.done.set(true);
        while (!polled.future.isComplete()) { // This thread does not poll it.
            Thread.onSpinWait();
        }
        assertEquals("polled", polled.future.output());
    }

    @Test
    void cancelCancelsATaskThatHasNotStarted() {
        PollTask<String> task = (notifier, sink) -> FutureState.IDLE;
        PollableFuture<String> future = task.toFuture();
        CompletableFuture<String> completion = future.toCompletableFuture();
        while (!completion.isDone()) {
            completion.cancel(false);
        }
        while (!future.isComplete()) { // The shared poller may poll it now.
            future.cancel();
        }
        assertInstanceOf(CancellationException.class, future.failure());
    }

    @Test
    void waitingActionDelaysNoOtherFuture() {
        var first = new Polled();
        var second = new Polled();
        CompletableFuture<String> dependent = first.future
                .toCompletableFuture(command -> Thread.ofVirtual().start(command))
                .thenApply(output -> {
                    CompletableFuture<String> other = second.future.toCompletableFuture();
                    second.done.set(true);
                    return output + " " + other.join();
                });
        first.done.set(true);
        assertEquals("polled polled", dependent.join());
    }

    @Test
    void sharedPollerReplacesARefusingExecutor() {
        var task = new SignalledFuture();
        CompletableFuture<String> completion = task.toCompletableFuture(command -> {
            throw new RejectedExecutionException("shut down");
        });
        task.signal();
        assertEquals("signalled", completion.join());
    }

    @Test
    void executorRunsAsynchronousActions() throws Exception {
        var names = new ArrayList<String>();
        var ran = new CountDownLatch(1);
        CountingFuture.sync(1)
                .toCompletableFuture(command -> Thread.ofPlatform().name("mine").start(command))
                .thenRunAsync(() -> {
                    names.add(Thread.currentThread().getName());
                    ran.countDown();
                });
        assertTrue(ran.await(20, TimeUnit.SECONDS));
        assertEquals(List.of("mine"), names);
    }

    @Test
    void confinedTaskFailsItsCompletion() {
        Thread owner = Thread.currentThread();
        var polls = new AtomicInteger();
        PollTask<String> task = (notifier, sink) -> {
            if (Thread.currentThread() != owner) {
                throw new WrongThreadException("confined");
            }
            sink.output("mine");
            return polls.incrementAndGet() < 2 ? FutureState.RUNNING : FutureState.COMPLETE;
        };
        PollableFuture<String> future = task.toFuture();
        var thrown =
                assertThrows(CompletionException.class, () -> future.toCompletableFuture().join());
        assertInstanceOf(WrongThreadException.class, thrown.getCause());
        assertEquals(FutureState.RUNNING, future.state());
        future.busyPoll();
        assertEquals("mine", future.output());
        assertNull(future.failure());
    }

    @Test
    void sharedPollerEndsWhenItIsIdle() throws InterruptedException {
        var polled = new Polled();
        CompletableFuture<String> completion = polled.future.toCompletableFuture();
        Thread poller = sharedPoller();
        poller.interrupt(); // An interrupt must not keep it awake.
        polled.done.set(true);
        completion.join();
        poller.join();
        var next = new Polled();
        CompletableFuture<String> again = next.future.toCompletableFuture();
        next.done.set(true);
        assertEquals("polled", again.join());
        assertNotEquals(0, next.polls.get());
    }
}
