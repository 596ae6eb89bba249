package io.github.vdm4j.dml;

import io.github.vdm4j.dml.internal.Program;
import io.github.vdm4j.worker.Workers;
import java.util.List;
import java.util.function.Consumer;

/**
 * The threads that execute a mover's long operations where DML itself would do so on the thread
 * that submits. Started when the first of them comes.
 */
final class SoftwareWorkers {
    /**
     * What is confined to a thread is confined to another than this. Made when an operation is long
     * enough to ask.
     */
    private static final class Stranger {
        static final Thread THREAD = Thread.ofPlatform().unstarted(() -> {});
    }

    private final DmlPlan plan;
    private final Consumer<Program> work;
    private volatile Workers<Program> workers;
    private boolean stopped;

    SoftwareWorkers(DmlPlan plan, Consumer<Program> work) {
        this.plan = plan;
        this.work = work;
    }

    /** Tells whether other threads than the current one can execute an operation. */
    static boolean canHandOver(EngineFuture future) {
        return future.isAccessibleBy(Stranger.THREAD);
    }

    long fromBytes() {
        return plan.workersFrom();
    }

    /** Tells whether an operation is for the workers, with so many of its bytes done. */
    boolean want(EngineFuture future, long done) {
        return future.byteSize() - done >= plan.workersFrom() && canHandOver(future);
    }

    /**
     * False if the mover is closed, or the system has no thread to give: the caller executes it
     * itself.
     */
    boolean take(Program program) {
        Workers<Program> running = workers;
        if (running == null) {
            running = start();
        }
        return running != null && running.offer(program); // there is a place for every job
    }

    private synchronized Workers<Program> start() {
        if (workers == null && !stopped) {
            try {
                workers = new Workers<>(
                        "vdm4j-dml-worker", plan.workers(), plan.pool().capacity(),
                        plan.workerStrategy(), work);
            } catch (OutOfMemoryError e) {
                return null;
            }
        }
        return workers;
    }

    /** Lets the workers finish what they have, for so long; what they have not finished then. */
    List<Program> stop(long nanos) {
        Workers<Program> running;
        synchronized (this) {
            stopped = true;
            running = workers;
        }
        return running == null ? List.of() : running.stop(nanos);
    }
}
