package io.github.vdm4j.dml;

import io.github.vdm4j.Vdm;
import io.github.vdm4j.VdmFlags;
import io.github.vdm4j.VdmFuture;
import io.github.vdm4j.VdmOperationType;
import io.github.vdm4j.VdmOutput;
import io.github.vdm4j.operation.CrcOptions;
import io.github.vdm4j.operation.DeltaResult;
import io.github.vdm4j.operation.DifBlockSize;
import io.github.vdm4j.operation.DifConfig;
import io.github.vdm4j.operation.DifFlag;
import io.github.vdm4j.operation.DifResult;
import io.github.vdm4j.operation.DifTags;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Random;

/**
 * A random data operation with its own memory. The same seed gives the same operation on the same
 * content. Tests compare two movers with it.
 */
final class RandomOperation {
    static final List<VdmOperationType> TYPES = List.of(
            VdmOperationType.FILL, VdmOperationType.COMPARE, VdmOperationType.COMPARE_PATTERN,
            VdmOperationType.DELTA_CREATE, VdmOperationType.DELTA_APPLY, VdmOperationType.DUALCAST,
            VdmOperationType.CRC, VdmOperationType.COPY_CRC, VdmOperationType.DIF_CHECK,
            VdmOperationType.DIF_INSERT, VdmOperationType.DIF_STRIP, VdmOperationType.DIF_UPDATE);

    private static final int PAGE = 4096;
    private static final Vdm ORACLE = new JvmOracle();

    private final VdmOperationType type;
    private final Random random;
    private final int size;
    private final Arena arena;

    /** The memory of the operation, with surrounding bytes that must not change. */
    private final MemorySegment memory;

    /** The range with undefined content if the operation fails. */
    private MemorySegment undefined;

    private int used;
    private String more = "";

    private RandomOperation(VdmOperationType type, long seed, int maxSize, Arena arena) {
        this.type = type;
        this.arena = arena;
        random = new Random(seed);
        size = random.nextInt(8) == 0 ? random.nextInt(100) : random.nextInt(maxSize);
        memory = arena.allocate(6L * maxSize + 10 * PAGE, PAGE);
    }

    /** The outcome of an operation with its output or failure, and all memory. */
    record Outcome(Object output, byte[] memory, String description) {
        @Override
        public boolean equals(Object other) {
            return other instanceof Outcome that
                    && output.equals(that.output)
                    && Arrays.equals(memory, that.memory);
        }

        @Override
        public int hashCode() {
            return output.hashCode();
        }

        @Override
        public String toString() {
            return "%s: %s, memory %08x".formatted(description, output, Arrays.hashCode(memory));
        }
    }

    static Outcome run(VdmOperationType type, long seed, int maxSize, Vdm mover) {
        try (Arena arena = Arena.ofShared()) {
            var operation = new RandomOperation(type, seed, maxSize, arena);
            VdmFuture<?> future = operation.on(mover);
            future.busyPoll();
            Object output =
                    future.failure() == null ? withoutPath(future.output()) : future.result();
            if (output instanceof DifResult found && !found.isOk() && operation.undefined != null) {
                operation.undefined.fill((byte) 0);
            } else if (output instanceof DeltaResult made
                    && made.outcome() == DeltaResult.Outcome.OVERFLOW) {
                operation.undefined.fill((byte) 0);
            }
            return new Outcome(
                    output,
                    operation.memory.toArray(ValueLayout.JAVA_BYTE),
                    type + " of " + operation.size + operation.more);
        }
    }

    private static Object withoutPath(Object output) {
        return output instanceof VdmOutput vdm ? vdm.result() : output;
    }

    /**
     * Returns the next piece of memory, at an address that is {@code offset} modulo {@code
     * alignment}.
     */
    private MemorySegment piece(int bytes, int alignment, int offset) {
        used = (used + 64 + alignment - 1) / alignment * alignment + offset;
        MemorySegment piece = memory.asSlice(used, bytes);
        used += bytes;
        return piece;
    }

    private MemorySegment anywhere(int bytes) {
        return piece(bytes, 64, random.nextInt(64));
    }

    private MemorySegment noise(MemorySegment piece) {
        byte[] bytes = new byte[(int) piece.byteSize()];
        random.nextBytes(bytes);
        return piece.copyFrom(MemorySegment.ofArray(bytes));
    }

    /** Changes a few bytes, or no byte. */
    private void disturb(MemorySegment piece) {
        for (int i = random.nextInt(4); i > 0 && piece.byteSize() > 0; i--) {
            long at = (long) (random.nextDouble() * piece.byteSize());
            piece.set(ValueLayout.JAVA_BYTE, at, (byte) random.nextInt());
        }
    }

    private long pattern() {
        return random.nextBoolean() ? random.nextLong() : random.nextInt(256) * 0x0101010101010101L;
    }

    private VdmFuture<?> on(Vdm mover) {
        return switch (type) {
            case FILL -> mover.fill(anywhere(size), pattern());
            case COMPARE -> {
                MemorySegment first = noise(anywhere(size));
                MemorySegment second = anywhere(size).copyFrom(first);
                disturb(second);
                yield mover.compare(first, second);
            }
            case COMPARE_PATTERN -> {
                long pattern = pattern();
                MemorySegment range = anywhere(size);
                finish(ORACLE.fill(range, pattern));
                disturb(range);
                yield mover.comparePattern(range, pattern);
            }
            case DELTA_CREATE, DELTA_APPLY -> delta(mover);
            case DUALCAST -> {
                int offset = random.nextInt(PAGE);
                MemorySegment first = piece(size, PAGE, offset);
                MemorySegment second = piece(size, PAGE, offset);
                yield mover.dualcast(first, second, noise(anywhere(size)));
            }
            case CRC -> mover.crc32c(noise(anywhere(size)), crcOptions());
            case COPY_CRC -> {
                MemorySegment source = noise(anywhere(size));
                yield mover.copyCrc32c(anywhere(size), source, crcOptions(), VdmFlags.NONE);
            }
            default -> dif(mover);
        };
    }

    private CrcOptions crcOptions() {
        return new CrcOptions(random.nextBoolean() ? random.nextInt() : 0, random.nextBoolean(),
                random.nextBoolean());
    }

    private VdmFuture<?> delta(Vdm mover) {
        int bytes = size & -8;
        MemorySegment original = noise(piece(bytes, 8, 0));
        MemorySegment modified = piece(bytes, 8, 0).copyFrom(original);
        for (int i = random.nextInt(40); i > 0; i--) {
            disturb(modified);
        }
        int capacity = 80 + 10 * random.nextInt(50);
        MemorySegment record = piece(capacity, 8, 0);
        undefined = record;
        if (type == VdmOperationType.DELTA_CREATE) {
            return mover.createDelta(record, original, modified);
        }
        var made = ORACLE.createDelta(record, original, modified);
        finish(made);
        MemorySegment whole = record.asSlice(0, made.output().recordBytes());
        if (random.nextInt(4) == 0) {
            disturb(whole);
        }
        return mover.applyDelta(original, whole);
    }

    private DifTags tags() {
        int[] masks = {0, 0, 0xffff, 0x8000, random.nextInt(0x10000)};
        int[] applications = {0, 0xffff, 0x7ffe, 0xfffe, random.nextInt(0x10000)};
        int[] references = {0, -1, -2, random.nextInt()};
        return new DifTags(
                references[random.nextInt(references.length)],
                applications[random.nextInt(applications.length)],
                masks[random.nextInt(masks.length)]);
    }

    private VdmFuture<?> dif(Vdm mover) {
        DifBlockSize blockSize = DifBlockSize.values()[random.nextInt(4)];
        int block = blockSize.bytes();
        int whole = block + DifConfig.PROTECTION_BYTES;
        int blocks = size / whole;
        DifFlag[] flags = Arrays.stream(DifFlag.values())
                .filter(f -> random.nextInt(3) == 0)
                .toArray(DifFlag[]::new);
        DifTags tags = tags();
        DifConfig config =
                DifConfig.of(blockSize).withSource(tags).withDestination(tags()).withFlags(flags);
        more = ", %d blocks, %s".formatted(blocks, config);
        MemorySegment data = noise(anywhere(blocks * block));
        if (type == VdmOperationType.DIF_INSERT) {
            return mover.difInsert(anywhere(blocks * whole), data, config, VdmFlags.NONE);
        }
        MemorySegment source = anywhere(blocks * whole);
        finish(ORACLE.difInsert(source, data, asSource(config, tags), VdmFlags.NONE));
        for (int i = random.nextInt(3); i > 0 && blocks > 0; i--) {
            disturbProtection(source.asSlice((long) random.nextInt(blocks) * whole + block, 8));
        }
        return switch (type) {
            case DIF_CHECK -> mover.difCheck(source, config);
            case DIF_STRIP -> {
                undefined = anywhere(blocks * block);
                yield mover.difStrip(undefined, source, config, VdmFlags.NONE);
            }
            default -> {
                undefined = anywhere(blocks * whole);
                yield mover.difUpdate(undefined, source, config, VdmFlags.NONE);
            }
        };
    }

    /** Returns the protection that a check with this configuration expects. */
    private static DifConfig asSource(DifConfig config, DifTags tags) {
        var flags = EnumSet.noneOf(DifFlag.class);
        if (config.has(DifFlag.SOURCE_INCREMENTING_APPLICATION_TAG)) {
            flags.add(DifFlag.DESTINATION_INCREMENTING_APPLICATION_TAG);
        }
        if (config.has(DifFlag.SOURCE_FIXED_REFERENCE_TAG)) {
            flags.add(DifFlag.DESTINATION_FIXED_REFERENCE_TAG);
        }
        for (DifFlag both : List.of(DifFlag.INVERT_CRC_SEED, DifFlag.INVERT_CRC_RESULT)) {
            if (config.has(both)) {
                flags.add(both);
            }
        }
        return config.withDestination(tags).withFlags(flags.toArray(DifFlag[]::new));
    }

    private void disturbProtection(MemorySegment protection) {
        switch (random.nextInt(4)) {
            case 0 -> protection.fill((byte) 0xff);
            case 1 -> protection.asSlice(2, 2).fill((byte) 0xff);
            case 2 -> protection.asSlice(2, 6).fill((byte) 0xff);
            default -> disturb(protection);
        }
    }

    private static void finish(VdmFuture<?> future) {
        future.busyPoll();
        future.orThrow();
    }
}
