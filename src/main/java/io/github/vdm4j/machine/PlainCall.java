package io.github.vdm4j.machine;

import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;

/**
 * A downcall of the shape {@code long f(long, long, long)}. All functions that open and close
 * libraries share this shape, and so do rare functions. In a new JVM, linking a shape takes
 * milliseconds (docs/adr/0019).
 *
 * <p>The System V convention for x86-64 passes integers and pointers in the same 64-bit registers.
 * A function ignores registers without a parameter, and the upper half of an {@code int} argument.
 * The upper half of an {@code int} result is undefined. The caller casts the result to {@code int}.
 */
public final class PlainCall {
    /** The handle. The first use links it, because native access may be denied. */
    private static volatile MethodHandle linked;

    private PlainCall() {}

    /** Returns the handle. Its first parameter is the function's address. */
    public static MethodHandle handle() {
        MethodHandle known = linked;
        if (known == null) {
            known = Linker.nativeLinker()
                    .downcallHandle(FunctionDescriptor.of(JAVA_LONG, JAVA_LONG, JAVA_LONG,
                            JAVA_LONG));
            linked = known;
        }
        return known;
    }

    /** Calls a function of at most two parameters like
     * {@link #call(MemorySegment, long, long, long)}. */
    public static long call(MemorySegment function, long first, long second) {
        return call(function, first, second, 0);
    }

    /**
     * Calls a function. The caller keeps the memory of pointer arguments reachable. An argument
     * without a parameter is 0.
     */
    public static long call(MemorySegment function, long first, long second, long third) {
        try {
            return (long) handle().invokeExact(function, first, second, third);
        } catch (Throwable e) {
            throw NativeCall.rethrow(e);
        }
    }
}
