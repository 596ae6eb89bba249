package io.github.vdm4j;

import io.github.vdm4j.operation.CompareResult;
import io.github.vdm4j.operation.Crc32c;
import io.github.vdm4j.operation.CrcOptions;
import io.github.vdm4j.operation.DeltaResult;
import io.github.vdm4j.operation.DifConfig;
import io.github.vdm4j.operation.DifResult;
import java.lang.foreign.MemorySegment;

/**
 * A virtual data mover. It copies, fills, flushes, compares and checks memory. Each operation is a
 * future that starts at its first poll. A program that uses this interface runs on Intel DML, on
 * Intel DSA, on threads, or on the calling thread. A mover is thread-safe.
 *
 * <p><b>Segments.</b> Segments are ranges of bytes. They have any alignment unless a method
 * requires an alignment. Only the ranges of a memmove and of a comparison may overlap. A native
 * mover may refuse heap segments. The arena of a segment must stay open until the future is
 * complete. A length of 0 succeeds at the first poll. A segment from {@link
 * MemorySegment#ofAddress} has length 0 until it is {@linkplain MemorySegment#reinterpret(long)
 * reinterpreted}.
 *
 * <p><b>Truncated files.</b> If a file was truncated, an operation on its memory ends with {@link
 * VdmResult#IO_ERROR}. This applies to mapped segments, to buffers of this library, and to
 * {@linkplain io.github.vdm4j.buffer.OffHeapBuffer#wrap wrapped} memory. A segment from {@link
 * MemorySegment#ofAddress} has no such guard. If its file is truncated, native code that accesses
 * it crashes the process.
 *
 * <p><b>Errors.</b> Invalid arguments throw immediately, with the values. Later failures complete
 * the future with a {@link VdmResult}. Every method that creates a future, a batch or a reusable
 * operation throws
 *
 * <ul>
 * <li>{@link NullPointerException} if an argument is null,
 * <li>{@link IllegalArgumentException} if an argument breaks a rule that its method states, a range
 *     to write is read-only, or the mover cannot reach a segment,
 * <li>{@link IllegalStateException} if the arena of a segment is closed, or the mover is closed,
 * <li>{@link WrongThreadException} if a segment is confined to another thread.
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
     * @param flags the flags
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
     * @param flags the flags
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
     * @param flags the flags
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
     * Makes a range durable that any code has written before. After a success, the range is in the
     * persistence domain of its memory. If the mover cannot make it durable, the result is {@link
     * VdmResult#UNSUPPORTED}. If the storage fails, has failed before, or the file was truncated,
     * the result is {@link VdmResult#IO_ERROR}.
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
     * Waits until all operations that were started on this mover before have ended.
     *
     * @return an idle future
     */
    VdmFuture<VdmOutput> drain();

    /**
     * Fills a range with a pattern of eight bytes. The last repetition may be incomplete.
     *
     * @param destination the range to write
     * @param pattern the pattern, with its lowest byte first in memory
     * @param flags the flags
     * @return an idle future
     */
    VdmFuture<VdmOutput> fill(MemorySegment destination, long pattern, VdmFlags flags);

    /**
     * Calls {@link #fill(MemorySegment, long, VdmFlags)} without flags.
     *
     * @param destination the range to write
     * @param pattern the pattern, with its lowest byte first in memory
     * @return an idle future
     */
    default VdmFuture<VdmOutput> fill(MemorySegment destination, long pattern) {
        return fill(destination, pattern, VdmFlags.NONE);
    }

    /**
     * Compares two ranges.
     *
     * @param first a range
     * @param second another range of the same size. The ranges may overlap
     * @return an idle future of the result. A mismatch is a success
     */
    VdmFuture<CompareResult> compare(MemorySegment first, MemorySegment second);

    /**
     * Compares a range with a pattern of eight bytes. The pattern repeats from the first byte of
     * the range.
     *
     * @param range the range
     * @param pattern the pattern, with its lowest byte first in memory
     * @return an idle future of the result. A mismatch is a success
     */
    VdmFuture<CompareResult> comparePattern(MemorySegment range, long pattern);

    /**
     * Records the differences of two ranges. {@link #applyDelta} applies the record to a copy of
     * the original. The addresses must be multiples of 8.
     *
     * @param record the range for the record. Its size is a multiple of 10 bytes, at least 80, see
     *     {@link DeltaResult#maxRecordBytes}
     * @param original the original range. Its size is a multiple of 8 bytes, at most 0x80000
     * @param modified the modified range, of the same size
     * @return an idle future of the outcome and of the record's size
     */
    VdmFuture<DeltaResult> createDelta(MemorySegment record, MemorySegment original,
            MemorySegment modified);

    /**
     * Applies a delta record to a range with the original content. The range then has the modified
     * content. The offsets of the record must ascend and be inside the destination. Otherwise the
     * mover writes nothing, and the future ends with {@link VdmResult#INVALID_DATA}. The addresses
     * must be multiples of 8.
     *
     * @param destination the range to change. Its size is a multiple of 8 bytes, at most 0x80000
     * @param record the record without unused bytes. Its size is a multiple of 10 bytes
     * @param flags the flags
     * @return an idle future
     */
    VdmFuture<VdmOutput> applyDelta(MemorySegment destination, MemorySegment record,
            VdmFlags flags);

    /**
     * Calls {@link #applyDelta(MemorySegment, MemorySegment, VdmFlags)} without flags.
     *
     * @param destination the range to change
     * @param record the record without unused bytes
     * @return an idle future
     */
    default VdmFuture<VdmOutput> applyDelta(MemorySegment destination, MemorySegment record) {
        return applyDelta(destination, record, VdmFlags.NONE);
    }

    /**
     * Copies a range to two ranges.
     *
     * @param first a range to write
     * @param second another range to write. Its address has the same low 12 bits
     * @param source the range to read, of the same size
     * @param flags the flags for both destinations
     * @return an idle future
     */
    VdmFuture<VdmOutput> dualcast(MemorySegment first, MemorySegment second, MemorySegment source,
            VdmFlags flags);

    /**
     * Calls {@link #dualcast(MemorySegment, MemorySegment, MemorySegment, VdmFlags)} without flags.
     *
     * @param first a range to write
     * @param second another range to write. Its address has the same low 12 bits
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
     * @param options the seed and the reflections
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
     * @param options the seed and the reflections
     * @param destination the four bytes for the CRC, at any address outside of the range
     * @return an idle future of the CRC
     */
    VdmFuture<Crc32c> crc32c(MemorySegment range, CrcOptions options, MemorySegment destination);

    /**
     * Copies a range and computes its CRC-32C.
     *
     * @param destination the range to write
     * @param source the range to read, of the same size
     * @param options the seed and the reflections
     * @param flags the flags
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
     * @param flags the flags
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
     * @param flags the flags
     * @return an idle future of the errors of the first bad block. After an error, the content of
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
     * @param flags the flags
     * @return an idle future of the errors of the first bad block. After an error, the content of
     *     the destination is undefined
     */
    VdmFuture<DifResult> difUpdate(
            MemorySegment destination, MemorySegment source, DifConfig config, VdmFlags flags);

    /** {@return an empty batch} A batch executes several operations together. */
    Batch batch();

    /**
     * {@return a reusable operation} It can be prepared any number of times without an allocation.
     */
    VdmOperation newOperation();

    /**
     * {@return whether the mover supports flags for at least one kind of destination}
     *
     * @param flags the flags
     */
    boolean isSupported(VdmFlags flags);

    /**
     * {@return whether the mover accepts operations with flags on a destination} With {@link
     * VdmFlags#MEM_DURABLE}, the result also applies to {@link #flush}.
     *
     * @param flags the flags
     * @param destination the range to be written
     */
    boolean isSupported(VdmFlags flags, MemorySegment destination);

    /** {@return the mover's name for messages, with its path if it has several} */
    String name();

    /** {@return the counters of the mover} They are also available after the mover is closed. */
    MoverCounters counters();

    /**
     * Finishes the started operations, and then releases threads and native memory. Futures that
     * were not started complete with {@link VdmResult#CLOSED} at their first poll. Methods for new
     * operations throw an exception. A second call has no effect and does not wait for the first
     * call.
     *
     * <p>If another thread is inside the first poll of a future, this method waits for the end of
     * that poll. It does not wait for a copy or fill of at most 64 KiB that is not durable. Such a
     * poll may end some microseconds later. A call inside a callback does not wait for any poll.
     *
     * @throws VdmException with {@link VdmResult#TIMEOUT} if operations are still in flight after
     *     the close timeout of the mover. The message names the operations, and the mover does not
     *     free their memory
     */
    @Override
    void close();

    /**
     * Closes the mover without executing the waiting operations. They complete with {@link
     * VdmResult#CLOSED} and have written nothing. The method waits for the operations that have
     * begun, like {@link #close}. If another thread is waiting in {@code close}, this call shortens
     * that wait and does not wait itself. An operation has begun when a worker, a device or the
     * polling thread executes it.
     *
     * @return the number of waiting operations that this call has ended
     * @throws VdmException like {@link #close}
     */
    int closeNow();
}
