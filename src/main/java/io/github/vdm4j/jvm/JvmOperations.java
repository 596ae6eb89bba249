package io.github.vdm4j.jvm;

import io.github.vdm4j.ExecutionPath;
import io.github.vdm4j.Operation;
import io.github.vdm4j.VdmResult;
import io.github.vdm4j.operation.DeltaResult;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.util.concurrent.atomic.AtomicReferenceArray;

/** Executes any operation on the calling thread, in pure Java. */
public final class JvmOperations {
    /**
     * What is lent to one thread at a time; by the thread's number, so that each mostly gets its
     * own back.
     */
    private static final AtomicReferenceArray<Crc32cKernel> SPARE = new AtomicReferenceArray<>(64);

    /**
     * {@link #run(Operation)}. Not final, so that the JIT does not look through
     * it and compiles what it calls for itself: inlined into those who call it, ten calls deep
     * already, it would not have the JDK's accesses of memory inlined (docs/adr/0020).
     */
    @SuppressWarnings("FieldMayBeFinal") private static MethodHandle run;

    static {
        try {
            run = MethodHandles.lookup()
                    .findStatic(
                            JvmOperations.class,
                            "run",
                            MethodType.methodType(void.class, Operation.class));
        } catch (ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    private JvmOperations() {}

    /**
     * Executes an operation and takes down its result. Flushing, and making a destination durable,
     * is not its matter: a flush, a nop and a drain succeed at once.
     *
     * @param operation what to do; its operation record is untouched if this throws
     * @throws IllegalStateException if the arena of a segment was closed meanwhile
     * @throws WrongThreadException if a segment is confined to another thread
     * @throws InternalError if a page of a mapped file is not there
     */
    public static void execute(Operation<?> operation) {
        try {
            run.invokeExact(operation);
        } catch (RuntimeException | Error e) {
            throw e;
        } catch (Throwable e) {
            throw new AssertionError(e); // nothing else is thrown
        }
    }

    private static void run(Operation<?> operation) {
        MemorySegment from = operation.source();
        MemorySegment to = operation.destination();
        switch (operation.type()) {
            case NOP, DRAIN, FLUSH -> succeed(operation, 0);
            case MEMCPY, MEMMOVE -> {
                to.copyFrom(from);
                succeed(operation, 0);
            }
            case MEMSET, FILL -> {
                PatternKernel.fill(to, operation.pattern());
                succeed(operation, 0);
            }
            case COMPARE -> succeed(
                    operation,
                    MismatchKernel.find(from, 0, operation.secondSource(), 0, from.byteSize()));
            case COMPARE_PATTERN ->
                succeed(operation, PatternKernel.mismatch(from, operation.pattern()));
            case DELTA_CREATE -> createDelta(operation);
            case DELTA_APPLY -> applyDelta(operation);
            case DUALCAST -> {
                DualcastKernel.copy(to, operation.secondDestination(), from);
                succeed(operation, 0);
            }
            case CRC, COPY_CRC -> succeed(operation, crc(operation));
            case DIF_INSERT -> {
                DifKernel.insert(to, from, operation.dif());
                succeed(operation, 0);
            }
            case DIF_CHECK -> checked(operation, DifKernel.check(from, operation.dif()));
            case DIF_STRIP -> checked(operation, DifKernel.strip(to, from, operation.dif()));
            case DIF_UPDATE -> checked(operation, DifKernel.update(to, from, operation.dif()));
            default ->
                throw new IllegalArgumentException(operation.type() + " is no single operation");
        }
    }

    private static void succeed(Operation<?> operation, long value) {
        operation.succeed(ExecutionPath.JVM, value, 0);
    }

    private static void createDelta(Operation<?> operation) {
        long size = DeltaKernel.create(operation.destination(), operation.source(),
                operation.secondSource());
        DeltaResult.Outcome outcome = size < 0
                ? DeltaResult.Outcome.OVERFLOW
                : size == 0 ? DeltaResult.Outcome.EQUAL : DeltaResult.Outcome.RECORDED;
        operation.succeed(ExecutionPath.JVM, size < 0 ? ~size : size, outcome.ordinal());
    }

    private static void applyDelta(Operation<?> operation) {
        MemorySegment record = operation.source();
        MemorySegment destination = operation.destination();
        String defect = DeltaKernel.defect(record, destination.byteSize());
        if (defect != null) {
            operation.fail(ExecutionPath.NONE, VdmResult.INVALID_DATA, null, "failed: " + defect,
                    null);
        } else {
            DeltaKernel.apply(destination, record);
            succeed(operation, 0);
        }
    }

    private static long crc(Operation<?> operation) {
        int slot = (int) Thread.currentThread().threadId() & SPARE.length() - 1;
        Crc32cKernel spare = SPARE.getAndSet(slot, null);
        Crc32cKernel kernel = spare == null ? new Crc32cKernel() : spare;
        try {
            int crc = operation.destination() == null
                    ? kernel.crc(operation.source(), operation.crc())
                    : kernel.copy(operation.destination(), operation.source(), operation.crc());
            return Integer.toUnsignedLong(crc);
        } finally {
            SPARE.set(slot, kernel);
        }
    }

    private static void checked(Operation<?> operation, long found) {
        if (found < 0) {
            operation.succeed(ExecutionPath.JVM, -1, 0);
        } else {
            operation.succeed(ExecutionPath.JVM, DifKernel.offset(found), DifKernel.errors(found));
        }
    }
}
