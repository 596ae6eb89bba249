package io.github.vdm4j.dax;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.channels.FileChannel;
import java.nio.channels.FileChannel.MapMode;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/** The folders of the guest, and mappings that the JDK makes without vdm4j. */
final class DaxFiles {
    /** A file system on persistent memory, mounted with DAX. */
    static final Path PMEM = Path.of("/mnt/pmem");

    /** A file system on a disk, behind the page cache. */
    static final Path DISK = Path.of("/mnt/disk");

    static final Path TMPFS = Path.of("/tmp");

    /** A device DAX. */
    static final Path DEVICE = Path.of("/dev/dax1.0");

    /** The alignment of the device. */
    static final long ALIGNMENT = 2L << 20;

    private DaxFiles() {}

    /** Maps a file without this library. The file is new or has the length. */
    static MemorySegment mapBare(Path file, MapMode mode, long length, Arena arena)
            throws IOException {
        try (FileChannel channel =
                FileChannel.open(
                        file, StandardOpenOption.CREATE, StandardOpenOption.READ,
                        StandardOpenOption.WRITE)) {
            return channel.map(mode, 0, length, arena);
        }
    }
}
