package io.github.vdm4j.dsa;

import io.github.vdm4j.dsa.portal.DsaStatus;
import io.github.vdm4j.dsa.portal.MoverQueue;
import io.github.vdm4j.dsa.portal.QueueTraits;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;

/**
 * A work queue of a mover with its counters. The counters cover the operations of this mover.
 *
 * @param name the name, such as {@code wq0.0}
 * @param device the device, such as {@code dsa0}
 * @param numaNode the NUMA node of the device, or -1 if it is unknown
 * @param dedicated whether no other process may use the queue
 * @param size the number of descriptors that the process may have in the queue, or 0 if it is
 *     unknown
 * @param maxTransferBytes bytes in the longest descriptor
 * @param maxBatchTasks tasks in the longest batch, or a number below 2 if the queue accepts no
 *     batches
 * @param lost the reason why the queue accepts no submissions at this time, or null
 * @param submissions the number of accepted descriptors. A batch counts once
 * @param completions the number of descriptors that the device has executed
 * @param failures the number of descriptors that were refused, failed or timed out. A batch counts
 *     if any task did not succeed, even if a comparison has found a difference
 * @param pageFaults the number of descriptors that met a missing page
 * @param refusals the number of submissions that the full queue refused
 * @param bytes the number of processed bytes, without batches
 * @param sizes the completions by size. The classes are below 4 KiB, 16 KiB, 64 KiB, 256 KiB and 1
 *     MiB, and longer
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

    static DsaQueue of(MoverQueue queue) {
        QueueTraits traits = queue.traits();
        DsaStatus lost = queue.lost();
        return new DsaQueue(traits.name(), traits.device(), traits.numaNode(), traits.dedicated(),
                traits.size(), traits.maxTransferBytes(), traits.maxBatchTasks(),
                lost == null ? null : lost + ": " + lost.explanation(),
                queue.submitted.get(), queue.completed.get(), queue.failed.get(),
                queue.pageFaults.get(), queue.full.get(), queue.bytes.get(),
                Arrays.stream(queue.sizes).map(AtomicLong::get).toList());
    }
}
