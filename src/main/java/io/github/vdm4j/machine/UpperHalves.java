package io.github.vdm4j.machine;

import java.util.Arrays;

/**
 * The upper halves of the vector registers, which are to be clean when native code begins that was
 * not compiled for them: otherwise each change between its older and its newer instructions costs
 * Intel processors tens of nanoseconds, twice what a small DML job takes (docs/adr/0017).
 */
public final class UpperHalves {
    private static final byte[] NOTHING = {};

    private UpperHalves() {}

    /**
     * To be called in the method that makes a native call, anywhere. It does nothing by itself: the
     * JIT puts {@code vzeroupper} before every call of a method in which it has compiled one of the
     * comparisons that use those halves. It does not do that where all it has done with them was to
     * clear a new object, as a caller may have done a moment ago.
     */
    public static void clean() {
        @SuppressWarnings("unused") // so that nothing is left of the comparison itself
        boolean same = Arrays.equals(NOTHING, NOTHING);
    }
}
