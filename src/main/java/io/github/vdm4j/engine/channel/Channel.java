package io.github.vdm4j.engine.channel;

import io.github.vdm4j.ExecutionPath;
import io.github.vdm4j.VdmResult;
import io.github.vdm4j.VdmStatus;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/**
 * The connection of a mover to a device. A channel creates the slots, owns their native memory and
 * explains the device's statuses. The {@link SlotPool} calls {@link #makeSlot}, {@link #allocate}
 * and {@link #close} under its lock.
 *
 * <p>A status is an int. It is {@link Slot#OK}, {@link Slot#IN_FLIGHT}, {@link Slot#DIF_ERROR} or a
 * number of the channel. {@link #status} explains such a number. The engine retries {@link
 * VdmResult#QUEUE_FULL} and repairs {@link VdmResult#PAGE_FAULT}.
 */
public abstract class Channel {
    /** The alignment of {@link #allocate} in bytes. */
    protected static final long ALIGNMENT = 64;

    private final boolean device;
    private final ExecutionPath software;
    private final ChannelLimits limits;
    private final Arena arena = Arena.ofShared();
    private boolean released;
    private long nativeBytes;

    /**
     * Creates a channel without slots.
     *
     * @param software {@link ExecutionPath#DML_SOFTWARE} if the slots have a software path, {@link
     *     ExecutionPath#JVM} if the programs use the JVM's kernels, or {@link ExecutionPath#NONE}
     *     if the operation fails
     */
    protected Channel(boolean device, ExecutionPath software, ChannelLimits limits) {
        this.device = device;
        this.software = software;
        this.limits = limits;
    }

    /** Returns whether the slots reach a device. A channel that only uses software has none. */
    public final boolean hasDevice() {
        return device;
    }

    /** Returns the path that executes a part if the device does not. */
    public final ExecutionPath software() {
        return software;
    }

    /** Returns the limits of one submission. They never change. */
    public final ChannelLimits limits() {
        return limits;
    }

    /** Returns the longest copy or fill in bytes for {@link Slot#execute}, or 0 for none. */
    public long inlineBytes() {
        return 0;
    }

    /** Returns the flags of a descriptor with which the device makes a destination durable. */
    public abstract int durableFlags();

    /**
     * Creates a slot that submits to the device, or to the software path without a device.
     *
     * @throws SlotRefusedException if the channel cannot create another slot
     */
    protected abstract Slot makeSlot();

    /** Allocates memory for slots at a multiple of 64. {@link #close} frees it. */
    public final MemorySegment allocate(long bytes) {
        MemorySegment memory = arena.allocate(bytes, ALIGNMENT);
        nativeBytes += bytes;
        return memory;
    }

    /** Returns the size of the native memory of the slots and their batches in bytes. */
    final long nativeBytes() {
        return nativeBytes;
    }

    /** Returns whether slots may be created and used. They may not after {@link #close}. */
    public final boolean isOpen() {
        return arena.scope().isAlive();
    }

    /** Frees the memory when no slot is in use. Further calls have no effect. */
    public final void close() {
        if (isOpen()) {
            if (!released) { // The heap may have been full in an earlier call.
                released = true;
                release();
            }
            arena.close();
        }
    }

    /**
     * Releases the device and its slots before {@link #close} frees the memory. The method does not
     * fail in a full heap.
     */
    protected abstract void release();

    /**
     * Returns the explanation of a status of {@link Slot#send}, {@link Slot#check} or {@link
     * Slot#taskStatus}. Its result is {@link VdmResult#UNKNOWN_STATUS} if the channel does not know
     * the number.
     */
    public abstract VdmStatus status(int status);

    /** Returns the place of a part for messages, for example "on HARDWARE failed". */
    public abstract String place(boolean device);
}
