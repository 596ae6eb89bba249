package io.github.vdm4j.buffer;

import io.github.vdm4j.DurabilityDomain;
import io.github.vdm4j.machine.Elements;
import io.github.vdm4j.machine.FailureName;
import io.github.vdm4j.machine.MemoryMaps;
import io.github.vdm4j.machine.Message;
import io.github.vdm4j.memory.MappedFile;
import io.github.vdm4j.memory.MemoryRegion;
import io.github.vdm4j.operation.ForceCounters;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.lang.ref.Cleaner;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.Objects;

/**
 * A range of off-heap memory that stays open while operations use it. The memory has a {@linkplain
 * #domain durability domain}.
 *
 * <p>{@link #close} waits until the operations of all movers on the buffer are complete. It polls
 * operations that no thread polls. After that, every use of the buffer and of its segments throws
 * {@link IllegalStateException}.
 *
 * <p>Operations of a {@link io.github.vdm4j.Vdm} take the segments that {@link #segment()} and
 * {@link #slice} return. While an operation uses such a segment, or any slice of it, the buffer
 * cannot be freed.
 *
 * <p>Any thread may use and close a buffer. If the system property {@value #REPORT_LEAKS} is {@code
 * true}, the library reports a buffer that was dropped but not closed. Its memory is not freed,
 * because its segments may still be in use.
 *
 * <p>C counterpart: none. In C, memory is a pointer, and no check prevents a premature free.
 */
public final class OffHeapBuffer implements AutoCloseable {
    static final String REPORT_LEAKS = "vdm4j.buffer.reportLeaks";

    private final MemoryRegion memory;
    private final MemorySegment segment;

    private OffHeapBuffer(MemoryRegion memory) {
        this.memory = memory;
        segment = memory.whole();
    }

    /** Returns a buffer that owns the memory. A leak report contains the text {@code how}. */
    static OffHeapBuffer open(MemorySegment whole, DurabilityDomain domain, MappedFile file,
            boolean mapping, Runnable release, String how) {
        var memory = new MemoryRegion(whole, domain, file, mapping, release);
        var buffer = new OffHeapBuffer(memory);
        if (Boolean.getBoolean(REPORT_LEAKS)) {
            reportIfDropped(buffer, memory, Message.of("%s %,d bytes", how, whole.byteSize()));
        }
        return buffer;
    }

    private static void reportIfDropped(OffHeapBuffer buffer, MemoryRegion memory, String what) {
        var place = new Throwable("a buffer was dropped but not closed. The stack trace shows its "
                + "creation by " + what);
        DroppedBuffers.CLEANER.register(buffer, () -> {
            if (memory.isOpen()) {
                System.getLogger("io.github.vdm4j.buffer")
                        .log(System.Logger.Level.WARNING, "vdm4j: leak", place);
            }
        });
    }

    /** The holder of a thread, because few programs need the thread. */
    private static final class DroppedBuffers {
        static final Cleaner CLEANER = Cleaner.create();
    }

    /**
     * Allocates zeroed memory, aligned to 64 bytes, a cache line.
     *
     * @param size the size in bytes, 0 or more
     * @return a buffer of domain {@link DurabilityDomain#NONE}
     * @throws IllegalArgumentException if the size is below 0
     * @throws OutOfMemoryError if the system has too little memory
     */
    public static OffHeapBuffer allocate(long size) {
        return allocator().allocate(size);
    }

    /** {@return an allocator with the defaults: alignment 64, zeroed, ordinary pages} */
    public static BufferAllocator allocator() {
        return new BufferAllocator();
    }

    /**
     * Maps a part of a file for reading and writing. The file is created if it does not exist and
     * grows if it is shorter than the end of the part. The call allocates the storage of the part,
     * because a later access could fail for lack of space. The page docs/durability.md lists the
     * file systems that cannot allocate storage.
     *
     * <p>The call changes no byte that the file has. A call that fails never deletes or shortens
     * the file, because another user can have opened it in the meantime. The exception states the
     * size before and after the call.
     *
     * <p>On Linux, the call ends each {@link java.nio.channels.FileLock} of this process on the
     * file, because it opens and closes the file. To keep a lock, map the locked channel and
     * {@linkplain #wrap(MemorySegment) wrap} the segment.
     *
     * @param file a regular file of the default file system
     * @param offset the beginning of the part in bytes, 0 or more
     * @param length the length of the part in bytes, above 0
     * @param options options
     * @return a buffer. Its domain is {@link DurabilityDomain#CACHE_LINE} if the file is on
     *     persistent memory without a page cache (DAX). It is {@link DurabilityDomain#VOLATILE} for
     *     a file that is only in memory (tmpfs). For any other file, it is {@link
     *     DurabilityDomain#PAGE}
     * @throws IllegalArgumentException if offset or length is out of its range, or the path belongs
     *     to another file system
     * @throws java.nio.channels.ClosedByInterruptException if the thread is interrupted before or
     *     during the call
     * @throws IOException if the file is not a regular file, or cannot be opened, extended or
     *     mapped. The call also throws it if a write-back of the file has failed in this process,
     *     unless the options contain {@link MapOption#AFTER_FAILED_WRITE_BACK}
     */
    public static OffHeapBuffer map(Path file, long offset, long length, MapOption... options)
            throws IOException {
        return new FileMapping(Objects.requireNonNull(file, "file"), offset, length,
                Elements.nonNull(options, "options")).map(true);
    }

    /**
     * Maps a part of an existing file for reading. The file is opened read-only and does not
     * change. The call ends file locks, like {@link #map}.
     *
     * @param file a regular file of the default file system
     * @param offset the beginning of the part in bytes, 0 or more
     * @param length the length of the part in bytes, above 0. The file must contain the whole part
     * @param options options
     * @return a read-only buffer with the same domain as in {@link #map}
     * @throws IllegalArgumentException if offset or length is out of its range, the file is too
     *     short, or the path belongs to another file system
     * @throws IOException if the file is not a regular file, or cannot be opened or mapped. The
     *     call also throws it if a write-back of the file has failed in this process, unless the
     *     options contain {@link MapOption#AFTER_FAILED_WRITE_BACK}
     */
    public static OffHeapBuffer mapReadOnly(
            Path file, long offset, long length, MapOption... options) throws IOException {
        return new FileMapping(Objects.requireNonNull(file, "file"), offset, length,
                Elements.nonNull(options, "options")).map(false);
    }

    /**
     * Maps a part of a device DAX, such as {@code /dev/dax0.0}. Such a device is persistent memory
     * or CXL memory without a file system. The call needs native access, because the JDK cannot map
     * such a device. Durable operations on the buffer need libpmem or a {@code DmlDataMover},
     * because the JDK cannot write its cache lines back.
     *
     * @param device the device
     * @param offset the beginning of the part in bytes, a multiple of the device's alignment
     * @param size the size of the part in bytes, a multiple of the alignment above 0
     * @return a buffer of domain {@link DurabilityDomain#CACHE_LINE}
     * @throws IllegalArgumentException if offset or size is out of its range or not a multiple of
     *     the device's alignment, or the path belongs to another file system
     * @throws UnsupportedOperationException if native access is not enabled, or this is not Linux
     *     on x86-64
     * @throws IOException if the path is not a device DAX, or the system cannot open or map it
     */
    public static OffHeapBuffer mapDevice(Path device, long offset, long size)
            throws IOException {
        return new DeviceMapping(Objects.requireNonNull(device, "device"), offset, size,
                Path.of("/sys")).map();
    }

    /**
     * Returns a buffer over a caller's native segment. The call determines the domain from the
     * kernel's list of mappings. A shared mapping of a file is of domain {@link
     * DurabilityDomain#PAGE}, {@link DurabilityDomain#CACHE_LINE} or {@link
     * DurabilityDomain#VOLATILE}. A private mapping is of domain {@link DurabilityDomain#NONE},
     * because its changes never reach the file. If the kernel's list cannot be read, a mapped
     * segment is of domain {@link DurabilityDomain#PAGE}, and any other segment of domain {@link
     * DurabilityDomain#NONE}.
     *
     * <p>If the segment is a mapping of a file, operations on it are protected against a truncated
     * file, like operations on a mapped segment.
     *
     * <p>The caller still owns the memory. Closing the buffer waits for operations in flight and
     * frees nothing. Close the buffer before the arena of the segment. If several buffers cover the
     * same bytes, an operation keeps the oldest buffer open.
     *
     * @param segment a native segment
     * @return a buffer over the segment
     * @throws IllegalArgumentException if the segment is on the heap
     * @throws IllegalStateException if its arena is closed
     */
    public static OffHeapBuffer wrap(MemorySegment segment) {
        requireNative(segment);
        if (segment.byteSize() == 0) {
            return wrap(segment, DurabilityDomain.NONE);
        }
        MappedFile file = MappedFile.withFlags(segment);
        return open(segment, file.domain(segment), file, isMapping(segment),
                () -> {}, "wrapping");
    }

    /**
     * Returns a buffer over a caller's native segment with a domain that the caller chooses.
     *
     * @param segment a native segment
     * @param domain the durability domain of the segment
     * @return a buffer over the segment, see {@link #wrap(MemorySegment)}
     * @throws IllegalArgumentException if the segment is on the heap
     * @throws IllegalStateException if its arena is closed
     */
    public static OffHeapBuffer wrap(MemorySegment segment, DurabilityDomain domain) {
        requireNative(segment);
        Objects.requireNonNull(domain, "domain");
        return open(segment, domain, null, isMapping(segment), () -> {}, "wrapping");
    }

    private static boolean isMapping(MemorySegment segment) {
        return segment.isMapped() || MemoryMaps.hasFile(segment);
    }

    private static void requireNative(MemorySegment segment) {
        if (!Objects.requireNonNull(segment, "segment").isNative()) {
            throw new IllegalArgumentException(
                    Message.of(
                            "a heap segment of %,d bytes: only native memory can be wrapped. Pass"
                                    + " memory from an Arena",
                            segment.byteSize()));
        }
        if (!segment.scope().isAlive()) {
            throw new IllegalStateException(FailureName.SEGMENT_UNUSABLE.endOf(
                    "the arena of the segment is closed. Wrap the segment before you "
                            + "close its arena"));
        }
    }

    /**
     * {@return a segment of a part of the memory} The buffer stays open while an operation uses the
     * segment.
     *
     * @param offset the beginning of the part in bytes
     * @param length the length of the part in bytes
     * @throws IndexOutOfBoundsException if the part does not lie within this buffer
     * @throws IllegalStateException if the buffer is closed
     */
    public MemorySegment slice(long offset, long length) {
        memory.requireOpen();
        if (offset < 0 || length < 0 || offset > segment.byteSize() - length) {
            throw new IndexOutOfBoundsException(
                    Message.of("slice of %,d bytes at offset %,d does not lie within the %s",
                            length, offset, this));
        }
        return segment.asSlice(offset, length);
    }

    /**
     * {@return a segment of the whole memory}
     *
     * @throws IllegalStateException if the buffer is closed
     */
    public MemorySegment segment() {
        memory.requireOpen();
        return segment;
    }

    /**
     * {@return a direct byte buffer over the memory, in native byte order}
     *
     * @throws UnsupportedOperationException if the buffer is larger than 2^31 - 1 bytes
     * @throws IllegalStateException if the buffer is closed
     */
    public ByteBuffer byteBuffer() {
        memory.requireOpen();
        if (segment.byteSize() > Integer.MAX_VALUE) {
            throw new UnsupportedOperationException(
                    Message.of(
                            "a buffer of %,d bytes is too large for a ByteBuffer of 2,147,483,647"
                                    + " bytes.",
                            segment.byteSize())
                            + " Use segment() or slice(offset, length)");
        }
        return segment.asByteBuffer().order(java.nio.ByteOrder.nativeOrder());
    }

    /** {@return the size in bytes} */
    public long byteSize() {
        return segment.byteSize();
    }

    /** {@return the kind of write-back that makes the content durable} */
    public DurabilityDomain domain() {
        return memory.domain();
    }

    /** {@return whether the buffer was mapped read-only, or wraps a read-only segment} */
    public boolean isReadOnly() {
        return segment.isReadOnly();
    }

    /** {@return false from the beginning of {@link #close} on} */
    public boolean isOpen() {
        return memory.isOpen();
    }

    /** {@return the number of operations in flight on the buffer} */
    public int operationsInFlight() {
        return memory.pins();
    }

    /**
     * Closes the buffer if no operation is in flight on it.
     *
     * @return false if operations are in flight. The buffer then stays open. The result is also
     *     false while the JDK uses the memory, for example to read a file into {@link #byteBuffer}.
     *     The buffer then refuses new operations, and a later call frees the memory
     */
    public boolean tryClose() {
        return memory.tryClose();
    }

    /**
     * Closes the buffer. Refuses new operations, waits until the operations in flight are complete,
     * and frees the memory. A second call waits for the first call, or does nothing.
     *
     * @throws IllegalStateException if a callback on a thread of a mover calls this method while
     *     operations are in flight, because the thread may have to execute them. The buffer stays
     *     open
     */
    @Override
    public void close() {
        memory.close();
    }

    /**
     * {@return the counters of the forces of the mapped file in this process, or zeros without a
     * file} They include all buffers, mappings and movers. A file can have the inode number of a
     * deleted file. The counters may then include the forces of the deleted file.
     */
    public ForceCounters forceCounters() {
        return memory.domain() == DurabilityDomain.NONE
                ? new ForceCounters(0, 0, 0, 0, 0, 0)
                : memory.file().forceCounters();
    }

    @Override
    public String toString() {
        return Message.of("OffHeapBuffer of %,d bytes at 0x%x, %s%s", segment.byteSize(),
                segment.address(),
                memory.domain(),
                memory.isOpen() ? "" : ", closed");
    }
}
