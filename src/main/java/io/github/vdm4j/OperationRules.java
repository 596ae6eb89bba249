package io.github.vdm4j;

import static io.github.vdm4j.VdmOperationType.CRC;
import static io.github.vdm4j.VdmOperationType.DELTA_CREATE;
import static io.github.vdm4j.VdmOperationType.DIF_INSERT;
import static io.github.vdm4j.VdmOperationType.DIF_STRIP;
import static io.github.vdm4j.VdmOperationType.DIF_UPDATE;
import static io.github.vdm4j.VdmOperationType.DUALCAST;
import static io.github.vdm4j.VdmOperationType.FLUSH;
import static io.github.vdm4j.VdmOperationType.MEMCPY;
import static io.github.vdm4j.VdmOperationType.MEMMOVE;
import static io.github.vdm4j.operation.DeltaResult.DIFFERENCE_BYTES;
import static io.github.vdm4j.operation.DeltaResult.MAX_RANGE_BYTES;
import static io.github.vdm4j.operation.DeltaResult.MIN_RECORD_BYTES;

import io.github.vdm4j.machine.FailureName;
import io.github.vdm4j.machine.Message;
import io.github.vdm4j.operation.DeltaResult;
import io.github.vdm4j.operation.DifConfig;
import java.lang.foreign.MemorySegment;

/**
 * The rules for the arguments of each operation. They are DML's rules and apply to all movers. The
 * same program therefore runs on all movers.
 */
final class OperationRules {
    private static final long WORD = 8;
    private static final long MAX_RECORD_BYTES = DeltaResult.maxRecordBytes(MAX_RANGE_BYTES);
    private static final long PAGE_MASK = 0xfff;
    private static final String CRC_DESTINATION = "destination";

    private OperationRules() {}

    /**
     * Checks the rules of all movers. Each preparation of a reusable operation calls this, because
     * an arena may have been closed since the last preparation.
     */
    static void check(AbstractDataMover mover, VdmOperationType type, MemorySegment destination,
            MemorySegment source, MemorySegment second, Object options) {
        if (destination != null) {
            String role = type == DELTA_CREATE ? "record"
                    : type == DUALCAST ? "first destination" : "destination";
            reachable(mover, type, role, destination, null);
            if (type != FLUSH) {
                writable(type, role, destination);
            }
        }
        if (source != null) {
            reachable(mover, type, sourceRole(type), source, destination);
        }
        if (second != null) {
            String role = type == DELTA_CREATE ? "modified range"
                    : type == DUALCAST ? "second destination"
                            : type == CRC ? CRC_DESTINATION : "second range";
            reachable(mover, type, role, second, source);
            if (type == DUALCAST || type == CRC) {
                writable(type, role, second);
            }
        }
        if (type == MEMCPY || type == MEMMOVE) {
            checkMove(type, destination, source);
        } else {
            checkRelations(type, destination, source, second, options);
        }
    }

    /** Checks that a segment is reachable. Segments of one arena need the first check only once. */
    private static void reachable(AbstractDataMover mover, VdmOperationType type, String role,
            MemorySegment segment, MemorySegment checked) {
        if (checked == null || checked.scope() != segment.scope()) {
            usable(type, role, segment);
        }
        mover.checkReachable(type, role, segment);
    }

    private static void usable(VdmOperationType type, String role, MemorySegment segment) {
        if (!segment.scope().isAlive()) {
            throw new IllegalStateException(
                    FailureName.SEGMENT_UNUSABLE.endOf(
                            ("%s: the arena of the %s %s is closed. Close it after the last "
                                    + "operation").formatted(type, role, range(segment))));
        }
        if (!segment.isAccessibleBy(Thread.currentThread())) {
            throw new WrongThreadException(
                    FailureName.WRONG_THREAD.endOf(
                            ("%s: the %s %s is confined to another thread than %s. Use it on "
                                    + "its own thread, or use a shared arena")
                                    .formatted(type, role, range(segment),
                                            Thread.currentThread())));
        }
    }

    private static void writable(VdmOperationType type, String role, MemorySegment segment) {
        if (segment.isReadOnly()) {
            throw invalid(type, "the %s %s is read-only", role, range(segment));
        }
    }

    private static String sourceRole(VdmOperationType type) {
        return switch (type) {
            case COMPARE -> "first range";
            case COMPARE_PATTERN, CRC -> "range";
            case DELTA_CREATE -> "original range";
            case DELTA_APPLY -> "record";
            default -> "source";
        };
    }

    private static void checkMove(VdmOperationType type, MemorySegment to, MemorySegment from) {
        sameSize(type, "destination", to, "source", from);
        if (type == MEMCPY) {
            long shared = shared(to, from);
            if (shared > 0) {
                throw invalid(type,
                        "source %s and destination %s overlap by %,d bytes; use memmove",
                        range(from), range(to), shared);
            }
        }
    }

    private static void checkRelations(VdmOperationType type, MemorySegment to, MemorySegment from,
            MemorySegment second, Object options) {
        switch (type) {
            case COMPARE -> sameSize(type, "first range", from, "second range", second);
            case CRC -> {
                if (second != null) {
                    size(type, CRC_DESTINATION, second, Integer.BYTES, "a CRC has 32 bits");
                    disjoint(type, CRC_DESTINATION, second, "range", from);
                }
            }
            case COPY_CRC -> {
                sameSize(type, "destination", to, "source", from);
                disjoint(type, "destination", to, "source", from);
            }
            case DELTA_CREATE -> {
                sameSize(type, "original range", from, "modified range", second);
                deltaRange(type, "original range", from);
                deltaRange(type, "modified range", second);
                deltaCapacity(type, to);
                disjoint(type, "record", to, "original range", from);
                disjoint(type, "record", to, "modified range", second);
            }
            case DELTA_APPLY -> {
                deltaRange(type, "destination", to);
                deltaRecord(type, from);
                disjoint(type, "destination", to, "record", from);
            }
            case DUALCAST -> {
                sameSize(type, "first destination", to, "source", from);
                sameSize(type, "second destination", second, "source", from);
                samePlaceInPage(type, to, second);
                disjoint(type, "first destination", to, "source", from);
                disjoint(type, "second destination", second, "source", from);
                disjoint(type, "first destination", to, "second destination", second);
            }
            case DIF_CHECK, DIF_INSERT, DIF_STRIP, DIF_UPDATE ->
                checkBlocks(type, to, from, (DifConfig) options);
            default -> {} // These operations have one segment of any length.
        }
    }

    private static void checkBlocks(VdmOperationType type, MemorySegment to, MemorySegment from,
            DifConfig config) {
        long block = config.blockSize().bytes();
        long whole = block + DifConfig.PROTECTION_BYTES;
        String protectedBlocks = config.blockSize().withProtection();
        if (type == DIF_INSERT) {
            multipleOf(type, "source", from, block, config.blockSize().withoutProtection());
            size(type, "destination", to, from.byteSize() / block * whole, protectedBlocks);
        } else {
            multipleOf(type, "source", from, whole, protectedBlocks);
            if (type == DIF_STRIP) {
                size(type, "destination", to, from.byteSize() / whole * block,
                        "as many blocks as the source");
            } else if (type == DIF_UPDATE) {
                sameSize(type, "destination", to, "source", from);
            }
        }
        if (to != null) {
            disjoint(type, "destination", to, "source", from);
        }
    }

    private static void sameSize(
            VdmOperationType type, String role, MemorySegment one, String otherRole,
            MemorySegment other) {
        if (one.byteSize() != other.byteSize()) {
            throw invalid(type, "the %s has %,d bytes and the %s %,d: they must have the same "
                    + "size, see MemorySegment.asSlice",
                    role, one.byteSize(), otherRole, other.byteSize());
        }
    }

    private static void size(VdmOperationType type, String role, MemorySegment segment, long bytes,
            String why) {
        if (segment.byteSize() != bytes) {
            throw invalid(type, "the %s has %,d bytes, must have %,d: %s",
                    role, segment.byteSize(), bytes, why);
        }
    }

    private static void multipleOf(VdmOperationType type, String role, MemorySegment segment,
            long unit,
            String why) {
        if (segment.byteSize() % unit != 0) {
            throw invalid(type, "the %s has %,d bytes, which is not a multiple of %,d: %s",
                    role, segment.byteSize(), unit, why);
        }
    }

    private static void disjoint(
            VdmOperationType type, String role, MemorySegment one, String otherRole,
            MemorySegment other) {
        long shared = shared(one, other);
        if (shared > 0) {
            throw invalid(type,
                    "the %s %s and the %s %s overlap by %,d bytes. Pass separate ranges",
                    role, range(one), otherRole, range(other), shared);
        }
    }

    private static long shared(MemorySegment one, MemorySegment other) {
        if (one.byteSize() == 0 || other.byteSize() == 0) {
            return 0;
        }
        return one.isNative() && other.isNative()
                ? Math.min(one.address() + one.byteSize(), other.address() + other.byteSize())
                        - Math.max(one.address(), other.address())
                : one.asOverlappingSlice(other).map(MemorySegment::byteSize).orElse(0L);
    }

    /** Checks a range of a delta. DML requires whole words at word addresses. */
    private static void deltaRange(VdmOperationType type, String role, MemorySegment segment) {
        aligned(type, role, segment);
        multipleOf(type, role, segment, WORD, "a delta is of words of 8 bytes");
        if (segment.byteSize() > MAX_RANGE_BYTES) {
            throw invalid(type, "the %s has %,d bytes, more than the %,d (0x80000) that a delta "
                    + "covers. Split the range, or use LongDelta",
                    role, segment.byteSize(), MAX_RANGE_BYTES);
        }
    }

    private static void deltaCapacity(VdmOperationType type, MemorySegment record) {
        aligned(type, "record", record);
        multipleOf(type, "record", record, DIFFERENCE_BYTES, "each difference takes 10 bytes");
        if (record.byteSize() < MIN_RECORD_BYTES) {
            throw invalid(type, "the record has room for %,d bytes, must have at least %,d",
                    record.byteSize(), MIN_RECORD_BYTES);
        }
    }

    private static void deltaRecord(VdmOperationType type, MemorySegment record) {
        aligned(type, "record", record);
        multipleOf(type, "record", record, DIFFERENCE_BYTES,
                "each difference takes 10 bytes; slice it to the size that"
                        + " delta create told");
        if (record.byteSize() > MAX_RECORD_BYTES) {
            throw invalid(type, "the record has %,d bytes, more than the %,d of the largest delta",
                    record.byteSize(), MAX_RECORD_BYTES);
        }
    }

    private static void aligned(VdmOperationType type, String role, MemorySegment segment) {
        if (segment.address() % WORD != 0) {
            throw invalid(type, "the %s %s must begin at a multiple of 8", role, range(segment));
        }
    }

    private static void samePlaceInPage(VdmOperationType type, MemorySegment first,
            MemorySegment second) {
        if ((first.address() & PAGE_MASK) != (second.address() & PAGE_MASK)) {
            throw invalid(type, "the low 12 bits of the destinations' addresses must be equal, are "
                    + "0x%x and 0x%x: first %s, second %s",
                    first.address() & PAGE_MASK, second.address() & PAGE_MASK, range(first),
                    range(second));
        }
    }

    private static IllegalArgumentException invalid(VdmOperationType type, String reason,
            Object... values) {
        return new IllegalArgumentException(type + ": " + Message.of(reason, values));
    }

    private static String range(MemorySegment segment) {
        return segment.isNative()
                ? Message.of("[0x%x, +%d)", segment.address(), segment.byteSize())
                : Message.of("[heap, offset %d, +%d)", segment.address(), segment.byteSize());
    }
}
