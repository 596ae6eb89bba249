package io.github.vdm4j.dml;

import io.github.vdm4j.dml.BatchMix.Order;
import io.github.vdm4j.dml.ffi.dml_h;
import io.github.vdm4j.dml.simulated.Plan;
import io.github.vdm4j.dml.simulated.SimulatedDml;
import io.github.vdm4j.dml.simulated.Submission;
import java.lang.foreign.Arena;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;

/** Random batches on the simulated library. Each has the same result on pure Java. */
class DmlBatchMixTest {
    private static final int TRIES = 150;

    /**
     * The test does not check accesses, because the mover applies delta records from a copy in its
     * own memory.
     */
    private static void check(DmlPath path, BatchMix mix, int limit, boolean withTrouble) {
        try (var dml = new SimulatedDml(); Arena arena = Arena.ofShared()) {
            dml.maxBatchTasks(32);
            if (path != DmlPath.SOFTWARE) {
                dml.withHardware();
            }
            var builder = DmlDataMover.builder()
                    .library(dml.library())
                    .path(path)
                    .slots(1)
                    .maxTransferBytes(limit);
            try (var mover = (path == DmlPath.HARDWARE ? builder.withoutTrial() : builder).open()) {
                if (withTrouble) {
                    var random = new Random(mix.seed());
                    dml.always(submission -> trouble(submission, random, path == DmlPath.AUTO));
                }
                mix.check(mover, arena.allocate(Math.max(mix.memorySize(), 1), 4096));
            }
        }
    }

    private static Plan trouble(Submission submission, Random random, boolean orFailure) {
        Plan plan = Plan.succeed();
        if (submission.path() == DmlPath.HARDWARE && submission.isBatch()) {
            if (random.nextInt(8) == 0) {
                return Plan.refuse(dml_h.DML_STATUS_WORK_QUEUES_NOT_AVAILABLE);
            }
            for (int i = random.nextInt(4); i > 0; i--) {
                plan = plan.withTask(random.nextInt(12), Plan.pageFault(random.nextInt(8)));
            }
            if (orFailure && random.nextInt(4) == 0) {
                plan = plan.withTask(random.nextInt(12),
                        Plan.fail(dml_h.DML_STATUS_JOB_OPERATION_ERROR));
            }
        }
        return plan;
    }

    @Property(tries = TRIES)
    void orderedTasksMatchJavaInSoftware(@ForAll long seed,
            @ForAll @IntRange(min = 1, max = 200) int tasks) {
        check(DmlPath.SOFTWARE, new BatchMix(seed, tasks, Order.IN_A_ROW), 1 << 20, false);
    }

    @Property(tries = TRIES)
    void longTasksMatchJavaInSoftware(@ForAll long seed,
            @ForAll @IntRange(min = 1, max = 40) int tasks) {
        check(DmlPath.SOFTWARE, new BatchMix(seed, tasks, Order.IN_A_ROW), 256, false);
    }

    @Property(tries = TRIES)
    void fencedTasksMatchJavaOnHardware(@ForAll long seed,
            @ForAll @IntRange(min = 1, max = 200) int tasks) {
        check(DmlPath.HARDWARE, new BatchMix(seed, tasks, Order.FENCED), 1 << 20, false);
    }

    @Property(tries = TRIES)
    void faultingTasksMatchJavaOnHardware(@ForAll long seed,
            @ForAll @IntRange(min = 1, max = 40) int tasks) {
        check(DmlPath.HARDWARE, new BatchMix(seed, tasks, Order.FENCED), 512, true);
    }

    @Property(tries = TRIES)
    void disjointTasksMatchJavaOnHardware(@ForAll long seed,
            @ForAll @IntRange(min = 1, max = 140) int tasks) {
        check(DmlPath.HARDWARE, new BatchMix(seed, tasks, Order.APART), 1 << 20, true);
    }

    @Property(tries = TRIES)
    void failingHardwareOnAutoMatchesJava(@ForAll long seed,
            @ForAll @IntRange(min = 1, max = 40) int tasks) {
        check(DmlPath.AUTO, new BatchMix(seed, tasks, Order.FENCED), 1 << 20, true);
    }
}
