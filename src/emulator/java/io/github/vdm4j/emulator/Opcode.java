package io.github.vdm4j.emulator;

/** The operations of the device, with their codes, flags and fields. */
enum Opcode {
    NO_OP(0, Flags.BASE),
    BATCH(1, Flags.BASE | Flags.TRAFFIC_CLASS_1, 16, 24, 32, 36),
    DRAIN(2, Flags.BASE | Flags.TRAFFIC_CLASS_1 | Flags.TRAFFIC_CLASS_2 | Flags.READBACK_1_VALID
            | Flags.READBACK_2_VALID | Flags.SUPPRESS_READBACK),
    MOVE(3, Flags.WRITES, 16, 36),
    FILL(4, Flags.WRITES | Flags.FILL_16, 16, 36),
    COMPARE(5, Flags.READS | Flags.CHECK_RESULT, 16, 36),
    COMPARE_PATTERN(6, Flags.READS | Flags.CHECK_RESULT, 16, 36),
    CREATE_DELTA(7, Flags.WRITES | Flags.TRAFFIC_CLASS_3 | Flags.CHECK_RESULT, 16, 36, 40, 52),
    APPLY_DELTA(8, Flags.WRITES, 16, 36, 40, 44),
    DUALCAST(9, Flags.WRITES | Flags.TRAFFIC_CLASS_3, 16, 36, 40, 48),
    CRC(0x10, Flags.READS | Flags.CRC, 16, 24, 32, 36),
    COPY_CRC(0x11, Flags.WRITES | Flags.CRC, 16, 36),
    DIF_CHECK(0x12, Flags.READS, 16, 24, 32, 36, 40, 41, 42, 43, 48, 56),
    DIF_INSERT(0x13, Flags.WRITES, 16, 36, 41, 43, 56, 64),
    DIF_STRIP(0x14, Flags.WRITES, 16, 36, 40, 41, 42, 43, 48, 56),
    DIF_UPDATE(0x15, Flags.WRITES, 16, 36, 40, 43, 48, 64),
    CACHE_FLUSH(0x20, Flags.READS | Flags.CACHE_CONTROL, 24, 36);

    private static final int FIRST_FIELD = 16;

    final int code;
    final int flags;
    private final long fields; // Bit n is set if byte n belongs to a field.

    /** A field is a pair of its first byte and the byte after its last byte. */
    Opcode(int code, int flags, int... fields) {
        this.code = code;
        this.flags = flags;
        long bytes = 0;
        for (int i = 0; i < fields.length; i += 2) {
            bytes |= bytes(fields[i], fields[i + 1]);
        }
        this.fields = bytes;
    }

    static Opcode of(int code) {
        for (Opcode opcode : values()) {
            if (opcode.code == code) {
                return opcode;
            }
        }
        return null;
    }

    /** Returns true if the operation returns more than a status. It needs a record. */
    boolean hasResult() {
        return switch (this) {
            case COMPARE, COMPARE_PATTERN, CREATE_DELTA, CRC, COPY_CRC, DIF_CHECK, DIF_STRIP,
                    DIF_UPDATE ->
                true;
            default -> false;
        };
    }

    /** Returns true if every byte that belongs to no field of this descriptor is 0. */
    boolean reservedBytesAreZero(Descriptor descriptor) {
        long used = fields | optionalFields(descriptor);
        for (int at = FIRST_FIELD; at < Descriptor.BYTES; at++) {
            if ((used >>> at & 1) == 0 && descriptor.byteAt(at) != 0) {
                return false;
            }
        }
        return true;
    }

    /** Returns the fields that exist only with a flag. */
    private long optionalFields(Descriptor descriptor) {
        return switch (this) {
            case DRAIN -> (descriptor.has(Flags.READBACK_1_VALID) ? bytes(16, 24) : 0)
                    | (descriptor.has(Flags.READBACK_2_VALID) ? bytes(24, 32) : 0);
            case FILL -> descriptor.has(Flags.FILL_16) ? bytes(40, 48) : 0;
            case COMPARE, COMPARE_PATTERN ->
                descriptor.has(Flags.CHECK_RESULT) ? bytes(40, 41) : 0;
            case CREATE_DELTA -> descriptor.has(Flags.CHECK_RESULT) ? bytes(56, 57) : 0;
            case CRC, COPY_CRC -> descriptor.has(Flags.READ_SEED) ? bytes(48, 56) : bytes(40, 44);
            default -> 0;
        };
    }

    private static long bytes(int from, int to) {
        return (to == Long.SIZE ? 0 : 1L << to) - (1L << from);
    }
}
