package io.github.vdm4j.engine.channel;

/** The operation codes of DSA descriptors. DML jobs use the same codes. */
public final class Opcode {
    /** Does nothing. */
    public static final int NOP = 0;
    /** Executes a list of descriptors. */
    public static final int BATCH = 1;
    /** Waits for the earlier descriptors. */
    public static final int DRAIN = 2;
    /** Copies a range, and handles overlap in both directions. */
    public static final int MEM_MOVE = 3;
    /** Fills a range with a pattern of eight bytes. */
    public static final int FILL = 4;
    /** Compares two ranges. */
    public static final int COMPARE = 5;
    /** Compares a range with a pattern. */
    public static final int COMPARE_PATTERN = 6;
    /** Records the differences of two ranges. */
    public static final int DELTA_CREATE = 7;
    /** Applies a record of differences. */
    public static final int DELTA_APPLY = 8;
    /** Copies a range to two destinations. */
    public static final int DUALCAST = 9;
    /** Computes a CRC. */
    public static final int CRC = 0x10;
    /** Copies a range and computes its CRC. */
    public static final int COPY_CRC = 0x11;
    /** Checks protected blocks. */
    public static final int DIF_CHECK = 0x12;
    /** Copies blocks and protects them. */
    public static final int DIF_INSERT = 0x13;
    /** Copies protected blocks without their protection. */
    public static final int DIF_STRIP = 0x14;
    /** Copies protected blocks with new protection. */
    public static final int DIF_UPDATE = 0x15;
    /** Writes cache lines back. */
    public static final int CACHE_FLUSH = 0x20;

    private Opcode() {}
}
