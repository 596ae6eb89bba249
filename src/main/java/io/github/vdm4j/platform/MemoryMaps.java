package io.github.vdm4j.platform;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** What Linux says about the mappings of this process. Slow: to be asked once for a mapping. */
public final class MemoryMaps {
    private static final Path SMAPS = Path.of("/proc/self/smaps");

    /**
     * What the kernel calls memory that looks like a file: devices, System V segments, huge pages.
     */
    private static final List<String> MEMORY_NAMES =
            List.of("/dev/", "/memfd:", "/SYSV", "/anon_hugepage");

    /** What a range of addresses is backed by. */
    public enum Backing {
        /**
         * A file on persistent memory, mapped with MAP_SYNC: cache lines are all there is between.
         */
        SYNCHRONOUS_FILE,
        /** A device DAX: persistent memory without a file system. */
        DAX_DEVICE,
        /** A file behind the page cache, mapped shared. */
        PAGE_CACHE,
        /** Memory that no file keeps: anonymous, private, or shared memory in a tmpfs. */
        MEMORY,
        /** It could not be found out, or the range is not one thing. */
        UNKNOWN
    }

    private record Mapping(long start, long end, boolean shared, String file, boolean synchronous) {
        Backing backing() {
            if (synchronous) {
                return Backing.SYNCHRONOUS_FILE;
            }
            if (file.startsWith("/dev/dax")) {
                return Backing.DAX_DEVICE;
            }
            boolean storage =
                    file.startsWith("/") && MEMORY_NAMES.stream().noneMatch(file::startsWith);
            return shared && storage ? Backing.PAGE_CACHE : Backing.MEMORY;
        }
    }

    private MemoryMaps() {}

    /**
     * Asks the kernel.
     *
     * @param address where a range begins
     * @param length bytes, above 0
     * @return what is behind all of the range
     */
    public static Backing of(long address, long length) {
        try {
            return of(address, length, Files.readAllLines(SMAPS));
        } catch (IOException e) {
            return Backing.UNKNOWN;
        }
    }

    static Backing of(long address, long length, List<String> smaps) {
        Backing found = null;
        long next = address;
        for (Mapping mapping : parse(smaps)) {
            if (mapping.start() <= next && next < mapping.end()) {
                if (found != null && found != mapping.backing()) {
                    return Backing.UNKNOWN;
                }
                found = mapping.backing();
                next = mapping.end();
                if (next >= address + length) {
                    return found;
                }
            }
        }
        return Backing.UNKNOWN;
    }

    private static List<Mapping> parse(List<String> smaps) {
        var mappings = new ArrayList<Mapping>();
        String[] head = null;
        for (String line : smaps) {
            if (Character.digit(line.charAt(0), 16) >= 0
                    && !Character.isUpperCase(line.charAt(0))) {
                head = line.split(" +", 6);
            } else if (line.startsWith("VmFlags:") && head != null) {
                int dash = head[0].indexOf('-');
                mappings.add(
                        new Mapping(
                                Long.parseUnsignedLong(head[0].substring(0, dash), 16),
                                Long.parseUnsignedLong(head[0].substring(dash + 1), 16),
                                head[1].endsWith("s"),
                                head.length > 5 ? head[5] : "",
                                List.of(line.split(" +")).contains("sf")));
            }
        }
        return mappings;
    }
}
