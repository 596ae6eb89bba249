package io.github.vdm4j;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;

import io.github.vdm4j.engine.SeamDevice;
import io.github.vdm4j.future.WorkerStrategy;
import io.github.vdm4j.machine.LibraryThread;
import io.github.vdm4j.machine.Seam;
import io.github.vdm4j.machine.SeamScheduler;
import io.github.vdm4j.mover.ThreadsDataMover;
import java.lang.foreign.MemorySegment;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * The protocols between threads under a scheduler that a seed drives (docs/adr/0028). The system
 * property {@code vdm4j.seeds} sets the number of seeds, and {@code vdm4j.firstSeed} sets the first
 * seed.
 */
@Timeout(36_000)
class SeamTest {
    private static final int SEEDS = Integer.getInteger("vdm4j.seeds", 10_000);
    private static final long FIRST = Long.getLong("vdm4j.firstSeed", 0);

    private final UncaughtExceptions uncaught = new UncaughtExceptions();

    /** The exception of a user's waker. */
    static final class ForTheTest extends RuntimeException {
        private static final long serialVersionUID = 1L;

        ForTheTest() {
            super("for the test", null, false, false);
        }
    }

    /** The work of the threads of a run. */
    enum Scenario {
        /** Operations that wait for a worker. */
        WORKERS {
            @Override
            Runnable prepare(SeamScheduler scheduler) {
                return new QueueRun(scheduler, (run, workers) -> ThreadsDataMover.builder()
                        .threads(workers)
                        .workerStrategy(WorkerStrategy.PARK)
                        .memcpyFunction(run::copy)
                        .open())::check;
            }
        },
        /** Operations that awaiting threads execute, too. */
        HELPERS {
            @Override
            Runnable prepare(SeamScheduler scheduler) {
                return new QueueRun(scheduler, (run, workers) -> ThreadsDataMover.builder()
                        .threads(workers)
                        .workerStrategy(WorkerStrategy.PARK)
                        .open()).uncounted()::check;
            }
        },
        /** Operations that wait for a slot of a device. */
        DEVICE {
            @Override
            Runnable prepare(SeamScheduler scheduler) {
                return new QueueRun(scheduler, (run, slots) -> SeamDevice.open(slots,
                        from -> run.begin(MemorySegment.ofAddress(from).reinterpret(2)),
                        run::small))::check;
            }
        },
        /** Durable operations that share forces. */
        FORCES {
            @Override
            Runnable prepare(SeamScheduler scheduler) {
                return new DurableRun(scheduler)::check;
            }
        };

        /** Adds the users of a run, and returns the check that follows the run. */
        abstract Runnable prepare(SeamScheduler scheduler);
    }

    @BeforeEach
    void awaitEndOfLibraryThreads() throws InterruptedException {
        for (Thread each : Thread.getAllStackTraces().keySet()) {
            if (each instanceof LibraryThread && each.getName().startsWith("vdm4j-f")) {
                each.join(5_000); // The thread ends after an idle second.
            }
        }
    }

    @AfterEach
    void uninstall() {
        Seam.install(null);
        uncaught.close();
        assertEquals(List.of(), uncaught.list()
                .stream()
                .filter(thrown -> !(thrown instanceof ForTheTest))
                .toList());
    }

    private static SeamScheduler run(Scenario scenario, long seed) {
        var scheduler = new SeamScheduler(seed);
        Seam.install(scheduler);
        try {
            Runnable check = scenario.prepare(scheduler);
            scheduler.run();
            check.run();
        } catch (Throwable e) {
            throw new AssertionError(
                    "%s, seed %d: %s%s".formatted(scenario, seed, e, scheduler.trace()), e);
        }
        return scheduler;
    }

    @ParameterizedTest
    @EnumSource
    void everySeedKeepsTheRules(Scenario scenario) {
        int seeds = SEEDS / Scenario.values().length;
        for (long seed = FIRST; seed < FIRST + seeds; seed++) {
            run(scenario, seed);
        }
    }

    /** Seeds that failed once. A drain hung or ended early, a poll threw, or a close timed out. */
    @ParameterizedTest
    @CsvSource({"WORKERS,212", "FORCES,17", "WORKERS,1321", "FORCES,4784"})
    void seedThatFailedOnceKeepsTheRules(Scenario scenario, long seed) {
        run(scenario, seed);
    }

    @ParameterizedTest
    @EnumSource
    void sameSeedGivesTheSameRun(Scenario scenario) {
        List<String> first = run(scenario, 1).steps();
        assertEquals(first, run(scenario, 1).steps());
        assertNotEquals(first, run(scenario, 2).steps());
    }
}
