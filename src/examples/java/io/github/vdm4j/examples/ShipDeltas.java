package io.github.vdm4j.examples;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;

import io.github.vdm4j.Vdm;
import io.github.vdm4j.mover.ThreadsDataMover;
import io.github.vdm4j.operation.DeltaResult;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/**
 * Brings a replica of a page up to date with what has changed, or with all of it if that is more.
 */
public final class ShipDeltas {
    private ShipDeltas() {}

    static long update(
            Vdm mover, MemorySegment replica, MemorySegment old, MemorySegment page,
            MemorySegment record) {
        DeltaResult delta = mover.createDelta(record, old, page).await(); // page and old: at most 0x80000 bytes
        return switch (delta.outcome()) {
            case EQUAL -> 0;
            case RECORDED -> {
                mover.applyDelta(replica, record.asSlice(0, delta.recordBytes())).await();
                yield delta.recordBytes();
            }
            case OVERFLOW -> { // more has changed than the record has room for
                mover.memcpy(replica, page).await();
                yield page.byteSize();
            }
        };
    }

    /**
     * Changes two bytes of a page, and prints what went to the replica.
     *
     * @param args none
     */
    public static void main(String[] args) {
        try (Arena arena = Arena.ofShared(); Vdm mover = ThreadsDataMover.open()) {
            MemorySegment old = arena.allocate(4_096, 8).fill((byte) 1);
            MemorySegment replica = arena.allocate(4_096, 8).copyFrom(old);
            MemorySegment page = arena.allocate(4_096, 8).copyFrom(old);
            page.set(JAVA_BYTE, 7, (byte) 2);
            page.set(JAVA_BYTE, 4_000, (byte) 3);
            MemorySegment record = arena.allocate(1_000, 8); // DeltaResult.maxRecordBytes(4_096) is room for anything
            long shipped = update(mover, replica, old, page, record);
            System.out
                    .println(shipped + " bytes shipped, equal: " + (replica.mismatch(page) == -1));
        }
    }
}
