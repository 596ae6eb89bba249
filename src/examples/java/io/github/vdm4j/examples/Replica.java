package io.github.vdm4j.examples;

import io.github.vdm4j.LongDelta;
import io.github.vdm4j.Vdm;
import io.github.vdm4j.VdmFlags;
import io.github.vdm4j.buffer.OffHeapBuffer;
import io.github.vdm4j.mover.DataMovers;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * A replica of a file that receives only the changes. It writes the changes to a journal before it
 * applies them. After a crash it applies the journal again. It therefore never keeps half of a
 * change.
 */
public final class Replica {
    private static final long HEADER_BYTES = 8;

    private final Vdm mover;
    private final MemorySegment copy;
    private final MemorySegment journal;
    private WriteAheadLog log;

    /**
     * Opens a replica and applies its journal.
     *
     * @param mover executes the copies
     * @param copy the replica's memory, a mapped file
     * @param journal the journal's memory, a mapped file
     */
    public Replica(Vdm mover, MemorySegment copy, MemorySegment journal) {
        this.mover = mover;
        this.copy = copy;
        this.journal = journal;
        log = new WriteAheadLog(mover, journal, this::apply);
    }

    /**
     * Returns the changes between two states of a file.
     *
     * @param mover compares them
     * @param before the earlier state, a multiple of 8 bytes
     * @param after the later state, of the same size
     * @return the bytes to send to the replica
     */
    public static byte[] changes(Vdm mover, MemorySegment before, MemorySegment after) {
        try (var room = OffHeapBuffer.allocate(LongDelta.maxBytes(before.byteSize()))) {
            long used = LongDelta.create(mover, room.segment(), before, after).await();
            return room.slice(0, used).toArray(ValueLayout.JAVA_BYTE);
        }
    }

    /**
     * Receives changes. It returns when the changes are durable.
     *
     * @param changes the result of {@link #changes}
     */
    public synchronized void receive(byte[] changes) {
        if (!log.hasSpaceFor(changes.length)) {
            mover.flush(copy).await();
            mover.memset(journal.asSlice(0, HEADER_BYTES), (byte) 0, VdmFlags.MEM_DURABLE).await();
            log = new WriteAheadLog(mover, journal, this::apply);
        }
        log.append(changes);
        apply(changes);
    }

    /** Writes absolute values. Applying the same changes again is therefore harmless. */
    private void apply(byte[] changes) {
        try (var aligned = OffHeapBuffer.allocate(changes.length)) {
            aligned.segment().copyFrom(MemorySegment.ofArray(changes));
            LongDelta.apply(mover, copy, aligned.segment(), VdmFlags.NONE).await();
        }
    }

    /**
     * Updates a replica and prints the number of sent bytes.
     *
     * @param args the replica, its journal, the old file and the new file
     * @throws IOException if a file cannot be mapped
     */
    public static void main(String[] args) throws IOException {
        long size = Files.size(Path.of(args[3]));
        try (var copy = OffHeapBuffer.map(Path.of(args[0]), 0, size);
                var journal = OffHeapBuffer.map(Path.of(args[1]), 0, 2 * size + 4_096);
                var before = OffHeapBuffer.mapReadOnly(Path.of(args[2]), 0, size);
                var after = OffHeapBuffer.mapReadOnly(Path.of(args[3]), 0, size);
                Vdm mover = DataMovers.best()) {
            byte[] changes = changes(mover, before.segment(), after.segment());
            new Replica(mover, copy.segment(), journal.segment()).receive(changes);
            System.out.println(changes.length + " bytes sent of " + size);
        }
    }
}
