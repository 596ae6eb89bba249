package io.github.vdm4j.operation;

import io.github.vdm4j.VdmOperationType;
import java.lang.foreign.MemorySegment;

/**
 * The constraints of DML's operations, which hold on every mover, so that code runs on each of them
 * alike.
 */
final class Rules {
    static final long MAX_DELTA_BYTES = 0x80000;
    static final long MIN_RECORD_BYTES = 80;
    static final long DELTA_BYTES = 10;
    private static final long WORD = 8;
    private static final long MAX_RECORD_BYTES = MAX_DELTA_BYTES / WORD * DELTA_BYTES;
    private static final long PAGE_MASK = 0xfff;

    private Rules() {}

    static void sameSize(
            VdmOperationType type, String role, MemorySegment one, String otherRole,
            MemorySegment other) {
        if (one.byteSize() != other.byteSize()) {
            throw new IllegalArgumentException(
                    "%s: the %s has %,d bytes and the %s %,d: they must be of one size"
                            .formatted(type, role, one.byteSize(), otherRole, other.byteSize()));
        }
    }

    static void size(VdmOperationType type, String role, MemorySegment segment, long bytes,
            String why) {
        if (segment.byteSize() != bytes) {
            throw new IllegalArgumentException(
                    "%s: the %s has %,d bytes, must have %,d: %s".formatted(type, role,
                            segment.byteSize(), bytes,
                            why));
        }
    }

    static void multipleOf(VdmOperationType type, String role, MemorySegment segment, long unit,
            String why) {
        if (segment.byteSize() % unit != 0) {
            throw new IllegalArgumentException(
                    "%s: the %s has %,d bytes, which is no multiple of %,d: %s"
                            .formatted(type, role, segment.byteSize(), unit, why));
        }
    }

    static void disjoint(
            VdmOperationType type, String role, MemorySegment one, String otherRole,
            MemorySegment other) {
        long shared = one.isNative() && other.isNative()
                ? Math.min(one.address() + one.byteSize(), other.address() + other.byteSize())
                        - Math.max(one.address(), other.address())
                : one.asOverlappingSlice(other).map(MemorySegment::byteSize).orElse(0L);
        if (shared > 0 && one.byteSize() > 0 && other.byteSize() > 0) {
            throw new IllegalArgumentException("%s: the %s %s and the %s %s overlap by %,d bytes"
                    .formatted(type, role, range(one), otherRole, range(other), shared));
        }
    }

    /** DML takes deltas of whole words at whole words only. */
    static void deltaRange(VdmOperationType type, String role, MemorySegment segment) {
        aligned(type, role, segment);
        multipleOf(type, role, segment, WORD, "a delta is of words of 8 bytes");
        if (segment.byteSize() > MAX_DELTA_BYTES) {
            throw new IllegalArgumentException(
                    "%s: the %s has %,d bytes, more than the %,d (0x80000) that a delta covers"
                            .formatted(type, role, segment.byteSize(), MAX_DELTA_BYTES));
        }
    }

    static void deltaCapacity(VdmOperationType type, MemorySegment record) {
        aligned(type, "record", record);
        multipleOf(type, "record", record, DELTA_BYTES, "each difference takes 10 bytes");
        if (record.byteSize() < MIN_RECORD_BYTES) {
            throw new IllegalArgumentException(
                    "%s: the record has room for %,d bytes, must have at least %,d"
                            .formatted(type, record.byteSize(), MIN_RECORD_BYTES));
        }
    }

    static void deltaRecord(VdmOperationType type, MemorySegment record) {
        aligned(type, "record", record);
        multipleOf(type, "record", record, DELTA_BYTES,
                "each difference takes 10 bytes; slice it to the size that"
                        + " delta create told");
        if (record.byteSize() > MAX_RECORD_BYTES) {
            throw new IllegalArgumentException(
                    "%s: the record has %,d bytes, more than the %,d of the largest delta"
                            .formatted(type, record.byteSize(), MAX_RECORD_BYTES));
        }
    }

    private static void aligned(VdmOperationType type, String role, MemorySegment segment) {
        if (segment.address() % WORD != 0) {
            throw new IllegalArgumentException(
                    "%s: the %s %s must begin at a multiple of 8".formatted(type, role,
                            range(segment)));
        }
    }

    static void samePlaceInPage(VdmOperationType type, MemorySegment first, MemorySegment second) {
        if ((first.address() & PAGE_MASK) != (second.address() & PAGE_MASK)) {
            throw new IllegalArgumentException(
                    "%s: the low 12 bits of the destinations' addresses must be equal, are 0x%x and 0x%x: first %s, second %s"
                            .formatted(
                                    type,
                                    first.address() & PAGE_MASK,
                                    second.address() & PAGE_MASK,
                                    range(first),
                                    range(second)));
        }
    }

    private static String range(MemorySegment segment) {
        return segment.isNative()
                ? "[0x%x, +%d)".formatted(segment.address(), segment.byteSize())
                : "[heap, offset %d, +%d)".formatted(segment.address(), segment.byteSize());
    }
}
