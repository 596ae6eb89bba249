package io.github.vdm4j.mover;

import io.github.vdm4j.AbstractDataMover;
import io.github.vdm4j.VdmExecutor;
import io.github.vdm4j.VdmFlags;
import io.github.vdm4j.WhenFull;
import io.github.vdm4j.future.NotifierType;
import io.github.vdm4j.jvm.CallerExecutor;
import io.github.vdm4j.memory.Durability;
import io.github.vdm4j.worker.WorkerExecutor;
import java.lang.foreign.MemorySegment;
import java.util.Objects;

/**
 * A data mover with worker threads of its own, which use the JVM's own code.
 *
 * <p>The first poll of a future hands its operation over to the workers. If all workers are busy,
 * the operation waits, first in, first out. It can be cancelled until a worker begins it. With
 * {@link ThreadsDataMoverBuilder#whenFull whenFull(FAIL)} it fails instead if the queue is full.
 * Takes heap and off-heap segments. If memory is confined to a thread, that thread executes the
 * operation in its first poll. A durable operation on a mapped file of up to 64 KiB is copied by
 * the first poll, too, and a thread of the library forces the file. Durable for mapped files, which
 * it writes to their storage, and for persistent memory if libpmem is installed.
 *
 * <p>The workers are daemon threads. What they do when there is nothing to do is their {@link
 * io.github.vdm4j.future.WorkerStrategy}; they sleep in the end.
 *
 * <p>C counterpart: miniasync_vdm_threads(7), {@code data_mover_threads_new(3)}.
 */
public final class ThreadsDataMover extends AbstractDataMover {
    private final Durability durability;
    private final NotifierType notifier;
    private final int queueSize;
    private final String name;
    private final WorkerExecutor executor;

    ThreadsDataMover(ThreadsDataMoverBuilder settings) {
        durability = settings.durability();
        notifier = settings.notifier();
        queueSize = settings.queueSize();
        name = "threads (" + settings.threads() + ")";
        executor = new WorkerExecutor(
                name,
                settings.threads(),
                settings.whenFull() == WhenFull.FAIL ? queueSize : Integer.MAX_VALUE,
                settings.strategy(),
                notifier,
                settings.closeTimeout(),
                new CallerExecutor(settings.functions(), durability),
                settings.parallelFrom());
    }

    /**
     * Opens a mover with the defaults: a thread for each processor, wakers.
     *
     * <p>C counterpart: {@code data_mover_threads_default}.
     *
     * @return an open mover
     */
    public static ThreadsDataMover open() {
        return builder().open();
    }

    /**
     * Returns settings for a mover.
     *
     * @return a builder with the defaults
     */
    public static ThreadsDataMoverBuilder builder() {
        return new ThreadsDataMoverBuilder();
    }

    @Override
    protected VdmExecutor executor() {
        return executor;
    }

    @Override
    public boolean isSupported(VdmFlags flags, MemorySegment destination) {
        Objects.requireNonNull(flags, "flags");
        Objects.requireNonNull(destination, "destination");
        return CallerExecutor.supports(durability, flags.contains(VdmFlags.MEM_DURABLE),
                destination);
    }

    @Override
    public String name() {
        return name;
    }

    /**
     * Returns how many worker threads there are.
     *
     * @return the number, at least 1
     */
    public int threads() {
        return executor.workers().threads();
    }

    /**
     * Returns how many operations may wait for a worker with {@link WhenFull#FAIL}.
     *
     * @return the number, at least 1
     */
    public int queueSize() {
        return queueSize;
    }

    /**
     * Returns how many operations wait for a worker.
     *
     * @return the number at this moment
     */
    public int pending() {
        return executor.workers().pending();
    }

    /**
     * Returns the notification that the mover's futures give to callers that offer a waker.
     *
     * @return the type
     */
    public NotifierType notifier() {
        return notifier;
    }
}
