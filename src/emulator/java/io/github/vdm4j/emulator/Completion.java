package io.github.vdm4j.emulator;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * The content of a completion record.
 *
 * @param status the byte at 0: a {@link Status}, with bit 7 for a write fault
 * @param result the byte at 1
 * @param bytes the bytes or descriptors completed, at 4
 * @param faultAddress the address at 8
 * @param value the eight bytes at 16: a CRC, size, flags or tags
 * @param tags the eight bytes at 24: the tags of the destination
 */
public record Completion(int status, int result, long bytes, long faultAddress, long value,
        long tags) {
    public static final int BYTES = 32;

    static Completion of(int status) {
        return new Completion(status, 0, 0, 0, 0, 0);
    }

    static Completion success() {
        return of(Status.SUCCESS);
    }

    static Completion fault(int status, boolean write, long address) {
        return new Completion(status | (write ? Status.WRITE_FAULT : 0), 0, 0, address, 0, 0);
    }

    Completion withResult(int newResult) {
        return new Completion(status, newResult, bytes, faultAddress, value, tags);
    }

    Completion withBytes(long newBytes) {
        return new Completion(status, result, newBytes, faultAddress, value, tags);
    }

    Completion withValue(long newValue) {
        return new Completion(status, result, bytes, faultAddress, newValue, tags);
    }

    Completion withTags(long newTags) {
        return new Completion(status, result, bytes, faultAddress, value, newTags);
    }

    boolean isSuccess() {
        return status == Status.SUCCESS;
    }

    byte[] toBytes() {
        return ByteBuffer.allocate(BYTES)
                .order(ByteOrder.LITTLE_ENDIAN)
                .put((byte) status)
                .put((byte) result)
                .putShort((short) 0)
                .putInt((int) bytes)
                .putLong(faultAddress)
                .putLong(value)
                .putLong(tags)
                .array();
    }
}
