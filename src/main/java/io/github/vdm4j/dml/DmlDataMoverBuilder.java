package io.github.vdm4j.dml;

import io.github.vdm4j.VdmException;
import io.github.vdm4j.WhenFull;
import io.github.vdm4j.dsa.DsaDevice;
import io.github.vdm4j.engine.DeviceHealth;
import io.github.vdm4j.engine.EnginePlan;
import io.github.vdm4j.engine.OffloadPolicy;
import io.github.vdm4j.engine.channel.ChannelLimits;
import io.github.vdm4j.engine.channel.SlotPool;
import io.github.vdm4j.future.WorkerStrategy;
import io.github.vdm4j.machine.NumaNodes;
import io.github.vdm4j.machine.SystemFiles;
import io.github.vdm4j.memory.Durability;
import io.github.vdm4j.worker.PartExecutor;
import java.io.File;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.function.Consumer;
import java.util.function.LongSupplier;

/**
 * The settings of a {@link DmlDataMover}. Each has a default. One thread at a time may use a
 * builder, and {@link #open} may be called any number of times.
 */
public final class DmlDataMoverBuilder {
    /** What Linux gives a queue that nobody has configured otherwise. */
    private static final int USUAL_BATCH_TASKS = 32;

    /**
     * From some length on DML fills sooner than the JVM, which reads what it copies along: measured
     * (docs/adr/0015).
     */
    private static final long JVM_FILLS = 512 << 10;

    private static final int MAX_JOBS = 1 << 16;
    private static final int MAX_WORKERS = 1_024;
    private static final Duration MAX_CLOSE_TIMEOUT = Duration.ofDays(1);
    private static final Duration MAX_DEVICE_TIMEOUT = Duration.ofDays(1);
    private static final Duration MAX_QUEUE_FULL_TIMEOUT = Duration.ofHours(1);

    private DmlLibrary library;
    private DmlPath path = DmlPath.AUTO;
    private int jobs = 128;
    private WhenFull whenFull = WhenFull.WAIT;
    private int queueSize = 128;
    private Duration queueFullTimeout = Duration.ofMillis(100);
    private Duration deviceTimeout = Duration.ofSeconds(30);
    private long maxTransferBytes = ChannelLimits.MAX_PART;
    private long offloadFrom = OffloadPolicy.OFFLOAD_FROM;
    private boolean splitLongCopies;
    private long offloadFromWhenAwaited = OffloadPolicy.OFFLOAD_FROM_WHEN_AWAITED;
    private long jvmCopies = Long.MAX_VALUE;
    private long jvmFills = JVM_FILLS;
    private long jvmOperations = Long.MAX_VALUE;
    private Duration closeTimeout = Duration.ofSeconds(30);
    private long workerBytes = 4L << 20;
    private long parallelBytes = PartExecutor.USUALLY_FROM;
    private int workers = Runtime.getRuntime().availableProcessors();
    private int node = NumaNodes.ANY;
    private boolean tried = true;
    private boolean nativeMemoryIsPersistent;
    private Duration forceWait;

    // Null for the machine's, and for nobody: to make a default takes a JVM that has just started
    // longer than to make it later.
    private Durability durability;
    private WorkerStrategy workerStrategy;
    private DmlDiagnosis diagnosis;
    private LongSupplier clock;
    private Consumer<DmlPathDecision> listener;

    DmlDataMoverBuilder() {}

    /**
     * Sets the library. Default: {@link DmlLibrary#open()}.
     *
     * @param library an opened library
     * @return this
     */
    public DmlDataMoverBuilder library(DmlLibrary library) {
        this.library = Objects.requireNonNull(library, "library");
        return this;
    }

    /**
     * Sets the path on which operations execute. Default: {@link DmlPath#AUTO}.
     *
     * @param path the path
     * @return this
     */
    public DmlDataMoverBuilder path(DmlPath path) {
        this.path = Objects.requireNonNull(path, "path");
        return this;
    }

    /**
     * Sets how many operations can be in flight at once. Default: 128. A job takes 384 bytes of
     * native memory for each path of the mover, and 16,320 more after it has applied a delta.
     *
     * @param count 1 to 65,536
     * @return this
     * @throws IllegalArgumentException if it is out of that range
     */
    public DmlDataMoverBuilder jobs(int count) {
        if (count < 1 || count > MAX_JOBS) {
            throw new IllegalArgumentException(
                    "%,d jobs: must be 1 to %,d".formatted(count, MAX_JOBS));
        }
        jobs = count;
        return this;
    }

    /**
     * Sets what happens to an operation on hardware when all jobs are in flight. Default: {@link
     * WhenFull#WAIT}.
     *
     * @param whenFull whether it waits, or fails if {@link #queueSize} operations wait already
     * @return this
     */
    public DmlDataMoverBuilder whenFull(WhenFull whenFull) {
        this.whenFull = Objects.requireNonNull(whenFull, "whenFull");
        return this;
    }

    /**
     * Sets how many operations may wait for a job if the mover {@linkplain #whenFull fails} further
     * ones. Default: 128.
     *
     * @param operations 1 or more
     * @return this
     * @throws IllegalArgumentException if it is below 1
     */
    public DmlDataMoverBuilder queueSize(int operations) {
        if (operations < 1) {
            throw new IllegalArgumentException(
                    "queueSize of %,d: must be 1 or more".formatted(operations));
        }
        queueSize = operations;
        return this;
    }

    /**
     * Sets how long the mover retries an operation that finds the work queues full. Then the
     * operation fails with {@link io.github.vdm4j.VdmResult#QUEUE_FULL}. Polls retry in growing
     * intervals of at most 64 µs. Default: 100 ms. On {@link DmlPath#AUTO} such an operation goes
     * to the software path at once.
     *
     * @param time 0 to one hour
     * @return this
     * @throws IllegalArgumentException if it is out of that range
     */
    public DmlDataMoverBuilder queueFullTimeout(Duration time) {
        if (Objects.requireNonNull(time, "time").isNegative()
                || time.compareTo(MAX_QUEUE_FULL_TIMEOUT) > 0) {
            throw new IllegalArgumentException(
                    "queueFullTimeout of " + time + ": must be 0 to " + MAX_QUEUE_FULL_TIMEOUT);
        }
        queueFullTimeout = time;
        return this;
    }

    /**
     * Sets how long the mover waits for the hardware's answer to a job. Then the operation fails
     * with {@link io.github.vdm4j.VdmResult#TIMEOUT}. Default: 30 s. A device does not return a
     * job, so the memory of the operation must be left alone until {@link DmlDataMover#jobsOverdue}
     * is 0. Its {@link io.github.vdm4j.buffer.OffHeapBuffer}s cannot be closed before. The time
     * counts from the second poll on, and some polls only check it. An operation that is polled
     * seldom can therefore take up to twice as long.
     *
     * @param time above 0, up to one day
     * @return this
     * @throws IllegalArgumentException if it is out of that range
     */
    public DmlDataMoverBuilder deviceTimeout(Duration time) {
        if (!Objects.requireNonNull(time, "time").isPositive()
                || time.compareTo(MAX_DEVICE_TIMEOUT) > 0) {
            throw new IllegalArgumentException(
                    "deviceTimeout of " + time + ": must be above 0, up to " + MAX_DEVICE_TIMEOUT);
        }
        deviceTimeout = time;
        return this;
    }

    /**
     * Sets the longest part that the mover submits as one job. Longer operations are split.
     * Default: 1 GiB, and on hardware at most the smallest {@code max_transfer_size} of the enabled
     * work queues. Deltas and protected blocks are never split.
     *
     * @param bytes a multiple of 64, from 64 to 1 GiB
     * @return this
     * @throws IllegalArgumentException if it is out of that range
     */
    public DmlDataMoverBuilder maxTransferBytes(long bytes) {
        new ChannelLimits(bytes, bytes); // refuses what is out of range
        maxTransferBytes = bytes;
        return this;
    }

    /**
     * Sets the shortest operation that a worker executes if the hardware does not. The polling
     * thread executes shorter operations, and those on memory that is confined to a thread.
     * Default: 4 MiB (docs/adr/0015 has the measurement).
     *
     * @param bytes 1 or more; {@link Long#MAX_VALUE} for never
     * @return this
     * @throws IllegalArgumentException if it is below 1
     */
    public DmlDataMoverBuilder workersFrom(long bytes) {
        if (bytes < 1) {
            throw new IllegalArgumentException(
                    "workersFrom(%,d): must be 1 byte or more".formatted(bytes));
        }
        workerBytes = bytes;
        return this;
    }

    /**
     * Sets from how many bytes on all workers execute an operation together, with the JVM's code,
     * on {@link DmlPath#AUTO} without hardware. An operation shorter than this or than {@link
     * #workersFrom}, a delta and a batch have one worker. On {@link DmlPath#SOFTWARE} each
     * operation has one worker, because DML executes it. Default: 8 MiB.
     *
     * @param bytes 1 or more; {@link Long#MAX_VALUE} for never
     * @return this
     * @throws IllegalArgumentException if it is below 1
     */
    public DmlDataMoverBuilder parallelFrom(long bytes) {
        if (bytes < 1) {
            throw new IllegalArgumentException(
                    "parallelFrom(%,d): must be 1 byte or more".formatted(bytes));
        }
        parallelBytes = bytes;
        return this;
    }

    /**
     * How many worker threads there are for {@link #workersFrom}. They are daemons, started when
     * the first such operation comes. Default: one for each processor.
     *
     * @param count 1 to 1,024
     * @return this
     * @throws IllegalArgumentException if it is out of that range
     */
    public DmlDataMoverBuilder workers(int count) {
        if (count < 1 || count > MAX_WORKERS) {
            throw new IllegalArgumentException(
                    "%,d workers: must be 1 to %,d".formatted(count, MAX_WORKERS));
        }
        workers = count;
        return this;
    }

    /**
     * Sets how a worker thread waits for work. Default: {@link WorkerStrategy#BALANCED}.
     *
     * @param strategy the strategy
     * @return this
     */
    public DmlDataMoverBuilder workerStrategy(WorkerStrategy strategy) {
        workerStrategy = Objects.requireNonNull(strategy, "strategy");
        return this;
    }

    /**
     * Sets how long {@link DmlDataMover#close} waits for operations in flight. After that it throws
     * a {@link VdmException} with {@link io.github.vdm4j.VdmResult#TIMEOUT} that names them. It
     * keeps the native memory of all jobs then, because a device may still write there. Default: 30
     * s.
     *
     * @param time above 0, at most one day
     * @return this
     * @throws IllegalArgumentException if it is out of that range
     */
    public DmlDataMoverBuilder closeTimeout(Duration time) {
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
     * Sets the NUMA node whose devices get the operations. Default: -1, the node of the submitting
     * thread. It has no effect on the software path.
     *
     * <p>C counterpart: {@code numa_id} of {@code dml_job_t}.
     *
     * @param numaNode the number of a node of this machine, or -1
     * @return this
     * @throws IllegalArgumentException if the machine has no such node; it lists the nodes
     */
    public DmlDataMoverBuilder numaNode(int numaNode) {
        node = NumaNodes.check(new SystemFiles(Path.of("/")), numaNode);
        return this;
    }

    /**
     * Sets the longest memcpy or memmove that {@link DmlPath#AUTO} without hardware leaves to the
     * JVM. Its path is {@link io.github.vdm4j.ExecutionPath#JVM}. DML executes durable copies.
     * {@link DmlPath#SOFTWARE} and hardware leave nothing to the JVM. Default: every copy shorter
     * than {@link #workersFrom}, because DML is not faster (docs/benchmarks.md). A worker executes
     * longer copies with DML's code.
     *
     * @param bytes 0 or more; 0 for none
     * @return this
     * @throws IllegalArgumentException if it is negative
     */
    public DmlDataMoverBuilder jvmCopiesUpTo(long bytes) {
        jvmCopies = notNegative("jvmCopiesUpTo", bytes);
        return this;
    }

    /**
     * Sets the longest memset that {@link DmlPath#AUTO} without hardware leaves to the JVM.
     * Default: 512 KiB, because DML's fill is as fast or faster above that. A worker executes every
     * fill of {@link #workersFrom} bytes and more.
     *
     * @param bytes 0 or more; 0 for none
     * @return this
     * @throws IllegalArgumentException if it is negative
     */
    public DmlDataMoverBuilder jvmFillsUpTo(long bytes) {
        jvmFills = notNegative("jvmFillsUpTo", bytes);
        return this;
    }

    /**
     * Sets the longest data operation that {@link DmlPath#AUTO} without hardware leaves to the JVM,
     * in bytes of its source. Default: no limit but the measured ones (docs/adr/0020). CRCs,
     * protected blocks and applied deltas have no measured limit. Fills have {@link #jvmFillsUpTo},
     * new deltas 1 KiB, comparisons 4 KiB, dualcasts 16 KiB. The path of such an operation is
     * {@link io.github.vdm4j.ExecutionPath#JVM}. DML executes durable operations, but the JVM may
     * compute their CRC.
     *
     * @param bytes 0 or more; 0 for no data operation and no batch
     * @return this
     * @throws IllegalArgumentException if it is negative
     */
    public DmlDataMoverBuilder jvmOperationsUpTo(long bytes) {
        jvmOperations = notNegative("jvmOperationsUpTo", bytes);
        return this;
    }

    /**
     * Sets from how many bytes on hardware executes an operation on {@link DmlPath#AUTO}. The JVM
     * executes shorter operations on the calling thread, because a round trip to the device takes
     * longer. Operations that have to be durable, batches of this length, and operations of {@link
     * #workersFrom} bytes or more go to the hardware in any case. {@link DmlPath#HARDWARE} sends
     * operations of every size. Default: 8 KiB (docs/adr/0027).
     *
     * @param bytes 0 or more; 0 for every size
     * @return this
     * @throws IllegalArgumentException if it is negative
     */
    public DmlDataMoverBuilder offloadFrom(long bytes) {
        offloadFrom = notNegative("offloadFrom", bytes);
        return this;
    }

    /**
     * Sets the same for an operation that a thread starts with {@code await} or {@code busyPoll},
     * if the thread waits for this operation alone. Such a thread gains nothing while the device
     * works, so the device has to be faster than the JVM. A value below {@link #offloadFrom} has no
     * effect. Default: 24 KiB (docs/adr/0027).
     *
     * @param bytes 0 or more
     * @return this
     * @throws IllegalArgumentException if it is negative
     */
    public DmlDataMoverBuilder offloadFromWhenAwaited(long bytes) {
        offloadFromWhenAwaited = notNegative("offloadFromWhenAwaited", bytes);
        return this;
    }

    /**
     * Sets whether a thread that awaits a long copy executes a share of it. The device copies from
     * the beginning of the range and the thread from its end, until both meet. The share adapts to
     * which side had to wait. Durable copies and copies within one range are not split. The option
     * has an effect on {@link DmlPath#AUTO} with hardware only.
     * Default: {@code false} (docs/adr/0029).
     *
     * @param split whether long copies are split
     * @return this
     */
    public DmlDataMoverBuilder splitLongCopies(boolean split) {
        splitLongCopies = split;
        return this;
    }

    private static long notNegative(String setting, long bytes) {
        if (bytes < 0) {
            throw new IllegalArgumentException(
                    "%s of %,d bytes: must not be negative".formatted(setting, bytes));
        }
        return bytes;
    }

    /**
     * Sets a listener for path decisions. It is notified before {@link #open} returns. On {@link
     * DmlPath#AUTO} it is also notified when the mover stops using the hardware and when it uses
     * the hardware again. A poll notices that and calls the listener on the polling thread, so the
     * listener must be quick and must not wait for a future of this mover. Its exceptions go to the
     * thread's uncaught-exception handler. Default: none.
     *
     * @param listener the listener
     * @return this
     */
    public DmlDataMoverBuilder onPathDecision(Consumer<DmlPathDecision> listener) {
        this.listener = Objects.requireNonNull(listener, "listener");
        return this;
    }

    /**
     * Applies C's rule for durable operations on native memory. If {@code true}, a raw segment
     * whose {@linkplain io.github.vdm4j.DurabilityDomain domain} is unknown counts as persistent
     * memory: the job carries the durable flags, and on the software path its cache lines are
     * written back. This is for callers who map device memory themselves. On a raw address inside
     * a page-cache mapping, such an operation reports success while its bytes are not durable.
     * Default: {@code false}, such an operation ends with {@link
     * io.github.vdm4j.VdmResult#UNSUPPORTED}.
     *
     * @param persistent whether native memory of unknown domain is persistent memory
     * @return this
     */
    public DmlDataMoverBuilder nativeMemoryIsPersistent(boolean persistent) {
        nativeMemoryIsPersistent = persistent;
        return this;
    }

    /** Other write-back engines than the machine's; for tests, which count what they do. */
    DmlDataMoverBuilder durability(Durability engines) {
        durability = engines;
        return this;
    }

    /** Another machine's diagnosis than this one's; for tests. */
    DmlDataMoverBuilder diagnosis(DmlDiagnosis made) {
        diagnosis = made;
        return this;
    }

    /**
     * Sets how long a force may wait for further durable operations on the same file. Default: no
     * further bound.
     *
     * @param longest 0 or more; zero for no wait
     * @return this
     * @throws IllegalArgumentException if the time is negative
     * @see io.github.vdm4j.mover.ThreadsDataMoverBuilder#forceWait
     */
    public DmlDataMoverBuilder forceWait(Duration longest) {
        forceWait = Durability.requireForceWait(longest);
        return this;
    }

    /**
     * Another clock for the pauses of hardware that was given up; for tests, in which no time has
     * to pass.
     */
    DmlDataMoverBuilder clock(LongSupplier nanos) {
        clock = nanos;
        return this;
    }

    /** Hardware that is asked for is taken to work; for tests of what comes after opening. */
    DmlDataMoverBuilder withoutTrial() {
        tried = false;
        return this;
    }

    /**
     * Opens a mover with these settings. On {@link DmlPath#HARDWARE}, and on {@link DmlPath#AUTO}
     * if Linux shows a DSA device, the mover submits one empty operation to the hardware. The
     * result of that trial decides the path.
     *
     * @return an open mover
     * @throws DmlUnavailableException if no library was set and none is found
     * @throws DmlHardwareException if the path is {@link DmlPath#HARDWARE} and the hardware does
     * not work, or DML would crash on this machine's devices
     * @throws VdmException if the library cannot initialise its jobs for the software path
     */
    public DmlDataMover open() {
        DmlLibrary opened = library != null ? library : DmlLibrary.open();
        List<DsaDevice> devices = path != DmlPath.SOFTWARE && showsDevices()
                ? DsaDevice.readAll(Path.of("/"))
                : List.of();
        ChannelLimits limits =
                devices.isEmpty() ? limits(maxTransferBytes, USUAL_BATCH_TASKS) : limits(devices);
        var opening =
                new DmlOpening(opened, jobs, limits, node, queueFullTimeout.toNanos(), diagnosis);
        boolean nothingToTry = path == DmlPath.AUTO && devices.isEmpty() && diagnosis == null
                && !opened.isSimulated();
        SlotPool pool;
        if (path == DmlPath.SOFTWARE || path == DmlPath.HARDWARE && !tried) {
            pool = opening.asked(path);
        } else if (nothingToTry) {
            pool = opening.withoutDevices();
        } else {
            pool = opening.tried(path == DmlPath.AUTO);
        }
        boolean hardware = opening.decision().path() == DmlPath.HARDWARE;
        OffloadPolicy policy = policy(hardware);
        var decisions = new PathDecisions(opening.decision(), policy.words(), listener);
        var plan = new EnginePlan(
                pool,
                "vdm4j-dml",
                policy,
                hardware ? new DeviceHealth(pool, (device, reason) -> decisions.decide(
                        device ? DmlPath.HARDWARE : DmlPath.SOFTWARE, reason, opening),
                        path == DmlPath.AUTO, clock)
                        : null,
                engines(),
                queueFullTimeout.toNanos(),
                deviceTimeout.toNanos(),
                closeTimeout.toNanos(),
                workers,
                workerStrategy,
                whenFull == WhenFull.FAIL ? queueSize : Integer.MAX_VALUE,
                path != DmlPath.HARDWARE);
        return new DmlDataMover(opened, path, plan, decisions);
    }

    private OffloadPolicy policy(boolean hardware) {
        if (path != DmlPath.AUTO) {
            return OffloadPolicy.allOnChannel(workerBytes);
        }
        return hardware
                ? OffloadPolicy.offloading(offloadFrom, offloadFromWhenAwaited, workerBytes)
                        .splitLongCopies(splitLongCopies)
                : OffloadPolicy.withoutDevice(jvmCopies, jvmFills, jvmOperations, workerBytes,
                        parallelBytes);
    }

    /** Null for the usual engines of the machine. */
    private Durability engines() {
        if (durability == null && !nativeMemoryIsPersistent && forceWait == null) {
            return null;
        }
        Durability chosen = durability == null ? Durability.system() : durability;
        chosen = chosen.nativeMemoryIsPersistent(nativeMemoryIsPersistent);
        return forceWait == null ? chosen : chosen.forceWait(forceWait);
    }

    /**
     * By the older of the JDK's ways, and before the class that reads devices is loaded: the first
     * opening of a JVM waits for each (docs/adr/0019).
     */
    private static boolean showsDevices() {
        return new File("/sys/bus/dsa/devices").exists();
    }

    private ChannelLimits limits(List<DsaDevice> devices) {
        long hardwareBytes = DeviceLimits.maxTransferBytes(devices).orElse(maxTransferBytes);
        return limits(
                Math.max(64, Math.min(hardwareBytes, maxTransferBytes) & -64L),
                Math.min(DeviceLimits.maxBatchTasks(devices).orElse(USUAL_BATCH_TASKS),
                        ChannelLimits.MAX_TASKS));
    }

    private ChannelLimits limits(long hardwareBytes, long hardwareTasks) {
        return new ChannelLimits(hardwareBytes, maxTransferBytes, (int) hardwareTasks,
                ChannelLimits.MAX_TASKS);
    }
}
