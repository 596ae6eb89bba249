package io.github.vdm4j.dsa.portal;

import java.util.ArrayList;
import java.util.List;

/** The order in which a mover submits a descriptor to its queues. */
final class QueueChoice {
    /** The queues to try first, in rotation, and the queues to try if no near queue accepts. */
    record Order(QueueState[] near, QueueState[] far) {}

    private final DsaChannel.NodePolicy policy;
    private final Order all;
    /** The orders by node, or null for a node without queues. */
    private final Order[] orders;

    /** Sorts the queues. The policy chooses the node, or is null if every queue is near. */
    QueueChoice(List<QueueState> queues, DsaChannel.NodePolicy policy) {
        all = new Order(queues.toArray(QueueState[]::new), new QueueState[0]);
        int last = queues.stream().mapToInt(queue -> queue.queue().numaNode()).max().orElse(-1);
        orders = new Order[last + 1];
        for (int node = 0; node <= last; node++) {
            var near = new ArrayList<QueueState>();
            var far = new ArrayList<QueueState>();
            for (QueueState queue : queues) {
                (queue.queue().numaNode() == node ? near : far).add(queue);
            }
            if (!near.isEmpty()) {
                orders[node] = new Order(near.toArray(QueueState[]::new),
                        far.toArray(QueueState[]::new));
            }
        }
        boolean severalNodes =
                queues.stream().mapToInt(queue -> queue.queue().numaNode()).distinct().count() > 1;
        this.policy = severalNodes ? policy : null;
    }

    Order of(SlotMemory memory, long destination) {
        if (policy == null) {
            return all;
        }
        int node = policy.node(memory, destination);
        Order order = node < 0 || node >= orders.length ? null : orders[node];
        return order == null ? all : order;
    }
}
