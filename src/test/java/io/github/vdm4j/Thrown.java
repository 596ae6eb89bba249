package io.github.vdm4j;

/** The kinds of exceptions that a callback of a user may throw. */
public enum Thrown {
    RUNTIME_EXCEPTION(new IllegalStateException("thrown by a callback")),
    ERROR(new AssertionError("thrown by a callback")),
    OUT_OF_MEMORY(new OutOfMemoryError("thrown by a callback")),
    STACK_OVERFLOW(new StackOverflowError("thrown by a callback")),
    SNEAKY(new Exception("thrown by a callback"));

    final Throwable instance;

    Thrown(Throwable instance) {
        this.instance = instance;
    }

    /** Throws the exception, even if the method declares no checked exception. */
    public <T> T raise() {
        return sneak(instance);
    }

    @SuppressWarnings("unchecked") // The JVM does not check exceptions at run time.
    private static <E extends Throwable, T> T sneak(Throwable thrown) throws E {
        throw (E) thrown;
    }
}
