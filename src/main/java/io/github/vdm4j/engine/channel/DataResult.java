package io.github.vdm4j.engine.channel;

import io.github.vdm4j.ExecutionPath;
import io.github.vdm4j.Operation;
import io.github.vdm4j.VdmOperationType;
import io.github.vdm4j.machine.SegmentClosedException;
import io.github.vdm4j.operation.DeltaResult;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/**
 * The result of a data operation. It combines the completion records of the parts. Before the first
 * record, it is the result of an empty operation.
 */
final class DataResult {
    private static final int WORD = 8;
    private static final int EQUAL = 0;
    private static final int OVERFLOW = DeltaResult.Outcome.OVERFLOW.ordinal();

    private Operation<?> operation;

    /** Whether a completion record can contain a result. */
    private boolean exists;

    /** The value of the result, see {@link Operation#succeed(ExecutionPath, long, int)}. */
    private long value;

    private int outcome;

    void begin(Operation<?> what) {
        exists = what.type().compareTo(VdmOperationType.COMPARE) >= 0;
        if (!exists) { // A copy must not pay for the result of other operations.
            return;
        }
        operation = what;
        outcome = 0;
        value = switch (what.type()) {
            case COMPARE, COMPARE_PATTERN, DIF_CHECK, DIF_STRIP, DIF_UPDATE -> -1;
            case CRC, COPY_CRC -> Integer.toUnsignedLong(what.crc().seed());
            default -> 0;
        };
    }

    void clear() {
        operation = null;
    }

    boolean exists() {
        return exists;
    }

    void succeed(Operation<?> what, ExecutionPath path) {
        if (exists) {
            what.succeed(path, value, outcome);
        } else {
            what.succeed(path);
        }
    }

    void takeFrom(Operation<?> executed) {
        value = executed.value();
        outcome = executed.outcome();
    }

    void takeBadBlock(long offset, int errors) {
        value = offset;
        outcome = errors;
    }

    /**
     * Records the completion record of a part. The offset is that of a difference, and the number
     * is a CRC or the size of a delta record. Returns false if no further part can change the
     * result.
     *
     * @throws SegmentClosedException if the arena of a segment with a difference is closed
     * @throws WrongThreadException if a segment with a difference is confined to another thread
     */
    boolean take(int code, long offset, int number) {
        switch (operation.type()) {
            case COMPARE, COMPARE_PATTERN -> {
                if (code != EQUAL) {
                    value = operation.type() == VdmOperationType.COMPARE ? offset
                            : exactly(offset & -WORD);
                    return false;
                }
            }
            case CRC, COPY_CRC -> value = Integer.toUnsignedLong(number);
            case DELTA_CREATE -> {
                outcome = Math.min(code, OVERFLOW);
                value = code == EQUAL ? 0 : Integer.toUnsignedLong(number);
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
        long end = Math.min(source.byteSize(), word + WORD);
        try {
            for (long at = word; at < end; at++) {
                byte expected = (byte) (operation.pattern() >>> (at - word) * Byte.SIZE);
                if (source.get(ValueLayout.JAVA_BYTE, at) != expected) {
                    return at;
                }
            }
            return word;
        } catch (IllegalStateException e) {
            throw new SegmentClosedException(e);
        }
    }
}
