package io.github.vdm4j.engine.channel;

import io.github.vdm4j.Operation;
import io.github.vdm4j.VdmResult;
import io.github.vdm4j.machine.PageUnavailableException;
import io.github.vdm4j.machine.SegmentClosedException;
import io.github.vdm4j.memory.Durability;
import io.github.vdm4j.memory.Forces;
import io.github.vdm4j.memory.MemoryRegions;
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

    private final TaskOrder order = new TaskOrder();
    private final BatchPart part;
    private final SingleTask single;
    private final HeldRegions regions = new HeldRegions();
    private List<Operation<?>> tasks = List.of();

    /** Whether the program has submitted a task. */
    private boolean begun;

    /** Whether the slot executes the current task alone. */
    private boolean alone;

    BatchProgram(Slot slot) {
        super(slot);
        part = new BatchPart(slot, order);
        single = new SingleTask(slot);
    }

    /** Begins a batch. */
    public BatchProgram begin(List<Operation<?>> work, Durability engines) {
        reset();
        tasks = work;
        order.begin(work, engines);
        part.begin(engines);
        single.durability(engines);
        begun = false;
        alone = false;
        return this;
    }

    /** Returns {@code true} also at a fence while {@link #needsForces} is {@code true}. */
    @Override
    public boolean isDone() {
        if (order.isAtFence() && !needsForces()) {
            order.beginSection();
        }
        return order.isSectionDone();
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

    @Override
    public int submit() {
        if (!alone) {
            Operation<?> task = tasks.get(order.next());
            if (part.canBeginWith(task)) {
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
        order.recordEnd(order.next());
        alone = false;
        single.clear();
        order.advance();
    }

    private int submitPart() {
        boolean everythingHeld = part.gather(begun);
        if (part.isEmpty()) { // No task of the part can run.
            order.advance();
            return OK;
        }
        if (!begun && !everythingHeld) {
            requireUsable();
        }
        try {
            int status = part.submit();
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
     * Returns whether the batch can continue after a part. DML reports an error if a task is not a
     * plain success. The batch continues if any task has run.
     */
    @Override
    boolean isGood(int status) {
        return alone ? single.isGood(status) : status == OK || part.hasRunTask();
    }

    @Override
    void next(int status) {
        if (!alone) {
            if (status == OK) {
                part.takeSuccess();
            } else {
                part.takeRecords();
            }
            order.advance();
        } else {
            single.next(status);
            if (single.isOver()) {
                over();
            }
        }
    }

    @Override
    public boolean canSkipFailedPart(int status) {
        if (!alone) {
            return false;
        }
        order.fail(order.next(), slot(), status);
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
        part.clear();
        order.clear();
        tasks = List.of();
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
}
