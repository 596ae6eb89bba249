package io.github.vdm4j.machine;

import io.github.vdm4j.machine.MemoryMaps.FilePosition;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.file.Files;
import java.nio.file.Path;

/** Thrown if a page of a mapped file is missing. The message names only observed causes. */
public final class PageUnavailableException extends RuntimeException {
    private static final long serialVersionUID = 1L;
    private static final long PAGE = 4096;
    /** A file system with fewer usable bytes counts as full. */
    private static final long FULL = 64 << 10;

    PageUnavailableException(MemorySegment segment, long offset) {
        super(Message.of("a page of a mapped file is not there, from byte %,d of a segment of %,d"
                + " on: %s", offset, segment.byteSize(), why(segment, offset)));
    }

    private static String why(MemorySegment segment, long offset) {
        String known = whyMissing(segment.address() + offset);
        return known != null ? known : "the system cannot provide it (EFAULT)";
    }

    /**
     * Creates the exception for a page that the JVM found missing. The JVM does not report which
     * page. The operands are the mapped segments that the operation accessed, and null for none.
     */
    public PageUnavailableException(InternalError cause, MemorySegment... operands) {
        super("a page of a mapped file is not there: " + why(cause, operands), cause);
    }

    /** Checks the last byte of each operand, because a file loses pages only at its end. */
    private static String why(InternalError cause, MemorySegment... operands) {
        for (MemorySegment operand : operands) {
            if (operand != null && operand.byteSize() > 0) {
                String known = whyMissing(operand.address() + operand.byteSize() - 1);
                if (known != null) {
                    return known;
                }
            }
        }
        return "the JVM reports \"" + cause.getMessage() + "\"";
    }

    /** Returns that the file is too short or the file system full, or null for another reason. */
    private static String whyMissing(long address) {
        FilePosition place = MemoryMaps.firstFile(address, 1);
        if (place == null) {
            return null;
        }
        long page = place.position() & -PAGE;
        try {
            Path file = Path.of(place.name());
            if (!Files.getAttribute(file, "unix:ino").equals(place.inode())) {
                return null; // the path leads to another file
            }
            return page >= Files.size(file)
                    ? Message.of("the file was truncated: %s has %,d bytes, and the page is at byte"
                            + " %,d", file, Files.size(file), page)
                    : whyFull(place.name(), file.toFile().getUsableSpace());
        } catch (IOException | RuntimeException e) {
            return null;
        }
    }

    /** A write needs storage in a sparse file, and in a page that a snapshot shares. */
    static String whyFull(String file, long usable) {
        return usable >= FULL ? null
                : Message.of("the file system of %s has %,d bytes left. The first write of a page"
                        + " needs storage if the file is sparse, or if it shares the page with a"
                        + " snapshot or another file. Free some space. OffHeapBuffer.map reserves"
                        + " the storage of a sparse file", file, usable);
    }
}
