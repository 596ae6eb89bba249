package io.github.vdm4j.operation;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.EnumSet;

/** The results of operations, computed bit by bit and byte by byte from their definitions. */
final class BruteForce {
    private static final int CRC_32C = 0x1EDC6F41;
    private static final int CRC_T10 = 0x8BB7;

    private BruteForce() {}

    static int crc32c(byte[] data, CrcOptions options) {
        int register =
                options.bypassReflection() ? options.seed() : Integer.reverse(~options.seed());
        for (byte value : data) {
            for (int i = 0; i < 8; i++) {
                int bit = value >> (options.bypassDataReflection() ? 7 - i : i) & 1;
                boolean divides = register >>> 31 != bit;
                register = register << 1 ^ (divides ? CRC_32C : 0);
            }
        }
        return options.bypassReflection() ? register : ~Integer.reverse(register);
    }

    /** Returns the pattern's byte at an index. */
    static byte patternByte(long pattern, long index) {
        return (byte) (pattern >>> index % 8 * 8);
    }

    static byte[] filled(int size, long pattern) {
        byte[] bytes = new byte[size];
        for (int i = 0; i < size; i++) {
            bytes[i] = patternByte(pattern, i);
        }
        return bytes;
    }

    static CompareResult compare(byte[] first, byte[] second) {
        int at = Arrays.mismatch(first, second);
        return new CompareResult(at < 0, at);
    }

    /** Returns the record of all changed words. */
    static byte[] delta(byte[] original, byte[] modified) {
        var record = new ByteArrayOutputStream();
        for (int at = 0; at < original.length; at += 8) {
            if (!Arrays.equals(original, at, at + 8, modified, at, at + 8)) {
                record.write(at / 8);
                record.write(at / 8 >> 8);
                record.write(modified, at, 8);
            }
        }
        return record.toByteArray();
    }

    /**
     * Returns the range after the application of a record. If a word of the record is outside the
     * range, or if the words do not ascend, it returns null.
     */
    static byte[] applied(byte[] range, byte[] record) {
        byte[] result = range.clone();
        int before = -1;
        for (int at = 0; at < record.length; at += 10) {
            int to = ((record[at] & 0xff) + (record[at + 1] & 0xff) * 256) * 8;
            if (to + 8 > range.length || to <= before) {
                return null;
            }
            before = to;
            System.arraycopy(record, at + 2, result, to, 8);
        }
        return result;
    }

    static int guard(byte[] data, int from, int length, DifConfig config) {
        int register = config.has(DifFlag.INVERT_CRC_SEED) ? 0xffff : 0;
        for (int i = from; i < from + length; i++) {
            for (int bit = 7; bit >= 0; bit--) {
                boolean divides = (register >> 15 & 1) != (data[i] >> bit & 1);
                register = (register << 1 ^ (divides ? CRC_T10 : 0)) & 0xffff;
            }
        }
        return config.has(DifFlag.INVERT_CRC_RESULT) ? ~register & 0xffff : register;
    }

    private static int application(DifTags tags, boolean incrementing, int block) {
        return tags.application() + (incrementing ? block : 0) & 0xffff;
    }

    private static int reference(DifTags tags, boolean fixed, int block) {
        return tags.reference() + (fixed ? 0 : block);
    }

    private static int madeApplication(DifConfig config, int block) {
        DifTags tags = config.destination();
        return application(tags, config.has(DifFlag.DESTINATION_INCREMENTING_APPLICATION_TAG),
                block)
                & ~tags.applicationMask();
    }

    private static int madeReference(DifConfig config, int block) {
        return reference(config.destination(), config.has(DifFlag.DESTINATION_FIXED_REFERENCE_TAG),
                block);
    }

    /** Returns the blocks with their protection. */
    static byte[] inserted(byte[] blocks, DifConfig config) {
        int size = config.blockSize().bytes();
        ByteBuffer made =
                ByteBuffer.allocate(blocks.length / size * (size + 8)).order(ByteOrder.BIG_ENDIAN);
        for (int block = 0; block * size < blocks.length; block++) {
            made.put(blocks, block * size, size)
                    .putShort((short) guard(blocks, block * size, size, config))
                    .putShort((short) madeApplication(config, block))
                    .putInt(madeReference(config, block));
        }
        return made.array();
    }

    static byte[] stripped(byte[] blocks, DifConfig config) {
        int size = config.blockSize().bytes();
        ByteBuffer made = ByteBuffer.allocate(blocks.length / (size + 8) * size);
        for (int at = 0; at < blocks.length; at += size + 8) {
            made.put(blocks, at, size);
        }
        return made.array();
    }

    static byte[] updated(byte[] blocks, DifConfig config) {
        int size = config.blockSize().bytes();
        ByteBuffer made = ByteBuffer.allocate(blocks.length).order(ByteOrder.BIG_ENDIAN);
        ByteBuffer old = ByteBuffer.wrap(blocks).order(ByteOrder.BIG_ENDIAN);
        for (int block = 0; block * (size + 8) < blocks.length; block++) {
            int at = block * (size + 8);
            made.put(blocks, at, size)
                    .putShort(
                            config.has(DifFlag.DESTINATION_PASS_GUARD)
                                    ? old.getShort(at + size)
                                    : (short) guard(blocks, at, size, config))
                    .putShort(
                            config.has(DifFlag.DESTINATION_PASS_APPLICATION_TAG)
                                    ? old.getShort(at + size + 2)
                                    : (short) madeApplication(config, block))
                    .putInt(
                            config.has(DifFlag.DESTINATION_PASS_REFERENCE_TAG)
                                    ? old.getInt(at + size + 4)
                                    : madeReference(config, block));
        }
        return made.array();
    }

    /** Finds the first block that does not match its protection. */
    static DifResult checked(byte[] blocks, DifConfig config) {
        int size = config.blockSize().bytes();
        ByteBuffer found = ByteBuffer.wrap(blocks).order(ByteOrder.BIG_ENDIAN);
        for (int block = 0; block * (size + 8) < blocks.length; block++) {
            int at = block * (size + 8);
            EnumSet<DifError> errors = errors(
                    config, block, guard(blocks, at, size, config),
                    found.getShort(at + size) & 0xffff,
                    found.getShort(at + size + 2) & 0xffff, found.getInt(at + size + 4));
            if (!errors.isEmpty()) {
                return new DifResult(errors, at);
            }
        }
        return new DifResult(EnumSet.noneOf(DifError.class), -1);
    }

    private static EnumSet<DifError> errors(
            DifConfig config, int block, int rightGuard, int guard, int application,
            int reference) {
        boolean allSet = guard == 0xffff && application == 0xffff && reference == -1;
        if (allSet && config.has(DifFlag.SOURCE_F_DETECT_ALL)) {
            return config.has(DifFlag.SOURCE_F_ENABLE_ERROR)
                    ? EnumSet.of(DifError.ALL_BITS_SET)
                    : EnumSet.noneOf(DifError.class);
        }
        if (application == 0xffff && config.has(DifFlag.SOURCE_F_DETECT_APPLICATION_TAG)
                || application == 0xffff && reference == -1
                        && config.has(DifFlag.SOURCE_F_DETECT_TAGS)) {
            return EnumSet.noneOf(DifError.class);
        }
        DifTags tags = config.source();
        int rightApplication =
                application(tags, config.has(DifFlag.SOURCE_INCREMENTING_APPLICATION_TAG), block);
        int rightReference = reference(tags, config.has(DifFlag.SOURCE_FIXED_REFERENCE_TAG), block);
        var errors = EnumSet.noneOf(DifError.class);
        if (guard != rightGuard && !config.has(DifFlag.SOURCE_GUARD_CHECK_DISABLED)) {
            errors.add(DifError.GUARD);
        }
        if ((application & ~tags.applicationMask()) != (rightApplication
                & ~tags.applicationMask())) {
            errors.add(DifError.APPLICATION_TAG);
        }
        if (reference != rightReference
                && !config.has(DifFlag.SOURCE_REFERENCE_TAG_CHECK_DISABLED)) {
            errors.add(DifError.REFERENCE_TAG);
        }
        return errors;
    }
}
