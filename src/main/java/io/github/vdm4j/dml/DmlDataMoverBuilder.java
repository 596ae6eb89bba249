package io.github.vdm4j.dml;

import io.github.vdm4j.VdmException;
import io.github.vdm4j.VdmResult;
import io.github.vdm4j.dml.DmlDiagnosis.Outcome;
import io.github.vdm4j.dml.DmlDiagnosis.Verdict;
import io.github.vdm4j.dml.ffi.dml_h;
import io.github.vdm4j.dml.internal.DmlCallException;
import io.github.vdm4j.dml.internal.Job;
import io.github.vdm4j.dml.internal.JobLimits;
import io.github.vdm4j.dml.internal.JobPool;
import io.github.vdm4j.durability.Durability;
import io.github.vdm4j.platform.Processor;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Objects;
import java.util.function.Function;

/**
 * Settings for a {@link DmlDataMover}. Each has a default; {@link #open} may be called any number of
 * times, from one thread at a time.
 */
public final class DmlDataMoverBuilder {
    private static final int MAX_JOBS = 1 << 16;
    private static final Duration MAX_QUEUE_FULL_TIMEOUT = Duration.ofHours(1);

    /** How long the hardware may take over the empty operation that AUTO tries it with. */
    private static final long PROBE_NANOS = 1_000_000_000L;

    private DmlLibrary library;
    private DmlPath path = DmlPath.AUTO;
    private int jobs = 128;
    private Duration queueFullTimeout = Duration.ofMillis(100);
    private long maxTransferBytes = JobLimits.MAX_PART;
    private Durability durability = Durability.system();
    private Function<DmlLibrary, DmlDiagnosis> diagnosis = DmlDiagnosis::of;

    DmlDataMoverBuilder() {}

    /**
     * The library to run on. Default: {@link DmlLibrary#open()}.
     *
     * @param opened an opened library
     * @return this
     */
    public DmlDataMoverBuilder library(DmlLibrary opened) {
        library = Objects.requireNonNull(opened, "library");
        return this;
    }

    /**
     * Where to execute. Default: {@link DmlPath#AUTO}.
     *
     * @param wanted the path
     * @return this
     */
    public DmlDataMoverBuilder path(DmlPath wanted) {
        path = Objects.requireNonNull(wanted, "path");
        return this;
    }

    /**
     * How many operations can be in flight at once. Default: 128. A job takes 384 bytes of native
     * memory for each of the paths that the mover may use.
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
     * How long an operation that the hardware's work queues have no room for is tried again, on each
     * poll, before it fails with {@link io.github.vdm4j.VdmResult#QUEUE_FULL}. Default: 100 ms. With
     * {@link DmlPath#AUTO} it goes to the software path at once.
     *
     * @param time 0 to one hour
     * @return this
     * @throws IllegalArgumentException if it is out of that range
     */
    public DmlDataMoverBuilder queueFullTimeout(Duration time) {
        if (time.isNegative() || time.compareTo(MAX_QUEUE_FULL_TIMEOUT) > 0) {
            throw new IllegalArgumentException(
                    "queueFullTimeout of " + time + ": must be 0 to " + MAX_QUEUE_FULL_TIMEOUT);
        }
        queueFullTimeout = time;
        return this;
    }

    /**
     * The most that is submitted as one job; longer operations become several. Default: 1 GiB. On
     * hardware the smallest {@code max_transfer_size} among the enabled work queues holds in any case.
     *
     * @param bytes a multiple of 64, from 64 to 1 GiB
     * @return this
     * @throws IllegalArgumentException if it is out of that range
     */
    public DmlDataMoverBuilder maxTransferBytes(long bytes) {
        new JobLimits(bytes, bytes, false); // refuses what is out of range
        maxTransferBytes = bytes;
        return this;
    }

    /** Other write-back engines than the machine's; for tests, which count what they do. */
    DmlDataMoverBuilder durability(Durability engines) {
        durability = engines;
        return this;
    }

    /** Another machine's diagnosis than this one's; for tests. */
    DmlDataMoverBuilder diagnosis(DmlDiagnosis made) {
        diagnosis = library -> made;
        return this;
    }

    /**
     * Opens a mover with these settings.
     *
     * @return an open mover
     * @throws DmlUnavailableException if no library was set and there is none to be found
     * @throws VdmException if the library cannot initialise its jobs for the path (with {@link
     *     DmlPath#AUTO} for neither), or the path is {@link DmlPath#HARDWARE} and {@link DmlDiagnosis} knows
     *     that this DML would crash on this machine's devices (H18)
     */
    public DmlDataMover open() {
        DmlLibrary opened = library != null ? library : DmlLibrary.open();
        long hardwareBytes =
                DsaDevice.maxTransferBytes(Path.of("/")).orElse(maxTransferBytes);
        JobLimits limits =
                new JobLimits(
                        Math.max(64, Math.min(hardwareBytes, maxTransferBytes) & -64L),
                        maxTransferBytes,
                        Processor.flags(Path.of("/proc/cpuinfo")).contains("clwb"));
        boolean hardware = path == DmlPath.HARDWARE;
        JobPool pool = null;
        if (path != DmlPath.SOFTWARE) {
            Verdict verdict = diagnosis.apply(opened).verdict();
            boolean crashes = verdict.hardware() == Outcome.CRASH;
            if (crashes && hardware) {
                throw new VdmException(VdmResult.NO_DEVICE, null, verdict.sentence(), null);
            }
            if (!crashes && !hardware) {
                pool = tryHardware(opened, limits);
            }
        }
        if (pool != null) {
            hardware = true;
        } else {
            pool = makePool(opened, hardware, limits);
        }
        return new DmlDataMover(
                opened, path, new DmlEngine(pool, hardware, queueFullTimeout.toNanos(), durability), limits);
    }

    private JobPool makePool(DmlLibrary opened, boolean hardware, JobLimits limits) {
        try {
            return new JobPool(opened.functions(), jobs, hardware, !hardware, limits);
        } catch (DmlCallException e) {
            DmlStatus status = DmlStatus.of(e.status());
            throw new VdmException(
                    status.result(),
                    status,
                    "a mover on %s cannot be opened: %s: %s: %s"
                            .formatted(
                                    hardware ? DmlPath.HARDWARE : DmlPath.SOFTWARE,
                                    e.getMessage(),
                                    status,
                                    status.explanation()),
                    e);
        }
    }

    /** A pool for hardware that works, with the software path to fall back on; null where it does not. */
    private JobPool tryHardware(DmlLibrary opened, JobLimits limits) {
        JobPool pool;
        try {
            pool = new JobPool(opened.functions(), jobs, true, true, limits);
        } catch (DmlCallException e) {
            return null; // what is wrong with hardware, software may not have; else opening that tells
        }
        if (hardwareWorks(pool)) {
            return pool;
        }
        pool.tryClose();
        return null;
    }

    /**
     * Submits an empty operation. A job that does not come back is never given back either, so that its
     * pool's memory stays where the device may still write.
     */
    private static boolean hardwareWorks(JobPool pool) {
        Job job = pool.take();
        boolean works = false;
        if (job.submitNop() == dml_h.DML_STATUS_OK()) {
            long start = System.nanoTime();
            int status = job.check();
            while (status == dml_h.DML_STATUS_BEING_PROCESSED()
                    && System.nanoTime() - start < PROBE_NANOS) {
                Thread.onSpinWait();
                status = job.check();
            }
            works = status == dml_h.DML_STATUS_OK();
        }
        if (!job.isSubmitted()) {
            pool.give(job);
        }
        return works;
    }
}
