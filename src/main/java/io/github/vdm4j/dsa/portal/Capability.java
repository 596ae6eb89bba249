package io.github.vdm4j.dsa.portal;

import io.github.vdm4j.engine.channel.Opcode;
import io.github.vdm4j.engine.channel.Part;

/**
 * The capabilities of a device, and the flags of a descriptor that need them.
 *
 * <p>C counterpart: the register GENCAP, and {@code IDXD_OP_FLAG_...} in linux/idxd.h.
 */
final class Capability {
    /** GENCAP: the device can wait for pages. */
    static final long BLOCK_ON_FAULT = 1;
    /** GENCAP: the device can copy within one range. */
    static final long OVERLAP = 1 << 1;
    /** GENCAP: the device obeys {@link Part#FOR_CACHE}. */
    static final long CACHE = 1 << 2;
    /** GENCAP: the device obeys {@link #WRITE_DURABLY}. */
    static final long DURABLE = 1 << 5;
    /** GENCAP: the device obeys {@link #READ_BACK}. */
    static final long READBACK = 1 << 8;

    /** A flag: the device waits for a page that is not in memory. */
    static final int WAIT_FOR_PAGES = 1 << 1;
    /** A flag, CC3: the device writes to durable memory. */
    static final int WRITE_DURABLY = 1 << 5;
    /** A flag, CC2: the device reads the destination back, past the caches, before it completes. */
    static final int READ_BACK = 1 << 14;

    private static final int FLAGS_AT = 32;
    private static final int OPCODE_AT = 56;

    private Capability() {}

    /**
     * Returns 0 if a device can execute a part. Otherwise it returns the channel's form of the
     * status that the device would return.
     */
    static int refusal(WorkQueue queue, int opcode, int flags, boolean overlaps) {
        if ((queue.operations() >>> opcode & 1) == 0) {
            return DsaChannel.RECORDED | DsaStatus.BAD_OPCODE;
        }
        if (overlaps && (queue.capabilities() & OVERLAP) == 0) {
            return DsaChannel.RECORDED | DsaStatus.OVERLAP;
        }
        return (flags & READ_BACK) != 0 && (queue.capabilities() & (READBACK | DURABLE)) == 0
                ? DsaChannel.RECORDED | DsaStatus.BAD_FLAGS
                : 0;
    }

    /** Returns the first eight bytes of a descriptor with the flags that a device obeys. */
    static long fit(long head, WorkQueue queue, boolean waits) {
        int opcode = (int) (head >>> OPCODE_AT);
        long fitted = head;
        if ((queue.capabilities() & CACHE) == 0) {
            fitted &= ~((long) Part.FOR_CACHE << FLAGS_AT); // a hint
        }
        if (opcode == Opcode.DUALCAST) {
            // Only DML has this flag. DSA has a common flag for both destinations.
            fitted &= ~((long) Part.SECOND_DURABLE << FLAGS_AT);
        }
        if ((queue.capabilities() & READBACK) == 0
                && (fitted & (long) READ_BACK << FLAGS_AT) != 0) {
            fitted ^= (long) (READ_BACK | WRITE_DURABLY) << FLAGS_AT;
        }
        if (waits && queue.blocksOnFault() && (queue.capabilities() & BLOCK_ON_FAULT) != 0
                && opcode > Opcode.DRAIN) {
            fitted |= (long) WAIT_FOR_PAGES << FLAGS_AT;
        }
        return fitted;
    }
}
