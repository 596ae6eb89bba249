package io.github.vdm4j.machine;

import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import io.github.vdm4j.machine.MemoryMaps.Mapping;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.charset.StandardCharsets;

/** The time when a mapped file was created. It distinguishes files that reuse an inode number. */
public final class FileBirth {
    private static final int AT_FDCWD = -100;
    private static final int STATX_INO = 0x100;
    private static final int STATX_BTIME = 0x800;
    private static final int INODE = 32;
    private static final int BIRTH_SECONDS = 80;
    private static final int BIRTH_NANOS = 88;

    private FileBirth() {}

    /**
     * Returns a text that differs for each file of an inode number. It is null if the file system
     * does not report the time, or if native access is not enabled.
     */
    public static String of(Mapping mapping) {
        if (mapping.file() == null) {
            return null;
        }
        String inode = mapping.file().substring(mapping.file().indexOf(' ') + 1);
        if (!PlatformName.nativeCallsAllowed()) {
            return null;
        }
        // This path needs a capability. It also works for deleted files.
        String birth = ofKernel("/proc/self/map_files/" + mapping.range(), inode);
        return birth != null ? birth : ofKernel(mapping.path(), inode);
    }

    private static String ofKernel(String path, String inode) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment status = LibC.statx(arena, AT_FDCWD,
                    path.getBytes(StandardCharsets.ISO_8859_1), 0, STATX_INO | STATX_BTIME);
            boolean known = (status.get(JAVA_INT, 0) & STATX_BTIME) != 0
                    && inode.equals(Long.toUnsignedString(status.get(JAVA_LONG, INODE)));
            return known
                    ? status.get(JAVA_LONG, BIRTH_SECONDS) + "." + status.get(JAVA_INT, BIRTH_NANOS)
                    : null;
        } catch (LibC.CallFailedException e) {
            return null;
        }
    }
}
