package io.github.vdm4j.machine;

import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/**
 * The mappings of this process, read from {@code /proc/self}. A read takes 100 µs or more, unless
 * the kernel has {@link MappingQuery}. Callers therefore read once for each mapping.
 */
public final class MemoryMaps {
    private static final Path MAPS = Path.of("/proc/self/maps");
    private static final Path SMAPS = Path.of("/proc/self/smaps");
    private static final Path MOUNTS = Path.of("/proc/self/mountinfo");
    private static final Path BLOCK_DEVICES = Path.of("/sys/dev/block");

    /** The names of memory that the kernel lists like a file: devices, System V segments. */
    private static final List<String> MEMORY_NAMES = List.of("/dev/", "/SYSV", "/anon_hugepage");

    private static final Set<String> FILE_SYSTEMS_IN_MEMORY = Set.of("tmpfs", "ramfs", "hugetlbfs");

    /** The kind of memory behind a range of addresses. */
    public enum Backing {
        /** A file on persistent memory, mapped with MAP_SYNC. */
        SYNCHRONOUS_FILE,
        /** A device DAX: persistent memory without a file system. */
        DAX_DEVICE,
        /** A shared mapping of a file behind the page cache. */
        PAGE_CACHE,
        /** A shared mapping of a file that is only in memory, for example in a tmpfs. */
        VOLATILE_FILE,
        /** A private mapping of a file. Bytes written there never reach the file. */
        PRIVATE_FILE,
        /** Memory without a file. */
        MEMORY,
        /** Memory of several kinds, or of a kind that the kernel does not report. */
        UNKNOWN
    }

    /**
     * A range of addresses with one backing.
     *
     * @param start the first address
     * @param end the address after the last address
     * @param backing the kind of memory behind the range
     * @param file the device and inode number of the file behind the range, in the kernel's
     *     notation. It is null if there is no file or more than one file
     * @param path the path of that file, with a character for each byte. It is empty if there is no
     *     file
     * @param range the addresses of the first part, in the kernel's notation
     */
    public record Mapping(
            long start, long end, Backing backing, String file, String path, String range) {
        /** Returns the path in Java's notation, or an empty text. */
        public String name() {
            return MemoryMaps.name(path);
        }
    }

    /** The place of an address in a mapped file. The name is in Java's notation. */
    record FilePosition(String name, long inode, long position) {}

    /** A line of the list. The fields range, device, inode and path are the kernel's words. */
    record Line(String range, long start, long end, boolean shared, long offset,
            String device, String inode, String path, boolean synchronous) {

        boolean isFile() {
            return path.startsWith("/") && !inode.equals("0");
        }

        Backing backing(List<String> mounts) {
            if (synchronous) {
                return Backing.SYNCHRONOUS_FILE;
            }
            if (path.startsWith("/dev/dax")) {
                return Backing.DAX_DEVICE;
            }
            if (!isFile()) {
                return Backing.MEMORY;
            }
            if (!shared) {
                return Backing.PRIVATE_FILE;
            }
            if (isInMemory(mounts)) {
                return Backing.VOLATILE_FILE;
            }
            return MEMORY_NAMES.stream().anyMatch(path::startsWith)
                    ? Backing.MEMORY
                    : Backing.PAGE_CACHE;
        }

        /**
         * Returns whether the file may be only in memory. A file system without a device has major
         * number 0.
         */
        boolean needsMounts() {
            return isFile() && device.startsWith("00:");
        }

        private boolean isInMemory(List<String> mounts) {
            if (path.startsWith("/memfd:")) {
                return true;
            }
            if (!needsMounts()) {
                return false;
            }
            String number = "0:" + Integer.parseInt(device.substring(3), 16);
            for (String mount : mounts) {
                String[] fields = mount.split(" ");
                int dash = List.of(fields).indexOf("-");
                if (fields.length > 2 && fields[2].equals(number) && dash > 0) {
                    return FILE_SYSTEMS_IN_MEMORY.contains(fields[dash + 1]);
                }
            }
            return false;
        }
    }

    private MemoryMaps() {}

    /**
     * Returns the mapping that contains a range. It reports a mapping with MAP_SYNC as page cache.
     *
     * @param length bytes, above 0
     * @return the mapping. If the range has several kinds of backing, the result has backing {@link
     *     Backing#UNKNOWN} and the length of the range. Without {@code /proc}, the result is
     *     unknown and covers all addresses
     */
    public static Mapping find(long address, long length) {
        return find(address, length, MAPS);
    }

    /**
     * Returns the mapping that contains a range, and recognises MAP_SYNC. It takes longer than
     * {@link #find} if the file can be on persistent memory, in proportion to the number of
     * resident pages of the process.
     */
    public static Mapping findWithFlags(long address, long length) {
        Mapping found = find(address, length);
        return switch (found.backing()) {
            case MEMORY, PRIVATE_FILE, VOLATILE_FILE -> found;
            default -> isOnOrdinaryStorage(found.file()) ? found : find(address, length, SMAPS);
        };
    }

    /** Returns whether the kernel reports that the device of a file is no persistent memory. */
    private static boolean isOnOrdinaryStorage(String file) {
        if (file == null) {
            return false;
        }
        int colon = file.indexOf(':');
        Path device = BLOCK_DEVICES.resolve(Integer.parseInt(file, 0, colon, 16) + ":"
                + Integer.parseInt(file, colon + 1, file.indexOf(' '), 16));
        Boolean dax = SystemFiles.flag(device.resolve("queue/dax"));
        // A partition has the queue of its disk.
        return Boolean.FALSE.equals(
                dax != null ? dax : SystemFiles.flag(device.resolve("../queue/dax")));
    }

    private static Mapping find(long address, long length, Path list) {
        try {
            List<Line> lines = lines(address, length, list);
            return find(address, length, lines,
                    lines.stream().anyMatch(Line::needsMounts) ? read(MOUNTS) : List.of());
        } catch (IOException e) {
            return new Mapping(0, Long.MAX_VALUE, Backing.UNKNOWN, null, "", "");
        }
    }

    /** Returns the first place in a range where a file is mapped, or null if no place is known. */
    static FilePosition firstFile(long address, long length) {
        try {
            for (Line line : lines(address, length, MAPS)) {
                if (line.start() < address + length && address < line.end()
                        && line.path().startsWith("/")) {
                    return new FilePosition(name(line.path()), Long.parseLong(line.inode()),
                            line.offset() + Math.max(address - line.start(), 0));
                }
            }
        } catch (IOException | RuntimeException e) {
            return null;
        }
        return null;
    }

    /**
     * Returns whether a file is mapped somewhere in a segment. Returns false if the list cannot be
     * read.
     */
    public static boolean hasFile(MemorySegment segment) {
        return firstFile(segment.address(), segment.byteSize()) != null;
    }

    private static String name(String path) {
        return new String(path.getBytes(StandardCharsets.ISO_8859_1), StandardCharsets.UTF_8);
    }

    /** Asks the kernel for the lines of a range, or reads the whole list. */
    private static List<Line> lines(long address, long length, Path list) throws IOException {
        List<Line> asked =
                list.equals(MAPS) && length > 0 ? MappingQuery.lines(address, length) : null;
        return asked != null ? asked : parse(read(list));
    }

    /** Reads each byte as one character, because the kernel's paths have no encoding. */
    private static List<String> read(Path list) throws IOException {
        return Files.readAllLines(list, StandardCharsets.ISO_8859_1);
    }

    private static Mapping unknown(long address, long length) {
        return new Mapping(address, address + length, Backing.UNKNOWN, null, "", "");
    }

    static Mapping find(long address, long length, List<Line> maps, List<String> mounts) {
        Mapping found = null;
        for (Line line : maps) {
            boolean next = found == null
                    ? line.start() <= address && address < line.end()
                    : line.start() == found.end();
            if (!next) {
                continue;
            }
            Mapping mapping = mapping(line, mounts);
            if (found == null) {
                found = mapping;
            } else if (mapping.backing() == found.backing()) {
                boolean sameFile = found.file() != null && found.file().equals(mapping.file());
                found = new Mapping(found.start(), mapping.end(), found.backing(),
                        sameFile ? found.file() : null, sameFile ? found.path() : "",
                        found.range());
            } else {
                return unknown(address, length);
            }
            if (found.end() >= address + length) {
                return found;
            }
        }
        return unknown(address, length);
    }

    private static Mapping mapping(Line line, List<String> mounts) {
        return new Mapping(line.start(), line.end(), line.backing(mounts),
                line.isFile() ? line.device() + " " + line.inode() : null, line.path(),
                line.range());
    }

    /** Parses maps or smaps. In smaps, further lines follow the first line of each mapping. */
    static List<Line> parse(List<String> maps) {
        var lines = new ArrayList<Line>();
        for (String text : maps) {
            if (Character.digit(text.charAt(0), 16) >= 0
                    && !Character.isUpperCase(text.charAt(0))) {
                String[] fields = text.split(" +", 6);
                int dash = fields[0].indexOf('-');
                lines.add(new Line(
                        fields[0],
                        Long.parseUnsignedLong(fields[0].substring(0, dash), 16),
                        Long.parseUnsignedLong(fields[0].substring(dash + 1), 16),
                        fields[1].endsWith("s"),
                        Long.parseUnsignedLong(fields[2], 16),
                        fields[3],
                        fields[4],
                        fields.length > 5 ? fields[5] : "",
                        false));
            } else if (text.startsWith("VmFlags:") && !lines.isEmpty()
                    && List.of(text.split(" +")).contains("sf")) {
                Line head = lines.removeLast();
                lines.add(new Line(head.range(), head.start(), head.end(), head.shared(),
                        head.offset(), head.device(), head.inode(), head.path(), true));
            }
        }
        return lines;
    }
}
