package io.github.vdm4j.dml;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.vdm4j.ExecutionPath;
import io.github.vdm4j.VdmFuture;
import io.github.vdm4j.VdmResult;
import io.github.vdm4j.dml.DmlDiagnosis.Outcome;
import io.github.vdm4j.dml.DmlDiagnosis.Verdict;
import io.github.vdm4j.dml.ffi.dml_h;
import io.github.vdm4j.dml.simulated.Plan;
import io.github.vdm4j.dml.simulated.Submission;
import io.github.vdm4j.future.FutureState;
import java.lang.foreign.MemorySegment;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Deque;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicLong;
import java.util.zip.CRC32C;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A device that fails a random third of the submissions in every way. */
@DisplayName("On hardware that fails one operation in three")
@Timeout(300)
class FaultyHardwareTest extends AgainstSimulatedDml {
    private static final int OPERATIONS = 100_000;
    private static final int SLOTS = 12;
    private static final int SLOT = 2048;
    private static final int LONGEST = 600;

    /** More polls than a correct mover needs. */
    private static final int MANY_POLLS = 1_000_000;

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
                    Plan plan = Plan.fail(status).moving(random.nextInt(LONGEST));
                    // A comparison that finds a difference ends with the difference and not with
                    // the failure.
                    yield submission.is(dml_h.DML_OP_COMPARE) ? plan : plan.corrupting();
                }
                case PAGE_FAULT -> Plan.pageFault(random.nextInt(LONGEST));
                case LATE -> Plan.succeed().afterChecks(10 + random.nextInt(300));
            };
        }
    }

    private final Map<Fault, Integer> injected = new EnumMap<>(Fault.class);
    private final AtomicLong losses = new AtomicLong();
    private final AtomicLong clock = new AtomicLong();
    private final List<DmlPathDecision> heard = new CopyOnWriteArrayList<>();
    private volatile boolean lost;

    /** Returns a plan. One thread at a time calls this. */
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

    /** Memory of one operation, and its expected bytes. */
    private final class Slot {
        private final MemorySegment memory = dml.allow(arena.allocate(SLOT, 64));
        private final byte[] expected = new byte[SLOT];

        /** The bytes that a failed operation may have changed. */
        private int from;

        private int to;

        private void assertOthersAreUntouched(String what) {
            byte[] now = bytes(memory);
            assertEquals(-1, Arrays.mismatch(now, 0, from, expected, 0, from),
                    what + ": before the destination");
            assertEquals(-1, Arrays.mismatch(now, to, SLOT, expected, to, SLOT),
                    what + ": behind the destination");
        }
    }

    /** An operation in flight. */
    private record Work(Slot slot, VdmFuture<?> future, boolean repeatable, Runnable verify) {}

    private final class Worker {
        private final DmlDataMover mover;
        private final Random random;
        private final Deque<Slot> free = new ArrayDeque<>();
        private final List<Slot> leftToTheDevice = new ArrayList<>();
        private final List<Work> underWay = new ArrayList<>();
        private final Map<VdmResult, Integer> results = new EnumMap<>(VdmResult.class);
        private final Map<ExecutionPath, Integer> paths = new EnumMap<>(ExecutionPath.class);
        private int ended;

        Worker(DmlDataMover mover, long seed) {
            this.mover = mover;
            random = new Random(seed);
            for (int i = 0; i < SLOTS; i++) {
                free.add(new Slot());
            }
        }

        Worker run(int operations) {
            int started = 0;
            for (long polls = 0; ended < operations; polls++) {
                assertTrue(polls < (long) operations * MANY_POLLS,
                        () -> "never complete: " + underWay);
                if (started < operations && !free.isEmpty() && random.nextInt(3) == 0) {
                    underWay.add(start(free.remove()));
                    started++;
                    clock.addAndGet(200_000_000);
                } else if (!underWay.isEmpty()) {
                    Work work = underWay.get(random.nextInt(underWay.size()));
                    if (work.future().poll() == FutureState.COMPLETE) {
                        underWay.remove(work);
                        end(work);
                    }
                }
                if (free.isEmpty() && mover.jobsOverdue() == 0) {
                    takeBack();
                }
                loseOrFindTheDevice();
            }
            while (mover.jobsOverdue() != 0) {
                Thread.onSpinWait();
            }
            takeBack();
            assertEquals(SLOTS, free.size(), "an operation was lost");
            return this;
        }

        private void loseOrFindTheDevice() {
            int chance = random.nextInt(20_000);
            if (chance == 0) {
                lost = true;
                losses.incrementAndGet();
                dml.loseDevice(3);
            } else if (chance < 200 && lost) {
                lost = false;
                dml.withHardware();
            }
        }

        /** The device may have written until now, but only to the destination. */
        private void takeBack() {
            leftToTheDevice
                    .forEach(slot -> slot.assertOthersAreUntouched(
                            "an operation that the device was late with"));
            free.addAll(leftToTheDevice);
            leftToTheDevice.clear();
        }

        private Work start(Slot slot) {
            random.nextBytes(slot.expected);
            slot.memory.copyFrom(MemorySegment.ofArray(slot.expected));
            int length = 1 + random.nextInt(LONGEST);
            int source = random.nextInt(SLOT / 2 - length);
            int target = SLOT / 2 + random.nextInt(SLOT / 2 - length);
            MemorySegment from = slot.memory.asSlice(source, length);
            MemorySegment to = slot.memory.asSlice(target, length);
            byte[] before = slot.expected.clone();
            slot.from = target;
            slot.to = target + length;
            switch (random.nextInt(6)) {
                case 0 -> {
                    System.arraycopy(before, source, slot.expected, target, length);
                    return work(slot, mover.memcpy(to, from), true, () -> {});
                }
                case 1 -> { // within one range
                    int shift = random.nextInt(2 * length) - length;
                    int near = Math.clamp(source + shift, 0, SLOT - length);
                    System.arraycopy(before, source, slot.expected, near, length);
                    slot.from = Math.min(source, near);
                    slot.to = Math.max(source, near) + length;
                    boolean apart = Math.abs(near - source) >= length;
                    return work(slot, mover.memmove(slot.memory.asSlice(near, length), from), apart,
                            () -> {});
                }
                case 2 -> {
                    byte fill = (byte) random.nextInt();
                    Arrays.fill(slot.expected, target, target + length, fill);
                    return work(slot, mover.memset(to, fill), true, () -> {});
                }
                case 3 -> {
                    long pattern = random.nextLong();
                    for (int i = 0; i < length; i++) {
                        slot.expected[target + i] = (byte) (pattern >>> 8 * (i & 7));
                    }
                    return work(slot, mover.fill(to, pattern), true, () -> {});
                }
                case 4 -> {
                    slot.to = slot.from;
                    var crc = new CRC32C();
                    crc.update(before, source, length);
                    var future = mover.crc32c(from);
                    return work(slot, future, true,
                            () -> assertEquals(crc.getValue(), future.output().value()));
                }
                default -> {
                    boolean equal = random.nextBoolean();
                    int differs = random.nextInt(length);
                    System.arraycopy(before, source, slot.expected, target, length);
                    slot.expected[target + differs] ^= (byte) (equal ? 0 : 1 + random.nextInt(255));
                    slot.memory.copyFrom(MemorySegment.ofArray(slot.expected));
                    slot.to = slot.from;
                    var future = mover.compare(from, to);
                    return work(slot, future, true, () -> {
                        assertEquals(equal, future.output().equal());
                        assertTrue(equal || future.output().mismatchOffset() == differs,
                                () -> future.output() + ", not " + differs);
                    });
                }
            }
        }

        private static Work work(Slot slot, VdmFuture<?> future, boolean repeatable,
                Runnable verify) {
            return new Work(slot, future, repeatable, verify);
        }

        private void end(Work work) {
            ended++;
            VdmResult result = work.future().result();
            results.merge(result, 1, Integer::sum);
            paths.merge(work.future().path(), 1, Integer::sum);
            if (result == VdmResult.SUCCESS) {
                assertArrayEquals(work.slot().expected, bytes(work.slot().memory), work::toString);
                work.verify().run();
                free.add(work.slot());
                return;
            }
            String why = work.future().failure().getMessage();
            if (result == VdmResult.TIMEOUT) {
                assertTrue(why.contains("deviceTimeout"), why);
                leftToTheDevice.add(work.slot());
                return;
            }
            var status = (DmlStatus) work.future().failure().status();
            assertNotNull(status, why);
            assertEquals(status.result(), result);
            assertTrue(why.contains(status.toString()), why);
            assertTrue(mover.path() == DmlPath.HARDWARE || !work.repeatable(),
                    () -> "not redone in software: " + why);
            work.slot().assertOthersAreUntouched(why);
            free.add(work.slot());
        }
    }

    private DmlDataMover openFaulty(DmlPath path, int threads, long seed) {
        dml.withHardware();
        DmlDataMover mover = open(builder(path)
                .diagnosis(new DmlDiagnosis(new Verdict(Outcome.HARDWARE, Outcome.HARDWARE, ""),
                        List.of(), null, null))
                .jobs(SLOTS * threads)
                .maxTransferBytes(256)
                .queueFullTimeout(Duration.ofNanos(3_000))
                .deviceTimeout(Duration.ofNanos(1))
                .clock(clock::get)
                .onPathDecision(heard::add));
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
            var workers = new ArrayList<Future<Worker>>();
            for (int i = 0; i < threads; i++) {
                var worker = new Worker(mover, seed + i);
                workers.add(pool.submit(() -> worker.run(OPERATIONS / threads)));
            }
            for (Future<Worker> worker : workers) {
                worker.get().results
                        .forEach((result, count) -> results.merge(result, count, Integer::sum));
                worker.get().paths
                        .forEach((taken, count) -> paths.merge(taken, count, Integer::sum));
            }
        }
        assertEquals(OPERATIONS, results.values().stream().mapToInt(Integer::intValue).sum());
        assertEquals(0, mover.jobsInUse());
        assertEquals(0, mover.jobsOverdue());
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
                    .filter(decision -> decision.path() == DmlPath.HARDWARE)
                    .count() > 100, all);
        }
    }
}
