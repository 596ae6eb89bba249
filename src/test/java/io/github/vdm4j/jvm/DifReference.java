package io.github.vdm4j.jvm;

import io.github.vdm4j.operation.DifConfig;
import io.github.vdm4j.operation.DifFlag;
import java.nio.ByteBuffer;
import java.util.Arrays;

/** An implementation of DIF by DSA's specification, one block and one bit at a time. */
final class DifReference {
    private final DifConfig config;
    private final int block;
    private final int whole;

    /**
     * The result of a check: -1 and 0, or the offset of the first incorrect block and the bits of
     * its errors.
     */
    record Found(long offset, int errors) {
        static final Found NOTHING = new Found(-1, 0);

        static Found of(long found) {
            return found == -1 ? NOTHING
                    : new Found(DifKernel.offset(found), DifKernel.errors(found));
        }
    }

    DifReference(DifConfig config) {
        this.config = config;
        block = config.blockSize().bytes();
        whole = block + 8;
    }

    static int crc(byte[] bytes, int seed) {
        int crc = seed;
        for (byte b : bytes) {
            crc ^= (b & 0xff) << 8;
            for (int i = 0; i < 8; i++) {
                crc = (crc & 0x8000) != 0 ? (crc << 1 ^ 0x8bb7) & 0xffff : crc << 1;
            }
        }
        return crc;
    }

    int guard(byte[] data) {
        int crc = crc(data, config.has(DifFlag.INVERT_CRC_SEED) ? 0xffff : 0);
        return config.has(DifFlag.INVERT_CRC_RESULT) ? crc ^ 0xffff : crc;
    }

    int sourceApplication(int number) {
        int step = config.has(DifFlag.SOURCE_INCREMENTING_APPLICATION_TAG) ? number : 0;
        return config.source().application() + step & 0xffff;
    }

    int sourceReference(int number) {
        return config.source().reference()
                + (config.has(DifFlag.SOURCE_FIXED_REFERENCE_TAG) ? 0 : number);
    }

    byte[] protection(byte[] data, int number) {
        int step = config.has(DifFlag.DESTINATION_INCREMENTING_APPLICATION_TAG) ? number : 0;
        int application =
                config.destination().application() + step & ~config.destination().applicationMask();
        int reference = config.destination().reference()
                + (config.has(DifFlag.DESTINATION_FIXED_REFERENCE_TAG) ? 0 : number);
        return ByteBuffer.allocate(8)
                .putShort((short) guard(data))
                .putShort((short) application)
                .putInt(reference)
                .array();
    }

    int errors(byte[] data, byte[] field, int number) {
        ByteBuffer tags = ByteBuffer.wrap(field);
        int guard = tags.getShort() & 0xffff;
        int application = tags.getShort() & 0xffff;
        int reference = tags.getInt();
        boolean tagsSet = application == 0xffff && reference == -1;
        if (config.has(DifFlag.SOURCE_F_DETECT_ALL) && tagsSet && guard == 0xffff) {
            return config.has(DifFlag.SOURCE_F_ENABLE_ERROR) ? 8 : 0;
        }
        if (config.has(DifFlag.SOURCE_F_DETECT_APPLICATION_TAG) && application == 0xffff
                || config.has(DifFlag.SOURCE_F_DETECT_TAGS) && tagsSet) {
            return 0;
        }
        int errors = 0;
        if (!config.has(DifFlag.SOURCE_GUARD_CHECK_DISABLED) && guard != guard(data)) {
            errors += 1;
        }
        int counting = 0xffff ^ config.source().applicationMask();
        if ((application & counting) != (sourceApplication(number) & counting)) {
            errors += 2;
        }
        if (!config.has(DifFlag.SOURCE_REFERENCE_TAG_CHECK_DISABLED)
                && reference != sourceReference(number)) {
            errors += 4;
        }
        return errors;
    }

    byte[] data(byte[] source, int number) {
        return Arrays.copyOfRange(source, number * whole, number * whole + block);
    }

    byte[] field(byte[] source, int number) {
        return Arrays.copyOfRange(source, number * whole + block, (number + 1) * whole);
    }

    Found check(byte[] source) {
        for (int i = 0; i < source.length / whole; i++) {
            int errors = errors(data(source, i), field(source, i), i);
            if (errors != 0) {
                return new Found((long) i * whole, errors);
            }
        }
        return Found.NOTHING;
    }

    byte[] insert(byte[] source) {
        int blocks = source.length / block;
        ByteBuffer destination = ByteBuffer.allocate(blocks * whole);
        for (int i = 0; i < blocks; i++) {
            byte[] data = Arrays.copyOfRange(source, i * block, (i + 1) * block);
            destination.put(data).put(protection(data, i));
        }
        return destination.array();
    }

    /** Returns the destination after a strip of some correct blocks. The rest is zero. */
    byte[] strip(byte[] source, long blocks) {
        ByteBuffer destination = ByteBuffer.allocate(source.length / whole * block);
        for (int i = 0; i < blocks; i++) {
            destination.put(data(source, i));
        }
        return destination.array();
    }

    /** Returns the destination after an update of some correct blocks. The rest is zero. */
    byte[] update(byte[] source, long blocks) {
        ByteBuffer destination = ByteBuffer.allocate(source.length);
        for (int i = 0; i < blocks; i++) {
            byte[] data = data(source, i);
            byte[] made = protection(data, i);
            byte[] old = field(source, i);
            if (config.has(DifFlag.DESTINATION_PASS_GUARD)) {
                System.arraycopy(old, 0, made, 0, 2);
            }
            if (config.has(DifFlag.DESTINATION_PASS_APPLICATION_TAG)) {
                System.arraycopy(old, 2, made, 2, 2);
            }
            if (config.has(DifFlag.DESTINATION_PASS_REFERENCE_TAG)) {
                System.arraycopy(old, 4, made, 4, 4);
            }
            destination.put(data).put(made);
        }
        return destination.array();
    }
}
