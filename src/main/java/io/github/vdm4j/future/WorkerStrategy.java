package io.github.vdm4j.future;

import io.github.vdm4j.machine.Message;

/**
 * A strategy for a worker thread without work. The worker spins, then yields, then sleeps until it
 * receives work. An idle mover therefore uses no processor time. An awake worker starts sooner,
 * because the wake-up of a thread takes tens of microseconds.
 *
 * <p>C counterpart: none. The workers of miniasync sleep on a semaphore, like with {@link #PARK}.
 *
 * @param spins the number of rounds of spinning, 0 or more. A round takes some tens of nanoseconds
 * @param yields the number of further rounds of yielding, 0 or more
 */
public record WorkerStrategy(int spins, int yields) {
    private static final int MOST = 1_000_000_000;

    /**
     * A strategy for operations in quick succession. A worker spins for a million rounds, some tens
     * of milliseconds. Each worker needs its own processor.
     */
    public static final WorkerStrategy SPIN = new WorkerStrategy(1_000_000, 0);

    /**
     * The default strategy. It has 1,000 rounds of spinning, some tens of microseconds, and 20
     * rounds of yielding.
     */
    public static final WorkerStrategy BALANCED = new WorkerStrategy(1_000, 20);

    /**
     * A strategy that sleeps at once. It uses the least processor time and has the longest reaction
     * time.
     */
    public static final WorkerStrategy PARK = new WorkerStrategy(0, 0);

    /**
     * Creates a strategy.
     *
     * @throws IllegalArgumentException if a number is below 0 or above a billion
     */
    public WorkerStrategy {
        if (spins < 0 || yields < 0 || spins > MOST || yields > MOST) {
            throw new IllegalArgumentException(
                    Message.of("%,d spins and %,d yields: must be 0 to %,d each", spins, yields,
                            MOST));
        }
    }
}
