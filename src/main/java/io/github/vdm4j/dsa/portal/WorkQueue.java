package io.github.vdm4j.dsa.portal;

/**
 * An open work queue with the capabilities of its device.
 *
 * @param numaNode the node of the device, or -1 if it is not known
 * @param capabilities the bits of GENCAP
 * @param operations the opcodes of the device, with a bit for each opcode
 * @param maxTransferBytes the number of bytes in the longest transfer
 * @param maxBatchTasks the number of descriptors in the longest batch. It is below 2 if the queue
 *     accepts no batches
 * @param size the descriptors that the process may have in the queue
 * @param blocksOnFault whether the device may wait for a page that is not in memory
 * @param dedicated whether no other process may use the queue
 */
public record WorkQueue(
        OpenQueue queue,
        String name,
        String device,
        int numaNode,
        long capabilities,
        long operations,
        long maxTransferBytes,
        int maxBatchTasks,
        int size,
        boolean blocksOnFault,
        boolean dedicated) {}
