package io.github.vdm4j.engine.channel;

import io.github.vdm4j.jvm.DeltaKernel;
import io.github.vdm4j.machine.SegmentClosedException;
import java.lang.foreign.MemorySegment;

/**
 * The record of a delta on its way to DML, which writes wherever it says (H25). The record is the
 * caller's memory, and may change between a look at it and its use. So DML gets copies of its
 * parts, in memory of the slot, and it is the copies that are looked at.
 */
final class DeltaRecord {
    /** A multiple of the 10 bytes that each difference takes and of the 8 that records begin at. */
    private static final long PART = 16_320;

    private final Slot slot;

    /** Allocated when the slot is first given a delta to apply. */
    private MemorySegment copy;

    DeltaRecord(Slot slot) {
        this.slot = slot;
    }

    /**
     * Copies a part of a record. Before the first, all of it is looked at, so that a bad record is
     * not applied in part.
     *
     * @param record the record
     * @param offset where the part begins
     * @param destinationBytes the size of what it will be applied to
     * @return how long the part is
     * @throws InvalidDataException if the record would write outside of the destination
     */
    long take(MemorySegment record, long offset, long destinationBytes) {
        if (copy == null) {
            copy = slot.allocate(PART);
        }
        long bytes = Math.min(record.byteSize() - offset, PART);
        try {
            if (offset == 0 && record.byteSize() > PART) {
                check(record, record.byteSize(), destinationBytes);
            }
            MemorySegment.copy(record, offset, copy, 0, bytes);
        } catch (IllegalStateException e) {
            throw new SegmentClosedException(e);
        }
        check(copy, bytes, destinationBytes);
        return bytes;
    }

    private static void check(MemorySegment record, long bytes, long destinationBytes) {
        String defect = DeltaKernel.defect(record, bytes, destinationBytes);
        if (defect != null) {
            throw new InvalidDataException(defect);
        }
    }

    MemorySegment copy() {
        return copy;
    }
}
