package io.github.vdm4j.jvm;

import static io.github.vdm4j.operation.DifFlag.DESTINATION_FIXED_REFERENCE_TAG;
import static io.github.vdm4j.operation.DifFlag.DESTINATION_INCREMENTING_APPLICATION_TAG;
import static io.github.vdm4j.operation.DifFlag.DESTINATION_PASS_APPLICATION_TAG;
import static io.github.vdm4j.operation.DifFlag.DESTINATION_PASS_GUARD;
import static io.github.vdm4j.operation.DifFlag.DESTINATION_PASS_REFERENCE_TAG;
import static io.github.vdm4j.operation.DifFlag.INVERT_CRC_RESULT;
import static io.github.vdm4j.operation.DifFlag.INVERT_CRC_SEED;
import static io.github.vdm4j.operation.DifFlag.SOURCE_FIXED_REFERENCE_TAG;
import static io.github.vdm4j.operation.DifFlag.SOURCE_F_DETECT_ALL;
import static io.github.vdm4j.operation.DifFlag.SOURCE_F_DETECT_APPLICATION_TAG;
import static io.github.vdm4j.operation.DifFlag.SOURCE_F_DETECT_TAGS;
import static io.github.vdm4j.operation.DifFlag.SOURCE_F_ENABLE_ERROR;
import static io.github.vdm4j.operation.DifFlag.SOURCE_GUARD_CHECK_DISABLED;
import static io.github.vdm4j.operation.DifFlag.SOURCE_INCREMENTING_APPLICATION_TAG;
import static io.github.vdm4j.operation.DifFlag.SOURCE_REFERENCE_TAG_CHECK_DISABLED;

import io.github.vdm4j.operation.DifConfig;
import io.github.vdm4j.operation.DifError;
import io.github.vdm4j.operation.DifFlag;
import io.github.vdm4j.operation.DifTags;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;

/**
 * The kernel that checks and creates the protection of blocks according to DSA. DML's software path
 * masks application tags differently. It also differs in the detection of protection that consists
 * of set bits only.
 *
 * <p>The result of a check is one number. It is -1 if every block is correct. Otherwise it contains
 * the {@link #offset} and the {@link #errors} of the first incorrect block.
 */
public final class DifKernel {
    /** CRC, application tag and reference tag from the highest bit to the lowest. */
    private static final ValueLayout.OfLong PROTECTION =
            ValueLayout.JAVA_LONG_UNALIGNED.withOrder(ByteOrder.BIG_ENDIAN);

    private static final long WELL = -1;
    private static final int ERROR_BITS = DifError.values().length;
    private static final int TAG = 0xffff;

    private DifKernel() {}

    /** Returns the offset of the first incorrect block, or -1 if every block is correct. */
    public static long offset(long found) {
        return found >> ERROR_BITS;
    }

    private static long found(long offset, int errors) {
        return offset << ERROR_BITS | errors;
    }

    /** Returns the errors of the first incorrect block. The result of the check is not -1. */
    public static int errors(long found) {
        return (int) found & (1 << ERROR_BITS) - 1;
    }

    /** Copies whole blocks and adds their protection. */
    public static void insert(MemorySegment destination, MemorySegment source, DifConfig config) {
        int block = config.blockSize().bytes();
        int flags = config.flagBits();
        DifTags tags = config.destination();
        int number = 0;
        long size = source.byteSize();
        long to = 0;
        for (long at = 0; at < size; at += block) {
            int guard = guard(source, at, block, flags);
            MemorySegment.copy(source, at, destination, to, block);
            destination.set(PROTECTION, to + block, protection(guard,
                    newApplication(tags, flags, number), newReference(tags, flags, number)));
            number++;
            to += block + DifConfig.PROTECTION_BYTES;
        }
    }

    /**
     * Checks whole protected blocks and copies them without their protection, up to the first
     * incorrect block. A null destination receives no copy.
     */
    public static long strip(MemorySegment destination, MemorySegment source, DifConfig config) {
        int block = config.blockSize().bytes();
        int flags = config.flagBits();
        DifTags tags = config.source();
        int number = 0;
        long size = source.byteSize();
        long to = 0;
        for (long at = 0; at < size; at += block + DifConfig.PROTECTION_BYTES) {
            int errors = errors(source, at, block, flags, tags, number);
            if (errors != 0) {
                return found(at, errors);
            }
            if (destination != null) {
                MemorySegment.copy(source, at, destination, to, block);
            }
            number++;
            to += block;
        }
        return WELL;
    }

    /**
     * Checks blocks like {@link #strip} and copies them with another protection, up to the first
     * incorrect block.
     */
    public static long update(MemorySegment destination, MemorySegment source, DifConfig config) {
        int block = config.blockSize().bytes();
        int flags = config.flagBits();
        DifTags tags = config.source();
        DifTags newTags = config.destination();
        int number = 0;
        long size = source.byteSize();
        for (long at = 0; at < size; at += block + DifConfig.PROTECTION_BYTES) {
            int errors = errors(source, at, block, flags, tags, number);
            if (errors != 0) {
                return found(at, errors);
            }
            long old = source.get(PROTECTION, at + block);
            // A checked guard is correct. Its computation would take as long as the check.
            long made = protection(
                    has(flags, DESTINATION_PASS_GUARD) || isGuardChecked(old, flags)
                            ? guard(old)
                            : guard(source, at, block, flags),
                    has(flags, DESTINATION_PASS_APPLICATION_TAG)
                            ? application(old)
                            : newApplication(newTags, flags, number),
                    has(flags, DESTINATION_PASS_REFERENCE_TAG)
                            ? (int) old
                            : newReference(newTags, flags, number));
            MemorySegment.copy(source, at, destination, at, block);
            destination.set(PROTECTION, at + block, made);
            number++;
        }
        return WELL;
    }

    private static int errors(MemorySegment source, long at, int block, int flags, DifTags tags,
            int number) {
        long found = source.get(PROTECTION, at + block);
        if (found == -1 && has(flags, SOURCE_F_DETECT_ALL) && has(flags, SOURCE_F_ENABLE_ERROR)) {
            return DifError.ALL_BITS_SET.bit();
        }
        if (isExempt(found, flags)) {
            return 0;
        }
        int errors = 0;
        if (isGuardChecked(found, flags) && guard(found) != guard(source, at, block, flags)) {
            errors |= DifError.GUARD.bit();
        }
        int application = tags.application()
                + (has(flags, SOURCE_INCREMENTING_APPLICATION_TAG) ? number : 0);
        if (((application(found) ^ application) & ~tags.applicationMask() & TAG) != 0) {
            errors |= DifError.APPLICATION_TAG.bit();
        }
        int reference = tags.reference() + (has(flags, SOURCE_FIXED_REFERENCE_TAG) ? 0 : number);
        if (!has(flags, SOURCE_REFERENCE_TAG_CHECK_DISABLED) && (int) found != reference) {
            errors |= DifError.REFERENCE_TAG.bit();
        }
        return errors;
    }

    private static int newApplication(DifTags tags, int flags, int number) {
        int step = has(flags, DESTINATION_INCREMENTING_APPLICATION_TAG) ? number : 0;
        return tags.application() + step & ~tags.applicationMask();
    }

    private static int newReference(DifTags tags, int flags, int number) {
        return tags.reference() + (has(flags, DESTINATION_FIXED_REFERENCE_TAG) ? 0 : number);
    }

    /** Returns whether the values of a block's protection exempt it from the check. */
    private static boolean isExempt(long found, int flags) {
        return application(found) == TAG
                && (has(flags, SOURCE_F_DETECT_APPLICATION_TAG)
                        || (int) found == -1 && has(flags, SOURCE_F_DETECT_TAGS)
                        || found == -1 && has(flags, SOURCE_F_DETECT_ALL));
    }

    private static boolean isGuardChecked(long found, int flags) {
        return !has(flags, SOURCE_GUARD_CHECK_DISABLED) && !isExempt(found, flags);
    }

    private static int guard(MemorySegment source, long at, int block, int flags) {
        int crc = T10Crc.of(source, at, block, has(flags, INVERT_CRC_SEED) ? TAG : 0);
        return has(flags, INVERT_CRC_RESULT) ? crc ^ TAG : crc;
    }

    private static int guard(long protection) {
        return (int) (protection >>> 48);
    }

    private static int application(long protection) {
        return (int) (protection >>> 32) & TAG;
    }

    private static long protection(int guard, int application, int reference) {
        return (long) guard << 48 | (application & (long) TAG) << 32
                | Integer.toUnsignedLong(reference);
    }

    private static boolean has(int flags, DifFlag flag) {
        return (flags & flag.bit()) != 0;
    }
}
