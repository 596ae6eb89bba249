package io.github.vdm4j;

import io.github.vdm4j.operation.CompareResult;
import io.github.vdm4j.operation.Crc32c;
import io.github.vdm4j.operation.CrcOptions;
import io.github.vdm4j.operation.DeltaResult;
import io.github.vdm4j.operation.DifConfig;
import io.github.vdm4j.operation.DifResult;
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
public interface Vdm extends AutoCloseable {

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
    VdmFuture<VdmOutput> memcpy(MemorySegment destination, MemorySegment source, VdmFlags flags);

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
    default VdmFuture<VdmOutput> memcpy(MemorySegment destination, MemorySegment source) {
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
    VdmFuture<VdmOutput> memmove(MemorySegment destination, MemorySegment source, VdmFlags flags);

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
    default VdmFuture<VdmOutput> memmove(MemorySegment destination, MemorySegment source) {
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
    VdmFuture<VdmOutput> memset(MemorySegment destination, byte value, VdmFlags flags);

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
    default VdmFuture<VdmOutput> memset(MemorySegment destination, byte value) {
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
    VdmFuture<VdmOutput> flush(MemorySegment range);

    /**
     * Does nothing. The operation takes the same way through the mover as every other, so its end
     * shows that the mover works.
     *
     * <p>C counterpart: {@code DML_OP_NOP}.
     *
     * @return an idle future
     */
    VdmFuture<VdmOutput> nop();

    /**
     * Ends when every operation that was started on this mover before it has ended.
     *
     * <p>C counterpart: {@code DML_OP_DRAIN}, which does so for one work queue.
     *
     * @return an idle future
     */
    VdmFuture<VdmOutput> drain();

    /**
     * Fills a range with a pattern of eight bytes, which begins at the range's first byte and may
     * be cut off at its end.
     *
     * <p>C counterpart: {@code DML_OP_FILL}.
     *
     * @param destination the range to write
     * @param pattern the bytes, the lowest first in memory
     * @param flags what to promise
     * @return an idle future
     */
    VdmFuture<VdmOutput> fill(MemorySegment destination, long pattern, VdmFlags flags);

    /**
     * As {@link #fill(MemorySegment, long, VdmFlags)} with {@link VdmFlags#NONE}.
     *
     * @param destination the range to write
     * @param pattern the bytes, the lowest first in memory
     * @return an idle future
     */
    default VdmFuture<VdmOutput> fill(MemorySegment destination, long pattern) {
        return fill(destination, pattern, VdmFlags.NONE);
    }

    /**
     * Compares two ranges.
     *
     * <p>C counterpart: {@code DML_OP_COMPARE}.
     *
     * @param first a range
     * @param second another of the same size; they may overlap
     * @return an idle future of equality, or the first mismatch's offset
     * @throws IllegalArgumentException if the sizes differ
     */
    VdmFuture<CompareResult> compare(MemorySegment first, MemorySegment second);

    /**
     * Compares a range with a pattern of eight bytes, repeated from the range's first byte on.
     *
     * <p>C counterpart: {@code DML_OP_COMPARE_PATTERN}, whose offset is rounded down to 8 in most
     * places; this one is the byte's.
     *
     * @param range the range
     * @param pattern the bytes, the lowest first in memory
     * @return an idle future of equality, or the first mismatch's offset
     */
    VdmFuture<CompareResult> comparePattern(MemorySegment range, long pattern);

    /**
     * Records how a range differs from another, so that {@link #applyDelta} can make the one of the
     * other.
     *
     * <p>C counterpart: {@code DML_OP_DELTA_CREATE}.
     *
     * @param record where to write the record: at a multiple of 8, room for a multiple of 10 bytes,
     * at least 80. {@link DeltaResult#maxRecordBytes} is always enough
     * @param original a range that begins at a multiple of 8, of a multiple of 8 bytes, at most
     * 0x80000
     * @param modified another such range of the same size
     * @return an idle future of whether they are equal, differ, or differ in more than there is
     * room for, and of the record's size
     * @throws IllegalArgumentException if one of these rules is broken, or the record overlaps a
     * range
     */
    VdmFuture<DeltaResult> createDelta(MemorySegment record, MemorySegment original,
            MemorySegment modified);

    /**
     * Makes a range that holds the original what the modified one was. A record whose offsets do
     * not ascend, or are not all inside of the destination, is not applied at all: the future ends
     * with {@link VdmResult#INVALID_DATA}.
     *
     * <p>C counterpart: {@code DML_OP_DELTA_APPLY}, which writes wherever the record says.
     *
     * @param destination the range to change: begins at a multiple of 8, a multiple of 8 bytes, at
     * most 0x80000
     * @param record the record, cut to its size: begins at a multiple of 8, a multiple of 10 bytes
     * @param flags what to promise
     * @return an idle future
     * @throws IllegalArgumentException if one of these rules is broken, or the ranges overlap
     */
    VdmFuture<VdmOutput> applyDelta(MemorySegment destination, MemorySegment record,
            VdmFlags flags);

    /**
     * As {@link #applyDelta(MemorySegment, MemorySegment, VdmFlags)} with {@link VdmFlags#NONE}.
     *
     * @param destination the range to change
     * @param record the record, cut to its size
     * @return an idle future
     */
    default VdmFuture<VdmOutput> applyDelta(MemorySegment destination, MemorySegment record) {
        return applyDelta(destination, record, VdmFlags.NONE);
    }

    /**
     * Copies to two ranges at once.
     *
     * <p>C counterpart: {@code DML_OP_DUALCAST}.
     *
     * @param first a range to write
     * @param second another, whose address has the same low 12 bits
     * @param source the range to read, of the same size
     * @param flags what to promise of both
     * @return an idle future
     * @throws IllegalArgumentException if the sizes or the low 12 bits differ, or two of the ranges
     * overlap
     */
    VdmFuture<VdmOutput> dualcast(MemorySegment first, MemorySegment second, MemorySegment source,
            VdmFlags flags);

    /**
     * As {@link #dualcast(MemorySegment, MemorySegment, MemorySegment, VdmFlags)} with {@link
     * VdmFlags#NONE}.
     *
     * @param first a range to write
     * @param second another, whose address has the same low 12 bits
     * @param source the range to read, of the same size
     * @return an idle future
     */
    default VdmFuture<VdmOutput> dualcast(MemorySegment first, MemorySegment second,
            MemorySegment source) {
        return dualcast(first, second, source, VdmFlags.NONE);
    }

    /**
     * Computes the CRC-32C of a range.
     *
     * <p>C counterpart: {@code DML_OP_CRC}.
     *
     * @param range the range
     * @param options the seed, and what is reflected
     * @return an idle future of the CRC
     */
    VdmFuture<Crc32c> crc32c(MemorySegment range, CrcOptions options);

    /**
     * As {@link #crc32c(MemorySegment, CrcOptions)} with {@link CrcOptions#STANDARD}: what {@link
     * java.util.zip.CRC32C} computes.
     *
     * @param range the range
     * @return an idle future of the CRC
     */
    default VdmFuture<Crc32c> crc32c(MemorySegment range) {
        return crc32c(range, CrcOptions.STANDARD);
    }

    /**
     * Computes the CRC-32C of a range and writes it to memory, so that a later operation of the
     * same batch or chain can copy or flush it. The lowest byte of the CRC comes first. The bytes
     * are written if the operation succeeds, and only then.
     *
     * <p>C counterpart: {@code crc_checksum_ptr} of {@code DML_OP_CRC}, which must be a multiple of
     * 4.
     *
     * @param range the range
     * @param options the seed, and what is reflected
     * @param destination where to write the CRC: four bytes at any address, outside of the range
     * @return an idle future of the CRC
     * @throws IllegalArgumentException if the destination has not four bytes, overlaps the range or
     *     is read-only, or the mover cannot reach a segment
     * @throws IllegalStateException if a segment's arena, or the mover, is closed
     * @throws WrongThreadException if a segment is confined to another thread
     */
    VdmFuture<Crc32c> crc32c(MemorySegment range, CrcOptions options, MemorySegment destination);

    /**
     * Copies and computes the CRC-32C of what it copies.
     *
     * <p>C counterpart: {@code DML_OP_COPY_CRC}.
     *
     * @param destination the range to write
     * @param source the range to read, of the same size
     * @param options the seed, and what is reflected
     * @param flags what to promise
     * @return an idle future of the CRC
     * @throws IllegalArgumentException if the sizes differ or the ranges overlap
     */
    VdmFuture<Crc32c> copyCrc32c(
            MemorySegment destination, MemorySegment source, CrcOptions options, VdmFlags flags);

    /**
     * As {@link #copyCrc32c(MemorySegment, MemorySegment, CrcOptions, VdmFlags)} with {@link
     * CrcOptions#STANDARD} and {@link VdmFlags#NONE}.
     *
     * @param destination the range to write
     * @param source the range to read, of the same size
     * @return an idle future of the CRC
     */
    default VdmFuture<Crc32c> copyCrc32c(MemorySegment destination, MemorySegment source) {
        return copyCrc32c(destination, source, CrcOptions.STANDARD, VdmFlags.NONE);
    }

    /**
     * Checks the protection of blocks.
     *
     * <p>C counterpart: {@code DML_OP_DIF_CHECK}.
     *
     * @param source protected blocks, each with its 8 bytes of protection
     * @param config the blocks' size and their protection as it should be
     * @return an idle future of whether they are well, or which is the first that is not
     * @throws IllegalArgumentException if the source is not of whole protected blocks
     */
    VdmFuture<DifResult> difCheck(MemorySegment source, DifConfig config);

    /**
     * Copies blocks and adds their protection.
     *
     * <p>C counterpart: {@code DML_OP_DIF_INSERT}.
     *
     * @param destination the protected blocks to write, each 8 bytes longer
     * @param source the blocks
     * @param config the blocks' size and their protection
     * @param flags what to promise
     * @return an idle future
     * @throws IllegalArgumentException if the source is not of whole blocks, the destination is not
     * of as many, or they overlap
     */
    VdmFuture<VdmOutput> difInsert(
            MemorySegment destination, MemorySegment source, DifConfig config, VdmFlags flags);

    /**
     * Copies blocks without their protection, which it checks.
     *
     * <p>C counterpart: {@code DML_OP_DIF_STRIP}.
     *
     * @param destination the blocks to write
     * @param source protected blocks, each 8 bytes longer
     * @param config the blocks' size and their protection as it should be
     * @param flags what to promise
     * @return an idle future of whether they are well, or which is the first that is not; the
     * destination's content is undefined then
     * @throws IllegalArgumentException if the source is not of whole protected blocks, the
     * destination is not of as many, or they overlap
     */
    VdmFuture<DifResult> difStrip(
            MemorySegment destination, MemorySegment source, DifConfig config, VdmFlags flags);

    /**
     * Copies protected blocks, checks their protection and writes another.
     *
     * <p>C counterpart: {@code DML_OP_DIF_UPDATE}.
     *
     * @param destination the protected blocks to write
     * @param source protected blocks, as many
     * @param config the blocks' size, their protection as it should be and as it is to become
     * @param flags what to promise
     * @return an idle future of whether they are well, or which is the first that is not; the
     * destination's content is undefined then
     * @throws IllegalArgumentException if the source is not of whole protected blocks, the
     * destination is not of as many, or they overlap
     */
    VdmFuture<DifResult> difUpdate(
            MemorySegment destination, MemorySegment source, DifConfig config, VdmFlags flags);

    /**
     * Several operations as one.
     *
     * @return an empty batch, to be filled and submitted
     * @throws IllegalStateException if the mover is closed
     */
    Batch batch();

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
     * @return the sums
     */
    MoverCounters counters();

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

    /**
     * Closes the mover without the operations that have not begun. They complete with {@link
     * VdmResult#CLOSED}, and nothing of them was written. Waits for the operations that have begun,
     * like {@link #close}. If another thread is waiting in {@code close}, this call shortens its
     * wait, and does not wait itself.
     *
     * <p>An operation has begun when a worker, a device or the polling thread executes it. A mover
     * without workers and devices executes each operation in its first poll, so there is nothing to
     * cancel.
     *
     * @return how many operations were polled, had not begun and were cancelled by this call
     * @throws VdmException like {@link #close}
     */
    int closeNow();
}
