package io.github.vdm4j.machine;

import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;

/**
 * One shape for what is called once, above all when a library or a mover is opened or closed:
 * {@code long f(long, long)}. To link a shape takes a JVM that has just started milliseconds, and
 * each function would have its own otherwise.
 *
 * <p>The System V convention for x86-64 passes integers and pointers alike in registers of 64 bits,
 * and a function looks neither at the upper half of one that it takes an {@code int} from nor at
 * those that it has no parameter for. Of what it returns as an {@code int} the upper half means
 * nothing: to be cast away.
 */
public final class PlainCall {
    /** Not linked with the class, as it may be refused for want of native access. */
    private static volatile MethodHandle linked;

    private PlainCall() {}

    /**
     * The handle, whose first parameter is the function's address.
     *
     * @return the same handle on every call, of type {@code (MemorySegment, long, long)long}
     * @throws IllegalCallerException if native access is denied
     */
    public static MethodHandle handle() {
        MethodHandle known = linked;
        if (known == null) {
            known = Linker.nativeLinker()
                    .downcallHandle(FunctionDescriptor.of(JAVA_LONG, JAVA_LONG, JAVA_LONG));
            linked = known;
        }
        return known;
    }

    /**
     * Calls a function. Whatever the arguments point to has to be kept reachable.
     *
     * @param function its address
     * @param first its first argument, or 0 if it takes none
     * @param second its second argument, or 0
     * @return what it returns
     */
    public static long call(MemorySegment function, long first, long second) {
        try {
            return (long) handle().invokeExact(function, first, second);
        } catch (Throwable e) {
            throw NativeCall.rethrow(e);
        }
    }
}
