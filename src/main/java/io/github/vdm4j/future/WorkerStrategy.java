package io.github.vdm4j.future;

/**
 * A strategy for a worker thread without work: it spins, then yields, then sleeps until there is
 * work. Every worker sleeps in the end, so an idle mover uses no processor time. A worker that is
 * awake begins sooner, because it takes tens of microseconds to wake a thread.
 *
 * <p>C counterpart: none; miniasync's workers sleep on a semaphore, the same as with {@link #PARK}.
 *
 * @param spins rounds of spinning, some tens of nanoseconds each, 0 or more
 * @param yields rounds of yielding the processor after them, 0 or more
 */
public record WorkerStrategy(int spins, int yields) {
    private static final int MOST = 1_000_000_000;

    /**
     * A strategy for operations that follow each other closely: a million rounds of spinning, some
     * tens of milliseconds. Each such worker needs a processor of its own.
     */
    public static final WorkerStrategy SPIN = new WorkerStrategy(1_000_000, 0);

    /** The default: 1,000 rounds of spinning, some tens of microseconds, and 20 of yielding. */
    public static final WorkerStrategy BALANCED = new WorkerStrategy(1_000, 20);

    /** A strategy that sleeps at once. It uses the least processor time and starts latest. */
    public static final WorkerStrategy PARK = new WorkerStrategy(0, 0);

    /**
     * Creates a strategy.
     *
     * @throws IllegalArgumentException if a number is below 0 or above a billion
     */
    public WorkerStrategy {
        if (spins < 0 || yields < 0 || spins > MOST || yields > MOST) {
            throw new IllegalArgumentException(
                    "%,d spins and %,d yields: must be 0 to %,d each".formatted(spins, yields,
                            MOST));
        }
    }
}
