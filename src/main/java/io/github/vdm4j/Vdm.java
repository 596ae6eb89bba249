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
 * DML, on threads, or on the calling thread. Any number of threads may use a mover.
 *
 * <p><b>Segments.</b> An operation takes segments as ranges of bytes, of any alignment unless its
 * method states one. Only the ranges of a memmove and of a comparison may overlap. A native mover
 * may refuse heap segments. The arena of a segment must stay open until the future is complete. A
 * length of 0 succeeds at the first poll. A segment from {@link MemorySegment#ofAddress} has length
 * 0 until it is {@linkplain MemorySegment#reinterpret(long) reinterpreted}.
 *
 * <p><b>Truncated files.</b> An operation on a mapped segment, on a buffer of this library, or on
 * memory that was {@linkplain io.github.vdm4j.buffer.OffHeapBuffer#wrap wrapped}, ends with {@link
 * VdmResult#IO_ERROR} if the file was truncated. A segment from {@link MemorySegment#ofAddress} has
 * no such guard. If the file behind it is truncated, native code that touches it ends the process.
 *
 * <p><b>Errors.</b> Invalid arguments throw immediately, with the values. Later failures complete
 * the future with a {@link VdmResult}. Every method that makes a future, a batch or a reusable
 * operation throws
 *
 * <ul>
 *   <li>{@link NullPointerException} if an argument is null,
 *   <li>{@link IllegalArgumentException} if an argument breaks a rule that its method states, a range
 *       to write is read-only, or the mover cannot reach a segment,
 *   <li>{@link IllegalStateException} if the arena of a segment is closed, or the mover is closed,
 *   <li>{@link WrongThreadException} if a segment is confined to another thread.
 * </ul>
 *
 * <p>C counterpart: {@code struct vdm}, miniasync_vdm(7). The page docs/from-c-to-java.md lists the
 * counterpart of each method.
 */
public interface Vdm extends AutoCloseable {
    /**
     * Copies between two ranges that do not overlap.
     *
     * @param destination the range to write
     * @param source the range to read, of the same size
     * @param flags what to promise
     * @return an idle future
     */
    VdmFuture<VdmOutput> memcpy(MemorySegment destination, MemorySegment source, VdmFlags flags);

    /**
     * Calls {@link #memcpy(MemorySegment, MemorySegment, VdmFlags)} without flags.
     *
     * @param destination the range to write
     * @param source the range to read, of the same size
     * @return an idle future
     */
    default VdmFuture<VdmOutput> memcpy(MemorySegment destination, MemorySegment source) {
        return memcpy(destination, source, VdmFlags.NONE);
    }

    /**
     * Copies between two ranges that may overlap.
     *
     * @param destination the range to write
     * @param source the range to read, of the same size
     * @param flags what to promise
     * @return an idle future
     */
    VdmFuture<VdmOutput> memmove(MemorySegment destination, MemorySegment source, VdmFlags flags);

    /**
     * Calls {@link #memmove(MemorySegment, MemorySegment, VdmFlags)} without flags.
     *
     * @param destination the range to write
     * @param source the range to read, of the same size
     * @return an idle future
     */
    default VdmFuture<VdmOutput> memmove(MemorySegment destination, MemorySegment source) {
        return memmove(destination, source, VdmFlags.NONE);
    }

    /**
     * Fills a range with a byte.
     *
     * @param destination the range to write
     * @param value the byte
     * @param flags what to promise
     * @return an idle future
     */
    VdmFuture<VdmOutput> memset(MemorySegment destination, byte value, VdmFlags flags);

    /**
     * Calls {@link #memset(MemorySegment, byte, VdmFlags)} without flags.
     *
     * @param destination the range to write
     * @param value the byte
     * @return an idle future
     */
    default VdmFuture<VdmOutput> memset(MemorySegment destination, byte value) {
        return memset(destination, value, VdmFlags.NONE);
    }

    /**
     * Makes a range durable that was written before, by any code. After a success the range is in
     * the persistence domain of its memory. The result is {@link VdmResult#UNSUPPORTED} if the mover
     * cannot do that. It is {@link VdmResult#IO_ERROR} if the storage fails or has failed for the
     * file before, or the file was truncated.
     *
     * @param range the range to write back, read-only or not
     * @return an idle future
     */
    VdmFuture<VdmOutput> flush(MemorySegment range);

    /**
     * Does nothing. The operation passes through the mover like every operation.
     *
     * @return an idle future
     */
    VdmFuture<VdmOutput> nop();

    /**
     * Ends when every operation that was started on this mover before it has ended.
     *
     * @return an idle future
     */
    VdmFuture<VdmOutput> drain();

    /**
     * Fills a range with a pattern of eight bytes. The end of the range may cut the pattern off.
     *
     * @param destination the range to write
     * @param pattern the bytes, the lowest first in memory
     * @param flags what to promise
     * @return an idle future
     */
    VdmFuture<VdmOutput> fill(MemorySegment destination, long pattern, VdmFlags flags);

    /**
     * Calls {@link #fill(MemorySegment, long, VdmFlags)} without flags.
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
     * @param first a range
     * @param second another range of the same size; the ranges may overlap
     * @return an idle future of the result; a mismatch is a success
     */
    VdmFuture<CompareResult> compare(MemorySegment first, MemorySegment second);

    /**
     * Compares a range with a pattern of eight bytes, repeated from the range's first byte on.
     *
     * @param range the range
     * @param pattern the bytes, the lowest first in memory
     * @return an idle future of the result; a mismatch is a success
     */
    VdmFuture<CompareResult> comparePattern(MemorySegment range, long pattern);

    /**
     * Records how a range differs from another. {@link #applyDelta} applies the record to a copy of
     * the original. The addresses are multiples of 8.
     *
     * @param record a multiple of 10 bytes, at least 80, see {@link DeltaResult#maxRecordBytes}
     * @param original the original. Its size is a multiple of 8 bytes, at most 0x80000
     * @param modified the modified range, of the same size
     * @return an idle future of the outcome and of the record's size
     */
    VdmFuture<DeltaResult> createDelta(MemorySegment record, MemorySegment original,
            MemorySegment modified);

    /**
     * Applies a delta record to a range that holds the original. The range then has the content of
     * the modified range. If an offset of the record does not ascend, or is outside of the
     * destination, nothing is written, and the future ends with {@link VdmResult#INVALID_DATA}. The
     * addresses are multiples of 8.
     *
     * @param destination the range to change. Its size is a multiple of 8 bytes, at most 0x80000
     * @param record the record without unused bytes. Its size is a multiple of 10 bytes
     * @param flags what to promise
     * @return an idle future
     */
    VdmFuture<VdmOutput> applyDelta(MemorySegment destination, MemorySegment record,
            VdmFlags flags);

    /**
     * Calls {@link #applyDelta(MemorySegment, MemorySegment, VdmFlags)} without flags.
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
     * @param first a range to write
     * @param second another range to write, whose address has the same low 12 bits
     * @param source the range to read, of the same size
     * @param flags what to promise for both destinations
     * @return an idle future
     */
    VdmFuture<VdmOutput> dualcast(MemorySegment first, MemorySegment second, MemorySegment source,
            VdmFlags flags);

    /**
     * Calls {@link #dualcast(MemorySegment, MemorySegment, MemorySegment, VdmFlags)} without flags.
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
     * @param range the range
     * @param options the seed, and what is reflected
     * @return an idle future of the CRC
     */
    VdmFuture<Crc32c> crc32c(MemorySegment range, CrcOptions options);

    /**
     * Calls {@link #crc32c(MemorySegment, CrcOptions)} with {@link CrcOptions#STANDARD}.
     *
     * @param range the range
     * @return an idle future of the CRC
     */
    default VdmFuture<Crc32c> crc32c(MemorySegment range) {
        return crc32c(range, CrcOptions.STANDARD);
    }

    /**
     * Computes the CRC-32C of a range and writes it to memory, the lowest byte first.
     *
     * @param range the range
     * @param options the seed, and what is reflected
     * @param destination where to write the CRC: four bytes at any address, outside of the range
     * @return an idle future of the CRC
     */
    VdmFuture<Crc32c> crc32c(MemorySegment range, CrcOptions options, MemorySegment destination);

    /**
     * Copies a range and computes its CRC-32C.
     *
     * @param destination the range to write
     * @param source the range to read, of the same size
     * @param options the seed, and what is reflected
     * @param flags what to promise
     * @return an idle future of the CRC
     */
    VdmFuture<Crc32c> copyCrc32c(
            MemorySegment destination, MemorySegment source, CrcOptions options, VdmFlags flags);

    /**
     * Calls {@link #copyCrc32c(MemorySegment, MemorySegment, CrcOptions, VdmFlags)} with {@link
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
     * @param source whole protected blocks, each with its 8 bytes of protection
     * @param config the size of the blocks and their expected protection
     * @return an idle future of the errors of the first bad block
     */
    VdmFuture<DifResult> difCheck(MemorySegment source, DifConfig config);

    /**
     * Copies blocks and adds their protection.
     *
     * @param destination as many protected blocks to write, each 8 bytes longer
     * @param source whole blocks
     * @param config the blocks' size and their protection
     * @param flags what to promise
     * @return an idle future
     */
    VdmFuture<VdmOutput> difInsert(
            MemorySegment destination, MemorySegment source, DifConfig config, VdmFlags flags);

    /**
     * Checks the protection of blocks and copies them without it.
     *
     * @param destination as many blocks to write
     * @param source whole protected blocks, each 8 bytes longer
     * @param config the size of the blocks and their expected protection
     * @param flags what to promise
     * @return an idle future of the errors of the first bad block; if there is one, the content of
     *     the destination is undefined
     */
    VdmFuture<DifResult> difStrip(
            MemorySegment destination, MemorySegment source, DifConfig config, VdmFlags flags);

    /**
     * Checks the protection of blocks and copies them with new protection.
     *
     * @param destination the protected blocks to write, of the same size
     * @param source whole protected blocks
     * @param config the size of the blocks, their expected protection and their new protection
     * @param flags what to promise
     * @return an idle future of the errors of the first bad block; if there is one, the content of
     *     the destination is undefined
     */
    VdmFuture<DifResult> difUpdate(
            MemorySegment destination, MemorySegment source, DifConfig config, VdmFlags flags);

    /** {@return an empty batch, which executes several operations as one} */
    Batch batch();

    /** {@return an operation that can be prepared any number of times without allocating} */
    VdmOperation newOperation();

    /**
     * {@return whether the mover supports all of some flags for at least one kind of destination}
     *
     * @param flags the flags asked for
     */
    boolean isSupported(VdmFlags flags);

    /**
     * Returns whether the mover supports all of some flags for a destination. With {@link
     * VdmFlags#MEM_DURABLE}, the answer holds for {@link #flush}, too.
     *
     * @param flags the flags asked for
     * @param destination the range to be written
     * @return false if the mover refuses an operation with these flags because of the destination
     */
    boolean isSupported(VdmFlags flags, MemorySegment destination);

    /** {@return the mover's name for messages, with its path if it has several} */
    String name();

    /** {@return the sums of the mover so far, also after it was closed} */
    MoverCounters counters();

    /**
     * Finishes the operations that were started, then releases threads and native memory. Futures
     * that were not started complete with {@link VdmResult#CLOSED} when they are polled. New
     * operations throw. A second call does nothing, and does not wait for the first.
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
     * wait, and does not wait itself. An operation has begun when a worker, a device or the polling
     * thread executes it.
     *
     * @return how many operations were polled, had not begun and were cancelled by this call
     * @throws VdmException like {@link #close}
     */
    int closeNow();
}
