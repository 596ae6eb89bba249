package io.github.vdm4j.jvm;

import io.github.vdm4j.ExecutionPath;
import io.github.vdm4j.Operation;
import io.github.vdm4j.VdmOperationType;
import io.github.vdm4j.VdmResult;
import io.github.vdm4j.operation.CrcOptions;
import io.github.vdm4j.operation.DeltaResult;
import io.github.vdm4j.operation.DifConfig;
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
     * The handle of {@link #run(Operation, long, long)}. Because it is not final, the JIT compiles
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
                            MethodType.methodType(long.class, Operation.class, long.class,
                                    long.class));
        } catch (ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    /** The value of an operation that finds no mismatch and no error. */
    private static final long NOTHING = -1;

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
        succeed(operation, ExecutionPath.JVM, execute(operation, 0, operation.byteSize()));
    }

    /**
     * Executes a part of an operation without a completion record.
     *
     * @param from the offset of the part in bytes of {@link Operation#byteSize}
     * @param length the part's size. For DIF operations, it is a multiple of a block
     * @return the offset of the first mismatch in the whole range, the CRC of the part, or the
     *     result of a DIF check or of {@link DeltaKernel#create}
     */
    static long execute(Operation<?> operation, long from, long length) {
        try {
            return (long) run.invokeExact(operation, from, length);
        } catch (RuntimeException | Error e) {
            throw e;
        } catch (Throwable e) {
            throw new AssertionError(e); // The method run throws no checked exception.
        }
    }

    private static long run(Operation<?> operation, long from, long length) {
        MemorySegment source = operation.source();
        MemorySegment to = operation.destination();
        switch (operation.type()) {
            case NOP, DRAIN, FLUSH -> {}
            case MEMCPY, MEMMOVE -> MemorySegment.copy(source, from, to, from, length);
            case MEMSET, FILL -> PatternKernel.fill(part(to, from, length), operation.pattern());
            case COMPARE -> {
                long at = MismatchKernel.find(source, from, operation.secondSource(), from, length);
                return at < 0 ? at : from + at;
            }
            case COMPARE_PATTERN -> {
                long at = PatternKernel.mismatch(part(source, from, length), operation.pattern());
                return at < 0 ? at : from + at;
            }
            case DELTA_CREATE -> {
                return DeltaKernel.create(to, source, operation.secondSource());
            }
            case DELTA_APPLY -> DeltaKernel.apply(to, source);
            case DUALCAST -> DualcastKernel.copy(part(to, from, length),
                    part(operation.secondDestination(), from, length), part(source, from, length));
            case CRC, COPY_CRC -> {
                return crc(operation, from, length);
            }
            case DIF_INSERT, DIF_CHECK, DIF_STRIP, DIF_UPDATE -> {
                return dif(operation, from, length);
            }
            default ->
                throw new IllegalArgumentException(operation.type() + " is no single operation");
        }
        return NOTHING;
    }

    private static MemorySegment part(MemorySegment segment, long from, long length) {
        return segment == null || length == segment.byteSize() ? segment
                : segment.asSlice(from, length);
    }

    /**
     * Returns the CRC of a part. All parts except the first part have the seed 0, for {@link
     * Crc32cKernel#combine}.
     */
    private static long crc(Operation<?> operation, long from, long length) {
        int slot = (int) Thread.currentThread().threadId() & SPARE.length() - 1;
        Crc32cKernel spare = SPARE.getAndSet(slot, null);
        Crc32cKernel kernel = spare == null ? new Crc32cKernel() : spare;
        CrcOptions options = from == 0 ? operation.crc() : operation.crc().withSeed(0);
        MemorySegment source = part(operation.source(), from, length);
        try {
            int crc = operation.destination() == null
                    ? kernel.crc(source, options)
                    : kernel.copy(part(operation.destination(), from, length), source, options);
            return Integer.toUnsignedLong(crc);
        } finally {
            SPARE.set(slot, kernel);
        }
    }

    private static long dif(Operation<?> operation, long from, long length) {
        DifConfig config = operation.dif();
        long block = config.blockSize().bytes();
        long whole = block + DifConfig.PROTECTION_BYTES;
        MemorySegment source = part(operation.source(), from, length);
        MemorySegment to = operation.destination();
        if (operation.type() == VdmOperationType.DIF_INSERT) {
            long first = from / block;
            DifKernel.insert(part(to, first * whole, length / block * whole), source, config,
                    first);
            return NOTHING;
        }
        long first = from / whole;
        long found = switch (operation.type()) {
            case DIF_CHECK -> DifKernel.check(source, config, first);
            case DIF_STRIP -> DifKernel.strip(
                    part(to, first * block, length / whole * block), source, config, first);
            default -> DifKernel.update(part(to, from, length), source, config, first);
        };
        return DifKernel.shift(found, from);
    }

    /**
     * Writes the completion record of an operation that has succeeded. The value is that of
     * {@link #execute(Operation, long, long)}, or the combined value of the parts.
     */
    static void succeed(Operation<?> operation, ExecutionPath path, long value) {
        switch (operation.type()) {
            case COMPARE, COMPARE_PATTERN, CRC, COPY_CRC ->
                operation.succeed(path, value, 0);
            case DELTA_CREATE -> {
                DeltaResult.Outcome outcome = value < 0
                        ? DeltaResult.Outcome.OVERFLOW
                        : value == 0 ? DeltaResult.Outcome.EQUAL : DeltaResult.Outcome.RECORDED;
                operation.succeed(path, value < 0 ? ~value : value,
                        outcome.ordinal());
            }
            case DIF_CHECK, DIF_STRIP, DIF_UPDATE -> operation.succeed(path,
                    value < 0 ? value : DifKernel.offset(value),
                    value < 0 ? 0 : DifKernel.errors(value));
            default -> operation.succeed(path, 0, 0);
        }
    }
}
