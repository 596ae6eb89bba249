package io.github.vdm4j.dsa.portal;

import io.github.vdm4j.engine.channel.Descriptor;
import io.github.vdm4j.machine.LibC;
import io.github.vdm4j.machine.PlatformName;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * The native memory of one submission at a time. It contains a descriptor, its completion record,
 * and the memory for the error number of the call. Descriptor and record each fill a cache line, to
 * keep the device's writes away from other data.
 */
public final class SlotMemory {
    private static final long LINE = 64;
    private static final long RECORD_AT = Descriptor.BYTES;
    private static final long CALL_STATE_AT = RECORD_AT + LINE;
    private static final long NODE_AT = CALL_STATE_AT + LINE / 2;

    /** The size of the memory. */
    public static final long BYTES = CALL_STATE_AT + LINE;

    private final CompletionRecord record;
    private final MemorySegment descriptor;
    /** Null where native calls are not allowed. */
    private final MemorySegment callState;
    private final MemorySegment node;
    private final ByteBuffer buffer;
    /** The counter that gets the credit of the submission back, or null if there is no credit. */
    private AtomicInteger credits;

    /**
     * Creates a view of {@link #BYTES} of native memory, aligned to 64. The caller keeps the memory
     * for as long as a device may write to it.
     */
    public SlotMemory(MemorySegment memory) {
        record = new CompletionRecord(memory, RECORD_AT);
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

    public CompletionRecord record() {
        return record;
    }

    /** Returns the descriptor for a file channel. The channel moves the buffer's position. */
    ByteBuffer buffer() {
        return buffer.clear();
    }

    int written() {
        return buffer.position();
    }

    /** Returns the NUMA node of the calling thread, or -1 if it is not known. */
    public int callerNode() {
        return callState == null ? -1 : LibC.currentNode(callState, node);
    }

    /** Returns the NUMA node of memory, or -1 if it is not known. */
    public int nodeOf(long address) {
        return callState == null || address == 0 ? -1 : LibC.nodeOf(callState, node, address);
    }

    MemorySegment callState() {
        return callState;
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
