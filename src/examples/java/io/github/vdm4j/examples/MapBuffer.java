package io.github.vdm4j.examples;

import io.github.vdm4j.Vdm;
import io.github.vdm4j.VdmFlags;
import io.github.vdm4j.VdmOutput;
import io.github.vdm4j.buffer.OffHeapBuffer;
import io.github.vdm4j.mover.ThreadsDataMover;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.Path;

/**
 * Keeps slots of a fixed size in a mapped file. The operation makes a slot durable, or a flush does
 * so afterwards.
 */
public final class MapBuffer {
    private static final long SLOT_BYTES = 4096;
    private static final int SLOTS = 16;

    static MemorySegment slot(OffHeapBuffer file, int number) {
        return file.slice(number * SLOT_BYTES, SLOT_BYTES);
    }

    /**
     * Fills a slot, marks another slot, and prints the domain of the file.
     *
     * @param args the name of the file, new or existing
     * @throws IOException if the file cannot be given its storage or mapped
     */
    public static void main(String[] args) throws IOException {
        try (Vdm mover = ThreadsDataMover.open();
                OffHeapBuffer file = OffHeapBuffer.map(Path.of(args[0]), 0, SLOTS * SLOT_BYTES)) {
            if (!mover.isSupported(VdmFlags.MEM_DURABLE, file.segment())) {
                throw new IOException(
                        args[0] + " cannot be made durable by the mover " + mover.name());
            }
            VdmOutput filled = mover.memset(slot(file, 3), (byte) 7, VdmFlags.MEM_DURABLE).await();
            // Java writes this. A flush makes it durable.
            slot(file, 4).set(ValueLayout.JAVA_INT, 0, 42);
            VdmOutput flushed = mover.flush(slot(file, 4)).await();
            System.out.println("%s, %s %s, %s %s".formatted(
                    file.domain(), filled.type(), filled.result(), flushed.type(),
                    flushed.result()));
        } // waits for operations in flight, and then unmaps
    }
}
