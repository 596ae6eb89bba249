package io.github.vdm4j.dsa.portal;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.foreign.ValueLayout.OfByte;
import java.lang.foreign.ValueLayout.OfInt;
import java.lang.foreign.ValueLayout.OfLong;
import java.lang.invoke.VarHandle;

/**
 * A completion record of 32 bytes. A device writes the record after it has executed a descriptor.
 * The record does not share its cache line.
 *
 * <p>C counterpart: {@code struct dsa_completion_record} in linux/idxd.h.
 *
 * @param memory native memory
 * @param at where the record begins, a multiple of 64
 */
public record CompletionRecord(MemorySegment memory, long at) {
    private static final OfByte BYTE = ValueLayout.JAVA_BYTE;
    private static final OfInt INT = ValueLayout.JAVA_INT;
    private static final OfLong LONG = ValueLayout.JAVA_LONG;
    private static final VarHandle STATUS = BYTE.varHandle();
    private static final int RESULT = 1;
    private static final int COMPLETED = 4;
    private static final int FAULT = 8;
    private static final int VALUE = 16;
    private static final int LAST = 24;
    private static final int BYTE_MASK = 0xff;

    /** Clears the record before a submission. This also brings its page into memory. */
    public void clear() {
        memory.set(LONG, at, 0);
        memory.set(LONG, at + FAULT, 0);
        memory.set(LONG, at + VALUE, 0);
        memory.set(LONG, at + LAST, 0);
    }

    /**
     * Returns the status byte, or 0 until the descriptor is complete. Bit 7 is {@link
     * DsaStatus#WRITE_FAULT}. The caller then sees all earlier writes of the device.
     */
    public int status() {
        return (byte) STATUS.getAcquire(memory, at) & BYTE_MASK;
    }

    public int result() {
        return memory.get(BYTE, at + RESULT) & BYTE_MASK;
    }

    /** Returns the number of bytes that the device has processed, or of descriptors of a batch. */
    public long completed() {
        return Integer.toUnsignedLong(memory.get(INT, at + COMPLETED));
    }

    /** Returns the CRC or the size of the delta record. */
    public int value() {
        return memory.get(INT, at + VALUE);
    }
}
