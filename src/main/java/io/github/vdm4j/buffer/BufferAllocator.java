package io.github.vdm4j.buffer;

import io.github.vdm4j.DurabilityDomain;
import io.github.vdm4j.machine.FailureName;
import io.github.vdm4j.machine.LibC;
import io.github.vdm4j.machine.Message;
import io.github.vdm4j.machine.PlatformName;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/**
 * An immutable allocator of buffers. Each setting returns a new allocator.
 *
 * <p>{@code OffHeapBuffer.allocator().alignment(4096).hugePages(true).allocate(64 << 20)}
 */
public final class BufferAllocator {
    private static final long MAX_ALIGNMENT = 2L << 20;
    private static final long HUGE_PAGE = 2L << 20;

    private final long alignment;
    private final boolean zeroed;
    private final boolean hugePages;

    BufferAllocator() {
        this(64, true, false);
    }

    private BufferAllocator(long alignment, boolean zeroed, boolean hugePages) {
        this.alignment = alignment;
        this.zeroed = zeroed;
        this.hugePages = hugePages;
    }

    /**
     * Sets the alignment of the buffer's first byte. Default: 64 bytes, a cache line.
     *
     * @param bytes a power of two from 1 to 2 MiB
     * @return an allocator with this alignment
     * @throws IllegalArgumentException if the value is not a power of two in this range
     */
    public BufferAllocator alignment(long bytes) {
        if (bytes < 1 || bytes > MAX_ALIGNMENT || Long.bitCount(bytes) != 1) {
            throw new IllegalArgumentException(
                    Message.of("alignment of %,d: must be a power of two from 1 to %,d", bytes,
                            MAX_ALIGNMENT));
        }
        return new BufferAllocator(bytes, zeroed, hugePages);
    }

    /**
     * Sets whether the content is zero. Default: {@code true}. With {@code false}, the allocator
     * does not clear the memory, and the content is undefined. If native access is not enabled, the
     * content is always zero.
     *
     * @param zero {@code true} for zeroed memory
     * @return an allocator with this setting
     */
    public BufferAllocator zeroed(boolean zero) {
        return new BufferAllocator(alignment, zero, hugePages);
    }

    /**
     * Sets whether to request huge pages from the system. Huge pages make address translation
     * cheaper. Default: {@code false}. With {@code true}, the buffer is aligned to 2 MiB at least,
     * and its memory is a multiple of 2 MiB. The system may ignore the request. If native access is
     * not enabled, this setting has no effect.
     *
     * @param huge {@code true} to request huge pages
     * @return an allocator with this setting
     */
    public BufferAllocator hugePages(boolean huge) {
        return new BufferAllocator(alignment, zeroed, huge);
    }

    /**
     * Allocates a buffer.
     *
     * @param size the size in bytes, 0 or more
     * @return a buffer of domain {@link DurabilityDomain#NONE}
     * @throws IllegalArgumentException if the size is below 0
     * @throws OutOfMemoryError if the system has too little memory
     */
    public OffHeapBuffer allocate(long size) {
        if (size < 0) {
            throw new IllegalArgumentException(
                    Message.of("a buffer of %,d bytes: the size must be 0 or more", size));
        }
        if (size > Long.MAX_VALUE - 2 * HUGE_PAGE) { // the rounded size would overflow
            throw new OutOfMemoryError(FailureName.OUT_OF_MEMORY.endOf(
                    Message.of("a buffer of %,d bytes: the address space is smaller. Allocate a"
                            + " smaller buffer", size)));
        }
        Arena arena = Arena.ofShared();
        try {
            return OffHeapBuffer.open(segment(arena, size), DurabilityDomain.NONE, null, false,
                    arena::close,
                    "allocating");
        } catch (Throwable e) {
            arena.close();
            throw e;
        }
    }

    private MemorySegment segment(Arena arena, long size) {
        if (size > 0 && PlatformName.nativeCallsAllowed()) {
            try {
                if (hugePages) {
                    return hugePages(arena, size);
                }
                if (!zeroed) {
                    return uncleared(arena, size);
                }
            } catch (LibC.CallFailedException e) {
                throw new OutOfMemoryError(
                        FailureName.OUT_OF_MEMORY.endOf(
                                Message.of(
                                        "a buffer of %,d bytes: %s. Close buffers that you no"
                                                + " longer use, or allocate a smaller buffer",
                                        size, e.getMessage())));
            }
        }
        return arena.allocate(size, hugePages ? Math.max(alignment, HUGE_PAGE) : alignment);
    }

    /**
     * Returns memory on huge pages. The memory is always zero, because the kernel clears new pages.
     * The mapping is larger than the buffer, because the buffer is aligned inside it.
     */
    private static MemorySegment hugePages(Arena arena, long size) throws LibC.CallFailedException {
        long mapped = size + 2 * HUGE_PAGE - 1 & -HUGE_PAGE;
        long address = LibC.mapHugePages(mapped);
        long aligned = address + HUGE_PAGE - 1 & -HUGE_PAGE;
        return MemorySegment.ofAddress(aligned)
                .reinterpret(size, arena, ignored -> LibC.unmap(address, mapped));
    }

    private MemorySegment uncleared(Arena arena, long size) throws LibC.CallFailedException {
        long address = LibC.allocate(Math.max(alignment, 16), size);
        return MemorySegment.ofAddress(address)
                .reinterpret(size, arena, ignored -> LibC.free(address));
    }
}
