package io.github.vdm4j.machine;

/** The exception handling that all calls of native functions share. */
public final class NativeCall {
    private NativeCall() {}

    /** Rethrows a throwable of a downcall. It is an unchecked exception or an error. */
    public static RuntimeException rethrow(Throwable thrown) {
        if (thrown instanceof Error e) {
            throw e;
        }
        throw (RuntimeException) thrown;
    }
}
