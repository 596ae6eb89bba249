package io.github.vdm4j.dsa;

import io.github.vdm4j.dsa.portal.NodePolicy;
import io.github.vdm4j.dsa.portal.SlotMemory;

/**
 * The choice among work queues on several NUMA nodes. If no near queue takes an operation, the mover
 * asks the others. A mover whose queues are on one node has no choice, and asks the system nothing.
 */
public enum DsaNumaPolicy {
    /** Queues near the thread that starts the operation. The system call takes some 20 ns. */
    CALLER((memory, destination) -> memory.callerNode()),
    /** Queues near the memory that the operation writes. The system call takes about 1 µs. */
    DESTINATION(SlotMemory::nodeOf),
    /** All queues in turns. */
    ALL(null);

    private final NodePolicy policy;

    DsaNumaPolicy(NodePolicy policy) {
        this.policy = policy;
    }

    /** Null for all queues. */
    NodePolicy policy() {
        return policy;
    }
}
