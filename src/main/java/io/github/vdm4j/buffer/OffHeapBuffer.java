package io.github.vdm4j.buffer;

import io.github.vdm4j.DurabilityDomain;
import io.github.vdm4j.ForceCounters;
import io.github.vdm4j.machine.MappedPage;
import io.github.vdm4j.memory.MappedFile;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.Objects;

/**
 * A range of off-heap memory that stays alive during operations and knows how its content becomes
 * durable.
 *
 * <p>{@link #close} waits until the operations in flight on the buffer are complete, in every
 * mover. It finishes those that no thread polls. After that, every use of the buffer and of its
 * segments throws {@link IllegalStateException}.
 *
 * <p>Operations of a {@link io.github.vdm4j.Vdm} take the segments that {@link #segment()} and
 * {@link #slice} return. While an operation uses such a segment, or any slice of it, the buffer
 * cannot be freed.
 *
 * <p>Any thread may use and close a buffer. The memory of a buffer that is dropped without being
 * closed is not freed, because it can still be in use. If the system property {@value
 * BufferMemory#LEAK_PROPERTY} is {@code true}, such a buffer is reported once.
 *
 * <p>C counterpart: none. In C, memory is a pointer, and the program has to keep it alive.
 */
public final class OffHeapBuffer implements AutoCloseable {
    private final BufferHandle handle;
    private final BufferMemory memory;
    private final MemorySegment segment;

    OffHeapBuffer(BufferHandle handle, MemorySegment segment) {
        this.handle = handle;
        this.memory = handle.memory();
        this.segment = segment;
    }

    /**
     * Allocates zeroed memory, aligned to 64 bytes, a cache line.
     *
     * @param size bytes, 0 or more
     * @return a buffer of domain {@link DurabilityDomain#NONE}
     * @throws IllegalArgumentException if the size is below 0
     * @throws OutOfMemoryError if there is no such memory
     */
    public static OffHeapBuffer allocate(long size) {
        return allocator().allocate(size);
    }

    /**
     * Returns an allocator for memory with other properties.
     *
     * @return an allocator with the defaults: alignment 64, zeroed, ordinary pages
     */
    public static BufferAllocator allocator() {
        return new BufferAllocator();
    }

    /**
     * Maps a part of a file for reading and writing. The file is created if it does not exist and
     * grows if it is shorter than the end of the part. The part gets its storage, so a later access
     * does not fail for lack of space. docs/durability.md lists the file systems that cannot give
     * it.
     *
     * <p>The call changes no byte that the file has. A call that fails never deletes or shortens
     * the file, because another user can have opened it in the meantime. The exception states the
     * size before the call and the size that the call left.
     *
     * @param file a regular file of the default file system
     * @param offset where the part begins, in bytes, 0 or more
     * @param length how long it is, in bytes, above 0
     * @param options options
     * @return a buffer of domain {@link DurabilityDomain#CACHE_LINE} if the file lies on persistent
     *     memory that is mapped without a page cache (DAX), of {@link DurabilityDomain#VOLATILE} if
     *     it lies in memory only (tmpfs), else of {@link DurabilityDomain#PAGE}
     * @throws IllegalArgumentException if offset or length is out of its range, or the path belongs
     *     to another file system
     * @throws java.nio.channels.ClosedByInterruptException if the thread is interrupted before or
     *     during the call
     * @throws IOException if the file cannot be opened, grown or mapped, the path is a directory, a
     *     FIFO, a socket or a device, or a write-back of the file has failed in this process and
     *     the options do not contain {@link MapOption#AFTER_FAILED_WRITE_BACK}
     */
    public static OffHeapBuffer map(Path file, long offset, long length, MapOption... options)
            throws IOException {
        return FileMapping.map(Objects.requireNonNull(file, "file"), offset, length, true,
                Objects.requireNonNull(options, "options"));
    }

    /**
     * Maps a part of an existing file for reading. The file is opened read-only and does not
     * change.
     *
     * @param file a regular file of the default file system
     * @param offset where the part begins, in bytes, 0 or more
     * @param length how long it is, in bytes, above 0; the file must be at least that long
     * @param options options
     * @return a read-only buffer, whose domain is as in {@link #map}
     * @throws IllegalArgumentException if offset or length is out of its range, the file is too
     *     short, or the path belongs to another file system
     * @throws IOException if the file cannot be opened or mapped, the path is a directory, a FIFO,
     *     a socket or a device, or a write-back of the file has failed in this process and the
     *     options do not contain {@link MapOption#AFTER_FAILED_WRITE_BACK}
     */
    public static OffHeapBuffer mapReadOnly(
            Path file, long offset, long length, MapOption... options) throws IOException {
        return FileMapping.map(Objects.requireNonNull(file, "file"), offset, length, false,
                Objects.requireNonNull(options, "options"));
    }

    /**
     * Maps a part of a device DAX, such as {@code /dev/dax0.0}: persistent memory or CXL memory
     * without a file system. Needs native access, because the JDK cannot map such a device.
     *
     * @param device the device
     * @param offset where the part begins, in bytes: a multiple of the device's alignment
     * @param size how long it is, in bytes: such a multiple, above 0
     * @return a buffer of domain {@link DurabilityDomain#CACHE_LINE}
     * @throws IllegalArgumentException if offset or size is out of its range or no multiple of the
     *     device's alignment
     * @throws UnsupportedOperationException if native access is not enabled, or this is not Linux
     *     on x86-64
     * @throws IOException if the path is no device DAX, or the system does not open or map it
     */
    public static OffHeapBuffer mapDevice(Path device, long offset, long size)
            throws IOException {
        return new DeviceMapping(Objects.requireNonNull(device, "device"), offset, size,
                Path.of("/sys")).map();
    }

    /**
     * Makes a buffer of a caller's native segment, and determines its domain once from {@code
     * /proc/self/smaps}. A shared mapping of a file is of domain {@link DurabilityDomain#PAGE},
     * {@link DurabilityDomain#CACHE_LINE} or {@link DurabilityDomain#VOLATILE}. A private mapping,
     * whose changes never reach the file, is of domain {@link DurabilityDomain#NONE}. If the list
     * cannot be read, a mapped segment is of domain {@link DurabilityDomain#PAGE} and any other
     * segment of {@link DurabilityDomain#NONE}.
     *
     * <p>If a file is mapped there, operations on the range are guarded against a truncated file,
     * like those on a mapped segment.
     *
     * <p>The caller keeps the ownership of the memory. Closing the buffer waits for operations in
     * flight and frees nothing. Close the arena after the buffer. Of several buffers over the same
     * bytes, an operation holds the one that was made first.
     *
     * @param segment a native segment
     * @return a buffer over it
     * @throws IllegalArgumentException if it is on the heap
     * @throws IllegalStateException if its arena is closed
     */
    public static OffHeapBuffer wrap(MemorySegment segment) {
        requireNative(segment);
        if (segment.byteSize() == 0) {
            return wrap(segment, DurabilityDomain.NONE);
        }
        MappedFile file = MappedFile.withFlags(segment);
        return BufferHandle.open(segment, file.domain(segment), file, isMapping(segment),
                () -> {}, "wrapping");
    }

    /**
     * Makes a buffer of a caller's native segment, with a domain that the caller knows.
     *
     * @param segment a native segment
     * @param domain how it becomes durable
     * @return a buffer over it, see {@link #wrap(MemorySegment)}
     * @throws IllegalArgumentException if it is on the heap
     * @throws IllegalStateException if its arena is closed
     */
    public static OffHeapBuffer wrap(MemorySegment segment, DurabilityDomain domain) {
        requireNative(segment);
        Objects.requireNonNull(domain, "domain");
        return BufferHandle.open(segment, domain, null, isMapping(segment), () -> {}, "wrapping");
    }

    private static boolean isMapping(MemorySegment segment) {
        return segment.isMapped() || MappedPage.isIn(segment);
    }

    private static void requireNative(MemorySegment segment) {
        if (!Objects.requireNonNull(segment, "segment").isNative()) {
            throw new IllegalArgumentException(
                    "a heap segment of %,d bytes: only native memory can be wrapped"
                            .formatted(segment.byteSize()));
        }
        if (!segment.scope().isAlive()) {
            throw new IllegalStateException("the arena of the segment is closed");
        }
    }

    /**
     * Returns a part of the memory as a segment. While an operation uses it, the buffer cannot be
     * freed.
     *
     * @param offset where the part begins, in bytes
     * @param length how long it is, in bytes
     * @return a segment of that part
     * @throws IndexOutOfBoundsException if the part does not lie within this buffer
     * @throws IllegalStateException if the buffer is closed
     */
    public MemorySegment slice(long offset, long length) {
        memory.requireOpen();
        if (offset < 0 || length < 0 || offset > segment.byteSize() - length) {
            throw new IndexOutOfBoundsException(
                    "slice of %,d bytes at offset %,d does not lie within the %s"
                            .formatted(length, offset, this));
        }
        return segment.asSlice(offset, length);
    }

    /**
     * Returns the memory as a segment.
     *
     * @return a segment of the buffer's size
     * @throws IllegalStateException if the buffer is closed
     */
    public MemorySegment segment() {
        memory.requireOpen();
        return segment;
    }

    /**
     * Returns the memory as a byte buffer, in native byte order.
     *
     * @return a direct buffer of the buffer's size, from position 0
     * @throws UnsupportedOperationException if the buffer is larger than 2^31 - 1 bytes
     * @throws IllegalStateException if the buffer is closed
     */
    public ByteBuffer byteBuffer() {
        memory.requireOpen();
        if (segment.byteSize() > Integer.MAX_VALUE) {
            throw new UnsupportedOperationException(
                    "a buffer of %,d bytes as a ByteBuffer, which holds 2,147,483,647 at most."
                            .formatted(segment.byteSize())
                            + " Use segment() or slice(offset, size)");
        }
        return segment.asByteBuffer().order(java.nio.ByteOrder.nativeOrder());
    }

    /**
     * The size.
     *
     * @return bytes
     */
    public long byteSize() {
        return segment.byteSize();
    }

    /**
     * What makes the content durable.
     *
     * @return the domain
     */
    public DurabilityDomain domain() {
        return memory.domain();
    }

    /**
     * Tells whether the buffer can only be read.
     *
     * @return true if it was mapped read-only, or wraps a read-only segment
     */
    public boolean isReadOnly() {
        return segment.isReadOnly();
    }

    /**
     * Tells whether the buffer can be used.
     *
     * @return false from the beginning of {@link #close} on
     */
    public boolean isOpen() {
        return memory.isOpen();
    }

    /**
     * How many operations are in flight on the buffer, or on another of its family.
     *
     * @return a number that may be outdated at once
     */
    public int operationsInFlight() {
        return memory.pins();
    }

    /**
     * Closes the buffer and all of its family, if nothing is in flight on it.
     *
     * @return false if there are operations in flight: nothing has changed then. Also while the JDK
     *     itself is at work on the memory, as in a read of a file into {@link #byteBuffer}: new
     *     operations are refused then, and a later call goes on
     */
    public boolean tryClose() {
        return memory.tryClose();
    }

    /**
     * Closes the buffer and all of its family: refuses new operations, waits until those in flight
     * are complete, then frees the memory. A second call does nothing, or waits for the first.
     */
    @Override
    public void close() {
        memory.close();
    }

    /**
     * Returns what the forces of the mapped file have done in this process, for all buffers,
     * mappings and movers. A file can have the inode number of a file that was deleted before. Then
     * the counters may include those of the deleted file.
     *
     * @return the counters of the file; zeros for memory without a file
     */
    public ForceCounters forceCounters() {
        return memory.domain() == DurabilityDomain.NONE
                ? new ForceCounters(0, 0, 0, 0, 0, 0)
                : memory.file().forceCounters();
    }

    @Override
    public String toString() {
        return "OffHeapBuffer of %,d bytes at 0x%x, %s%s"
                .formatted(
                        segment.byteSize(),
                        segment.address(),
                        memory.domain(),
                        memory.isOpen() ? "" : ", closed");
    }
}
