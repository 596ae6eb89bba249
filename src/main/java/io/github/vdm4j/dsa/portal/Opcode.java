package io.github.vdm4j.dsa.portal;

/**
 * The operations of a DSA device, by number.
 *
 * <p>C counterpart: {@code enum dsa_opcode} in linux/idxd.h.
 */
public final class Opcode {
    /** Does nothing. */
    public static final int NOP = 0x00;
    /** Executes a list of descriptors. */
    public static final int BATCH = 0x01;
    /** Waits for every descriptor before it in the queue. */
    public static final int DRAIN = 0x02;
    /** Copies, also within one range. */
    public static final int MOVE = 0x03;
    /** Fills with a pattern of eight bytes. */
    public static final int FILL = 0x04;
    /** Compares two ranges. */
    public static final int COMPARE = 0x05;
    /** Compares a range with a pattern. */
    public static final int COMPARE_PATTERN = 0x06;
    /** Creates a delta record. */
    public static final int DELTA_CREATE = 0x07;
    /** Applies a delta record. */
    public static final int DELTA_APPLY = 0x08;
    /** Copies to two destinations. */
    public static final int DUALCAST = 0x09;
    /** Computes a CRC-32C. */
    public static final int CRC = 0x10;
    /** Copies and computes a CRC-32C. */
    public static final int COPY_CRC = 0x11;
    /** Checks protected blocks. */
    public static final int DIF_CHECK = 0x12;
    /** Copies blocks and adds their protection. */
    public static final int DIF_INSERT = 0x13;
    /** Checks protected blocks and copies them without the protection. */
    public static final int DIF_STRIP = 0x14;
    /** Checks protected blocks and copies them with another protection. */
    public static final int DIF_UPDATE = 0x15;
    /** Writes cache lines back. */
    public static final int CACHE_FLUSH = 0x20;

    private Opcode() {}
}
