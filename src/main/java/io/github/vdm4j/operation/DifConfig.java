package io.github.vdm4j.operation;

import java.util.List;
import java.util.Objects;
import java.util.Set;

/**
 * How blocks are protected: 8 bytes after each hold, in big-endian order, a CRC-16 of the block
 * (T10), an application tag of 16 bits and a reference tag of 32 bits.
 *
 * <p>C counterpart: {@code dml_dif_config_t}.
 *
 * @param blockSize the size of the blocks
 * @param source the protection of what is read
 * @param destination the protection of what is written
 * @param flags how to check and how to make it
 */
public record DifConfig(DifBlockSize blockSize, DifTags source, DifTags destination,
        Set<DifFlag> flags) {
    /** The size of a block's protection. */
    public static final int PROTECTION_BYTES = 8;

    private static final DifFlag[] ALL_FLAGS = DifFlag.values();

    /** Keeps a copy of the flags. */
    public DifConfig {
        Objects.requireNonNull(blockSize, "blockSize");
        Objects.requireNonNull(source, "source");
        Objects.requireNonNull(destination, "destination");
        flags = Set.copyOf(Objects.requireNonNull(flags, "flags"));
    }

    /**
     * Protection with tags 0 at first on both sides, and no flags.
     *
     * @param blockSize the size of the blocks
     * @return a configuration
     */
    public static DifConfig of(DifBlockSize blockSize) {
        return new DifConfig(blockSize, DifTags.ZERO, DifTags.ZERO, Set.of());
    }

    /**
     * The same with other tags for what is read.
     *
     * @param tags the tags
     * @return a configuration
     */
    public DifConfig withSource(DifTags tags) {
        return new DifConfig(blockSize, Objects.requireNonNull(tags, "tags"), destination, flags);
    }

    /**
     * The same with other tags for what is written.
     *
     * @param tags the tags
     * @return a configuration
     */
    public DifConfig withDestination(DifTags tags) {
        return new DifConfig(blockSize, source, Objects.requireNonNull(tags, "tags"), flags);
    }

    /**
     * The same with these flags and no others.
     *
     * @param some the flags; repetitions have no effect
     * @return a configuration
     */
    public DifConfig withFlags(DifFlag... some) {
        return new DifConfig(blockSize, source, destination,
                Set.copyOf(List.of(Objects.requireNonNull(some, "some"))));
    }

    /**
     * Tells whether a flag is set.
     *
     * @param flag the flag
     * @return true if it is
     */
    public boolean has(DifFlag flag) {
        return flags.contains(Objects.requireNonNull(flag, "flag"));
    }

    /**
     * All flags as DML has them.
     *
     * @return bits
     */
    public int flagBits() {
        int bits = 0;
        for (DifFlag flag : ALL_FLAGS) {
            bits |= flags.contains(flag) ? flag.bit() : 0;
        }
        return bits;
    }
}
