package io.github.vdm4j.machine;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import io.github.vdm4j.machine.MemoryMaps.Mapping;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;
import java.nio.charset.StandardCharsets;

/** The time when a mapped file was created. It distinguishes files that reuse an inode number. */
public final class FileBirth {
    private static final int AT_FDCWD = -100;
    private static final int STATX_INO = 0x100;
    private static final int STATX_BTIME = 0x800;
    private static final int STATX_SIZE = 256;
    private static final int INODE = 32;
    private static final int BIRTH_SECONDS = 80;
    private static final int BIRTH_NANOS = 88;

    private FileBirth() {}

    /** Not in {@link LibC}, because that class links all of its functions (docs/adr/0019). */
    private static final class Calls {
        // int statx(int dirfd, const char *path, int flags, unsigned mask, struct statx *buffer)
        static final MethodHandle STATX = Linker.nativeLinker()
                .defaultLookup()
                .find("statx")
                .map(address -> Linker.nativeLinker()
                        .downcallHandle(address, FunctionDescriptor.of(JAVA_INT, JAVA_INT, ADDRESS,
                                JAVA_INT, JAVA_INT, ADDRESS)))
                .orElse(null);
    }

    /**
     * Returns a text that differs for each file of an inode number. It is null if the file system
     * does not report the time, or if native access is not enabled.
     */
    public static String of(Mapping mapping) {
        if (mapping.file() == null) {
            return null;
        }
        String inode = mapping.file().substring(mapping.file().indexOf(' ') + 1);
        if (!PlatformName.nativeCallsAllowed() || Calls.STATX == null) {
            return null;
        }
        // This path needs a capability. It also works for deleted files.
        String birth = ofKernel("/proc/self/map_files/" + mapping.range(), inode);
        return birth != null ? birth : ofKernel(mapping.path(), inode);
    }

    private static String ofKernel(String path, String inode) {
        try (Arena arena = Arena.ofConfined()) {
            byte[] bytes = path.getBytes(StandardCharsets.ISO_8859_1);
            MemorySegment name = arena.allocate(bytes.length + 1);
            MemorySegment.copy(bytes, 0, name, JAVA_BYTE, 0, bytes.length);
            MemorySegment buffer = arena.allocate(STATX_SIZE, 8);
            int failed = (int) Calls.STATX.invokeExact(AT_FDCWD, name, 0, STATX_INO | STATX_BTIME,
                    buffer);
            boolean known = failed == 0
                    && (buffer.get(JAVA_INT, 0) & STATX_BTIME) != 0
                    && inode.equals(Long.toUnsignedString(buffer.get(JAVA_LONG, INODE)));
            return known
                    ? buffer.get(JAVA_LONG, BIRTH_SECONDS) + "." + buffer.get(JAVA_INT, BIRTH_NANOS)
                    : null;
        } catch (Throwable e) {
            throw NativeCall.rethrow(e);
        }
    }
}
