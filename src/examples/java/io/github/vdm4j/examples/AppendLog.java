package io.github.vdm4j.examples;

import static java.lang.foreign.ValueLayout.JAVA_LONG;
import static java.nio.channels.FileChannel.MapMode.READ_WRITE;
import static java.nio.file.StandardOpenOption.CREATE;
import static java.nio.file.StandardOpenOption.READ;
import static java.nio.file.StandardOpenOption.WRITE;

import io.github.vdm4j.Vdm;
import io.github.vdm4j.VdmFlags;
import io.github.vdm4j.future.FutureChain;
import io.github.vdm4j.mover.ThreadsDataMover;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;

/**
 * Appends a record to a log in a mapped file. It writes the header only when the record is durable.
 * A crash in between leaves the old log.
 */
public final class AppendLog {
    private static final long LOG_BYTES = 1 << 20;
    private static final long HEADER_BYTES = JAVA_LONG.byteSize();

    static FutureChain<Long> append(Vdm mover, MemorySegment log, MemorySegment record,
            MemorySegment newEnd) {
        long end = Math.max(HEADER_BYTES, log.get(JAVA_LONG, 0));
        newEnd.set(JAVA_LONG, 0, end + record.byteSize());
        MemorySegment slot = log.asSlice(end, record.byteSize());
        MemorySegment header = log.asSlice(0, HEADER_BYTES);
        return FutureChain.of(mover.memcpy(slot, record, VdmFlags.MEM_DURABLE))
                .then(written -> mover.memcpy(header, newEnd, VdmFlags.MEM_DURABLE))
                .map(written -> end);
    }

    /**
     * Appends a record and prints its offset.
     *
     * @param args the name of the log's file, new or existing, and the text of the record
     * @throws IOException if the file cannot be opened or mapped
     */
    public static void main(String[] args) throws IOException {
        try (FileChannel file = FileChannel.open(Path.of(args[0]), CREATE, READ, WRITE);
                Arena arena = Arena.ofShared();
                Vdm mover = ThreadsDataMover.open()) {
            MemorySegment log = file.map(READ_WRITE, 0, LOG_BYTES, arena);
            byte[] text = args[1].getBytes(StandardCharsets.UTF_8);
            MemorySegment record =
                    arena.allocate(text.length).copyFrom(MemorySegment.ofArray(text));
            long offset = append(mover, log, record, arena.allocate(JAVA_LONG)).await();
            System.out.println("record at " + offset);
        }
    }
}
