package io.github.vdm4j.dsa.portal;

import io.github.vdm4j.engine.channel.Descriptor;
import io.github.vdm4j.engine.channel.Opcode;
import io.github.vdm4j.engine.channel.Part;

/**
 * The limits of a work queue, and the capabilities of its device.
 *
 * <p>C counterpart of the capabilities: the register GENCAP, and {@code IDXD_OP_FLAG_...} in
 * linux/idxd.h.
 *
 * @param numaNode the node of the device, or -1 if it is not known
 * @param capabilities the bits of GENCAP
 * @param operations the opcodes of the device, with a bit for each opcode
 * @param maxTransferBytes the number of bytes in the longest transfer
 * @param maxBatchTasks the number of descriptors in the longest batch. It is below 2 if the queue
 *     accepts no batches
 * @param size the descriptors that the process may have in the queue
 * @param blocksOnFault whether the device may wait for a page that is not in memory
 * @param dedicated whether no other process may use the queue
 */
public record QueueTraits(
        String name,
        String device,
        int numaNode,
        long capabilities,
        long operations,
        long maxTransferBytes,
        int maxBatchTasks,
        int size,
        boolean blocksOnFault,
        boolean dedicated) {
    /** GENCAP: the device can wait for pages. */
    private static final long BLOCK_ON_FAULT = 1;
    /** GENCAP: the device can copy within one range. */
    public static final long OVERLAP = 1 << 1;
    /** GENCAP: the device obeys {@link Part#FOR_CACHE}. */
    private static final long CACHE = 1 << 2;
    /** GENCAP: the device obeys {@link #WRITE_DURABLY}. */
    public static final long DURABLE = 1 << 5;
    /** GENCAP: the device obeys {@link #READ_BACK}. */
    public static final long READBACK = 1 << 8;

    /** A flag: the device waits for a page that is not in memory. */
    private static final int WAIT_FOR_PAGES = 1 << 1;
    /** A flag, CC3: the device writes to durable memory. */
    private static final int WRITE_DURABLY = 1 << 5;
    /** A flag, CC2: the device reads the destination back, past the caches, before it completes. */
    static final int READ_BACK = 1 << 14;

    /**
     * Returns 0 if the device can execute a part. Otherwise it returns the channel's form of the
     * status that the device would return.
     */
    int refusal(int opcode, int flags, boolean overlaps) {
        if ((operations >>> opcode & 1) == 0) {
            return DsaChannel.RECORDED | DsaStatus.BAD_OPCODE;
        }
        if (overlaps && (capabilities & OVERLAP) == 0) {
            return DsaChannel.RECORDED | DsaStatus.OVERLAP;
        }
        return (flags & READ_BACK) != 0 && !writesDurably()
                ? DsaChannel.RECORDED | DsaStatus.BAD_FLAGS
                : 0;
    }

    /** Returns whether the device can make its writes durable. */
    boolean writesDurably() {
        return (capabilities & (READBACK | DURABLE)) != 0;
    }

    /** Returns whether the first eight bytes of a descriptor ask for a durable write. */
    static boolean isDurable(long head) {
        return (Descriptor.flags(head) & (READ_BACK | WRITE_DURABLY)) != 0;
    }

    /**
     * Returns the first eight bytes of a descriptor with the flags that the device obeys. The flags
     * may fit another queue, because a full queue leaves the tasks of a batch fitted.
     */
    long fit(long head, boolean waits) {
        int opcode = Descriptor.opcode(head);
        int flags = Descriptor.flags(head) & ~WAIT_FOR_PAGES;
        if ((flags & WRITE_DURABLY) != 0) {
            flags ^= READ_BACK | WRITE_DURABLY;
        }
        if ((capabilities & CACHE) == 0) {
            flags &= ~Part.FOR_CACHE; // a hint
        }
        if (opcode == Opcode.DUALCAST) {
            // Only DML has this flag. DSA has a common flag for both destinations.
            flags &= ~Part.SECOND_DURABLE;
        }
        if ((capabilities & READBACK) == 0 && (flags & READ_BACK) != 0) {
            flags ^= READ_BACK | WRITE_DURABLY;
        }
        if (waits && blocksOnFault && (capabilities & BLOCK_ON_FAULT) != 0
                && opcode > Opcode.DRAIN) {
            flags |= WAIT_FOR_PAGES;
        }
        return Descriptor.head(opcode, flags);
    }
}
