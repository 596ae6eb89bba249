package io.github.vdm4j.benchmarks.paired;

/** One way to do the work of a {@link Contest}. */
@FunctionalInterface
interface Contestant {

    /** Does the work a number of times in sequence. */
    void run(long times) throws Throwable;

    /** How long that takes, in nanoseconds; one that prepares something takes the time itself. */
    default long time(long times) throws Throwable {
        long start = System.nanoTime();
        run(times);
        return System.nanoTime() - start;
    }
}
