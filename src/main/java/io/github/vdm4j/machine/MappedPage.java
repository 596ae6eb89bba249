package io.github.vdm4j.machine;

import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * The place of an address in a mapped file, read from {@code /proc/self/maps}. A read takes 100 µs
 * or more.
 *
 * @param file the file's path in the kernel's notation
 * @param inode the file's inode number
 * @param position the place of the address in the file, in bytes
 */
public record MappedPage(String file, long inode, long position) {
    private static final Path MAPS = Path.of("/proc/self/maps");
    private static final int FIELDS = 6;
    private static final long PAGE = 4096;
    /** A file system with fewer usable bytes counts as full. */
    private static final long FULL = 64 << 10;
    private static final long UNKNOWN = -1;

    /**
     * Returns the first place in a range where a file is mapped. Returns null if the range has no
     * such place, or if the list cannot be read.
     */
    private static MappedPage firstIn(long address, long length) {
        try (var maps = Files.newBufferedReader(MAPS)) {
            for (String line = maps.readLine(); line != null; line = maps.readLine()) {
                int dash = line.indexOf('-');
                long start = Long.parseUnsignedLong(line, 0, dash, 16);
                long end = Long.parseUnsignedLong(line, dash + 1, line.indexOf(' '), 16);
                if (start >= address + length) {
                    return null; // the list is sorted by address
                }
                if (address < end && line.indexOf('/') >= 0) {
                    String[] fields = line.split(" +", FIELDS);
                    return new MappedPage(fields[5], Long.parseLong(fields[4]),
                            Long.parseUnsignedLong(fields[2], 16) + Math.max(address - start, 0));
                }
            }
        } catch (IOException | RuntimeException e) {
            return null;
        }
        return null;
    }

    /**
     * Returns whether a file is mapped somewhere in a segment. Returns false if the kernel's list
     * cannot be read.
     */
    public static boolean isIn(MemorySegment segment) {
        return firstIn(segment.address(), segment.byteSize()) != null;
    }

    /** Returns the size of the file, or -1 if the path leads to another file. */
    private long size() {
        try {
            Path path = Path.of(file);
            return Files.getAttribute(path, "unix:ino").equals(inode) ? Files.size(path) : UNKNOWN;
        } catch (IOException | RuntimeException e) {
            return UNKNOWN;
        }
    }

    /**
     * Returns the reason why a page is missing. It is a file that is too short, or a full file
     * system. The result is null for every other reason.
     */
    static String whyMissing(long address) {
        MappedPage page = firstIn(address, 1);
        long size = page == null ? UNKNOWN : page.size();
        if (size == UNKNOWN) {
            return null;
        }
        return (page.position & -PAGE) >= size
                ? "the file was truncated: %s has %,d bytes, and the page is at byte %,d"
                        .formatted(page.file, size, page.position & -PAGE)
                : whyFull(page.file, usable(page.file));
    }

    private static long usable(String file) {
        try {
            return Files.getFileStore(Path.of(file)).getUsableSpace();
        } catch (IOException | RuntimeException e) {
            return Long.MAX_VALUE;
        }
    }

    /** A sparse file gets the storage of a page at the first access that writes it. */
    static String whyFull(String file, long usable) {
        return usable >= FULL ? null
                : ("the file system of %s has %,d bytes left, and a page of a sparse file gets its"
                        + " storage at the first write. Free some space, and map such a file with"
                        + " OffHeapBuffer.map, which reserves its storage").formatted(file, usable);
    }
}
