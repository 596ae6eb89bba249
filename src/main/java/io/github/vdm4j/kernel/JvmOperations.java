package io.github.vdm4j.kernel;

import io.github.vdm4j.ExecutionPath;
import io.github.vdm4j.VdmResult;
import io.github.vdm4j.operation.CompletionRecord;
import io.github.vdm4j.operation.DeltaResult;
import io.github.vdm4j.operation.Descriptor;
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
     * {@link #run(Descriptor, CompletionRecord)}. Not final, so that the JIT does not look through
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
                            MethodType.methodType(void.class, Descriptor.class,
                                    CompletionRecord.class));
        } catch (ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    private JvmOperations() {}

    /**
     * Executes an operation and takes down its result. Flushing, and making a destination durable,
     * is not its matter: a flush, a nop and a drain succeed at once.
     *
     * @param descriptor what to do
     * @param completion where to write what came of it; untouched if this throws
     * @throws IllegalStateException if the arena of a segment was closed meanwhile
     * @throws WrongThreadException if a segment is confined to another thread
     * @throws InternalError if a page of a mapped file is not there
     */
    public static void execute(Descriptor descriptor, CompletionRecord completion) {
        try {
            run.invokeExact(descriptor, completion);
        } catch (RuntimeException | Error e) {
            throw e;
        } catch (Throwable e) {
            throw new AssertionError(e); // nothing else is thrown
        }
    }

    private static void run(Descriptor descriptor, CompletionRecord completion) {
        MemorySegment from = descriptor.source();
        MemorySegment to = descriptor.destination();
        switch (descriptor.type()) {
            case NOP, DRAIN, FLUSH -> succeed(completion, 0);
            case MEMCPY, MEMMOVE -> {
                to.copyFrom(from);
                succeed(completion, 0);
            }
            case MEMSET, FILL -> {
                PatternKernel.fill(to, descriptor.pattern());
                succeed(completion, 0);
            }
            case COMPARE -> succeed(
                    completion,
                    MismatchKernel.find(from, 0, descriptor.secondSource(), 0, from.byteSize()));
            case COMPARE_PATTERN ->
                succeed(completion, PatternKernel.mismatch(from, descriptor.pattern()));
            case DELTA_CREATE -> createDelta(descriptor, completion);
            case DELTA_APPLY -> applyDelta(descriptor, completion);
            case DUALCAST -> {
                DualcastKernel.copy(to, descriptor.secondDestination(), from);
                succeed(completion, 0);
            }
            case CRC, COPY_CRC -> succeed(completion, crc(descriptor));
            case DIF_INSERT -> {
                DifKernel.insert(to, from, descriptor.dif());
                succeed(completion, 0);
            }
            case DIF_CHECK -> checked(completion, DifKernel.check(from, descriptor.dif()));
            case DIF_STRIP -> checked(completion, DifKernel.strip(to, from, descriptor.dif()));
            case DIF_UPDATE -> checked(completion, DifKernel.update(to, from, descriptor.dif()));
            default ->
                throw new IllegalArgumentException(descriptor.type() + " is no single operation");
        }
    }

    private static void succeed(CompletionRecord completion, long value) {
        completion.succeed(ExecutionPath.JVM, value, 0);
    }

    private static void createDelta(Descriptor descriptor, CompletionRecord completion) {
        long size = DeltaKernel.create(descriptor.destination(), descriptor.source(),
                descriptor.secondSource());
        DeltaResult.Outcome outcome = size < 0
                ? DeltaResult.Outcome.OVERFLOW
                : size == 0 ? DeltaResult.Outcome.EQUAL : DeltaResult.Outcome.RECORDED;
        completion.succeed(ExecutionPath.JVM, size < 0 ? ~size : size, outcome.ordinal());
    }

    private static void applyDelta(Descriptor descriptor, CompletionRecord completion) {
        MemorySegment record = descriptor.source();
        MemorySegment destination = descriptor.destination();
        String defect = DeltaKernel.defect(record, destination.byteSize());
        if (defect != null) {
            completion.fail(ExecutionPath.NONE, VdmResult.INVALID_DATA, null, "failed: " + defect,
                    null);
        } else {
            DeltaKernel.apply(destination, record);
            succeed(completion, 0);
        }
    }

    private static long crc(Descriptor descriptor) {
        int slot = (int) Thread.currentThread().threadId() & SPARE.length() - 1;
        Crc32cKernel spare = SPARE.getAndSet(slot, null);
        Crc32cKernel kernel = spare == null ? new Crc32cKernel() : spare;
        try {
            int crc = descriptor.destination() == null
                    ? kernel.crc(descriptor.source(), descriptor.crc())
                    : kernel.copy(descriptor.destination(), descriptor.source(), descriptor.crc());
            return Integer.toUnsignedLong(crc);
        } finally {
            SPARE.set(slot, kernel);
        }
    }

    private static void checked(CompletionRecord completion, long found) {
        if (found < 0) {
            completion.succeed(ExecutionPath.JVM, -1, 0);
        } else {
            completion.succeed(ExecutionPath.JVM, DifKernel.offset(found), DifKernel.errors(found));
        }
    }
}
