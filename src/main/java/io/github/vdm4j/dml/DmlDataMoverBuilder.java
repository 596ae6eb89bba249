package io.github.vdm4j.dml;

import io.github.vdm4j.VdmException;
import io.github.vdm4j.dml.DmlOpening.Opened;
import io.github.vdm4j.dsa.DsaDevice;
import io.github.vdm4j.dsa.DsaDevice.WorkQueue;
import io.github.vdm4j.engine.EngineSettings;
import io.github.vdm4j.engine.OffloadPolicy;
import io.github.vdm4j.engine.channel.ChannelLimits;
import io.github.vdm4j.machine.NumaNodes;
import io.github.vdm4j.machine.Processor;
import io.github.vdm4j.memory.Durability;
import io.github.vdm4j.mover.DeviceMoverBuilder;
import io.github.vdm4j.worker.PartExecutor;
import java.io.File;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.function.LongSupplier;
import java.util.function.Supplier;

/**
 * Settings for a {@link DmlDataMover}. Each setting has a default. {@link #open} may be called
 * repeatedly. A builder is not thread-safe.
 */
public final class DmlDataMoverBuilder extends DeviceMoverBuilder<DmlDataMoverBuilder> {
    /** Linux's default for the largest number of tasks in a batch. */
    private static final int USUAL_BATCH_TASKS = 32;

    private final EngineSettings settings;
    private DmlLibrary library;
    private DmlPath path = DmlPath.AUTO;
    private long maxTransferBytes = ChannelLimits.MAX_PART;
    private long jvmUpTo = Long.MAX_VALUE;
    private long parallelBytes = PartExecutor.USUALLY_FROM;
    private int node = NumaNodes.ANY;
    private boolean tried = true;
    private boolean avx512 = DmlLibrary.usesAvx512(Processor.flags());
    /** The diagnosis of a test, or null for a diagnosis of this machine. */
    private DmlDiagnosis diagnosis;

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
     * Sets the path of operations. On {@link DmlPath#HARDWARE}, the device executes operations of
     * every size. Default: {@link DmlPath#AUTO}.
     *
     * @param path the path
     * @return this
     */
    public DmlDataMoverBuilder path(DmlPath path) {
        this.path = Objects.requireNonNull(path, "path");
        return this;
    }

    /**
     * Sets the longest part that the mover submits in one job. The mover splits longer operations,
     * but never a delta or a protected block. Default: 1 GiB, and on hardware at most the smallest
     * {@code max_transfer_size} of the enabled work queues.
     *
     * @param bytes a multiple of 64, from 64 to 1 GiB
     * @return this
     * @throws IllegalArgumentException if it is out of that range
     */
    public DmlDataMoverBuilder maxTransferBytes(long bytes) {
        maxTransferBytes = ChannelLimits.check("maxTransferBytes", bytes);
        return this;
    }

    /**
     * Sets the size in bytes from which all workers execute an operation together. It applies to
     * {@link DmlPath#AUTO} without hardware and to {@link DmlPath#SOFTWARE}. On {@code AUTO}, the
     * JVM's code executes the parts of operations up to {@link #jvmUpTo} bytes. Only operations of
     * {@link #workersFrom} bytes or more have workers. A delta has one worker. Default: 8 MiB.
     *
     * @param bytes 1 or more, or {@link Long#MAX_VALUE} for never
     * @return this
     * @throws IllegalArgumentException if it is below 1
     */
    public DmlDataMoverBuilder parallelFrom(long bytes) {
        parallelBytes = EngineSettings.positive("parallelFrom", bytes);
        return this;
    }

    /**
     * Sets the NUMA node whose devices execute the operations. It has no effect on the software
     * path. Default: -1, the node of the submitting thread.
     *
     * <p>C counterpart: {@code numa_id} of {@code dml_job_t}.
     *
     * @param numaNode the number of a node of this machine, or -1
     * @return this
     * @throws IllegalArgumentException if the machine has no such node. The message lists the nodes
     */
    public DmlDataMoverBuilder numaNode(int numaNode) {
        node = NumaNodes.check(Path.of("/"), numaNode);
        return this;
    }

    /**
     * Sets the longest operation that the JVM executes on {@link DmlPath#AUTO} without hardware.
     * The size counts bytes of the source. The path of such an operation is {@link
     * io.github.vdm4j.ExecutionPath#JVM}. DML executes longer operations, and durable copies and
     * dualcasts. The setting has no effect on {@link DmlPath#SOFTWARE} and on hardware.
     *
     * <p>Limits above which DML was measured to be faster apply in addition (docs/adr/0015,
     * docs/adr/0020). The limit for dualcasts is 16 KiB. If the processor has AVX-512, there are
     * limits of 512 KiB for fills, 1 KiB for new deltas and 4 KiB for comparisons. {@link
     * DmlDataMover#policy()} states the limits that apply. A worker executes an operation of {@link
     * #workersFrom} bytes or more. Default: these limits only.
     *
     * @param bytes the size in bytes, or 0 for no operation and no batch
     * @return this
     * @throws IllegalArgumentException if it is negative
     */
    public DmlDataMoverBuilder jvmUpTo(long bytes) {
        jvmUpTo = EngineSettings.notNegative("jvmUpTo", bytes);
        return this;
    }

    /** Replaces the write-back engines of this machine in tests. */
    DmlDataMoverBuilder durability(Durability engines) {
        settings.durability = engines;
        return this;
    }

    /** Replaces the diagnosis of this machine in tests. */
    DmlDataMoverBuilder diagnosis(DmlDiagnosis made) {
        diagnosis = made;
        return this;
    }

    /** Replaces the clock for the pauses of failing hardware in tests. */
    DmlDataMoverBuilder clock(LongSupplier nanos) {
        settings.clock = nanos;
        return this;
    }

    /** Replaces whether DML uses its AVX-512 code in tests. */
    DmlDataMoverBuilder avx512(boolean used) {
        avx512 = used;
        return this;
    }

    /** Omits the trial of the hardware in tests. */
    DmlDataMoverBuilder withoutTrial() {
        tried = false;
        return this;
    }

    /**
     * Opens a mover with these settings. On {@link DmlPath#HARDWARE}, and on {@link DmlPath#AUTO}
     * if Linux shows a DSA device, the mover submits a no-op to the hardware. The result of this
     * trial determines the path.
     *
     * @return an open mover
     * @throws DmlUnavailableException if no library was set and no library is found
     * @throws DmlHardwareException if the path is {@link DmlPath#HARDWARE}, and the hardware does
     *     not work or DML would crash
     * @throws VdmException if the library cannot initialise its jobs for the software path
     */
    public DmlDataMover open() {
        DmlLibrary opened = library != null ? library : DmlLibrary.open();
        List<DsaDevice> devices = path != DmlPath.SOFTWARE && showsDevices()
                ? DsaDevice.readAll(Path.of("/"))
                : List.of();
        DmlDiagnosis given = diagnosis;
        int numaNode = node;
        Supplier<DmlDiagnosis> diagnose =
                () -> given != null ? given : DmlDiagnosis.here(opened.version(), numaNode);
        var opening = new DmlOpening(opened, settings.capacity, limits(devices), node,
                settings.queueFullTimeout.toNanos(), diagnose);
        Opened found;
        if (path == DmlPath.SOFTWARE || path == DmlPath.HARDWARE && !tried) {
            found = opening.openWithoutTrial(path == DmlPath.HARDWARE, "the builder names it");
        } else if (path == DmlPath.AUTO && devices.isEmpty() && diagnosis == null
                && !opened.isSimulated()) {
            // DML reads the same folder and would find no device.
            found = opening.openWithoutTrial(false, "Linux shows no DSA device");
        } else {
            found = opening.openWithTrial(path == DmlPath.AUTO);
        }
        return new DmlDataMover(this, opened, path, found,
                policy(found.pool().channel().hasDevice()), diagnose);
    }

    private OffloadPolicy policy(boolean hardware) {
        boolean auto = path == DmlPath.AUTO;
        return hardware ? settings.policy(auto)
                : !auto ? OffloadPolicy.allOnChannel(settings.workersFrom, parallelBytes)
                        : OffloadPolicy.withoutDevice(jvmUpTo, avx512, settings.workersFrom,
                                parallelBytes);
    }

    /**
     * Returns whether Linux shows DSA devices. The method uses {@code java.io.File} and loads no
     * further class, because class loading delays the first opening of a JVM (docs/adr/0019).
     */
    private static boolean showsDevices() {
        return new File("/sys/bus/dsa/devices").exists();
    }

    /** Returns the limits of all enabled queues together, because DML chooses the queue. */
    ChannelLimits limits(List<DsaDevice> devices) {
        long bytes = maxTransferBytes;
        long tasks = Long.MAX_VALUE;
        for (DsaDevice device : devices) {
            for (WorkQueue queue : device.queues()) {
                if (queue.enabled()) {
                    bytes = Math.min(bytes, Objects.requireNonNullElse(queue.maxTransferSize(),
                            bytes));
                    tasks = Math.min(tasks, Boolean.FALSE.equals(device.batchOffered()) ? 0
                            : Objects.requireNonNullElse(queue.maxBatchSize(), tasks));
                }
            }
        }
        int most = tasks == Long.MAX_VALUE ? USUAL_BATCH_TASKS
                : (int) Math.min(tasks, ChannelLimits.MAX_TASKS);
        return new ChannelLimits(Math.max(64, bytes & -64L), maxTransferBytes, most,
                ChannelLimits.MAX_TASKS);
    }
}
