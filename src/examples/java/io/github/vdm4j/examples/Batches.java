package io.github.vdm4j.examples;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;

import io.github.vdm4j.Batch;
import io.github.vdm4j.BatchResult;
import io.github.vdm4j.Vdm;
import io.github.vdm4j.mover.SyncDataMover;
import io.github.vdm4j.operation.Crc32c;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/** Gathers small records in a page, and then computes the page's checksum. */
public final class Batches {
    static Crc32c gather(Vdm mover, MemorySegment page, MemorySegment[] records) {
        Batch batch = mover.batch();
        long offset = 0;
        for (MemorySegment record : records) {
            batch.memcpy(page.asSlice(offset, record.byteSize()), record);
            offset += record.byteSize();
        }
        BatchResult result = batch.fence().crc32c(page.asSlice(0, offset)).submit().await();
        result.orThrow(); // throws the failure of the first failed task
        return result.get(records.length).output(Crc32c.class);
    }

    static void send(Vdm mover, MemorySegment slot, MemorySegment record, int times) {
        // the only allocation
        Batch batch = mover.batch().memcpy(slot, record).fence().crc32c(slot);
        for (int i = 0; i < times; i++) {
            record.fill((byte) i);
            batch.submit().await().orThrow();
        }
    }

    static void scatter(Vdm mover, MemorySegment page, MemorySegment[][] rounds) {
        Batch batch = mover.batch();
        for (MemorySegment[] records : rounds) {
            batch.clear();
            for (int i = 0; i < records.length; i++) {
                batch.memcpy(records[i], page.asSlice(4 * i, 4));
            }
            batch.submit().await().orThrow();
        }
    }

    /** Gathers ten records of four bytes, and prints the checksum. */
    public static void main(String[] args) {
        try (Arena arena = Arena.ofConfined(); var mover = SyncDataMover.open()) {
            MemorySegment[] records = new MemorySegment[10];
            for (int i = 0; i < records.length; i++) {
                records[i] = arena.allocate(4).fill((byte) i);
            }
            MemorySegment page = arena.allocate(4096);
            System.out.println(gather(mover, page, records));
            send(mover, page.asSlice(0, 4), records[9], 3);
            System.out.println("last byte " + page.get(JAVA_BYTE, 3));
            scatter(mover, page, new MemorySegment[][]{{records[0], records[1]}, {records[2]}});
            System.out.println(
                    "first bytes " + records[0].get(JAVA_BYTE, 0) + records[1].get(JAVA_BYTE, 0)
                            + records[2].get(JAVA_BYTE, 0));
        }
    }
}
