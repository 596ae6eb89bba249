package io.github.vdm4j.dsa;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.vdm4j.ExecutionPath;
import io.github.vdm4j.VdmFuture;
import io.github.vdm4j.VdmResult;
import io.github.vdm4j.dsa.portal.DsaStatus;
import io.github.vdm4j.emulator.Descriptor;
import io.github.vdm4j.emulator.DeviceModel;
import io.github.vdm4j.emulator.DeviceSettings;
import io.github.vdm4j.emulator.FaultPlan;
import io.github.vdm4j.emulator.QueueSettings;
import io.github.vdm4j.future.FutureState;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Deque;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.zip.CRC32C;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Two devices that fail a random third of the submissions in every way of the emulator. */
@DisplayName("On DSA devices that fail one operation in three")
@Timeout(300)
class FaultyDsaTest {
    private static final int OPERATIONS = 100_000;
    private static final int SLOTS = 12;
    private static final int SLOT = 2048;
    private static final int LONGEST = 600;
    private static final int DEVICES = 2;
    private static final int PART = 256;
    /** More polls than a correct mover needs. */
    private static final long MANY_POLLS = 1_000_000;
    /** EAGAIN, EFAULT, EINVAL and EINTR: the queue works. */
    private static final int[] REFUSALS = {11, 11, 14, 22, 4};
    /** ENODEV, EIO, ENXIO, EBADF, EPERM and ENOTCONN: the queue is lost. */
    private static final int[] LOSSES = {19, 5, 6, 9, 1, 107};
    private static final int[] STATUSES =
            {0x0a, 0x10, 0x11, 0x12, 0x1a, 0x1d, 0x20, 0x21, 0x22, 0x7f};

    private final Arena arena = Arena.ofShared();
    private final DsaMovers movers = new DsaMovers();
    private final AtomicLong clock = new AtomicLong();
    private final Map<String, Integer> injected = new TreeMap<>();
    private volatile boolean healthy = true;

    /** Each device calls this under its lock. Both devices share the counts. */
    private final class RandomFaults implements FaultPlan {
        private final Random random;

        RandomFaults(long seed) {
            random = new Random(seed);
        }

        private boolean isDue(int oneIn) {
            return !healthy && random.nextInt(oneIn) == 0;
        }

        @Override
        public WriteFault nextWrite(int descriptors) {
            if (!isDue(6)) {
                return WriteFault.NONE;
            }
            boolean lost = random.nextInt(50) == 0;
            count(lost ? "lost" : "refused");
            int[] errors = lost ? LOSSES : REFUSALS;
            return new WriteFault(0, errors[random.nextInt(errors.length)]);
        }

        @Override
        public DescriptorFault nextDescriptor(Descriptor descriptor) {
            if (!isDue(6)) {
                return DescriptorFault.NONE;
            }
            switch (random.nextInt(12) % 7) {
                case 0, 1, 2 -> {
                    count("failed");
                    return DescriptorFault.status(STATUSES[random.nextInt(STATUSES.length)]);
                }
                case 3, 4, 5 -> {
                    count("faulted");
                    return DescriptorFault.missingByte(random.nextInt(PART));
                }
                default -> {
                    count("late");
                    return DescriptorFault.late(random.nextInt(100_000));
                }
            }
        }

        private void count(String fault) {
            synchronized (injected) {
                injected.merge(fault, 1, Integer::sum);
            }
        }
    }

    /** Memory of one operation, and its expected bytes. */
    private final class Slot {
        private final MemorySegment memory = arena.allocate(SLOT, 64);
        private final byte[] expected = new byte[SLOT];
        /** The bytes that a failed operation may have changed. */
        private int from;
        private int to;

        private byte[] bytes() {
            return memory.toArray(ValueLayout.JAVA_BYTE);
        }

        private void assertOthersAreUntouched(String what) {
            byte[] now = bytes();
            assertEquals(-1, Arrays.mismatch(now, 0, from, expected, 0, from),
                    what + ": before the destination");
            assertEquals(-1, Arrays.mismatch(now, to, SLOT, expected, to, SLOT),
                    what + ": behind the destination");
        }
    }

    private record Work(Slot slot, VdmFuture<?> future, boolean repeatable, Runnable verify) {}

    private final Deque<Slot> free = new ArrayDeque<>();
    private final List<Slot> leftToTheDevice = new ArrayList<>();
    private final List<Work> underWay = new ArrayList<>();
    private final Map<VdmResult, Integer> results = new EnumMap<>(VdmResult.class);
    private final Map<ExecutionPath, Integer> paths = new EnumMap<>(ExecutionPath.class);

    @AfterEach
    void close() {
        movers.close();
        arena.close();
    }

    @ParameterizedTest(name = "fallback {0}")
    @ValueSource(booleans = {true, false})
    @DisplayName("nothing is lost and nothing is corrupted")
    void noOperationIsLostOrCorrupted(boolean fallback) {
        long seed = new Random().nextLong();
        System.out.println("seed " + seed);
        var random = new Random(seed);
        for (int i = 0; i < DEVICES; i++) {
            movers.device(new DeviceSettings().queue(QueueSettings.shared(8))
                    .maxTransfer(PART)
                    .numaNode(i), new RandomFaults(seed + i), DeviceModel.Observer.NONE);
        }
        movers.devices.start();
        for (int i = 0; i < SLOTS; i++) {
            free.add(new Slot());
        }
        try (DsaDataMover mover = movers.builder()
                .fallback(fallback)
                .slots(SLOTS)
                .queueFullTimeout(Duration.ofNanos(3_000))
                .deviceTimeout(Duration.ofNanos(50_000))
                .clock(clock::get)
                .open()) {
            healthy = false;
            run(mover, random, fallback);
            healthy = true;
            while (mover.slotsOverdue() != 0) {
                Thread.onSpinWait();
            }
            takeBack();
            assertEquals(SLOTS, free.size(), "an operation was lost");
            assertEquals(0, mover.slotsInUse());
            String all = "%s, %s, %s, %s".formatted(injected, results, paths, mover.queues());
            System.out.println(all);
            assertEquals(OPERATIONS,
                    results.values().stream().mapToInt(Integer::intValue).sum());
            assertTrue(injected.size() == 5
                    && injected.values().stream().allMatch(times -> times > 20), all);
            assertTrue(paths.getOrDefault(ExecutionPath.DSA_HARDWARE, 0) > OPERATIONS / 50, all);
            assertTrue(results.getOrDefault(VdmResult.TIMEOUT, 0) > 0, all);
            assertEquals(fallback, !results.containsKey(VdmResult.NO_DEVICE), all);
        }
        assertEquals(0, movers.devices.openPortals());
    }

    private void run(DsaDataMover mover, Random random, boolean fallback) {
        int started = 0;
        int ended = 0;
        for (long polls = 0; ended < OPERATIONS; polls++) {
            assertTrue(polls < OPERATIONS * MANY_POLLS, () -> "never complete: " + underWay);
            if (started < OPERATIONS && !free.isEmpty() && random.nextInt(3) == 0) {
                underWay.add(start(mover, free.remove(), random));
                started++;
                clock.addAndGet(1_000_000_000);
            } else if (!underWay.isEmpty()) {
                Work work = underWay.get(random.nextInt(underWay.size()));
                if (work.future().poll() == FutureState.COMPLETE) {
                    underWay.remove(work);
                    end(work, fallback);
                    ended++;
                }
            }
            if (free.isEmpty() && mover.slotsOverdue() == 0) {
                takeBack();
            }
            disableOrEnable(random);
        }
    }

    private void disableOrEnable(Random random) {
        int chance = random.nextInt(100_000);
        if (chance < DEVICES) {
            // Descriptors in the queue complete first, because the driver drains a queue.
            DeviceModel device = movers.devices.model(chance);
            while (device.pending() > 0) {
                Thread.onSpinWait();
            }
            movers.devices.disable(chance, 0);
        } else if (chance < 1_000) {
            movers.devices.model(chance % DEVICES).enable(0);
        }
    }

    /** The device may have written until now, but only to the destination. */
    private void takeBack() {
        leftToTheDevice.forEach(slot -> slot.assertOthersAreUntouched("a late operation"));
        free.addAll(leftToTheDevice);
        leftToTheDevice.clear();
    }

    private static Work work(Slot slot, VdmFuture<?> future) {
        return new Work(slot, future, true, () -> {});
    }

    private Work start(DsaDataMover mover, Slot slot, Random random) {
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
                return work(slot, mover.memcpy(to, from));
            }
            case 1 -> { // within one range
                int near = Math.clamp(source + random.nextInt(2 * length) - length, 0,
                        SLOT - length);
                System.arraycopy(before, source, slot.expected, near, length);
                slot.from = Math.min(source, near);
                slot.to = Math.max(source, near) + length;
                return new Work(slot, mover.memmove(slot.memory.asSlice(near, length), from),
                        Math.abs(near - source) >= length, () -> {});
            }
            case 2 -> {
                byte fill = (byte) random.nextInt();
                Arrays.fill(slot.expected, target, target + length, fill);
                return work(slot, mover.memset(to, fill));
            }
            case 3 -> {
                long pattern = random.nextLong();
                for (int i = 0; i < length; i++) {
                    slot.expected[target + i] = (byte) (pattern >>> 8 * (i & 7));
                }
                return work(slot, mover.fill(to, pattern));
            }
            case 4 -> {
                slot.to = slot.from;
                var crc = new CRC32C();
                crc.update(before, source, length);
                var future = mover.crc32c(from);
                return new Work(slot, future, true,
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
                return new Work(slot, future, true, () -> {
                    assertEquals(equal, future.output().equal());
                    assertTrue(equal || future.output().mismatchOffset() == differs,
                            () -> future.output() + ", not " + differs);
                });
            }
        }
    }

    private void end(Work work, boolean fallback) {
        VdmResult result = work.future().result();
        results.merge(result, 1, Integer::sum);
        paths.merge(work.future().path(), 1, Integer::sum);
        if (result == VdmResult.SUCCESS) {
            assertArrayEquals(work.slot().expected, work.slot().bytes(), work::toString);
            work.verify().run();
            free.add(work.slot());
            return;
        }
        String why = work.future().failure().getMessage();
        if (result == VdmResult.TIMEOUT) {
            assertTrue(why.contains("slotsOverdue()"), why);
            leftToTheDevice.add(work.slot());
            return;
        }
        var status = (DsaStatus) work.future().failure().status();
        assertNotNull(status, why);
        assertEquals(status.result(), result);
        assertTrue(why.contains(status.toString()), why);
        assertTrue(!fallback || !work.repeatable(), () -> "not redone by the JVM: " + why);
        work.slot().assertOthersAreUntouched(why);
        free.add(work.slot());
    }
}
