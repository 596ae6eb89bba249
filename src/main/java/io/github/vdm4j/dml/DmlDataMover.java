package io.github.vdm4j.dml;

import io.github.vdm4j.VdmFlags;
import io.github.vdm4j.dml.DmlOpening.Opened;
import io.github.vdm4j.engine.OffloadPolicy;
import io.github.vdm4j.mover.DeviceDataMover;
import java.util.function.Supplier;

/**
 * A mover that executes operations with Intel DML. DML uses Intel DSA if it works, and the
 * processor otherwise.
 *
 * {@snippet lang=java :
 *     try (DmlDataMover mover = DmlDataMover.open()) {
 *         mover.memcpy(destination, source, VdmFlags.MEM_DURABLE).await();
 *     }
 * }
 *
 * <p><b>Segments.</b> Off-heap segments may have any alignment and any length. On {@link
 * DmlPath#AUTO}, the JVM executes operations on heap segments. The remaining paths reject heap
 * segments. Without hardware, the first poll executes a short operation, and a worker executes a
 * {@linkplain DmlDataMoverBuilder#workersFrom long operation}. During the execution, the arenas of
 * the segments cannot be closed. On hardware, the JVM cannot keep a caller's arena open between two
 * polls. <b>Do not close it before the future is complete</b>, because the device would access
 * memory of another owner.
 *
 * <p><b>Capacity.</b> A mover has a fixed number of slots, the jobs of DML. An operation on
 * hardware needs a slot from its first poll until it is complete. If no slot is free, the operation
 * waits in order and can be cancelled. With {@link DmlDataMoverBuilder#whenFull whenFull(FAIL)} it
 * can fail instead. On the software path, the JVM executes an operation without a slot. The mover
 * frees its native memory when it is closed.
 *
 * <p><b>Data operations.</b> DML executes them, with two exceptions. On the software path, the JVM
 * checks, strips and updates protected blocks, because DML's software checks application tags
 * incorrectly. On both paths, the JVM strips blocks to the range directly before their source,
 * because DML refuses this. {@link io.github.vdm4j.VdmFuture#path} returns the path that executed
 * an operation. DML reads a checked copy of a delta record. A record therefore cannot cause a write
 * outside of the destination.
 *
 * <p><b>Wakers.</b> Futures in flight take wakers. A thread of the mover polls operations on
 * hardware for the waiting threads. The first waker starts that thread. An
 * operation on hardware with confined memory takes no waker. A waiting drain takes no waker, too.
 *
 * <p>C counterpart: miniasync_vdm_dml(7), {@code data_mover_dml_new(3)}.
 */
public final class DmlDataMover extends DeviceDataMover {
    private final DmlLibrary library;
    private final DmlPath path;
    private final Supplier<DmlDiagnosis> diagnosis;

    DmlDataMover(DmlDataMoverBuilder builder, DmlLibrary library, DmlPath path, Opened opened,
            OffloadPolicy policy, Supplier<DmlDiagnosis> diagnosis) {
        super(builder, opened.pool(), policy, opened.reason(), "DML, path " + path, "vdm4j-dml",
                path == DmlPath.AUTO ? null
                        : "which Intel DML cannot reach. Use memory from an Arena, path AUTO, or"
                                + " another mover");
        this.library = library;
        this.path = path;
        this.diagnosis = diagnosis;
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
     * @param path the path
     * @return an open mover
     * @throws DmlUnavailableException if there is no Intel DML
     * @throws DmlHardwareException if the path is {@link DmlPath#HARDWARE} and the hardware does
     *     not work
     */
    public static DmlDataMover open(DmlPath path) {
        return builder().path(path).open();
    }

    /** {@return a builder with the defaults} */
    public static DmlDataMoverBuilder builder() {
        return new DmlDataMoverBuilder();
    }

    @Override
    public String name() {
        return "DML, path " + path + (path == DmlPath.AUTO ? " running " + runningPath() : "");
    }

    /** {@return the configured path} */
    public DmlPath path() {
        return path;
    }

    /**
     * {@return the current path of operations, {@link DmlPath#HARDWARE} or {@link
     * DmlPath#SOFTWARE}} On {@link DmlPath#AUTO}, it is the hardware while the hardware works.
     */
    public DmlPath runningPath() {
        return decision().usesDevice() ? DmlPath.HARDWARE : DmlPath.SOFTWARE;
    }

    /**
     * Diagnoses this machine for the library and the NUMA node of this mover. The findings explain
     * a {@link #decision} against the hardware. The diagnosis takes some milliseconds.
     *
     * @return the current diagnosis
     */
    public DmlDiagnosis diagnosis() {
        return diagnosis.get();
    }

    /** {@return the library of the mover} */
    public DmlLibrary library() {
        return library;
    }
}
