package io.github.vdm4j.dsa.portal;

/** Chooses the NUMA node whose devices execute an operation. */
@FunctionalInterface
public interface NodePolicy {
    /** Any node. */
    int ANY = -1;

    /**
     * Returns the node.
     *
     * @param memory the memory of the submission, for calls of the system
     * @param destination the address that is written, or 0
     * @return the number of the node, or {@link #ANY}
     */
    int node(SlotMemory memory, long destination);
}
