package io.github.vdm4j.dsa.portal;

import io.github.vdm4j.engine.channel.Descriptor;
import io.github.vdm4j.machine.LibC;
import io.github.vdm4j.machine.PlatformName;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.foreign.ValueLayout.OfByte;
import java.lang.foreign.ValueLayout.OfInt;
import java.lang.foreign.ValueLayout.OfLong;
import java.lang.invoke.VarHandle;
import java.nio.ByteBuffer;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * A descriptor and its completion record in native memory, and the queue that has the descriptor.
 * The memory serves one submission at a time. Descriptor and record each fill a cache line, to keep
 * the device's writes away from other data. A device writes the 32 bytes of the record after it has
 * executed the descriptor.
 *
 * <p>C counterpart of the record: {@code struct dsa_completion_record} in linux/idxd.h.
 */
public final class Submission {
    private static final OfByte BYTE = ValueLayout.JAVA_BYTE;
    private static final OfInt INT = ValueLayout.JAVA_INT;
    private static final OfLong LONG = ValueLayout.JAVA_LONG;
    private static final VarHandle STATUS = BYTE.varHandle();
    private static final int RESULT = 1;
    private static final int COMPLETED = 4;
    private static final int VALUE = 16;
    private static final int BYTE_MASK = 0xff;

    private static final long LINE = 64;
    private static final long RECORD_AT = Descriptor.BYTES;
    private static final long CALL_STATE_AT = RECORD_AT + LINE;
    private static final long NODE_AT = CALL_STATE_AT + LINE / 2;

    /** The size of the memory. */
    public static final long BYTES = CALL_STATE_AT + LINE;

    private final MemorySegment descriptor;
    private final MemorySegment record;
    /** The memory for the error number of a call. Null where native calls are not allowed. */
    private final MemorySegment callState;
    private final MemorySegment node;
    private final ByteBuffer buffer;
    /** The counter that gets the credit of the submission back, or null if there is no credit. */
    private AtomicInteger credits;

    /** The queue of the last submission. */
    MoverQueue queue;
    boolean inFlight;
    long bytes;
    /** The status of the last descriptor that the device has executed. */
    int status;

    /**
     * Creates a view of {@link #BYTES} of native memory, aligned to 64. The caller keeps the memory
     * for as long as a device may write to it.
     */
    public Submission(MemorySegment memory) {
        record = memory.asSlice(RECORD_AT, Descriptor.RECORD_BYTES);
        descriptor = memory.asSlice(0, Descriptor.BYTES);
        Descriptor.writeRecordAddress(descriptor, 0, memory.address() + RECORD_AT);
        buffer = descriptor.asByteBuffer();
        callState = PlatformName.nativeCallsAllowed()
                ? memory.asSlice(CALL_STATE_AT, LibC.CALL_STATE_BYTES)
                : null;
        node = memory.asSlice(NODE_AT, Integer.BYTES);
    }

    /** Returns the descriptor. It contains the address of its record. */
    public MemorySegment descriptor() {
        return descriptor;
    }

    /** Clears the record before a submission. This also brings its page into memory. */
    public void clearRecord() {
        for (long at = 0; at < Descriptor.RECORD_BYTES; at += Long.BYTES) {
            record.set(LONG, at, 0);
        }
    }

    /**
     * Returns the status byte, or 0 until the descriptor is complete. The caller then sees all
     * earlier writes of the device. The highest bit is set if the device could not write.
     */
    public int recordedStatus() {
        return (byte) STATUS.getAcquire(record, 0L) & BYTE_MASK;
    }

    int result() {
        return record.get(BYTE, RESULT) & BYTE_MASK;
    }

    /** Returns the number of bytes that the device has processed, or of descriptors of a batch. */
    long completed() {
        return Integer.toUnsignedLong(record.get(INT, COMPLETED));
    }

    /** Returns the CRC or the size of the delta record. */
    int value() {
        return record.get(INT, VALUE);
    }

    /** Sets the size of a descriptor that is not submitted yet, and clears the earlier status. */
    void rest(long size) {
        bytes = size;
        status = DsaStatus.NONE;
    }

    /** Submits the descriptor with a new first word. Returns 0, or the negative error number. */
    int submitTo(MoverQueue next, long head) {
        descriptor.set(LONG, 0, head);
        clearRecord();
        int error = next.submit(this);
        if (error == 0) {
            queue = next;
            inFlight = true;
        }
        return error;
    }

    void poll() {
        int seen = recordedStatus();
        if (seen != DsaStatus.NONE) {
            status = seen & DsaStatus.MASK;
            inFlight = false;
            returnCredit();
            queue.completed(status, bytes);
        }
    }

    /** Records that the device has not answered in time. */
    void timedOut() {
        if (inFlight) {
            queue.timedOut();
        }
    }

    /** Returns the descriptor for a file channel. The channel moves the buffer's position. */
    ByteBuffer buffer() {
        return buffer.clear();
    }

    int written() {
        return buffer.position();
    }

    MemorySegment callState() {
        return callState;
    }

    /** Returns the NUMA node of the calling thread, or -1 if it is not known. */
    public int callerNode() {
        return callState == null ? -1 : LibC.currentNode(callState, node);
    }

    /** Returns the NUMA node of memory, or -1 if it is not known. */
    public int nodeOf(long address) {
        return callState == null || address == 0 ? -1 : LibC.nodeOf(callState, node, address);
    }

    void credits(AtomicInteger source) {
        credits = source;
    }

    void returnCredit() {
        if (credits != null) {
            credits.incrementAndGet();
            credits = null;
        }
    }
}
