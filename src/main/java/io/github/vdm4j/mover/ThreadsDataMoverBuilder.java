package io.github.vdm4j.mover;

import io.github.vdm4j.CopyFunction;
import io.github.vdm4j.FillFunction;
import io.github.vdm4j.engine.EngineSettings;
import io.github.vdm4j.future.NotifierType;
import io.github.vdm4j.jvm.MoveFunctions;
import io.github.vdm4j.memory.Durability;
import io.github.vdm4j.worker.PartExecutor;
import java.util.Objects;

/**
 * The settings of a {@link ThreadsDataMover}. Each setting has a default.
 *
 * <p>C counterpart: the arguments of {@code data_mover_threads_new}.
 */
public final class ThreadsDataMoverBuilder extends MoverBuilder<ThreadsDataMoverBuilder> {
    long parallelFrom = PartExecutor.USUALLY_FROM;
    NotifierType notifier = NotifierType.WAKER;
    MoveFunctions functions = MoveFunctions.STANDARD;

    ThreadsDataMoverBuilder() {
        super(new EngineSettings(Runtime.getRuntime().availableProcessors()));
    }

    /**
     * Sets the number of worker threads. Default: a thread for each processor.
     *
     * @param count 1 to 1,024
     * @return this
     * @throws IllegalArgumentException if the number is out of that range
     */
    public ThreadsDataMoverBuilder threads(int count) {
        settings.workers = EngineSettings.count("threads", count, MAX_WORKERS);
        return this;
    }

    /**
     * Sets the smallest size of an operation that all workers execute together, in parts. A single
     * worker executes a shorter operation. A single worker also executes each delta, each batch
     * with a fence or a durable task, and each operation that uses {@link #memcpyFunction your own
     * function}. Default: 8 MiB.
     *
     * @param bytes 1 or more
     * @return this
     * @throws IllegalArgumentException if the size is below 1
     */
    public ThreadsDataMoverBuilder parallelFrom(long bytes) {
        parallelFrom = EngineSettings.positive("parallelFrom", bytes);
        return this;
    }

    /**
     * Sets the notification that futures give to callers that offer a waker. Default: {@link
     * NotifierType#WAKER}.
     *
     * @param type the type
     * @return this
     */
    public ThreadsDataMoverBuilder notifier(NotifierType type) {
        notifier = Objects.requireNonNull(type, "type");
        return this;
    }

    /**
     * Sets the function that copies for memcpy, in place of the JVM's copy.
     *
     * <p>C counterpart: {@code data_mover_threads_set_memcpy_fn}.
     *
     * @param function called with ranges that do not overlap
     * @return this
     */
    public ThreadsDataMoverBuilder memcpyFunction(CopyFunction function) {
        functions = new MoveFunctions(Objects.requireNonNull(function, "function"),
                functions.memmove(), functions.memset());
        return this;
    }

    /**
     * Sets the function that copies for memmove, in place of the JVM's copy.
     *
     * <p>C counterpart: {@code data_mover_threads_set_memmove_fn}.
     *
     * @param function called with ranges that may overlap
     * @return this
     */
    public ThreadsDataMoverBuilder memmoveFunction(CopyFunction function) {
        functions = new MoveFunctions(functions.memcpy(),
                Objects.requireNonNull(function, "function"), functions.memset());
        return this;
    }

    /**
     * Sets the function that fills for memset, in place of the JVM's fill.
     *
     * <p>C counterpart: {@code data_mover_threads_set_memset_fn}.
     *
     * @param function called with the range and the byte
     * @return this
     */
    public ThreadsDataMoverBuilder memsetFunction(FillFunction function) {
        functions = new MoveFunctions(functions.memcpy(), functions.memmove(),
                Objects.requireNonNull(function, "function"));
        return this;
    }

    /** Sets the write-back engines of a test. These engines count their calls. */
    ThreadsDataMoverBuilder durability(Durability engines) {
        settings.durability = engines;
        return this;
    }

    /**
     * Opens a mover with these settings and starts its threads.
     *
     * @return an open mover
     */
    public ThreadsDataMover open() {
        return new ThreadsDataMover(this);
    }
}
