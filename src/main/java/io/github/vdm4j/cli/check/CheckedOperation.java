package io.github.vdm4j.cli.check;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;

import io.github.vdm4j.Vdm;
import io.github.vdm4j.VdmFlags;
import io.github.vdm4j.VdmFuture;
import io.github.vdm4j.engine.channel.Opcode;
import io.github.vdm4j.operation.DeltaResult;
import io.github.vdm4j.operation.DifConfig;
import io.github.vdm4j.operation.DifResult;
import java.lang.foreign.MemorySegment;
import java.util.List;
import java.util.Random;

/** An operation with its ranges. The first ranges are the written ranges. */
enum CheckedOperation {
    NOP("nop", Opcode.NOP, 0),
    MEMCPY("memcpy", Opcode.MEM_MOVE, 1, "destination", "source"),
    MEMMOVE("memmove, overlapping", Opcode.MEM_MOVE, 1, "range"),
    MEMSET("memset", Opcode.FILL, 1, "destination"),
    FLUSH("flush", Opcode.CACHE_FLUSH, 0, "range"),
    FILL("fill", Opcode.FILL, 1, "destination"),
    COMPARE("compare", Opcode.COMPARE, 0, "first", "second"),
    COMPARE_PATTERN("compare pattern", Opcode.COMPARE_PATTERN, 0, "range"),
    DELTA_CREATE("delta create", Opcode.DELTA_CREATE, 1, "record", "original", "modified"),
    DELTA_APPLY("delta apply", Opcode.DELTA_APPLY, 1, "destination", "record"),
    DUALCAST("dualcast", Opcode.DUALCAST, 2, "first", "second", "source"),
    CRC("crc", Opcode.CRC, 0, "range"),
    CRC_TO_MEMORY("crc to memory", Opcode.CRC, 1, "destination", "range"),
    COPY_CRC("copy crc", Opcode.COPY_CRC, 1, "destination", "source"),
    DIF_CHECK("dif check", Opcode.DIF_CHECK, 0, "source"),
    DIF_INSERT("dif insert", Opcode.DIF_INSERT, 1, "destination", "source"),
    DIF_STRIP("dif strip", Opcode.DIF_STRIP, 1, "destination", "source"),
    DIF_UPDATE("dif update", Opcode.DIF_UPDATE, 1, "destination", "source"),
    /**
     * Copies, a fill, a CRC and a comparison. Fences order the tasks, because later tasks use the
     * bytes that earlier tasks write.
     */
    BATCH("batch with fences", Opcode.MEM_MOVE, 2, "first", "second", "source");

    private static final long LONGEST_DELTA = 1 << 19;
    private static final int RECORD_BYTES = 580;
    private static final int CRC_BYTES = 4;
    private static final int ONE_IN = 4;

    private final String words;
    private final int opcode;
    private final int written;
    private final List<String> roles;

    CheckedOperation(String words, int opcode, int written, String... roles) {
        this.words = words;
        this.opcode = opcode;
        this.written = written;
        this.roles = List.of(roles);
    }

    int opcode() {
        return opcode;
    }

    int written() {
        return written;
    }

    List<String> roles() {
        return roles;
    }

    boolean takes(Variant variant) {
        return switch (this) {
            case NOP -> variant == Variant.MEMORY;
            case FLUSH -> variant == Variant.MEMORY || variant == Variant.FILE;
            default -> variant.flags() == VdmFlags.NONE || takesFlags();
        };
    }

    private boolean takesFlags() {
        return written > 0 && this != DELTA_CREATE && this != CRC_TO_MEMORY && this != BATCH;
    }

    /** Returns whether the device must execute the operation. The processor may execute a flush. */
    boolean needsDevice() {
        return this != NOP && this != FLUSH;
    }

    /** Returns the offset that the operation allows. Deltas require multiples of eight. */
    int place(int offset) {
        return this == DELTA_CREATE || this == DELTA_APPLY || this == CRC_TO_MEMORY ? offset & -8
                : offset;
    }

    /**
     * Returns the index of a range's alignment. A dualcast requires destinations at equal offsets
     * in their pages.
     */
    int placeOf(int role) {
        return this == DUALCAST && role == 1 ? 0 : role;
    }

    List<Long> sizes(CheckCase that) {
        long bytes = that.bytes;
        long delta = Math.clamp(bytes & -8, 8, LONGEST_DELTA);
        long data = that.dif.blockSize().bytes();
        long whole = data + DifConfig.PROTECTION_BYTES;
        long blocks = Math.max(bytes / whole, 1);
        return switch (this) {
            case NOP -> List.of();
            case MEMMOVE -> List.of(bytes + that.shift);
            case MEMSET, FLUSH, FILL, COMPARE_PATTERN, CRC -> List.of(bytes);
            case MEMCPY, COMPARE, COPY_CRC -> List.of(bytes, bytes);
            case DUALCAST, BATCH -> List.of(bytes, bytes, bytes);
            case DELTA_CREATE -> List.of((long) RECORD_BYTES, delta, delta);
            case DELTA_APPLY -> List.of(delta, (long) RECORD_BYTES);
            case CRC_TO_MEMORY -> List.of((long) CRC_BYTES, bytes);
            case DIF_CHECK -> List.of(blocks * whole);
            case DIF_INSERT -> List.of(blocks * whole, blocks * data);
            case DIF_STRIP -> List.of(blocks * data, blocks * whole);
            case DIF_UPDATE -> List.of(blocks * whole, blocks * whole);
        };
    }

    /**
     * Gives random ranges the content that the operation needs. Returns the length of the delta
     * record in bytes, or 0 without a record.
     */
    long prepare(CheckCase that, Vdm reference, MemorySegment... s) {
        Random random = that.content;
        switch (this) {
            case COMPARE -> disturb(s[1].copyFrom(s[0]), random, random.nextInt(2));
            case COMPARE_PATTERN -> {
                reference.fill(s[0], that.pattern).await();
                disturb(s[0], random, random.nextInt(2));
            }
            case DELTA_CREATE -> disturb(s[2].copyFrom(s[1]), random, that.differences);
            case DELTA_APPLY -> {
                byte[] original = s[0].toArray(JAVA_BYTE);
                MemorySegment modified = MemorySegment.ofArray(new long[original.length / 8])
                        .copyFrom(s[0]);
                disturb(modified, random, 1 + that.differences / 2);
                return reference.createDelta(s[1], s[0], modified).await().recordBytes();
            }
            case DIF_CHECK -> protect(that, reference, s[0], random);
            case DIF_STRIP, DIF_UPDATE -> protect(that, reference, s[1], random);
            default -> {
                // random content
            }
        }
        return 0;
    }

    private static void disturb(MemorySegment range, Random random, int times) {
        for (int i = 0; i < times; i++) {
            long at = random.nextLong(range.byteSize());
            range.set(JAVA_BYTE, at, (byte) (range.get(JAVA_BYTE, at) + 1));
        }
    }

    private static void protect(CheckCase that, Vdm reference, MemorySegment source,
            Random random) {
        int block = that.dif.blockSize().bytes();
        byte[] data = new byte[(int) (source.byteSize() / (block + DifConfig.PROTECTION_BYTES)
                * block)];
        random.nextBytes(data);
        reference.difInsert(source, MemorySegment.ofArray(data), that.dif, VdmFlags.NONE).await();
        disturb(source, random, random.nextInt(ONE_IN) == 0 ? 1 : 0);
    }

    /** Returns the idle operation on ranges in the order of the roles. */
    VdmFuture<?> future(Vdm mover, CheckCase that, VdmFlags flags, long recordBytes,
            MemorySegment... s) {
        return switch (this) {
            case NOP -> mover.nop();
            case MEMCPY -> mover.memcpy(s[0], s[1], flags);
            case MEMMOVE -> mover.memmove(s[0].asSlice(that.upwards ? that.shift : 0,
                    that.bytes), s[0].asSlice(that.upwards ? 0 : that.shift, that.bytes),
                    flags);
            case MEMSET -> mover.memset(s[0], (byte) that.pattern, flags);
            case FLUSH -> mover.flush(s[0]);
            case FILL -> mover.fill(s[0], that.pattern, flags);
            case COMPARE -> mover.compare(s[0], s[1]);
            case COMPARE_PATTERN -> mover.comparePattern(s[0], that.pattern);
            case DELTA_CREATE -> mover.createDelta(s[0], s[1], s[2]);
            case DELTA_APPLY -> mover.applyDelta(s[0], s[1].asSlice(0, recordBytes), flags);
            case DUALCAST -> mover.dualcast(s[0], s[1], s[2], flags);
            case CRC -> mover.crc32c(s[0], that.crc);
            case CRC_TO_MEMORY -> mover.crc32c(s[1], that.crc, s[0]);
            case COPY_CRC -> mover.copyCrc32c(s[0], s[1], that.crc, flags);
            case DIF_CHECK -> mover.difCheck(s[0], that.dif);
            case DIF_INSERT -> mover.difInsert(s[0], s[1], that.dif, flags);
            case DIF_STRIP -> mover.difStrip(s[0], s[1], that.dif, flags);
            case DIF_UPDATE -> mover.difUpdate(s[0], s[1], that.dif, flags);
            case BATCH -> mover.batch()
                    .memcpy(s[0], s[2])
                    .fence()
                    .memcpy(s[1], s[0])
                    .fence()
                    .memset(s[0], (byte) that.pattern, VdmFlags.NONE)
                    .crc32c(s[1], that.crc)
                    .fence()
                    .compare(s[0], s[1])
                    .submit();
        };
    }

    /** Returns the number of bytes of the first range that an outcome defines. */
    long defined(Object output, long bytes) {
        return switch (output) {
            case DeltaResult made -> made.outcome() == DeltaResult.Outcome.OVERFLOW ? 0
                    : made.recordBytes();
            case DifResult found -> found.isOk() ? bytes : 0;
            default -> bytes;
        };
    }

    @Override
    public String toString() {
        return words;
    }
}
