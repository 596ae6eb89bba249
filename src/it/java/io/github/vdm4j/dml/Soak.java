package io.github.vdm4j.dml;

import io.github.vdm4j.AbstractDataMover;
import io.github.vdm4j.VdmFlags;
import io.github.vdm4j.dml.simulated.Plan;
import io.github.vdm4j.dml.simulated.SimulatedDml;
import io.github.vdm4j.future.WorkerStrategy;
import io.github.vdm4j.memory.Durability;
import io.github.vdm4j.mover.SyncDataMover;
import io.github.vdm4j.mover.ThreadsDataMover;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.atomic.AtomicReferenceArray;
import java.util.concurrent.atomic.LongAdder;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Supplier;

/**
 * Mixed operations of many threads on all movers. The program repeatedly closes and replaces the
 * movers. {@link SoakIT} runs this in a separate JVM.
 *
 * <p>Arguments: duration, seed, and {@code real} to use libdml, too. The exit status is 0 if no
 * completion was lost, no byte was wrong, and no resource is left.
 */
final class Soak {
    private static final int PLATFORM_THREADS = 6;
    private static final int VIRTUAL_THREADS = 24;
    private static final long LONGEST_SILENCE = 120_000_000_000L;

    private final SimulatedDml dml = new SimulatedDml().withHardware();
    private final List<Supplier<AbstractDataMover>> kinds = new ArrayList<>();
    private final AtomicReferenceArray<AbstractDataMover> movers;
    private final AtomicReference<Throwable> unexpected = new AtomicReference<>();
    private final LongAdder opened = new LongAdder();
    private volatile boolean ended;

    private Soak(boolean real, SplittableRandom random) {
        kinds.add(SyncDataMover::open);
        kinds.add(() -> ThreadsDataMover.builder().threads(2).queueSize(8).open());
        kinds.add(() -> ThreadsDataMover.builder()
                .threads(1)
                .workerStrategy(WorkerStrategy.PARK)
                .open());
        kinds.add(() -> simulated(DmlPath.HARDWARE).withoutTrial().open());
        kinds.add(() -> simulated(DmlPath.SOFTWARE).workersFrom(2_000).workers(2).open());
        if (real) {
            kinds.add(() -> DmlDataMover.open(DmlPath.SOFTWARE));
            kinds.add(() -> DmlDataMover.builder().slots(16).workersFrom(4_096).workers(2).open());
            kinds.add(() -> DmlDataMover.builder()
                    .slots(16)
                    .maxTransferBytes(1_024)
                    .workersFrom(16_384)
                    .open());
        }
        letTheDeviceVary(random.split());
        movers = new AtomicReferenceArray<>(kinds.size());
        for (int i = 0; i < movers.length(); i++) {
            movers.set(i, open(i));
        }
    }

    private DmlDataMoverBuilder simulated(DmlPath path) {
        return DmlDataMover.builder()
                .library(dml.library())
                .path(path)
                .slots(16)
                .maxTransferBytes(64 << 10)
                .durability(Durability.withoutLibpmem());
    }

    /** Replaces the simulation from time to time, because it remembers every submission. */
    private void letTheDeviceVary(SplittableRandom random) {
        dml.forget();
        int longest = 1 + random.nextInt(200);
        dml.always(submission -> Plan.succeed().afterChecks((int) (submission.length() % longest)));
    }

    private AbstractDataMover open(int slot) {
        opened.increment();
        return kinds.get(slot).get();
    }

    AbstractDataMover mover(int slot) {
        return movers.get(slot);
    }

    int slots() {
        return movers.length();
    }

    boolean hasEnded() {
        return ended;
    }

    void fail(Throwable e) {
        unexpected.compareAndSet(null, e);
    }

    public static void main(String[] arguments) throws Exception {
        Duration duration = Duration.parse(arguments[0]);
        var random = new SplittableRandom(Long.parseLong(arguments[1]));
        System.out.println("seed " + arguments[1] + ", " + duration);
        System.exit(
                new Soak(arguments[2].equals("real"), random).run(duration.toNanos(), random) ? 0
                        : 3);
    }

    private boolean run(long nanos, SplittableRandom random) throws Exception {
        List<SoakUser> users = new ArrayList<>();
        List<Thread> threads = new ArrayList<>();
        for (int i = 0; i < PLATFORM_THREADS + VIRTUAL_THREADS; i++) {
            var user = new SoakUser(this, random.split());
            users.add(user);
            threads.add(i < PLATFORM_THREADS
                    ? Thread.ofPlatform().daemon().name("soak-" + i).start(user)
                    : Thread.ofVirtual().name("soak-" + i).start(user));
        }
        long start = System.nanoTime();
        long residentAtFirst = 0;
        while (System.nanoTime() - start < nanos && unexpected.get() == null) {
            LockSupport.parkNanos(50_000_000);
            replaceOne(random);
            letTheDeviceVary(random);
            if (residentAtFirst == 0 && System.nanoTime() - start > nanos / 5) {
                residentAtFirst = residentKiB();
            }
            lookForSilence(users, threads);
        }
        long seconds = (System.nanoTime() - start) / 1_000_000_000;
        ended = true;
        for (int i = 0; i < threads.size(); i++) {
            if (!threads.get(i).join(Duration.ofNanos(LONGEST_SILENCE))
                    && unexpected.get() == null) {
                fail(new AssertionError("no end of " + threads.get(i) + ": " + users.get(i)));
            }
        }
        for (int i = 0; i < movers.length() && unexpected.get() == null; i++) {
            close(movers.get(i));
        }
        SoakUser all = new SoakUser(this, random);
        users.forEach(all::add);
        System.out.printf("%,d s, %d threads, %d movers opened and closed%n", seconds,
                threads.size(), opened.sum());
        System.out.println(all);
        System.out.printf("resident after a fifth of the time: %,d KiB, in the end: %,d KiB%n",
                residentAtFirst, residentKiB());
        return isClean(all);
    }

    private boolean isClean(SoakUser all) {
        if (unexpected.get() == null) {
            try {
                dml.close(); // It throws if a caller broke a rule of the job API or a job is left.
                if (all.buffersOpen() != 0) {
                    throw new AssertionError(all.buffersOpen() + " buffers are still open");
                }
                List<String> left = Thread.getAllStackTraces()
                        .keySet()
                        .stream()
                        .map(Thread::getName)
                        .filter(name -> name.startsWith("vdm4j-")
                                && !name.equals("vdm4j-future-poller"))
                        .toList();
                if (!left.isEmpty()) {
                    throw new AssertionError("threads are left: " + left);
                }
            } catch (AssertionError e) {
                fail(e);
            }
        }
        if (unexpected.get() != null) {
            unexpected.get().printStackTrace(System.out);
        }
        return unexpected.get() == null;
    }

    private void replaceOne(SplittableRandom random) {
        int slot = random.nextInt(movers.length());
        close(movers.getAndSet(slot, open(slot)));
    }

    /**
     * Closes a mover while threads use it. The mover must finish the operations that they have
     * started.
     */
    private void close(AbstractDataMover mover) {
        try {
            mover.close();
            if (mover instanceof DmlDataMover closed
                    && (closed.nativeBytes() != 0 || closed.slotsInUse() != 0)) {
                throw new AssertionError(
                        "%s has %d jobs in use and %d bytes of native memory after it was closed"
                                .formatted(closed, closed.slotsInUse(), closed.nativeBytes()));
            }
        } catch (Throwable e) {
            fail(e);
        }
    }

    private void lookForSilence(List<SoakUser> users, List<Thread> threads) {
        for (int i = 0; i < users.size(); i++) {
            if (System.nanoTime() - users.get(i).lastSign() > LONGEST_SILENCE
                    && threads.get(i).isAlive()) {
                var lost = new AssertionError(
                        "a lost completion? " + threads.get(i) + ": " + users.get(i).doing());
                lost.setStackTrace(threads.get(i).getStackTrace());
                fail(lost);
            }
        }
    }

    private static long residentKiB() throws IOException {
        for (String line : Files.readAllLines(Path.of("/proc/self/status"))) {
            if (line.startsWith("VmRSS:")) {
                return Long.parseLong(line.replaceAll("\\D", ""));
            }
        }
        return 0;
    }

    /** Returns the flags of an operation. Durable operations are rare, because they take long. */
    static VdmFlags flags(SplittableRandom random) {
        return switch (random.nextInt(8)) {
            case 0 -> VdmFlags.NO_CACHE_HINT;
            default -> VdmFlags.NONE;
        };
    }
}
