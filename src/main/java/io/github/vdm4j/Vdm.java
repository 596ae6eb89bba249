package io.github.vdm4j;

import java.lang.foreign.MemorySegment;

/**
 * A virtual data mover: copies, fills and flushes memory, each operation as a future that starts
 * when it is first polled. Code written against this interface runs on Intel DML, on threads, or on
 * the calling thread alone.
 *
 * <p><b>Segments</b> are passed as they are. Those of one operation are ranges in bytes; copies
 * want two of one size, and no alignment is required. Which kinds a mover takes is its own matter:
 * the native ones want off-heap segments, the threads mover such as its threads may access. An
 * arena must not be closed under a running operation; where the platform can notice that, closing
 * it throws. A length of 0 is fine everywhere and completes at the first poll.
 *
 * <p><b>Truncated files.</b> An operation on a mapped segment, on a buffer of this library, or on
 * memory that {@link io.github.vdm4j.buffer.OffHeapBuffer#wrap wrap} was told of, ends with {@link
 * VdmResult#IO_ERROR} if the file was truncated. A raw segment, made with {@link
 * java.lang.foreign.MemorySegment#ofAddress}, has no such guard: if it lies in a mapping whose file
 * is truncated, native code that touches it ends the process.
 *
 * <p><b>Errors.</b> A mistake in the arguments throws here, at the call, with the values. What goes
 * wrong later completes the future, see {@link VdmResult}.
 *
 * <p><b>Threading.</b> A mover may be used from any number of threads.
 *
 * <p>C counterpart: {@code struct vdm} and {@code vdm_memcpy(3)} and so on, miniasync_vdm(7).
 */
public interface Vdm extends BufferOperations, AutoCloseable {

    /**
     * Copies between two ranges that do not overlap.
     *
     * <p>A segment from {@link MemorySegment#ofAddress} has length 0 until it is {@linkplain
     * MemorySegment#reinterpret(long) reinterpreted}. Java cannot tell it from an empty slice: the
     * operation succeeds and copies nothing. This holds for every operation.
     *
     * <p>C counterpart: {@code vdm_memcpy(vdm, dest, src, n, flags)}.
     *
     * @param destination the range to write
     * @param source the range to read, of the same size
     * @param flags what to promise
     * @return an idle future
     * @throws IllegalArgumentException if the sizes differ, the ranges overlap, the destination is
     *     read-only, or the mover cannot reach a segment
     * @throws IllegalStateException if a segment's arena, or the mover, is closed
     * @throws WrongThreadException if a segment is confined to another thread
     */
    @Override
    VdmFuture memcpy(MemorySegment destination, MemorySegment source, VdmFlags flags);

    /**
     * As {@link #memcpy(MemorySegment, MemorySegment, VdmFlags)} with {@link VdmFlags#NONE}.
     *
     * @param destination the range to write
     * @param source the range to read, of the same size
     * @return an idle future
     * @throws IllegalArgumentException if the sizes differ, the ranges overlap, the destination is
     *     read-only, or the mover cannot reach a segment
     * @throws IllegalStateException if a segment's arena, or the mover, is closed
     * @throws WrongThreadException if a segment is confined to another thread
     */
    default VdmFuture memcpy(MemorySegment destination, MemorySegment source) {
        return memcpy(destination, source, VdmFlags.NONE);
    }

    /**
     * Copies between two ranges that may overlap: the destination ends up with what was in the
     * source before.
     *
     * <p>C counterpart: {@code vdm_memmove(vdm, dest, src, n, flags)}.
     *
     * @param destination the range to write
     * @param source the range to read, of the same size
     * @param flags what to promise
     * @return an idle future
     * @throws IllegalArgumentException if the sizes differ, the destination is read-only, or the
     * mover cannot reach a segment
     * @throws IllegalStateException if a segment's arena, or the mover, is closed
     * @throws WrongThreadException if a segment is confined to another thread
     */
    @Override
    VdmFuture memmove(MemorySegment destination, MemorySegment source, VdmFlags flags);

    /**
     * As {@link #memmove(MemorySegment, MemorySegment, VdmFlags)} with {@link VdmFlags#NONE}.
     *
     * @param destination the range to write
     * @param source the range to read, of the same size
     * @return an idle future
     * @throws IllegalArgumentException if the sizes differ, the destination is read-only, or the
     * mover cannot reach a segment
     * @throws IllegalStateException if a segment's arena, or the mover, is closed
     * @throws WrongThreadException if a segment is confined to another thread
     */
    default VdmFuture memmove(MemorySegment destination, MemorySegment source) {
        return memmove(destination, source, VdmFlags.NONE);
    }

    /**
     * Fills a range with a byte.
     *
     * <p>C counterpart: {@code vdm_memset(vdm, str, c, n, flags)}, which cuts its int to a byte.
     *
     * @param destination the range to write
     * @param value the byte
     * @param flags what to promise
     * @return an idle future
     * @throws IllegalArgumentException if the destination is read-only or the mover cannot reach it
     * @throws IllegalStateException if the segment's arena, or the mover, is closed
     * @throws WrongThreadException if the segment is confined to another thread
     */
    @Override
    VdmFuture memset(MemorySegment destination, byte value, VdmFlags flags);

    /**
     * As {@link #memset(MemorySegment, byte, VdmFlags)} with {@link VdmFlags#NONE}.
     *
     * @param destination the range to write
     * @param value the byte
     * @return an idle future
     * @throws IllegalArgumentException if the destination is read-only or the mover cannot reach it
     * @throws IllegalStateException if the segment's arena, or the mover, is closed
     * @throws WrongThreadException if the segment is confined to another thread
     */
    default VdmFuture memset(MemorySegment destination, byte value) {
        return memset(destination, value, VdmFlags.NONE);
    }

    /**
     * Makes what has been written to a range durable, without copying: when the future has
     * succeeded, the range has reached the persistence domain of the memory it lies in. Where the
     * mover cannot do that, the future completes with {@link VdmResult#UNSUPPORTED}. If the
     * storage fails, has failed for the file before, or the file was truncated, the future
     * completes with {@link VdmResult#IO_ERROR}.
     *
     * <p>C counterpart: {@code vdm_flush(vdm, dest, n, flags)}.
     *
     * @param range the range to write back, read-only or not
     * @return an idle future
     * @throws IllegalArgumentException if the mover cannot reach the segment
     * @throws IllegalStateException if the segment's arena, or the mover, is closed
     * @throws WrongThreadException if the segment is confined to another thread
     */
    @Override
    VdmFuture flush(MemorySegment range);

    /**
     * An operation that is prepared and started any number of times without allocating anything.
     *
     * @return a new operation, not prepared
     * @throws IllegalStateException if the mover is closed
     */
    VdmOperation newOperation();

    /**
     * Tells whether the mover can do what all of some flags promise, for at least one kind of
     * destination.
     *
     * <p>C counterpart: {@code vdm_is_supported}, which is true for every flag once one is
     * supported.
     *
     * @param flags the flags asked for
     * @return true if every one of them is supported
     */
    boolean isSupported(VdmFlags flags);

    /**
     * Tells whether the mover can do what all of some flags promise for a destination. With {@link
     * VdmFlags#MEM_DURABLE} this is also the question whether {@link #flush} can.
     *
     * @param flags the flags asked for
     * @param destination the range to be written
     * @return true if an operation with these flags would not be refused for what the destination
     * is
     */
    boolean isSupported(VdmFlags flags, MemorySegment destination);

    /**
     * The mover's name for messages, with its path where it has several.
     *
     * @return the name
     */
    String name();

    /**
     * What the mover has done so far, also after it was closed.
     *
     * @return the sums; all 0 for a mover that does not count
     */
    default MoverCounters counters() {
        return new MoverCounters(0, 0, 0, 0, 0, 0);
    }

    /**
     * Finishes what has been started, then gives back threads and native memory. Futures that were
     * not started complete with {@link VdmResult#CLOSED} when polled; new operations are refused. A
     * second call does nothing, and does not wait for the first.
     *
     * <p>C counterpart: {@code data_mover_..._delete}.
     *
     * @throws VdmException with {@link VdmResult#TIMEOUT} if operations are still in flight after
     * the time that the mover was built with; it names them, and what they use is not freed
     */
    @Override
    void close();
}
