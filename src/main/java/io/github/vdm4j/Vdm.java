package io.github.vdm4j;

import io.github.vdm4j.operation.CompareResult;
import io.github.vdm4j.operation.Crc32c;
import io.github.vdm4j.operation.CrcOptions;
import io.github.vdm4j.operation.DeltaResult;
import io.github.vdm4j.operation.DifConfig;
import io.github.vdm4j.operation.DifResult;
import java.lang.foreign.MemorySegment;

/**
 * A virtual data mover: it copies, fills, flushes, compares and checks memory. Each operation is a
 * future that starts when it is first polled. Code written against this interface runs on Intel
 * DML, on threads, or on the calling thread.
 *
 * <p><b>Segments.</b> An operation takes segments as ranges of bytes, of any alignment unless its
 * method states one. The sizes of a copy's segments are equal. A native mover may refuse heap
 * segments. The arena of a segment must stay open until the future is complete. A length of 0
 * succeeds at the first poll.
 *
 * <p><b>Truncated files.</b> An operation on a mapped segment, on a buffer of this library, or on
 * memory that was {@linkplain io.github.vdm4j.buffer.OffHeapBuffer#wrap wrapped}, ends with {@link
 * VdmResult#IO_ERROR} if the file was truncated. A raw segment, made with {@link
 * java.lang.foreign.MemorySegment#ofAddress}, has no such guard: if it lies in a mapping whose file
 * is truncated, native code that touches it ends the process.
 *
 * <p><b>Errors.</b> Invalid arguments throw immediately, with the values. Later failures complete
 * the future with a {@link VdmResult}. A null argument throws a {@link NullPointerException}.
 *
 * <p><b>Threading.</b> Any number of threads may use a mover.
 *
 * <p>C counterpart: {@code struct vdm}, miniasync_vdm(7).
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
     * Copies between two ranges that may overlap. Afterwards the destination has the former content
     * of the source.
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
     * <p>C counterpart: {@code vdm_memset(vdm, str, c, n, flags)}, which truncates its int to a
     * byte.
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
     * Makes a range durable that was written before, by any code. When the future has succeeded,
     * the range is in the persistence domain of its memory. If the mover cannot do that, the future
     * completes with {@link VdmResult#UNSUPPORTED}. If the storage fails, has failed for the file
     * before, or the file was truncated, the future completes with {@link VdmResult#IO_ERROR}.
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
     * Does nothing. The operation passes through the mover like every operation, so its end shows
     * that the mover works.
     *
     * <p>C counterpart: {@code DML_OP_NOP}.
     *
     * @return an idle future
     */
    VdmFuture<VdmOutput> nop();

    /**
     * Ends when every operation that was started on this mover before it has ended.
     *
     * <p>C counterpart: {@code DML_OP_DRAIN}, which is for one work queue.
     *
     * @return an idle future
     */
    VdmFuture<VdmOutput> drain();

    /**
     * Fills a range with a pattern of eight bytes. The pattern begins at the range's first byte and
     * may be cut off at its end.
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
     * @param second another range of the same size; the ranges may overlap
     * @return an idle future of the result; a mismatch is a success
     * @throws IllegalArgumentException if the sizes differ
     */
    VdmFuture<CompareResult> compare(MemorySegment first, MemorySegment second);

    /**
     * Compares a range with a pattern of eight bytes, repeated from the range's first byte on.
     *
     * <p>C counterpart: {@code DML_OP_COMPARE_PATTERN}, which rounds the offset down to 8 in most
     * places. vdm4j returns the offset of the byte.
     *
     * @param range the range
     * @param pattern the bytes, the lowest first in memory
     * @return an idle future of the result; a mismatch is a success
     */
    VdmFuture<CompareResult> comparePattern(MemorySegment range, long pattern);

    /**
     * Records how a range differs from another. {@link #applyDelta} applies the record to a copy of
     * the original.
     *
     * <p>C counterpart: {@code DML_OP_DELTA_CREATE}.
     *
     * @param record the range for the record, at an address that is a multiple of 8. Its size is a
     *     multiple of 10 bytes, at least 80. {@link DeltaResult#maxRecordBytes} is always enough
     * @param original the original, at an address that is a multiple of 8. Its size is a multiple
     *     of 8 bytes, at most 0x80000
     * @param modified the modified range, with the same rules and the same size
     * @return an idle future of the outcome and of the record's size
     * @throws IllegalArgumentException if one of these rules is broken, or the record overlaps a
     * range
     */
    VdmFuture<DeltaResult> createDelta(MemorySegment record, MemorySegment original,
            MemorySegment modified);

    /**
     * Applies a delta record to a range that holds the original. The range then has the content of
     * the modified range. If an offset of the record does not ascend, or is outside of the
     * destination, nothing is written, and the future ends with {@link VdmResult#INVALID_DATA}.
     *
     * <p>C counterpart: {@code DML_OP_DELTA_APPLY}, which writes wherever the record points.
     *
     * @param destination the range to change, at an address that is a multiple of 8. Its size is a
     *     multiple of 8 bytes, at most 0x80000
     * @param record the record without unused bytes, at an address that is a multiple of 8. Its
     *     size is a multiple of 10 bytes
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
     * @param second another range to write, whose address has the same low 12 bits
     * @param source the range to read, of the same size
     * @param flags what to promise for both destinations
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
     * @param second another range to write, whose address has the same low 12 bits
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
     * Computes the CRC-32C of a range and writes it to memory. A later operation of the same batch
     * or chain can copy or flush it. The lowest byte of the CRC comes first. The bytes are written
     * if the operation succeeds, and only then.
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
     * Copies a range and computes its CRC-32C.
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
     * Checks the protection of blocks (T10 DIF).
     *
     * <p>C counterpart: {@code DML_OP_DIF_CHECK}.
     *
     * @param source protected blocks, each with its 8 bytes of protection
     * @param config the size of the blocks and their expected protection
     * @return an idle future of the errors of the first bad block
     * @throws IllegalArgumentException if the source does not consist of whole protected blocks
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
     * @throws IllegalArgumentException if the source does not consist of whole blocks, the
     *     destination does not have the same number of blocks, or they overlap
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
     * @param config the size of the blocks and their expected protection
     * @param flags what to promise
     * @return an idle future of the errors of the first bad block; if there is one, the content of
     *     the destination is undefined
     * @throws IllegalArgumentException if the source does not consist of whole protected blocks,
     *     the destination does not have the same number of blocks, or they overlap
     */
    VdmFuture<DifResult> difStrip(
            MemorySegment destination, MemorySegment source, DifConfig config, VdmFlags flags);

    /**
     * Copies protected blocks, checks their protection and writes new protection.
     *
     * <p>C counterpart: {@code DML_OP_DIF_UPDATE}.
     *
     * @param destination the protected blocks to write
     * @param source protected blocks of the same number
     * @param config the size of the blocks, their expected protection and their new protection
     * @param flags what to promise
     * @return an idle future of the errors of the first bad block; if there is one, the content of
     *     the destination is undefined
     * @throws IllegalArgumentException if the source does not consist of whole protected blocks,
     *     the destination does not have the same number of blocks, or they overlap
     */
    VdmFuture<DifResult> difUpdate(
            MemorySegment destination, MemorySegment source, DifConfig config, VdmFlags flags);

    /**
     * Returns an empty batch, which executes several operations as one.
     *
     * @return a new batch
     * @throws IllegalStateException if the mover is closed
     */
    Batch batch();

    /**
     * Returns an operation that can be prepared and started any number of times without allocating.
     *
     * @return a new operation, not prepared
     * @throws IllegalStateException if the mover is closed
     */
    VdmOperation newOperation();

    /**
     * Returns whether the mover supports all of some flags for at least one kind of destination.
     *
     * <p>C counterpart: {@code vdm_is_supported}, which is true for every flag if one of them is
     * supported.
     *
     * @param flags the flags asked for
     * @return {@code true} if each of them is supported
     */
    boolean isSupported(VdmFlags flags);

    /**
     * Returns whether the mover supports all of some flags for a destination. With {@link
     * VdmFlags#MEM_DURABLE}, the answer holds for {@link #flush}, too.
     *
     * @param flags the flags asked for
     * @param destination the range to be written
     * @return {@code true} unless an operation with these flags would be refused because of the
     *     destination
     */
    boolean isSupported(VdmFlags flags, MemorySegment destination);

    /**
     * Returns the mover's name for messages, with its path if it has several.
     *
     * @return the name
     */
    String name();

    /**
     * Returns the sums of the mover so far, also after it was closed.
     *
     * @return the sums
     */
    MoverCounters counters();

    /**
     * Finishes the operations that were started, then releases threads and native memory. Futures
     * that were not started complete with {@link VdmResult#CLOSED} when they are polled. New
     * operations throw. A second call does nothing, and does not wait for the first.
     *
     * <p>C counterpart: {@code data_mover_..._delete}.
     *
     * @throws VdmException with {@link VdmResult#TIMEOUT} if operations are still in flight after
     *     the close timeout of the mover. It names them, and their memory is not freed
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
