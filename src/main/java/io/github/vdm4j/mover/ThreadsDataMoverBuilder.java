package io.github.vdm4j.mover;

import io.github.vdm4j.CopyFunction;
import io.github.vdm4j.FillFunction;
import io.github.vdm4j.WhenFull;
import io.github.vdm4j.future.NotifierType;
import io.github.vdm4j.future.WorkerStrategy;
import io.github.vdm4j.jvm.MoveFunctions;
import io.github.vdm4j.memory.Durability;
import io.github.vdm4j.worker.PartExecutor;
import java.time.Duration;
import java.util.Objects;

/** The settings of a {@link ThreadsDataMover}. Each setting has a default. */
public final class ThreadsDataMoverBuilder {
    private static final int MAX_THREADS = 1_024;
    private static final Duration MAX_CLOSE_TIMEOUT = Duration.ofDays(1);
    private static final int MAX_QUEUE_SIZE = 1 << 24;

    int threads = Runtime.getRuntime().availableProcessors();
    int queueSize = 128;
    WhenFull whenFull = WhenFull.WAIT;
    long parallelFrom = PartExecutor.USUALLY_FROM;
    WorkerStrategy strategy = WorkerStrategy.BALANCED;
    Duration closeTimeout = Duration.ofSeconds(30);
    NotifierType notifier = NotifierType.WAKER;
    private Durability durability = Durability.system();
    private boolean nativeMemoryIsPersistent;
    /** The bound of the wait for a force, or null for no bound. */
    private Duration forceWait;
    private CopyFunction memcpy = MoveFunctions.STANDARD.memcpy();
    private CopyFunction memmove = MoveFunctions.STANDARD.memmove();
    private FillFunction memset = MoveFunctions.STANDARD.memset();

    ThreadsDataMoverBuilder() {}

    private static int inRange(String what, int value, int least, int most) {
        if (value < least || value > most) {
            throw new IllegalArgumentException(
                    "%s of %,d: must be %,d to %,d".formatted(what, value, least, most));
        }
        return value;
    }

    /**
     * Sets the number of worker threads. Default: a thread for each processor.
     *
     * @param count 1 to 1,024
     * @return this
     * @throws IllegalArgumentException if the number is out of that range
     */
    public ThreadsDataMoverBuilder threads(int count) {
        threads = inRange("threads", count, 1, MAX_THREADS);
        return this;
    }

    /**
     * Sets what happens to an operation when all workers are busy. Default: {@link WhenFull#WAIT}.
     *
     * @param whenFull whether the operation waits, or fails if {@link #queueSize} operations
     *     already wait
     * @return this
     */
    public ThreadsDataMoverBuilder whenFull(WhenFull whenFull) {
        this.whenFull = Objects.requireNonNull(whenFull, "whenFull");
        return this;
    }

    /**
     * Sets the number of operations that may wait for a worker with {@link WhenFull#FAIL}. Further
     * operations fail. The number can be any integer in the range. Default: 128.
     *
     * @param operations 1 to 16,777,216
     * @return this
     * @throws IllegalArgumentException if the number is out of that range
     */
    public ThreadsDataMoverBuilder queueSize(int operations) {
        queueSize = inRange("queueSize", operations, 1, MAX_QUEUE_SIZE);
        return this;
    }

    /**
     * Sets how a worker waits while the queue is empty. Default: {@link WorkerStrategy#BALANCED}.
     *
     * @param strategy the strategy
     * @return this
     */
    public ThreadsDataMoverBuilder strategy(WorkerStrategy strategy) {
        this.strategy = Objects.requireNonNull(strategy, "strategy");
        return this;
    }

    /**
     * Sets the smallest size of an operation that all workers execute together, in parts. A single
     * worker executes a shorter operation. A single worker also executes each delta, each batch,
     * and each operation that uses {@link #memcpyFunction your own function}. Default: 8 MiB.
     *
     * @param bytes 1 or more
     * @return this
     * @throws IllegalArgumentException if the size is below 1
     */
    public ThreadsDataMoverBuilder parallelFrom(long bytes) {
        if (bytes < 1) {
            throw new IllegalArgumentException(
                    "parallelFrom(%,d): must be 1 byte or more".formatted(bytes));
        }
        parallelFrom = bytes;
        return this;
    }

    /**
     * Sets how long {@link ThreadsDataMover#close} waits for operations in the queue and in
     * execution. After that time, it throws a {@link io.github.vdm4j.VdmException} with {@link
     * io.github.vdm4j.VdmResult#TIMEOUT}. The message names the operations in execution. Their
     * threads end after these operations. Default: 30 s.
     *
     * @param time above 0, at most one day
     * @return this
     * @throws IllegalArgumentException if the time is out of that range
     */
    public ThreadsDataMoverBuilder closeTimeout(Duration time) {
        if (!Objects.requireNonNull(time, "time").isPositive()
                || time.compareTo(MAX_CLOSE_TIMEOUT) > 0) {
            throw new IllegalArgumentException(
                    "closeTimeout of " + time + ": must be above 0 and at most "
                            + MAX_CLOSE_TIMEOUT);
        }
        closeTimeout = time;
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
        memcpy = Objects.requireNonNull(function, "function");
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
        memmove = Objects.requireNonNull(function, "function");
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
        memset = Objects.requireNonNull(function, "function");
        return this;
    }

    /**
     * Sets whether C's rule for durable operations on native memory applies. If {@code true}, a raw
     * segment of unknown {@linkplain io.github.vdm4j.DurabilityDomain domain} counts as persistent
     * memory. The mover then writes back its cache lines. Use this if you map device memory
     * yourself. On a raw address inside a page-cache mapping, such an operation reports success,
     * but its bytes are not durable. Default: {@code false}. Such an operation then ends with
     * {@link io.github.vdm4j.VdmResult#UNSUPPORTED}.
     *
     * @param persistent whether native memory of unknown domain is persistent memory
     * @return this
     */
    public ThreadsDataMoverBuilder nativeMemoryIsPersistent(boolean persistent) {
        nativeMemoryIsPersistent = persistent;
        return this;
    }

    /**
     * Sets how long a force may wait for further durable operations on the same file. A shared
     * force is faster than a force for each operation. The wait lasts at most a quarter of the time
     * of the last force. A mover that never waits still shares forces. If operations of several
     * movers share a force, the shortest bound applies. Default: no bound.
     *
     * @param longest 0 or more. 0 means no wait
     * @return this
     * @throws IllegalArgumentException if the time is negative
     */
    public ThreadsDataMoverBuilder forceWait(Duration longest) {
        forceWait = Durability.requireForceWait(longest);
        return this;
    }

    /** Sets the write-back engines of a test. These engines count their calls. */
    ThreadsDataMoverBuilder durability(Durability engines) {
        durability = engines;
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

    Durability durability() {
        Durability chosen = durability.nativeMemoryIsPersistent(nativeMemoryIsPersistent);
        return forceWait == null ? chosen : chosen.forceWait(forceWait);
    }

    MoveFunctions functions() {
        var chosen = new MoveFunctions(memcpy, memmove, memset);
        return chosen.equals(MoveFunctions.STANDARD) ? MoveFunctions.STANDARD : chosen;
    }
}
