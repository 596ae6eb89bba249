package io.github.vdm4j.dml;

import io.github.vdm4j.VdmException;
import io.github.vdm4j.dsa.DsaDevice;
import io.github.vdm4j.engine.DeviceHealth;
import io.github.vdm4j.engine.EnginePlan;
import io.github.vdm4j.engine.EngineSettings;
import io.github.vdm4j.engine.OffloadPolicy;
import io.github.vdm4j.engine.channel.ChannelLimits;
import io.github.vdm4j.engine.channel.SlotPool;
import io.github.vdm4j.machine.NumaNodes;
import io.github.vdm4j.machine.SystemFiles;
import io.github.vdm4j.memory.Durability;
import io.github.vdm4j.mover.DeviceMoverBuilder;
import io.github.vdm4j.worker.PartExecutor;
import java.io.File;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.function.Consumer;
import java.util.function.LongSupplier;

/**
 * The settings of a {@link DmlDataMover}. Each has a default. One thread at a time may use a
 * builder, and {@link #open} may be called any number of times.
 */
public final class DmlDataMoverBuilder extends DeviceMoverBuilder<DmlDataMoverBuilder> {
    /** What Linux gives a queue that nobody has configured otherwise. */
    private static final int USUAL_BATCH_TASKS = 32;

    /**
     * From some length on DML fills sooner than the JVM, which reads what it copies along: measured
     * (docs/adr/0015).
     */
    private static final long JVM_FILLS = 512 << 10;

    private final EngineSettings settings;
    private DmlLibrary library;
    private DmlPath path = DmlPath.AUTO;
    private long maxTransferBytes = ChannelLimits.MAX_PART;
    private long jvmCopies = Long.MAX_VALUE;
    private long jvmFills = JVM_FILLS;
    private long jvmOperations = Long.MAX_VALUE;
    private long parallelBytes = PartExecutor.USUALLY_FROM;
    private int node = NumaNodes.ANY;
    private boolean tried = true;
    /** Null for the machine's. */
    private DmlDiagnosis diagnosis;
    /** Null for none. */
    private Consumer<DmlPathDecision> listener;

    DmlDataMoverBuilder() {
        this(new EngineSettings(Runtime.getRuntime().availableProcessors()));
    }

    private DmlDataMoverBuilder(EngineSettings settings) {
        super(settings);
        this.settings = settings;
    }

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
     * Sets the path on which operations execute. On {@link DmlPath#HARDWARE} the device executes
     * operations of every size. Default: {@link DmlPath#AUTO}.
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
        settings.capacity("jobs", count);
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
        parallelBytes = EngineSettings.positive("parallelFrom", bytes);
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
        jvmCopies = EngineSettings.notNegative("jvmCopiesUpTo", bytes);
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
        jvmFills = EngineSettings.notNegative("jvmFillsUpTo", bytes);
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
        jvmOperations = EngineSettings.notNegative("jvmOperationsUpTo", bytes);
        return this;
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

    /** Other write-back engines than the machine's; for tests, which count what they do. */
    DmlDataMoverBuilder durability(Durability engines) {
        settings.durability = engines;
        return this;
    }

    /** Another machine's diagnosis than this one's; for tests. */
    DmlDataMoverBuilder diagnosis(DmlDiagnosis made) {
        diagnosis = made;
        return this;
    }

    /**
     * Another clock for the pauses of hardware that was given up; for tests, in which no time has
     * to pass.
     */
    DmlDataMoverBuilder clock(LongSupplier nanos) {
        settings.clock = nanos;
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
                new DmlOpening(opened, settings.capacity, limits, node,
                        settings.queueFullTimeout.toNanos(), diagnosis);
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
        DeviceHealth health = hardware
                ? new DeviceHealth(pool, (device, reason) -> decisions.decide(
                        device ? DmlPath.HARDWARE : DmlPath.SOFTWARE, reason, opening),
                        path == DmlPath.AUTO, settings.clock)
                : null;
        EnginePlan plan =
                settings.plan(pool, "vdm4j-dml", policy, health, path != DmlPath.HARDWARE);
        return new DmlDataMover(opened, path, plan, decisions);
    }

    private OffloadPolicy policy(boolean hardware) {
        boolean auto = path == DmlPath.AUTO;
        return hardware || !auto ? settings.policy(auto)
                : OffloadPolicy.withoutDevice(jvmCopies, jvmFills, jvmOperations,
                        settings.workersFrom, parallelBytes);
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
