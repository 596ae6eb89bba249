package io.github.vdm4j.engine;

import io.github.vdm4j.Operation;
import io.github.vdm4j.VdmOperationType;
import io.github.vdm4j.engine.channel.Channel;
import io.github.vdm4j.engine.channel.Part;
import io.github.vdm4j.engine.channel.Slot;
import io.github.vdm4j.engine.channel.SlotPool;
import io.github.vdm4j.future.FutureState;
import io.github.vdm4j.machine.SegmentClosedException;
import io.github.vdm4j.memory.Durability;
import io.github.vdm4j.memory.MemoryRegions;
import io.github.vdm4j.memory.WriteBackKind;
import java.lang.foreign.MemorySegment;

/**
 * Short copies and fills that calls of DML's software execute. For 64 bytes, this takes a third of
 * the engine's time (docs/adr/0016).
 */
final class InlineMoves {
    private final SlotPool pool;
    private final Channel channel;
    private final OffloadPolicy policy;
    private final Durability durability;
    private final DeviceEngine engine;
    private final boolean takesHeap;
    /** The longest operation in bytes that one call executes, or 0 if no call does. */
    private final long longest;

    InlineMoves(EnginePlan plan, DeviceEngine engine, boolean takesHeap) {
        this.engine = engine;
        this.takesHeap = takesHeap;
        pool = plan.pool();
        channel = pool.channel();
        policy = plan.policy();
        durability = plan.durability();
        longest = Math.min(channel.inlineBytes(), policy.longestOnCaller());
    }

    /** Returns whether a call executes a copy or a fill that is not durable. */
    boolean executes(Operation<?> move) {
        long bytes = move.byteSize();
        return bytes <= longest && bytes > 0 && (!takesHeap || move.isOffHeap())
                && hasPages(move);
    }

    /**
     * Returns whether a call executes a durable operation, and another call writes it back. The
     * engine executes a durable memmove, because such an operation cannot be repeated.
     */
    boolean executesDurable(Operation<?> operation) {
        VdmOperationType type = operation.type();
        long bytes = operation.byteSize();
        return (type == VdmOperationType.MEMCPY || type == VdmOperationType.MEMSET)
                && bytes + 2 * Part.LINE <= longest && bytes < policy.workersFrom(operation)
                && !policy.isForJvmWithSlot(operation) && hasPages(operation)
                && durability.lines() == null
                && durability.kindOf(operation.destination()) == WriteBackKind.CACHE_LINES;
    }

    /** Returns whether no page is missing. DML's software cannot repair a page fault. */
    private static boolean hasPages(Operation<?> move) {
        return !MemoryRegions.mayLackPages(move.destination())
                && !MemoryRegions.mayLackPages(move.source());
    }

    /**
     * Executes an operation with a slot and gives the slot back. No buffer needs a pin, because
     * each call keeps the segments open. If a call does not succeed, the engine repeats the
     * operation.
     */
    FutureState execute(Operation<?> operation, Slot slot) {
        long bytes = operation.byteSize();
        MemorySegment destination = operation.destination();
        MemorySegment source = operation.source();
        boolean durable = operation.isDurable();
        int flags = durable ? channel.durableFlags() : operation.isForCache() ? Part.FOR_CACHE : 0;
        int status;
        try {
            Part part = source == null
                    ? slot.part().fill(destination.address(), bytes, operation.pattern(), flags)
                    : slot.part().move(destination.address(), source.address(), bytes, flags);
            status = slot.execute(part, destination, source);
            if (durable && status == Slot.OK) {
                status = slot.execute(part.flush(destination.address(), bytes), destination, null);
            }
        } catch (SegmentClosedException e) {
            return engine.begin(operation, slot);
        } catch (RuntimeException | Error e) {
            pool.give(slot); // Without this, close() would wait for the slot for ever.
            throw e;
        }
        if (status != Slot.OK) {
            return engine.begin(operation, slot);
        }
        pool.give(slot);
        return operation.succeed(channel.software());
    }
}
