package io.github.vdm4j.engine.channel;

import io.github.vdm4j.ExecutionPath;
import io.github.vdm4j.Operation;
import io.github.vdm4j.VdmOperationType;
import io.github.vdm4j.VdmResult;
import io.github.vdm4j.machine.PageUnavailableException;
import io.github.vdm4j.machine.SegmentClosedException;
import io.github.vdm4j.memory.Durability;
import io.github.vdm4j.memory.Forces;
import io.github.vdm4j.memory.MemoryRegions;
import io.github.vdm4j.memory.WriteBackKind;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import java.util.List;

/**
 * The program of a batch. Its parts are batches of the device. Each part contains as many
 * consecutive tasks as possible. A task that no descriptor can express is a separate part.
 *
 * <p>A part may leave tasks undone. The software path stops at the first task that is not a plain
 * success. In the same case, the device abandons the tasks behind a fence. Pages may also be
 * missing. The next part contains the undone tasks that may still run.
 */
public final class BatchProgram extends Program {
    private static final int OK = Slot.OK;

    /** The largest number of consecutive parts that end only with page faults. */
    private static final int MAX_FAULTS = 16;

    private final BatchBuffer buffer;
    private final TaskEnd end;
    private final DataPart fields = new DataPart();
    private final TaskFit fit;
    private final SingleTask single;
    private final HeldRegions regions = new HeldRegions();

    private List<Operation<?>> tasks = List.of();
    private final HeldArenas arenas = new HeldArenas();

    private Durability durability;

    /** The first task that has not ended. */
    private int next;

    /** The first task whose forces have not ended, and the next fence that waits for forces. */
    private int section;

    private int limit;

    /** The first task that has failed. */
    private int firstFailure;

    /** Whether the program has submitted a task. */
    private boolean begun;

    /** The tasks of the current part by their places in the buffer, and their number. */
    private int[] placed = new int[BatchBuffer.LEAST];

    private int parts;

    /** The number of plain copies at the beginning of the part. */
    private int copies;

    private int faults;

    /** Whether the slot executes the current task alone. */
    private boolean alone;

    BatchProgram(Slot slot) {
        super(slot);
        buffer = new BatchBuffer(slot);
        end = new TaskEnd(buffer);
        fit = new TaskFit();
        single = new SingleTask(slot);
    }

    /** Begins a batch. */
    public BatchProgram begin(List<Operation<?>> work, Durability engines) {
        reset();
        tasks = work;
        durability = engines;
        fit.durability(durability);
        single.durability(durability);
        next = 0;
        section = 0;
        firstFailure = Integer.MAX_VALUE;
        limit = endOfSection();
        begun = false;
        faults = 0;
        alone = false;
        return this;
    }

    /** Returns {@code true} also at a fence while {@link #needsForces} is {@code true}. */
    @Override
    public boolean isDone() {
        if (next == limit && limit < tasks.size() && !needsForces()) {
            beginSection();
        }
        return next == limit;
    }

    /** Returns whether pages of tasks have to be forced before the batch continues or ends. */
    public boolean needsForces() {
        return forces() != null && !forces().isEmpty();
    }

    /**
     * Returns the forces of the tasks.
     *
     * @return the forces, or null if there are none
     */
    public Forces forces() {
        return single.forces();
    }

    private void beginSection() {
        for (int i = section; i < next; i++) {
            if (tasks.get(i).howItEnded() != VdmResult.SUCCESS) {
                firstFailure = Math.min(firstFailure, i);
            }
        }
        section = next;
        limit = endOfSection();
        settle();
    }

    /** Returns the first fence that follows a task whose pages have to be forced. */
    private int endOfSection() {
        boolean mustForce = false;
        for (int i = section; i < tasks.size(); i++) {
            Operation<?> task = tasks.get(i);
            if (mustForce && task.isFenced()) {
                return i;
            }
            mustForce |= task.isDurable() && (isOfPages(task.destination())
                    || isOfPages(task.secondDestination()));
        }
        return tasks.size();
    }

    private boolean isOfPages(MemorySegment destination) {
        return destination != null && durability.kindOf(destination) == WriteBackKind.PAGES;
    }

    @Override
    public int submit() {
        if (!alone) {
            fit.on(slot());
            Operation<?> task = tasks.get(next);
            if (fit.inBatch(task)) {
                return submitPart();
            }
            if (!begun) {
                requireUsable();
            }
            alone = true;
            single.begin(task);
        }
        return submitAlone();
    }

    private int submitAlone() {
        begun = true;
        try {
            int status = single.submit();
            if (status != OK || slot().isSubmitted()) {
                countPath();
                return status;
            }
        } catch (SegmentClosedException | PageUnavailableException | InvalidDataException e) {
            single.failed(e);
        }
        if (single.isOver()) {
            over();
        }
        return OK;
    }

    /** Ends the task that the slot executes alone. */
    private void over() {
        if (tasks.get(next).howItEnded() != VdmResult.SUCCESS) {
            firstFailure = Math.min(firstFailure, next);
        }
        alone = false;
        single.clear();
        settle();
    }

    private int submitPart() {
        boolean everythingHeld = gather();
        if (parts == 0) { // No task of the part can run.
            settle();
            return OK;
        }
        if (!begun && !everythingHeld) {
            requireUsable();
        }
        int count = buffer.seal(parts);
        try {
            int status = slot().submitBatch(buffer.memory(), count, arenas);
            if (status == OK) {
                begun = true;
                countPath();
            }
            return status;
        } catch (SegmentClosedException e) {
            if (!begun) {
                throw e;
            }
            return OK; // The next part finds the task of the closed arena.
        }
    }

    /**
     * Writes the descriptors of the next part.
     *
     * @return {@code true} if the part is the whole batch and the call keeps all its arenas open
     */
    private boolean gather() {
        arenas.clear();
        boolean device = slot().onDevice();
        int size = limit;
        int room = Math.min(slot().channel().limits().tasks(device), size - next);
        buffer.reserve(Math.max(room, BatchBuffer.LEAST));
        if (placed.length < room) {
            placed = new int[Math.max(room, 2 * placed.length)];
        }
        boolean everythingHeld = true;
        copies = begun || device ? 0
                : PlainCopies.write(tasks, next, next + room, fit.longest(), arenas, buffer);
        int count = copies;
        for (int i = 0; i < count; i++) {
            placed[i] = next + i;
        }
        for (int i = next + count; i < size && count < room; i++) {
            Operation<?> task = tasks.get(i);
            if (begun && isOutOfQuestion(i, task)) {
                continue;
            }
            if (!fit.inBatch(task) || task.isFenced() && firstFailure < i) {
                break;
            }
            int mark = arenas.mark();
            if (!hold(task)) {
                everythingHeld = false;
                if (!device) {
                    arenas.backTo(mark);
                    break;
                }
            }
            put(count, task);
            placed[count++] = i;
        }
        parts = count;
        return everythingHeld && count == tasks.size();
    }

    /** Writes the descriptor of a task. A task without bytes becomes a no-op. */
    private void put(int place, Operation<?> task) {
        int flags = task.isFenced() && place > 0 ? Part.FENCE : 0;
        Part part = slot().part();
        if (task.byteSize() == 0) {
            part.begin(Opcode.NOP, flags);
        } else {
            // A mismatch with a pattern ends the batch. The program finds its byte before a later
            // task writes there.
            flags |= task.type() == VdmOperationType.COMPARE_PATTERN ? Part.CHECK_RESULT : 0;
            if (slot().onDevice()) {
                populate(task.destination());
                populate(task.secondDestination());
            }
            int durable = task.isDurable() ? slot().channel().durableFlags() : 0;
            fields.begin(task, durable, durable != 0 && task.secondDestination() != null);
            fields.describe(part, 0, task.byteSize(), flags);
            fields.clear();
        }
        buffer.put(place, part);
    }

    /**
     * Returns whether a task has ended. If an arena of the task is closed, the method fails the
     * task.
     */
    private boolean isOutOfQuestion(int index, Operation<?> task) {
        if (!isOver(task) && !isOpen(task)) {
            fail(index, VdmResult.SEGMENT_UNUSABLE, "failed: the arena of a segment was closed",
                    null);
        }
        return isOver(task);
    }

    private static boolean isOver(Operation<?> task) {
        return task.howItEnded() != VdmResult.NOT_RUN;
    }

    private boolean hold(Operation<?> descriptor) {
        return arenas.add(descriptor.destination())
                && arenas.add(descriptor.source())
                && arenas.add(descriptor.second());
    }

    private static boolean isOpen(Operation<?> descriptor) {
        return isOpen(descriptor.destination())
                && isOpen(descriptor.source())
                && isOpen(descriptor.second());
    }

    private static boolean isOpen(MemorySegment segment) {
        return segment == null || segment.scope().isAlive();
    }

    /**
     * Returns whether the batch can continue after a part. DML reports an error if a task is not a
     * plain success. The batch continues if any task has run.
     */
    @Override
    boolean isGood(int status) {
        return alone ? single.isGood(status) : status == OK || anyWasRun();
    }

    private boolean anyWasRun() {
        for (int i = 0; i < parts; i++) {
            if (buffer.status(i) != BatchBuffer.NOT_RUN) {
                return true;
            }
        }
        return false;
    }

    @Override
    void next(int status) {
        if (!alone) {
            takeRecords(status == OK);
            settle();
        } else {
            single.next(status);
            if (single.isOver()) {
                over();
            }
        }
    }

    private void takeRecords(boolean allWell) {
        boolean device = slot().onDevice();
        ExecutionPath path = slot().path();
        boolean progress = false;
        boolean faulted = false;
        boolean again = false;
        if (allWell) {
            for (int i = 0; i < copies; i++) {
                tasks.get(placed[i]).succeed(path);
            }
            for (int i = copies; i < parts; i++) {
                Operation<?> task = tasks.get(placed[i]);
                end.succeeded(i, task, path);
            }
            next = placed[parts - 1] + 1;
            faults = 0;
            return;
        }
        for (int i = 0; i < parts; i++) {
            int index = placed[i];
            Operation<?> task = tasks.get(index);
            int status = buffer.status(i);
            if (end.take(i, status, task, path)) {
                progress = true;
            } else if (status == BatchBuffer.PAGE_FAULT && device && faults < MAX_FAULTS) {
                faulted = true;
                progress |= !prefault(index);
            } else if (status != BatchBuffer.NOT_RUN) {
                progress = true;
                // After the first failure, the software path executes the failed and the undone
                // tasks.
                again = again || slot().fallBack();
                if (!again) {
                    slot().fail(task, slot().taskStatus(i));
                    firstFailure = Math.min(firstFailure, index);
                }
            }
        }
        faults = progress ? 0 : faulted ? faults + 1 : faults;
    }

    /** Prefaults the pages of a task. Returns {@code false} if the task has failed. */
    private boolean prefault(int index) {
        Operation<?> descriptor = tasks.get(index);
        try {
            prefault(descriptor.source(), false);
            prefault(descriptor.secondSource(), false);
            prefault(descriptor.destination(), true);
            prefault(descriptor.secondDestination(), true);
            return true;
        } catch (PageUnavailableException e) {
            fail(index, VdmResult.IO_ERROR, "failed: " + e.getMessage(), e);
        } catch (SegmentClosedException e) {
            fail(index, VdmResult.SEGMENT_UNUSABLE, "failed: " + e.getMessage(), e.getCause());
        }
        return false;
    }

    private static void populate(MemorySegment destination) {
        if (destination != null) {
            populate(destination, 0, destination.byteSize());
        }
    }

    private static void prefault(MemorySegment segment, boolean write) {
        if (segment != null) {
            prefault(segment, 0, segment.byteSize(), write);
        }
    }

    private void fail(int index, VdmResult how, String reason, Throwable cause) {
        tasks.get(index).fail(ExecutionPath.NONE, how, null, reason, cause);
        firstFailure = Math.min(firstFailure, index);
    }

    /**
     * Advances to the next task that has not ended. If a fence forbids this task, the batch ends.
     */
    private void settle() {
        while (next < limit) {
            Operation<?> task = tasks.get(next);
            if (!isOver(task)) {
                if (task.isFenced() && firstFailure < next) {
                    stop();
                }
                return;
            }
            next++;
        }
    }

    private void stop() {
        limit = tasks.size();
        Operation<?> failed = tasks.get(firstFailure);
        while (next < tasks.size()) {
            Operation<?> task = tasks.get(next++);
            if (!isOver(task)) {
                task.abandon(firstFailure, failed);
            }
        }
    }

    @Override
    public boolean canSkipFailedPart(int status) {
        if (!alone) {
            return false;
        }
        slot().fail(tasks.get(next), status);
        over();
        return true;
    }

    /**
     * Returns whether a part can be repeated. A part of several tasks is repeated only if no task
     * has run.
     */
    @Override
    public boolean isRepeatable() {
        return !alone || single.isRepeatable();
    }

    @Override
    void prefaultPart() {
        if (alone) {
            try {
                single.prefaultPart();
            } catch (SegmentClosedException | PageUnavailableException e) {
                single.failed(e);
                over();
            }
        }
    }

    @Override
    public boolean pin() {
        if (!MemoryRegions.any()) {
            return true;
        }
        for (int i = 0; i < tasks.size(); i++) {
            Operation<?> descriptor = tasks.get(i);
            if (!regions.pin(descriptor.destination())
                    || !regions.pin(descriptor.source())
                    || !regions.pin(descriptor.second())) {
                return false;
            }
        }
        return true;
    }

    /**
     * Checks all segments before the first submission, because that submission does not contain all
     * tasks.
     */
    private void requireUsable() {
        for (int i = 0; i < tasks.size(); i++) {
            Operation<?> descriptor = tasks.get(i);
            Slot.requireUsable(descriptor.destination());
            Slot.requireUsable(descriptor.source());
            Slot.requireUsable(descriptor.second());
        }
    }

    /**
     * Returns whether a task has run or was submitted.
     *
     * @return {@code false} if the batch can start again
     */
    public boolean hasBegun() {
        return begun;
    }

    @Override
    void clear() {
        regions.unpinAll();
        single.clear();
        arenas.clear();
        tasks = List.of();
        limit = 0;
    }

    @Override
    public long bytesMoved() {
        long sum = 0;
        for (int i = 0; i < tasks.size(); i++) {
            Operation<?> task = tasks.get(i);
            if (task.howItEnded() == VdmResult.SUCCESS) {
                sum += task.byteSize();
            }
        }
        return sum;
    }

    /** Returns null, because each task writes back its own destination. */
    @Override
    public WriteBackKind remainingWriteBack() {
        return null;
    }
}
