package io.github.vdm4j.dml;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.vdm4j.ExecutionPath;
import io.github.vdm4j.FaultyLoad;
import io.github.vdm4j.VdmResult;
import io.github.vdm4j.dml.ffi.dml_h;
import io.github.vdm4j.dml.simulated.Plan;
import io.github.vdm4j.dml.simulated.Submission;
import io.github.vdm4j.mover.DeviceDecision;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A device that fails a random third of the submissions in every way. */
@DisplayName("On hardware that fails one operation in three")
@Timeout(300)
class FaultyHardwareTest extends AgainstSimulatedDml {
    private static final int OPERATIONS = 100_000;

    private enum Fault {
        QUEUE_FULL(102, 24), REFUSED_BY_DEVICE(3, 26, 27, 41, 100, 101, 103),
        REFUSED_FOR_ITS_PARAMETERS(13, 14,
                46),
        ENDED_BY_DEVICE(3, 33, 37, 40, 41, 43, 44, 45), UNKNOWN(47, 999, -1), PAGE_FAULT(25),
        LATE(0);

        private final int[] statuses;

        Fault(int... statuses) {
            this.statuses = statuses;
        }

        private Plan plan(Submission submission, Random random) {
            int status = statuses[random.nextInt(statuses.length)];
            return switch (this) {
                case QUEUE_FULL, REFUSED_BY_DEVICE, REFUSED_FOR_ITS_PARAMETERS ->
                    Plan.refuse(status);
                case ENDED_BY_DEVICE, UNKNOWN -> {
                    Plan plan = Plan.fail(status).moving(random.nextInt(FaultyLoad.LONGEST));
                    // A comparison that finds a difference ends with the difference and not with
                    // the failure.
                    yield submission.is(dml_h.DML_OP_COMPARE) ? plan : plan.corrupting();
                }
                case PAGE_FAULT -> Plan.pageFault(random.nextInt(FaultyLoad.LONGEST));
                case LATE -> Plan.succeed().afterChecks(10 + random.nextInt(300));
            };
        }
    }

    private final Map<Fault, Integer> injected = new EnumMap<>(Fault.class);
    private final AtomicLong losses = new AtomicLong();
    private final AtomicLong clock = new AtomicLong();
    private final List<DeviceDecision> heard = new CopyOnWriteArrayList<>();
    private volatile boolean lost;

    /** Returns a plan. Only a single thread at a time calls this. */
    private Plan plan(Submission submission, Random random) {
        if (submission.path() == DmlPath.SOFTWARE) {
            return Plan.succeed();
        }
        if (random.nextInt(3) != 0) {
            return Plan.succeed().afterChecks(random.nextInt(4));
        }
        Fault fault = Fault.values()[random.nextInt(Fault.values().length)];
        injected.merge(fault, 1, Integer::sum);
        return fault.plan(submission, random);
    }

    private final class Load extends FaultyLoad {
        private final DmlDataMover mover;

        Load(DmlDataMover mover, long seed) {
            super(mover, mover.path() != DmlPath.HARDWARE, new Random(seed),
                    bytes -> dml.allow(arena.allocate(bytes, 64)));
            this.mover = mover;
        }

        @Override
        protected int overdue() {
            return mover.slotsOverdue();
        }

        @Override
        protected void started() {
            clock.addAndGet(200_000_000);
        }

        @Override
        protected void disturb(Random chance) {
            int drawn = chance.nextInt(20_000);
            if (drawn == 0) {
                lost = true;
                losses.incrementAndGet();
                dml.loseDevice(3);
            } else if (drawn < 200 && lost) {
                lost = false;
                dml.withHardware();
            }
        }
    }

    private DmlDataMover openFaulty(DmlPath path, int threads, long seed) {
        dml.withHardware();
        DmlDataMover mover = open(builder(path)
                .diagnosis(new DmlDiagnosis("", List.of(), List.of(), null, null))
                .slots(FaultyLoad.SLOTS * threads)
                .maxTransferBytes(256)
                .queueFullTimeout(Duration.ofNanos(3_000))
                .deviceTimeout(Duration.ofNanos(1))
                .clock(clock::get)
                .onDecision(heard::add));
        var random = new Random(seed);
        dml.always(submission -> plan(submission, random));
        return mover;
    }

    @ParameterizedTest(name = "{0}, {1} threads")
    @CsvSource({"AUTO, 1", "HARDWARE, 1", "AUTO, 4"})
    @DisplayName("nothing is lost and nothing is corrupted")
    void noOperationIsLostOrCorrupted(DmlPath path, int threads) throws Exception {
        long seed = new Random().nextLong();
        System.out.println("seed " + seed);
        DmlDataMover mover = openFaulty(path, threads, seed);
        var results = new EnumMap<VdmResult, Integer>(VdmResult.class);
        var paths = new EnumMap<ExecutionPath, Integer>(ExecutionPath.class);
        try (var pool = Executors.newFixedThreadPool(threads)) {
            var loads = new ArrayList<Future<Load>>();
            for (int i = 0; i < threads; i++) {
                var load = new Load(mover, seed + i);
                loads.add(pool.submit(() -> {
                    load.run(OPERATIONS / threads);
                    load.settle();
                    return load;
                }));
            }
            for (Future<Load> load : loads) {
                load.get()
                        .results()
                        .forEach((result, count) -> results.merge(result, count, Integer::sum));
                load.get()
                        .paths()
                        .forEach((taken, count) -> paths.merge(taken, count, Integer::sum));
            }
        }
        assertEquals(OPERATIONS, results.values().stream().mapToInt(Integer::intValue).sum());
        assertEquals(0, mover.slotsInUse());
        assertEquals(0, mover.slotsOverdue());
        dml.assertClean();
        String all =
                injected + ", " + losses + " losses, " + results + ", " + paths + ", "
                        + heard.size() + " decisions";
        System.out.println(all);
        for (Fault fault : Fault.values()) {
            assertTrue(injected.getOrDefault(fault, 0) > 100, all);
        }
        assertTrue(losses.get() > 3, all);
        assertTrue(paths.getOrDefault(ExecutionPath.DSA_HARDWARE, 0) > OPERATIONS / 10, all);
        assertTrue(results.get(VdmResult.TIMEOUT) > 100, all);
        if (path == DmlPath.AUTO) {
            assertTrue(heard.stream()
                    .filter(DeviceDecision::usesDevice)
                    .count() > 100, all);
        }
    }
}
