package io.github.vdm4j.engine.channel;

import io.github.vdm4j.ExecutionPath;
import io.github.vdm4j.Operation;
import io.github.vdm4j.VdmOperationType;
import io.github.vdm4j.VdmResult;
import io.github.vdm4j.VdmStatus;
import io.github.vdm4j.jvm.TaskOrder;
import io.github.vdm4j.machine.PageUnavailableException;
import io.github.vdm4j.machine.SegmentClosedException;
import io.github.vdm4j.memory.Durability;
import io.github.vdm4j.memory.MemoryRegions;
import io.github.vdm4j.memory.WriteBackKind;
import java.lang.foreign.MemorySegment;
import java.util.List;
import java.util.function.Predicate;

/**
 * A part of a batch with several tasks. It is one batch of the device with its completion records.
 */
final class BatchPart {
    private static final int MAX_FAULTS = 16;

    private final Slot slot;
    private final TaskOrder order;
    private Durability durability;
    private Predicate<Operation<?>> fasterInJvm;
    private final BatchBuffer buffer;
    private final DataResult result = new DataResult();
    private final HeldArenas arenas = new HeldArenas();
    private final Segments segments = new Segments();

    private boolean device;

    /** The longest task in bytes, or a negative number if there are no batches. */
    private long longest;

    /** The tasks of the part by their places in the buffer, and their number. */
    private int[] placed = new int[BatchBuffer.LEAST];

    private int size;
    private int faults;

    BatchPart(Slot slot, TaskOrder order) {
        this.slot = slot;
        this.order = order;
        buffer = new BatchBuffer(slot);
    }

    void begin(Durability engines, Predicate<Operation<?>> faster) {
        durability = engines;
        fasterInJvm = faster;
        faults = 0;
    }

    void clear() {
        arenas.clear();
        segments.clear();
        result.clear();
    }

    /** Returns whether a task can be in a part on the slot's present path. */
    boolean canBeginWith(Operation<?> task) {
        device = slot.onDevice();
        ChannelLimits limits = slot.channel().limits();
        boolean batches = limits.tasks(device) >= BatchBuffer.LEAST && slot.takesBatches();
        longest = batches ? limits.bytes(device) : -1;
        return fits(task);
    }

    /** Returns whether one descriptor can express a task, with no further step after the batch. */
    private boolean fits(Operation<?> task) {
        // The mover must write a CRC to memory before a later task can read it.
        if (task.byteSize() > longest || task.crcDestination() != null) {
            return false;
        }
        return task.byteSize() == 0 // An empty task is a no-op.
                || (!task.isDurable() || device && isDurableByDevice(task)) && canExpress(task);
    }

    private boolean canExpress(Operation<?> task) {
        return (device || !fasterInJvm.test(task)) && switch (task.type()) {
            // A flush must cover whole lines, and a record must be checked immediately before its
            // use.
            case FLUSH, DRAIN, DELTA_APPLY -> false;
            // The software path and the device check blocks differently.
            case DIF_CHECK, DIF_UPDATE -> device;
            case DIF_STRIP -> device && !Part.isAdjacent(task.source().address(),
                    task.destination().address(), task.byteSize());
            // The device reports missing pages, but a move within its own range cannot be repeated.
            case MEMMOVE -> device ? !overlaps(task) : !MemoryRegions.mayLackPages(task);
            default -> device || !MemoryRegions.mayLackPages(task);
        };
    }

    private boolean isDurableByDevice(Operation<?> task) {
        return isOfLines(task.destination())
                && (task.secondDestination() == null || isOfLines(task.secondDestination()));
    }

    private boolean isOfLines(MemorySegment destination) {
        return durability.kindOf(destination) == WriteBackKind.CACHE_LINES;
    }

    private static boolean overlaps(Operation<?> task) {
        return Math.abs(task.destination().address() - task.source().address()) < task.byteSize();
    }

    boolean isEmpty() {
        return size == 0;
    }

    /** Returns whether the part is the whole batch and the call keeps all its arenas open. */
    boolean gather(boolean begun) {
        arenas.clear();
        List<Operation<?>> tasks = order.tasks();
        int next = order.next();
        int room = Math.min(slot.channel().limits().tasks(device), tasks.size() - next);
        buffer.reserve(Math.max(room, BatchBuffer.LEAST));
        if (placed.length < room) {
            placed = new int[Math.max(room, 2 * placed.length)];
        }
        boolean allHeld = true;
        int count = 0;
        for (int i = next; i < tasks.size() && count < room; i++) {
            Operation<?> task = tasks.get(i);
            if (begun && hasEnded(i, task)) {
                continue;
            }
            if (!fits(task) || order.isHeld(i)) {
                break;
            }
            int held = arenas.count();
            if (!hold(task)) {
                allHeld = false;
                if (!device) {
                    arenas.backTo(held);
                    break;
                }
            }
            put(count, task);
            placed[count++] = i;
        }
        size = count;
        return allHeld && count == tasks.size();
    }

    /** Writes the descriptor of a task. A task without bytes becomes a no-op. */
    private void put(int place, Operation<?> task) {
        Part part = slot.part();
        if (task.byteSize() == 0) {
            part.nop();
        } else if (task.type() == VdmOperationType.MEMCPY && !task.isDurable()) {
            // Most tasks are copies. The general description takes longer.
            part.move(task.destination().address(), task.source().address(), task.byteSize(),
                    task.isForCache() ? Part.FOR_CACHE : 0);
        } else {
            int durable = task.isDurable() ? slot.channel().durableFlags() : 0;
            part.begin(task, durable, durable != 0 && task.secondDestination() != null)
                    .range(0, task.byteSize());
            // A mismatch with a pattern ends the batch. The program finds its byte before a later
            // task writes there.
            part.flags |= task.type() == VdmOperationType.COMPARE_PATTERN ? Part.CHECK_RESULT : 0;
        }
        part.flags |= task.isFenced() && place > 0 ? Part.FENCE : 0;
        if (device) {
            segments.begin(task);
            segments.prepare(part, true);
        }
        buffer.put(place, part);
    }

    /** Returns whether a task has ended. Fails a task with a closed arena. */
    private boolean hasEnded(int index, Operation<?> task) {
        if (!TaskOrder.isOver(task) && !isOpen(task)) {
            order.fail(index, VdmResult.SEGMENT_UNUSABLE,
                    "failed: the arena of a segment was closed", null);
        }
        return TaskOrder.isOver(task);
    }

    private boolean hold(Operation<?> task) {
        return arenas.add(task.destination())
                && arenas.add(task.source())
                && arenas.add(task.second());
    }

    private static boolean isOpen(Operation<?> task) {
        return isOpen(task.destination()) && isOpen(task.source()) && isOpen(task.second());
    }

    private static boolean isOpen(MemorySegment segment) {
        return segment == null || segment.scope().isAlive();
    }

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

    void takeSuccess() {
        List<Operation<?>> tasks = order.tasks();
        ExecutionPath path = slot.path();
        for (int i = 0; i < size; i++) {
            succeed(i, BatchBuffer.SUCCESS, tasks.get(placed[i]), path);
        }
        order.succeededBefore(placed[size - 1] + 1);
        faults = 0;
    }

    void takeRecords() {
        ExecutionPath path = slot.path();
        boolean progress = false;
        boolean faulted = false;
        boolean again = false;
        for (int i = 0; i < size; i++) {
            int index = placed[i];
            Operation<?> task = order.tasks().get(index);
            int status = buffer.status(i);
            if (isSuccess(status, task)) {
                progress = true;
                succeed(i, status, task, path);
            } else if (status == BatchBuffer.PAGE_FAULT && device && faults < MAX_FAULTS) {
                faulted = true;
                progress |= !prefault(index);
            } else if (status != BatchBuffer.NOT_RUN) {
                progress = true;
                // After the first failure, the software path executes the failed and the undone
                // tasks.
                again = again || slot.fallBack();
                if (!again) {
                    fail(index, slot.taskStatus(i));
                }
            }
        }
        faults = progress ? 0 : faulted ? faults + 1 : faults;
    }

    private static boolean isSuccess(int status, Operation<?> task) {
        return status == BatchBuffer.SUCCESS
                || status == BatchBuffer.FALSE_PREDICATE
                        && task.type() == VdmOperationType.COMPARE_PATTERN
                || status == BatchBuffer.DIF_ERROR && task.dif() != null;
    }

    /** Records the result of a successful task. An empty task has no path. */
    private void succeed(int place, int status, Operation<?> task, ExecutionPath path) {
        result.begin(task);
        if (status == BatchBuffer.DIF_ERROR) {
            result.takeBadBlock(buffer.bytes(place), buffer.result(place));
        } else if (result.exists() && task.byteSize() > 0) {
            try {
                result.take(buffer.result(place), buffer.bytes(place), buffer.value(place));
            } catch (SegmentClosedException | WrongThreadException e) {
                // The result is the offset of the word with the mismatch.
            }
        }
        boolean ran = task.byteSize() > 0 || task.type() == VdmOperationType.NOP;
        result.succeed(task, ran ? path : ExecutionPath.NONE);
    }

    /** Prefaults the pages of a task. Returns {@code false} if the task has failed. */
    private boolean prefault(int index) {
        try {
            Operation<?> task = order.tasks().get(index);
            segments.begin(task);
            segments.prefault(slot.part().begin(task, 0, false).range(0, task.byteSize()));
            return true;
        } catch (PageUnavailableException | SegmentClosedException e) {
            fail(index, e);
            return false;
        }
    }

    /** Fails a task because of an exception of {@link Program#submit}. */
    void fail(int index, RuntimeException e) {
        order.fail(index, Program.resultOf(e), "failed: " + e.getMessage(), Program.causeOf(e));
    }

    /** Fails a task with a status of the channel. */
    void fail(int index, int code) {
        VdmStatus status = slot.channel().status(code);
        order.tasks()
                .get(index)
                .fail(slot.path(), status.result(), status,
                        "on %s failed: %s: %s".formatted(slot.channel().place(slot.onDevice()),
                                status,
                                status.explanation()),
                        null);
        order.recordEnd(index);
    }
}
