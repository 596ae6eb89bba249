package io.github.vdm4j.emulator;

import java.nio.ByteBuffer;
import java.util.Arrays;

/**
 * The operations on the protection of blocks: check, insert, strip and update. The protection is a
 * CRC-16 of the block, an application tag of 16 bits and a reference tag of 32 bits, in big-endian
 * order.
 */
final class DifOperations {
    static final int PROTECTION = 8;
    static final int RESERVED_DIF_FLAGS = 0xf0;
    static final int RESERVED_DESTINATION_FLAGS = 0x07;

    private static final int[] BLOCK_SIZES = {512, 520, 4096, 4104};
    private static final int POLYNOMIAL = 0x8BB7;
    private static final int TAG = 0xffff;

    // source flags
    private static final int ALL_ONES_IS_AN_ERROR = 1;
    private static final int DETECT_ALL_ONES = 1 << 1;
    private static final int DETECT_APPLICATION_ONES = 1 << 2;
    private static final int DETECT_TAG_ONES = 1 << 3;
    private static final int GUARD_UNCHECKED = 1 << 5;
    private static final int REFERENCE_UNCHECKED = 1 << 6;
    // destination flags
    private static final int PASS_APPLICATION = 1 << 3;
    private static final int PASS_GUARD = 1 << 5;
    private static final int PASS_REFERENCE = 1 << 6;
    // both
    private static final int INCREMENT_APPLICATION = 1 << 4;
    private static final int FIXED_REFERENCE = 1 << 7;
    // DIF flags
    private static final int INVERT_SEED = 1 << 2;
    private static final int INVERT_RESULT = 1 << 3;
    // result bits
    private static final int GUARD_ERROR = 1;
    private static final int APPLICATION_ERROR = 1 << 1;
    private static final int REFERENCE_ERROR = 1 << 2;
    private static final int ALL_ONES_ERROR = 1 << 3;

    private final Descriptor descriptor;
    private final Opcode opcode;
    private final int block;
    private final Tags source;
    private final Tags destination;

    private DifOperations(Descriptor descriptor, Opcode opcode) {
        this.descriptor = descriptor;
        this.opcode = opcode;
        block = blockSize(descriptor);
        source = new Tags(descriptor, descriptor.byteAt(40), 48);
        destination = new Tags(descriptor, descriptor.byteAt(41), 56);
    }

    static int blockSize(Descriptor descriptor) {
        return BLOCK_SIZES[descriptor.byteAt(42) & 3];
    }

    /** Returns the size of a block of the source in memory. */
    static int sourceBlock(Descriptor descriptor, Opcode opcode) {
        return blockSize(descriptor) + (opcode == Opcode.DIF_INSERT ? 0 : PROTECTION);
    }

    static long destinationSize(Descriptor descriptor, Opcode opcode) {
        long blocks = descriptor.size() / sourceBlock(descriptor, opcode);
        return switch (opcode) {
            case DIF_INSERT, DIF_UPDATE -> blocks * (blockSize(descriptor) + PROTECTION);
            case DIF_STRIP -> blocks * blockSize(descriptor);
            default -> 0;
        };
    }

    static Completion execute(Descriptor descriptor, Opcode opcode, Access access)
            throws MemoryFault {
        Completion fault = access.missing(descriptor.source(), descriptor.size(), false);
        if (fault == null && opcode != Opcode.DIF_CHECK) {
            fault = access.missing(descriptor.destination(), destinationSize(descriptor, opcode),
                    true);
        }
        return fault != null ? fault : new DifOperations(descriptor, opcode).run(access);
    }

    private Completion run(Access access) throws MemoryFault {
        int step = sourceBlock(descriptor, opcode);
        long to = descriptor.destination();
        for (long at = 0; at < descriptor.size(); at += step) {
            byte[] bytes = access.read(descriptor.source() + at, step);
            byte[] data = Arrays.copyOf(bytes, block);
            long old = opcode == Opcode.DIF_INSERT ? 0 : ByteBuffer.wrap(bytes).getLong(block);
            if (opcode != Opcode.DIF_INSERT) {
                int errors = errors(data, old);
                if (errors != 0) {
                    return tagged(Completion.of(Status.DIF_ERROR).withResult(errors).withBytes(at));
                }
            }
            switch (opcode) {
                case DIF_INSERT, DIF_UPDATE -> {
                    byte[] protectedBlock = Arrays.copyOf(data, block + PROTECTION);
                    ByteBuffer.wrap(protectedBlock).putLong(block, protection(data, old));
                    access.write(to, protectedBlock);
                    to += protectedBlock.length;
                }
                case DIF_STRIP -> {
                    access.write(to, data);
                    to += data.length;
                }
                default -> {
                }
            }
            source.advance();
            destination.advance();
        }
        return tagged(Completion.success().withBytes(descriptor.size()));
    }

    /** The record holds the tags of the next block. */
    private Completion tagged(Completion completion) {
        return completion.withValue(opcode == Opcode.DIF_INSERT ? 0 : source.packed())
                .withTags(opcode == Opcode.DIF_INSERT || opcode == Opcode.DIF_UPDATE
                        ? destination.packed()
                        : 0);
    }

    private int errors(byte[] data, long found) {
        int application = (int) (found >>> 32) & TAG;
        int reference = (int) found;
        boolean allOnes = found == -1;
        if (allOnes && source.has(DETECT_ALL_ONES)) {
            return source.has(ALL_ONES_IS_AN_ERROR) ? ALL_ONES_ERROR : 0;
        }
        if (application == TAG && (source.has(DETECT_APPLICATION_ONES)
                || reference == -1 && source.has(DETECT_TAG_ONES))) {
            return 0;
        }
        int errors = 0;
        if (!source.has(GUARD_UNCHECKED) && (int) (found >>> 48) != guard(data)) {
            errors |= GUARD_ERROR;
        }
        if (((application ^ source.application) & ~source.mask & TAG) != 0) {
            errors |= APPLICATION_ERROR;
        }
        if (!source.has(REFERENCE_UNCHECKED) && reference != source.reference) {
            errors |= REFERENCE_ERROR;
        }
        return errors;
    }

    private long protection(byte[] data, long old) {
        long guard = destination.has(PASS_GUARD) && opcode == Opcode.DIF_UPDATE
                ? old >>> 48
                : guard(data);
        long application = destination.has(PASS_APPLICATION) && opcode == Opcode.DIF_UPDATE
                ? old >>> 32 & TAG
                : destination.application & ~destination.mask & TAG;
        long reference = destination.has(PASS_REFERENCE) && opcode == Opcode.DIF_UPDATE
                ? old
                : destination.reference;
        return guard << 48 | application << 32 | reference & 0xffffffffL;
    }

    private int guard(byte[] data) {
        int flags = descriptor.byteAt(42);
        int register = (flags & INVERT_SEED) != 0 ? TAG : 0;
        for (byte b : data) {
            register ^= (b & 0xff) << Byte.SIZE;
            for (int bit = 0; bit < Byte.SIZE; bit++) {
                register = register << 1 ^ ((register & 0x8000) != 0 ? POLYNOMIAL : 0);
            }
            register &= TAG;
        }
        return (flags & INVERT_RESULT) != 0 ? register ^ TAG : register;
    }

    /** The required tags of a block. They change from block to block. */
    private static final class Tags {
        private final int flags;
        private final int mask;
        private int reference;
        private int application;

        Tags(Descriptor descriptor, int flags, int offset) {
            this.flags = flags;
            reference = descriptor.intAt(offset);
            mask = descriptor.shortAt(offset + 4);
            application = descriptor.shortAt(offset + 6);
        }

        boolean has(int flag) {
            return (flags & flag) != 0;
        }

        void advance() {
            reference += has(FIXED_REFERENCE) ? 0 : 1;
            application += has(INCREMENT_APPLICATION) ? 1 : 0;
        }

        long packed() {
            return Integer.toUnsignedLong(reference) | (long) mask << 32
                    | (long) (application & TAG) << 48;
        }
    }
}
