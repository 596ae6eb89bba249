package io.github.vdm4j.engine.channel;

import static io.github.vdm4j.VdmOperationType.COMPARE_PATTERN;
import static io.github.vdm4j.VdmOperationType.DELTA_APPLY;

import io.github.vdm4j.ExecutionPath;
import io.github.vdm4j.Operation;
import io.github.vdm4j.VdmOperationType;
import io.github.vdm4j.jvm.JvmOperations;
import io.github.vdm4j.machine.PageFaults;
import io.github.vdm4j.machine.PageUnavailableException;
import io.github.vdm4j.machine.SegmentClosedException;
import io.github.vdm4j.memory.Durability;
import io.github.vdm4j.memory.Forces;
import io.github.vdm4j.memory.MemoryRegions;
import io.github.vdm4j.memory.WriteBackKind;
import java.io.IOException;
import java.lang.foreign.MemorySegment;

/**
 * The program of a data operation. It submits the parts in ascending order and combines their
 * results. If the software path has to make native memory durable, further parts write its cache
 * lines back.
 */
public final class DataProgram extends Program {
    private static final int WORD = 8;

    private final DataPart fields = new DataPart();
    private final DeltaRecord record;

    private Operation<?> descriptor;
    private VdmOperationType type;
    private MemorySegment source;
    private MemorySegment destination;

    /** The second source or the second destination. No operation has both. */
    private MemorySegment third;

    private final HeldRegions regions = new HeldRegions();
    private boolean mapped;

    private WriteBackKind durable;
    private WriteBackKind secondDurable;
    private boolean flushLines;

    /** The number of destinations that the program has examined for a write-back of lines. */
    private int flushed;

    private boolean flushing;
    private boolean over;

    /** Whether the device has checked a block that it cannot strip and copies it next. */
    private boolean blockChecked;

    private boolean byJava;

    /**
     * Whether the JVM executes the operation instead of the software path, because it is faster.
     */
    private boolean javaIsSooner;

    /**
     * The length of the source, or of the destination if there is no source. A value of 0 ends the
     * operation early.
     */
    private long length;

    private long done;
    private long part;

    private final DataResult result = new DataResult();

    DataProgram(Slot slot) {
        super(slot);
        record = new DeltaRecord(slot);
    }

    /**
     * Begins an operation.
     *
     * @param what the operation. Only a nop or a drain may be empty
     * @param first the write-back that makes the destination durable, or null
     * @param second the write-back that makes the second destination durable, or null
     * @param linesBySoftware whether DML writes back the cache lines that the software path has
     *     written
     * @param soonerByJava whether the JVM executes the operation instead of the software path. It
     *     is {@code false} for an applied delta
     */
    public DataProgram begin(
            Operation<?> what,
            WriteBackKind first,
            WriteBackKind second,
            boolean linesBySoftware,
            boolean soonerByJava) {
        descriptor = what;
        type = what.type();
        source = what.source();
        destination = what.destination();
        third = what.secondSource() != null ? what.secondSource() : what.secondDestination();
        mapped = MemoryRegions.mayLackPages(source) || MemoryRegions.mayLackPages(destination)
                || MemoryRegions.mayLackPages(third);
        durable = first;
        secondDurable = second;
        flushLines = linesBySoftware;
        flushed = 0;
        flushing = false;
        over = false;
        blockChecked = false;
        byJava = false;
        javaIsSooner = soonerByJava;
        length = what.byteSize();
        done = 0;
        result.begin(what);
        fields.begin(what, first != null ? slot().channel().durableFlags() : 0, second != null);
        reset();
        return this;
    }

    @Override
    public int submit() {
        Slot slot = slot();
        if (flushing) {
            return slot.transfer().submit();
        }
        boolean device = slot.onDevice();
        boolean emptyCrc = length == 0 && type == VdmOperationType.CRC;
        boolean jvm = emptyCrc
                || !device && slot.channel().software() == ExecutionPath.JVM;
        if (jvm || !device && (javaIsSooner || fields.checksBlocks())) {
            executeInJava();
            return Slot.OK;
        }
        part = Math.min(length - done,
                fields.longest(slot.channel().limits().bytes(device)));
        part = fields.longestApart(done, part);
        if (mapped) {
            part = Math.min(part, fields.longest(Transfer.MAPPED_PART));
            if (device && type != DELTA_APPLY) { // Java reads the record of an applied delta.
                populate();
            } else if (!guardPages()) {
                executeInJava();
                return Slot.OK;
            }
        }
        countPath();
        if (fields.isAdjacent(done, part)) {
            return fields.submitBlock(slot, done, blockChecked);
        }
        if (type == DELTA_APPLY) {
            part = record.take(source, done, destination.byteSize());
            return fields.submitRecord(slot, record.copy(), part);
        }
        return fields.submit(slot, done, part);
    }

    /**
     * Executes the rest of the operation in the JVM. DML's software path executes it more slowly, or
     * computes a result that differs from the device's result.
     */
    private void executeInJava() {
        part = length - done;
        // If the JVM is faster, the range can exceed the memory. Its pages are then not prefaulted.
        if (mapped && !javaIsSooner) {
            // The JVM reports the missing pages that the kernel does not report.
            boolean ignored = guardPages();
        }
        try {
            JvmOperations.execute(descriptor);
            if (mapped) {
                PageFaults.deliver();
            }
        } catch (IllegalStateException e) {
            throw new SegmentClosedException(e);
        } catch (InternalError e) {
            throw new PageUnavailableException(e, source, destination, third);
        }
        byJava = true;
        result.takeFromOperation();
        done = length;
        writeLinesBack();
    }

    private void populate() {
        populate(destination, fields.destinationOffset(done), fields.destinationBytes(part));
        populate(descriptor.secondDestination(), done, part);
    }

    private boolean guardPages() {
        return guard(source, done, part, false)
                && guard(destination, fields.destinationOffset(done),
                        fields.destinationBytes(part), true)
                && guard(third, done, part, descriptor.secondDestination() != null);
    }

    /**
     * Records progress for operations that read and write in ascending order. They continue where
     * the device stopped.
     */
    @Override
    public boolean takeProgress() {
        if (flushing) {
            return slot().transfer().takeProgress();
        }
        long more = switch (type) {
            case COMPARE, DUALCAST, CRC, COPY_CRC -> slot().bytesCompleted();
            // A part starts with the first byte of the pattern.
            case FILL, COMPARE_PATTERN -> slot().bytesCompleted() & -WORD;
            default -> 0;
        };
        if (!slot().tellsProgress() || more <= 0 || more >= part) {
            return false;
        }
        if (type == VdmOperationType.CRC || type == VdmOperationType.COPY_CRC) {
            fields.seed(slot().crc());
        }
        done += more;
        part -= more;
        return true;
    }

    @Override
    void prefaultPart() {
        if (flushing) {
            slot().transfer().prefaultPart();
            return;
        }
        if (source != null) {
            prefault(source, done, part, false);
        }
        if (destination != null) {
            prefault(destination, fields.destinationOffset(done), fields.destinationBytes(part),
                    true);
        }
        if (third != null) {
            prefault(third, done, part, descriptor.secondDestination() != null);
        }
    }

    /** Returns whether a status is good. A bad block is a result. */
    @Override
    boolean isGood(int status) {
        if (status != Slot.DIF_ERROR || !fields.checksBlocks()) {
            return super.isGood(status);
        }
        return slot().result() != 0;
    }

    @Override
    void next(int status) {
        if (flushing) {
            Transfer flush = slot().transfer();
            flush.next(status);
            if (flush.isDone()) {
                writeLinesBack();
            }
            return;
        }
        Slot slot = slot();
        if (status == Slot.DIF_ERROR) {
            result.takeBadBlock(slot, done);
            length = 0;
        } else if (!blockChecked && fields.isAdjacent(done, part)) {
            blockChecked = true;
        } else {
            blockChecked = false;
            if (!result.take(slot, done, fields)) {
                length = 0;
            }
            done += part;
        }
        if (done >= length) {
            writeLinesBack();
        }
    }

    /**
     * Finds the next destination with cache lines that DML has to write back, and starts the
     * write-back. If no such destination remains, the operation ends.
     */
    private void writeLinesBack() {
        flushing = false;
        while (flushed < 2 && !flushing) {
            MemorySegment range = flushed == 0 ? destination : third;
            WriteBackKind kind = flushed == 0 ? durable : secondDurable;
            flushed++;
            if (flushLines && kind == WriteBackKind.CACHE_LINES && wroteByProcessor()) {
                slot().transfer().beginFlush(range);
                flushing = true;
            }
        }
        over = !flushing;
    }

    private boolean wroteByProcessor() {
        return byJava || wentBySoftware();
    }

    /**
     * Returns {@code true}. The operation reads and writes separate ranges, and a delta record can
     * be applied again.
     */
    @Override
    public boolean isRepeatable() {
        return true;
    }

    @Override
    public boolean pin() {
        return regions.pin(destination) && regions.pin(source) && regions.pin(third);
    }

    @Override
    void clear() {
        regions.unpinAll();
        result.clear();
        descriptor = null;
        source = null;
        destination = null;
        third = null;
        fields.clear();
    }

    @Override
    public boolean isDone() {
        return over;
    }

    /** Returns the remaining write-back of a destination, or null. */
    private WriteBackKind remaining(WriteBackKind kind) {
        boolean left = kind != null && kind.isForced()
                || kind == WriteBackKind.CACHE_LINES && !flushLines && wroteByProcessor();
        return left ? kind : null;
    }

    @Override
    public void writeBackLines(Durability durability) throws IOException {
        if (remaining(durable) == WriteBackKind.CACHE_LINES) {
            durability.writeBackLines(destination);
        }
        if (remaining(secondDurable) == WriteBackKind.CACHE_LINES) {
            durability.writeBackLines(descriptor.secondDestination());
        }
    }

    @Override
    public Forces forces(Forces earlier, Operation<?> operation, Durability durability) {
        Forces first =
                addPages(earlier, operation, destination, remaining(durable), durability);
        return addPages(first, operation, operation.secondDestination(),
                remaining(secondDurable), durability);
    }

    @Override
    public long bytesMoved() {
        return done;
    }

    @Override
    public ExecutionPath executedBy() {
        return byJava ? ExecutionPath.JVM : super.executedBy();
    }

    @Override
    public long value() {
        return result.value();
    }

    @Override
    public int outcome() {
        return result.outcome();
    }
}
