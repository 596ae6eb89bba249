package io.github.vdm4j.dsa.portal;

/** A rule that chooses the NUMA node whose devices execute an operation. */
@FunctionalInterface
public interface NodePolicy {
    /**
     * Returns the node.
     *
     * @param memory the memory of the submission, for system calls
     * @param destination the address that is written, or 0
     * @return the number of the node, or -1 for any node
     */
    int node(SlotMemory memory, long destination);
}
