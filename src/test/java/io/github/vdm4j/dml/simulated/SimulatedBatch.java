package io.github.vdm4j.dml.simulated;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_LONG_UNALIGNED;

import io.github.vdm4j.dml.DmlPath;
import io.github.vdm4j.dml.ffi.dml_h;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.List;

/**
 * The buffer of a batch, with descriptors of 64 bytes and then completion records of 32 bytes.
 *
 * <p>The software path runs the tasks in order and stops at the first failure. The hardware may run
 * them in any order. The simulation therefore begins with the last task. A fence makes a task wait
 * for the tasks before it. If a task before the fence fails, the tasks behind it do not run.
 */
public final class SimulatedBatch {
    static final long TASK_BYTES = 96;
    static final int LEAST_TASKS = 4;
    static final int ALIGNMENT = 64;

    private static final long DESCRIPTOR = 64;
    private static final int RECORD_ADDRESS = 8;

    private final MemorySegment descriptors;
    private final MemorySegment records;
    private final byte[] asSubmitted;
    private final List<SimulatedTask> tasks = new ArrayList<>();
    private boolean badRecordMet;

    private SimulatedBatch(long address, int count) {
        descriptors = MemorySegment.ofAddress(address).reinterpret(count * DESCRIPTOR);
        records = MemorySegment.ofAddress(address + count * DESCRIPTOR)
                .reinterpret(count * SimulatedRecord.SIZE);
        asSubmitted = descriptors.toArray(JAVA_BYTE);
        for (int i = 0; i < count; i++) {
            tasks.add(SimulatedTask.ofDescriptor(descriptor(i)));
        }
    }

    public static SimulatedBatch at(long address, long length) {
        return new SimulatedBatch(address, (int) (length / TASK_BYTES));
    }

    /**
     * Returns the rule that the buffer of the batch breaks, or null. It does not check the tasks.
     */
    static Rule brokenByBuffer(long address, long length) {
        if (address == 0) {
            return Rule.NULL_ADDRESS;
        }
        if (address % ALIGNMENT != 0) {
            return Rule.BATCH_ALIGNMENT;
        }
        return length / TASK_BYTES < LEAST_TASKS ? Rule.BATCH_SIZE : null;
    }

    public List<SimulatedTask> tasks() {
        return tasks;
    }

    private MemorySegment descriptor(int task) {
        return descriptors.asSlice(task * DESCRIPTOR, DESCRIPTOR);
    }

    private MemorySegment record(int task) {
        return records.asSlice(task * SimulatedRecord.SIZE, SimulatedRecord.SIZE);
    }

    /** Returns the rule that a task breaks, or null. */
    Rule brokenBy(int index) {
        SimulatedTask task = tasks.get(index);
        long recordAddress = descriptor(index).get(JAVA_LONG_UNALIGNED, RECORD_ADDRESS);
        if (recordAddress == 0) {
            return Rule.BATCH_TASK_UNSET;
        }
        if (recordAddress != record(index).address()) {
            return Rule.BATCH_RECORD;
        }
        if (record(index).get(JAVA_BYTE, 0) != 0) {
            return Rule.BATCH_RECORD_STALE;
        }
        Rule broken = TaskRules.brokenByDescriptor(task);
        return broken == null && hasReservedBytes(index) ? Rule.RESERVED_FIELD : broken;
    }

    /**
     * Returns whether a reserved byte is set. The device requires 0 there.
     */
    private boolean hasReservedBytes(int index) {
        SimulatedTask task = tasks.get(index);
        var used = new BitSet();
        used.set(4, 16); // flags, the operation's flags, operation, record
        if (!task.isFlowControl()) {
            used.set(24, 36);
            if (!task.is(SimulatedTask.CACHE_FLUSH)) {
                used.set(16, 24);
            }
        }
        if (task.is(SimulatedTask.CRC) || task.is(SimulatedTask.DIF_CHECK)) {
            used.clear(24, 32);
        }
        if (task.is(SimulatedTask.COMPARE) || task.is(SimulatedTask.COMPARE_PATTERN)) {
            used.set(40);
        } else if (task.isCrc() || task.is(SimulatedTask.DELTA_APPLY)) {
            used.set(40, 44);
        } else if (task.is(SimulatedTask.DUALCAST)) {
            used.set(40, 48);
        } else if (task.is(SimulatedTask.DELTA_CREATE)) {
            used.set(40, 52);
            used.set(56);
        } else if (task.isDif()) {
            used.set(42);
            if (!task.is(SimulatedTask.DIF_INSERT)) {
                used.set(40);
                used.set(48, 56);
            }
            if (task.is(SimulatedTask.DIF_INSERT) || task.is(SimulatedTask.DIF_UPDATE)) {
                used.set(41);
                used.set(56, 64);
            }
        }
        MemorySegment bytes = descriptor(index);
        for (int i = 0; i < DESCRIPTOR; i++) {
            if (!used.get(i) && bytes.get(JAVA_BYTE, i) != 0) {
                return true;
            }
        }
        return false;
    }

    /** Returns whether the descriptors have changed since they were submitted. */
    boolean isChanged() {
        return !Arrays.equals(asSubmitted, descriptors.toArray(JAVA_BYTE));
    }

    /**
     * Returns whether the batch met a delta record that would have written outside of its
     * destination.
     */
    boolean badRecordMet() {
        return badRecordMet;
    }

    SimulatedRecord run(Plan plan, DmlPath path) {
        if (plan.status() != dml_h.DML_STATUS_OK) {
            int count = (int) Math.min(Math.max(plan.moved(), 0), tasks.size());
            for (int i = 0; i < count; i++) {
                runTask(i, plan, path);
            }
            return new SimulatedRecord(plan.status(), 0, count, 0, false, 0);
        }
        int done = path == DmlPath.HARDWARE ? runOnHardware(plan) : runInSoftware(plan);
        int status = done < 0 ? dml_h.DML_STATUS_BATCH_ERROR : dml_h.DML_STATUS_OK;
        return new SimulatedRecord(status, 0, done < 0 ? ~done : done, 0, false, 0);
    }

    /** Returns the number of tasks done, or its complement if a task failed. */
    private int runInSoftware(Plan plan) {
        for (int i = 0; i < tasks.size(); i++) {
            if (!runTask(i, plan, DmlPath.SOFTWARE)) {
                return ~i;
            }
        }
        return tasks.size();
    }

    private int runOnHardware(Plan plan) {
        boolean good = true;
        int begin = 0;
        while (begin < tasks.size()) {
            if (!good && tasks.get(begin).has(TaskRules.FENCE)) {
                return ~begin;
            }
            int end = begin + 1;
            while (end < tasks.size() && !tasks.get(end).has(TaskRules.FENCE)) {
                end++;
            }
            for (int i = end - 1; i >= begin; i--) {
                good &= runTask(i, plan, DmlPath.HARDWARE);
            }
            begin = end;
        }
        return good ? begin : ~begin;
    }

    private boolean runTask(int index, Plan plan, DmlPath path) {
        Plan own = plan.tasks().getOrDefault(index, Plan.succeed());
        SimulatedTask task = tasks.get(index);
        SimulatedRecord end;
        if (own.status() == dml_h.DML_STATUS_OK && task.is(SimulatedTask.DELTA_APPLY)
                && !TaskRules.recordIsGood(task)) {
            badRecordMet = true;
            end = SimulatedRecord.of(dml_h.DML_STATUS_DELTA_OFFSET_ERROR);
        } else {
            end = SimulatedOperations.run(task, own, path);
        }
        end.writeTo(record(index));
        return end.isGood();
    }

    /** Returns the library's status of a task. */
    static int statusOf(long address, long length, int task) {
        long record = address + length / TASK_BYTES * DESCRIPTOR + task * SimulatedRecord.SIZE;
        return SimulatedRecord
                .statusIn(MemorySegment.ofAddress(record).reinterpret(SimulatedRecord.SIZE));
    }
}
