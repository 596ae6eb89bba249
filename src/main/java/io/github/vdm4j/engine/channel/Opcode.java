package io.github.vdm4j.engine.channel;

import io.github.vdm4j.VdmOperationType;

/** The operation codes of DSA descriptors. DML jobs use the same codes. */
public final class Opcode {
    public static final int NOP = 0;
    /** Executes a list of descriptors. */
    public static final int BATCH = 1;
    public static final int DRAIN = 2;
    /** Copies a range, and handles overlap in both directions. */
    public static final int MEM_MOVE = 3;
    /** Fills a range with a pattern of eight bytes. */
    public static final int FILL = 4;
    public static final int COMPARE = 5;
    public static final int COMPARE_PATTERN = 6;
    /** Records the differences of two ranges. */
    public static final int DELTA_CREATE = 7;
    public static final int DELTA_APPLY = 8;
    public static final int DUALCAST = 9;
    public static final int CRC = 0x10;
    public static final int COPY_CRC = 0x11;
    public static final int DIF_CHECK = 0x12;
    /** Copies blocks and protects them. */
    public static final int DIF_INSERT = 0x13;
    /** Copies protected blocks without their protection. */
    public static final int DIF_STRIP = 0x14;
    /** Copies protected blocks with new protection. */
    public static final int DIF_UPDATE = 0x15;
    public static final int CACHE_FLUSH = 0x20;

    private static final long WORD = 8;

    private Opcode() {}

    static int of(VdmOperationType type) {
        return switch (type) {
            case NOP -> NOP;
            case DRAIN -> DRAIN;
            case MEMCPY, MEMMOVE -> MEM_MOVE;
            case MEMSET, FILL -> FILL;
            case COMPARE -> COMPARE;
            case COMPARE_PATTERN -> COMPARE_PATTERN;
            case DELTA_CREATE -> DELTA_CREATE;
            case DELTA_APPLY -> DELTA_APPLY;
            case DUALCAST -> DUALCAST;
            case CRC -> CRC;
            case COPY_CRC -> COPY_CRC;
            case DIF_CHECK -> DIF_CHECK;
            case DIF_INSERT -> DIF_INSERT;
            case DIF_STRIP -> DIF_STRIP;
            case DIF_UPDATE -> DIF_UPDATE;
            case FLUSH, BATCH -> throw new IllegalArgumentException(type + " has no range");
        };
    }

    /** Returns the number of completed bytes after which an operation can continue. */
    static long resumable(int opcode, long completed) {
        return switch (opcode) {
            case MEM_MOVE, COMPARE, DUALCAST, CRC, COPY_CRC -> completed;
            // A part starts with the first byte of the pattern.
            case FILL, COMPARE_PATTERN -> completed & -WORD;
            default -> 0;
        };
    }
}
