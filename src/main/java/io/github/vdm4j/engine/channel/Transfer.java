package io.github.vdm4j.engine.channel;

import io.github.vdm4j.ExecutionPath;
import io.github.vdm4j.Operation;
import io.github.vdm4j.VdmOperationType;
import io.github.vdm4j.jvm.PatternKernel;
import io.github.vdm4j.machine.PageFaults;
import io.github.vdm4j.machine.PageUnavailableException;
import io.github.vdm4j.machine.SegmentClosedException;
import io.github.vdm4j.memory.Durability;
import io.github.vdm4j.memory.Forces;
import io.github.vdm4j.memory.MemoryRegion;
import io.github.vdm4j.memory.MemoryRegions;
import io.github.vdm4j.memory.WriteBackKind;
import java.io.IOException;
import java.lang.foreign.MemorySegment;

/**
 * The program of a copy, fill or flush. It submits the parts of an overlapping move in the order
 * that preserves the source (H5). If the software path has to make native memory durable, further
 * parts write its cache lines back.
 */
public final class Transfer extends Program {
    private static final long LINE = 64;

    /**
     * The longest part of a mapped file in bytes. On the software path, the time between the check
     * and the access must be short. On the device, each poll populates one part.
     */
    static final long MAPPED_PART = 4L << 20;

    private final CopySplit split = new CopySplit();

    /**
     * The regions that stay pinned until the slot is released, or null for segments outside of all
     * regions.
     */
    private MemoryRegion pinnedDestination;

    private MemoryRegion pinnedSource;

    private VdmOperationType type;
    private MemorySegment destination;
    private MemorySegment source;
    private long to;
    private long from;
    private long length;
    private long pattern;
    private int flags;
    private boolean backwards;
    private boolean mapped;
    private WriteBackKind durable;
    private boolean flushLines;

    /** Whether the data are moved and cache lines are being written back. */
    private boolean flushing;

    /** Whether the JVM has executed a part. */
    private boolean byJava;

    /** The number of processed bytes of the current phase, and the length of the current part. */
    private long done;

    private long part;

    /** The end of the current phase. A thread that copies at the same time lowers it. */
    private long limit;

    /**
     * The number of processed bytes at the beginning and at the end of the current part after page
     * faults.
     */
    private long head;

    private long tail;

    /** Whether cache lines remain that no slot has written back. */
    private boolean linesLeft;

    Transfer(Slot slot) {
        super(slot);
    }

    /**
     * Begins an operation.
     *
     * @param operation a copy, fill or flush of at least one byte
     * @param writeBack the write-back that makes the destination durable, or null
     * @param linesBySoftware whether DML writes back the cache lines that the software path has
     *     written
     */
    Transfer begin(Operation<?> operation, WriteBackKind writeBack, boolean linesBySoftware) {
        flags = DataPart.flags(operation.isForCache(),
                writeBack != null ? slot().channel().durableFlags() : 0);
        pattern = operation.pattern();
        return begin(operation.type(), operation.destination(), operation.source(),
                operation.byteSize(), writeBack, linesBySoftware);
    }

    /** Begins the write-back of a range's cache lines. */
    void beginFlush(MemorySegment range) {
        begin(VdmOperationType.FLUSH, range, null, range.byteSize(), WriteBackKind.CACHE_LINES,
                true);
    }

    private Transfer begin(VdmOperationType what, MemorySegment onto, MemorySegment of, long bytes,
            WriteBackKind writeBack, boolean linesBySoftware) {
        type = what;
        destination = onto;
        source = of;
        to = onto.address();
        length = bytes;
        backwards = false;
        if (of != null) {
            from = of.address();
            backwards = to > from && to - from < bytes;
        }
        mapped = MemoryRegions.mayLackPages(onto) || MemoryRegions.mayLackPages(of);
        durable = writeBack;
        flushLines = linesBySoftware && writeBack == WriteBackKind.CACHE_LINES;
        flushing = false;
        byJava = false;
        linesLeft = false;
        done = 0;
        limit = bytes;
        split.begin();
        head = 0;
        tail = 0;
        reset();
        if (what == VdmOperationType.FLUSH) {
            beginFlushing();
        }
        return this;
    }

    /**
     * Lets the thread that polls copy from the end of the range while the device copies from the
     * beginning, until both meet.
     *
     * @param copy a copy of separate ranges that need not be durable
     * @param share divides the copy
     */
    public void split(Operation<?> copy, CopyShare share) {
        split.begin(copy, share);
    }

    CopyProgress progress() {
        return split.progress();
    }

    @Override
    public int submit() {
        Slot slot = slot();
        boolean device = slot.onDevice();
        if (!device && slot.channel().software() == ExecutionPath.JVM) {
            executeInJava();
            return Slot.OK;
        }
        if (head + tail == 0) {
            long left = limit - done;
            long most = device ? split.most(left) : left;
            part = Math.min(most, slot.channel().limits().bytes(device));
            if (mapped) {
                part = Math.min(part, MAPPED_PART);
                if (!device && !guardPages(offset())) {
                    executeInJava();
                    return Slot.OK;
                }
                if (device && !flushing) {
                    populate(destination, offset(), part);
                }
            }
            split.submits(part, most, left);
        } else if (head + tail == part) {
            next(Slot.OK);
            return Slot.OK;
        }
        long offset = offset() + head;
        long bytes = part - head - tail;
        if (flushing) {
            return slot.submit(slot.part().flush(to + offset, bytes), destination, null, null);
        }
        countPath();
        return type == VdmOperationType.MEMSET
                ? slot.submit(slot.part().fill(to + offset, bytes, pattern, flags), destination,
                        null, null)
                : slot.submit(slot.part().move(to + offset, from + offset, bytes, flags),
                        destination, source, null);
    }

    @Override
    public boolean copyMeanwhile() {
        long piece = split.copyPiece(source, destination, done + part, limit);
        limit -= piece;
        return CopySplit.continues(limit, piece);
    }

    /** Returns the offset of the current part. */
    private long offset() {
        return backwards ? limit - done - part : done;
    }

    private boolean guardPages(long offset) {
        if (flushing) {
            // The flush starts at the beginning of the line.
            long skipped = destination.address() - to;
            long start = Math.max(offset - skipped, 0);
            long end = Math.min(offset - skipped + part, destination.byteSize());
            prefault(destination, start, end - start, false);
            return true;
        }
        return guard(destination, offset, part, true) && guard(source, offset, part, false);
    }

    /**
     * Executes the rest of the operation in the JVM. The kernel does not report missing pages, or
     * the JVM is the software path.
     */
    private void executeInJava() {
        if (flushing) {
            linesLeft = true;
            part = limit - done;
            next(Slot.OK);
            return;
        }
        try {
            if (head + tail > 0) { // The rest of the part with page faults comes first.
                executeInJava(offset() + head, part - head - tail);
                done += part;
                head = 0;
                tail = 0;
            }
            part = limit - done;
            executeInJava(offset(), part);
            PageFaults.deliver();
        } catch (IllegalStateException e) {
            throw new SegmentClosedException(e);
        } catch (InternalError e) {
            throw new PageUnavailableException(e, destination, source);
        }
        byJava = true;
        next(Slot.OK);
    }

    private void executeInJava(long offset, long bytes) {
        if (source == null) {
            PatternKernel.fill(destination.asSlice(offset, bytes), (byte) pattern);
        } else {
            MemorySegment.copy(source, offset, destination, offset, bytes);
        }
    }

    /**
     * Advances to the next part. After the last part that moves data, further parts write cache
     * lines back.
     */
    @Override
    void next(int status) {
        done += part;
        split.deviceEnded(limit - done);
        split.publish(done == limit ? length : done);
        head = 0;
        tail = 0;
        if (done == limit && !flushing && flushLines && wroteByProcessor()) {
            beginFlushing();
        }
    }

    /**
     * Begins to write back the covering cache lines (H10). They are mapped, because they lie in the
     * pages of the range.
     */
    private void beginFlushing() {
        flushing = true;
        backwards = false;
        length = coveringLines(to, length);
        limit = length;
        to &= -LINE;
        done = 0;
    }

    /**
     * Returns the size of the cache lines that cover a range.
     *
     * @return the size in bytes, a multiple of 64
     */
    private static long coveringLines(long from, long bytes) {
        return (from + bytes + LINE - 1 & -LINE) - (from & -LINE);
    }

    /** Returns {@code false} if the part moves bytes within its own range. */
    @Override
    public boolean isRepeatable() {
        return flushing || source == null || Math.abs(to - from) >= part;
    }

    @Override
    public boolean takeProgress() {
        split.faulted();
        if (!slot().tellsProgress()) {
            return false;
        }
        long more = Math.min(slot().bytesCompleted(), part - head - tail);
        if (flushing) {
            more &= -LINE;
        }
        if (slot().isTailDone()) {
            tail += more;
        } else {
            head += more;
            split.publish(done + head);
        }
        return true;
    }

    @Override
    void prefaultPart() {
        long offset = offset() + head;
        long bytes = part - head - tail;
        if (source != null) {
            prefault(source, offset, bytes, false);
        }
        if (!flushing) {
            prefault(destination, offset, bytes, true);
        }
    }

    @Override
    public boolean pin() {
        MemoryRegion onto = MemoryRegions.find(destination);
        MemoryRegion of = MemoryRegions.find(source);
        if (!MemoryRegions.pin(onto, of, null)) {
            return false;
        }
        pinnedDestination = onto;
        pinnedSource = of;
        return true;
    }

    @Override
    void clear() {
        split.clear();
        MemoryRegions.unpin(pinnedDestination, pinnedSource, null);
        pinnedDestination = null;
        pinnedSource = null;
        destination = null;
        source = null;
    }

    private boolean wroteByProcessor() {
        return byJava || wentBySoftware();
    }

    @Override
    public ExecutionPath executedBy() {
        return byJava ? ExecutionPath.JVM : super.executedBy();
    }

    @Override
    public boolean isDone() {
        return done == limit;
    }

    /** Returns the remaining write-back, or null. */
    private WriteBackKind remaining() {
        return durable != null && durable.isForced()
                || durable == WriteBackKind.CACHE_LINES
                        && (linesLeft || !flushing && wroteByProcessor())
                                ? durable
                                : null;
    }

    @Override
    public void writeBackLines(Durability durability) throws IOException {
        if (remaining() == WriteBackKind.CACHE_LINES) {
            durability.writeBackLines(destination);
        }
    }

    @Override
    public Forces forces(Forces earlier, Operation<?> operation, Durability durability) {
        return addPages(earlier, operation, destination, remaining(), durability);
    }

    @Override
    public long bytesMoved() {
        return flushing && type != VdmOperationType.FLUSH ? length : done + head + tail;
    }
}
