package io.github.vdm4j.worker;

import io.github.vdm4j.future.Waker;
import io.github.vdm4j.future.WorkerStrategy;
import java.lang.invoke.VarHandle;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicIntegerArray;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;
import java.util.stream.IntStream;

/**
 * Threads that take elements from a bounded queue. One that finds it empty searches for a while, as
 * its {@link WorkerStrategy} says, and then sleeps until somebody wakes it: who adds an element, if
 * nobody is searching, or the last searcher that found one, if there are more. So a burst wakes as
 * many as it needs, and a stream of elements that one worker keeps up with wakes nobody.
 *
 * @param <E> the type of the elements
 */
public final class Workers<E> {
    // Indices of counts, a cache line and more from one another and from the array's ends.
    private static final int SLEEPING = 32;
    private static final int SEARCHING = 64;
    private static final int COUNTS = 96;

    private final BoundedQueue<E> queue;
    private final Consumer<E> work;
    private final WorkerStrategy strategy;
    private final List<Worker> workers;
    private final AtomicIntegerArray counts = new AtomicIntegerArray(COUNTS);

    /** Wakers of those who found the queue full. */
    private final Queue<Waker> waiting = new ConcurrentLinkedQueue<>();

    /**
     * Of a single worker it does not matter whether it is searching: it finds everything itself.
     */
    private final boolean alone;

    private volatile boolean stopping;

    /** How many threads that are no workers are working off what they found in the queue. */
    private final AtomicInteger others = new AtomicInteger();

    /**
     * Starts the threads, which are daemons.
     *
     * @param name what the threads' names begin with
     * @param threads how many
     * @param queueSize how many elements can wait
     * @param strategy what a thread does when there is none
     * @param work what to do with each; must not throw
     */
    public Workers(String name, int threads, int queueSize, WorkerStrategy strategy,
            Consumer<E> work) {
        this.queue = new BoundedQueue<>(queueSize);
        this.work = work;
        this.strategy = strategy;
        workers =
                IntStream.rangeClosed(1, threads)
                        .mapToObj(i -> new Worker(name + "-" + i))
                        .toList();
        alone = threads == 1;
        counts.set(SEARCHING, alone ? 0 : threads);
        try {
            workers.forEach(worker -> worker.thread.start());
        } catch (Throwable e) { // the system has no more threads: those that run must not stay
            stop(Long.MAX_VALUE);
            throw e;
        }
    }

    /**
     * How many threads there are.
     *
     * @return the number
     */
    public int threads() {
        return workers.size();
    }

    /**
     * How many elements can wait.
     *
     * @return the number
     */
    public int queueSize() {
        return queue.capacity();
    }

    /**
     * One of the threads, to ask what such threads may access.
     *
     * @return a thread
     */
    public Thread any() {
        return workers.getFirst().thread;
    }

    /**
     * Hands an element over.
     *
     * @param element what to work on
     * @return false if the queue is full or the workers are stopping
     */
    public boolean offer(E element) {
        if (stopping || !queue.offer(element)) {
            return false;
        }
        VarHandle.fullFence(); // the element is seen before this thread looks for who is asleep
        if (stopping) {
            workOff(); // the workers may have looked for the last time
        } else {
            wakeOneIfNeeded();
        }
        return true;
    }

    /**
     * Asks to be told when there is room. After this call the element must be offered once more:
     * room that came before is not told of.
     *
     * @param waker called once, perhaps when others have taken the room already
     */
    public void whenRoom(Waker waker) {
        waiting.add(waker);
    }

    private void wakeOneIfNeeded() {
        if (counts.get(SLEEPING) > 0 && counts.get(SEARCHING) == 0) {
            for (Worker worker : workers) {
                if (worker.wake()) {
                    return;
                }
            }
        }
    }

    private void wakeWaiting(boolean all) {
        for (Waker waker = waiting.poll(); waker != null; waker = all ? waiting.poll() : null) {
            waker.wake();
        }
    }

    private void workOff() {
        others.incrementAndGet();
        for (E element = queue.poll(); element != null; element = queue.poll()) {
            work.accept(element);
        }
        others.decrementAndGet();
    }

    /**
     * Marks everything that was handed over up to now, for {@link #isPast}.
     *
     * @return the mark
     */
    public long mark() {
        return queue.added();
    }

    /**
     * Tells whether everything has been worked on that was handed over before a mark. What was
     * written then is visible.
     *
     * @param mark from {@link #mark}
     * @return true if it is over
     */
    public boolean isPast(long mark) {
        if (queue.taken() < mark || others.get() > 0) {
            return false;
        }
        for (Worker worker : workers) {
            if (worker.position.get() < mark) {
                return false;
            }
        }
        return true;
    }

    /**
     * Lets the workers finish what is queued, and waits for them. Elements that are offered
     * meanwhile are refused, or worked on by the thread that offers them.
     *
     * @param nanos how long to wait at most
     * @return what is being worked on when that time has passed; nothing if all is done
     */
    public List<E> stop(long nanos) {
        long start = System.nanoTime();
        stopping = true;
        wakeWaiting(true);
        boolean interrupted = false;
        List<E> stuck = new ArrayList<>();
        for (Worker worker : workers) {
            worker.wake();
            // A waker may close the mover that called it; its own worker ends when it returns.
            while (worker.thread.isAlive() && worker.thread != Thread.currentThread()) {
                long left = nanos - (System.nanoTime() - start);
                if (left <= 0) {
                    E element = worker.element.get();
                    if (element != null) {
                        stuck.add(element);
                    }
                    break;
                }
                try {
                    worker.thread.join(java.time.Duration.ofNanos(left));
                } catch (InterruptedException e) {
                    interrupted = true;
                }
            }
        }
        if (stuck.isEmpty()) {
            workOff();
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
        return stuck;
    }

    private final class Worker implements Runnable {
        final Thread thread;
        final AtomicBoolean asleep = new AtomicBoolean();

        /** What it is working on. */
        final AtomicReference<E> element = new AtomicReference<>();

        /**
         * No element before this position is in its hands: written before it takes one, which
         * publishes this.
         */
        final AtomicLong position = new AtomicLong();

        Worker(String name) {
            thread = Thread.ofPlatform().daemon().name(name).unstarted(this);
        }

        @Override
        public void run() {
            boolean searching = true; // counted by the constructor
            int idle = 0;
            while (true) {
                position.setRelease(queue.taken());
                E taken = queue.poll();
                if (taken != null) {
                    if (searching) {
                        searching = false;
                        idle = 0;
                        stopSearching();
                    }
                    element.setRelease(taken);
                    work.accept(taken);
                    element.setRelease(null);
                    VarHandle.fullFence(); // the room is seen before this thread looks for who waits for it
                    wakeWaiting(false);
                } else if (!searching) {
                    searching = true;
                    if (!alone) {
                        counts.incrementAndGet(SEARCHING);
                    }
                    wakeWaiting(true);
                } else if (stopping) {
                    position.setRelease(Long.MAX_VALUE);
                    return;
                } else if (idle < strategy.spins()) {
                    idle++;
                    Thread.onSpinWait();
                } else if (idle - strategy.spins() < strategy.yields()) {
                    idle++;
                    Thread.yield();
                } else {
                    sleep();
                    idle = 0;
                }
            }
        }

        /** Who relied on this thread's search must not be let down by its end. */
        private void stopSearching() {
            if (!alone && counts.decrementAndGet(SEARCHING) == 0 && !queue.isEmpty()) {
                wakeOneIfNeeded();
            }
        }

        private void sleep() {
            position.setRelease(Long.MAX_VALUE);
            asleep.set(true);
            counts.incrementAndGet(SLEEPING);
            if (!alone) {
                counts.decrementAndGet(SEARCHING);
            }
            if (!queue.isEmpty() || stopping) {
                wake();
            }
            while (asleep.get()) {
                LockSupport.park(Workers.this);
                Thread.interrupted(); // nobody's business here, and it would keep park from sleeping
            }
        }

        /** Sends it searching, if it is asleep. */
        boolean wake() {
            if (!asleep.compareAndSet(true, false)) {
                return false;
            }
            if (!alone) {
                counts.incrementAndGet(SEARCHING);
            }
            counts.decrementAndGet(SLEEPING);
            LockSupport.unpark(thread);
            return true;
        }
    }
}
