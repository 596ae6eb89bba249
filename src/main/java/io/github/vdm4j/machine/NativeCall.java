package io.github.vdm4j.machine;

/** The exception handling that all calls of native functions share. */
public final class NativeCall {
    private NativeCall() {}

    /**
     * Rethrows a throwable of {@code invokeExact}. A downcall throws only unchecked exceptions and
     * errors.
     */
    public static RuntimeException rethrow(Throwable thrown) {
        if (thrown instanceof Error e) {
            throw e;
        }
        throw (RuntimeException) thrown;
    }
}
