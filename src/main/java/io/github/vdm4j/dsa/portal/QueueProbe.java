package io.github.vdm4j.dsa.portal;

import io.github.vdm4j.engine.channel.Descriptor;
import io.github.vdm4j.engine.channel.Opcode;
import java.lang.foreign.Arena;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.LockSupport;

/** A no-op that tests whether a queue works. The Linux version and sysfs do not show that. */
public final class QueueProbe {
    /** Memory that a device may still write to. Nothing frees it. */
    private static final Set<SlotMemory> UNANSWERED = ConcurrentHashMap.newKeySet();

    private static final long PAUSE_NANOS = 20_000;

    private QueueProbe() {}

    /**
     * Submits a no-op and waits for its completion record.
     *
     * @param queue the queue
     * @param nanos how long to wait for the record, and how long to retry a full queue
     * @return the status, or {@code NONE} if the device did not answer
     */
    public static DsaStatus run(OpenQueue queue, long nanos) {
        var memory = new SlotMemory(Arena.ofAuto().allocate(SlotMemory.BYTES, Descriptor.BYTES));
        Descriptor.put(memory.descriptor(), 0, Descriptor.head(Opcode.NOP, 0), 0, 0, 0, 0, 0, 0);
        memory.record().clear();
        long start = System.nanoTime();
        int error = queue.submit(memory);
        while (error == DsaStatus.EAGAIN && System.nanoTime() - start < nanos) {
            LockSupport.parkNanos(PAUSE_NANOS);
            error = queue.submit(memory);
        }
        if (error != 0) {
            return DsaStatus.of(error);
        }
        int status = memory.record().status();
        while (status == DsaStatus.NONE && System.nanoTime() - start < nanos) {
            LockSupport.parkNanos(PAUSE_NANOS);
            status = memory.record().status();
        }
        if (status == DsaStatus.NONE) {
            UNANSWERED.add(memory);
        } else {
            queue.completed(memory);
        }
        return DsaStatus.of(status & DsaStatus.MASK);
    }
}
