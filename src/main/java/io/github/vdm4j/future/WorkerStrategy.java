package io.github.vdm4j.future;

/**
 * What a mover's worker thread does when there is no work: spin, then yield, then sleep until there
 * is. Every worker sleeps in the end, so that an idle mover uses no processor time. The longer it
 * stays awake, the sooner it begins with the next operation: to wake a sleeping thread takes tens
 * of microseconds.
 *
 * <p>C counterpart: none; miniasync's workers sleep on a semaphore, as with {@link #PARK}.
 *
 * @param spins rounds of spinning, some tens of nanoseconds each, 0 or more
 * @param yields rounds of yielding the processor after them, 0 or more
 */
public record WorkerStrategy(int spins, int yields) {
    private static final int MOST = 1_000_000_000;

    /**
     * For operations that follow one another closely: a million rounds of spinning, some tens of
     * milliseconds. Each such worker wants a processor to itself.
     */
    public static final WorkerStrategy SPIN = new WorkerStrategy(1_000_000, 0);

    /** The default: 1,000 rounds of spinning, some tens of microseconds, and 20 of yielding. */
    public static final WorkerStrategy BALANCED = new WorkerStrategy(1_000, 20);

    /** Sleeps at once: the least processor time, the latest start. */
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
