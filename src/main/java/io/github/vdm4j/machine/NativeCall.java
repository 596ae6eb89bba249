package io.github.vdm4j.machine;

/** What all calls of native functions have in common. */
public final class NativeCall {
    private NativeCall() {}

    /**
     * Throws on what a method handle's invokeExact is declared to throw, narrowed to what it can
     * throw.
     *
     * @param thrown caught around the call
     * @return never
     */
    public static RuntimeException rethrow(Throwable thrown) {
        if (thrown instanceof Error e) {
            throw e;
        }
        throw (RuntimeException) thrown;
    }
}
