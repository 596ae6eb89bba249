package io.github.vdm4j.dml.simulated;

import io.github.vdm4j.dml.DmlPath;
import io.github.vdm4j.dml.ffi.dml_h;
import io.github.vdm4j.dml.ffi.dml_job_t;
import java.lang.foreign.MemorySegment;
import java.util.List;

/**
 * A submission to a {@link SimulatedDml}, with the fields of its job.
 */
public final class Submission {
    private final DmlPath path;
    private final long job;
    private final long flags;
    private final Thread thread;
    private final Plan plan;
    private volatile SimulatedTask task;
    private volatile SimulatedBatch batch;
    private volatile boolean released;
    private volatile Plan lost;
    private SimulatedRecord record;

    Submission(DmlPath path, MemorySegment struct, Plan plan) {
        this.path = path;
        this.plan = plan;
        job = struct.address();
        flags = dml_job_t.flags(struct);
        task = SimulatedTask.ofJob(struct);
        thread = Thread.currentThread();
    }

    public DmlPath path() {
        return path;
    }

    public long job() {
        return job;
    }

    public SimulatedTask task() {
        return task;
    }

    /** Returns the tasks of an accepted batch, or the task itself. */
    public List<SimulatedTask> tasks() {
        return batch == null ? List.of(task) : batch.tasks();
    }

    public int operation() {
        return task.operation();
    }

    public long source() {
        return task.source();
    }

    public long destination() {
        return task.destination();
    }

    /** Returns the flags that arrived, before the library strips them. */
    public long flags() {
        return flags;
    }

    public long pattern() {
        return task.pattern();
    }

    public Thread thread() {
        return thread;
    }

    public Plan plan() {
        return plan;
    }

    /** Returns the status that the submission returned. */
    public int status() {
        return plan.refusal();
    }

    public boolean copies() {
        return is(dml_h.DML_OP_MEM_MOVE);
    }

    /** Returns the length field that the operation uses. */
    public long length() {
        return task.length();
    }

    /** Lets a {@linkplain Plan#hold() held} submission end at its next check. */
    public void release() {
        released = true;
    }

    /** Ends the submission half-way, with a status at its next check. */
    public void lose(int status) {
        lost = Plan.fail(status).moving(task.length() / 2);
        released = true;
    }

    public boolean is(int otherOperation) {
        return task.is(otherOperation);
    }

    public boolean isBatch() {
        return is(dml_h.DML_OP_BATCH);
    }

    /** Returns the plan, or its outcome after the device was lost. */
    private Plan effective() {
        return lost != null ? lost : plan;
    }

    /** Returns whether the device is still busy, after a number of checks. */
    public boolean isBusy(int checksLeft) {
        return lost == null && (plan.checks() < 0 ? !released : checksLeft > 0);
    }

    public boolean touchesMemory() {
        return effective().moved() != 0;
    }

    /**
     * Reads the data behind the job's pointers, after their check.
     */
    public void readFurther() {
        task = task.withSeed();
        if (isBatch()) {
            batch = SimulatedBatch.at(task.destination(), task.length());
        }
    }

    public SimulatedBatch batch() {
        return batch;
    }

    /** Does the work of the device, up to the end in the plan. */
    public SimulatedRecord execute() {
        record = isBatch()
                ? batch.run(effective(), path)
                : SimulatedOperations.run(task, effective(), path);
        if (plan.afterwards() != null) {
            plan.afterwards().run();
        }
        return record;
    }

    /** Returns the end of the submission, without a moved byte if it was not executed. */
    public SimulatedRecord record() {
        return record == null ? SimulatedRecord.of(effective().status()) : record;
    }

    @Override
    public String toString() {
        return "%s on %s, flags as given 0x%x".formatted(task, path, flags);
    }
}
