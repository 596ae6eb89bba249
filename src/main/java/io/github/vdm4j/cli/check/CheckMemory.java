package io.github.vdm4j.cli.check;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileChannel.MapMode;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/** The memory of the device's side, with present or missing pages. */
final class CheckMemory implements AutoCloseable {
    private static final long PAGE = 4096;

    private final Path name;
    private final FileChannel file;
    /** The position of the next content. Several contents may be mapped at the same time. */
    private long end;

    CheckMemory(Path folder) throws IOException {
        name = Files.createTempFile(folder, "vdm-check-", ".tmp");
        file = FileChannel.open(name, StandardOpenOption.READ, StandardOpenOption.WRITE);
    }

    /** Returns page-aligned memory with all pages present. */
    static MemorySegment present(long bytes, Arena arena) {
        return arena.allocate(Math.max(bytes, PAGE), PAGE);
    }

    /**
     * Returns memory with a content. In a mapping, all pages are missing from the page table of
     * this process, because write() fills the file.
     */
    MemorySegment of(MemorySegment content, Variant variant, Arena arena) throws IOException {
        if (!variant.isFile() && variant != Variant.UNTOUCHED) {
            return present(content.byteSize(), arena).copyFrom(content);
        }
        long start = end;
        end = start + content.byteSize() + PAGE - 1 & -PAGE;
        ByteBuffer bytes = content.asByteBuffer();
        while (bytes.hasRemaining()) {
            file.write(bytes, start + bytes.position());
        }
        return file.map(variant.isFile() ? MapMode.READ_WRITE : MapMode.PRIVATE, start,
                content.byteSize(), arena);
    }

    /** Continues at the start of the file. No earlier mapping may be in use. */
    void reuse() {
        end = 0;
    }

    @Override
    public void close() throws IOException {
        file.close();
        Files.delete(name);
    }
}
