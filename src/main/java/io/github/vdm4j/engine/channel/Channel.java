package io.github.vdm4j.engine.channel;

import io.github.vdm4j.ExecutionPath;
import io.github.vdm4j.VdmResult;
import io.github.vdm4j.VdmStatus;
import java.lang.foreign.MemorySegment;

/**
 * A way to a device. It makes the slots of one mover, owns their native memory, and explains the
 * device's statuses. The {@link SlotPool} calls {@link #makeSlot}, {@link #allocate} and {@link
 * #close} under its lock.
 *
 * <p>A status is an int: {@link Slot#OK}, {@link Slot#IN_FLIGHT}, {@link Slot#DIF_ERROR}, or a
 * number of the channel's own, which {@link #status} explains. The engine acts on two results: it
 * retries {@link VdmResult#QUEUE_FULL} and repairs {@link VdmResult#PAGE_FAULT}.
 */
public interface Channel {
    /**
     * Returns whether the slots reach a device.
     *
     * @return false for a channel that only has software
     */
    boolean hasDevice();

    /**
     * Returns what executes a part that the device does not execute.
     *
     * @return {@link ExecutionPath#DML_SOFTWARE} if slots have a software path of their own, {@link
     *     ExecutionPath#JVM} if the programs execute the part with the JVM's kernels, {@link
     *     ExecutionPath#NONE} if the operation fails
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
     * @return bytes; 0 if slots cannot execute an operation in one call
     */
    long inlineBytes();

    /**
     * Returns the flags with which the device makes a destination durable.
     *
     * @return bits of a descriptor
     */
    int durableFlags();

    /**
     * Makes a slot.
     *
     * @return a slot that sends to the device if there is one
     * @throws SlotRefusedException if there can be no more
     */
    Slot makeSlot();

    /**
     * Allocates native memory that lives as long as the channel, for the batches of a slot.
     *
     * @param bytes how much
     * @return memory that begins at a multiple of 64
     */
    MemorySegment allocate(long bytes);

    /**
     * Returns how much native memory the slots and their batches take up.
     *
     * @return bytes
     */
    long nativeBytes();

    /**
     * Returns whether slots may be made and used.
     *
     * @return false after {@link #close}
     */
    boolean isOpen();

    /** Frees the memory. The pool calls it when no slot is in use. More calls do nothing. */
    void close();

    /**
     * Returns the explanation of a status, with its result for an operation.
     *
     * @param status a status of {@link Slot#send}, {@link Slot#check} or {@link Slot#taskStatus}
     * @return the explanation; its result is {@link VdmResult#UNKNOWN_STATUS} for a number that the
     *     channel does not know
     */
    VdmStatus status(int status);

    /**
     * Returns the name of the place where a part runs, for messages: "on HARDWARE failed".
     *
     * @param device whether the part went to the device
     * @return the name
     */
    String place(boolean device);

    /**
     * Returns what the channel's users call a slot, for messages.
     *
     * @return a plural, like "jobs"
     */
    String slotsName();
}
