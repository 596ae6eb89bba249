package io.github.vdm4j.machine;

import java.util.Arrays;

/**
 * The upper halves of the vector registers. They must be zero when native code uses older vector
 * instructions. Otherwise each change between older and newer instructions takes Intel processors
 * tens of nanoseconds (docs/adr/0017).
 */
public final class UpperHalves {
    private static final byte[] NOTHING = {};

    private UpperHalves() {}

    /**
     * Makes the JIT emit {@code vzeroupper} before the native calls of the calling method. Call
     * this anywhere in a method that makes a native call. The JIT emits the instruction in each
     * method into which it compiles a vector comparison. After the JIT has cleared a new object
     * with these registers, it does not emit the instruction by itself.
     */
    public static void clean() {
        @SuppressWarnings("unused") // the JIT removes the comparison and keeps its effect
        boolean same = Arrays.equals(NOTHING, NOTHING);
    }
}
