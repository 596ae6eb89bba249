package io.github.vdm4j.examples;

import io.github.vdm4j.BatchResult;
import io.github.vdm4j.TaskResult;
import io.github.vdm4j.Vdm;
import io.github.vdm4j.mover.ThreadsDataMover;
import io.github.vdm4j.operation.Crc32c;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/** A batch of small operations with a fence, and the result of each operation. */
public final class BatchOfOperations {
    private BatchOfOperations() {}

    static Crc32c gather(Vdm mover, MemorySegment page, MemorySegment[] pieces) {
        var batch = mover.batch();
        long offset = 0;
        for (MemorySegment piece : pieces) {
            batch.memcpy(page.asSlice(offset, piece.byteSize()), piece); // in any order
            offset += piece.byteSize();
        }
        BatchResult done = batch.fence().crc32c(page.asSlice(0, offset)).submit().await();
        done.orThrow(); // throws the failure of the first failed task
        return done.get(pieces.length).output(Crc32c.class);
    }

    static void twoReplicas(Vdm mover, MemorySegment first, MemorySegment second,
            MemorySegment source) {
        // the low 12 bits of both addresses must be equal
        mover.dualcast(first, second, source).await();
    }

    /**
     * Gathers two pieces, copies the page twice, and prints its checksum.
     *
     * @param args none
     */
    public static void main(String[] args) {
        try (Arena arena = Arena.ofShared(); Vdm mover = ThreadsDataMover.open()) {
            MemorySegment text = arena.allocateFrom("123456789");
            MemorySegment page = arena.allocate(9, 4_096);
            Crc32c crc = gather(mover, page,
                    new MemorySegment[]{text.asSlice(0, 4), text.asSlice(4, 5)});
            twoReplicas(mover, arena.allocate(9, 4_096), arena.allocate(9, 4_096), page);
            mover.drain().await(); // all earlier operations have ended
            for (TaskResult task : mover.batch()
                    .nop()
                    .compare(page, text.asSlice(0, 9))
                    .submit()
                    .await()
                    .tasks()) {
                System.out.print(task.type() + " " + task.result() + ", ");
            }
            System.out.println(crc);
        }
    }
}
