package io.github.vdm4j.engine.channel;

import io.github.vdm4j.ExecutionPath;
import io.github.vdm4j.Operation;
import io.github.vdm4j.VdmOperationType;
import io.github.vdm4j.jvm.JvmOperations;
import io.github.vdm4j.machine.PageFaults;
import io.github.vdm4j.machine.PageUnavailableException;
import io.github.vdm4j.machine.SegmentClosedException;
import io.github.vdm4j.memory.Durability;
import io.github.vdm4j.memory.Forces;
import java.io.IOException;
import java.lang.foreign.MemorySegment;

/**
 * The program of an operation other than a batch. It submits the parts in ascending order and
 * combines their results. The parts of a copy within one range may have to be in descending order,
 * because this preserves the source (H5).
 *
 * <p>If the software path has to make native memory durable, further parts write its cache lines
 * back. A flush consists of such parts only.
 */
public final class OperationProgram extends Program {
    /**
     * The longest part of a mapped file in bytes. On the software path, the time between the check
     * and the access must be short. On the device, each poll populates one part.
     */
    private static final long MAPPED_PART = 4L << 20;

    private final CopySplit split = new CopySplit();
    private final Segments segments = new Segments();
    private final WriteBacks writeBacks = new WriteBacks();
    private final DataResult result = new DataResult();
    private final DeltaRecord record;

    private Operation<?> operation;
    private VdmOperationType type;
    private boolean backwards;

    private boolean flushing;
    private boolean over;

    /** Whether the device has checked a block that it cannot strip and copies it next. */
    private boolean blockChecked;

    /** Whether the JVM executes the operation faster than the software path. */
    private boolean jvmIsFaster;

    /** The path of the bytes that the slot has not processed, or null if there are none. */
    private ExecutionPath withoutSlot;

    /** The end of the data or of the lines. A thread that copies at the same time lowers it. */
    private long limit;

    /** The number of processed bytes of the data or of the lines. */
    private long done;

    /** The number of processed bytes of the data, if {@link #done} counts the lines. */
    private long moved;

    /** The offset of the current part, or of its rest after page faults. */
    private long at;

    /** The length of the current part or of its rest. */
    private long part;

    /** Whether a page fault has interrupted the current part. */
    private boolean interrupted;

    OperationProgram(Slot slot) {
        super(slot);
        record = new DeltaRecord(slot);
    }

    /** Begins an operation other than a batch, see {@link Slot#begin}. */
    OperationProgram begin(Operation<?> what, Durability durability, boolean fasterInJvm) {
        operation = what;
        type = what.type();
        segments.begin(what);
        writeBacks.begin(what, durability, slot());
        flushing = false;
        over = false;
        blockChecked = false;
        jvmIsFaster = fasterInJvm;
        withoutSlot = null;
        limit = what.byteSize();
        done = 0;
        interrupted = false;
        backwards = segments.isBackwards();
        split.begin();
        result.begin(what);
        reset();
        if (type == VdmOperationType.FLUSH) {
            beginFlush();
        } else {
            writeBacks.describe(slot());
        }
        return this;
    }

    /** Begins a flush. If the slot cannot write the lines back, the write-back engine does. */
    private void beginFlush() {
        if (writeBacks.canFlush(slot())) {
            writeBack(operation.destination());
        } else {
            withoutSlot = writeBacks.isOfLines() ? ExecutionPath.LIBPMEM : ExecutionPath.JVM;
        }
        over = !flushing;
    }

    private boolean isMove() {
        return type.ordinal() <= VdmOperationType.MEMSET.ordinal();
    }

    /** Divides a copy between the device and the polling thread, see {@link CopySplit}. */
    public void split(CopyShare share) {
        split.begin(operation, share);
    }

    CopyProgress progress() {
        return split.progress();
    }

    @Override
    public int submit() {
        Slot slot = slot();
        boolean device = slot.onDevice();
        if (isForJvm(device)) {
            executeInJvm();
            return Slot.OK;
        }
        if (!interrupted) {
            chooseRange(device);
        } else if (part == 0) { // The device has processed the whole part before a page fault.
            next(Slot.OK);
            return Slot.OK;
        }
        Part description = slot.part().range(at, part);
        if (!segments.prepare(description, device)) {
            executeInJvm();
            return Slot.OK;
        }
        if (!flushing) {
            countPath();
            if (type == VdmOperationType.DELTA_APPLY) {
                return submitRecord(description);
            }
            if (description.isTooClose()) {
                return submitBlock(description);
            }
        }
        return slot.submit(description, segments.destination, segments.source, segments.second);
    }

    /**
     * Returns whether the JVM executes the rest of the operation. DML executes some operations more
     * slowly, or computes a result that differs from the device's result. No path executes an empty
     * operation.
     */
    private boolean isForJvm(boolean device) {
        if (flushing) {
            return !device && slot().channel().software() == ExecutionPath.JVM;
        }
        if (limit == 0 && type != VdmOperationType.NOP && type != VdmOperationType.DRAIN) {
            return true;
        }
        return !device && (jvmIsFaster || slot().channel().software() == ExecutionPath.JVM
                || slot().part().checksBlocks());
    }

    private void chooseRange(boolean device) {
        Part description = slot().part();
        long left = limit - done;
        long most = device ? split.most(left) : left;
        part = Math.min(most, description.longest(slot().channel().limits().bytes(device)));
        part = description.longestApart(done, part);
        if (segments.mayLackPages()) {
            part = Math.min(part, description.longest(MAPPED_PART));
        }
        at = backwards ? limit - done - part : done;
        split.submits(part, most, left);
    }

    /** Submits a part of a delta record from a copy. No other thread can write the copy. */
    private int submitRecord(Part description) {
        part = record.take(segments.source, done, segments.destination.byteSize());
        description.range(done, part).source = record.copy().address();
        return slot().submit(description, segments.destination, null, null);
    }

    private int submitBlock(Part description) {
        int status = slot().submit(description.block(at, blockChecked), segments.destination,
                segments.source, null);
        writeBacks.describe(slot());
        return status;
    }

    @Override
    public boolean copyMeanwhile() {
        long piece = split.copyPiece(segments, at + part, limit);
        limit -= piece;
        return CopySplit.continues(limit, piece);
    }

    @Override
    void prefaultPart() {
        segments.prefault(slot().part().range(at, part));
    }

    private void executeInJvm() {
        if (!flushing) {
            try {
                if (isMove()) {
                    moveInJvm();
                } else {
                    // If the JVM is faster, the range can exceed the memory. Its pages are then not
                    // prefaulted.
                    if (segments.mayLackPages() && !jvmIsFaster) {
                        // The JVM reports the missing pages that the kernel does not report.
                        boolean ignored = segments.guard(slot().part().range(0, limit));
                    }
                    JvmOperations.execute(operation);
                    result.takeFrom(operation);
                }
                PageFaults.deliver();
            } catch (IllegalStateException e) {
                throw new SegmentClosedException(e);
            } catch (InternalError e) {
                throw new PageUnavailableException(e, segments.source, segments.destination,
                        segments.second);
            }
        }
        withoutSlot = ExecutionPath.JVM;
        done = limit;
        split.publish(operation.byteSize());
        endPhase();
    }

    private void moveInJvm() {
        if (interrupted) { // The rest of the interrupted part comes first.
            segments.move(at, part, operation.fillByte());
            done += part;
            interrupted = false;
        }
        segments.move(backwards ? 0 : done, limit - done, operation.fillByte());
    }

    /** Returns {@code false} if the part moves bytes within its own range. */
    @Override
    public boolean isRepeatable() {
        return !segments.overlapIn(part);
    }

    /**
     * Records progress for operations that read and write in ascending order, and for copies. They
     * continue where the device stopped.
     */
    @Override
    public boolean takeProgress() {
        split.faulted();
        long completed = slot().bytesCompleted();
        if (completed < 0) {
            return false;
        }
        long more = Math.min(Opcode.resumable(slot().part().opcode, completed), part);
        if (more == part && !isMove()) {
            return false; // The result is missing.
        }
        if (more > 0 && result.exists()) {
            slot().part().seed = slot().value(); // The rest of a CRC continues with it.
        }
        part -= more;
        done += more;
        if (!slot().isTailDone()) {
            at += more;
            split.publish(done);
        }
        interrupted |= more > 0;
        return more > 0 || isMove();
    }

    /** Returns whether a status is good. A bad block is a result. */
    @Override
    boolean isGood(int status) {
        return super.isGood(status) || status == Slot.DIF_ERROR && slot().part().checksBlocks()
                && slot().result() != 0;
    }

    @Override
    void next(int status) {
        Slot slot = slot();
        boolean last = false;
        if (status == Slot.DIF_ERROR) {
            result.takeBadBlock(at + slot.offset(), slot.result());
            last = true;
        } else if (!blockChecked && type == VdmOperationType.DIF_STRIP
                && slot.part().range(at, part).isTooClose()) {
            blockChecked = true;
        } else {
            blockChecked = false;
            if (!flushing && result.exists()) {
                slot.part().seed = slot.value(); // The next part of a CRC continues with it.
                last = !result.take(slot.result(), at + slot.offset(), slot.value());
            }
            done += part;
        }
        interrupted = false;
        split.deviceEnded(limit - done);
        split.publish(done == limit ? operation.byteSize() : done);
        if (last || done >= limit) {
            endPhase();
        }
    }

    /** Writes back the next destination with cache lines. If there is none, the operation ends. */
    private void endPhase() {
        moved = flushing ? moved : done;
        flushing = false;
        MemorySegment lines = type == VdmOperationType.FLUSH ? null
                : writeBacks.nextLines(wroteByProcessor());
        if (lines != null) {
            writeBack(lines);
        }
        over = !flushing;
    }

    /** Begins to write back the cache lines that cover a range (H10). */
    private void writeBack(MemorySegment range) {
        limit = segments.beginFlush(range, slot().part());
        backwards = false;
        done = 0;
        flushing = limit > 0;
    }

    private boolean wroteByProcessor() {
        return withoutSlot != null || usedSoftware();
    }

    @Override
    public boolean pin() {
        return pin(operation);
    }

    @Override
    void clear() {
        super.clear();
        split.clear();
        result.clear();
        writeBacks.clear();
        segments.clear();
        operation = null;
    }

    @Override
    public boolean isDone() {
        return over;
    }

    @Override
    Forces finish(Forces earlier) throws IOException {
        writeBacks.writeLines(wroteByProcessor());
        Forces forces = writeBacks.addForces(earlier); // It throws if the heap is full.
        result.succeed(operation, executedBy());
        return forces;
    }

    @Override
    public long bytesMoved() {
        return type == VdmOperationType.FLUSH || !flushing && !over ? done : moved;
    }

    @Override
    public ExecutionPath executedBy() {
        return withoutSlot != null ? withoutSlot : super.executedBy();
    }
}
