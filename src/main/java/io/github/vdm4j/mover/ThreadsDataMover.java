package io.github.vdm4j.mover;

import io.github.vdm4j.AbstractDataMover;
import io.github.vdm4j.VdmExecutor;
import io.github.vdm4j.VdmFlags;
import io.github.vdm4j.engine.EngineSettings;
import io.github.vdm4j.jvm.CallerExecutor;
import io.github.vdm4j.memory.Durability;
import io.github.vdm4j.worker.WorkerExecutor;
import java.lang.foreign.MemorySegment;

/**
 * A data mover that executes operations on its own worker threads, in pure Java.
 *
 * <p>The first poll of a future submits its operation to the workers. If all workers are busy, the
 * operation waits in a first-in, first-out queue. The caller can cancel the operation before a
 * worker begins it. With {@link ThreadsDataMoverBuilder#whenFull whenFull(FAIL)}, the operation
 * fails if the queue is full.
 *
 * <p>The mover takes heap and off-heap segments. If memory is confined to a thread, that thread
 * executes the operation in its first poll. The mover makes mapped files durable by a force. If
 * libpmem is installed, the mover also makes persistent memory durable. If a durable operation
 * writes at most 32 KiB of a mapped file, the first poll copies the bytes. A thread of the library
 * then forces the file.
 *
 * <p>The workers are daemon threads. Their {@link io.github.vdm4j.future.WorkerStrategy} decides
 * how long they search for work before they sleep.
 *
 * <p>C counterpart: miniasync_vdm_threads(7), {@code data_mover_threads_new(3)}.
 */
public final class ThreadsDataMover extends AbstractDataMover {
    private final Durability durability;
    private final String name;
    private final WorkerExecutor executor;

    ThreadsDataMover(ThreadsDataMoverBuilder builder) {
        EngineSettings settings = builder.settings;
        durability = settings.engines();
        name = "threads (" + settings.workers + ")";
        executor = new WorkerExecutor(
                name,
                settings.workers,
                settings.mostPending(),
                settings.workerStrategy,
                builder.notifier,
                settings.closeTimeout,
                new CallerExecutor(builder.functions, durability),
                builder.parallelFrom);
    }

    /**
     * Opens a mover with the defaults: a thread for each processor and notification by wakers.
     *
     * <p>C counterpart: {@code data_mover_threads_default}.
     *
     * @return an open mover
     */
    public static ThreadsDataMover open() {
        return builder().open();
    }

    /** {@return settings for a mover, with the defaults} */
    public static ThreadsDataMoverBuilder builder() {
        return new ThreadsDataMoverBuilder();
    }

    @Override
    protected VdmExecutor executor() {
        return executor;
    }

    @Override
    public boolean isSupported(VdmFlags flags, MemorySegment destination) {
        return durability.supports(flags, destination, false);
    }

    @Override
    public String name() {
        return name;
    }

    /** {@return the number of operations that wait for a worker} */
    public int pending() {
        return executor.workers().pending().size();
    }
}
