package io.github.vdm4j.engine.channel;

import io.github.vdm4j.ExecutionPath;
import io.github.vdm4j.Operation;
import io.github.vdm4j.VdmOperationType;
import io.github.vdm4j.VdmResult;
import io.github.vdm4j.machine.PageUnavailableException;
import io.github.vdm4j.machine.SegmentClosedException;
import io.github.vdm4j.memory.Durability;
import java.lang.foreign.MemorySegment;
import java.util.List;

/**
 * A part of a batch with several tasks. It is one batch of the device with its completion records.
 */
final class BatchPart {
    /** The largest number of consecutive parts that end only with page faults. */
    private static final int MAX_FAULTS = 16;

    private final Slot slot;
    private final TaskOrder order;
    private final BatchBuffer buffer;
    private final TaskEnd end;
    private final TaskFit fit = new TaskFit();
    private final DataPart fields = new DataPart();
    private final HeldArenas arenas = new HeldArenas();

    /** The tasks of the part by their places in the buffer, and their number. */
    private int[] placed = new int[BatchBuffer.LEAST];

    private int size;

    /** The number of plain copies at the beginning of the part. */
    private int copies;

    private int faults;

    BatchPart(Slot slot, TaskOrder order) {
        this.slot = slot;
        this.order = order;
        buffer = new BatchBuffer(slot);
        end = new TaskEnd(buffer);
    }

    /** Begins a batch. */
    void begin(Durability engines) {
        fit.durability(engines);
        faults = 0;
    }

    void clear() {
        arenas.clear();
    }

    /** Returns whether a task can be in a part on the slot's present path. */
    boolean canBeginWith(Operation<?> task) {
        fit.on(slot);
        return fit.inBatch(task);
    }

    boolean isEmpty() {
        return size == 0;
    }

    /**
     * Writes the descriptors of the next part.
     *
     * @return {@code true} if the part is the whole batch and the call keeps all its arenas open
     */
    boolean gather(boolean begun) {
        arenas.clear();
        List<Operation<?>> tasks = order.tasks();
        boolean device = slot.onDevice();
        int next = order.next();
        int limit = order.limit();
        int room = Math.min(slot.channel().limits().tasks(device), limit - next);
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
        for (int i = next + count; i < limit && count < room; i++) {
            Operation<?> task = tasks.get(i);
            if (begun && isOutOfQuestion(i, task)) {
                continue;
            }
            if (!fit.inBatch(task) || order.isForbidden(i)) {
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
        size = count;
        return everythingHeld && count == tasks.size();
    }

    /** Writes the descriptor of a task. A task without bytes becomes a no-op. */
    private void put(int place, Operation<?> task) {
        int flags = task.isFenced() && place > 0 ? Part.FENCE : 0;
        Part part = slot.part();
        if (task.byteSize() == 0) {
            part.begin(Opcode.NOP, flags);
        } else {
            // A mismatch with a pattern ends the batch. The program finds its byte before a later
            // task writes there.
            flags |= task.type() == VdmOperationType.COMPARE_PATTERN ? Part.CHECK_RESULT : 0;
            if (slot.onDevice()) {
                populate(task.destination());
                populate(task.secondDestination());
            }
            int durable = task.isDurable() ? slot.channel().durableFlags() : 0;
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
        if (!TaskOrder.isOver(task) && !isOpen(task)) {
            order.fail(index, VdmResult.SEGMENT_UNUSABLE,
                    "failed: the arena of a segment was closed",
                    null);
        }
        return TaskOrder.isOver(task);
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

    /** Submits the part. */
    int submit() {
        int count = buffer.seal(size);
        return slot.submitBatch(buffer.memory(), count, arenas);
    }

    boolean hasRunTask() {
        for (int i = 0; i < size; i++) {
            if (buffer.status(i) != BatchBuffer.NOT_RUN) {
                return true;
            }
        }
        return false;
    }

    /** Records that all tasks have succeeded. */
    void takeSuccess() {
        List<Operation<?>> tasks = order.tasks();
        ExecutionPath path = slot.path();
        for (int i = 0; i < copies; i++) {
            tasks.get(placed[i]).succeed(path);
        }
        for (int i = copies; i < size; i++) {
            Operation<?> task = tasks.get(placed[i]);
            end.succeeded(i, task, path);
        }
        order.succeededBefore(placed[size - 1] + 1);
        faults = 0;
    }

    /** Records the end of each task. */
    void takeRecords() {
        boolean device = slot.onDevice();
        ExecutionPath path = slot.path();
        boolean progress = false;
        boolean faulted = false;
        boolean again = false;
        for (int i = 0; i < size; i++) {
            int index = placed[i];
            Operation<?> task = order.tasks().get(index);
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
                again = again || slot.fallBack();
                if (!again) {
                    order.fail(index, slot, slot.taskStatus(i));
                }
            }
        }
        faults = progress ? 0 : faulted ? faults + 1 : faults;
    }

    /** Prefaults the pages of a task. Returns {@code false} if the task has failed. */
    private boolean prefault(int index) {
        Operation<?> descriptor = order.tasks().get(index);
        try {
            prefault(descriptor.source(), false);
            prefault(descriptor.secondSource(), false);
            prefault(descriptor.destination(), true);
            prefault(descriptor.secondDestination(), true);
            return true;
        } catch (PageUnavailableException e) {
            order.fail(index, VdmResult.IO_ERROR, "failed: " + e.getMessage(), e);
        } catch (SegmentClosedException e) {
            order.fail(index, VdmResult.SEGMENT_UNUSABLE, "failed: " + e.getMessage(),
                    e.getCause());
        }
        return false;
    }

    private static void populate(MemorySegment destination) {
        if (destination != null) {
            Program.populate(destination, 0, destination.byteSize());
        }
    }

    private static void prefault(MemorySegment segment, boolean write) {
        if (segment != null) {
            Program.prefault(segment, 0, segment.byteSize(), write);
        }
    }
}
