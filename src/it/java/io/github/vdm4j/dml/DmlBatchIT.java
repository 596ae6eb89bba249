package io.github.vdm4j.dml;

import io.github.vdm4j.dml.BatchMix.Order;
import java.lang.foreign.Arena;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.lifecycle.AddLifecycleHook;
import net.jqwik.api.lifecycle.PropagationMode;

/** Random batches on the real library. Each has the same result on pure Java. */
@AddLifecycleHook(value = RequiresDml.PropertyCondition.class,
        propagateTo = PropagationMode.ALL_DESCENDANTS)
class DmlBatchIT {
    private static final int TRIES = 500;

    private static void check(DmlPath path, BatchMix mix, int limit) {
        try (var mover = DmlDataMover.builder().path(path).slots(1).maxTransferBytes(limit).open();
                Arena arena = Arena.ofShared()) {
            mix.check(mover, arena.allocate(Math.max(mix.memorySize(), 1), 4096));
        }
    }

    @Property(tries = TRIES)
    void orderedTasksMatchJava(@ForAll long seed, @ForAll @IntRange(min = 1, max = 300) int tasks) {
        check(DmlPath.SOFTWARE, new BatchMix(seed, tasks, Order.IN_A_ROW), 1 << 20);
    }

    @Property(tries = TRIES)
    void longTasksMatchJava(@ForAll long seed,
            @ForAll @IntRange(min = 1, max = 60) int tasks) {
        check(DmlPath.SOFTWARE, new BatchMix(seed, tasks, Order.IN_A_ROW), 256);
    }

    @Property(tries = TRIES)
    void fencedTasksOnAutoMatchJava(@ForAll long seed,
            @ForAll @IntRange(min = 1, max = 100) int tasks) {
        check(DmlPath.AUTO, new BatchMix(seed, tasks, Order.FENCED), 1 << 20);
    }

    @Property(tries = TRIES / 10)
    void thousandsOfTasksMatchJava(@ForAll long seed,
            @ForAll @IntRange(min = 1000, max = 5000) int tasks) {
        check(DmlPath.SOFTWARE, new BatchMix(seed, tasks, Order.IN_A_ROW), 1 << 20);
    }
}
