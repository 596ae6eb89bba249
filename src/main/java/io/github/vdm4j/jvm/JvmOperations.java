package io.github.vdm4j.jvm;

import io.github.vdm4j.ExecutionPath;
import io.github.vdm4j.Operation;
import io.github.vdm4j.VdmOperationType;
import io.github.vdm4j.VdmResult;
import io.github.vdm4j.operation.DeltaResult;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.util.concurrent.atomic.AtomicReferenceArray;

/** The execution of every operation on the calling thread, in pure Java. */
public final class JvmOperations {
    /**
     * The spare kernels. One thread at a time uses a kernel. The index is the thread's number.
     * Therefore a thread usually uses the same kernel.
     */
    private static final AtomicReferenceArray<Crc32cKernel> SPARE = new AtomicReferenceArray<>(64);

    /**
     * The handle of {@link #run(Operation)}. Because it is not final, the JIT compiles
     * the method separately. If the JIT inlined the method into its callers, it would stop inlining
     * the JDK's memory accesses (docs/adr/0020).
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
     * Executes an operation and writes its completion record, unless it throws an exception. The
     * method makes nothing durable. A flush, a nop and a drain succeed at once.
     */
    public static void execute(Operation<?> operation) {
        if (operation.type() == VdmOperationType.DELTA_APPLY) {
            String defect = DeltaKernel.defect(operation.source(),
                    operation.destination().byteSize());
            if (defect != null) {
                operation.fail(ExecutionPath.NONE, VdmResult.INVALID_DATA, null,
                        "failed: " + defect, null);
                return;
            }
        }
        try {
            run.invokeExact(operation);
        } catch (RuntimeException | Error e) {
            throw e;
        } catch (Throwable e) {
            throw new AssertionError(e); // The method run throws no checked exception.
        }
    }

    /** Executes an operation like {@link #execute}, and throws if a page of a file is missing. */
    public static void executePart(Operation<?> part) {
        execute(part);
        JvmFailures.deliver(part);
    }

    private static void run(Operation<?> operation) {
        MemorySegment source = operation.source();
        MemorySegment to = operation.destination();
        long value = 0;
        int outcome = 0;
        switch (operation.type()) {
            case NOP, DRAIN, FLUSH -> {}
            case MEMCPY, MEMMOVE -> MemorySegment.copy(source, 0, to, 0, source.byteSize());
            case MEMSET, FILL -> PatternKernel.fill(to, operation.pattern());
            case COMPARE -> value = MismatchKernel.find(source, 0, operation.secondSource(), 0,
                    source.byteSize());
            case COMPARE_PATTERN -> value = PatternKernel.mismatch(source, operation.pattern());
            case DELTA_CREATE -> {
                long written = DeltaKernel.create(to, source, operation.secondSource());
                value = written < 0 ? ~written : written;
                outcome = (written < 0 ? DeltaResult.Outcome.OVERFLOW
                        : written == 0 ? DeltaResult.Outcome.EQUAL : DeltaResult.Outcome.RECORDED)
                        .ordinal();
            }
            case DELTA_APPLY -> DeltaKernel.apply(to, source);
            case DUALCAST -> DualcastKernel.copy(to, operation.secondDestination(), source);
            case CRC, COPY_CRC -> value = crc(operation);
            case DIF_INSERT -> DifKernel.insert(to, source, operation.dif());
            case DIF_CHECK, DIF_STRIP, DIF_UPDATE -> {
                long found = operation.type() == VdmOperationType.DIF_UPDATE
                        ? DifKernel.update(to, source, operation.dif())
                        : DifKernel.strip(to, source, operation.dif());
                value = DifKernel.offset(found);
                outcome = found < 0 ? 0 : DifKernel.errors(found);
            }
            default ->
                throw new IllegalArgumentException(operation.type() + " is no single operation");
        }
        operation.succeed(ExecutionPath.JVM, value, outcome);
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
}
