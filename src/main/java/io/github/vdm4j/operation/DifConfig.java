package io.github.vdm4j.operation;

import io.github.vdm4j.machine.Elements;
import java.util.Objects;
import java.util.Set;

/**
 * The protection of blocks (T10 DIF). The protection is the 8 bytes after each block. They hold a
 * CRC-16, an application tag of 16 bits and a reference tag of 32 bits, in big-endian order.
 *
 * <p>C counterpart: {@code dml_dif_config_t}.
 *
 * @param blockSize the size of the blocks
 * @param source the tags of the blocks that the operation reads
 * @param destination the tags of the blocks that the operation writes
 * @param flags the rules for checking and creating the protection
 */
public record DifConfig(DifBlockSize blockSize, DifTags source, DifTags destination,
        Set<DifFlag> flags) {
    /** The size of a block's protection, in bytes. */
    public static final int PROTECTION_BYTES = 8;

    private static final DifFlag[] ALL_FLAGS = DifFlag.values();

    /** Copies the flags. */
    public DifConfig {
        Objects.requireNonNull(blockSize, "blockSize");
        Objects.requireNonNull(source, "source");
        Objects.requireNonNull(destination, "destination");
        flags = Set.copyOf(Elements.nonNull(flags, "flags"));
    }

    /**
     * {@return a configuration in which the tags begin with 0 on both sides, without flags}
     *
     * @param blockSize the size of the blocks
     */
    public static DifConfig of(DifBlockSize blockSize) {
        return new DifConfig(blockSize, DifTags.ZERO, DifTags.ZERO, Set.of());
    }

    /**
     * {@return the same configuration with these tags for the blocks to read}
     *
     * @param tags the tags
     */
    public DifConfig withSource(DifTags tags) {
        return new DifConfig(blockSize, Objects.requireNonNull(tags, "tags"), destination, flags);
    }

    /**
     * {@return the same configuration with these tags for the blocks to write}
     *
     * @param tags the tags
     */
    public DifConfig withDestination(DifTags tags) {
        return new DifConfig(blockSize, source, Objects.requireNonNull(tags, "tags"), flags);
    }

    /**
     * {@return the same configuration with exactly these flags}
     *
     * @param some the flags. Repetitions have no effect
     */
    public DifConfig withFlags(DifFlag... some) {
        return new DifConfig(blockSize, source, destination,
                Set.copyOf(Elements.nonNull(some, "some")));
    }

    /**
     * {@return the configuration for the blocks behind the first blocks of a range}
     *
     * @param blocks the number of the first blocks
     */
    public DifConfig after(long blocks) {
        return blocks == 0 ? this
                : new DifConfig(blockSize,
                        after(blocks, source, DifFlag.SOURCE_FIXED_REFERENCE_TAG,
                                DifFlag.SOURCE_INCREMENTING_APPLICATION_TAG),
                        after(blocks, destination, DifFlag.DESTINATION_FIXED_REFERENCE_TAG,
                                DifFlag.DESTINATION_INCREMENTING_APPLICATION_TAG),
                        flags);
    }

    private DifTags after(long blocks, DifTags tags, DifFlag fixed, DifFlag incrementing) {
        return new DifTags(
                flags.contains(fixed) ? tags.reference() : (int) (tags.reference() + blocks),
                flags.contains(incrementing) ? (int) (tags.application() + blocks) & 0xffff
                        : tags.application(),
                tags.applicationMask());
    }

    /**
     * {@return whether a flag is set}
     *
     * @param flag the flag
     */
    public boolean has(DifFlag flag) {
        return flags.contains(Objects.requireNonNull(flag, "flag"));
    }

    /** {@return all flags in the bits of DML} */
    public int flagBits() {
        int bits = 0;
        for (DifFlag flag : ALL_FLAGS) {
            bits |= flags.contains(flag) ? flag.bit() : 0;
        }
        return bits;
    }
}
