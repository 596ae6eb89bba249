package io.github.vdm4j.emulator;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;

/** A descriptor of 64 bytes, in little-endian order. */
public final class Descriptor {
    public static final int BYTES = 64;

    private static final int FLAG_BITS = 0xffffff;

    private final ByteBuffer bytes;

    Descriptor(byte[] source, int offset) {
        bytes = ByteBuffer.wrap(Arrays.copyOfRange(source, offset, offset + BYTES))
                .order(ByteOrder.LITTLE_ENDIAN);
    }

    public int opcode() {
        return byteAt(7);
    }

    /** Returns the 24 bits of the flags. */
    public int flags() {
        return bytes.getInt(4) & FLAG_BITS;
    }

    /** Returns whether all bits of a flag are set. */
    public boolean has(int flag) {
        return (flags() & flag) == flag;
    }

    public long completionAddress() {
        return longAt(8);
    }

    /** Returns the field at byte 16: the source, pattern or descriptor list. */
    public long source() {
        return longAt(16);
    }

    /** Returns the field at byte 24: the destination, second source or pattern. */
    public long destination() {
        return longAt(24);
    }

    /** Returns the transfer size in bytes, or the number of descriptors of a batch. */
    public long size() {
        return Integer.toUnsignedLong(intAt(32));
    }

    int byteAt(int offset) {
        return Byte.toUnsignedInt(bytes.get(offset));
    }

    int shortAt(int offset) {
        return Short.toUnsignedInt(bytes.getShort(offset));
    }

    int intAt(int offset) {
        return bytes.getInt(offset);
    }

    long longAt(int offset) {
        return bytes.getLong(offset);
    }

    @Override
    public String toString() {
        return "opcode 0x%x, flags 0x%x, source 0x%x, destination 0x%x, size %,d"
                .formatted(opcode(), flags(), source(), destination(), size());
    }
}
