package io.github.vdm4j.mover;

import java.lang.invoke.VarHandle;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;
import java.util.stream.IntStream;

/**
 * Threads that take elements from a bounded queue: they spin for a moment when it is empty, then
 * yield, then sleep until there is something to do.
 *
 * @param <E> the type of the elements
 */
final class Workers<E> {
    private final BoundedQueue<E> queue;
    private final Consumer<E> work;
    private final int spins;
    private final int yields;
    private final List<Worker> workers;
    private final AtomicInteger sleepers = new AtomicInteger();
    private volatile boolean stopping;

    Workers(String name, int threads, int queueSize, int spins, int yields, Consumer<E> work) {
        this.queue = new BoundedQueue<>(queueSize);
        this.work = work;
        this.spins = spins;
        this.yields = yields;
        workers =
                IntStream.rangeClosed(1, threads).mapToObj(i -> new Worker(name + "-" + i)).toList();
        try {
            workers.forEach(worker -> worker.thread.start());
        } catch (Throwable e) { // the system has no more threads: those that run must not stay
            stop();
            throw e;
        }
    }

    int threads() {
        return workers.size();
    }

    int queueSize() {
        return queue.capacity();
    }

    /** One of the threads, to ask what such threads may access. */
    Thread any() {
        return workers.getFirst().thread;
    }

    /** Hands an element over; false if the queue is full or the workers are stopping. */
    boolean offer(E element) {
        if (stopping || !queue.offer(element)) {
            return false;
        }
        VarHandle.fullFence(); // the element is seen before this thread looks for who is asleep
        if (stopping) {
            workOff(); // the workers may have looked for the last time
        } else if (sleepers.get() > 0) {
            wakeOne();
        }
        return true;
    }

    private void wakeOne() {
        for (Worker worker : workers) {
            if (worker.asleep.compareAndSet(true, false)) {
                LockSupport.unpark(worker.thread);
                return;
            }
        }
    }

    private void workOff() {
        for (E element = queue.poll(); element != null; element = queue.poll()) {
            work.accept(element);
        }
    }

    /** Lets the workers finish what is queued, and waits for them. */
    void stop() {
        stopping = true;
        boolean interrupted = false;
        for (Worker worker : workers) {
            worker.asleep.set(false);
            LockSupport.unpark(worker.thread);
            // A waker may close the mover that called it; its own worker ends when it returns.
            while (worker.thread.isAlive() && worker.thread != Thread.currentThread()) {
                try {
                    worker.thread.join();
                } catch (InterruptedException e) {
                    interrupted = true;
                }
            }
        }
        workOff();
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    private final class Worker implements Runnable {
        final Thread thread;
        final AtomicBoolean asleep = new AtomicBoolean();

        Worker(String name) {
            thread = Thread.ofPlatform().daemon().name(name).unstarted(this);
        }

        @Override
        public void run() {
            int idle = 0;
            while (true) {
                E element = queue.poll();
                if (element != null) {
                    idle = 0;
                    work.accept(element);
                } else if (stopping) {
                    return;
                } else if (idle < spins) {
                    idle++;
                    Thread.onSpinWait();
                } else if (idle - spins < yields) {
                    idle++;
                    Thread.yield();
                } else {
                    sleep();
                    idle = 0;
                }
            }
        }

        private void sleep() {
            asleep.set(true);
            sleepers.incrementAndGet();
            if (queue.isEmpty() && !stopping) {
                while (asleep.get()) {
                    LockSupport.park(Workers.this);
                    Thread.interrupted(); // nobody's business here, and it would keep park from sleeping
                }
            }
            asleep.set(false);
            sleepers.decrementAndGet();
        }
    }
}
