package io.github.vdm4j.engine;

import io.github.vdm4j.ExecutionPath;
import io.github.vdm4j.Operation;
import io.github.vdm4j.PendingList;
import io.github.vdm4j.VdmExecutor;
import io.github.vdm4j.VdmOperationType;
import io.github.vdm4j.engine.channel.CopyProgress;
import io.github.vdm4j.engine.channel.Program;
import io.github.vdm4j.engine.channel.Slot;
import io.github.vdm4j.engine.channel.SlotPool;
import io.github.vdm4j.engine.channel.SlotRefusedException;
import io.github.vdm4j.future.FutureState;
import io.github.vdm4j.future.IdleStrategy;
import io.github.vdm4j.future.Notifier;
import io.github.vdm4j.jvm.CallerExecutor;
import io.github.vdm4j.jvm.Division;
import io.github.vdm4j.jvm.DurableMove;
import io.github.vdm4j.machine.LibraryThread;
import io.github.vdm4j.machine.Seam;
import io.github.vdm4j.memory.Durability;
import io.github.vdm4j.memory.Durability.Refusal;
import io.github.vdm4j.memory.DurableMoves;
import io.github.vdm4j.memory.MemoryRegions;
import io.github.vdm4j.memory.WriteBackKind;
import io.github.vdm4j.worker.Workers;
import java.time.Duration;
import java.util.Set;

/**
 * The executor of a mover on a device. It executes short operations in the JVM or in one call of
 * the channel's software, and gives long operations to workers. The {@link DeviceEngine} executes
 * the remaining operations with a slot on the device. If no slot is free, operations wait in order.
 */
public final class DeviceExecutor implements VdmExecutor {
    private static final IdleStrategy IDLE = IdleStrategy.backOff();

    private final String name;
    private final boolean takesHeap;
    private final EnginePlan plan;
    private final OffloadPolicy policy;
    private final SlotPool pool;
    private final EngineFailures failures;
    private final Durability durability;
    private final DeviceEngine engine;
    private final InlineMoves inline;
    private final DeviceWorkers workers;
    private final SlotQueue queue;
    private final PendingList pending;
    /** The finisher in {@link MemoryRegions}. Closing the mover removes it. */
    private final Runnable finisher;
    private volatile boolean closing;

    /**
     * Creates an executor. It has no threads yet.
     *
     * @param takesHeap whether the mover accepts heap segments
     */
    public DeviceExecutor(EnginePlan plan, String name, boolean takesHeap) {
        this.plan = plan;
        this.name = name;
        this.takesHeap = takesHeap;
        policy = plan.policy();
        pool = plan.pool();
        durability = plan.durability();
        failures = new EngineFailures(pool.channel());
        queue = new SlotQueue(plan, failures);
        pending = queue.pending();
        workers = new DeviceWorkers(plan, failures, queue);
        engine = workers.engine();
        inline = new InlineMoves(plan, engine, takesHeap);
        finisher = queue::finishAbandoned;
        MemoryRegions.addFinisher(finisher);
    }

    @Override
    public FutureState start(Operation<?> operation) {
        // For a short copy, startAny would take longer than the copy (docs/adr/0016).
        if (operation.isPlainMove() && operation.attachment() == null) {
            if (policy.isShortMove(operation)) {
                if (!MemoryRegions.any()) {
                    return CallerExecutor.startMove(operation);
                }
            } else if (inline.executes(operation)) {
                Slot slot = pool.take();
                if (slot != null) {
                    return inline.execute(operation, slot);
                }
            }
        }
        return startAny(operation);
    }

    private FutureState startAny(Operation<?> operation) {
        Object earlier = operation.attachment();
        if (earlier != null) {
            if (earlier instanceof Program begun && begun.slot().owner() == operation) {
                // Another thread could not access the confined memory.
                return engine.proceed(operation, begun);
            }
            if (earlier instanceof CopyProgress || earlier instanceof Division) {
                operation.attach(null); // The bytes of the last execution do not count.
            }
        }
        if (closing) {
            return operation.failClosed();
        }
        VdmOperationType type = operation.type();
        long bytes = operation.byteSize();
        if (policy.executesTasksSingly(operation)) {
            return workers.handOver(operation) ? null : workers.startBatch(operation);
        }
        if (policy.isForJvm(operation)
                || bytes == 0 && type.ordinal() <= VdmOperationType.DIF_UPDATE.ordinal()
                        && type != VdmOperationType.NOP && type != VdmOperationType.DRAIN) {
            return workers.startOnJvm(operation, false);
        }
        return startOnChannel(operation, type);
    }

    /** Starts an operation that the channel, libpmem or a worker executes. */
    private FutureState startOnChannel(Operation<?> operation, VdmOperationType type) {
        if (takesHeap && !operation.isOffHeap()) { // A device cannot access heap segments.
            return workers.handOver(operation) ? null : workers.startOnJvm(operation, false);
        }
        if (operation.isDurable() && inline.executesDurable(operation)) {
            Slot slot = pool.take();
            if (slot != null) {
                return inline.execute(operation, slot);
            }
        }
        if (operation.isDurable()) {
            Refusal refusal = durability.refusal(operation, true);
            if (refusal != null) {
                return operation.fail(ExecutionPath.NONE, refusal.result(), null, refusal.reason(),
                        null);
            }
            if (type == VdmOperationType.FLUSH && !plan.needsSlotToFlush(operation)) {
                boolean lines =
                        durability.kindOf(operation.destination()) == WriteBackKind.CACHE_LINES;
                return lines && workers.handOver(operation) ? null
                        : workers.startOnJvm(operation, false);
            }
            FutureState ended = startDurableMove(operation);
            if (ended != null) {
                return ended;
            }
        }
        return startWithSlot(operation);
    }

    /** Executes a durable copy or fill with libpmem. Returns null if the operation needs a slot. */
    private FutureState startDurableMove(Operation<?> operation) {
        if (policy.libpmemMoves()
                && operation.type().ordinal() <= VdmOperationType.MEMSET.ordinal()
                && operation.byteSize() < policy.workersFrom(operation)
                && durability.kindOf(operation.destination()) == WriteBackKind.CACHE_LINES
                && durability.lines() instanceof DurableMoves moves) {
            return DurableMove.execute(operation, moves);
        }
        return null;
    }

    private FutureState startWithSlot(Operation<?> operation) {
        if (operation.crcDestination() != null) {
            // The device does not check access to the destination, because the mover writes the CRC
            // itself.
            operation.requireAccess();
        }
        if (!plan.usesDevice() && workers.handOver(operation)) {
            return null;
        }
        if (plan.hasDevice() && !pending.isEmpty()) {
            return waitForSlot(operation);
        }
        Slot slot = queue.takeSlot();
        if (slot != null) {
            return engine.begin(operation, slot);
        }
        if (closing) {
            return operation.failClosed();
        }
        SlotRefusedException refusal = pool.refusal();
        if (refusal != null) {
            return failures.noSlot(operation, refusal);
        }
        return plan.hasDevice() ? waitForSlot(operation) : workers.startOnJvm(operation, false);
    }

    /**
     * Adds an operation to the pending list. An operation on confined memory cannot wait there,
     * because only its own thread may submit it. A drain does not, because a full list would fail
     * it.
     */
    private FutureState waitForSlot(Operation<?> operation) {
        if (operation.type() == VdmOperationType.DRAIN || !Workers.canExecute(operation)) {
            // The operation may precede the list.
            Slot slot = queue.takeSlot();
            return slot != null ? engine.begin(operation, slot)
                    : plan.hasSoftware() ? workers.startOnJvm(operation, false) : FutureState.IDLE;
        }
        queue.add(operation);
        return null;
    }

    @Override
    public FutureState resume(Operation<?> operation) {
        // The first use of a switch over types allocates. In a full heap, the slot would be lost.
        Object attached = operation.attachment();
        return attached instanceof Program program ? engine.proceed(operation, program)
                : engine.begin(operation, (Slot) attached);
    }

    @Override
    public void reap(Operation<?> operation) {
        if (operation.type() == VdmOperationType.DRAIN) {
            queue.finishAbandoned();
        } else {
            queue.serve();
        }
    }

    @Override
    public void handOff() {
        if (plan.hasDevice()) { // Otherwise no operation waits for a slot.
            queue.handOff();
        }
    }

    /**
     * Answers a notifier with a waker. If the operation waits for a slot, the completion thread
     * serves the list, because the caller may sleep.
     */
    @Override
    public void answer(Operation<?> operation, Notifier notifier) {
        if (operation.attachment() == null && plan.hasDevice()) {
            queue.completions().servePending();
        }
        notifier.useWaker();
    }

    public int pending() {
        return pending.size() + workers.pending();
    }

    @Override
    public boolean cancelPending(Operation<?> operation) {
        return pending.remove(operation) || workers.cancel(operation);
    }

    @Override
    public long bytesDone(Operation<?> operation) {
        boolean handedOver = operation.isHandedOver();
        if (operation.attachment() instanceof Program program) {
            CopyProgress progress = program.slot().progress();
            if (progress != null && progress.isOf(operation)) {
                return progress.bytes();
            }
        }
        // The slot may have ended the copy between these two reads.
        return switch (operation.attachment()) {
            case Division divided -> handedOver ? divided.bytesDone() : 0;
            case CopyProgress ended -> ended.bytes();
            case null, default -> 0;
        };
    }

    @Override
    public boolean watch(Operation<?> operation) {
        return operation.attachment() instanceof Program && Workers.canExecute(operation)
                && queue.completions().watch(operation);
    }

    @Override
    public boolean isAsync(Operation<?> operation) {
        boolean byDevice = plan.usesDevice() && operation.isOffHeap()
                && !policy.isForJvm(operation)
                && (operation.type() != VdmOperationType.FLUSH || plan.needsSlotToFlush(operation));
        return workers.forcesHere(operation) ? byDevice && !workers.isForced(operation)
                : byDevice || workers.isForced(operation)
                        || operation.byteSize() >= policy.workersFrom(operation);
    }

    @Override
    public boolean isBrief(Operation<?> operation) {
        return CallerExecutor.isBriefMove(operation);
    }

    @Override
    public Duration closeTimeout() {
        return Duration.ofNanos(plan.closeNanos());
    }

    @Override
    public int refusePending() {
        pending.close();
        closing = true;
        return queue.refusePending() + workers.refusePending();
    }

    /**
     * Finishes the started operations and frees the slots. A new thread waits if the current thread
     * is of the library or runs the listener, because it may have to finish an operation.
     *
     * @throws io.github.vdm4j.VdmException if the close timeout passes. The slots keep their memory
     *     in this case
     */
    @Override
    public void close(long deadline) {
        pending.close();
        if (LibraryThread.isCurrent() || plan.hasDevice() && plan.health().isDeciding()) {
            new LibraryThread("vdm4j-close", () -> finish(deadline)).start();
        } else {
            finish(deadline);
        }
    }

    private void finish(long deadline) {
        queue.finish(deadline);
        closing = true;
        engine.close();
        Set<Operation<?>> stuck = workers.stop(deadline);
        queue.finishAbandoned();
        boolean closed = pool.tryClose();
        for (int round = 0; !closed && Seam.nanoTime() - deadline < 0; round++) {
            queue.finishAbandoned();
            IDLE.idle(round);
            closed = pool.tryClose();
        }
        // Operations that have ended on the device since then may wait for forces.
        stuck.addAll(workers.awaitForces(deadline));
        queue.completions().stop();
        if (!closed || !stuck.isEmpty()) {
            throw failures.stuck(name, plan.closeNanos(), stuck, pool);
        }
        MemoryRegions.removeFinisher(finisher);
    }
}
