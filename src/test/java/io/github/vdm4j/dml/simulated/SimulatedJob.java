package io.github.vdm4j.dml.simulated;

import static io.github.vdm4j.dml.ffi.dml_h.DML_STATUS_BEING_PROCESSED;
import static io.github.vdm4j.dml.ffi.dml_h.DML_STATUS_OK;

import io.github.vdm4j.dml.DmlPath;
import io.github.vdm4j.dml.ffi.dml_h;
import io.github.vdm4j.dml.ffi.dml_job_t;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.concurrent.atomic.AtomicReference;

/**
 * An initialised job of a {@link SimulatedDml}, with its state and the rules about the sequence of
 * calls.
 */
final class SimulatedJob {
    static final int SIZE = 376;

    // The descriptor, the completion record and the path lie behind the struct, from the next
    // multiple of 64 on.
    private static final long INTERNAL_ALIGNMENT = 64;
    private static final long RECORD = 64;
    private static final long PATH = 128;
    private static final long RECORD_ADDRESS = 8;

    private static final long MAGIC = 0x0DD5_0DA5_1BADL;

    private enum State {
        NEW, REFUSED, IN_FLIGHT, ENDED, FINALISED
    }

    private final SimulatedDml dml;
    private final MemorySegment struct;
    private final DmlPath path;
    private final long internal;
    private final AtomicReference<Thread> inside = new AtomicReference<>();
    private volatile State state = State.NEW;
    private volatile Submission current;
    private int checksLeft;

    SimulatedJob(SimulatedDml dml, long address, DmlPath path) {
        this.dml = dml;
        this.path = path;
        struct = MemorySegment.ofAddress(address).reinterpret(SIZE);
        struct.fill((byte) 0);
        internal = internalOf(address) - address;
        dml_job_t.numa_id(struct, -1);
        dml_job_t.internal_data_ptr(struct, struct.asSlice(internal));
        struct.set(ValueLayout.JAVA_LONG_UNALIGNED, internal + PATH, MAGIC);
    }

    /** Returns the address to which the internal pointer of a job must point. */
    static long internalOf(long job) {
        long behind = job + dml_job_t.sizeof();
        return (behind + INTERNAL_ALIGNMENT - 1) / INTERNAL_ALIGNMENT * INTERNAL_ALIGNMENT;
    }

    static long internalIn(MemorySegment struct) {
        return dml_job_t.internal_data_ptr(struct).address();
    }

    boolean owns(long internalPointer) {
        return internalPointer == struct.address() + internal;
    }

    boolean isLive() {
        return state != State.FINALISED;
    }

    boolean isInFlight() {
        return state == State.IN_FLIGHT;
    }

    /** Ends the submission in flight on hardware with a status. */
    void lose(int status) {
        Submission submission = current;
        if (isInFlight() && submission.path() == DmlPath.HARDWARE) {
            submission.lose(status);
        }
    }

    /** Enters the job. Returns false if another thread uses it, or if the job is damaged. */
    private boolean enter(String function) {
        Thread other = inside.compareAndExchange(null, Thread.currentThread());
        if (other != null) {
            violated(Rule.TWO_THREADS,
                    function + " by " + Thread.currentThread() + " while " + other + " is in it");
            return false;
        }
        if (state == State.FINALISED) {
            violated(Rule.FINALISED, function);
        } else if (internalIn(struct) != struct.address() + internal) {
            violated(Rule.MOVED, function);
        } else if (struct.get(ValueLayout.JAVA_LONG_UNALIGNED, internal + PATH) != MAGIC) {
            violated(Rule.OVERWRITTEN, function);
        } else {
            return true;
        }
        inside.set(null);
        return false;
    }

    private void violated(Rule rule, String detail) {
        dml.violated(rule, "job 0x%x: %s".formatted(struct.address(), detail));
    }

    int submit() {
        if (!enter("dml_submit_job")) {
            return dml_h.DML_STATUS_JOB_CORRUPTED;
        }
        try {
            if (state == State.IN_FLIGHT) {
                violated(Rule.SUBMITTED_IN_FLIGHT, current.toString());
                return dml_h.DML_STATUS_INTERNAL_ERROR;
            }
            current = dml.record(path, struct);
            JobField stale = JobField.staleIn(struct);
            if (current.copies() && (current.flags() & dml_h.DML_FLAG_COPY_ONLY) != 0) {
                dml_job_t.flags(struct, current.flags() & 0xFFFF & ~dml_h.DML_FLAG_COPY_ONLY);
            }
            int refusal = current.status();
            if (refusal == DML_STATUS_OK && !fieldsAreGood(stale)) {
                refusal = dml_h.DML_STATUS_INTERNAL_ERROR;
            }
            if (refusal != DML_STATUS_OK) {
                state = State.REFUSED;
                JobField.spoilAll(struct, false);
                return refusal;
            }
            clearRecord();
            state = State.IN_FLIGHT;
            checksLeft = current.path() == DmlPath.HARDWARE ? current.plan().checks() : 0;
            if (current.plan().during() != null) {
                current.plan().during().run();
            }
            if (current.path() == DmlPath.SOFTWARE) {
                execute();
            } else {
                // The simulation reads this once, because the test may restore the device at any
                // time.
                Integer lost = dml.lostWith();
                if (lost != null) {
                    current.lose(lost);
                }
            }
            return DML_STATUS_OK;
        } finally {
            inside.set(null);
        }
    }

    int check(String function) {
        if (!enter(function)) {
            return dml_h.DML_STATUS_JOB_CORRUPTED;
        }
        try {
            if (state == State.ENDED) {
                violated(Rule.CHECKED_AFTER_END, function + ", " + current);
                return current.record().status();
            }
            if (state != State.IN_FLIGHT) {
                violated(
                        Rule.CHECKED_UNSUBMITTED,
                        function + (state == State.NEW
                                ? ", never submitted"
                                : ", the last submission was refused: " + current));
                return DML_STATUS_BEING_PROCESSED;
            }
            if (current.path() == DmlPath.HARDWARE) {
                if (current.isBusy(checksLeft)) {
                    checksLeft -= checksLeft > 0 ? 1 : 0;
                    return DML_STATUS_BEING_PROCESSED;
                }
                if (!current.touchesMemory() || memoryIsReachable()) {
                    execute();
                }
            }
            state = State.ENDED;
            SimulatedRecord record = current.record();
            record.writeTo(recordOf());
            JobField.spoilAll(struct, current.isBatch());
            writeResults(record);
            return record.status();
        } finally {
            inside.set(null);
        }
    }

    int finish() {
        if (!enter("dml_finalize_job")) {
            return dml_h.DML_STATUS_JOB_CORRUPTED;
        }
        try {
            if (state == State.IN_FLIGHT) {
                violated(Rule.FINALISED_IN_FLIGHT, current.toString());
            }
            state = State.FINALISED;
            return DML_STATUS_OK;
        } finally {
            inside.set(null);
        }
    }

    private MemorySegment recordOf() {
        return struct.asSlice(internal + RECORD, SimulatedRecord.SIZE);
    }

    /** Clears the completion record, like the library. */
    private void clearRecord() {
        recordOf().fill((byte) 0);
        struct.set(ValueLayout.JAVA_LONG_UNALIGNED, internal + RECORD_ADDRESS,
                recordOf().address());
    }

    private void execute() {
        current.execute();
        SimulatedBatch batch = current.batch();
        if (batch != null && batch.badRecordMet()) {
            violated(Rule.DELTA_RECORD, current.toString());
        }
    }

    /**
     * Writes the results of the operation and no other field. It writes the CRC even after a
     * failure.
     */
    private void writeResults(SimulatedRecord record) {
        SimulatedTask task = current.task();
        if (task.isCrc()) {
            SimulatedTask.EVERYTHING.set(ValueLayout.JAVA_INT_UNALIGNED, task.crcPointer(),
                    record.value());
        }
        boolean compares = task.is(SimulatedTask.COMPARE) || task.is(SimulatedTask.COMPARE_PATTERN);
        boolean create = task.is(SimulatedTask.DELTA_CREATE);
        if (create) {
            dml_job_t.destination_length(struct, record.value());
        }
        if (compares || create || task.is(SimulatedTask.MEM_MOVE)
                || task.isDif() && !task.is(SimulatedTask.DIF_INSERT)) {
            dml_job_t.result(struct, record.result());
        }
        if (compares || task.isDif()) {
            dml_job_t.offset(struct, (int) record.bytes());
        }
    }

    private boolean fieldsAreGood(JobField stale) {
        Rule broken = stale != null ? Rule.STALE_FIELD : TaskRules.brokenByJob(current.task());
        if (broken == null && isTooLong(current.task())) {
            broken = Rule.LENGTH_ABOVE_LIMIT;
        }
        if (broken == null) {
            broken = dml.allowed().brokenBy(current.task());
        }
        if (broken == null && current.is(SimulatedTask.DELTA_APPLY)
                && !TaskRules.recordIsGood(current.task())) {
            broken = Rule.DELTA_RECORD;
        }
        if (broken == null && current.isBatch()) {
            broken = SimulatedBatch.brokenByBuffer(current.destination(), current.length());
        }
        if (broken != null) {
            violated(broken, (stale == null ? "" : stale + ", ") + current);
            return false;
        }
        current.readFurther();
        return !current.isBatch() || batchIsGood(current.batch());
    }

    private boolean isTooLong(SimulatedTask task) {
        return current.path() == DmlPath.HARDWARE && !task.isFlowControl()
                && task.length() > dml.maxTransferBytes();
    }

    private boolean batchIsGood(SimulatedBatch batch) {
        if (current.path() == DmlPath.HARDWARE && batch.tasks().size() > dml.maxBatchTasks()) {
            violated(Rule.BATCH_LIMIT, current.toString());
            return false;
        }
        for (int i = 0; i < batch.tasks().size(); i++) {
            SimulatedTask task = batch.tasks().get(i);
            Rule broken = batch.brokenBy(i);
            if (broken == null && isTooLong(task)) {
                broken = Rule.LENGTH_ABOVE_LIMIT;
            }
            if (broken == null) {
                broken = dml.allowed().brokenBy(task);
            }
            if (broken != null) {
                violated(broken, "task " + i + ", " + task);
                return false;
            }
        }
        return true;
    }

    private boolean memoryIsReachable() {
        if (current.batch() != null && current.batch().isChanged()) {
            violated(Rule.BATCH_CHANGED, current.toString());
            return false;
        }
        for (SimulatedTask task : current.tasks()) {
            Rule broken = dml.allowed().brokenBy(task);
            if (broken != null) {
                violated(broken, "when the device came to it: " + task);
                return false;
            }
        }
        return true;
    }

    @Override
    public String toString() {
        return "job 0x%x, %s, %s".formatted(struct.address(), path, state);
    }
}
