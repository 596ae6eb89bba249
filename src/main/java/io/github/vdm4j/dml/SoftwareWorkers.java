package io.github.vdm4j.dml;

import io.github.vdm4j.dml.internal.Program;
import io.github.vdm4j.future.WorkerStrategy;
import io.github.vdm4j.worker.Workers;
import java.util.List;
import java.util.function.Consumer;

/**
 * The threads that execute a mover's long operations where DML itself would do so on the thread that submits. Started
 * when the first of them comes.
 */
final class SoftwareWorkers {
    /** What is confined to a thread is confined to another than this. Made when an operation is long enough to ask. */
    private static final class Stranger {
        static final Thread THREAD = Thread.ofPlatform().unstarted(() -> {});
    }

    private final Settings settings;
    private final int jobs;
    private final Consumer<Program> work;
    private volatile Workers<Program> workers;
    private boolean stopped;

    /**
     * What a mover's builder says.
     *
     * @param fromBytes how long an operation has to be
     * @param threads how many threads
     * @param strategy what they do when there is nothing to do
     */
    record Settings(long fromBytes, int threads, WorkerStrategy strategy) {}

    SoftwareWorkers(Settings settings, int jobs, Consumer<Program> work) {
        this.settings = settings;
        this.jobs = jobs;
        this.work = work;
    }

    /** Tells whether other threads than the current one can execute an operation. */
    static boolean canHandOver(EngineFuture future) {
        return future.isAccessibleBy(Stranger.THREAD);
    }

    long fromBytes() {
        return settings.fromBytes();
    }

    /** Tells whether an operation is for the workers, with so many of its bytes done. */
    boolean want(EngineFuture future, long done) {
        return future.byteSize() - done >= settings.fromBytes() && canHandOver(future);
    }

    /** False if the mover is closed, or the system has no thread to give: the caller executes it itself. */
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
                workers = new Workers<>("vdm4j-dml-worker", settings.threads(), jobs, settings.strategy(), work);
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
