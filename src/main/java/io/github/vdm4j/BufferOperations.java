package io.github.vdm4j;

import java.lang.foreign.MemorySegment;
import java.util.Objects;

/**
 * The operations of {@link Vdm} with buffers in the place of segments. Each does what the operation
 * with their {@linkplain SegmentView#segment() segments} does, and throws what that throws.
 */
public interface BufferOperations {

    /**
     * The operation that the others stand for, see {@link Vdm}.
     *
     * @param destination the range to write
     * @param source the range to read
     * @param flags what to promise
     * @return an idle future
     */
    VdmFuture memcpy(MemorySegment destination, MemorySegment source, VdmFlags flags);

    /**
     * The operation that the others stand for, see {@link Vdm}.
     *
     * @param destination the range to write
     * @param source the range to read
     * @param flags what to promise
     * @return an idle future
     */
    VdmFuture memmove(MemorySegment destination, MemorySegment source, VdmFlags flags);

    /**
     * The operation that the others stand for, see {@link Vdm}.
     *
     * @param destination the range to write
     * @param value the byte
     * @param flags what to promise
     * @return an idle future
     */
    VdmFuture memset(MemorySegment destination, byte value, VdmFlags flags);

    /**
     * The operation that the others stand for, see {@link Vdm}.
     *
     * @param range the range to write back
     * @return an idle future
     */
    VdmFuture flush(MemorySegment range);

    /**
     * As {@link Vdm#memcpy(MemorySegment, MemorySegment, VdmFlags)}.
     *
     * @param destination the range to write
     * @param source the range to read, of the same size
     * @param flags what to promise
     * @return an idle future
     */
    default VdmFuture memcpy(SegmentView destination, SegmentView source, VdmFlags flags) {
        return memcpy(segmentOf(destination, "destination"), segmentOf(source, "source"), flags);
    }

    /**
     * As {@link Vdm#memcpy(MemorySegment, MemorySegment)}.
     *
     * @param destination the range to write
     * @param source the range to read, of the same size
     * @return an idle future
     */
    default VdmFuture memcpy(SegmentView destination, SegmentView source) {
        return memcpy(segmentOf(destination, "destination"), segmentOf(source, "source"),
                VdmFlags.NONE);
    }

    /**
     * As {@link Vdm#memcpy(MemorySegment, MemorySegment, VdmFlags)}.
     *
     * @param destination the range to write
     * @param source the range to read, of the same size
     * @param flags what to promise
     * @return an idle future
     */
    default VdmFuture memcpy(SegmentView destination, MemorySegment source, VdmFlags flags) {
        return memcpy(segmentOf(destination, "destination"), source, flags);
    }

    /**
     * As {@link Vdm#memcpy(MemorySegment, MemorySegment)}.
     *
     * @param destination the range to write
     * @param source the range to read, of the same size
     * @return an idle future
     */
    default VdmFuture memcpy(SegmentView destination, MemorySegment source) {
        return memcpy(segmentOf(destination, "destination"), source, VdmFlags.NONE);
    }

    /**
     * As {@link Vdm#memcpy(MemorySegment, MemorySegment, VdmFlags)}.
     *
     * @param destination the range to write
     * @param source the range to read, of the same size
     * @param flags what to promise
     * @return an idle future
     */
    default VdmFuture memcpy(MemorySegment destination, SegmentView source, VdmFlags flags) {
        return memcpy(destination, segmentOf(source, "source"), flags);
    }

    /**
     * As {@link Vdm#memcpy(MemorySegment, MemorySegment)}.
     *
     * @param destination the range to write
     * @param source the range to read, of the same size
     * @return an idle future
     */
    default VdmFuture memcpy(MemorySegment destination, SegmentView source) {
        return memcpy(destination, segmentOf(source, "source"), VdmFlags.NONE);
    }

    /**
     * As {@link Vdm#memmove(MemorySegment, MemorySegment, VdmFlags)}.
     *
     * @param destination the range to write
     * @param source the range to read, of the same size
     * @param flags what to promise
     * @return an idle future
     */
    default VdmFuture memmove(SegmentView destination, SegmentView source, VdmFlags flags) {
        return memmove(segmentOf(destination, "destination"), segmentOf(source, "source"), flags);
    }

    /**
     * As {@link Vdm#memmove(MemorySegment, MemorySegment)}.
     *
     * @param destination the range to write
     * @param source the range to read, of the same size
     * @return an idle future
     */
    default VdmFuture memmove(SegmentView destination, SegmentView source) {
        return memmove(segmentOf(destination, "destination"), segmentOf(source, "source"),
                VdmFlags.NONE);
    }

    /**
     * As {@link Vdm#memmove(MemorySegment, MemorySegment, VdmFlags)}.
     *
     * @param destination the range to write
     * @param source the range to read, of the same size
     * @param flags what to promise
     * @return an idle future
     */
    default VdmFuture memmove(SegmentView destination, MemorySegment source, VdmFlags flags) {
        return memmove(segmentOf(destination, "destination"), source, flags);
    }

    /**
     * As {@link Vdm#memmove(MemorySegment, MemorySegment)}.
     *
     * @param destination the range to write
     * @param source the range to read, of the same size
     * @return an idle future
     */
    default VdmFuture memmove(SegmentView destination, MemorySegment source) {
        return memmove(segmentOf(destination, "destination"), source, VdmFlags.NONE);
    }

    /**
     * As {@link Vdm#memmove(MemorySegment, MemorySegment, VdmFlags)}.
     *
     * @param destination the range to write
     * @param source the range to read, of the same size
     * @param flags what to promise
     * @return an idle future
     */
    default VdmFuture memmove(MemorySegment destination, SegmentView source, VdmFlags flags) {
        return memmove(destination, segmentOf(source, "source"), flags);
    }

    /**
     * As {@link Vdm#memmove(MemorySegment, MemorySegment)}.
     *
     * @param destination the range to write
     * @param source the range to read, of the same size
     * @return an idle future
     */
    default VdmFuture memmove(MemorySegment destination, SegmentView source) {
        return memmove(destination, segmentOf(source, "source"), VdmFlags.NONE);
    }

    /**
     * As {@link Vdm#memset(MemorySegment, byte, VdmFlags)}.
     *
     * @param destination the range to write
     * @param value the byte
     * @param flags what to promise
     * @return an idle future
     */
    default VdmFuture memset(SegmentView destination, byte value, VdmFlags flags) {
        return memset(segmentOf(destination, "destination"), value, flags);
    }

    /**
     * As {@link Vdm#memset(MemorySegment, byte)}.
     *
     * @param destination the range to write
     * @param value the byte
     * @return an idle future
     */
    default VdmFuture memset(SegmentView destination, byte value) {
        return memset(segmentOf(destination, "destination"), value, VdmFlags.NONE);
    }

    /**
     * As {@link Vdm#flush(MemorySegment)}.
     *
     * @param range the range to write back
     * @return an idle future
     */
    default VdmFuture flush(SegmentView range) {
        return flush(segmentOf(range, "range"));
    }

    private static MemorySegment segmentOf(SegmentView view, String name) {
        return Objects.requireNonNull(view, name).segment();
    }
}
