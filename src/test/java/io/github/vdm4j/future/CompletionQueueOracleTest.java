package io.github.vdm4j.future;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicIntegerArray;
import java.util.concurrent.atomic.AtomicReferenceArray;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Producers, completing threads and consumers on one queue, with random steps. The oracle records
 * every entry and the order in which each completing thread ended its futures.
 */
@Timeout(value = 120, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class CompletionQueueOracleTest {
    private static final int PRODUCERS = 3;
    private static final int CONSUMERS = 3;
    private static final int EACH = 4_000;

    /** A future that is handed over at its first poll. Another thread completes it. */
    private static final class Detached extends AbstractFuture<Integer> {
        private Throwable failure;

        void finish(Throwable how) {
            if (how != null) {
                completeWith(how);
            }
            completeDetached();
        }

        @Override
        protected FutureState advance(Notifier notifier) {
            notifier.useNone();
            detach();
            return null;
        }

        @Override
        protected void completeWith(Throwable thrown) {
            failure = thrown;
        }

        @Override
        public Integer output() {
            requireComplete();
            return 0;
        }

        @Override
        public Throwable failure() {
            requireComplete();
            return failure;
        }

        @Override
        public boolean hasProperty(FutureProperty property) {
            return property == FutureProperty.ASYNC;
        }
    }

    /** An entry with its producer and the producer's number for it. */
    private record Token(int producer, int index) {}

    private final CompletionQueue<Token> queue = new CompletionQueue<>();
    private final AtomicIntegerArray returned = new AtomicIntegerArray(PRODUCERS * EACH);
    private final AtomicReferenceArray<PollableFuture<?>> added =
            new AtomicReferenceArray<>(PRODUCERS * EACH);
    private final ConcurrentHashMap<String, AtomicInteger> mistakes = new ConcurrentHashMap<>();
    private final AtomicInteger producing = new AtomicInteger(PRODUCERS);

    private void mistake(String what) {
        mistakes.computeIfAbsent(what, key -> new AtomicInteger()).incrementAndGet();
    }

    /** Adds futures of every kind. A separate thread completes some futures. */
    private void produce(int producer, long seed, ThreadFactory threads) {
        var random = new Random(seed);
        var detached = new ArrayList<Detached>();
        var signalled = new ArrayList<SignalledFuture>();
        for (int i = 0; i < EACH; i++) {
            int slot = producer * EACH + i;
            PollableFuture<?> future = switch (random.nextInt(7)) {
                case 0 -> CountingFuture.sync(1 + random.nextInt(3));
                case 1 -> PollableFuture.failed(new IllegalStateException("on purpose"));
                case 2 -> FutureChain.of(CountingFuture.sync(2)).then(CountingFuture.sync(1));
                case 3 -> {
                    var next = new SignalledFuture();
                    signalled.add(next);
                    yield next;
                }
                default -> {
                    var next = new Detached();
                    detached.add(next);
                    yield next;
                }
            };
            added.set(slot, future);
            queue.add(future, new Token(producer, i));
            if (detached.size() > random.nextInt(64)) {
                finish(detached, random);
            }
            if (signalled.size() > random.nextInt(16)) {
                signalled.removeLast().signal();
            }
        }
        Thread last = threads.newThread(() -> {
            while (!detached.isEmpty()) {
                finish(detached, random);
            }
            signalled.forEach(SignalledFuture::signal);
        });
        last.start();
        join(last);
        producing.decrementAndGet();
    }

    private static void finish(List<Detached> futures, Random random) {
        Detached future = futures.remove(random.nextInt(futures.size()));
        if (random.nextInt(9) == 0) {
            assertTrue(!future.cancel(), "nothing takes it from its driver");
        }
        future.finish(random.nextInt(5) == 0 ? new IllegalStateException("failed") : null);
    }

    private void consume(long seed) {
        var random = new Random(seed);
        while (true) {
            CompletionQueue.Entry<Token> entry;
            try {
                entry = switch (random.nextInt(4)) {
                    case 0 -> queue.poll();
                    case 1 -> queue.take(Duration.ofNanos(random.nextInt(200_000)));
                    default -> queue.take();
                };
            } catch (IllegalStateException e) { // The queue was empty at that moment.
                if (producing.get() == 0 && queue.isEmpty()) {
                    return;
                }
                Thread.onSpinWait();
                continue;
            }
            if (entry != null) {
                check(entry);
            } else if (producing.get() == 0 && queue.isEmpty()) {
                return;
            }
            if (random.nextInt(500) == 0) {
                Thread.currentThread().interrupt(); // ends no wait
            }
        }
    }

    private void check(CompletionQueue.Entry<Token> entry) {
        int slot = entry.attachment().producer() * EACH + entry.attachment().index();
        if (entry.future() != added.get(slot)) {
            mistake("an entry with the future of another");
        }
        if (!entry.future().isComplete()) {
            mistake("a future that is not complete");
        }
        if (returned.incrementAndGet(slot) != 1) {
            mistake("an entry returned twice");
        }
    }

    private static void join(Thread thread) {
        try {
            thread.join();
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
    void everyEntryIsReturnedExactlyOnce(long seed) {
        ThreadFactory threads = seed % 2 == 0 ? Thread.ofVirtual().factory()
                : Thread.ofPlatform().daemon().factory();
        var all = new ArrayList<Thread>();
        for (int i = 0; i < PRODUCERS; i++) {
            int producer = i;
            all.add(threads.newThread(() -> produce(producer, seed * 10 + producer, threads)));
        }
        for (int i = 0; i < CONSUMERS; i++) {
            long own = seed * 100 + i;
            all.add(threads.newThread(() -> consume(own)));
        }
        all.forEach(Thread::start);
        all.forEach(CompletionQueueOracleTest::join);
        assertEquals("{}", mistakes.toString());
        assertEquals(0, queue.size());
        for (int slot = 0; slot < PRODUCERS * EACH; slot++) {
            assertEquals(1, returned.get(slot), "entry " + slot);
        }
    }

    @ParameterizedTest
    @ValueSource(longs = {11, 12, 13})
    void entriesComeInTheOrderOfCompletion(long seed) {
        var random = new Random(seed);
        var futures = new ArrayList<Detached>();
        for (int i = 0; i < EACH; i++) {
            var future = new Detached();
            futures.add(future);
            queue.add(future, new Token(0, i));
        }
        var order = new ArrayList<Detached>();
        int taken = 0;
        while (taken < EACH) {
            if (!futures.isEmpty() && random.nextInt(3) != 0) {
                Detached next = futures.remove(random.nextInt(futures.size()));
                order.add(next);
                next.finish(null);
            } else {
                CompletionQueue.Entry<Token> entry = queue.poll();
                if (entry == null) {
                    assertEquals(order.size(), taken);
                } else {
                    assertSame(order.get(taken++), entry.future());
                }
            }
        }
    }
}
