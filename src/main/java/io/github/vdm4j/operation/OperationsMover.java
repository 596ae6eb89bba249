package io.github.vdm4j.operation;

import static io.github.vdm4j.VdmOperationType.DELTA_CREATE;
import static io.github.vdm4j.VdmOperationType.DIF_INSERT;
import static io.github.vdm4j.VdmOperationType.DIF_STRIP;
import static io.github.vdm4j.VdmOperationType.DIF_UPDATE;
import static io.github.vdm4j.VdmOperationType.DRAIN;
import static io.github.vdm4j.VdmOperationType.DUALCAST;
import static io.github.vdm4j.VdmOperationType.NOP;

import io.github.vdm4j.AbstractDataMover;
import io.github.vdm4j.VdmFlags;
import io.github.vdm4j.VdmOperationType;
import io.github.vdm4j.VdmOutput;
import java.lang.foreign.MemorySegment;
import java.util.List;

/**
 * The base of movers that have all operations: checks their arguments and makes their futures. A
 * mover supplies futures that execute a {@link Descriptor}.
 */
public abstract class OperationsMover extends AbstractDataMover implements DataOperations {

    /** Creates an open mover. */
    protected OperationsMover() {}

    /**
     * Makes a future of this mover, without an operation yet.
     *
     * @param <R> the type of the output, which the operation will decide
     * @return a new future
     */
    protected abstract <R> DataFuture<R> newDataFuture();

    /**
     * Makes the future of a batch of this mover.
     *
     * @param tasks the tasks, at least one
     * @return a new future
     */
    protected abstract BatchFuture newBatchFuture(List<BatchTask> tasks);

    private <R> DataFuture<R> armed(Descriptor descriptor) {
        DataFuture<R> future = newDataFuture();
        future.arm(checked(descriptor));
        return future;
    }

    final void requireOpen(VdmOperationType type) {
        checkOpen(type);
    }

    /**
     * Throws if the operation breaks a rule. Checks everything anew on every call: an arena may
     * have been closed.
     */
    final Descriptor checked(Descriptor descriptor) {
        VdmOperationType type = descriptor.type();
        descriptor.requireArguments();
        checkOpen(type);
        if (type == VdmOperationType.MEMCPY || type == VdmOperationType.MEMMOVE) {
            checkMove(type, descriptor.destination(), descriptor.source());
        } else {
            checkOther(type, descriptor);
        }
        return descriptor;
    }

    /** What most tasks of batches are: without the questions that other operations are asked. */
    private void checkMove(VdmOperationType type, MemorySegment to, MemorySegment from) {
        checkReadable(type, "source", from);
        checkWritable(type, "destination", to);
        Rules.sameSize(type, "destination", to, "source", from);
        if (type == VdmOperationType.MEMCPY) {
            Rules.disjoint(type, "destination", to, "source", from);
        }
    }

    private void checkOther(VdmOperationType type, Descriptor descriptor) {
        if (descriptor.source() != null) {
            checkReadable(type, sourceRole(type), descriptor.source());
        }
        if (descriptor.secondSource() != null) {
            checkReadable(type, type == DELTA_CREATE ? "modified range" : "second range",
                    descriptor.secondSource());
        }
        if (descriptor.destination() != null) {
            String role = type == DELTA_CREATE ? "record"
                    : type == DUALCAST ? "first destination" : "destination";
            if (type == VdmOperationType.FLUSH) {
                checkReadable(type, role, descriptor.destination());
            } else {
                checkWritable(type, role, descriptor.destination());
            }
        }
        if (descriptor.secondDestination() != null) {
            checkWritable(type, "second destination", descriptor.secondDestination());
        }
        checkRules(type, descriptor);
    }

    private static String sourceRole(VdmOperationType type) {
        return switch (type) {
            case COMPARE -> "first range";
            case COMPARE_PATTERN, CRC -> "range";
            case DELTA_CREATE -> "original range";
            case DELTA_APPLY -> "record";
            default -> "source";
        };
    }

    private static void checkRules(VdmOperationType type, Descriptor descriptor) {
        MemorySegment from = descriptor.source();
        MemorySegment to = descriptor.destination();
        switch (type) {
            case COMPARE -> Rules.sameSize(type, "first range", from, "second range",
                    descriptor.secondSource());
            case COPY_CRC -> {
                Rules.sameSize(type, "destination", to, "source", from);
                Rules.disjoint(type, "destination", to, "source", from);
            }
            case DELTA_CREATE -> {
                MemorySegment modified = descriptor.secondSource();
                Rules.sameSize(type, "original range", from, "modified range", modified);
                Rules.deltaRange(type, "original range", from);
                Rules.deltaRange(type, "modified range", modified);
                Rules.deltaCapacity(type, to);
                Rules.disjoint(type, "record", to, "original range", from);
                Rules.disjoint(type, "record", to, "modified range", modified);
            }
            case DELTA_APPLY -> {
                Rules.deltaRange(type, "destination", to);
                Rules.deltaRecord(type, from);
                Rules.disjoint(type, "destination", to, "record", from);
            }
            case DUALCAST -> {
                MemorySegment second = descriptor.secondDestination();
                Rules.sameSize(type, "first destination", to, "source", from);
                Rules.sameSize(type, "second destination", second, "source", from);
                Rules.samePlaceInPage(type, to, second);
                Rules.disjoint(type, "first destination", to, "source", from);
                Rules.disjoint(type, "second destination", second, "source", from);
                Rules.disjoint(type, "first destination", to, "second destination", second);
            }
            case DIF_CHECK, DIF_INSERT, DIF_STRIP, DIF_UPDATE ->
                checkBlocks(type, to, from, descriptor.dif());
            default -> {} // one segment, of any length
        }
    }

    private static void checkBlocks(VdmOperationType type, MemorySegment to, MemorySegment from,
            DifConfig config) {
        long block = config.blockSize().bytes();
        long whole = block + DifConfig.PROTECTION_BYTES;
        String protectedBlocks = config.blockSize().withProtection();
        if (type == DIF_INSERT) {
            Rules.multipleOf(type, "source", from, block, config.blockSize().withoutProtection());
            Rules.size(type, "destination", to, from.byteSize() / block * whole, protectedBlocks);
        } else {
            Rules.multipleOf(type, "source", from, whole, protectedBlocks);
            if (type == DIF_STRIP) {
                Rules.size(type, "destination", to, from.byteSize() / whole * block,
                        "as many blocks as the source");
            } else if (type == DIF_UPDATE) {
                Rules.sameSize(type, "destination", to, "source", from);
            }
        }
        if (to != null) {
            Rules.disjoint(type, "destination", to, "source", from);
        }
    }

    @Override
    public final DataFuture<VdmOutput> nop() {
        return armed(new Descriptor().operation(NOP, VdmFlags.NONE));
    }

    @Override
    public final DataFuture<VdmOutput> drain() {
        return armed(new Descriptor().operation(DRAIN, VdmFlags.NONE));
    }

    @Override
    public final DataFuture<VdmOutput> fill(MemorySegment destination, long pattern,
            VdmFlags flags) {
        return armed(new Descriptor().fill(destination, pattern, flags));
    }

    @Override
    public final DataFuture<CompareResult> compare(MemorySegment first, MemorySegment second) {
        return armed(new Descriptor().compare(first, second));
    }

    @Override
    public final DataFuture<CompareResult> comparePattern(MemorySegment range, long pattern) {
        return armed(new Descriptor().comparePattern(range, pattern));
    }

    @Override
    public final DataFuture<DeltaResult> createDelta(
            MemorySegment record, MemorySegment original, MemorySegment modified) {
        return armed(new Descriptor().createDelta(record, original, modified));
    }

    @Override
    public final DataFuture<VdmOutput> applyDelta(MemorySegment destination, MemorySegment record,
            VdmFlags flags) {
        return armed(new Descriptor().applyDelta(destination, record, flags));
    }

    @Override
    public final DataFuture<VdmOutput> dualcast(
            MemorySegment first, MemorySegment second, MemorySegment source, VdmFlags flags) {
        return armed(new Descriptor().dualcast(first, second, source, flags));
    }

    @Override
    public final DataFuture<Crc32c> crc32c(MemorySegment range, CrcOptions options) {
        return armed(new Descriptor().crc32c(range, options));
    }

    @Override
    public final DataFuture<Crc32c> copyCrc32c(
            MemorySegment destination, MemorySegment source, CrcOptions options, VdmFlags flags) {
        return armed(new Descriptor().copyCrc32c(destination, source, options, flags));
    }

    @Override
    public final DataFuture<DifResult> difCheck(MemorySegment source, DifConfig config) {
        return armed(new Descriptor().difCheck(source, config));
    }

    @Override
    public final DataFuture<VdmOutput> difInsert(
            MemorySegment destination, MemorySegment source, DifConfig config, VdmFlags flags) {
        return armed(new Descriptor().dif(DIF_INSERT, destination, source, config, flags));
    }

    @Override
    public final DataFuture<DifResult> difStrip(
            MemorySegment destination, MemorySegment source, DifConfig config, VdmFlags flags) {
        return armed(new Descriptor().dif(DIF_STRIP, destination, source, config, flags));
    }

    @Override
    public final DataFuture<DifResult> difUpdate(
            MemorySegment destination, MemorySegment source, DifConfig config, VdmFlags flags) {
        return armed(new Descriptor().dif(DIF_UPDATE, destination, source, config, flags));
    }

    @Override
    public final ReusableOperation newReusableOperation() {
        checkOpen(NOP);
        return new ReusableOperation(this, newDataFuture());
    }

    @Override
    public final Batch batch() {
        checkOpen(VdmOperationType.BATCH);
        return new Batch(this);
    }
}
