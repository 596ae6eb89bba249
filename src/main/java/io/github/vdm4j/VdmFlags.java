package io.github.vdm4j;

import java.util.Objects;

/**
 * A set of flags. A flag is an additional promise of an operation or a hint. {@code
 * VdmFlags.MEM_DURABLE.and(VdmFlags.NO_CACHE_HINT)} contains both flags.
 *
 * <p>Equal sets are the same object.
 *
 * <p>C counterpart: {@code VDM_F_MEM_DURABLE}, {@code VDM_F_NO_CACHE_HINT}, miniasync_vdm(7).
 */
public final class VdmFlags {
    private static final int DURABLE_BIT = 1;
    private static final int NO_CACHE_BIT = 1 << 1;
    private static final VdmFlags[] SETS = {
        new VdmFlags(0), new VdmFlags(1), new VdmFlags(2), new VdmFlags(3)
    };

    /** No flag. */
    public static final VdmFlags NONE = SETS[0];

    /**
     * The promise of durability. After the operation has succeeded, its destination is in the
     * persistence domain of its memory and survives a power cut. If a mover cannot make a
     * destination durable, the operation writes nothing and fails with {@link
     * VdmResult#UNSUPPORTED}. Examples are the heap, private mappings, and native memory of unknown
     * domain. If a write-back of the destination's file has failed in this process, the operation
     * fails with {@link VdmResult#IO_ERROR}.
     *
     * <p>C counterpart: {@code VDM_F_MEM_DURABLE}, bit 0.
     */
    public static final VdmFlags MEM_DURABLE = SETS[DURABLE_BIT];

    /**
     * The hint that the program does not read the destination soon. The hardware can therefore
     * bypass the cache. All movers accept the hint. Some movers ignore it.
     *
     * <p>C counterpart: {@code VDM_F_NO_CACHE_HINT}, bit 1.
     */
    public static final VdmFlags NO_CACHE_HINT = SETS[NO_CACHE_BIT];

    private final int bits;

    private VdmFlags(int bits) {
        this.bits = bits;
    }

    /**
     * {@return the set with the given bits, in the numbering of the C library}
     *
     * @param bits {@code VDM_F_...} values, or-ed
     * @throws IllegalArgumentException if a bit is not a flag
     */
    public static VdmFlags ofBits(long bits) {
        if ((bits & ~3L) != 0) {
            throw new IllegalArgumentException(
                    ("unknown flags 0x%x in 0x%x: the flags are MEM_DURABLE (0x1) and "
                            + "NO_CACHE_HINT (0x2)")
                            .formatted(bits & ~3L, bits));
        }
        return SETS[(int) bits];
    }

    /** {@return the flags in the numbering of the C library: {@code VDM_F_...} values, or-ed} */
    public int bits() {
        return bits;
    }

    /**
     * {@return the flags of both sets}
     *
     * @param others more flags
     */
    public VdmFlags and(VdmFlags others) {
        return SETS[bits | Objects.requireNonNull(others, "others").bits];
    }

    /**
     * {@return whether this set contains all flags of another set} Every set contains
     * {@link #NONE}.
     *
     * @param flags the flags
     */
    public boolean contains(VdmFlags flags) {
        Objects.requireNonNull(flags, "flags");
        return (bits & flags.bits) == flags.bits;
    }

    @Override
    public String toString() {
        return switch (bits) {
            case 0 -> "NONE";
            case DURABLE_BIT -> "MEM_DURABLE";
            case NO_CACHE_BIT -> "NO_CACHE_HINT";
            default -> "MEM_DURABLE+NO_CACHE_HINT";
        };
    }
}
