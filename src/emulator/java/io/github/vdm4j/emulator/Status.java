package io.github.vdm4j.emulator;

/** The status codes of completion records. */
public final class Status {
    public static final int SUCCESS = 0x01;
    /** The operation succeeded with an unexpected result. */
    public static final int FALSE_PREDICATE = 0x02;
    public static final int PAGE_FAULT = 0x03;
    /** A page was missing, and the kernel could not bring it in. */
    public static final int PAGE_REQUEST_FAILED = 0x04;
    /** A descriptor of the batch did not succeed. */
    public static final int BATCH_FAILED = 0x05;
    public static final int BATCH_PAGE_FAULT = 0x06;
    public static final int DELTA_OFFSET_ORDER = 0x07;
    public static final int DELTA_OFFSET_RANGE = 0x08;
    public static final int DIF_ERROR = 0x09;
    public static final int BAD_OPCODE = 0x10;
    public static final int BAD_FLAGS = 0x11;
    public static final int RESERVED_NOT_ZERO = 0x12;
    public static final int BAD_SIZE = 0x13;
    /** The number of descriptors is out of range. */
    public static final int BAD_COUNT = 0x14;
    public static final int BAD_RECORD_SIZE = 0x15;
    public static final int OVERLAP = 0x16;
    /** The destinations of a dualcast differ in their lowest 12 bits. */
    public static final int DUALCAST_ALIGNMENT = 0x17;
    public static final int LIST_ALIGNMENT = 0x18;
    public static final int BAD_INTERRUPT_HANDLE = 0x19;
    /** The completion record of a descriptor in a batch is not aligned. */
    public static final int RECORD_ALIGNMENT = 0x1b;
    public static final int ADDRESS_ALIGNMENT = 0x1c;

    /** Bit 7 of the status byte, set if the page fault was a write. */
    public static final int WRITE_FAULT = 0x80;

    private Status() {}
}
