package io.github.vdm4j.dsa.portal;

/** Chooses the NUMA node whose devices execute an operation. */
@FunctionalInterface
public interface NodePolicy {
    /**
     * Returns the node.
     *
     * @param memory the memory of the submission, for calls of the system
     * @param destination the address that is written, or 0
     * @return the number of the node, or -1 if any node will do
     */
    int node(SlotMemory memory, long destination);
}
