package io.github.vdm4j.jvm;

import io.github.vdm4j.ExecutionPath;
import io.github.vdm4j.Operation;
import io.github.vdm4j.VdmOperationType;
import io.github.vdm4j.VdmResult;
import io.github.vdm4j.machine.Message;
import io.github.vdm4j.operation.DifConfig;
import java.lang.foreign.MemorySegment;
import java.util.BitSet;
import java.util.function.Consumer;

/**
 * The parts of a long operation. Each part is executed as a separate operation. After a failure, a
 * mismatch or {@link #stop}, threads claim no further part. Threads claim the parts in order and
 * execute each claimed part. The result is therefore that of a single thread that executes the
 * parts in order.
 */
public final class Parts extends Division {
    /**
     * The bytes of a part. A part takes much longer than its hand-over, but a short operation does
     * not wait long for a worker (docs/adr/0025).
     */
    public static final long BYTES = 1 << 20;

    /**
     * The bytes of a part of a copy. It is larger, because the JDK's copy bypasses the caches only
     * for several megabytes.
     */
    public static final long COPIED_BYTES = 4 << 20;

    private static final int NONE = Integer.MAX_VALUE;

    /** Null before the first part if the JVM's kernels execute the parts. */
    private Consumer<Operation<?>> execution;
    private final long partBytes;
    private final int count;
    /**
     * Whether source and destination overlap. In this case each part must wait for the previous
     * part.
     */
    private final boolean ordered;
    /**
     * Whether the destination lies behind the source. In this case the last bytes must be copied
     * first.
     */
    private final boolean descending;
    /** The CRC of each part, or null for further operations. */
    private final int[] crcs;

    // Guarded by this.
    private final BitSet done = new BitSet();
    /** The number of parts that are done without a gap. */
    private int prefix;
    /** The path of the last part. All parts have the same path. */
    private ExecutionPath path = ExecutionPath.NONE;
    /** The first part that found a mismatch. The next fields are its result. */
    private int finder = NONE;
    private long found;
    private int outcome;
    /** The first part that failed. The next fields are its record, or the thrown exception. */
    private int failed = NONE;
    private Operation<?> failure;
    private Throwable thrown;

    private volatile long bytesDone;

    /**
     * Divides an operation that {@linkplain #divides can be divided}.
     *
     * @param execution executes a part, or null for the JVM's kernels. It writes the completion
     *     record of the part, or throws. Several threads call it at the same time
     */
    public Parts(Operation<?> operation, Consumer<Operation<?>> execution) {
        super(operation);
        this.execution = execution;
        long unit = unit(operation);
        long bytes = operation.byteSize();
        VdmOperationType type = operation.type();
        boolean copy = type == VdmOperationType.MEMCPY || type == VdmOperationType.MEMMOVE;
        partBytes = copy ? COPIED_BYTES : Math.max(1, BYTES / unit) * unit;
        count = Math.toIntExact((bytes + partBytes - 1) / partBytes);
        end = count;
        ordered = type == VdmOperationType.MEMMOVE
                && operation.destination().asOverlappingSlice(operation.source()).isPresent();
        descending = ordered
                && operation.destination().address() > operation.source().address();
        crcs = isCrc() ? new int[count] : null;
        found = searches() ? -1 : 0;
    }

    /**
     * Returns whether an operation can be divided into parts. A delta of at most {@code 0x80000}
     * bytes is one part.
     */
    public static boolean divides(Operation<?> operation) {
        return switch (operation.type()) {
            case MEMCPY, MEMMOVE, MEMSET, FILL, COMPARE, COMPARE_PATTERN, DUALCAST, CRC, COPY_CRC,
                    DIF_CHECK, DIF_INSERT, DIF_STRIP, DIF_UPDATE ->
                true;
            default -> false;
        };
    }

    /** Returns the size of a block. A part consists of whole blocks. */
    private static long unit(Operation<?> operation) {
        DifConfig config = operation.dif();
        return config == null ? Long.BYTES
                : config.blockSize().bytes()
                        + (operation.type() == VdmOperationType.DIF_INSERT ? 0
                                : DifConfig.PROTECTION_BYTES);
    }

    private boolean isCrc() {
        return operation.type() == VdmOperationType.CRC
                || operation.type() == VdmOperationType.COPY_CRC;
    }

    private boolean searches() {
        return switch (operation.type()) {
            case COMPARE, COMPARE_PATTERN, DIF_CHECK, DIF_STRIP, DIF_UPDATE -> true;
            default -> false;
        };
    }

    @Override
    public boolean isOrdered() {
        return ordered;
    }

    int count() {
        return count;
    }

    @Override
    public void execute(int part) {
        long from = (descending ? count - 1 - part : part) * partBytes;
        long length = Math.min(partBytes, operation.byteSize() - from);
        try {
            Operation<?> piece = piece(from, length);
            execution().accept(piece);
            if (piece.recordedResult() == VdmResult.SUCCESS) {
                recordDone(part, from, piece);
            } else {
                recordFailure(part, piece, null);
            }
        } catch (Throwable e) {
            recordFailure(part, null, e);
        }
    }

    /** Chooses the kernel here, because a poll that hands the operation over must not wait. */
    private Consumer<Operation<?>> execution() {
        Consumer<Operation<?>> chosen = execution;
        if (chosen == null) {
            chosen = LongCopy.executes(operation) ? LongCopy::execute : JvmOperations::executePart;
            execution = chosen;
        }
        return chosen;
    }

    private Operation<?> piece(long from, long length) {
        VdmOperationType type = operation.type();
        // The CRCs of all parts are combined. The operation itself writes the result to memory.
        Object options = operation.crc() == null || from == 0 ? operation.crc()
                : operation.crc().withSeed(0);
        MemorySegment second = type == VdmOperationType.CRC ? null : operation.second();
        long toFrom = from;
        long toLength = length;
        DifConfig dif = operation.dif();
        if (dif != null) {
            long block = unit(operation);
            long written = dif.blockSize().bytes()
                    + (type == VdmOperationType.DIF_STRIP ? 0 : DifConfig.PROTECTION_BYTES);
            toFrom = from / block * written;
            toLength = length / block * written;
            options = dif.after(from / block);
        }
        return operation.part(slice(operation.destination(), toFrom, toLength),
                slice(operation.source(), from, length), slice(second, from, length), options);
    }

    private static MemorySegment slice(MemorySegment segment, long from, long length) {
        return segment == null ? null : segment.asSlice(from, length);
    }

    private synchronized void recordFailure(int part, Operation<?> piece, Throwable e) {
        if (part < failed) {
            failed = part;
            failure = piece;
            thrown = e;
            end = Math.min(end, part);
        }
    }

    private synchronized void recordDone(int part, long from, Operation<?> piece) {
        path = piece.executedBy();
        if (crcs != null) {
            crcs[part] = (int) piece.value();
        } else if (searches() && piece.value() >= 0 && part < finder) {
            finder = part;
            found = from + piece.value();
            outcome = piece.outcome();
            end = Math.min(end, part);
        }
        done.set(part);
        if (part == prefix) {
            prefix = done.nextClearBit(part);
            bytesDone = bytesOf(prefix);
        }
    }

    /** Returns the bytes of the first parts. The last part of the range may be shorter. */
    private long bytesOf(int parts) {
        long bytes = operation.byteSize();
        return descending && parts > 0 ? bytes - (count - parts) * partBytes
                : Math.min(parts * partBytes, bytes);
    }

    @Override
    public long bytesDone() {
        return bytesDone;
    }

    /** Executes all parts on the calling thread and writes the completion record. */
    void executeAll() {
        for (int part = claim(); part >= 0; part = claim()) {
            execute(part);
        }
        record();
    }

    /** The first part with a mismatch or a failure decides the result. */
    @Override
    synchronized void record() {
        if (failed < finder) {
            if (failure != null) {
                operation.failLike(failure, bytesDone);
            } else {
                JvmFailures.record(operation, thrown, bytesDone);
            }
        } else if (finder != NONE || !stopped) {
            operation.succeed(path, crcs != null ? combinedCrc() : found, outcome);
        } else {
            operation.fail(path, VdmResult.STOPPED, null,
                    Message.of("was stopped after %,d bytes, because it was cancelled, or because"
                            + " its mover was closed. Start another operation for the remaining"
                            + " bytes", bytesDone),
                    null, bytesDone);
        }
    }

    private long combinedCrc() {
        int crc = crcs[0];
        for (int part = 1; part < count; part++) {
            long length = Math.min(partBytes, operation.byteSize() - part * partBytes);
            crc = Crc32cKernel.combine(crc, crcs[part], length, operation.crc());
        }
        return Integer.toUnsignedLong(crc);
    }
}
