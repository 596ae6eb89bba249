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
    /**
     * Returns whether the slots reach a device.
     *
     * @return {@code false} for a channel that only uses software
     */
    boolean hasDevice();

    /**
     * Returns the path that executes a part if the device does not.
     *
     * @return {@link ExecutionPath#DML_SOFTWARE} if the slots have a software path, {@link
     *     ExecutionPath#JVM} if the programs use the JVM's kernels, or {@link ExecutionPath#NONE}
     *     if the operation fails
     */
    ExecutionPath software();

    /**
     * Returns the limits of one submission.
     *
     * @return the same limits for the life of the channel
     */
    ChannelLimits limits();

    /**
     * Returns the longest copy or fill that {@link Slot#execute} executes.
     *
     * @return the length in bytes, or 0 if slots cannot execute an operation in one call
     */
    long inlineBytes();

    /**
     * Returns the flags with which the device makes a destination durable.
     *
     * @return the bits of a descriptor
     */
    int durableFlags();

    /**
     * Creates a slot.
     *
     * @return a slot that submits to the device, or to the software path without a device
     * @throws SlotRefusedException if the channel cannot create another slot
     */
    Slot makeSlot();

    /**
     * Allocates native memory for the batches of a slot. The memory stays alive until the channel
     * is closed.
     *
     * @param bytes the size in bytes
     * @return memory at an address that is a multiple of 64
     */
    MemorySegment allocate(long bytes);

    /**
     * Returns the size of the native memory of the slots and their batches.
     *
     * @return the size in bytes
     */
    long nativeBytes();

    /**
     * Returns whether slots may be created and used.
     *
     * @return {@code false} after {@link #close}
     */
    boolean isOpen();

    /**
     * Frees the memory. The pool calls this when no slot is in use. Further calls have no effect.
     */
    void close();

    /**
     * Returns the explanation of a status, with its result for an operation.
     *
     * @param status a status of {@link Slot#send}, {@link Slot#check} or {@link Slot#taskStatus}
     * @return the explanation. Its result is {@link VdmResult#UNKNOWN_STATUS} if the channel does
     *     not know the number
     */
    VdmStatus status(int status);

    /**
     * Returns the name of the place where a part runs. A message contains it, for example "on
     * HARDWARE failed".
     *
     * @param device whether the device executed the part
     * @return the name
     */
    String place(boolean device);
}
