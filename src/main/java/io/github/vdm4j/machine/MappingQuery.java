package io.github.vdm4j.machine;

import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import io.github.vdm4j.machine.MemoryMaps.Line;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/**
 * A query of single lines of {@code /proc/self/maps}. Linux has it since version 6.11. The kernel
 * needs milliseconds for the whole list of a process with thousands of mappings.
 */
final class MappingQuery {
    private static final String MAPS = "/proc/self/maps";
    private static final long PROCMAP_QUERY = 0xC068_6611L;
    // struct procmap_query of linux/fs.h
    private static final int QUERY_SIZE = 104;
    private static final int QUERY_ADDRESS = 16;
    private static final int START = 24;
    private static final int END = 32;
    private static final int FLAGS = 40;
    private static final int OFFSET = 56;
    private static final int INODE = 64;
    private static final int MAJOR = 72;
    private static final int MINOR = 76;
    private static final int NAME_SIZE = 80;
    private static final int NAME_ADDRESS = 88;
    private static final int NAME_CAPACITY = 4096; // PATH_MAX
    private static final long SHARED = 8;

    private MappingQuery() {}

    /**
     * Returns the lines of the mappings that contain a range.
     *
     * @param length bytes, above 0
     * @return the lines, or null if only the list can answer
     */
    static List<Line> lines(long address, long length) {
        if (!PlatformName.nativeCallsAllowed()) {
            return null;
        }
        try (Arena arena = Arena.ofConfined()) {
            int maps = LibC.openForReading(MAPS);
            try {
                MemorySegment query = arena.allocate(QUERY_SIZE, Long.BYTES);
                MemorySegment name = arena.allocate(NAME_CAPACITY);
                List<Line> lines = new ArrayList<>();
                for (long at = address; at < address + length; at = query.get(JAVA_LONG, END)) {
                    query.fill((byte) 0);
                    query.set(JAVA_LONG, 0, QUERY_SIZE);
                    query.set(JAVA_LONG, QUERY_ADDRESS, at);
                    query.set(JAVA_INT, NAME_SIZE, NAME_CAPACITY);
                    query.set(JAVA_LONG, NAME_ADDRESS, name.address());
                    LibC.ioctl(maps, PROCMAP_QUERY, query);
                    lines.add(line(query, name));
                }
                return lines;
            } finally {
                LibC.close(maps);
            }
        } catch (LibC.CallFailedException e) {
            return null;
        }
    }

    private static Line line(MemorySegment query, MemorySegment name) {
        long start = query.get(JAVA_LONG, START);
        long end = query.get(JAVA_LONG, END);
        return new Line(
                "%08x-%08x".formatted(start, end),
                start,
                end,
                (query.get(JAVA_LONG, FLAGS) & SHARED) != 0,
                query.get(JAVA_LONG, OFFSET),
                "%02x:%02x".formatted(query.get(JAVA_INT, MAJOR), query.get(JAVA_INT, MINOR)),
                Long.toUnsignedString(query.get(JAVA_LONG, INODE)),
                query.get(JAVA_INT, NAME_SIZE) == 0 ? ""
                        : name.getString(0, StandardCharsets.ISO_8859_1),
                false);
    }
}
