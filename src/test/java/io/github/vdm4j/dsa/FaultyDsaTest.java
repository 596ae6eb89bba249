package io.github.vdm4j.dsa;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.vdm4j.ExecutionPath;
import io.github.vdm4j.FaultyLoad;
import io.github.vdm4j.VdmResult;
import io.github.vdm4j.emulator.Descriptor;
import io.github.vdm4j.emulator.DeviceModel;
import io.github.vdm4j.emulator.DeviceSettings;
import io.github.vdm4j.emulator.FaultPlan;
import io.github.vdm4j.emulator.QueueSettings;
import java.lang.foreign.Arena;
import java.time.Duration;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicLong;
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
    private static final int DEVICES = 2;
    private static final int PART = 256;
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

    private final class Load extends FaultyLoad {
        private final DsaDataMover mover;

        Load(DsaDataMover mover, boolean fallback, Random random) {
            super(mover, fallback, random, bytes -> arena.allocate(bytes, 64));
            this.mover = mover;
        }

        @Override
        protected int overdue() {
            return mover.slotsOverdue();
        }

        /** On a busy machine, the devices' threads may be too late for the time. */
        @Override
        protected void started() {
            for (int i = 0; i < DEVICES; i++) {
                movers.devices.model(i).advance();
            }
            clock.addAndGet(1_000_000_000);
        }

        @Override
        protected void disturb(Random chance) {
            int drawn = chance.nextInt(100_000);
            if (drawn < DEVICES) {
                movers.devices.disable(drawn, 0);
            } else if (drawn < 1_000) {
                movers.devices.model(drawn % DEVICES).enable(0);
            }
        }
    }

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
        try (DsaDataMover mover = movers.builder()
                .fallback(fallback)
                .slots(FaultyLoad.SLOTS)
                .queueFullTimeout(Duration.ofNanos(3_000))
                .deviceTimeout(Duration.ofNanos(50_000))
                .clock(clock::get)
                .open()) {
            healthy = false;
            var load = new Load(mover, fallback, random);
            load.run(OPERATIONS);
            healthy = true;
            load.settle();
            Map<VdmResult, Integer> results = load.results();
            Map<ExecutionPath, Integer> paths = load.paths();
            assertEquals(0, mover.slotsInUse());
            String all = "%s, %s, %s, %s".formatted(injected, results, paths, mover.queues());
            System.out.println(all);
            assertEquals(OPERATIONS,
                    results.values().stream().mapToInt(Integer::intValue).sum());
            assertEquals(Set.of("failed", "faulted", "late", "lost", "refused"),
                    injected.keySet(), all);
            // After a loss, the queue executes nothing for a while. There are few losses.
            assertTrue(injected.values().stream().allMatch(times -> times > 3), all);
            assertTrue(paths.getOrDefault(ExecutionPath.DSA_HARDWARE, 0) > OPERATIONS / 50, all);
            assertTrue(results.getOrDefault(VdmResult.TIMEOUT, 0) > 0, all);
            assertEquals(fallback, !results.containsKey(VdmResult.NO_DEVICE), all);
        }
        assertEquals(0, movers.devices.openPortals());
    }
}
