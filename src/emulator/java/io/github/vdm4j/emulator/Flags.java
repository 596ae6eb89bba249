package io.github.vdm4j.emulator;

/** The flags of descriptors, in the groups that operations accept. */
final class Flags {
    static final int FENCE = 1;
    static final int BLOCK_ON_FAULT = 1 << 1;
    static final int RECORD_ADDRESS_VALID = 1 << 2;
    static final int REQUEST_RECORD = 1 << 3;
    static final int REQUEST_INTERRUPT = 1 << 4;
    static final int DURABLE = 1 << 5; // CC3
    static final int CHECK_RESULT = 1 << 7;
    static final int CACHE_CONTROL = 1 << 8; // CC1
    static final int TRAFFIC_CLASS_1 = 1 << 9;
    static final int TRAFFIC_CLASS_2 = 1 << 10;
    static final int TRAFFIC_CLASS_3 = 1 << 11;
    static final int TRAFFIC_CLASS_RECORD = 1 << 12;
    static final int STRICT_ORDERING = 1 << 13;
    static final int READBACK = 1 << 14; // CC2
    static final int FILL_16 = 1 << 16;
    static final int READ_SEED = 1 << 16;
    static final int BYPASS_REFLECTION = 1 << 17;
    static final int BYPASS_DATA_REFLECTION = 1 << 18;
    static final int READBACK_1_VALID = 1 << 16;
    static final int READBACK_2_VALID = 1 << 17;
    static final int SUPPRESS_READBACK = 3 << 18;

    static final int BASE =
            RECORD_ADDRESS_VALID | REQUEST_RECORD | REQUEST_INTERRUPT | TRAFFIC_CLASS_RECORD;
    static final int READS = BASE | BLOCK_ON_FAULT | TRAFFIC_CLASS_1 | TRAFFIC_CLASS_2;
    static final int WRITES = READS | CACHE_CONTROL | STRICT_ORDERING | READBACK | DURABLE;
    static final int CRC = TRAFFIC_CLASS_3 | READ_SEED | BYPASS_REFLECTION | BYPASS_DATA_REFLECTION;

    private Flags() {}
}
