package io.github.vdm4j.dsa.portal;

import io.github.vdm4j.machine.LibC;
import io.github.vdm4j.machine.PlatformName;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;

/**
 * The native memory of one operation at a time: a descriptor, its completion record, and what the
 * submission needs. Descriptor and record have a cache line each, so that the device's writes do not
 * disturb other threads.
 */
public final class SlotMemory {
    private static final long LINE = 64;
    private static final long CALL_STATE_AT = Descriptor.BYTES + CompletionRecord.BYTES;

    /** The size of the memory. */
    public static final long BYTES = CALL_STATE_AT + LINE;

    private final Descriptor descriptor;
    private final CompletionRecord record;
    private final MemorySegment submission;
    /** Null where native calls are not allowed. */
    private final MemorySegment callState;
    private final ByteBuffer buffer;

    /**
     * Divides memory.
     *
     * @param memory {@link #BYTES} of native memory, aligned to 64, that the caller keeps for as
     *     long as a device may write to it
     */
    public SlotMemory(MemorySegment memory) {
        descriptor = new Descriptor(memory, 0, memory.address() + Descriptor.BYTES);
        record = new CompletionRecord(memory, Descriptor.BYTES);
        submission = memory.asSlice(0, Descriptor.BYTES);
        buffer = submission.asByteBuffer();
        callState = PlatformName.nativeCallsAllowed()
                ? memory.asSlice(CALL_STATE_AT, LibC.CALL_STATE_BYTES)
                : null;
    }

    /**
     * Returns the descriptor that the next submission takes.
     *
     * @return the descriptor
     */
    public Descriptor descriptor() {
        return descriptor;
    }

    /**
     * Returns the record of that descriptor.
     *
     * @return the record
     */
    public CompletionRecord record() {
        return record;
    }

    /**
     * Returns the bytes of the descriptor.
     *
     * @return 64 bytes of native memory
     */
    public MemorySegment submission() {
        return submission;
    }

    /** The same bytes for a file channel, which moves the buffer's position. */
    ByteBuffer buffer() {
        return buffer.clear();
    }

    /** How many of these bytes the channel has written since. */
    int written() {
        return buffer.position();
    }

    /** Where a call leaves its error number. */
    MemorySegment callState() {
        return callState;
    }
}
