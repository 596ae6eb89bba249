package io.github.vdm4j;

import static io.github.vdm4j.VdmOperationType.COMPARE;
import static io.github.vdm4j.VdmOperationType.COMPARE_PATTERN;
import static io.github.vdm4j.VdmOperationType.COPY_CRC;
import static io.github.vdm4j.VdmOperationType.CRC;
import static io.github.vdm4j.VdmOperationType.DELTA_APPLY;
import static io.github.vdm4j.VdmOperationType.DELTA_CREATE;
import static io.github.vdm4j.VdmOperationType.DIF_CHECK;
import static io.github.vdm4j.VdmOperationType.DIF_INSERT;
import static io.github.vdm4j.VdmOperationType.DIF_STRIP;
import static io.github.vdm4j.VdmOperationType.DIF_UPDATE;
import static io.github.vdm4j.VdmOperationType.DUALCAST;
import static io.github.vdm4j.VdmOperationType.FILL;
import static io.github.vdm4j.VdmOperationType.FLUSH;
import static io.github.vdm4j.VdmOperationType.MEMCPY;
import static io.github.vdm4j.VdmOperationType.MEMMOVE;
import static io.github.vdm4j.VdmOperationType.MEMSET;
import static io.github.vdm4j.VdmOperationType.NOP;
import static java.util.Objects.requireNonNull;

import io.github.vdm4j.operation.CrcOptions;
import io.github.vdm4j.operation.DifConfig;
import java.lang.foreign.MemorySegment;

/**
 * The operations of a mover, of a {@link Batch} and of a {@link VdmOperation}. A mover returns the
 * future of the operation, see {@link Vdm}. A batch adds the operation to its tasks, and a reusable
 * operation prepares it. Both return themselves.
 *
 * <p>Each method checks its arguments and throws the same exceptions as the method of {@link Vdm}.
 * It also throws an {@link IllegalStateException} if the batch was submitted, if the reusable
 * operation is running, or if another thread uses the object. If a method throws an exception, the
 * object is unchanged.
 *
 * @param <O> what an operation with a {@link VdmOutput} returns
 * @param <C> what a comparison returns
 * @param <D> what the creation of a delta returns
 * @param <K> what a CRC returns
 * @param <I> what a check of protected blocks returns
 */
public abstract sealed class OperationMethods<O, C, D, K, I>
        permits Batch, VdmOperation, AbstractDataMover {
    OperationMethods() {}

    /** Checks an operation and stores its descriptor. A missing argument is null. */
    abstract <S> S describe(VdmOperationType type, MemorySegment destination, MemorySegment source,
            MemorySegment second, long pattern, Object options, VdmFlags flags);

    /**
     * Describes {@link Vdm#memcpy(MemorySegment, MemorySegment, VdmFlags)}.
     *
     * @param destination the range to write
     * @param source the range to read
     * @param flags the flags
     * @return the future, or this
     */
    public final O memcpy(MemorySegment destination, MemorySegment source, VdmFlags flags) {
        return describe(MEMCPY, requireNonNull(destination, "destination"),
                requireNonNull(source, "source"), null, 0, null, flags);
    }

    /**
     * Describes {@link Vdm#memcpy(MemorySegment, MemorySegment)}.
     *
     * @param destination the range to write
     * @param source the range to read
     * @return the future, or this
     */
    public final O memcpy(MemorySegment destination, MemorySegment source) {
        return memcpy(destination, source, VdmFlags.NONE);
    }

    /**
     * Describes {@link Vdm#memmove(MemorySegment, MemorySegment, VdmFlags)}.
     *
     * @param destination the range to write
     * @param source the range to read
     * @param flags the flags
     * @return the future, or this
     */
    public final O memmove(MemorySegment destination, MemorySegment source, VdmFlags flags) {
        return describe(MEMMOVE, requireNonNull(destination, "destination"),
                requireNonNull(source, "source"), null, 0, null, flags);
    }

    /**
     * Describes {@link Vdm#memmove(MemorySegment, MemorySegment)}.
     *
     * @param destination the range to write
     * @param source the range to read
     * @return the future, or this
     */
    public final O memmove(MemorySegment destination, MemorySegment source) {
        return memmove(destination, source, VdmFlags.NONE);
    }

    /**
     * Describes {@link Vdm#memset(MemorySegment, byte, VdmFlags)}.
     *
     * @param destination the range to write
     * @param value the byte
     * @param flags the flags
     * @return the future, or this
     */
    public final O memset(MemorySegment destination, byte value, VdmFlags flags) {
        return describe(MEMSET, requireNonNull(destination, "destination"), null, null, value, null,
                flags);
    }

    /**
     * Describes {@link Vdm#memset(MemorySegment, byte)}.
     *
     * @param destination the range to write
     * @param value the byte
     * @return the future, or this
     */
    public final O memset(MemorySegment destination, byte value) {
        return memset(destination, value, VdmFlags.NONE);
    }

    /**
     * Describes {@link Vdm#flush(MemorySegment)}.
     *
     * @param range the range to write back
     * @return the future, or this
     */
    public final O flush(MemorySegment range) {
        return describe(FLUSH, requireNonNull(range, "range"), null, null, 0, null, VdmFlags.NONE);
    }

    /**
     * Describes {@link Vdm#nop()}.
     *
     * @return the future, or this
     */
    public final O nop() {
        return describe(NOP, null, null, null, 0, null, VdmFlags.NONE);
    }

    /**
     * Describes {@link Vdm#fill(MemorySegment, long, VdmFlags)}.
     *
     * @param destination the range to write
     * @param pattern the pattern, with its lowest byte first in memory
     * @param flags the flags
     * @return the future, or this
     */
    public final O fill(MemorySegment destination, long pattern, VdmFlags flags) {
        return describe(FILL, requireNonNull(destination, "destination"), null, null, pattern, null,
                flags);
    }

    /**
     * Describes {@link Vdm#fill(MemorySegment, long)}.
     *
     * @param destination the range to write
     * @param pattern the pattern, with its lowest byte first in memory
     * @return the future, or this
     */
    public final O fill(MemorySegment destination, long pattern) {
        return fill(destination, pattern, VdmFlags.NONE);
    }

    /**
     * Describes {@link Vdm#compare(MemorySegment, MemorySegment)}.
     *
     * @param first a range
     * @param second another range of the same size
     * @return the future, or this
     */
    public final C compare(MemorySegment first, MemorySegment second) {
        return describe(COMPARE, null, requireNonNull(first, "first"),
                requireNonNull(second, "second"),
                0, null, VdmFlags.NONE);
    }

    /**
     * Describes {@link Vdm#comparePattern(MemorySegment, long)}.
     *
     * @param range the range
     * @param pattern the pattern, with its lowest byte first in memory
     * @return the future, or this
     */
    public final C comparePattern(MemorySegment range, long pattern) {
        return describe(COMPARE_PATTERN, null, requireNonNull(range, "range"), null, pattern, null,
                VdmFlags.NONE);
    }

    /**
     * Describes {@link Vdm#createDelta(MemorySegment, MemorySegment, MemorySegment)}.
     *
     * @param record the record
     * @param original a range
     * @param modified another range of the same size
     * @return the future, or this
     */
    public final D createDelta(MemorySegment record, MemorySegment original,
            MemorySegment modified) {
        return describe(DELTA_CREATE, requireNonNull(record, "record"),
                requireNonNull(original, "original"), requireNonNull(modified, "modified"), 0, null,
                VdmFlags.NONE);
    }

    /**
     * Describes {@link Vdm#applyDelta(MemorySegment, MemorySegment, VdmFlags)}.
     *
     * @param destination the range to write
     * @param record the record
     * @param flags the flags
     * @return the future, or this
     */
    public final O applyDelta(MemorySegment destination, MemorySegment record, VdmFlags flags) {
        return describe(DELTA_APPLY, requireNonNull(destination, "destination"),
                requireNonNull(record, "record"), null, 0, null, flags);
    }

    /**
     * Describes {@link Vdm#applyDelta(MemorySegment, MemorySegment)}.
     *
     * @param destination the range to write
     * @param record the record, exactly as long as its contents
     * @return the future, or this
     */
    public final O applyDelta(MemorySegment destination, MemorySegment record) {
        return applyDelta(destination, record, VdmFlags.NONE);
    }

    /**
     * Describes {@link Vdm#dualcast(MemorySegment, MemorySegment, MemorySegment, VdmFlags)}.
     *
     * @param first a range to write
     * @param second another range to write
     * @param source the range to read
     * @param flags the flags
     * @return the future, or this
     */
    public final O dualcast(MemorySegment first, MemorySegment second, MemorySegment source,
            VdmFlags flags) {
        return describe(DUALCAST, requireNonNull(first, "first"), requireNonNull(source, "source"),
                requireNonNull(second, "second"), 0, null, flags);
    }

    /**
     * Describes {@link Vdm#dualcast(MemorySegment, MemorySegment, MemorySegment)}.
     *
     * @param first the first range to write
     * @param second the second range to write
     * @param source the range to read
     * @return the future, or this
     */
    public final O dualcast(MemorySegment first, MemorySegment second, MemorySegment source) {
        return dualcast(first, second, source, VdmFlags.NONE);
    }

    /**
     * Describes {@link Vdm#crc32c(MemorySegment, CrcOptions)}.
     *
     * @param range the range
     * @param options the seed and the reflections
     * @return the future, or this
     */
    public final K crc32c(MemorySegment range, CrcOptions options) {
        return describe(CRC, null, requireNonNull(range, "range"), null, 0,
                requireNonNull(options, "options"), VdmFlags.NONE);
    }

    /**
     * Describes {@link Vdm#crc32c(MemorySegment)}.
     *
     * @param range the range
     * @return the future, or this
     */
    public final K crc32c(MemorySegment range) {
        return crc32c(range, CrcOptions.STANDARD);
    }

    /**
     * Describes {@link Vdm#crc32c(MemorySegment, CrcOptions, MemorySegment)}.
     *
     * @param range the range
     * @param options the seed and the reflections
     * @param destination four bytes for the CRC
     * @return the future, or this
     */
    public final K crc32c(MemorySegment range, CrcOptions options, MemorySegment destination) {
        return describe(CRC, null, requireNonNull(range, "range"),
                requireNonNull(destination, "destination"), 0, requireNonNull(options, "options"),
                VdmFlags.NONE);
    }

    /**
     * Describes {@link Vdm#copyCrc32c(MemorySegment, MemorySegment, CrcOptions, VdmFlags)}.
     *
     * @param destination the range to write
     * @param source the range to read
     * @param options the seed and the reflections
     * @param flags the flags
     * @return the future, or this
     */
    public final K copyCrc32c(MemorySegment destination, MemorySegment source, CrcOptions options,
            VdmFlags flags) {
        return describe(COPY_CRC, requireNonNull(destination, "destination"),
                requireNonNull(source, "source"), null, 0, requireNonNull(options, "options"),
                flags);
    }

    /**
     * Describes {@link Vdm#copyCrc32c(MemorySegment, MemorySegment)}.
     *
     * @param destination the range to write
     * @param source the range to read
     * @return the future, or this
     */
    public final K copyCrc32c(MemorySegment destination, MemorySegment source) {
        return copyCrc32c(destination, source, CrcOptions.STANDARD, VdmFlags.NONE);
    }

    /**
     * Describes {@link Vdm#difCheck(MemorySegment, DifConfig)}.
     *
     * @param source the range to read
     * @param config the blocks' size and their protection
     * @return the future, or this
     */
    public final I difCheck(MemorySegment source, DifConfig config) {
        return describe(DIF_CHECK, null, requireNonNull(source, "source"), null, 0,
                requireNonNull(config, "config"), VdmFlags.NONE);
    }

    /**
     * Describes {@link Vdm#difInsert(MemorySegment, MemorySegment, DifConfig, VdmFlags)}.
     *
     * @param destination the range to write
     * @param source the range to read
     * @param config the blocks' size and their protection
     * @param flags the flags
     * @return the future, or this
     */
    public final O difInsert(MemorySegment destination, MemorySegment source, DifConfig config,
            VdmFlags flags) {
        return describe(DIF_INSERT, requireNonNull(destination, "destination"),
                requireNonNull(source, "source"), null, 0, requireNonNull(config, "config"), flags);
    }

    /**
     * Describes {@link Vdm#difStrip(MemorySegment, MemorySegment, DifConfig, VdmFlags)}.
     *
     * @param destination the range to write
     * @param source the range to read
     * @param config the blocks' size and their protection
     * @param flags the flags
     * @return the future, or this
     */
    public final I difStrip(MemorySegment destination, MemorySegment source, DifConfig config,
            VdmFlags flags) {
        return describe(DIF_STRIP, requireNonNull(destination, "destination"),
                requireNonNull(source, "source"), null, 0, requireNonNull(config, "config"), flags);
    }

    /**
     * Describes {@link Vdm#difUpdate(MemorySegment, MemorySegment, DifConfig, VdmFlags)}.
     *
     * @param destination the range to write
     * @param source the range to read
     * @param config the blocks' size and their protection
     * @param flags the flags
     * @return the future, or this
     */
    public final I difUpdate(MemorySegment destination, MemorySegment source, DifConfig config,
            VdmFlags flags) {
        return describe(DIF_UPDATE, requireNonNull(destination, "destination"),
                requireNonNull(source, "source"), null, 0, requireNonNull(config, "config"), flags);
    }
}
