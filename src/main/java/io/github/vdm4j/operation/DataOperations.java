package io.github.vdm4j.operation;

import io.github.vdm4j.Vdm;
import io.github.vdm4j.VdmFlags;
import io.github.vdm4j.VdmOutput;
import java.lang.foreign.MemorySegment;

/**
 * Everything that DML can do to memory, on every mover: what {@link Vdm} has, and comparing,
 * patterns, deltas, CRC-32C, data integrity fields and batches. Each operation is a future that
 * starts when it is first polled and whose output is a record.
 *
 * <p>The constraints of DML hold on every mover, so that code that runs on one runs on all. Each is
 * checked at the call. A length of 0 is fine everywhere.
 *
 * <p><b>Errors.</b> Every operation throws an {@link IllegalArgumentException} for what its own
 * text names, for a destination that is read-only and for a segment that the mover cannot reach; an
 * {@link IllegalStateException} if a segment's arena or the mover is closed; a {@link
 * WrongThreadException} if a segment is confined to another thread. What goes wrong later completes
 * the future with a {@link io.github.vdm4j.VdmResult}.
 *
 * <p><b>Lengths</b> are not limited except where an operation says so: what is longer than one job
 * can be is executed as several, and their results are combined.
 *
 * <p>C counterpart: {@code dml_operation_t} and the fields of {@code dml_job_t}.
 */
public interface DataOperations extends Vdm {

    /**
     * Does nothing, by way of the mover: what comes back has been where operations go.
     *
     * <p>C counterpart: {@code DML_OP_NOP}.
     *
     * @return an idle future
     */
    DataFuture<VdmOutput> nop();

    /**
     * Ends when every operation that was started on this mover before it has ended.
     *
     * <p>C counterpart: {@code DML_OP_DRAIN}, which does so for one work queue.
     *
     * @return an idle future
     */
    DataFuture<VdmOutput> drain();

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
    DataFuture<VdmOutput> fill(MemorySegment destination, long pattern, VdmFlags flags);

    /**
     * As {@link #fill(MemorySegment, long, VdmFlags)} with {@link VdmFlags#NONE}.
     *
     * @param destination the range to write
     * @param pattern the bytes, the lowest first in memory
     * @return an idle future
     */
    default DataFuture<VdmOutput> fill(MemorySegment destination, long pattern) {
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
    DataFuture<CompareResult> compare(MemorySegment first, MemorySegment second);

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
    DataFuture<CompareResult> comparePattern(MemorySegment range, long pattern);

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
    DataFuture<DeltaResult> createDelta(MemorySegment record, MemorySegment original,
            MemorySegment modified);

    /**
     * Makes a range that holds the original what the modified one was. A record whose offsets do
     * not ascend, or are not all inside of the destination, is not applied at all: the future ends
     * with {@link io.github.vdm4j.VdmResult#INVALID_DATA}.
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
    DataFuture<VdmOutput> applyDelta(MemorySegment destination, MemorySegment record,
            VdmFlags flags);

    /**
     * As {@link #applyDelta(MemorySegment, MemorySegment, VdmFlags)} with {@link VdmFlags#NONE}.
     *
     * @param destination the range to change
     * @param record the record, cut to its size
     * @return an idle future
     */
    default DataFuture<VdmOutput> applyDelta(MemorySegment destination, MemorySegment record) {
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
    DataFuture<VdmOutput> dualcast(MemorySegment first, MemorySegment second, MemorySegment source,
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
    default DataFuture<VdmOutput> dualcast(MemorySegment first, MemorySegment second,
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
    DataFuture<Crc32c> crc32c(MemorySegment range, CrcOptions options);

    /**
     * As {@link #crc32c(MemorySegment, CrcOptions)} with {@link CrcOptions#STANDARD}: what {@link
     * java.util.zip.CRC32C} computes.
     *
     * @param range the range
     * @return an idle future of the CRC
     */
    default DataFuture<Crc32c> crc32c(MemorySegment range) {
        return crc32c(range, CrcOptions.STANDARD);
    }

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
    DataFuture<Crc32c> copyCrc32c(
            MemorySegment destination, MemorySegment source, CrcOptions options, VdmFlags flags);

    /**
     * As {@link #copyCrc32c(MemorySegment, MemorySegment, CrcOptions, VdmFlags)} with {@link
     * CrcOptions#STANDARD} and {@link VdmFlags#NONE}.
     *
     * @param destination the range to write
     * @param source the range to read, of the same size
     * @return an idle future of the CRC
     */
    default DataFuture<Crc32c> copyCrc32c(MemorySegment destination, MemorySegment source) {
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
    DataFuture<DifResult> difCheck(MemorySegment source, DifConfig config);

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
    DataFuture<VdmOutput> difInsert(
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
    DataFuture<DifResult> difStrip(
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
    DataFuture<DifResult> difUpdate(
            MemorySegment destination, MemorySegment source, DifConfig config, VdmFlags flags);

    /**
     * An operation that is prepared and started any number of times without allocating anything but
     * what its result is asked for as.
     *
     * @return a new operation, not prepared
     * @throws IllegalStateException if the mover is closed
     */
    ReusableOperation newReusableOperation();

    /**
     * Several operations as one.
     *
     * @return an empty batch, to be filled and submitted
     * @throws IllegalStateException if the mover is closed
     */
    Batch batch();
}
