package io.github.vdm4j.dsa.portal;

/**
 * The flags of a descriptor, and the capabilities of a device that some of them need.
 *
 * <p>C counterpart: {@code IDXD_OP_FLAG_...} in linux/idxd.h, and the register GENCAP.
 */
public final class Flag {
    /** In a batch: waits for every descriptor before this one. */
    public static final int FENCE = 1;
    /** Waits for a page that is not in memory. */
    public static final int BLOCK_ON_FAULT = 1 << 1;
    /** The completion record's address is valid, and a record is wanted. */
    public static final int RECORD = 1 << 2 | 1 << 3;
    /** CC3: writes to durable memory. */
    public static final int DURABLE = 1 << 5;
    /** CC1: leaves the destination in the processor's caches; a flush keeps the lines valid. */
    public static final int CACHE = 1 << 8;
    /** CC2: reads the destination back, past the caches, before the operation is complete. */
    public static final int READBACK = 1 << 14;
    /** CRC: seed and result are neither inverted nor reflected. */
    public static final int BYPASS_REFLECTION = 1 << 17;
    /** CRC: the bits of each byte are not reflected. */
    public static final int BYPASS_DATA_REFLECTION = 1 << 18;

    /** GENCAP: the device can wait for pages. */
    public static final long CAN_BLOCK_ON_FAULT = 1;
    /** GENCAP: the device can copy within one range. */
    public static final long CAN_OVERLAP = 1 << 1;
    /** GENCAP: the device obeys {@link #CACHE} for memory. */
    public static final long CAN_CACHE = 1 << 2;
    /** GENCAP: the device obeys {@link #CACHE} for a flush. */
    public static final long CAN_FLUSH_WITHOUT_EVICTION = 1 << 3;
    /** GENCAP: the device obeys {@link #DURABLE}. */
    public static final long CAN_BE_DURABLE = 1 << 5;
    /** GENCAP: the device obeys {@link #READBACK}. */
    public static final long CAN_READ_BACK = 1 << 8;

    private Flag() {}

    /**
     * Returns the flags by which a device makes a destination durable. The CACHE flag is never one
     * of them, because it steers the data into the cache.
     *
     * @param capabilities the bits of GENCAP
     * @return READBACK or DURABLE; 0 if the device has neither capability
     */
    public static int durable(long capabilities) {
        return (capabilities & CAN_READ_BACK) != 0 ? READBACK
                : (capabilities & CAN_BE_DURABLE) != 0 ? DURABLE : 0;
    }
}
