package io.github.vdm4j.examples;

import io.github.vdm4j.LongDelta;
import io.github.vdm4j.Vdm;
import io.github.vdm4j.VdmFlags;
import io.github.vdm4j.buffer.OffHeapBuffer;
import io.github.vdm4j.mover.ThreadsDataMover;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.file.Files;
import java.nio.file.Path;

/** Updates a replica of a file of any size with only the changes. */
public final class ShipFile {
    private ShipFile() {}

    static long ship(Vdm mover, Path replica, Path old, Path changed) throws IOException {
        long size = Files.size(changed);
        try (var before = OffHeapBuffer.mapReadOnly(old, 0, size);
                var after = OffHeapBuffer.mapReadOnly(changed, 0, size);
                var copy = OffHeapBuffer.map(replica, 0, size);
                var room = OffHeapBuffer.allocate(LongDelta.maxBytes(size))) {
            long used = LongDelta.create(mover, room.segment(), before.segment(), after.segment())
                    .await();
            MemorySegment entries = room.slice(0, used); // send these bytes to the replica
            LongDelta.apply(mover, copy.segment(), entries, VdmFlags.NONE).await().orThrow();
            mover.flush(copy.segment()).await();
            return used;
        }
    }

    /**
     * Sends the changes of a file and prints their number of bytes.
     *
     * @param args the replica, the old file and the new file, all of the same size
     * @throws IOException if a file cannot be mapped
     */
    public static void main(String[] args) throws IOException {
        try (Vdm mover = ThreadsDataMover.open()) {
            long shipped = ship(mover, Path.of(args[0]), Path.of(args[1]), Path.of(args[2]));
            System.out.println(shipped + " bytes shipped of " + Files.size(Path.of(args[2])));
        }
    }
}
