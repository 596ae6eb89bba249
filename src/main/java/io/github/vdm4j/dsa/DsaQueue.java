package io.github.vdm4j.dsa;

import io.github.vdm4j.dsa.portal.DsaStatus;
import io.github.vdm4j.dsa.portal.QueueState;
import io.github.vdm4j.dsa.portal.WorkQueue;
import java.util.List;

/**
 * A work queue of a mover and what it has done for the mover so far.
 *
 * @param name the name, such as {@code wq0.0}
 * @param device the device, such as {@code dsa0}
 * @param numaNode the node of the device; -1 if it is not known
 * @param dedicated whether no other process may use the queue
 * @param size the descriptors that the process may have in the queue; 0 if it is not known
 * @param maxTransferBytes bytes in the longest descriptor
 * @param maxBatchTasks tasks in the longest batch; below 2 if the queue takes no batches
 * @param lost why the queue takes no submissions at this time; null if it takes them
 * @param submissions the descriptors that the queue has accepted; a batch counts once
 * @param completions the descriptors that the device has executed
 * @param failures the descriptors that were refused, failed or timed out
 * @param pageFaults the descriptors that met a missing page
 * @param refusals how often the queue was full
 * @param bytes how much the descriptors have processed, batches excluded
 * @param sizes the completions by size: below 4 KiB, 16 KiB, 64 KiB, 256 KiB and 1 MiB, and longer
 */
public record DsaQueue(
        String name,
        String device,
        int numaNode,
        boolean dedicated,
        int size,
        long maxTransferBytes,
        int maxBatchTasks,
        String lost,
        long submissions,
        long completions,
        long failures,
        long pageFaults,
        long refusals,
        long bytes,
        List<Long> sizes) {

    /** Copies the list. */
    public DsaQueue {
        sizes = List.copyOf(sizes);
    }

    static DsaQueue of(QueueState state) {
        WorkQueue queue = state.queue();
        DsaStatus lost = state.lost();
        return new DsaQueue(queue.name(), queue.device(), queue.numaNode(), queue.dedicated(),
                queue.size(), queue.maxTransferBytes(), queue.maxBatchTasks(),
                lost == null ? null : lost + ": " + lost.explanation(),
                state.submissions(), state.completions(), state.failures(), state.pageFaults(),
                state.refusals(), state.bytes(), state.sizes());
    }
}
