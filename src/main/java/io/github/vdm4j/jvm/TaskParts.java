package io.github.vdm4j.jvm;

import io.github.vdm4j.ExecutionPath;
import io.github.vdm4j.Operation;
import io.github.vdm4j.VdmResult;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.Function;

/**
 * The parts of a long batch without fences and without durable tasks. A part consists of several
 * short tasks, of a task, or of a part of a long task. The results of the tasks do not depend on
 * each other.
 */
public final class TaskParts extends Division {
    private final ExecutionPath path;
    private final Consumer<Operation<?>> execution;
    private final List<Unit> units = new ArrayList<>();

    // Guarded by this.
    /** Its size is fixed in advance, because the heap may be full later. */
    private final BitSet done;
    /** The number of first units that are done without a gap. */
    private int prefix;
    /** The bytes of the tasks whose units all belong to the prefix. */
    private long taskBytes;

    private volatile long bytesDone;

    /** A part: some tasks, or a part of one task. */
    private static final class Unit {
        final int first;
        final int end;
        /** The parts of the task, or null. */
        final Parts parts;
        /** Whether no further part of the tasks follows. */
        final boolean last;
        /** The claimed part of the task, or -1. */
        int part = -1;

        Unit(int first, int end, Parts parts, boolean last) {
            this.first = first;
            this.end = end;
            this.parts = parts;
            this.last = last;
        }
    }

    /**
     * Divides a batch that {@linkplain #divides can be divided}.
     *
     * @param path the path of the batch
     * @param execution executes a task and writes its completion record
     * @param division divides a long task. It returns null for further tasks
     */
    public TaskParts(Operation<?> batch, ExecutionPath path, Consumer<Operation<?>> execution,
            Function<Operation<?>, Parts> division) {
        super(batch);
        this.path = path;
        this.execution = execution;
        List<Operation<?>> tasks = batch.tasks();
        int first = 0;
        long bytes = 0;
        for (int i = 0; i < tasks.size(); i++) {
            Parts parts = division.apply(tasks.get(i));
            if (parts != null && parts.isOrdered()) {
                parts = null; // One thread executes the whole task.
            }
            bytes += tasks.get(i).byteSize();
            if (parts == null && bytes < Parts.BYTES && i + 1 < tasks.size()) {
                continue;
            }
            int behind = parts == null ? i + 1 : i;
            if (behind > first) {
                units.add(new Unit(first, behind, null, true));
            }
            for (int part = 1; parts != null && part <= parts.count(); part++) {
                units.add(new Unit(i, i + 1, parts, part == parts.count()));
            }
            first = i + 1;
            bytes = 0;
        }
        end = units.size();
        done = new BitSet(end);
    }

    /** Returns whether several threads may execute the tasks of a batch at the same time. */
    public static boolean divides(Operation<?> batch) {
        List<Operation<?>> tasks = batch.tasks();
        for (int i = 0; i < tasks.size(); i++) {
            if (tasks.get(i).isFenced() || tasks.get(i).isDurable()) {
                return false;
            }
        }
        return true;
    }

    @Override
    public synchronized int claim() {
        int next = super.claim();
        Unit unit = next < 0 ? null : units.get(next);
        if (unit != null && unit.parts != null) {
            unit.part = unit.parts.claim();
        }
        return next;
    }

    @Override
    public void execute(int part) {
        Unit unit = units.get(part);
        execute(unit);
        recordDone(part);
    }

    private void execute(Unit unit) {
        if (unit.parts == null) {
            for (int i = unit.first; i < unit.end; i++) {
                executeTask(operation.tasks().get(i));
            }
            return;
        }
        if (unit.part >= 0) {
            unit.parts.execute(unit.part);
            release(unit);
        }
        if (unit.last) {
            release(unit); // the right to claim parts of this task
        }
    }

    private synchronized void recordDone(int part) {
        done.set(part);
        for (; done.get(prefix); prefix++) {
            Unit unit = units.get(prefix);
            for (int i = unit.first; unit.last && i < unit.end; i++) {
                taskBytes += operation.tasks().get(i).recordedBytes();
            }
            bytesDone = taskBytes + (unit.last ? 0 : unit.parts.bytesDone());
        }
    }

    private void executeTask(Operation<?> task) {
        try {
            execution.accept(task);
        } catch (Throwable e) {
            JvmFailures.record(task, e, 0);
        }
    }

    private void release(Unit unit) {
        if (unit.parts.release()) {
            record(operation.tasks().get(unit.first), unit.parts);
        }
    }

    private static void record(Operation<?> task, Parts parts) {
        try {
            parts.record();
        } catch (Throwable e) {
            JvmFailures.record(task, e, parts.bytesDone());
        }
    }

    @Override
    public long bytesDone() {
        return bytesDone;
    }

    /** The method also writes the completion records of the tasks that were not executed. */
    @Override
    synchronized void record() {
        for (Unit unit : units.subList(claimed, units.size())) {
            for (int i = unit.first; i < unit.end; i++) {
                Operation<?> task = operation.tasks().get(i);
                if (unit.parts != null) {
                    unit.parts.stop();
                    record(task, unit.parts);
                } else {
                    task.fail(ExecutionPath.NONE, VdmResult.STOPPED, null,
                            "was not run, because its batch was cancelled, or because its"
                                    + " mover was closed. Submit it again",
                            null);
                }
            }
        }
        operation.succeed(path);
    }
}
