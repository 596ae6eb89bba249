package io.github.vdm4j.dsa.portal;

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

    private static final int FLAGS_AT = 32;
    private static final int OPCODE_AT = 56;

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
        return (head & (long) (READ_BACK | WRITE_DURABLY) << FLAGS_AT) != 0;
    }

    /**
     * Returns the first eight bytes of a descriptor with the flags that the device obeys. The flags
     * may fit another queue, because a full queue leaves the tasks of a batch fitted.
     */
    long fit(long head, boolean waits) {
        int opcode = (int) (head >>> OPCODE_AT);
        long fitted = head & ~((long) WAIT_FOR_PAGES << FLAGS_AT);
        if ((fitted & (long) WRITE_DURABLY << FLAGS_AT) != 0) {
            fitted ^= (long) (READ_BACK | WRITE_DURABLY) << FLAGS_AT;
        }
        if ((capabilities & CACHE) == 0) {
            fitted &= ~((long) Part.FOR_CACHE << FLAGS_AT); // a hint
        }
        if (opcode == Opcode.DUALCAST) {
            // Only DML has this flag. DSA has a common flag for both destinations.
            fitted &= ~((long) Part.SECOND_DURABLE << FLAGS_AT);
        }
        if ((capabilities & READBACK) == 0
                && (fitted & (long) READ_BACK << FLAGS_AT) != 0) {
            fitted ^= (long) (READ_BACK | WRITE_DURABLY) << FLAGS_AT;
        }
        if (waits && blocksOnFault && (capabilities & BLOCK_ON_FAULT) != 0
                && opcode > Opcode.DRAIN) {
            fitted |= (long) WAIT_FOR_PAGES << FLAGS_AT;
        }
        return fitted;
    }
}
