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
 * The program of a data operation. It submits the parts from the beginning on and joins their
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

    /** The second source or the second destination; no operation has both. */
    private MemorySegment third;

    private final HeldRegions regions = new HeldRegions();
    private boolean mapped;

    private WriteBackKind durable;
    private WriteBackKind secondDurable;
    private boolean flushLines;

    /**
     * How many destinations were checked for cache lines to write back, after the data were
     * written.
     */
    private int flushed;

    private boolean flushing;
    private boolean over;
    private boolean byJava;

    /** Whether Java executes the operation instead of the software path, because it is faster. */
    private boolean javaIsSooner;

    /**
     * The length of the source, or of the destination if there is no source; 0 when nothing is left
     * to do.
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
     * @param what the operation, not empty unless it is a nop or a drain
     * @param first what makes the destination durable; null if it need not be
     * @param second the same for the second destination
     * @param linesBySoftware whether cache lines that the software path wrote are written back by
     *     DML, too
     * @param soonerByJava whether Java is to execute it, and not the software path; never for a
     * delta that is applied
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
        if (mapped) {
            part = Math.min(part, fields.longest(Transfer.MAPPED_PART));
            if (device && type != DELTA_APPLY) { // the record is read by Java
                populate();
            } else if (!guardPages()) {
                executeInJava();
                return Slot.OK;
            }
        }
        if (fields.isAdjacent(done, part)) {
            executeInJava();
            return Slot.OK;
        }
        countPath();
        if (type == DELTA_APPLY) {
            part = record.take(source, done, destination.byteSize());
            return fields.submitRecord(slot, record.copy(), part);
        }
        return fields.submit(slot, done, part);
    }

    /**
     * Executes in Java what DML does in another way than the device, or refuses, or does more
     * slowly.
     */
    private void executeInJava() {
        part = length - done;
        if (mapped && !javaIsSooner) { // else it may be longer than there is memory, and is left to the JVM, which tells of a page that is not there
            boolean ignored = guardPages(); // the JVM tells of a page that the kernel does not
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

    /** The operations that read and write from the beginning on go on where they stopped. */
    @Override
    public boolean takeProgress() {
        if (flushing) {
            return slot().transfer().takeProgress();
        }
        long more = switch (type) {
            case COMPARE, DUALCAST, CRC, COPY_CRC -> slot().bytesCompleted();
            case FILL, COMPARE_PATTERN -> slot().bytesCompleted() & -WORD; // the pattern begins anew
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
        } else {
            if (!result.take(slot, done, fields)) {
                length = 0;
            }
            done += part;
        }
        if (done >= length) {
            writeLinesBack();
        }
    }

    /** Advances to the next destination whose cache lines DML has to write back, or ends. */
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
     * Returns true, because the operation reads and writes separate ranges, and a delta record can
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

    /** Returns the kind of write-back of a destination if DML has not done it, or null. */
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
