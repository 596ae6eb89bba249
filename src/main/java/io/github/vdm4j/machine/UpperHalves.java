package io.github.vdm4j.machine;

import java.util.Arrays;

/**
 * The upper halves of the vector registers. Native code that uses older vector instructions needs
 * them clean. Otherwise each change between older and newer instructions costs Intel processors tens
 * of nanoseconds (docs/adr/0017).
 */
public final class UpperHalves {
    private static final byte[] NOTHING = {};

    private UpperHalves() {}

    /**
     * Makes the JIT emit {@code vzeroupper} before the native calls of the calling method. Call this
     * anywhere in a method that makes a native call. The JIT emits the instruction in each method
     * into which it compiles a vector comparison. It does not emit the instruction after clearing a
     * new object with the same registers.
     */
    public static void clean() {
        @SuppressWarnings("unused") // the JIT removes the comparison and keeps its effect
        boolean same = Arrays.equals(NOTHING, NOTHING);
    }
}
