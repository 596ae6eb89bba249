package io.github.vdm4j.engine.channel;

import io.github.vdm4j.ExecutionPath;
import io.github.vdm4j.VdmResult;
import io.github.vdm4j.VdmStatus;
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
public interface Channel {
    /** Returns whether the slots reach a device. A channel that only uses software has none. */
    boolean hasDevice();

    /**
     * Returns the path that executes a part if the device does not: {@link
     * ExecutionPath#DML_SOFTWARE} if the slots have a software path, {@link ExecutionPath#JVM} if
     * the programs use the JVM's kernels, or {@link ExecutionPath#NONE} if the operation fails.
     */
    ExecutionPath software();

    /** Returns the limits of one submission. They never change. */
    ChannelLimits limits();

    /** Returns the longest copy or fill in bytes for {@link Slot#execute}, or 0 for none. */
    long inlineBytes();

    /** Returns the flags of a descriptor with which the device makes a destination durable. */
    int durableFlags();

    /**
     * Creates a slot that submits to the device, or to the software path without a device.
     *
     * @throws SlotRefusedException if the channel cannot create another slot
     */
    Slot makeSlot();

    /** Allocates memory for the batches of a slot at a multiple of 64, until the channel closes. */
    MemorySegment allocate(long bytes);

    /** Returns the size of the native memory of the slots and their batches in bytes. */
    long nativeBytes();

    /** Returns whether slots may be created and used. They may not after {@link #close}. */
    boolean isOpen();

    /** Frees the memory when no slot is in use. Further calls have no effect. */
    void close();

    /**
     * Returns the explanation of a status of {@link Slot#send}, {@link Slot#check} or {@link
     * Slot#taskStatus}. Its result is {@link VdmResult#UNKNOWN_STATUS} if the channel does not know
     * the number.
     */
    VdmStatus status(int status);

    /** Returns the place of a part for messages, for example "on HARDWARE failed". */
    String place(boolean device);
}
