package io.github.vdm4j;

import io.github.vdm4j.future.FutureProperty;
import io.github.vdm4j.future.FutureState;
import io.github.vdm4j.future.Notifier;
import io.github.vdm4j.future.PollableFuture;
import java.lang.foreign.MemorySegment;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;

/**
 * A future for hot loops: prepared once or many times, started again and again, with no allocation
 * in between.
 *
 * <pre>{@code
 * VdmOperation op = mover.newOperation();
 * while (more()) {
 *   op.memcpy(destination, source, VdmFlags.NONE).start();
 *   while (op.poll() != FutureState.COMPLETE) Thread.onSpinWait();
 *   op.orThrow();
 * }
 * }</pre>
 *
 * <p>Between being prepared and being complete it is a future like any other, to be polled from any
 * thread. Preparing it is for one thread at a time: if two threads do it at the same moment, one of
 * them gets an {@link IllegalStateException}. Prepared with the same segments as before it is
 * fastest.
 *
 * <p>C counterpart: none; miniasync makes a new future for each operation.
 */
public final class VdmOperation implements PollableFuture<VdmOutput> {
    private final AbstractDataMover mover;
    private final VdmFuture future;

    /**
     * Two cache lines, as whatever comes next may be what another thread writes: the JVM puts
     * references last, in this order.
     */
    @SuppressWarnings("unused") // takes up room
    private Object a0, b0, c0, d0, e0, f0, g0, h0, i0, j0, k0, l0, m0, n0, o0, p0,
            a1, b1, c1, d1, e1, f1, g1, h1, i1, j1, k1, l1, m1, n1, o1, p1;

    VdmOperation(AbstractDataMover mover, VdmFuture future) {
        this.mover = mover;
        this.future = future;
        future.leaveUnprepared();
    }

    /**
     * Prepares {@link Vdm#memcpy(MemorySegment, MemorySegment, VdmFlags)}.
     *
     * @param destination the range to write
     * @param source the range to read, of the same size
     * @param flags what to promise
     * @return this, idle
     * @throws IllegalArgumentException as {@link Vdm#memcpy(MemorySegment, MemorySegment,
     * VdmFlags)}
     * @throws IllegalStateException likewise, or if the operation is running
     * @throws WrongThreadException if a segment is confined to another thread
     */
    public VdmOperation memcpy(MemorySegment destination, MemorySegment source, VdmFlags flags) {
        return prepare(VdmOperationType.MEMCPY, destination,
                Objects.requireNonNull(source, "source"), (byte) 0, flags);
    }

    /**
     * Prepares {@link Vdm#memmove(MemorySegment, MemorySegment, VdmFlags)}.
     *
     * @param destination the range to write
     * @param source the range to read, of the same size
     * @param flags what to promise
     * @return this, idle
     * @throws IllegalArgumentException as {@link Vdm#memmove(MemorySegment, MemorySegment,
     * VdmFlags)}
     * @throws IllegalStateException likewise, or if the operation is running
     * @throws WrongThreadException if a segment is confined to another thread
     */
    public VdmOperation memmove(MemorySegment destination, MemorySegment source, VdmFlags flags) {
        return prepare(VdmOperationType.MEMMOVE, destination,
                Objects.requireNonNull(source, "source"), (byte) 0,
                flags);
    }

    /**
     * Prepares {@link Vdm#memset(MemorySegment, byte, VdmFlags)}.
     *
     * @param destination the range to write
     * @param value the byte
     * @param flags what to promise
     * @return this, idle
     * @throws IllegalArgumentException as {@link Vdm#memset(MemorySegment, byte, VdmFlags)}
     * @throws IllegalStateException likewise, or if the operation is running
     * @throws WrongThreadException if the segment is confined to another thread
     */
    public VdmOperation memset(MemorySegment destination, byte value, VdmFlags flags) {
        return prepare(VdmOperationType.MEMSET, destination, null, value, flags);
    }

    /**
     * Prepares {@link Vdm#flush(MemorySegment)}.
     *
     * @param range the range to write back
     * @return this, idle
     * @throws IllegalArgumentException as {@link Vdm#flush(MemorySegment)}
     * @throws IllegalStateException likewise, or if the operation is running
     * @throws WrongThreadException if the segment is confined to another thread
     */
    public VdmOperation flush(MemorySegment range) {
        return prepare(VdmOperationType.FLUSH, range, null, (byte) 0, VdmFlags.NONE);
    }

    /**
     * Prepares again what was prepared last, with the same segments.
     *
     * @return this, idle
     * @throws IllegalStateException if nothing was prepared yet, the operation is running, or a
     *     segment's arena or the mover is closed
     * @throws WrongThreadException if a segment is confined to another thread
     */
    public VdmOperation again() {
        future.armAgain(mover);
        return this;
    }

    /**
     * Polls once, which starts the operation.
     *
     * @return this
     * @throws IllegalStateException if nothing was prepared yet
     * @throws WrongThreadException if a segment is confined to another thread
     */
    public VdmOperation start() {
        future.poll(Notifier.none());
        return this;
    }

    /**
     * How the operation ended.
     *
     * @return the result
     * @throws IllegalStateException if the operation is not complete
     */
    public VdmResult result() {
        return future.result();
    }

    /**
     * What executed the operation.
     *
     * @return the path
     * @throws IllegalStateException if the operation is not complete
     */
    public ExecutionPath path() {
        return future.path();
    }

    /**
     * Throws if the operation failed.
     *
     * @throws VdmException with the result, the status and what to do about it
     * @throws IllegalStateException if the operation is not complete
     */
    public void orThrow() {
        future.orThrow();
    }

    @Override
    public FutureState state() {
        return future.state();
    }

    @Override
    public FutureState poll() {
        return future.poll();
    }

    @Override
    public FutureState poll(Notifier notifier) {
        return future.poll(notifier);
    }

    @Override
    public VdmOutput output() {
        return future.output();
    }

    @Override
    public VdmException failure() {
        return future.failure();
    }

    @Override
    public CompletableFuture<VdmOutput> toCompletableFuture() {
        return future.toCompletableFuture();
    }

    @Override
    public CompletableFuture<VdmOutput> toCompletableFuture(Executor executor) {
        return future.toCompletableFuture(executor);
    }

    @Override
    public boolean hasProperty(FutureProperty property) {
        return future.hasProperty(property);
    }

    @Override
    public boolean cancel() {
        return future.cancel();
    }

    private VdmOperation prepare(
            VdmOperationType type,
            MemorySegment destination,
            MemorySegment source,
            byte fill,
            VdmFlags flags) {
        mover.arm(future, type, destination, source, fill, flags);
        return this;
    }

    @Override
    public String toString() {
        return future.destination() == null ? "not prepared" : future.toString();
    }
}
