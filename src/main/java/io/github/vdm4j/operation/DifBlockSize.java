package io.github.vdm4j.operation;

import io.github.vdm4j.machine.Message;

/**
 * The size of protected blocks.
 *
 * <p>C counterpart: {@code dml_dif_block_size_t}.
 */
public enum DifBlockSize {
    /** 512 bytes, 520 with the protection. */
    BYTES_512(512),
    /** 520 bytes, 528 with the protection. */
    BYTES_520(520),
    /** 4096 bytes, 4104 with the protection. */
    BYTES_4096(4096),
    /** 4104 bytes, 4112 with the protection. */
    BYTES_4104(4104);

    private final int bytes;

    // The texts of messages. They are created once, because the checks of an operation must not
    // allocate.
    private final String withoutProtection;
    private final String withProtection;

    DifBlockSize(int bytes) {
        this.bytes = bytes;
        withoutProtection = Message.of("blocks of %,d bytes", bytes);
        withProtection = withoutProtection + " and 8 of protection";
    }

    /** {@return the blocks in words, for messages} */
    public String withoutProtection() {
        return withoutProtection;
    }

    /** {@return the protected blocks in words, for messages} */
    public String withProtection() {
        return withProtection;
    }

    /** {@return the size of a block's data in bytes} */
    public int bytes() {
        return bytes;
    }
}
