package io.github.vdm4j.engine.channel;

import io.github.vdm4j.jvm.DeltaKernel;
import io.github.vdm4j.machine.SegmentClosedException;
import java.lang.foreign.MemorySegment;

/**
 * The checked copy of a delta record for DML. DML writes to any offset in a record without a check
 * (H25). Other threads can change the caller's memory after a check. Therefore DML receives checked
 * copies of the record's parts.
 */
final class DeltaRecord {
    /** The bytes of a part: a multiple of 10, the size of a difference, and of 8, the alignment. */
    private static final long PART = 16_320;

    private final Slot slot;

    /** The memory of the copy, allocated for the slot's first delta. */
    private MemorySegment copy;

    DeltaRecord(Slot slot) {
        this.slot = slot;
    }

    /**
     * Copies a part of a record. Before the first part, it checks the whole record. DML therefore
     * applies no part of a bad record.
     *
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
