package io.github.vdm4j.engine;

import io.github.vdm4j.ExecutionPath;
import io.github.vdm4j.Operation;
import io.github.vdm4j.PendingList;
import io.github.vdm4j.VdmExecutor;
import io.github.vdm4j.VdmOperationType;
import io.github.vdm4j.WhenFull;
import io.github.vdm4j.engine.channel.BatchProgram;
import io.github.vdm4j.engine.channel.Channel;
import io.github.vdm4j.engine.channel.DrainWatch;
import io.github.vdm4j.engine.channel.Part;
import io.github.vdm4j.engine.channel.Program;
import io.github.vdm4j.engine.channel.Slot;
import io.github.vdm4j.engine.channel.SlotPool;
import io.github.vdm4j.engine.channel.SlotRefusedException;
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
 * The executor of a mover on a device. It decides who executes an operation: the JVM on the calling
 * thread, a slot in one call, a worker, or the {@link DeviceEngine} with a slot on the device.
 * Operations for which the device has no free slot wait in order.
 */
public final class DeviceExecutor implements VdmExecutor, DeviceEngine.Forcing {
    private static final IdleStrategy IDLE = IdleStrategy.backOff();
    /** How many operations of other callers a thread submits in a row. */
    private static final int MOST_HAND_OFFS = 8;

    private final String name;
    private final EnginePlan plan;
    private final OffloadPolicy policy;
    private final SlotPool pool;
    private final Channel channel;
    private final EngineFailures failures;
    private final Durability durability;
    private final DeviceEngine engine;
    private final CallerExecutor jvm;
    private final ForcedOperations forced;
    private final BiConsumer<Operation<?>, Forces> whenForced = this::forced;
    private final CompletionThread completions;
    private final PendingList pending = new PendingList();
    /** The number of requests to hand off; the thread that made it 1 serves all of them. */
    private final AtomicInteger handOffs = new AtomicInteger();
    /** Kept, because handing off must not allocate. */
    private final Runnable handingOff = this::serveHandOffs;
    /** Kept, because a new one for each batch would be garbage. */
    private final TaskExecution eachTask = this::executeTask;
    /** Kept for its removal. */
    private final Runnable finisher = this::finishAbandoned;
    /** The longest operation that one call of DML executes; 0 if no call does. */
    private final long inlineBytes;
    private volatile boolean closing;
    /** The workers, made for the first long operation. Written under this. */
    private volatile Workers workers;
    /** Made before the workers. */
    private PartExecutor parts;

    /**
     * Makes an executor, without threads so far.
     *
     * @param plan what it executes with
     * @param name the mover's name, for messages
     */
    public DeviceExecutor(EnginePlan plan, String name) {
        this.plan = plan;
        this.name = name;
        policy = plan.policy();
        pool = plan.pool();
        channel = pool.channel();
        durability = plan.durability();
        failures = new EngineFailures(channel);
        engine = new DeviceEngine(plan, failures, this::handOverToWorker, this);
        jvm = new CallerExecutor(MoveFunctions.STANDARD, durability);
        forced = new ForcedOperations(jvm, this::continueOnWorker);
        completions = new CompletionThread(plan.threadPrefix(), this::servePending);
        inlineBytes = Math.min(channel.inlineBytes(), policy.longestOnCaller());
        MemoryRegions.addFinisher(finisher);
    }

    @Override
    public FutureState start(Operation<?> operation) {
        if (operation.attachment() instanceof Program begun
                && begun.slot().owner() == operation) {
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
        // One call of the software path instead of the way through the engine takes a third of the
        // time of a copy of 64 bytes (docs/adr/0016).
        if (bytes <= inlineBytes && type.ordinal() <= VdmOperationType.MEMSET.ordinal()
                && !operation.isDurable() && isPlain(operation)) {
            Slot slot = pool.take();
            if (slot != null) {
                return executeInline(operation, slot, bytes);
            }
        }
        if (type == VdmOperationType.DRAIN) {
            return startDrain(operation);
        }
        if (operation.isDurable()) {
            Refusal refusal = refusal(operation);
            if (refusal != null) {
                return failures.notDurable(operation, refusal);
            }
            if (type == VdmOperationType.FLUSH && !needsSlotToFlush(operation)) {
                boolean lines =
                        durability.kindOf(operation.destination()) == WriteBackKind.CACHE_LINES;
                return lines && handOverToWorker(operation) ? null : startOnJvm(operation, false);
            }
            FutureState ended = startDurableMove(operation);
            if (ended != null) {
                return ended;
            }
        }
        return startWithSlot(operation);
    }

    /** Returns whether no page can be missing. */
    private static boolean isPlain(Operation<?> operation) {
        return !MemoryRegions.mayLackPages(operation.destination())
                && !MemoryRegions.mayLackPages(operation.source());
    }

    /**
     * Executes an operation in one submission of the software path. The call holds the segments
     * open, so no buffer needs a pin. Every result except success continues in the engine.
     */
    private FutureState executeInline(Operation<?> operation, Slot slot, long bytes) {
        MemorySegment destination = operation.destination();
        MemorySegment source = operation.source();
        int flags = operation.isForCache() ? Part.FOR_CACHE : 0;
        int status;
        try {
            Part part = source == null
                    ? slot.part().fill(destination.address(), bytes, operation.pattern(), flags)
                    : slot.part().move(destination.address(), source.address(), bytes, flags);
            status = slot.execute(part, destination, source);
        } catch (SegmentClosedException e) {
            pool.give(slot);
            return failures.unusable(operation, ExecutionPath.NONE, 0, e.getMessage(),
                    e.getCause());
        } catch (RuntimeException | Error e) {
            pool.give(slot); // else close() would wait for it for ever
            throw e;
        }
        if (status != Slot.OK) {
            return engine.refused(operation, describe(operation, slot), channel.status(status));
        }
        pool.give(slot);
        return operation.succeed(channel.software());
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

    /** Ends a durable copy or fill that needs no slot, or returns null. */
    private FutureState startDurableMove(Operation<?> operation) {
        if (policy.libpmemMoves()
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

    /**
     * Returns whether a flush needs a slot. The JDK forces pages. Hardware, libpmem or DML writes
     * cache lines back.
     */
    private boolean needsSlotToFlush(Operation<?> flush) {
        return (plan.hasDevice() || durability.lines() == null)
                && durability.kindOf(flush.destination()) == WriteBackKind.CACHE_LINES;
    }

    // --- forces

    /** Starts the kernels of the JVM, with the forces on another thread. */
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
            program.slot().owner(operation);
        } else {
            engine.release(operation, program.slot());
        }
        if (!detached) {
            operation.handOver();
        }
        if (batch) {
            forces.submit(operation, whenForced); // its slot makes others wait for it
        } else {
            forced.submit(operation, forces, whenForced);
            handOff();
        }
    }

    private void forced(Operation<?> operation, Forces forces) {
        if (!(operation.attachment() instanceof BatchProgram batch)) {
            operation.complete();
            forced.remove(forces);
        } else if (batch.isDone() || batch.slot().onDevice()) {
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

    private FutureState startWithSlot(Operation<?> operation) {
        if (operation.crcDestination() != null) {
            operation.requireAccess(); // no device touches the destination and would notice
        }
        if (!plan.usesDevice() && handOverToWorker(operation)) {
            return null;
        }
        if (plan.hasDevice() && !pending.isEmpty()) {
            return waitForSlot(operation);
        }
        Slot slot = takeSlot();
        return slot != null ? begin(operation, slot) : startWithoutSlot(operation);
    }

    private FutureState startWithoutSlot(Operation<?> operation) {
        if (closing) {
            return operation.failClosed();
        }
        SlotRefusedException refusal = pool.refusal();
        if (refusal != null) {
            return failures.noSlot(operation, refusal);
        }
        return plan.hasDevice() ? waitForSlot(operation) : startOnJvm(operation, false);
    }

    /** Joins the pending list. An operation on confined memory cannot: its own thread polls it. */
    private FutureState waitForSlot(Operation<?> operation) {
        if (!Workers.canExecute(operation)) {
            Slot slot = takeSlot(); // ahead of the list, because nobody else can submit it
            return slot != null ? begin(operation, slot)
                    : plan.hasSoftware() ? startOnJvm(operation, false) : FutureState.IDLE;
        }
        operation.handOver();
        if (!pending.add(operation, plan.mostPending())) {
            if (pending.isClosed()) {
                operation.failClosed();
            } else {
                failures.full(operation, plan.mostPending());
            }
            operation.complete();
            return null;
        }
        handOff();
        return null;
    }

    private Slot takeSlot() {
        Slot slot = pool.take();
        if (slot == null && !closing) {
            finishAbandoned();
            slot = pool.take();
        }
        return slot;
    }

    /** Returns the program that takes the operation through the slot. */
    private Program describe(Operation<?> operation, Slot slot) {
        WriteBackKind kind = operation.isDurable() ? durability.kindOf(operation.destination())
                : null;
        boolean linesBySoftware = operation.isDurable() && slot.writesLines(durability);
        return switch (operation.type()) {
            case MEMCPY, MEMMOVE, MEMSET, FLUSH -> slot.transfer()
                    .begin(
                            operation.type(), operation.destination(), operation.source(),
                            operation.fillByte(), operation.flags(), operation.byteSize(), kind,
                            linesBySoftware);
            case BATCH -> slot.batch().begin(operation.tasks(), durability);
            default -> {
                MemorySegment second = operation.secondDestination();
                WriteBackKind secondKind = operation.isDurable() && second != null
                        ? durability.kindOf(second)
                        : null;
                yield slot.data()
                        .begin(operation, kind, secondKind, linesBySoftware,
                                policy.isForJvmWithSlot(operation));
            }
        };
    }

    private FutureState begin(Operation<?> operation, Slot slot) {
        Program program = describe(operation, slot);
        if (plan.hasDevice() && !Workers.canExecute(operation)) {
            program.confine();
        }
        operation.attach(program);
        try {
            if (!program.pin()) {
                engine.release(operation, slot);
                return CallerExecutor.failBufferClosed(operation);
            }
            return engine.proceed(operation, program);
        } catch (WrongThreadException e) {
            if (program instanceof BatchProgram batch && batch.hasBegun()) {
                slot.owner(operation);
            } else {
                engine.release(operation, slot); // nothing was submitted: the operation stays idle
            }
            throw e;
        }
    }

    @Override
    public FutureState resume(Operation<?> operation) {
        return switch (operation.attachment()) {
            case Program program -> engine.proceed(operation, program);
            case Slot granted -> begin(operation, granted);
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

    /** Waits for the operations of the first call, then submits a drain. */
    private FutureState drain(Operation<?> operation, Drain drain) {
        Workers running = workers;
        boolean past = pending.reached() >= drain.waiting() && forced.isPast(drain.forced())
                && (drain.atWork() == 0 || running == null || running.isPast(drain.atWork()));
        if (!past || !drain.watch().isOver()) {
            finishAbandoned();
            return FutureState.RUNNING;
        }
        Slot slot = takeSlot();
        if (slot != null) {
            return begin(operation, slot);
        }
        return closing ? operation.succeed(ExecutionPath.NONE) : FutureState.RUNNING;
    }

    // --- workers

    /**
     * Hands a long operation over to a worker, where the hardware does not execute it.
     *
     * @return {@code true} if a worker has it, and the caller must not touch it
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
            program.slot().owner(operation);
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

    /** Returns the workers, or null if the mover is closing or the system has no thread. */
    private Workers workers() {
        Workers running = workers;
        if (running != null) {
            return running;
        }
        synchronized (this) {
            if (workers == null && !closing) {
                try {
                    var fresh = new Workers(plan.threadPrefix() + "-worker", plan.workers(),
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

    /** Executes an operation that the worker owns. */
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
        boolean needsSlot = operation.isOffHeap() && channel.software() != ExecutionPath.JVM
                && (operation.type() != VdmOperationType.FLUSH || needsSlotToFlush(operation));
        Slot slot = needsSlot ? pool.take() : null;
        return slot == null ? startOnJvm(operation, true) : beginOnWorker(operation, slot);
    }

    /** Executes a task of a batch like a single operation: its batch is on the right thread. */
    private Forces executeTask(Operation<?> task, Forces earlier) {
        Slot slot = task.byteSize() == 0 || policy.isForJvm(task) || !task.isOffHeap() ? null
                : pool.take();
        if (slot == null) {
            jvm.execute(task);
            return earlier;
        }
        try {
            for (FutureState reached = beginOnWorker(task, slot); reached != FutureState.COMPLETE;
                    reached = engine.proceed(task, (Program) task.attachment())) {
                Thread.onSpinWait(); // the software path refuses nothing for long
            }
        } catch (Throwable e) {
            JvmFailures.record(task, e, 0);
        }
        return earlier;
    }

    private FutureState beginOnWorker(Operation<?> operation, Slot slot) {
        Program program = describe(operation, slot);
        program.passToWorker();
        operation.attach(program);
        slot.owner(operation);
        if (!program.pin()) {
            engine.release(operation, slot);
            return CallerExecutor.failBufferClosed(operation);
        }
        return engine.proceed(operation, program);
    }

    // --- waiting for slots

    @Override
    public void handOff() {
        if (!pending.isEmpty() && handOffs.getAndIncrement() == 0) {
            Operation.beforeCallbacks(handingOff);
        }
    }

    /** Serves all requests, also those that arrive during the call. */
    private void serveHandOffs() {
        int handedOff = 0;
        int requests = 1;
        do {
            try {
                while (handedOff < MOST_HAND_OFFS && handOffOne()) {
                    handedOff++;
                }
            } catch (Throwable e) { // no slot was taken; another thread tries again
                LibraryThread.report(e);
                handedOff = MOST_HAND_OFFS;
            }
            requests = handOffs.addAndGet(-requests);
        } while (requests != 0);
        if (handedOff == MOST_HAND_OFFS && !pending.isEmpty()) {
            completions.servePending();
        }
    }

    /** Gives a free slot to the operation that has waited longest. */
    private boolean handOffOne() {
        if (pending.isEmpty()) {
            return false;
        }
        Slot slot = pool.take();
        if (slot == null) {
            return false;
        }
        Operation<?> next = pending.take();
        if (next == null) {
            pool.give(slot);
            return false;
        }
        next.attach(slot);
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

    /** Sleeping threads rely on a thread that polls the operations with slots. */
    @Override
    public void answer(Operation<?> operation, Notifier notifier) {
        if (operation.attachment() == null && plan.hasDevice()) {
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
                        && running.takeBack(operation);
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
        boolean byDevice = plan.usesDevice() && operation.isOffHeap()
                && !policy.isForJvm(operation)
                && (operation.type() != VdmOperationType.FLUSH || needsSlotToFlush(operation));
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

    /** Polls the operations in flight. Those with dropped futures then return their slots. */
    private void finishAbandoned() {
        pool.collectOverdue();
        if (plan.hasDevice()) {
            plan.health().finish();
        }
        for (int i = 0; i < pool.capacity(); i++) {
            Slot slot = pool.peek(i);
            if (slot != null && slot.owner() instanceof Operation<?> operation) {
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

    /** Ends the operations that wait for a slot. Returns their number. */
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
        return operation.attachment() instanceof Parts divided && divided.haveBegun()
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
     * Finishes the started operations and frees the slots. A waker must not wait, because the
     * thread that calls it may have to finish an operation. So another thread waits.
     *
     * @throws io.github.vdm4j.VdmException if that exceeds the close timeout; the slots' memory is
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
            throw failures.stuck(name, plan.closeNanos(), inFlight(left), pool.nativeBytes());
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
            Slot slot = pool.peek(i);
            Object owner = slot == null ? null : slot.owner();
            if (owner != null && !known.contains(owner)) {
                names.add(owner.toString());
            }
        }
        int overdue = pool.collectOverdue();
        if (overdue > 0) {
            names.add("%,d %s whose operations have ended with TIMEOUT".formatted(overdue,
                    channel.slotsName()));
        }
        return names;
    }
}
