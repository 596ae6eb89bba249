package io.github.vdm4j.examples;

import static java.nio.channels.FileChannel.MapMode.READ_ONLY;
import static java.nio.channels.FileChannel.MapMode.READ_WRITE;
import static java.nio.file.StandardOpenOption.CREATE_NEW;
import static java.nio.file.StandardOpenOption.READ;
import static java.nio.file.StandardOpenOption.WRITE;

import io.github.vdm4j.Vdm;
import io.github.vdm4j.VdmFlags;
import io.github.vdm4j.VdmOutput;
import io.github.vdm4j.mover.ThreadsDataMover;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.channels.FileChannel;
import java.nio.file.Path;

/** Copies a file into a new file and returns when the copy has reached the storage. */
public final class CopyDurably {
    private CopyDurably() {}

    /**
     * Copies a file and prints the result.
     *
     * @param args an existing file and the name of a new file
     * @throws IOException if a file cannot be opened or mapped
     */
    public static void main(String[] args) throws IOException {
        try (FileChannel from = FileChannel.open(Path.of(args[0]), READ);
                FileChannel to = FileChannel.open(Path.of(args[1]), CREATE_NEW, READ, WRITE);
                Arena arena = Arena.ofShared();
                Vdm mover = ThreadsDataMover.open()) {
            MemorySegment source = from.map(READ_ONLY, 0, from.size(), arena);
            MemorySegment destination = to.map(READ_WRITE, 0, from.size(), arena);
            VdmOutput done = mover.memcpy(destination, source, VdmFlags.MEM_DURABLE).await();
            // From here on the bytes survive a power cut.
            System.out.println(done.type() + " " + done.result() + ", durable");
        }
    }
}
