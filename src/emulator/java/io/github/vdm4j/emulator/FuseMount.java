package io.github.vdm4j.emulator;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.file.Files;
import java.nio.file.Path;

/** A folder that this process serves through /dev/fuse. */
final class FuseMount implements AutoCloseable {
    private static final String DEVICE = "/dev/fuse";
    private static final int ENOENT = 2;
    private static final int EAGAIN = 11;
    private static final int ENODEV = 19;

    private final Path folder;
    private final int descriptor;
    private volatile boolean aborted;

    FuseMount(Path folder) throws IOException {
        this.folder = folder.toRealPath();
        descriptor = SystemCalls.open(DEVICE, SystemCalls.O_RDWR_CLOEXEC);
        if (descriptor < 0) {
            throw SystemCalls.failure("open of " + DEVICE, descriptor);
        }
        String options = "fd=%d,rootmode=40000,user_id=%s,group_id=%s,allow_other"
                .formatted(descriptor, Files.getAttribute(Path.of("/proc/self"), "unix:uid"),
                        Files.getAttribute(Path.of("/proc/self"), "unix:gid"));
        int result = SystemCalls.mount("dsa-emulator", this.folder.toString(), "fuse.dsa",
                SystemCalls.MS_NOSUID_NODEV, options);
        if (result < 0) {
            SystemCalls.close(descriptor);
            throw SystemCalls.failure("mount of FUSE at " + this.folder, result);
        }
    }

    /** Reads a request. Returns its length in bytes, or 0 if the folder is unmounted. */
    long receive(MemorySegment buffer) throws IOException {
        while (true) {
            long length = SystemCalls.read(descriptor, buffer);
            if (length > 0) {
                return length;
            }
            if (aborted || length == -ENODEV || length == 0) {
                return 0;
            }
            // The kernel can interrupt a request before this process has read it.
            if (length != -SystemCalls.EINTR && length != -ENOENT && length != -EAGAIN) {
                throw SystemCalls.failure("read of " + DEVICE, length);
            }
        }
    }

    /** Sends a reply. The kernel has forgotten interrupted requests. */
    void send(byte[] reply) {
        try (Arena arena = Arena.ofConfined()) {
            SystemCalls.write(descriptor, arena.allocateFrom(JAVA_BYTE, reply));
        }
    }

    /**
     * Ends the connection like the death of this process. The mount stays, and its files fail. If a
     * thread waits for a request, the connection ends after the next request.
     */
    synchronized void abort() {
        if (!aborted) {
            aborted = true;
            SystemCalls.close(descriptor);
        }
    }

    @Override
    public void close() {
        SystemCalls.unmount(folder.toString());
        abort();
    }
}
