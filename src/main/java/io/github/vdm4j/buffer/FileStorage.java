package io.github.vdm4j.buffer;

import io.github.vdm4j.machine.LibC;
import io.github.vdm4j.machine.LibC.CallFailedException;
import io.github.vdm4j.machine.PlatformName;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedByInterruptException;
import java.nio.channels.FileChannel;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;

/**
 * The storage of a file that will be mapped for writing. This class allocates storage. It changes
 * no byte of the file and never shortens the file.
 *
 * <p>If native calls are allowed, the file is opened once by its name. All further accesses use the
 * descriptor. Without native calls, Java also opens the file by its name to append zeros.
 */
final class FileStorage implements AutoCloseable {
    private static final Path DESCRIPTORS = Path.of("/proc/self/fd");
    private static final int CHUNK = 1 << 16;
    private static final int NONE = -1;

    private final Path path;
    private final int descriptor;
    private final FileChannel channel;

    private FileStorage(Path path, int descriptor, OpenOption... options) throws IOException {
        this.path = path;
        this.descriptor = descriptor;
        channel = FileChannel.open(path, options);
    }

    /** Opens a regular file, or creates it. */
    static FileStorage open(Path file) throws IOException {
        if (!PlatformName.nativeCallsAllowed() || !Files.isDirectory(DESCRIPTORS)) {
            return byName(file);
        }
        int descriptor;
        try {
            descriptor = LibC.open(bytesOf(file));
        } catch (CallFailedException e) {
            FileSystemException failure =
                    e.isMissingFile() ? new NoSuchFileException(file.toString())
                            : e.isDenied() ? new AccessDeniedException(file.toString())
                                    : new FileSystemException(file.toString(), null,
                                            e.getMessage());
            failure.initCause(e);
            throw failure;
        }
        try {
            return new FileStorage(DESCRIPTORS.resolve(Integer.toString(descriptor)), descriptor,
                    StandardOpenOption.READ, StandardOpenOption.WRITE);
        } catch (Throwable e) {
            LibC.close(descriptor);
            throw e;
        }
    }

    static FileStorage byName(Path file) throws IOException {
        return new FileStorage(file, NONE, StandardOpenOption.CREATE, StandardOpenOption.READ,
                StandardOpenOption.WRITE);
    }

    /**
     * Returns the bytes of a name. The characters of the name do not determine its bytes, for
     * example in the POSIX locale.
     */
    static byte[] bytesOf(Path file) {
        String encoded = file.toUri().getRawPath();
        byte[] bytes = new byte[encoded.length()];
        int length = 0;
        for (int at = 0; at < encoded.length(); at++) {
            if (encoded.charAt(at) == '%') {
                bytes[length++] = (byte) Integer.parseInt(encoded, at + 1, at + 3, 16);
                at += 2;
            } else {
                bytes[length++] = (byte) encoded.charAt(at);
            }
        }
        return Arrays.copyOf(bytes, length);
    }

    /**
     * Returns a path to the open file that stays valid after another user renames or deletes the
     * file.
     */
    Path path() {
        return path;
    }

    /** Returns a channel of the open file, for reading and mapping. */
    FileChannel channel() {
        return channel;
    }

    /** Makes the name of a file that may be new durable. Only Linux supports this. */
    void syncFolder() throws IOException {
        if (!PlatformName.isLinux()) {
            return;
        }
        requireMappable();
        Path folder = path.toRealPath().getParent();
        try (FileChannel channel = FileChannel.open(folder, StandardOpenOption.READ)) {
            channel.force(true);
        } catch (ClosedByInterruptException e) {
            throw e;
        } catch (IOException e) {
            throw new IOException("the name of the new file could not be made durable, because the"
                    + " folder %s cannot be synchronised: %s".formatted(folder, e), e);
        }
    }

    /** Returns the bytes that the file occupies, or the largest number if that is unknown. */
    long allocated() {
        try {
            return descriptor == NONE ? Long.MAX_VALUE : LibC.storageOf(descriptor);
        } catch (CallFailedException e) {
            return Long.MAX_VALUE;
        }
    }

    /**
     * Allocates the storage of a part, and extends the file to the end of the part. Without
     * storage, an access to the part can fault when the disk is full (H28).
     */
    void provide(long offset, long length) throws IOException {
        try {
            if (descriptor != NONE && allocate(offset, length)) {
                return;
            }
        } catch (CallFailedException e) {
            throw new IOException("no storage: " + e.getMessage(), e);
        }
        if (channel.size() < offset + length) {
            requireMappable();
            appendZeros(offset + length);
        }
    }

    /** Requires a file that can be mapped, because a write to a file of the kernel has effects. */
    private void requireMappable() throws IOException {
        if (descriptor == NONE) {
            return;
        }
        try {
            LibC.unmap(LibC.mapShared(descriptor, 0, 1), 1);
        } catch (CallFailedException e) {
            throw new IOException(e.getMessage() + ". " + FileMapping.NOT_MAPPABLE, e);
        }
    }

    /** Allocates storage. Returns false if the file system does not support this. */
    private boolean allocate(long offset, long length) throws CallFailedException {
        try {
            // The file grows only after all of its storage is allocated.
            LibC.fallocate(descriptor, offset, length, true);
        } catch (CallFailedException e) {
            if (!e.isUnsupported()) {
                throw e;
            }
        }
        try {
            LibC.fallocate(descriptor, offset, length, false);
            return true;
        } catch (CallFailedException e) {
            if (e.isUnsupported()) {
                return false;
            }
            throw e;
        }
    }

    /**
     * Appends zeros up to an offset. An append cannot overwrite bytes that another user writes at
     * the same time.
     */
    private void appendZeros(long end) throws IOException {
        try (FileChannel appending = FileChannel.open(path, StandardOpenOption.APPEND)) {
            ByteBuffer zeros = ByteBuffer.allocateDirect(CHUNK);
            for (long size = appending.size(); size < end; size = appending.size()) {
                appending.write(zeros.clear().limit((int) Math.min(CHUNK, end - size)));
                if (appending.size() <= size) {
                    throw new IOException("the file does not grow. " + FileMapping.NOT_MAPPABLE);
                }
            }
        }
    }

    @Override
    public void close() throws IOException {
        try {
            channel.close();
        } finally {
            if (descriptor != NONE) {
                LibC.close(descriptor);
            }
        }
    }
}
