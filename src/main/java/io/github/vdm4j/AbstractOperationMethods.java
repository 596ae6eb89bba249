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

/** The descriptor of each method of {@link OperationMethods}. */
abstract sealed class AbstractOperationMethods<O, C, D, K, I>
        implements
            OperationMethods<O, C, D, K, I>
        permits Batch, VdmOperation, AbstractDataMover {
    /** Checks an operation and stores its descriptor. A missing argument is null. */
    abstract <S> S describe(VdmOperationType type, MemorySegment destination, MemorySegment source,
            MemorySegment second, long pattern, Object options, VdmFlags flags);

    @Override
    public final O memcpy(MemorySegment destination, MemorySegment source, VdmFlags flags) {
        return describe(MEMCPY, requireNonNull(destination, "destination"),
                requireNonNull(source, "source"), null, 0, null, flags);
    }

    @Override
    public final O memmove(MemorySegment destination, MemorySegment source, VdmFlags flags) {
        return describe(MEMMOVE, requireNonNull(destination, "destination"),
                requireNonNull(source, "source"), null, 0, null, flags);
    }

    @Override
    public final O memset(MemorySegment destination, byte value, VdmFlags flags) {
        return describe(MEMSET, requireNonNull(destination, "destination"), null, null, value, null,
                flags);
    }

    @Override
    public final O flush(MemorySegment range) {
        return describe(FLUSH, requireNonNull(range, "range"), null, null, 0, null, VdmFlags.NONE);
    }

    @Override
    public final O nop() {
        return describe(NOP, null, null, null, 0, null, VdmFlags.NONE);
    }

    @Override
    public final O fill(MemorySegment destination, long pattern, VdmFlags flags) {
        return describe(FILL, requireNonNull(destination, "destination"), null, null, pattern, null,
                flags);
    }

    @Override
    public final C compare(MemorySegment first, MemorySegment second) {
        return describe(COMPARE, null, requireNonNull(first, "first"),
                requireNonNull(second, "second"),
                0, null, VdmFlags.NONE);
    }

    @Override
    public final C comparePattern(MemorySegment range, long pattern) {
        return describe(COMPARE_PATTERN, null, requireNonNull(range, "range"), null, pattern, null,
                VdmFlags.NONE);
    }

    @Override
    public final D createDelta(MemorySegment record, MemorySegment original,
            MemorySegment modified) {
        return describe(DELTA_CREATE, requireNonNull(record, "record"),
                requireNonNull(original, "original"), requireNonNull(modified, "modified"), 0, null,
                VdmFlags.NONE);
    }

    @Override
    public final O applyDelta(MemorySegment destination, MemorySegment record, VdmFlags flags) {
        return describe(DELTA_APPLY, requireNonNull(destination, "destination"),
                requireNonNull(record, "record"), null, 0, null, flags);
    }

    @Override
    public final O dualcast(MemorySegment first, MemorySegment second, MemorySegment source,
            VdmFlags flags) {
        return describe(DUALCAST, requireNonNull(first, "first"), requireNonNull(source, "source"),
                requireNonNull(second, "second"), 0, null, flags);
    }

    @Override
    public final K crc32c(MemorySegment range, CrcOptions options) {
        return describe(CRC, null, requireNonNull(range, "range"), null, 0,
                requireNonNull(options, "options"), VdmFlags.NONE);
    }

    @Override
    public final K crc32c(MemorySegment range, CrcOptions options, MemorySegment destination) {
        return describe(CRC, null, requireNonNull(range, "range"),
                requireNonNull(destination, "destination"), 0, requireNonNull(options, "options"),
                VdmFlags.NONE);
    }

    @Override
    public final K copyCrc32c(MemorySegment destination, MemorySegment source, CrcOptions options,
            VdmFlags flags) {
        return describe(COPY_CRC, requireNonNull(destination, "destination"),
                requireNonNull(source, "source"), null, 0, requireNonNull(options, "options"),
                flags);
    }

    @Override
    public final I difCheck(MemorySegment source, DifConfig config) {
        return describe(DIF_CHECK, null, requireNonNull(source, "source"), null, 0,
                requireNonNull(config, "config"), VdmFlags.NONE);
    }

    @Override
    public final O difInsert(MemorySegment destination, MemorySegment source, DifConfig config,
            VdmFlags flags) {
        return describe(DIF_INSERT, requireNonNull(destination, "destination"),
                requireNonNull(source, "source"), null, 0, requireNonNull(config, "config"), flags);
    }

    @Override
    public final I difStrip(MemorySegment destination, MemorySegment source, DifConfig config,
            VdmFlags flags) {
        return describe(DIF_STRIP, requireNonNull(destination, "destination"),
                requireNonNull(source, "source"), null, 0, requireNonNull(config, "config"), flags);
    }

    @Override
    public final I difUpdate(MemorySegment destination, MemorySegment source, DifConfig config,
            VdmFlags flags) {
        return describe(DIF_UPDATE, requireNonNull(destination, "destination"),
                requireNonNull(source, "source"), null, 0, requireNonNull(config, "config"), flags);
    }
}
