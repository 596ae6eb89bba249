package io.github.vdm4j.buffer;

import io.github.vdm4j.DurabilityDomain;
import io.github.vdm4j.machine.FailureName;
import io.github.vdm4j.machine.LibC;
import io.github.vdm4j.machine.Message;
import io.github.vdm4j.machine.PlatformName;
import io.github.vdm4j.memory.MappedFile;
import java.io.File;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.channels.ClosedByInterruptException;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileChannel.MapMode;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileStore;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.spi.FileSystemProvider;
import java.util.List;
import jdk.nio.mapmode.ExtendedMapMode;

/** A mapping of a part of a file. On persistent memory it bypasses the page cache. */
record FileMapping(Path file, long offset, long length, List<MapOption> options) {
    static final String NOT_MAPPABLE =
            "If the file is in a file system of the kernel, such as /proc, it cannot be mapped";
    private static final long ABSENT = -1;

    OffHeapBuffer map(boolean write) throws IOException {
        if (offset < 0 || length <= 0 || offset > Long.MAX_VALUE - length) {
            throw new IllegalArgumentException(
                    this + ": the offset must be 0 or more and the length above 0");
        }
        requireSystemPath(file, this, "Only files of the operating system can be mapped. Copy the"
                + " file to such a path first.");
        return write ? growAndMap() : mapExisting();
    }

    /**
     * Requires a path of the default file system. A path of another file system can look like the
     * name of a file on disk.
     */
    static void requireSystemPath(Path file, Object mapping, String remedy) {
        FileSystemProvider provider = file.getFileSystem().provider();
        if (!provider.getScheme().equals("file")
                || provider.getClass().getModule() != Object.class.getModule()) {
            throw new IllegalArgumentException(
                    FailureName.MAPPING_FAILED.endOf(
                            "%s: the path belongs to the file system \"%s\". %s"
                                    .formatted(mapping, provider.getScheme(), remedy)));
        }
    }

    /** Requires a regular file before it is opened, because opening a FIFO can block forever. */
    private void requireRegular(BasicFileAttributes attributes) throws FileSystemException {
        if (attributes.isDirectory()) {
            throw failed("the path is a directory. Map a regular file.");
        }
        if (!attributes.isRegularFile()) {
            throw failed("the path is a FIFO, a socket or a device. Map a regular file, or map a"
                    + " device DAX with OffHeapBuffer.mapDevice.");
        }
    }

    /**
     * Requires whole pages on hugetlbfs. The JDK does not check this, and the system cannot map or
     * unmap a part of a page.
     */
    private void requireWholeHugePages(Path existing) throws IOException {
        FileStore store = hasDevice(existing) ? null : storeOf(existing);
        if (store != null && store.type().equals("hugetlbfs")
                && (offset % store.getBlockSize() != 0 || length % store.getBlockSize() != 0)) {
            throw failed(
                    Message.of("hugetlbfs maps only whole pages of %,d bytes. Pass an offset and a",
                            store.getBlockSize())
                            + " length that are multiples of the page size.");
        }
    }

    /**
     * Requires enough free space before the call changes the file. If some file systems run out of
     * space, they keep the storage that they have already allocated.
     */
    private void requireSpace(Path existing, long missing) throws IOException {
        File inStore = existing.toFile(); // A FileStore would read the list of all mounts.
        if (missing > 0 && inStore.getTotalSpace() > 0 && missing > inStore.getFreeSpace()) {
            throw failed(Message.of(
                    "the part needs at least %,d more bytes of storage, and the file system has"
                            + " %,d. Free space, or map a shorter part. The call changed nothing.",
                    missing, inStore.getFreeSpace()));
        }
    }

    /**
     * Returns whether the file system has a block device. If it has none, its major number is 0.
     */
    private static boolean hasDevice(Path existing) {
        try {
            return ((long) Files.getAttribute(existing, "unix:dev") >> 8 & 0xfff) != 0;
        } catch (IOException | UnsupportedOperationException e) {
            return false;
        }
    }

    /**
     * Returns the file store, or null if Java does not find the mount point. Java does not find it
     * in some containers. The search reads the list of all mounts.
     */
    private static FileStore storeOf(Path existing) {
        try {
            return Files.getFileStore(existing);
        } catch (IOException e) {
            return null;
        }
    }

    private OffHeapBuffer mapExisting() throws IOException {
        requireRegular(attributes(false));
        requireWholeHugePages(file);
        try (FileChannel channel =
                open(false, () -> FileChannel.open(file, StandardOpenOption.READ))) {
            if (channel.size() < offset + length) {
                throw new IllegalArgumentException(
                        FailureName.MAPPING_FAILED.endOf(
                                this + Message.of(
                                        ": the file has only %,d bytes. Map a shorter part, or use"
                                                + " OffHeapBuffer.map to extend the file",
                                        channel.size())));
            }
            int failures = failuresBefore(channel);
            return map(channel, ExtendedMapMode.READ_ONLY_SYNC, MapMode.READ_ONLY, failures);
        } catch (ClosedByInterruptException | FileSystemException e) {
            throw e;
        } catch (IOException e) {
            FileSystemException explained = failed(reasonOf(e) + ".");
            explained.initCause(e);
            throw explained;
        }
    }

    private static String reasonOf(IOException failure) {
        String reason =
                failure instanceof FileSystemException e ? e.getReason() : failure.getMessage();
        return switch (reason) {
            case null -> failure.getMessage();
            case "Map failed" -> reason + ". The address space is too small, or the process has"
                    + " more mappings than vm.max_map_count. Close buffers, or raise the limit";
            case "No such device" -> reason + ". " + NOT_MAPPABLE;
            case String ro when ro.endsWith("Read-only file system") -> reason
                    + ". Mount it for writing, or use OffHeapBuffer.mapReadOnly";
            case String busy when busy.endsWith("Text file busy") -> reason
                    + ". The file is a running program. End its processes, or map a copy";
            case String full when full.endsWith("No space left on device") -> reason
                    + ". Free space, or map a shorter part";
            case String quota when quota.endsWith("Disk quota exceeded") -> reason
                    + ". Raise the quota, delete files, or map a shorter part";
            case String large when large.endsWith("File too large") -> reason
                    + ". Map a part that ends earlier, or raise the limit of the process"
                    + " (RLIMIT_FSIZE, ulimit -f)";
            default -> reason;
        };
    }

    /** An access to the path by its name. */
    private interface Opening<T> {
        T open() throws IOException;
    }

    /** Opens the path. The exception has the same type as that of the JDK, and a remedy. */
    private <T> T open(boolean write, Opening<T> opening) throws IOException {
        try {
            return opening.open();
        } catch (FileSystemException e) {
            FileSystemException refused = switch (e) {
                case NoSuchFileException missing -> new NoSuchFileException(file.toString(), null,
                        why(write ? "the folder of the file does not exist. Create the folder."
                                : "the file does not exist. Map it with OffHeapBuffer.map to"
                                        + " create it."));
                case AccessDeniedException denied -> new AccessDeniedException(file.toString(),
                        null, why("permission denied. Permit this process to read "
                                + (write ? "and write the file, or use OffHeapBuffer.mapReadOnly."
                                        : "the file and to search its folders.")));
                default -> failed(reasonOf(e) + ".");
            };
            refused.initCause(e);
            throw refused;
        }
    }

    private BasicFileAttributes attributes(boolean write) throws IOException {
        return open(write, () -> Files.readAttributes(file, BasicFileAttributes.class));
    }

    private OffHeapBuffer growAndMap() throws IOException {
        if (Thread.currentThread().isInterrupted()) {
            throw new InterruptedMappingException(
                    FailureName.MAPPING_FAILED.endOf(this
                            + " failed: the thread is interrupted. The call changed nothing."));
        }
        long before = sizeBefore();
        try (FileStorage storage = open(true, () -> FileStorage.open(file))) {
            if (before != ABSENT) {
                requireSpace(storage.path(), length - storage.allocated());
            }
            try {
                // This precedes the growth. A refused file stays unchanged.
                int failures = failuresBefore(storage.channel());
                if (before <= 0) { // A call that does not end here leaves an empty file.
                    storage.syncFolder();
                }
                storage.provide(offset, length);
                if (storage.channel().size() < offset + length) {
                    throw new IOException("another user shortened the file during the call");
                }
                return map(storage.channel(), ExtendedMapMode.READ_WRITE_SYNC, MapMode.READ_WRITE,
                        failures);
            } catch (IOException e) {
                throw explained(e, left(before, storage));
            } catch (Throwable e) {
                e.addSuppressed(failed(left(before, storage)));
                throw e;
            }
        }
    }

    /**
     * Checks the path before the call opens it. Returns the size of its file, or {@link #ABSENT}.
     */
    private long sizeBefore() throws IOException {
        try {
            BasicFileAttributes attributes = attributes(true);
            requireRegular(attributes);
            requireWholeHugePages(file);
            return attributes.size();
        } catch (NoSuchFileException e) {
            if (!Files.isSymbolicLink(file)) {
                Path parent = file.toAbsolutePath().getParent();
                requireWholeHugePages(parent);
                requireSpace(parent, length);
            }
            return ABSENT;
        }
    }

    /**
     * Returns the number of failed write-backs in this process. The new mapping ignores these
     * failures. Throws if one of them concerns the file, unless the options accept it. The check
     * maps a byte, because only the list of mappings identifies a file on every file system.
     */
    private int failuresBefore(FileChannel channel) throws IOException {
        int failures = MappedFile.failures();
        boolean accepted = options.contains(MapOption.AFTER_FAILED_WRITE_BACK);
        if (failures > 0 && !accepted && channel.size() > 0) {
            try (Arena arena = Arena.ofConfined()) {
                if (MappedFile.of(channel.map(MapMode.READ_ONLY, 0, 1, arena)).hasFailed()) {
                    throw new FileSystemException(file.toString(), null,
                            FailureName.IO_ERROR.endOf(
                                    "a write-back of the file failed in this process, and which"
                                            + " of its bytes are lost is unknown. Verify the file"
                                            + " or restore it from a copy, then map it with"
                                            + " MapOption.AFTER_FAILED_WRITE_BACK"
                                            + " (docs/durability.md)"));
                }
            }
        }
        return failures;
    }

    /**
     * Returns a text about the file after a failed call. The call does not undo its changes,
     * because another user can have opened, mapped or extended the file.
     */
    private String left(long before, FileStorage storage) {
        String size;
        try {
            long now = Files.size(storage.path());
            if (before == ABSENT) {
                size = Message.of("The file did not exist before the call and now has %,d bytes.",
                        now);
            } else if (now == before) {
                size = Message.of("The file still has %,d bytes.", now);
            } else {
                size = Message.of("The file had %,d bytes before the call and now has %,d.", before,
                        now);
            }
        } catch (IOException e) {
            size = "The size of the file is unknown (" + e + ").";
        }
        return size
                + " Storage that the call added stays with the file. If no other process uses the"
                + " file, shorten or delete it to release the storage.";
    }

    private IOException explained(IOException failure, String left) {
        if (failure instanceof ClosedByInterruptException) {
            var interrupted = new InterruptedMappingException(
                    FailureName.MAPPING_FAILED
                            .endOf(this + " failed: the thread was interrupted. " + left));
            interrupted.initCause(failure);
            return interrupted;
        }
        FileSystemException explained = failed(reasonOf(failure) + ". " + left);
        explained.initCause(failure);
        return explained;
    }

    private FileSystemException failed(String why) {
        return new FileSystemException(file.toString(), null, why(why));
    }

    private String why(String why) {
        return FailureName.MAPPING_FAILED.endOf(
                Message.of("mapping %,d bytes at offset %,d failed: %s", length, offset, why));
    }

    private OffHeapBuffer map(
            FileChannel channel, MapMode synchronous, MapMode plain, int failures)
            throws IOException {
        Arena arena = Arena.ofShared();
        try {
            MemorySegment segment = mapSynchronously(channel, arena, synchronous);
            boolean lines = segment != null;
            if (!lines) {
                segment = channel.map(plain, offset, length, arena);
            }
            if (options.contains(MapOption.RANDOM_ACCESS) && PlatformName.nativeCallsAllowed()) {
                LibC.adviseRandomAccess(segment);
            }
            MappedFile mapped = MappedFile.opened(segment, failures);
            return OffHeapBuffer.open(
                    segment,
                    lines ? DurabilityDomain.CACHE_LINE : mapped.domain(segment),
                    mapped,
                    true,
                    arena::close,
                    "mapping " + file + ",");
        } catch (Throwable e) {
            arena.close();
            throw e;
        }
    }

    /**
     * Maps a file on persistent memory with MAP_SYNC. Returns null if the file is on other storage.
     * Only the attempt shows whether a file is on persistent memory.
     */
    private MemorySegment mapSynchronously(FileChannel channel, Arena arena, MapMode mode)
            throws IOException {
        try {
            MemorySegment segment = channel.map(mode, offset, length, arena);
            // The JDK (25) returns a writable segment for a read-only mapping. A write would crash
            // the JVM.
            return mode == ExtendedMapMode.READ_ONLY_SYNC ? segment.asReadOnly() : segment;
        } catch (ClosedChannelException e) {
            throw e;
        } catch (IOException | UnsupportedOperationException e) {
            return null;
        }
    }

    @Override
    public String toString() {
        return Message.of("mapping %,d bytes at offset %,d of %s", length, offset, file);
    }

    private static final class InterruptedMappingException extends ClosedByInterruptException {
        private static final long serialVersionUID = 1L;

        private final String message;

        InterruptedMappingException(String message) {
            this.message = message;
        }

        @Override
        public String getMessage() {
            return message;
        }
    }
}
