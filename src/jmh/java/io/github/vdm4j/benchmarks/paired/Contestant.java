package io.github.vdm4j.benchmarks.paired;

/** One way to do the work of a {@link Contest}. */
@FunctionalInterface
interface Contestant {

    /** Does the work a number of times in sequence. */
    void run(long times) throws Throwable;

    /**
     * Returns the time of the operations in nanoseconds. A contestant with a preparation overrides
     * this.
     */
    default long time(long times) throws Throwable {
        long start = System.nanoTime();
        run(times);
        return System.nanoTime() - start;
    }
}
