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
 * The operations of {@link Vdm} for an object that stores their descriptors. A {@link Batch} adds
 * each operation to its tasks. A {@link VdmOperation} prepares it.
 *
 * <p>Each method checks its arguments and throws the same exceptions as the method of {@link Vdm}.
 * It also throws an {@link IllegalStateException} if the batch was submitted, if the reusable
 * operation is running, or if another thread uses the object. If a method throws an exception, the
 * object is unchanged.
 *
 * @param <S> the type of the object
 */
public abstract sealed class OperationMethods<S>
        permits Batch, VdmOperation, AbstractDataMover.Futures {
    OperationMethods() {}

    /** Checks an operation and stores its descriptor. A missing argument is null. */
    abstract S describe(VdmOperationType type, MemorySegment destination, MemorySegment source,
            MemorySegment second, long pattern, Object options, VdmFlags flags);

    /**
     * Describes {@link Vdm#memcpy(MemorySegment, MemorySegment, VdmFlags)}.
     *
     * @param destination the range to write
     * @param source the range to read
     * @param flags the flags
     * @return this
     */
    public final S memcpy(MemorySegment destination, MemorySegment source, VdmFlags flags) {
        return describe(MEMCPY, requireNonNull(destination, "destination"),
                requireNonNull(source, "source"), null, 0, null, flags);
    }

    /**
     * Describes {@link Vdm#memcpy(MemorySegment, MemorySegment)}.
     *
     * @param destination the range to write
     * @param source the range to read
     * @return this
     */
    public final S memcpy(MemorySegment destination, MemorySegment source) {
        return memcpy(destination, source, VdmFlags.NONE);
    }

    /**
     * Describes {@link Vdm#memmove(MemorySegment, MemorySegment, VdmFlags)}.
     *
     * @param destination the range to write
     * @param source the range to read
     * @param flags the flags
     * @return this
     */
    public final S memmove(MemorySegment destination, MemorySegment source, VdmFlags flags) {
        return describe(MEMMOVE, requireNonNull(destination, "destination"),
                requireNonNull(source, "source"), null, 0, null, flags);
    }

    /**
     * Describes {@link Vdm#memset(MemorySegment, byte, VdmFlags)}.
     *
     * @param destination the range to write
     * @param value the byte
     * @param flags the flags
     * @return this
     */
    public final S memset(MemorySegment destination, byte value, VdmFlags flags) {
        return describe(MEMSET, requireNonNull(destination, "destination"), null, null, value, null,
                flags);
    }

    /**
     * Describes {@link Vdm#flush(MemorySegment)}.
     *
     * @param range the range to write back
     * @return this
     */
    public final S flush(MemorySegment range) {
        return describe(FLUSH, requireNonNull(range, "range"), null, null, 0, null, VdmFlags.NONE);
    }

    /**
     * Describes {@link Vdm#nop()}.
     *
     * @return this
     */
    public final S nop() {
        return describe(NOP, null, null, null, 0, null, VdmFlags.NONE);
    }

    /**
     * Describes {@link Vdm#fill(MemorySegment, long, VdmFlags)}.
     *
     * @param destination the range to write
     * @param pattern the pattern, with its lowest byte first in memory
     * @param flags the flags
     * @return this
     */
    public final S fill(MemorySegment destination, long pattern, VdmFlags flags) {
        return describe(FILL, requireNonNull(destination, "destination"), null, null, pattern, null,
                flags);
    }

    /**
     * Describes {@link Vdm#fill(MemorySegment, long)}.
     *
     * @param destination the range to write
     * @param pattern the pattern, with its lowest byte first in memory
     * @return this
     */
    public final S fill(MemorySegment destination, long pattern) {
        return fill(destination, pattern, VdmFlags.NONE);
    }

    /**
     * Describes {@link Vdm#compare(MemorySegment, MemorySegment)}.
     *
     * @param first a range
     * @param second another range of the same size
     * @return this
     */
    public final S compare(MemorySegment first, MemorySegment second) {
        return describe(COMPARE, null, requireNonNull(first, "first"),
                requireNonNull(second, "second"),
                0, null, VdmFlags.NONE);
    }

    /**
     * Describes {@link Vdm#comparePattern(MemorySegment, long)}.
     *
     * @param range the range
     * @param pattern the pattern, with its lowest byte first in memory
     * @return this
     */
    public final S comparePattern(MemorySegment range, long pattern) {
        return describe(COMPARE_PATTERN, null, requireNonNull(range, "range"), null, pattern, null,
                VdmFlags.NONE);
    }

    /**
     * Describes {@link Vdm#createDelta(MemorySegment, MemorySegment, MemorySegment)}.
     *
     * @param record the record
     * @param original a range
     * @param modified another range of the same size
     * @return this
     */
    public final S createDelta(MemorySegment record, MemorySegment original,
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
     * @return this
     */
    public final S applyDelta(MemorySegment destination, MemorySegment record, VdmFlags flags) {
        return describe(DELTA_APPLY, requireNonNull(destination, "destination"),
                requireNonNull(record, "record"), null, 0, null, flags);
    }

    /**
     * Describes {@link Vdm#dualcast(MemorySegment, MemorySegment, MemorySegment, VdmFlags)}.
     *
     * @param first a range to write
     * @param second another range to write
     * @param source the range to read
     * @param flags the flags
     * @return this
     */
    public final S dualcast(MemorySegment first, MemorySegment second, MemorySegment source,
            VdmFlags flags) {
        return describe(DUALCAST, requireNonNull(first, "first"), requireNonNull(source, "source"),
                requireNonNull(second, "second"), 0, null, flags);
    }

    /**
     * Describes {@link Vdm#crc32c(MemorySegment, CrcOptions)}.
     *
     * @param range the range
     * @param options the seed and the reflections
     * @return this
     */
    public final S crc32c(MemorySegment range, CrcOptions options) {
        return describe(CRC, null, requireNonNull(range, "range"), null, 0,
                requireNonNull(options, "options"), VdmFlags.NONE);
    }

    /**
     * Describes {@link Vdm#crc32c(MemorySegment)}.
     *
     * @param range the range
     * @return this
     */
    public final S crc32c(MemorySegment range) {
        return crc32c(range, CrcOptions.STANDARD);
    }

    /**
     * Describes {@link Vdm#crc32c(MemorySegment, CrcOptions, MemorySegment)}.
     *
     * @param range the range
     * @param options the seed and the reflections
     * @param destination four bytes for the CRC
     * @return this
     */
    public final S crc32c(MemorySegment range, CrcOptions options, MemorySegment destination) {
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
     * @return this
     */
    public final S copyCrc32c(MemorySegment destination, MemorySegment source, CrcOptions options,
            VdmFlags flags) {
        return describe(COPY_CRC, requireNonNull(destination, "destination"),
                requireNonNull(source, "source"), null, 0, requireNonNull(options, "options"),
                flags);
    }

    /**
     * Describes {@link Vdm#difCheck(MemorySegment, DifConfig)}.
     *
     * @param source the range to read
     * @param config the blocks' size and their protection
     * @return this
     */
    public final S difCheck(MemorySegment source, DifConfig config) {
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
     * @return this
     */
    public final S difInsert(MemorySegment destination, MemorySegment source, DifConfig config,
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
     * @return this
     */
    public final S difStrip(MemorySegment destination, MemorySegment source, DifConfig config,
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
     * @return this
     */
    public final S difUpdate(MemorySegment destination, MemorySegment source, DifConfig config,
            VdmFlags flags) {
        return describe(DIF_UPDATE, requireNonNull(destination, "destination"),
                requireNonNull(source, "source"), null, 0, requireNonNull(config, "config"), flags);
    }
}
