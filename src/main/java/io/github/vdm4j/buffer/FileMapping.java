package io.github.vdm4j.buffer;

import io.github.vdm4j.DurabilityDomain;
import io.github.vdm4j.platform.LibC;
import io.github.vdm4j.platform.PlatformName;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileChannel.MapMode;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import jdk.nio.mapmode.ExtendedMapMode;

/** Maps parts of files, on persistent memory without a page cache between. */
final class FileMapping {
    private static final int CHUNK = 1 << 20;

    private FileMapping() {}

    static OffHeapBuffer map(Path file, long offset, long length, boolean write)
            throws IOException {
        if (offset < 0 || length <= 0 || offset > Long.MAX_VALUE - length) {
            throw new IllegalArgumentException(
                    "mapping %,d bytes at offset %,d of %s: needs an offset of 0 or more and a length above 0"
                            .formatted(length, offset, file));
        }
        return write ? growAndMap(file, offset, length) : mapExisting(file, offset, length);
    }

    private static OffHeapBuffer mapExisting(Path file, long offset, long length)
            throws IOException {
        if (Files.isDirectory(file)) {
            throw new FileSystemException(file.toString(), null, "is a directory");
        }
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
            if (channel.size() < offset + length) {
                throw new IllegalArgumentException(
                        "mapping %,d bytes at offset %,d of %s: the file has %,d only"
                                .formatted(length, offset, file, channel.size()));
            }
            return map(file, channel, offset, length, false);
        }
    }

    private static OffHeapBuffer growAndMap(Path file, long offset, long length)
            throws IOException {
        FileChannel opened;
        boolean created = true;
        try {
            opened =
                    FileChannel.open(
                            file,
                            StandardOpenOption.CREATE_NEW,
                            StandardOpenOption.READ,
                            StandardOpenOption.WRITE);
        } catch (FileAlreadyExistsException e) {
            created = false;
            opened =
                    FileChannel.open(
                            file, StandardOpenOption.CREATE, StandardOpenOption.READ,
                            StandardOpenOption.WRITE);
        }
        try (FileChannel channel = opened) {
            long before = channel.size();
            try {
                provideStorage(file, channel, offset, length);
                return map(file, channel, offset, length, true);
            } catch (IOException e) {
                takeBack(file, channel, before, created, e);
                throw e;
            }
        }
    }

    /** Leaves nothing behind that has grown half-way. */
    private static void takeBack(
            Path file, FileChannel channel, long before, boolean created, IOException failure) {
        try {
            if (channel.size() > before) {
                channel.truncate(before);
            }
            if (created) {
                Files.delete(file);
            }
        } catch (IOException e) {
            failure.addSuppressed(e);
        }
    }

    private static OffHeapBuffer map(
            Path file, FileChannel channel, long offset, long length, boolean write)
            throws IOException {
        Arena arena = Arena.ofShared();
        try {
            MemorySegment segment = synchronous(file, channel, arena, offset, length, write);
            DurabilityDomain domain = DurabilityDomain.CACHE_LINE;
            if (segment == null) {
                segment =
                        channel.map(write ? MapMode.READ_WRITE : MapMode.READ_ONLY, offset, length,
                                arena);
                domain = DurabilityDomain.PAGE;
            }
            return BufferHandle.open(segment, domain, true, arena::close, "mapping " + file + ",");
        } catch (Throwable e) {
            arena.close();
            throw e;
        }
    }

    /** Null where the file does not lie on persistent memory, which only the attempt tells. */
    private static MemorySegment synchronous(
            Path file, FileChannel channel, Arena arena, long offset, long length, boolean write)
            throws IOException {
        try {
            if (write) {
                return channel.map(ExtendedMapMode.READ_WRITE_SYNC, offset, length, arena);
            }
            try (FileChannel writable =
                    FileChannel.open(file, StandardOpenOption.READ, StandardOpenOption.WRITE)) {
                // The JDK (25) takes this segment for a writable one, and a write to it crashes the
                // JVM.
                return writable.map(ExtendedMapMode.READ_ONLY_SYNC, offset, length, arena)
                        .asReadOnly();
            }
        } catch (IOException | UnsupportedOperationException e) {
            return null;
        }
    }

    /**
     * A hole in the part, or a part beyond the end, would fault on access when the disk is full.
     */
    private static void provideStorage(Path file, FileChannel channel, long offset, long length)
            throws IOException {
        if (PlatformName.nativeCallsAllowed()) {
            try {
                LibC.allocate(file, offset, length);
                return;
            } catch (LibC.CallFailedException e) {
                var failure = new FileSystemException(
                        file.toString(),
                        null,
                        "no storage for %,d bytes at offset %,d: %s".formatted(length, offset,
                                e.getMessage()));
                failure.initCause(e);
                throw failure;
            }
        }
        ByteBuffer zeros = ByteBuffer.allocateDirect(CHUNK);
        for (long at = channel.size(); at < offset + length;) {
            zeros.clear().limit((int) Math.min(CHUNK, offset + length - at));
            at += channel.write(zeros, at);
        }
    }
}
