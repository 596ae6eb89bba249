package io.github.vdm4j.engine.channel;

import io.github.vdm4j.ExecutionPath;
import io.github.vdm4j.Operation;
import io.github.vdm4j.VdmResult;
import io.github.vdm4j.jvm.TaskOrder;
import io.github.vdm4j.machine.PageUnavailableException;
import io.github.vdm4j.machine.SegmentClosedException;
import io.github.vdm4j.memory.Durability;
import io.github.vdm4j.memory.Forces;
import io.github.vdm4j.memory.MemoryRegions;
import java.util.List;
import java.util.function.Predicate;

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

    private final TaskOrder order = new TaskOrder();
    private final BatchPart part;
    private Durability durability;
    private Predicate<Operation<?>> fasterInJvm;
    private Operation<?> operation;

    private boolean begun;
    /** Whether the slot has executed a part. The JVM and libpmem execute a task without a slot. */
    private boolean usedSlot;

    /** The program of the current task if the slot executes it alone, or null. */
    private Program alone;

    BatchProgram(Slot slot) {
        super(slot);
        part = new BatchPart(slot, order);
    }

    BatchProgram begin(Operation<?> batch, Durability engines,
            Predicate<Operation<?>> faster) {
        reset();
        operation = batch;
        durability = engines;
        fasterInJvm = faster;
        order.begin(batch.tasks());
        part.begin(engines, faster);
        begun = false;
        usedSlot = false;
        alone = null;
        return this;
    }

    /** Returns {@code true} also at a fence while {@link #pendingForces} has forces. */
    @Override
    public boolean isDone() {
        return order.isPaused();
    }

    @Override
    public Forces pendingForces() {
        return order.pendingForces();
    }

    @Override
    public int submit() {
        if (alone == null) {
            Operation<?> task = order.nextTask();
            if (part.canBeginWith(task)) {
                return submitPart();
            }
            if (!begun) {
                requireUsable();
                begun = true;
            }
            Durability.Refusal refusal = durability.refusal(task, true);
            if (refusal != null) {
                order.fail(order.next(), refusal.result(), refusal.reason(), null);
                order.advance();
                return OK;
            }
            alone = slot().begin(task, durability, fasterInJvm);
        }
        return submitAlone();
    }

    private int submitAlone() {
        try {
            // The program is done already if the previous thread could not access the destination.
            int status = alone.isDone() ? OK : alone.submit();
            if (status != OK || slot().isSubmitted()) {
                countPath();
                usedSlot = true;
                return status;
            }
            finishAloneIfDone();
        } catch (SegmentClosedException | PageUnavailableException | InvalidDataException e) {
            failAlone(e);
        }
        return OK;
    }

    private void finishAloneIfDone() {
        if (alone.isDone()) {
            Forces forces = alone.finish(order.nextTask(), order.forces());
            alone = null;
            order.endTask(forces);
        }
    }

    private void failAlone(RuntimeException e) {
        part.fail(order.next(), e);
        endAlone();
    }

    private void endAlone() {
        alone = null;
        order.advance();
    }

    private int submitPart() {
        boolean allHeld = part.gather(begun);
        if (part.isEmpty()) { // No task of the part can run.
            order.advance();
            return OK;
        }
        if (!begun && !allHeld) {
            requireUsable();
        }
        try {
            int status = part.submit();
            if (status == OK) {
                begun = true;
                countPath();
                usedSlot = true;
            }
            return status;
        } catch (SegmentClosedException e) {
            if (!begun) {
                throw e;
            }
            return OK; // The next part finds the task of the closed arena.
        }
    }

    /** DML reports an error if a task is not a plain success. The batch continues if a task ran. */
    @Override
    boolean isGood(int status) {
        return alone != null ? alone.isGood(status) : status == OK || part.hasRunTask();
    }

    @Override
    void next(int status) {
        if (alone != null) {
            alone.next(status);
            finishAloneIfDone();
            return;
        }
        if (status == OK) {
            part.takeSuccess();
        } else {
            part.takeRecords();
        }
        order.advance();
    }

    @Override
    public boolean canSkipFailedPart(int status) {
        if (alone == null) {
            return false;
        }
        part.fail(order.next(), status);
        endAlone();
        return true;
    }

    /** A part of several tasks is repeated only if no task has run. */
    @Override
    public boolean isRepeatable() {
        return alone == null || alone.isRepeatable();
    }

    @Override
    public boolean takeProgress() {
        return alone != null && alone.takeProgress();
    }

    @Override
    void prefaultPart() {
        if (alone != null) {
            try {
                alone.prefaultPart();
            } catch (SegmentClosedException | PageUnavailableException e) {
                failAlone(e);
            }
        }
    }

    @Override
    public boolean pin() {
        List<Operation<?>> tasks = order.tasks();
        for (int i = 0; i < tasks.size() && MemoryRegions.any(); i++) {
            if (!pin(tasks.get(i))) {
                return false;
            }
        }
        return true;
    }

    /** Checks all segments before the first submission, because it does not contain all tasks. */
    private void requireUsable() {
        List<Operation<?>> tasks = order.tasks();
        for (int i = 0; i < tasks.size(); i++) {
            Operation<?> task = tasks.get(i);
            Slot.requireUsable(task.destination());
            Slot.requireUsable(task.source());
            Slot.requireUsable(task.second());
        }
    }

    /** Returns whether a task has run or was submitted. Otherwise the batch can start again. */
    public boolean hasBegun() {
        return begun;
    }

    @Override
    void clear() {
        super.clear();
        alone = null;
        part.clear();
        order.clear();
        operation = null;
    }

    @Override
    Forces finish(Forces earlier) {
        operation.succeed(path());
        return earlier;
    }

    private ExecutionPath path() {
        List<Operation<?>> tasks = order.tasks();
        for (int i = 0; i < tasks.size() && !usedSlot; i++) {
            ExecutionPath path = tasks.get(i).executedBy();
            if (path != ExecutionPath.NONE) {
                return path;
            }
        }
        return executedBy();
    }

    @Override
    public long bytesMoved() {
        long sum = 0;
        List<Operation<?>> tasks = order.tasks();
        for (int i = 0; i < tasks.size(); i++) {
            Operation<?> task = tasks.get(i);
            if (task.recordedResult() == VdmResult.SUCCESS) {
                sum += task.byteSize();
            }
        }
        return sum;
    }
}
