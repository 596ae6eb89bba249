package io.github.vdm4j;

import java.lang.foreign.MemorySegment;

/**
 * A memcpy, memmove, memset or flush of a mover.
 *
 * <p>C counterpart: {@code struct vdm_operation_future}, miniasync_vdm(7).
 */
public abstract class VdmFuture extends MoverFuture<VdmOutput> {
    // With the state machine and a mover's two references: 56 bytes.
    // More would show in every operation's cost (docs/adr/0004).
    private MemorySegment destination;
    private MemorySegment source;

    /** Creates a future without an operation, which the mover's base class supplies. */
    protected VdmFuture() {}

    /** For an operation that is prepared later. */
    final void leaveUnprepared() {
        withhold();
    }

    @Override
    protected final String whyWithheld() {
        return "nothing prepared: call memcpy, memmove, memset or flush first";
    }

    /**
     * The first time, while no other thread knows the future: so there is nobody to be kept away
     * from it.
     */
    final void armNew(VdmOperationType type, MemorySegment to, MemorySegment from, byte fill,
            VdmFlags flags) {
        describe(type, fill, flags);
        destination = to;
        source = from;
        becomeIdle();
    }

    final void arm(
            VdmOperationType type, MemorySegment to, MemorySegment from, byte fill,
            VdmFlags flags) {
        withdraw();
        describe(type, fill, flags);
        // Storing a reference makes work for the garbage collector, also where it is the one that
        // is there already.
        if (destination != to) {
            destination = to;
        }
        if (source != from) {
            source = from;
        }
        becomeIdle();
    }

    /**
     * Prepares the same operation again. Its values are read after the future is claimed, so that no
     * other thread can exchange some of them.
     */
    final void armAgain(AbstractDataMover mover) {
        claim();
        try {
            if (destination == null) {
                throw new IllegalStateException(whyWithheld());
            }
            mover.check(type(), destination, source, flags());
        } catch (RuntimeException | Error e) {
            reinstate();
            throw e;
        }
        renew();
        describe(type(), fillByte(), flags());
        becomeIdle();
    }

    @Override
    public final long byteSize() {
        return destination.byteSize();
    }

    /**
     * The range that is written or flushed.
     *
     * @return the segment as the caller passed it
     */
    public final MemorySegment destination() {
        return destination;
    }

    /**
     * The range that is read.
     *
     * @return the segment as the caller passed it; null for memset and flush
     */
    protected final MemorySegment source() {
        return source;
    }

    /**
     * What the operation produced, also if it failed. A new object on every call; {@link #result}
     * and {@link #path} say the same without one.
     *
     * @return type, result, destination and path
     * @throws IllegalStateException if the future is not complete
     */
    @Override
    public final VdmOutput output() {
        return new VdmOutput(type(), result(), destination, path());
    }
}
