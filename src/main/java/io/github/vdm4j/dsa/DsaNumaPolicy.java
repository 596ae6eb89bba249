package io.github.vdm4j.dsa;

import io.github.vdm4j.dsa.portal.DsaChannel.NodePolicy;
import io.github.vdm4j.dsa.portal.Submission;

/**
 * The choice among work queues on several NUMA nodes. If no near queue accepts an operation, the
 * mover submits it to a distant queue. If all queues are on one node, the policy has no effect and
 * no cost.
 */
public enum DsaNumaPolicy {
    /** Queues near the thread that starts the operation. The system call takes about 20 ns. */
    CALLER((submission, destination) -> submission.callerNode()),
    /** Queues near the memory that the operation writes. The system call takes about 1 µs. */
    DESTINATION(Submission::nodeOf),
    /** All queues in turn. */
    ALL(null);

    private final NodePolicy policy;

    DsaNumaPolicy(NodePolicy policy) {
        this.policy = policy;
    }

    /** Returns the policy of the channel, or null for all queues. */
    NodePolicy policy() {
        return policy;
    }
}
