package io.github.vdm4j.dml;

import io.github.vdm4j.AbstractDataMover;
import io.github.vdm4j.VdmExecutor;
import io.github.vdm4j.VdmFlags;
import io.github.vdm4j.VdmOperationType;
import io.github.vdm4j.engine.DeviceExecutor;
import io.github.vdm4j.engine.EnginePlan;
import java.lang.foreign.MemorySegment;
import java.util.Objects;

/**
 * A data mover that Intel DML executes: on Intel DSA where there is one, else on the processor.
 *
 * <pre>{@code
 * try (var mover = DmlDataMover.open()) {
 *   VdmFuture<VdmOutput> copy = mover.memcpy(destination, source);
 *   copy.await();
 * }
 * }</pre>
 *
 * <p>On {@link DmlPath#AUTO} the JVM executes operations on heap segments. The other paths refuse
 * heap segments. Any alignment and any length will do. Without hardware a short
 * operation is executed by its first poll, on the polling thread, and a {@linkplain
 * DmlDataMoverBuilder#workersFrom long one} by a worker thread of the mover; the arenas of its
 * segments cannot be closed meanwhile. On hardware nothing can keep a caller's arena open between
 * two polls: <b>do not close it before the future is complete</b>, or the device goes on with
 * memory that may belong to something else by then.
 *
 * <p>A mover has a fixed number of jobs. An operation on hardware needs one from its first poll
 * until it is complete. If no job is free, after the jobs of dropped futures have been taken back,
 * the operation waits in order and can be cancelled; with {@link DmlDataMoverBuilder#whenFull
 * whenFull(FAIL)} it fails instead. On the software path the JVM executes it. Native memory is taken
 * when the mover is opened and freed when it is closed.
 *
 * <p><b>Data operations.</b> DML executes them, except that on the software path Java checks,
 * strips and updates protected blocks, because DML checks application tags wrongly there; and that
 * on both paths Java strips blocks into the place right before them, which DML refuses. {@link
 * io.github.vdm4j.VdmFuture#path} tells. DML never reads the record of a delta in the caller's
 * memory, but a copy that was checked, so that no record can make it write outside of the
 * destination.
 *
 * <p>Futures that are in flight take wakers. A thread of the mover polls those on hardware for
 * whoever offered one; it is started by the first waker and sleeps while there is nothing to poll.
 * An operation on hardware whose memory is confined to a thread takes none, nor does a drain that
 * waits for others.
 *
 * <p>C counterpart: miniasync_vdm_dml(7), {@code data_mover_dml_new(3)}.
 */
public final class DmlDataMover extends AbstractDataMover {
    private final DmlLibrary library;
    private final DmlPath path;
    private final EnginePlan plan;
    private final DeviceExecutor executor;
    private final PathDecisions decisions;

    DmlDataMover(DmlLibrary library, DmlPath path, EnginePlan plan, PathDecisions decisions) {
        this.library = library;
        this.path = path;
        this.plan = plan;
        this.decisions = decisions;
        executor = new DeviceExecutor(plan, "DML, path " + path);
    }

    /**
     * Opens a mover on {@link DmlPath#AUTO} with the first library found.
     *
     * <p>C counterpart: {@code data_mover_dml_new(DATA_MOVER_DML_AUTO)}.
     *
     * @return an open mover
     * @throws DmlUnavailableException if there is no Intel DML
     */
    public static DmlDataMover open() {
        return builder().open();
    }

    /**
     * Opens a mover with the first library found.
     *
     * <p>C counterpart: {@code data_mover_dml_new(type)}.
     *
     * @param path where to execute
     * @return an open mover
     * @throws DmlUnavailableException if there is no Intel DML
     * @throws DmlHardwareException if the path is {@link DmlPath#HARDWARE} and the hardware does
     * not work
     */
    public static DmlDataMover open(DmlPath path) {
        return builder().path(path).open();
    }

    /**
     * Settings for a mover.
     *
     * @return a builder with the defaults
     */
    public static DmlDataMoverBuilder builder() {
        return new DmlDataMoverBuilder();
    }

    @Override
    protected VdmExecutor executor() {
        return executor;
    }

    @Override
    protected void checkReachable(VdmOperationType type, String role, MemorySegment segment) {
        if (!segment.isNative() && path != DmlPath.AUTO) {
            throw new IllegalArgumentException(
                    ("%s: the %s is a heap segment of %,d bytes, which Intel DML cannot reach; use memory from an Arena,"
                            + " path AUTO, or another mover")
                            .formatted(type, role, segment.byteSize()));
        }
    }

    @Override
    public boolean isSupported(VdmFlags flags, MemorySegment destination) {
        Objects.requireNonNull(flags, "flags");
        Objects.requireNonNull(destination, "destination");
        return (destination.isNative() || path == DmlPath.AUTO)
                && (!flags.contains(VdmFlags.MEM_DURABLE)
                        || plan.durability().supports(destination, true));
    }

    @Override
    public String name() {
        return "DML, path " + path + (path == DmlPath.AUTO ? " running " + runningPath() : "");
    }

    /**
     * The path that was asked for.
     *
     * @return the path
     */
    public DmlPath path() {
        return path;
    }

    /**
     * The path that operations take at this time. With {@link DmlPath#AUTO} the hardware if it
     * worked when the mover was opened, and has not been given up since.
     *
     * @return {@link DmlPath#HARDWARE} or {@link DmlPath#SOFTWARE}
     */
    public DmlPath runningPath() {
        return plan.usesDevice() ? DmlPath.HARDWARE : DmlPath.SOFTWARE;
    }

    /**
     * The path that operations take, and why.
     *
     * @return the decision that holds
     */
    public DmlPathDecision pathDecision() {
        return decisions.current();
    }

    /**
     * The library that the mover runs on.
     *
     * @return the library
     */
    public DmlLibrary library() {
        return library;
    }

    /**
     * How many operations can be in flight at once.
     *
     * @return the number of jobs
     */
    public int capacity() {
        return plan.pool().capacity();
    }

    /**
     * How many jobs are in use: by operations in flight, or being polled at this moment.
     *
     * @return a number that may be outdated at once
     */
    public int jobsInUse() {
        return plan.pool().lent();
    }

    /**
     * Asks for the jobs that the hardware has not answered within {@link
     * DmlDataMoverBuilder#deviceTimeout}. The memory of their operations, which have failed with
     * {@link io.github.vdm4j.VdmResult#TIMEOUT}, must not be freed or used meanwhile.
     *
     * @return how many have not been answered yet; 0 on the software path
     */
    public int jobsOverdue() {
        return plan.pool().collectOverdue();
    }

    /**
     * The native memory that the mover holds for its jobs, and for the batches that they have had.
     *
     * @return bytes, 0 once it is closed
     */
    public long nativeBytes() {
        return plan.pool().nativeBytes();
    }
}
