package io.github.vdm4j.buffer;

import io.github.vdm4j.DurabilityDomain;
import io.github.vdm4j.machine.FailureName;
import io.github.vdm4j.machine.LibC;
import io.github.vdm4j.machine.LibC.CallFailedException;
import io.github.vdm4j.machine.Message;
import io.github.vdm4j.machine.PlatformName;
import io.github.vdm4j.machine.SystemFiles;
import io.github.vdm4j.memory.MappedFile;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;

/**
 * A mapping of a part of a device DAX. Tests pass another {@code sys} than the mount point of
 * sysfs.
 */
record DeviceMapping(Path device, long offset, long size, Path sys) {
    private static final int KIND_OF_FILE = 0170000; // S_IFMT
    private static final int CHARACTER_DEVICE = 0020000; // S_IFCHR

    OffHeapBuffer map() throws IOException {
        if (offset < 0 || size <= 0 || offset > Long.MAX_VALUE - size) {
            throw new IllegalArgumentException(
                    this + ": the offset must be 0 or more and the size above 0");
        }
        FileMapping.requireSystemPath(device, this, "Pass a device such as /dev/dax0.0");
        if (!PlatformName.nativeCallsAllowed()) {
            throw new UnsupportedOperationException(FailureName.MAPPING_FAILED.endOf(this
                    + ": the JDK cannot map a device. Run on Linux x86-64 with the option"
                    + " --enable-native-access=io.github.vdm4j (docs/native-access.md)"));
        }
        requireFit(requireDax());
        try {
            int descriptor = LibC.openExisting(FileStorage.bytesOf(device));
            try {
                return buffer(LibC.mapShared(descriptor, offset, size));
            } finally {
                LibC.close(descriptor); // the mapping stays valid
            }
        } catch (CallFailedException e) {
            throw failed(e.getMessage() + ". Check the permissions of the device and its mode"
                    + " (ndctl list, daxctl list)");
        }
    }

    private OffHeapBuffer buffer(long address) {
        Arena arena = Arena.ofShared();
        try {
            MemorySegment segment = MemorySegment.ofAddress(address)
                    .reinterpret(size, arena, ignored -> LibC.unmap(address, size));
            return OffHeapBuffer.open(segment, DurabilityDomain.CACHE_LINE,
                    MappedFile.withFlags(segment), true, arena::close,
                    "mapping " + device + ",");
        } catch (Throwable e) {
            arena.close();
            throw e;
        }
    }

    /** Requires a device DAX. Returns its folder in sysfs. */
    private Path requireDax() throws IOException {
        Map<String, Object> attributes = Files.readAttributes(device, "unix:mode,rdev");
        if (((int) attributes.get("mode") & KIND_OF_FILE) != CHARACTER_DEVICE) {
            throw failed("the path is not a character device. Pass a device such as /dev/dax0.0, or"
                    + " map a file with OffHeapBuffer.map");
        }
        long number = (long) attributes.get("rdev"); // the format of gnu_dev_major(3)
        long major = number >>> 8 & 0xfff | number >>> 32 & ~0xfff;
        long minor = number & 0xff | number >>> 12 & ~0xff;
        Path folder = sys.resolve("dev/char/" + major + ":" + minor);
        Path subsystem = folder.resolve("subsystem");
        String kind = Files.exists(subsystem)
                ? subsystem.toRealPath().getFileName().toString()
                : "not in " + folder;
        if (!kind.equals("dax")) {
            throw failed("the device is not a device DAX: its subsystem is " + kind
                    + ". Pass a device such as /dev/dax0.0");
        }
        return folder;
    }

    /** Requires a part inside the device. If sysfs lacks the numbers, mmap checks the part. */
    private void requireFit(Path folder) {
        Long alignment = SystemFiles.number(folder.resolve("align"));
        if (alignment != null && alignment > 0
                && (offset % alignment != 0 || size % alignment != 0)) {
            throw new IllegalArgumentException(
                    FailureName.MAPPING_FAILED.endOf(
                            Message.of(
                                    "%s: the device's alignment is %,d bytes. Pass an offset and a"
                                            + " size that are multiples of it",
                                    this, alignment)));
        }
        Long capacity = SystemFiles.number(folder.resolve("size"));
        if (capacity != null && offset + size > capacity) {
            throw new IllegalArgumentException(
                    FailureName.MAPPING_FAILED.endOf(
                            Message.of(
                                    "%s: the device has only %,d bytes. Map a part inside the"
                                            + " device",
                                    this, capacity)));
        }
    }

    private FileSystemException failed(String why) {
        return new FileSystemException(device.toString(), null,
                FailureName.MAPPING_FAILED.endOf(this + " failed: " + why));
    }

    @Override
    public String toString() {
        return Message.of("mapping %,d bytes at offset %,d of the device %s", size, offset, device);
    }
}
