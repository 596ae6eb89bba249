package io.github.vdm4j.dml.job;

import io.github.vdm4j.ExecutionPath;
import io.github.vdm4j.Operation;
import io.github.vdm4j.VdmFlags;
import io.github.vdm4j.VdmOperationType;
import io.github.vdm4j.dml.ffi.dml_h;
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
 * An operation on its way through a job: the parts that one submission after the other moves, in
 * the order that keeps overlapping moves right (H5), and after them, where the software path has to
 * make native memory durable, the parts that write its cache lines back.
 */
public final class Transfer extends Program {
    static final long LINE = 64;

    /**
     * Parts of mapped files are short, so that little time passes between the check and the access.
     */
    private static final long MAPPED_PART = 4L << 20;

    private static final int DURABLE = dml_h.DML_FLAG_DST1_DURABLE;

    /** The header has no name for this bit of the descriptor; miniasync's own is wrong (H8). */
    private static final int DESTINATION_READBACK = 1 << 14;

    private static final int PREFETCH = dml_h.DML_FLAG_PREFETCH_CACHE;

    /**
     * For a cache flush the bit of PREFETCH chooses the instruction: with it clflush or clflushopt,
     * which every processor has (H11).
     */
    private static final int EVICT = PREFETCH;

    private final JobLimits limits;

    /** What is kept open until the job is given back; null if a segment is not of this library. */
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

    /** True once the data are moved and cache lines are being written back. */
    private boolean flushing;

    /** Whether the JVM has executed something. */
    private boolean byJava;

    /** How much of the current phase has been done, and how much the current part does. */
    private long done;

    private long part;

    Transfer(Job job, JobLimits limits) {
        super(job);
        this.limits = limits;
    }

    /**
     * Takes on an operation.
     *
     * @param what the operation
     * @param onto the destination
     * @param of the source; null for memset and flush
     * @param fill the byte for memset
     * @param promised the flags
     * @param bytes the length, above 0
     * @param writeBack what makes the destination durable; null if it need not be
     * @param linesByDml whether cache lines that the software path wrote are written back by DML,
     * too
     * @return this
     */
    public Transfer begin(
            VdmOperationType what,
            MemorySegment onto,
            MemorySegment of,
            byte fill,
            VdmFlags promised,
            long bytes,
            WriteBackKind writeBack,
            boolean linesByDml) {
        type = what;
        destination = onto;
        source = of;
        to = onto.address();
        length = bytes;
        if (of != null) {
            from = of.address();
            backwards = to > from && to - from < bytes;
        } else {
            pattern = pattern(fill);
            backwards = false;
        }
        flags = descriptorFlags(promised, writeBack != null);
        mapped = MemoryRegions.mayLackPages(onto) || MemoryRegions.mayLackPages(of);
        durable = writeBack;
        flushLines = linesByDml && writeBack == WriteBackKind.CACHE_LINES;
        flushing = false;
        byJava = false;
        done = 0;
        reset();
        if (what == VdmOperationType.FLUSH) {
            beginFlushing();
        }
        return this;
    }

    /**
     * The flags of a descriptor.
     *
     * @param promised what the operation was asked to promise
     * @param durable whether the destination has to be made durable
     * @return bits for the job's flags
     */
    static int descriptorFlags(VdmFlags promised, boolean durable) {
        return descriptorFlags(!promised.contains(VdmFlags.NO_CACHE_HINT), durable);
    }

    /**
     * The flags of a descriptor.
     *
     * @param forCache whether the destination should be left in the processor's caches
     * @param durable whether the destination has to be made durable
     * @return bits for the job's flags
     */
    public static int descriptorFlags(boolean forCache, boolean durable) {
        if (durable) {
            return DURABLE | DESTINATION_READBACK; // never with PREFETCH
        }
        return forCache ? PREFETCH : 0;
    }

    /**
     * A byte as the pattern of a fill.
     *
     * @param fill the byte
     * @return eight of it
     */
    public static long pattern(byte fill) {
        return (fill & 0xffL) * 0x0101010101010101L;
    }

    @Override
    public int submit() {
        Job job = job();
        boolean hardware = job.onHardware();
        long limit = hardware ? limits.hardwareBytes() : limits.softwareBytes();
        part = Math.min(length - done, limit);
        long offset = backwards ? length - done - part : done;
        if (mapped && !hardware) {
            part = Math.min(part, MAPPED_PART);
            offset = backwards ? length - done - part : done;
            if (!guardPages(offset)) {
                executeInJava();
                return dml_h.DML_STATUS_OK;
            }
        }
        if (flushing) {
            return job.submitCacheFlush(to + offset, (int) part, flushFlags(hardware, limits),
                    destination);
        }
        countPath();
        return type == VdmOperationType.MEMSET
                ? job.submitFill(to + offset, (int) part, pattern, flags, destination)
                : job.submitMove(
                        to + offset, from + offset, (int) part, flags, destination, source);
    }

    static int flushFlags(boolean hardware, JobLimits limits) {
        return hardware || limits.writeBackWithoutEviction() ? 0 : EVICT;
    }

    private boolean guardPages(long offset) {
        if (flushing) {
            long skipped = destination.address() - to; // the flush begins with the line, not with the range
            long start = Math.max(offset - skipped, 0);
            long end = Math.min(offset - skipped + part, destination.byteSize());
            bringIn(destination, start, end - start, false);
            return true;
        }
        return guard(destination, offset, part, true) && guard(source, offset, part, false);
    }

    /** All that is left, because the kernel does not tell whether its pages are there. */
    private void executeInJava() {
        long left = length - done;
        long offset = backwards ? 0 : done;
        try {
            if (source == null) {
                PatternKernel.fill(destination.asSlice(offset, left), (byte) pattern);
            } else {
                MemorySegment.copy(source, offset, destination, offset, left);
            }
            PageFaults.deliver();
        } catch (IllegalStateException e) {
            throw new SegmentClosedException(e);
        } catch (InternalError e) {
            throw new PageUnavailableException(e, destination, source);
        }
        byJava = true;
        part = left;
        next(dml_h.DML_STATUS_OK);
    }

    /**
     * After the last part that moves data come those that write cache lines back, if DML has to.
     */
    @Override
    void next(int status) {
        done += part;
        if (done == length && !flushing && flushLines && wroteByProcessor()) {
            beginFlushing();
        }
    }

    /**
     * The covering cache lines (H10). They lie in the same pages, so they are as mapped as the
     * range.
     */
    private void beginFlushing() {
        flushing = true;
        backwards = false;
        length = coveringLines(to, length);
        to &= -LINE;
        done = 0;
    }

    /**
     * How many bytes the cache lines have that cover a range.
     *
     * @param from the range's address
     * @param bytes its length
     * @return a multiple of 64
     */
    public static long coveringLines(long from, long bytes) {
        return (from + bytes + LINE - 1 & -LINE) - (from & -LINE);
    }

    /** Not if it moves bytes within their own range. */
    @Override
    public boolean isRepeatable() {
        return flushing || source == null || Math.abs(to - from) >= part;
    }

    @Override
    void bringInPart() {
        long offset = backwards ? length - done - part : done;
        if (source != null) {
            bringIn(source, offset, part, false);
        }
        if (!flushing) {
            bringIn(destination, offset, part, true);
        }
    }

    @Override
    public boolean pin() {
        MemoryRegion onto = MemoryRegions.find(destination);
        MemoryRegion of = MemoryRegions.find(source);
        if (!MemoryRegions.pin(onto, of)) {
            return false;
        }
        pinnedDestination = onto;
        pinnedSource = of;
        return true;
    }

    @Override
    void clear() {
        MemoryRegions.unpin(pinnedDestination, pinnedSource);
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
        return done == length;
    }

    @Override
    public WriteBackKind remainingWriteBack() {
        return durable != null && durable.isForced()
                || (durable == WriteBackKind.CACHE_LINES && !flushing && wroteByProcessor())
                        ? durable
                        : null;
    }

    @Override
    public void writeBackLines(Durability durability) throws IOException {
        if (remainingWriteBack() == WriteBackKind.CACHE_LINES) {
            durability.writeBackLines(destination);
        }
    }

    @Override
    public Forces forces(Forces earlier, Operation<?> operation, Durability durability) {
        return addPages(earlier, operation, destination, remainingWriteBack(), durability);
    }

    @Override
    public long bytesMoved() {
        return flushing && type != VdmOperationType.FLUSH ? length : done;
    }
}
