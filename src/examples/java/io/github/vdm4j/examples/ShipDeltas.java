package io.github.vdm4j.examples;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;

import io.github.vdm4j.Vdm;
import io.github.vdm4j.mover.ThreadsDataMover;
import io.github.vdm4j.operation.DeltaResult;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/**
 * Updates a replica of a page with the changes, or with the whole page if the changes are longer.
 */
public final class ShipDeltas {
    static long update(
            Vdm mover, MemorySegment replica, MemorySegment old, MemorySegment page,
            MemorySegment record) {
        DeltaResult delta = mover.createDelta(record, old, page).await(); // at most 0x80000 bytes
        return switch (delta.outcome()) {
            case EQUAL -> 0;
            case RECORDED -> {
                mover.applyDelta(replica, record.asSlice(0, delta.recordBytes())).await();
                yield delta.recordBytes();
            }
            case OVERFLOW -> { // the changes do not fit into the record
                mover.memcpy(replica, page).await();
                yield page.byteSize();
            }
        };
    }

    /** Changes two bytes of a page and prints the number of sent bytes. */
    public static void main(String[] args) {
        try (Arena arena = Arena.ofShared(); Vdm mover = ThreadsDataMover.open()) {
            MemorySegment old = arena.allocate(4_096, 8).fill((byte) 1);
            MemorySegment replica = arena.allocate(4_096, 8).copyFrom(old);
            MemorySegment page = arena.allocate(4_096, 8).copyFrom(old);
            page.set(JAVA_BYTE, 7, (byte) 2);
            page.set(JAVA_BYTE, 4_000, (byte) 3);
            // DeltaResult.maxRecordBytes(4_096) is always enough.
            MemorySegment record = arena.allocate(1_000, 8);
            long shipped = update(mover, replica, old, page, record);
            System.out
                    .println(shipped + " bytes shipped, equal: " + (replica.mismatch(page) == -1));
        }
    }
}
