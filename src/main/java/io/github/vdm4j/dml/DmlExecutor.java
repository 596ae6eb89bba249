package io.github.vdm4j.dml;

import io.github.vdm4j.ExecutionPath;
import io.github.vdm4j.Operation;
import io.github.vdm4j.PendingList;
import io.github.vdm4j.VdmExecutor;
import io.github.vdm4j.VdmOperationType;
import io.github.vdm4j.WhenFull;
import io.github.vdm4j.dml.ffi.dml_h;
import io.github.vdm4j.dml.job.BatchProgram;
import io.github.vdm4j.dml.job.DmlCallException;
import io.github.vdm4j.dml.job.DrainWatch;
import io.github.vdm4j.dml.job.Job;
import io.github.vdm4j.dml.job.JobPool;
import io.github.vdm4j.dml.job.Program;
import io.github.vdm4j.dml.job.Transfer;
import io.github.vdm4j.future.FutureState;
import io.github.vdm4j.future.IdleStrategy;
import io.github.vdm4j.future.Notifier;
import io.github.vdm4j.jvm.CallerExecutor;
import io.github.vdm4j.jvm.DurableMove;
import io.github.vdm4j.jvm.ForcedOperations;
import io.github.vdm4j.jvm.JvmFailures;
import io.github.vdm4j.jvm.MoveFunctions;
import io.github.vdm4j.jvm.Parts;
import io.github.vdm4j.jvm.TaskSequence.TaskExecution;
import io.github.vdm4j.machine.LibraryThread;
import io.github.vdm4j.machine.SegmentClosedException;
import io.github.vdm4j.memory.CacheLineWriteBack;
import io.github.vdm4j.memory.Durability;
import io.github.vdm4j.memory.Durability.Refusal;
import io.github.vdm4j.memory.Forces;
import io.github.vdm4j.memory.MemoryRegions;
import io.github.vdm4j.memory.WriteBackKind;
import io.github.vdm4j.trace.OperationTrace;
import io.github.vdm4j.worker.PartExecutor;
import io.github.vdm4j.worker.Workers;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BiConsumer;

/**
 * The executor of a {@link DmlDataMover}. It decides who executes an operation: the JVM on the
 * calling thread, a job of DML in one call, a worker, or the {@link DmlEngine} with a job on the
 * device. Operations for which the device has no free job wait in order.
 */
final class DmlExecutor implements VdmExecutor, DmlEngine.Forcing {
    private static final int OK = dml_h.DML_STATUS_OK;
    private static final IdleStrategy IDLE = IdleStrategy.backOff();
    /** How many operations of other callers a thread submits in a row. */
    private static final int MOST_HAND_OFFS = 8;

    private final String name;
    private final DmlPlan plan;
    private final DmlPolicy policy;
    private final JobPool pool;
    private final Durability durability;
    private final DmlEngine engine;
    private final CallerExecutor jvm;
    private final ForcedOperations forced;
    private final BiConsumer<Operation<?>, Forces> whenForced = this::forced;
    private final CompletionThread completions = new CompletionThread(this::servePending);
    private final PendingList pending = new PendingList();
    /** The number of requests to hand off; the thread that made it 1 serves all of them. */
    private final AtomicInteger handOffs = new AtomicInteger();
    /** Kept, because handing off allocates nothing. */
    private final Runnable handingOff = this::serveHandOffs;
    /** Kept, because a new one for each batch would be garbage. */
    private final TaskExecution eachTask = this::executeTask;
    /** Kept, so that it can be removed. */
    private final Runnable finisher = this::finishAbandoned;
    /** The longest operation that one call of DML executes; 0 where none does. */
    private final long inlineBytes;
    private volatile boolean closing;
    /** Made for the first long operation. Written under this. */
    private volatile Workers workers;
    /** Made before the workers. */
    private PartExecutor parts;

    DmlExecutor(DmlPlan plan, String name) {
        this.plan = plan;
        this.name = name;
        policy = plan.policy();
        pool = plan.pool();
        durability = plan.durability();
        engine = new DmlEngine(plan, this::handOverToWorker, this);
        jvm = new CallerExecutor(MoveFunctions.STANDARD, durability);
        forced = new ForcedOperations(jvm, this::continueOnWorker);
        inlineBytes = plan.hardware() || pool.callsBack() ? 0
                : Math.min(plan.limits().softwareBytes(), policy.longestOnCaller());
        MemoryRegions.addFinisher(finisher);
    }

    @Override
    public FutureState start(Operation<?> operation) {
        if (operation.attachment() instanceof Program begun
                && begun.job().owner() == operation) {
            return engine.proceed(operation, begun); // another thread could not go further
        }
        if (closing) {
            return operation.failClosed();
        }
        VdmOperationType type = operation.type();
        long bytes = operation.byteSize();
        if (policy.executesTasksSingly(operation)) {
            return handOverToWorker(operation) ? null
                    : CallerExecutor.startBatch(operation, eachTask);
        }
        if (policy.isForJvm(operation)
                || bytes == 0 && type.ordinal() <= VdmOperationType.DIF_UPDATE.ordinal()
                        && type != VdmOperationType.NOP && type != VdmOperationType.DRAIN) {
            return startOnJvm(operation, false);
        }
        if (plan.hasSoftware() && !operation.isOffHeap()) { // on AUTO; the other paths refuse it
            return handOverToWorker(operation) ? null : startOnJvm(operation, false);
        }
        // One call instead of a job's way through the engine: a third of the time of a copy of 64
        // bytes (docs/adr/0016).
        if (bytes <= inlineBytes && type.ordinal() <= VdmOperationType.MEMSET.ordinal()
                && !operation.isDurable() && isPlain(operation)) {
            Job job = pool.take();
            if (job != null) {
                return executeInline(operation, job, (int) bytes);
            }
        }
        if (type == VdmOperationType.DRAIN) {
            return startDrain(operation);
        }
        if (operation.isDurable()) {
            Refusal refusal = refusal(operation);
            if (refusal != null) {
                return DmlFailures.notDurable(operation, refusal);
            }
            if (type == VdmOperationType.FLUSH && !needsJobToFlush(operation)) {
                boolean lines =
                        durability.kindOf(operation.destination()) == WriteBackKind.CACHE_LINES;
                return lines && handOverToWorker(operation) ? null : startOnJvm(operation, false);
            }
            FutureState ended = startDurableMove(operation);
            if (ended != null) {
                return ended;
            }
        }
        return startWithJob(operation);
    }

    /** Whether no page can be missing. */
    private static boolean isPlain(Operation<?> operation) {
        return !MemoryRegions.mayLackPages(operation.destination())
                && !MemoryRegions.mayLackPages(operation.source());
    }

    /**
     * One submission that the software path executes before it returns. The call holds the segments
     * open, so no buffer needs a pin. Everything but success continues in the engine.
     */
    private FutureState executeInline(Operation<?> operation, Job job, int length) {
        MemorySegment destination = operation.destination();
        MemorySegment source = operation.source();
        int flags = Transfer.descriptorFlags(operation.isForCache(), false);
        int status;
        try {
            if (source == null) {
                job.describeFill(destination.address(), length, operation.pattern(), flags);
            } else {
                job.describeMove(destination.address(), source.address(), length, flags);
            }
            status = job.execute(length, destination, source);
        } catch (SegmentClosedException e) {
            pool.give(job);
            return DmlFailures.unusable(operation, ExecutionPath.NONE, 0, e.getMessage(),
                    e.getCause());
        } catch (RuntimeException | Error e) {
            pool.give(job); // else close() would wait for it for ever
            throw e;
        }
        if (status != OK) {
            return engine.refused(operation, describe(operation, job), DmlStatus.of(status));
        }
        pool.give(job);
        return operation.succeed(ExecutionPath.DML_SOFTWARE);
    }

    private Refusal refusal(Operation<?> operation) {
        MemorySegment destination = operation.destination();
        MemorySegment second = operation.secondDestination();
        Refusal refusal =
                durability.refusal(destination, durability.kindOf(destination), true);
        return refusal == null && second != null
                ? durability.refusal(second, durability.kindOf(second), true)
                : refusal;
    }

    /** Ends a durable copy or fill that needs no job, or returns null. */
    private FutureState startDurableMove(Operation<?> operation) {
        if (policy.usesLibpmemMoves()
                && operation.type().ordinal() <= VdmOperationType.MEMSET.ordinal()
                && operation.byteSize() < policy.workersFrom(operation)
                && durability.kindOf(operation.destination()) == WriteBackKind.CACHE_LINES) {
            CacheLineWriteBack lines = durability.lines();
            if (lines != null && lines.moves() != null) {
                return DurableMove.execute(operation, lines.moves());
            }
        }
        return null;
    }

    /** The JDK forces pages. Hardware writes cache lines back, else libpmem, else DML. */
    private boolean needsJobToFlush(Operation<?> flush) {
        return (plan.hardware() || durability.lines() == null)
                && durability.kindOf(flush.destination()) == WriteBackKind.CACHE_LINES;
    }

    // --- forces

    /** The kernels of the JVM, with the forces on another thread. */
    private FutureState startOnJvm(Operation<?> operation, boolean detached) {
        return isHere(operation) || !operation.isDurable() && operation.tasks() == null
                ? jvm.start(operation)
                : forced.start(operation, detached);
    }

    @Override
    public boolean isHere(Operation<?> operation) {
        return !policy.hasWorkers() || !Workers.canExecute(operation);
    }

    @Override
    public void elsewhere(Operation<?> operation, Program program, Forces forces) {
        boolean detached = program.isOnWorker();
        boolean batch = program instanceof BatchProgram;
        forces.pin();
        if (batch) {
            operation.attach(program);
            program.job().owner(operation);
        } else {
            engine.release(operation, program.job());
        }
        if (!detached) {
            operation.handOver();
        }
        if (batch) {
            forces.submit(operation, whenForced); // its job makes others wait for it
        } else {
            forced.submit(operation, forces, whenForced);
            handOff();
        }
    }

    private void forced(Operation<?> operation, Forces forces) {
        if (!(operation.attachment() instanceof BatchProgram batch)) {
            operation.complete();
            forced.remove(forces);
        } else if (batch.isDone() || batch.job().onHardware()) {
            batch.returnToPollers();
            operation.takeOver(); // ends or submits at once
        } else {
            batch.passToWorker();
            continueOnWorker(operation);
        }
    }

    private void continueOnWorker(Operation<?> operation) {
        Workers running = workers();
        if (running == null || !running.offer(operation, Integer.MAX_VALUE)) {
            work(operation);
        }
    }

    private FutureState startWithJob(Operation<?> operation) {
        if (operation.crcDestination() != null) {
            operation.requireAccess(); // DML does not touch the destination and would not notice
        }
        if (plan.runningPath() == DmlPath.SOFTWARE && handOverToWorker(operation)) {
            return null;
        }
        if (plan.hardware() && !pending.isEmpty()) {
            return waitForJob(operation);
        }
        Job job = takeJob();
        return job != null ? begin(operation, job) : startWithoutJob(operation);
    }

    private FutureState startWithoutJob(Operation<?> operation) {
        if (closing) {
            return operation.failClosed();
        }
        DmlCallException refusal = pool.refusal();
        if (refusal != null) {
            return DmlFailures.noJob(operation, refusal);
        }
        return plan.hardware() ? waitForJob(operation) : startOnJvm(operation, false);
    }

    /** Joins the pending list. An operation on confined memory cannot: its own thread polls it. */
    private FutureState waitForJob(Operation<?> operation) {
        if (!Workers.canExecute(operation)) {
            Job job = takeJob(); // ahead of the list, because nobody else can submit it
            return job != null ? begin(operation, job)
                    : plan.hasSoftware() ? startOnJvm(operation, false) : FutureState.IDLE;
        }
        operation.handOver();
        if (!pending.add(operation, plan.mostPending())) {
            if (pending.isClosed()) {
                operation.failClosed();
            } else {
                DmlFailures.full(operation, plan.mostPending());
            }
            operation.complete();
            return null;
        }
        handOff();
        return null;
    }

    private Job takeJob() {
        Job job = pool.take();
        if (job == null && !closing) {
            finishAbandoned();
            job = pool.take();
        }
        return job;
    }

    /** The operation on its way through a job. */
    private Program describe(Operation<?> operation, Job job) {
        WriteBackKind kind = operation.isDurable() ? durability.kindOf(operation.destination())
                : null;
        boolean linesByDml = operation.isDurable() && durability.lines() == null;
        return switch (operation.type()) {
            case MEMCPY, MEMMOVE, MEMSET, FLUSH -> job.transfer()
                    .begin(
                            operation.type(), operation.destination(), operation.source(),
                            operation.fillByte(), operation.flags(), operation.byteSize(), kind,
                            linesByDml);
            case BATCH -> job.batch().begin(operation.tasks(), durability, DmlFailures::failed);
            default -> {
                MemorySegment second = operation.secondDestination();
                WriteBackKind secondKind = operation.isDurable() && second != null
                        ? durability.kindOf(second)
                        : null;
                yield job.data()
                        .begin(operation, kind, secondKind, linesByDml,
                                policy.isForJvmWithJob(operation));
            }
        };
    }

    private FutureState begin(Operation<?> operation, Job job) {
        Program program = describe(operation, job);
        if (plan.hardware() && !Workers.canExecute(operation)) {
            program.confine();
        }
        operation.attach(program);
        try {
            if (!program.pin()) {
                engine.release(operation, job);
                return CallerExecutor.failBufferClosed(operation);
            }
            return engine.proceed(operation, program);
        } catch (WrongThreadException e) {
            if (program instanceof BatchProgram batch && batch.hasBegun()) {
                job.owner(operation);
            } else {
                engine.release(operation, job); // nothing was submitted: the operation stays idle
            }
            throw e;
        }
    }

    @Override
    public FutureState resume(Operation<?> operation) {
        return switch (operation.attachment()) {
            case Program program -> engine.proceed(operation, program);
            case Job granted -> begin(operation, granted);
            case Drain drain -> drain(operation, drain);
            default -> throw new IllegalStateException(operation + " has nothing in flight");
        };
    }

    // --- drains

    /** What was in flight, at work and waiting when a drain started. */
    private record Drain(DrainWatch watch, long atWork, long waiting, List<Forces> forced) {}

    private FutureState startDrain(Operation<?> operation) {
        var watch = new DrainWatch(pool);
        watch.begin();
        Workers running = workers;
        var drain = new Drain(watch, running == null ? 0 : running.mark(), pending.mark(),
                forced.mark());
        operation.attach(drain);
        return drain(operation, drain);
    }

    /** Waits for what was there at the first call, then has DML drain its queue. */
    private FutureState drain(Operation<?> operation, Drain drain) {
        Workers running = workers;
        boolean past = pending.reached() >= drain.waiting() && forced.isPast(drain.forced())
                && (drain.atWork() == 0 || running == null || running.isPast(drain.atWork()));
        if (!past || !drain.watch().isOver()) {
            finishAbandoned();
            return FutureState.RUNNING;
        }
        Job job = takeJob();
        if (job != null) {
            return begin(operation, job);
        }
        return closing ? operation.succeed(ExecutionPath.NONE) : FutureState.RUNNING;
    }

    // --- workers

    /**
     * Hands a long operation over to a worker, where the hardware does not execute it.
     *
     * @return true if a worker has it: the caller must not touch it any more
     */
    private boolean handOverToWorker(Operation<?> operation) {
        if (operation.byteSize() < policy.workersFrom(operation)
                || operation.type() == VdmOperationType.DRAIN
                || !Workers.canExecute(operation)) {
            return false;
        }
        Workers running = workers();
        if (running == null) {
            return false;
        }
        if (operation.attachment() instanceof Program program) {
            program.passToWorker();
            program.job().owner(operation);
        } else if (!divide(operation)) {
            operation.attach(null);
        }
        operation.handOver();
        if (!running.offer(operation, Integer.MAX_VALUE)) {
            if (operation.attachment() instanceof Parts divided) {
                divided.unpin();
                operation.attach(null);
            }
            work(operation); // the mover is closing
        }
        return true;
    }

    /** Returns false if one worker executes the operation. */
    private boolean divide(Operation<?> operation) {
        Parts divided = jvm.canMakeDurable(operation) ? parts.divide(operation) : null;
        return divided != null && divided.pin(); // else the worker reports that a buffer is closed
    }

    /** Null if the mover is closing, or the system has no thread to give. */
    private Workers workers() {
        Workers running = workers;
        if (running != null) {
            return running;
        }
        synchronized (this) {
            if (workers == null && !closing) {
                try {
                    var fresh = new Workers("vdm4j-dml-worker", plan.workers(),
                            plan.workerStrategy(), this::work);
                    parts = new PartExecutor(fresh, jvm, forced, policy.parallelFrom());
                    workers = fresh;
                } catch (OutOfMemoryError e) {
                    return null;
                }
            }
            return workers;
        }
    }

    /** What a worker does with an operation that it owns. */
    private void work(Operation<?> operation) {
        if (operation.attachment() instanceof Parts divided) {
            parts.work(operation, divided);
            return;
        }
        try {
            OperationTrace.workBegins(operation);
            FutureState reached;
            if (operation.attachment() instanceof Program program) {
                reached = engine.proceed(operation, program);
            } else if (ForcedOperations.hasBegun(operation)) {
                forced.execute(operation);
                return;
            } else {
                reached = startOnWorker(operation);
            }
            for (int round = 0; reached == FutureState.RUNNING; round++) {
                IDLE.idle(round);
                reached = engine.proceed(operation, (Program) operation.attachment());
            }
            if (reached == null) {
                return; // a thread that forces has the operation
            }
            OperationTrace.workEnds(operation);
        } catch (Throwable e) {
            operation.completeBroken(e);
            return;
        }
        operation.complete();
    }

    private FutureState startOnWorker(Operation<?> operation) {
        if (policy.executesTasksSingly(operation)) {
            return CallerExecutor.startBatch(operation, eachTask);
        }
        boolean needsJob = operation.isOffHeap()
                && (operation.type() != VdmOperationType.FLUSH || needsJobToFlush(operation));
        Job job = needsJob ? pool.take() : null;
        return job == null ? startOnJvm(operation, true) : beginOnWorker(operation, job);
    }

    /** Executes a task of a batch like a single operation: its batch is on the right thread. */
    private Forces executeTask(Operation<?> task, Forces earlier) {
        Job job = task.byteSize() == 0 || policy.isForJvm(task) || !task.isOffHeap() ? null
                : pool.take();
        if (job == null) {
            jvm.execute(task);
            return earlier;
        }
        try {
            for (FutureState reached = beginOnWorker(task, job); reached != FutureState.COMPLETE;
                    reached = engine.proceed(task, (Program) task.attachment())) {
                Thread.onSpinWait(); // the software path refuses nothing for long
            }
        } catch (Throwable e) {
            JvmFailures.record(task, e, 0);
        }
        return earlier;
    }

    private FutureState beginOnWorker(Operation<?> operation, Job job) {
        Program program = describe(operation, job);
        program.passToWorker();
        operation.attach(program);
        job.owner(operation);
        if (!program.pin()) {
            engine.release(operation, job);
            return CallerExecutor.failBufferClosed(operation);
        }
        return engine.proceed(operation, program);
    }

    // --- waiting for jobs

    @Override
    public void handOff() {
        if (!pending.isEmpty() && handOffs.getAndIncrement() == 0) {
            Operation.beforeCallbacks(handingOff);
        }
    }

    /** Serves all requests, also those that arrive meanwhile. */
    private void serveHandOffs() {
        int handedOff = 0;
        int requests = 1;
        do {
            try {
                while (handedOff < MOST_HAND_OFFS && handOffOne()) {
                    handedOff++;
                }
            } catch (Throwable e) { // no job was taken; another thread tries again
                LibraryThread.report(e);
                handedOff = MOST_HAND_OFFS;
            }
            requests = handOffs.addAndGet(-requests);
        } while (requests != 0);
        if (handedOff == MOST_HAND_OFFS && !pending.isEmpty()) {
            completions.servePending();
        }
    }

    /** Gives a free job to the operation that has waited longest. */
    private boolean handOffOne() {
        if (pending.isEmpty()) {
            return false;
        }
        Job job = pool.take();
        if (job == null) {
            return false;
        }
        Operation<?> next = pending.take();
        if (next == null) {
            pool.give(job);
            return false;
        }
        next.attach(job);
        next.takeOver();
        return true;
    }

    @Override
    public void reap(Operation<?> operation) {
        if (!pending.isEmpty()) {
            finishAbandoned();
            handOff();
        }
    }

    /** Whoever sleeps relies on a thread that polls what has the jobs. */
    @Override
    public void answer(Operation<?> operation, Notifier notifier) {
        if (operation.attachment() == null && plan.hardware()) {
            completions.servePending();
        }
        notifier.useWaker();
    }

    private boolean servePending() {
        if (pending.isEmpty()) {
            return false;
        }
        finishAbandoned();
        handOff();
        return true;
    }

    @Override
    public boolean cancelPending(Operation<?> operation) {
        Workers running = workers;
        if (operation.attachment() instanceof Parts divided) {
            return parts.cancel(operation, divided);
        }
        return pending.remove(operation)
                || running != null && !(operation.attachment() instanceof Program)
                        && !ForcedOperations.hasBegun(operation)
                        && running.remove(operation);
    }

    @Override
    public long bytesDone(Operation<?> operation) {
        return operation.attachment() instanceof Parts divided ? divided.bytesDone() : 0;
    }

    @Override
    public boolean watch(Operation<?> operation) {
        return operation.attachment() instanceof Program && Workers.canExecute(operation)
                && completions.watch(operation);
    }

    @Override
    public boolean isAsync(Operation<?> operation) {
        boolean byDevice = plan.runningPath() == DmlPath.HARDWARE && operation.isOffHeap()
                && (operation.type() != VdmOperationType.FLUSH || needsJobToFlush(operation));
        return isHere(operation) ? byDevice && !isForced(operation)
                : byDevice || isForced(operation)
                        || operation.byteSize() >= policy.workersFrom(operation);
    }

    private boolean isForced(Operation<?> operation) {
        List<Operation<?>> tasks = operation.tasks();
        return tasks != null ? tasks.stream().anyMatch(this::isForced)
                : operation.isDurable() && operation.destination() != null
                        && durability.kindOf(operation.destination()) == WriteBackKind.PAGES;
    }

    /** Polls what is in flight, so that operations whose futures were dropped return their jobs. */
    private void finishAbandoned() {
        pool.collectOverdue();
        if (plan.hardware()) {
            plan.health().finish();
        }
        for (int i = 0; i < pool.capacity(); i++) {
            Job job = pool.peek(i);
            if (job != null && job.owner() instanceof Operation<?> operation) {
                try {
                    operation.advanceIfRunning();
                } catch (WrongThreadException e) {
                    // its own thread will continue it
                }
            }
        }
    }

    @Override
    public int refusePending() {
        pending.close();
        Workers running;
        synchronized (this) {
            closing = true;
            running = workers;
        }
        return refuseWaiting() + (running == null ? 0 : refuseUnbegun(running));
    }

    /** Ends the operations that wait for a job. Returns their number. */
    private int refuseWaiting() {
        int refused = 0;
        for (Operation<?> next = pending.take(); next != null; next = pending.take()) {
            next.failClosed();
            next.complete();
            refused++;
        }
        return refused;
    }

    private static boolean hasBegun(Operation<?> operation) {
        return operation.attachment() instanceof Parts divided && divided.hasBegun()
                || operation.attachment() instanceof Program
                || ForcedOperations.hasBegun(operation);
    }

    private static int refuseUnbegun(Workers running) {
        return running.endPending(operation -> !hasBegun(operation), operation -> {
            ForcedOperations.unpin(operation);
            operation.failClosed();
            operation.complete();
        });
    }

    /**
     * Finishes what was started and frees the jobs. A waker must not wait, because the thread that
     * calls it may have to finish an operation. So another thread waits.
     *
     * @throws io.github.vdm4j.VdmException if that takes longer than it may; the jobs' memory is
     *     kept then
     */
    @Override
    public void close() {
        pending.close();
        if (LibraryThread.isCurrent()) {
            new LibraryThread("vdm4j-close", this::finish).start();
        } else {
            finish();
        }
    }

    private void finish() {
        long start = System.nanoTime();
        finishPending(start);
        Workers running;
        synchronized (this) {
            closing = true;
            running = workers;
        }
        engine.close();
        List<Operation<?>> stuck = List.of();
        if (running != null) {
            stuck = running.stop(Math.max(0, plan.closeNanos() - (System.nanoTime() - start)));
            refuseUnbegun(running);
            parts.stopAll(stuck);
        }
        List<Operation<?>> unforced =
                forced.await(plan.closeNanos() - (System.nanoTime() - start));
        boolean closed = pool.tryClose();
        for (int round = 0; !closed && System.nanoTime() - start < plan.closeNanos(); round++) {
            finishAbandoned();
            IDLE.idle(round);
            closed = pool.tryClose();
        }
        completions.stop();
        if (!closed || !unforced.isEmpty() || !stuck.isEmpty()) {
            Set<Operation<?>> left = new LinkedHashSet<>(stuck);
            left.addAll(unforced);
            throw DmlFailures.stuck(name, plan.closeNanos(), inFlight(left), pool.nativeBytes());
        }
        MemoryRegions.removeFinisher(finisher);
    }

    /** Lets the operations that wait run. Those that still wait at the deadline end with CLOSED. */
    private void finishPending(long start) {
        for (int round = 0; !pending.isEmpty()
                && System.nanoTime() - start < plan.closeNanos(); round++) {
            finishAbandoned();
            handOff();
            IDLE.idle(round);
        }
        refuseWaiting();
    }

    private List<String> inFlight(Set<Operation<?>> known) {
        List<String> names = new ArrayList<>();
        known.forEach(each -> names.add(each.toString()));
        for (int i = 0; i < pool.capacity(); i++) {
            Job job = pool.peek(i);
            Object owner = job == null ? null : job.owner();
            if (owner != null && !known.contains(owner)) {
                names.add(owner.toString());
            }
        }
        int overdue = pool.collectOverdue();
        if (overdue > 0) {
            names.add("%,d jobs whose operations have ended with TIMEOUT".formatted(overdue));
        }
        return names;
    }
}
