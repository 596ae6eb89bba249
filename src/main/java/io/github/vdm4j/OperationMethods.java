package io.github.vdm4j;

import io.github.vdm4j.operation.CrcOptions;
import io.github.vdm4j.operation.DeltaResult;
import io.github.vdm4j.operation.DifConfig;
import java.lang.foreign.MemorySegment;

/**
 * The operations of a mover, of a {@link Batch} and of a {@link VdmOperation}. A mover returns an
 * idle future. A batch adds the operation to its tasks, and a reusable operation prepares it. Both
 * return themselves.
 *
 * <p>{@link Vdm} states the rules for segments and the exceptions. A batch also throws an {@link
 * IllegalStateException} if it was submitted, and a reusable operation if it is running. Both throw
 * it if another thread uses the object. If a method throws an exception, the object is unchanged.
 *
 * <p>C counterpart: {@code vdm_memcpy}, {@code vdm_memmove}, {@code vdm_memset} and {@code
 * vdm_flush} of miniasync_vdm(7), and {@code DML_OP_...}. The page docs/from-c-to-java.md lists the
 * counterpart of each method.
 *
 * @param <O> what an operation with a {@link VdmOutput} returns
 * @param <C> what a comparison returns
 * @param <D> what the creation of a delta returns
 * @param <K> what a CRC returns
 * @param <I> what a check of protected blocks returns
 */
public interface OperationMethods<O, C, D, K, I> {
    /**
     * Copies between two ranges that do not overlap.
     *
     * @param destination the range to write
     * @param source the range to read, of the same size
     * @param flags the flags
     * @return an idle future, or this
     */
    O memcpy(MemorySegment destination, MemorySegment source, VdmFlags flags);

    /**
     * Calls {@link #memcpy(MemorySegment, MemorySegment, VdmFlags)} without flags.
     *
     * @param destination the range to write
     * @param source the range to read, of the same size
     * @return an idle future, or this
     */
    default O memcpy(MemorySegment destination, MemorySegment source) {
        return memcpy(destination, source, VdmFlags.NONE);
    }

    /**
     * Copies between two ranges that may overlap.
     *
     * @param destination the range to write
     * @param source the range to read, of the same size
     * @param flags the flags
     * @return an idle future, or this
     */
    O memmove(MemorySegment destination, MemorySegment source, VdmFlags flags);

    /**
     * Calls {@link #memmove(MemorySegment, MemorySegment, VdmFlags)} without flags.
     *
     * @param destination the range to write
     * @param source the range to read, of the same size
     * @return an idle future, or this
     */
    default O memmove(MemorySegment destination, MemorySegment source) {
        return memmove(destination, source, VdmFlags.NONE);
    }

    /**
     * Fills a range with a byte.
     *
     * @param destination the range to write
     * @param value the byte
     * @param flags the flags
     * @return an idle future, or this
     */
    O memset(MemorySegment destination, byte value, VdmFlags flags);

    /**
     * Calls {@link #memset(MemorySegment, byte, VdmFlags)} without flags.
     *
     * @param destination the range to write
     * @param value the byte
     * @return an idle future, or this
     */
    default O memset(MemorySegment destination, byte value) {
        return memset(destination, value, VdmFlags.NONE);
    }

    /**
     * Makes a range durable that any code has written before. After a success, the range is in the
     * persistence domain of its memory. If the mover cannot make it durable, the result is {@link
     * VdmResult#UNSUPPORTED}. If the storage fails, has failed before, or the file was truncated,
     * the result is {@link VdmResult#IO_ERROR}.
     *
     * @param range the range to write back, read-only or not
     * @return an idle future, or this
     */
    O flush(MemorySegment range);

    /**
     * Does nothing. The operation passes through the mover like every operation.
     *
     * @return an idle future, or this
     */
    O nop();

    /**
     * Fills a range with a pattern of eight bytes. The last repetition may be incomplete.
     *
     * @param destination the range to write
     * @param pattern the pattern, with its lowest byte first in memory
     * @param flags the flags
     * @return an idle future, or this
     */
    O fill(MemorySegment destination, long pattern, VdmFlags flags);

    /**
     * Calls {@link #fill(MemorySegment, long, VdmFlags)} without flags.
     *
     * @param destination the range to write
     * @param pattern the pattern, with its lowest byte first in memory
     * @return an idle future, or this
     */
    default O fill(MemorySegment destination, long pattern) {
        return fill(destination, pattern, VdmFlags.NONE);
    }

    /**
     * Compares two ranges. A mismatch is a success.
     *
     * @param first a range
     * @param second another range of the same size. The ranges may overlap
     * @return an idle future, or this
     */
    C compare(MemorySegment first, MemorySegment second);

    /**
     * Compares a range with a pattern of eight bytes. The pattern repeats from the first byte of
     * the range. A mismatch is a success.
     *
     * @param range the range
     * @param pattern the pattern, with its lowest byte first in memory
     * @return an idle future, or this
     */
    C comparePattern(MemorySegment range, long pattern);

    /**
     * Records the differences of two ranges. {@link #applyDelta} applies the record to a copy of
     * the original. The addresses must be multiples of 8.
     *
     * @param record the range for the record. Its size is a multiple of 10 bytes, at least 80, see
     *     {@link DeltaResult#maxRecordBytes}
     * @param original the original range. Its size is a multiple of 8 bytes, at most 0x80000
     * @param modified the modified range, of the same size
     * @return an idle future, or this
     */
    D createDelta(MemorySegment record, MemorySegment original, MemorySegment modified);

    /**
     * Applies a delta record to a range with the original content. The range then has the modified
     * content. The offsets of the record must ascend and be inside the destination. Otherwise the
     * mover writes nothing, and the future ends with {@link VdmResult#INVALID_DATA}. The addresses
     * must be multiples of 8.
     *
     * @param destination the range to change. Its size is a multiple of 8 bytes, at most 0x80000
     * @param record the record without unused bytes. Its size is a multiple of 10 bytes
     * @param flags the flags
     * @return an idle future, or this
     */
    O applyDelta(MemorySegment destination, MemorySegment record, VdmFlags flags);

    /**
     * Calls {@link #applyDelta(MemorySegment, MemorySegment, VdmFlags)} without flags.
     *
     * @param destination the range to change
     * @param record the record without unused bytes
     * @return an idle future, or this
     */
    default O applyDelta(MemorySegment destination, MemorySegment record) {
        return applyDelta(destination, record, VdmFlags.NONE);
    }

    /**
     * Copies a range to two ranges.
     *
     * @param first a range to write
     * @param second another range to write. Its address has the same low 12 bits
     * @param source the range to read, of the same size
     * @param flags the flags for both destinations
     * @return an idle future, or this
     */
    O dualcast(MemorySegment first, MemorySegment second, MemorySegment source, VdmFlags flags);

    /**
     * Calls {@link #dualcast(MemorySegment, MemorySegment, MemorySegment, VdmFlags)} without flags.
     *
     * @param first a range to write
     * @param second another range to write. Its address has the same low 12 bits
     * @param source the range to read, of the same size
     * @return an idle future, or this
     */
    default O dualcast(MemorySegment first, MemorySegment second, MemorySegment source) {
        return dualcast(first, second, source, VdmFlags.NONE);
    }

    /**
     * Computes the CRC-32C of a range.
     *
     * @param range the range
     * @param options the seed and the reflections
     * @return an idle future, or this
     */
    K crc32c(MemorySegment range, CrcOptions options);

    /**
     * Calls {@link #crc32c(MemorySegment, CrcOptions)} with {@link CrcOptions#STANDARD}.
     *
     * @param range the range
     * @return an idle future, or this
     */
    default K crc32c(MemorySegment range) {
        return crc32c(range, CrcOptions.STANDARD);
    }

    /**
     * Computes the CRC-32C of a range and writes it to memory, the lowest byte first.
     *
     * @param range the range
     * @param options the seed and the reflections
     * @param destination the four bytes for the CRC, at any address outside of the range
     * @return an idle future, or this
     */
    K crc32c(MemorySegment range, CrcOptions options, MemorySegment destination);

    /**
     * Copies a range and computes its CRC-32C.
     *
     * @param destination the range to write
     * @param source the range to read, of the same size
     * @param options the seed and the reflections
     * @param flags the flags
     * @return an idle future, or this
     */
    K copyCrc32c(
            MemorySegment destination, MemorySegment source, CrcOptions options, VdmFlags flags);

    /**
     * Calls {@link #copyCrc32c(MemorySegment, MemorySegment, CrcOptions, VdmFlags)} with {@link
     * CrcOptions#STANDARD} and {@link VdmFlags#NONE}.
     *
     * @param destination the range to write
     * @param source the range to read, of the same size
     * @return an idle future, or this
     */
    default K copyCrc32c(MemorySegment destination, MemorySegment source) {
        return copyCrc32c(destination, source, CrcOptions.STANDARD, VdmFlags.NONE);
    }

    /**
     * Checks the protection of blocks (T10 DIF). The result has the errors of the first bad block.
     * A bad block is a success.
     *
     * @param source whole protected blocks, each with its 8 bytes of protection
     * @param config the size of the blocks and their expected protection
     * @return an idle future, or this
     */
    I difCheck(MemorySegment source, DifConfig config);

    /**
     * Copies blocks and adds their protection.
     *
     * @param destination as many protected blocks to write, each 8 bytes longer
     * @param source whole blocks
     * @param config the blocks' size and their protection
     * @param flags the flags
     * @return an idle future, or this
     */
    O difInsert(
            MemorySegment destination, MemorySegment source, DifConfig config, VdmFlags flags);

    /**
     * Checks the protection of blocks and copies them without it. The result has the errors of the
     * first bad block. After an error, the content of the destination is undefined.
     *
     * @param destination as many blocks to write
     * @param source whole protected blocks, each 8 bytes longer
     * @param config the size of the blocks and their expected protection
     * @param flags the flags
     * @return an idle future, or this
     */
    I difStrip(
            MemorySegment destination, MemorySegment source, DifConfig config, VdmFlags flags);

    /**
     * Checks the protection of blocks and copies them with new protection. The result has the
     * errors of the first bad block. After an error, the content of the destination is undefined.
     *
     * @param destination the protected blocks to write, of the same size
     * @param source whole protected blocks
     * @param config the size of the blocks, their expected protection and their new protection
     * @param flags the flags
     * @return an idle future, or this
     */
    I difUpdate(
            MemorySegment destination, MemorySegment source, DifConfig config, VdmFlags flags);
}
