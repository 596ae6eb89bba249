package io.github.vdm4j;

import java.lang.foreign.MemorySegment;
import java.util.Objects;

/**
 * The base of every mover, also of a user's own: checks arguments, makes futures, closes once.
 *
 * <p>C counterpart: the function table in {@code struct vdm}: {@code op_new} is {@link #newFuture},
 * {@code op_start} and {@code op_check} are the {@code advance} of the future that it returns,
 * {@code op_delete} is what that does before it completes.
 */
public abstract class AbstractDataMover implements Vdm {
    /** Written under {@link #closing}. */
    private volatile boolean closed;

    private final Object closing = new Object();

    /** Creates an open mover. */
    protected AbstractDataMover() {}

    /**
     * Makes a future of this mover, without an operation yet.
     *
     * @return a new future
     */
    protected abstract VdmFuture newFuture();

    /**
     * Makes the future of a {@link VdmOperation}, which is started any number of times. Unless
     * overridden one like the others.
     *
     * @return a new future
     */
    protected VdmFuture newReusableFuture() {
        return newFuture();
    }

    /**
     * Finishes everything that was started and releases threads and memory. Called once, after
     * {@link #isClosed} has become true.
     */
    protected abstract void shutDown();

    /**
     * Refuses segments that this mover can never reach. Called after the checks that hold for every
     * mover: the segment is alive and accessible to the current thread.
     *
     * @param type the operation, for the message
     * @param role {@code "source"}, {@code "destination"} or {@code "range"}, for the message
     * @param segment the segment
     * @throws IllegalArgumentException if the mover cannot reach it
     */
    protected abstract void checkReachable(VdmOperationType type, String role,
            MemorySegment segment);

    /**
     * Tells whether {@link #close} was called.
     *
     * @return true from the beginning of the first call on
     */
    public final boolean isClosed() {
        return closed;
    }

    /**
     * For mover base classes with operations of their own.
     *
     * @param type the operation, for the message
     * @throws IllegalStateException if the mover is closed
     */
    protected final void checkOpen(VdmOperationType type) {
        if (isClosed()) {
            throw new IllegalStateException(type + ": the mover is closed (" + name() + ")");
        }
    }

    /**
     * For mover base classes with operations of their own: the rules that hold for every segment.
     *
     * @param type the operation, for the message
     * @param role what the segment is to the operation, for the message
     * @param segment the segment
     * @throws IllegalArgumentException if the mover cannot reach it
     * @throws IllegalStateException if its arena is closed
     * @throws WrongThreadException if it is confined to another thread
     */
    protected final void checkReadable(VdmOperationType type, String role, MemorySegment segment) {
        SegmentCheck.usable(type, role, segment);
        checkReachable(type, role, segment);
    }

    /**
     * As {@link #checkReadable}, for a segment that is written.
     *
     * @param type the operation, for the message
     * @param role what the segment is to the operation, for the message
     * @param segment the segment
     * @throws IllegalArgumentException if it is read-only, or the mover cannot reach it
     * @throws IllegalStateException if its arena is closed
     * @throws WrongThreadException if it is confined to another thread
     */
    protected final void checkWritable(VdmOperationType type, String role, MemorySegment segment) {
        checkReadable(type, role, segment);
        SegmentCheck.writable(type, role, segment);
    }

    final void arm(
            VdmFuture future,
            VdmOperationType type,
            MemorySegment destination,
            MemorySegment source,
            byte fill,
            VdmFlags flags) {
        check(type, destination, source, flags);
        future.arm(type, destination, source, fill, flags);
    }

    final void check(VdmOperationType type, MemorySegment destination, MemorySegment source,
            VdmFlags flags) {
        Objects.requireNonNull(destination,
                type == VdmOperationType.FLUSH ? "range" : "destination");
        Objects.requireNonNull(flags, "flags");
        checkOpen(type);
        checkReadable(type, "destination", destination);
        if (source != null) {
            if (source.scope() != destination.scope()) {
                SegmentCheck.usable(type, "source", source);
            }
            checkReachable(type, "source", source);
        }
        if (type != VdmOperationType.FLUSH) {
            SegmentCheck.writable(type, "destination", destination);
        }
        if (source != null) {
            SegmentCheck.sameSize(type, destination, source);
            if (type == VdmOperationType.MEMCPY) {
                SegmentCheck.disjoint(type, destination, source);
            }
        }
    }

    private VdmFuture arm(
            VdmOperationType type, MemorySegment to, MemorySegment from, byte fill,
            VdmFlags flags) {
        check(type, to, from, flags);
        VdmFuture future = newFuture();
        future.armNew(type, to, from, fill, flags);
        return future;
    }

    @Override
    public final VdmFuture memcpy(MemorySegment destination, MemorySegment source, VdmFlags flags) {
        Objects.requireNonNull(source, "source");
        return arm(VdmOperationType.MEMCPY, destination, source, (byte) 0, flags);
    }

    @Override
    public final VdmFuture memmove(MemorySegment destination, MemorySegment source,
            VdmFlags flags) {
        Objects.requireNonNull(source, "source");
        return arm(VdmOperationType.MEMMOVE, destination, source, (byte) 0, flags);
    }

    @Override
    public final VdmFuture memset(MemorySegment destination, byte value, VdmFlags flags) {
        return arm(VdmOperationType.MEMSET, destination, null, value, flags);
    }

    @Override
    public final VdmFuture flush(MemorySegment range) {
        return arm(VdmOperationType.FLUSH, range, null, (byte) 0, VdmFlags.NONE);
    }

    /**
     * True for every flag: each mover keeps {@link VdmFlags#MEM_DURABLE} for some destinations, and
     * {@link VdmFlags#NO_CACHE_HINT} asks for nothing that could be refused.
     */
    @Override
    public boolean isSupported(VdmFlags flags) {
        return VdmFlags.ofBits(3).contains(Objects.requireNonNull(flags, "flags"));
    }

    @Override
    public final VdmOperation newOperation() {
        if (isClosed()) {
            throw new IllegalStateException("the mover is closed (" + name() + ")");
        }
        return new VdmOperation(this, newReusableFuture());
    }

    @Override
    public final void close() {
        boolean first;
        synchronized (closing) {
            first = !closed;
            closed = true;
        }
        if (first) { // without the lock: a waker that is called while another thread drains may close the mover, too
            shutDown();
        }
    }

    @Override
    public String toString() {
        return name() + (isClosed() ? ", closed" : "");
    }
}
