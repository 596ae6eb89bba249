package io.github.vdm4j.engine.channel;

import io.github.vdm4j.ExecutionPath;
import io.github.vdm4j.Operation;
import io.github.vdm4j.VdmOperationType;
import io.github.vdm4j.VdmResult;
import io.github.vdm4j.machine.PageUnavailableException;
import io.github.vdm4j.machine.SegmentClosedException;
import io.github.vdm4j.memory.Durability;
import io.github.vdm4j.memory.Durability.Refusal;
import io.github.vdm4j.memory.Forces;
import io.github.vdm4j.memory.WriteBackKind;
import java.io.IOException;
import java.lang.foreign.MemorySegment;

/** A task of a batch that the slot executes alone, like a single operation. */
final class SingleTask {
    private static final int OK = Slot.OK;

    private final Slot slot;
    private Durability durability;
    private Operation<?> task;

    /** The program of the task, or null if the task needs no slot. */
    private Program program;

    private boolean over;

    /** The forces of the batch's tasks, or null. */
    private Forces forces;

    SingleTask(Slot slot) {
        this.slot = slot;
    }

    /** Begins a batch. */
    void durability(Durability engines) {
        durability = engines;
        forces = null;
    }

    /** Returns the forces of the tasks before the next fence, or null. */
    Forces forces() {
        return forces;
    }

    void clear() {
        task = null;
        program = null;
    }

    /** Begins a task. The task is not empty. */
    void begin(Operation<?> next) {
        task = next;
        program = null;
        over = false;
        WriteBackKind kind = null;
        if (next.isDurable()) {
            MemorySegment second = next.secondDestination();
            kind = durability.kindOf(next.destination());
            Refusal refusal = durability.refusal(next.destination(), kind, true);
            if (refusal == null && second != null) {
                refusal = durability.refusal(second, durability.kindOf(second), true);
            }
            if (refusal != null) {
                failed(refusal.result(), refusal.reason(), null);
                return;
            }
        }
        boolean needsNoSlot = next.type() == VdmOperationType.FLUSH
                && !(kind == WriteBackKind.CACHE_LINES
                        && (slot.onDevice() || slot.writesLines(durability)));
        program = needsNoSlot ? null : slot.begin(next, durability, false);
    }

    boolean isOver() {
        return over;
    }

    /** Submits the current part, or executes it without a submission. */
    int submit() {
        if (over) {
            return OK;
        }
        if (program == null) {
            flush();
            return OK;
        }
        // The program is done already if the previous thread could not access the destination.
        int status = program.isDone() ? OK : program.submit();
        if (status == OK && !slot.isSubmitted()) {
            finishIfDone();
        }
        return status;
    }

    private void flush() {
        MemorySegment range = task.destination();
        boolean lines = durability.kindOf(range) == WriteBackKind.CACHE_LINES;
        if (!lines) {
            task.succeed(ExecutionPath.JVM);
            forces = Program.addPages(forces, task, range, WriteBackKind.PAGES, durability);
        } else if (writeBackLines(() -> durability.writeBackLines(range))) {
            task.succeed(ExecutionPath.LIBPMEM);
        }
        over = true;
    }

    boolean isGood(int status) {
        return program.isGood(status);
    }

    boolean isRepeatable() {
        return program.isRepeatable();
    }

    void prefaultPart() {
        program.prefaultPart();
    }

    /** Records the end of a submission. */
    void next(int status) {
        program.next(status);
        finishIfDone();
    }

    private void finishIfDone() {
        if (!program.isDone()) {
            return;
        }
        if (writeBackLines(() -> program.writeBackLines(durability))) {
            task.succeed(program.executedBy(), program.value(), program.outcome());
            forces = program.forces(forces, task, durability);
        }
        over = true;
    }

    private boolean writeBackLines(LineWriteBack lines) {
        try {
            lines.run();
            return true;
        } catch (WrongThreadException e) {
            throw e;
        } catch (IOException | PageUnavailableException | IllegalStateException e) {
            task.failWriteBack(ExecutionPath.NONE, e);
            return false;
        }
    }

    /** An action that writes cache lines back. */
    private interface LineWriteBack {
        void run() throws IOException;
    }

    void failed(RuntimeException cause) {
        if (cause instanceof SegmentClosedException) {
            failed(VdmResult.SEGMENT_UNUSABLE, "failed: " + cause.getMessage(), cause.getCause());
        } else if (cause instanceof InvalidDataException) {
            failed(VdmResult.INVALID_DATA, "failed: " + cause.getMessage(), null);
        } else {
            failed(VdmResult.IO_ERROR, "failed: " + cause.getMessage(), cause);
        }
    }

    private void failed(VdmResult how, String reason, Throwable cause) {
        task.fail(ExecutionPath.NONE, how, null, reason, cause);
        over = true;
    }
}
