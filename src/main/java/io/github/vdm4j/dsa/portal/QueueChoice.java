package io.github.vdm4j.dsa.portal;

import java.util.Comparator;
import java.util.List;

/** The order in which a mover submits a descriptor to its queues. */
final class QueueChoice {
    /** The queues in their order. The first {@code near} queues rotate, and so do the rest. */
    record Order(MoverQueue[] queues, int near) {
        MoverQueue queue(int turn, int place) {
            return place < near
                    ? queues[Math.floorMod(turn + place, near)]
                    : queues[near + Math.floorMod(turn + place - near, queues.length - near)];
        }
    }

    private final DsaChannel.NodePolicy policy;
    private final Order all;
    /** The orders by node, or null for a node without queues. */
    private final Order[] orders;

    /** Sorts the queues. The policy chooses the node, or is null if every queue is near. */
    QueueChoice(List<MoverQueue> queues, DsaChannel.NodePolicy policy) {
        all = new Order(queues.toArray(MoverQueue[]::new), queues.size());
        int last = queues.stream().mapToInt(queue -> queue.traits().numaNode()).max().orElse(-1);
        orders = new Order[last + 1];
        for (int node = 0; node <= last; node++) {
            int chosen = node;
            int near = (int) queues.stream().filter(queue -> isOn(chosen, queue)).count();
            if (near > 0) {
                orders[node] = new Order(queues.stream()
                        .sorted(Comparator.comparing(queue -> !isOn(chosen, queue)))
                        .toArray(MoverQueue[]::new), near);
            }
        }
        boolean severalNodes =
                queues.stream().mapToInt(queue -> queue.traits().numaNode()).distinct().count() > 1;
        this.policy = severalNodes ? policy : null;
    }

    private static boolean isOn(int node, MoverQueue queue) {
        return queue.traits().numaNode() == node;
    }

    Order of(Submission submission, long destination) {
        if (policy == null) {
            return all;
        }
        int node = policy.node(submission, destination);
        Order order = node < 0 || node >= orders.length ? null : orders[node];
        return order == null ? all : order;
    }
}
