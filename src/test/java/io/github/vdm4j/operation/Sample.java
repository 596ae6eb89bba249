package io.github.vdm4j.operation;

import io.github.vdm4j.Batch;
import io.github.vdm4j.Vdm;
import io.github.vdm4j.VdmFlags;
import io.github.vdm4j.VdmFuture;
import io.github.vdm4j.VdmOperation;
import io.github.vdm4j.VdmOperationType;
import java.lang.foreign.MemorySegment;
import java.util.List;

/** A sample of each operation on a few bytes, in each of its forms. */
@SuppressWarnings("exports") // javac treats this class like the API of an exported package.
public enum Sample {
    FILL(VdmOperationType.FILL, Role.written("destination", 64)),
    COMPARE(VdmOperationType.COMPARE, Role.read("first range", 64), Role.read("second range", 64)),
    COMPARE_PATTERN(VdmOperationType.COMPARE_PATTERN, Role.read("range", 64)),
    DELTA_CREATE(
            VdmOperationType.DELTA_CREATE,
            Role.read("original range", 64),
            Role.read("modified range", 64),
            Role.written("record", 80)),
    DELTA_APPLY(VdmOperationType.DELTA_APPLY, Role.read("record", 20),
            Role.written("destination", 64)),
    DUALCAST(
            VdmOperationType.DUALCAST,
            Role.read("source", 64),
            Role.written("first destination", 64),
            Role.written("second destination", 64)),
    CRC(VdmOperationType.CRC, Role.read("range", 64)),
    CRC_TO_MEMORY(VdmOperationType.CRC, Role.read("range", 64), Role.written("destination", 4)),
    COPY_CRC(VdmOperationType.COPY_CRC, Role.read("source", 64), Role.written("destination", 64)),
    DIF_CHECK(VdmOperationType.DIF_CHECK, Role.read("source", 1_040)),
    DIF_INSERT(VdmOperationType.DIF_INSERT, Role.read("source", 1_024),
            Role.written("destination", 1_040)),
    DIF_STRIP(VdmOperationType.DIF_STRIP, Role.read("source", 1_040),
            Role.written("destination", 1_024)),
    DIF_UPDATE(VdmOperationType.DIF_UPDATE, Role.read("source", 1_040),
            Role.written("destination", 1_040));

    static final long PATTERN = 0x1122334455667788L;
    static final DifConfig CONFIG = DifConfig.of(DifBlockSize.BYTES_512);
    static final CrcOptions OPTIONS = new CrcOptions(7, false, false);

    /** The role of a segment, with its name in messages and its size in the sample. */
    record Role(String name, int bytes, boolean isWritten) {
        static Role read(String name, int bytes) {
            return new Role(name, bytes, false);
        }

        static Role written(String name, int bytes) {
            return new Role(name, bytes, true);
        }
    }

    final VdmOperationType type;
    final List<Role> roles;

    Sample(VdmOperationType type, Role... roles) {
        this.type = type;
        this.roles = List.of(roles);
    }

    /** Returns content with which the operation succeeds. Some of it is arbitrary. */
    byte[] content(int role, byte[] arbitrary) {
        return switch (this) {
            case DELTA_APPLY -> role == 0 ? record(arbitrary) : arbitrary;
            case DIF_CHECK, DIF_STRIP, DIF_UPDATE ->
                role == 0 ? BruteForce.inserted(java.util.Arrays.copyOf(arbitrary, 1_024), CONFIG)
                        : arbitrary;
            default -> arbitrary;
        };
    }

    private static byte[] record(byte[] arbitrary) {
        byte[] record = arbitrary.clone();
        record[0] = 3;
        record[1] = 0;
        record[10] = 7;
        record[11] = 0;
        return record;
    }

    /** Returns whether the operation takes flags. */
    boolean takesFlags() {
        return this != DELTA_CREATE && this != CRC_TO_MEMORY
                && roles.stream().anyMatch(Role::isWritten);
    }

    VdmFuture<?> future(Vdm mover, MemorySegment... s) {
        return future(mover, VdmFlags.NONE, s);
    }

    /** Returns the future of the operation, with the segments in the order of the roles. */
    VdmFuture<?> future(Vdm mover, VdmFlags flags, MemorySegment... s) {
        return switch (this) {
            case FILL -> mover.fill(s[0], PATTERN, flags);
            case COMPARE -> mover.compare(s[0], s[1]);
            case COMPARE_PATTERN -> mover.comparePattern(s[0], PATTERN);
            case DELTA_CREATE -> mover.createDelta(s[2], s[0], s[1]);
            case DELTA_APPLY -> mover.applyDelta(s[1], s[0], flags);
            case DUALCAST -> mover.dualcast(s[1], s[2], s[0], flags);
            case CRC -> mover.crc32c(s[0], OPTIONS);
            case CRC_TO_MEMORY -> mover.crc32c(s[0], OPTIONS, s[1]);
            case COPY_CRC -> mover.copyCrc32c(s[1], s[0], OPTIONS, flags);
            case DIF_CHECK -> mover.difCheck(s[0], CONFIG);
            case DIF_INSERT -> mover.difInsert(s[1], s[0], CONFIG, flags);
            case DIF_STRIP -> mover.difStrip(s[1], s[0], CONFIG, flags);
            case DIF_UPDATE -> mover.difUpdate(s[1], s[0], CONFIG, flags);
        };
    }

    /** Prepares a reusable operation with this operation. */
    VdmOperation prepare(VdmOperation operation, MemorySegment... s) {
        VdmFlags flags = VdmFlags.NONE;
        return switch (this) {
            case FILL -> operation.fill(s[0], PATTERN, flags);
            case COMPARE -> operation.compare(s[0], s[1]);
            case COMPARE_PATTERN -> operation.comparePattern(s[0], PATTERN);
            case DELTA_CREATE -> operation.createDelta(s[2], s[0], s[1]);
            case DELTA_APPLY -> operation.applyDelta(s[1], s[0], flags);
            case DUALCAST -> operation.dualcast(s[1], s[2], s[0], flags);
            case CRC -> operation.crc32c(s[0], OPTIONS);
            case CRC_TO_MEMORY -> operation.crc32c(s[0], OPTIONS, s[1]);
            case COPY_CRC -> operation.copyCrc32c(s[1], s[0], OPTIONS, flags);
            case DIF_CHECK -> operation.difCheck(s[0], CONFIG);
            case DIF_INSERT -> operation.difInsert(s[1], s[0], CONFIG, flags);
            case DIF_STRIP -> operation.difStrip(s[1], s[0], CONFIG, flags);
            case DIF_UPDATE -> operation.difUpdate(s[1], s[0], CONFIG, flags);
        };
    }

    /** Adds the operation to a batch. */
    Batch add(Batch batch, MemorySegment... s) {
        return add(batch, VdmFlags.NONE, s);
    }

    Batch add(Batch batch, VdmFlags flags, MemorySegment... s) {
        return switch (this) {
            case FILL -> batch.fill(s[0], PATTERN, flags);
            case COMPARE -> batch.compare(s[0], s[1]);
            case COMPARE_PATTERN -> batch.comparePattern(s[0], PATTERN);
            case DELTA_CREATE -> batch.createDelta(s[2], s[0], s[1]);
            case DELTA_APPLY -> batch.applyDelta(s[1], s[0], flags);
            case DUALCAST -> batch.dualcast(s[1], s[2], s[0], flags);
            case CRC -> batch.crc32c(s[0], OPTIONS);
            case CRC_TO_MEMORY -> batch.crc32c(s[0], OPTIONS, s[1]);
            case COPY_CRC -> batch.copyCrc32c(s[1], s[0], OPTIONS, flags);
            case DIF_CHECK -> batch.difCheck(s[0], CONFIG);
            case DIF_INSERT -> batch.difInsert(s[1], s[0], CONFIG, flags);
            case DIF_STRIP -> batch.difStrip(s[1], s[0], CONFIG, flags);
            case DIF_UPDATE -> batch.difUpdate(s[1], s[0], CONFIG, flags);
        };
    }
}
