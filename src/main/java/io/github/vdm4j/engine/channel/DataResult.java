package io.github.vdm4j.engine.channel;

import io.github.vdm4j.Operation;
import io.github.vdm4j.VdmOperationType;
import io.github.vdm4j.machine.SegmentClosedException;
import io.github.vdm4j.operation.DeltaResult;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/** The result of a data operation. It combines the completion records of the parts. */
final class DataResult {
    private static final int WORD = 8;
    private static final int NOT_EQUAL = 1;

    private Operation<?> operation;

    /**
     * The value of the result, see {@link Operation#succeed(io.github.vdm4j.ExecutionPath, long,
     * int)}.
     */
    private long value;

    private int outcome;

    void begin(Operation<?> what) {
        operation = what;
        outcome = 0;
        value = switch (what.type()) {
            case COMPARE, COMPARE_PATTERN, DIF_CHECK, DIF_STRIP, DIF_UPDATE -> -1;
            default -> 0;
        };
    }

    void clear() {
        operation = null;
    }

    long value() {
        return value;
    }

    int outcome() {
        return outcome;
    }

    /** Records the result of the JVM's kernels. */
    void takeFromOperation() {
        value = operation.value();
        outcome = operation.outcome();
    }

    /** Records the bad block that ended a part. */
    void takeBadBlock(Slot slot, long offset) {
        value = offset + slot.offset();
        outcome = slot.result();
    }

    /**
     * Records the result of a part.
     *
     * @param offset the offset of the part
     * @return {@code false} if no further part can change the result
     */
    boolean take(Slot slot, long offset, DataPart fields) {
        switch (operation.type()) {
            case COMPARE, COMPARE_PATTERN -> {
                if (slot.result() == NOT_EQUAL) {
                    long found = offset + slot.offset();
                    value = operation.type() == VdmOperationType.COMPARE_PATTERN ? exactly(found)
                            : found;
                    return false;
                }
            }
            case CRC, COPY_CRC -> {
                fields.seed(slot.crc());
                value = Integer.toUnsignedLong(slot.crc());
            }
            case DELTA_CREATE -> {
                DeltaResult.Outcome told = switch (slot.result()) {
                    case 0 -> DeltaResult.Outcome.EQUAL;
                    case NOT_EQUAL -> DeltaResult.Outcome.RECORDED;
                    default -> DeltaResult.Outcome.OVERFLOW;
                };
                outcome = told.ordinal();
                value = told == DeltaResult.Outcome.EQUAL ? 0 : slot.recordBytes();
            }
            default -> {} // Further operations have no result.
        }
        return true;
    }

    /**
     * Returns the offset of a mismatch in the word that DML reports. If the word has no mismatch,
     * another thread has changed it, and the method returns the word's offset.
     */
    private long exactly(long word) {
        MemorySegment source = operation.source();
        try {
            for (long i = word; i < Math.min(word + WORD, source.byteSize()); i++) {
                byte expected = (byte) (operation.pattern() >>> i % WORD * Byte.SIZE);
                if (source.get(ValueLayout.JAVA_BYTE, i) != expected) {
                    return i;
                }
            }
        } catch (IllegalStateException e) {
            throw new SegmentClosedException(e);
        }
        return word;
    }
}
