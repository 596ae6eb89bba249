package io.github.vdm4j.benchmarks.paired;

import com.sun.management.ThreadMXBean;
import java.lang.management.CompilationMXBean;
import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * A comparison of several ways to do the same work in one process. Every round runs each contestant
 * once, in rotating order. The result is the median of the rounds' ratios. A disturbance that is
 * longer than a round slows all contestants.
 */
public final class Contest {
    private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();

    private static final CompilationMXBean COMPILER = ManagementFactory.getCompilationMXBean();

    private static final int MOST_WARM_UPS = 30;

    /**
     * The approximate time of a contestant's run. It is long compared with the clock's resolution,
     * and short compared with disturbances.
     */
    private static final long RUN_NANOS = 100_000;

    /**
     * The same for contestants with threads. A thread falls asleep during the runs of the remaining
     * contestants, and its wake-up takes some tens of microseconds.
     */
    private static final long RUN_NANOS_OF_THREADS = 2_000_000;

    /**
     * The warm-up of contestants with threads is longer by this factor. A thread of the compiler
     * may need the processor of a contestant's thread.
     */
    private static final int WARM_UPS_OF_THREADS = 4;

    private static final int FEWEST_ROUNDS = 9;

    private final long bytes;
    private final long runNanos;
    private final int warmUps;
    private final List<String> names = new ArrayList<>();
    private final List<Contestant> contestants = new ArrayList<>();

    Contest(long bytes) {
        this(bytes, RUN_NANOS, 1);
    }

    private Contest(long bytes, long runNanos, int warmUps) {
        this.bytes = bytes;
        this.runNanos = runNanos;
        this.warmUps = warmUps;
    }

    static Contest ofThreads(long bytes) {
        return new Contest(bytes, RUN_NANOS_OF_THREADS, WARM_UPS_OF_THREADS);
    }

    Contest add(String name, Contestant contestant) {
        names.add(name);
        contestants.add(contestant);
        return this;
    }

    /**
     * The result of a contest.
     *
     * @param bytes the bytes of an operation
     * @param names the contestants
     * @param nanos the median time of each for one operation
     * @param heapBytes the heap bytes that each allocates for one operation
     * @param ratios the ratio of each pair, the median of the rounds
     * @param rounds the number of rounds
     */
    public record Result(
            long bytes,
            List<String> names,
            double[] nanos,
            double[] heapBytes,
            double[][] ratios,
            int rounds) {}

    Result run(double warmUpSeconds, double seconds) throws Throwable {
        int count = contestants.size();
        long[] times = warmUp(warmUpSeconds);
        var rounds = new ArrayList<double[]>();
        long end = System.nanoTime() + (long) (seconds * 1e9);
        do {
            double[] nanos = new double[count];
            for (int i = 0; i < count; i++) {
                int turn = (rounds.size() + i) % count;
                nanos[turn] = (double) contestants.get(turn).time(times[turn]) / times[turn];
            }
            rounds.add(nanos);
        } while (rounds.size() < FEWEST_ROUNDS || System.nanoTime() < end);
        return new Result(bytes, names, medians(rounds), heapBytes(times),
                ratios(rounds),
                rounds.size());
    }

    long bytes() {
        return bytes;
    }

    /** Counts the processor's events of each contestant after the warm-up. */
    List<CountedFork.Count> count(String group, double warmUpSeconds, double seconds)
            throws Throwable {
        long[] times = warmUp(warmUpSeconds);
        var counts = new ArrayList<CountedFork.Count>();
        for (int i = 0; i < times.length; i++) {
            Contestant contestant = contestants.get(i);
            long all = Math.max(1, (long) (times[i] * seconds * 1e9 / runNanos));
            contestant.run(all / 4); // The contestant runs alone, like in the measurement.
            counts.add(new CountedFork.Count(group, bytes, names.get(i),
                    ProcessorCounters.count(contestant, all)));
        }
        return counts;
    }

    /**
     * Runs all contestants until the compiler has been idle for a while. On a busy machine that
     * takes much longer than on an idle machine.
     *
     * @return the number of operations of each contestant in a run
     */
    private long[] warmUp(double seconds) throws Throwable {
        long[] times = new long[contestants.size()];
        Arrays.fill(times, 1);
        long start = System.nanoTime();
        long quietSince = start;
        long compiled = COMPILER.getTotalCompilationTime();
        long now = start;
        double quiet = warmUps * seconds * 1e9;
        while (now - start < MOST_WARM_UPS * seconds * 1e9 && now - quietSince < quiet) {
            for (int i = 0; i < times.length; i++) {
                long nanos = contestants.get(i).time(times[i]);
                // The fastest run counts. A run is slow if the kernel puts two threads of the
                // contestant onto one processor for a few milliseconds.
                times[i] = Math.max(times[i],
                        Math.min(times[i] * 8, times[i] * runNanos / Math.max(nanos, 1)));
            }
            now = System.nanoTime();
            long total = COMPILER.getTotalCompilationTime();
            if (total != compiled) {
                compiled = total;
                quietSince = now;
            }
        }
        return times;
    }

    private double[] medians(List<double[]> rounds) {
        double[] medians = new double[names.size()];
        for (int i = 0; i < medians.length; i++) {
            int turn = i;
            medians[i] = median(rounds.stream().mapToDouble(round -> round[turn]).toArray());
        }
        return medians;
    }

    private double[][] ratios(List<double[]> rounds) {
        double[][] ratios = new double[names.size()][names.size()];
        for (int i = 0; i < ratios.length; i++) {
            for (int j = 0; j < ratios.length; j++) {
                int above = i;
                int below = j;
                ratios[i][j] = median(rounds.stream()
                        .mapToDouble(round -> round[above] / round[below])
                        .toArray());
            }
        }
        return ratios;
    }

    /**
     * Returns the heap bytes of the calling thread for an operation. It does not count the
     * allocations of further threads.
     */
    private double[] heapBytes(long[] times) throws Throwable {
        double[] bytes = new double[names.size()];
        for (int i = 0; i < bytes.length; i++) {
            long runs = times[i] * 10;
            long before = THREADS.getCurrentThreadAllocatedBytes();
            contestants.get(i).run(runs);
            bytes[i] = (double) (THREADS.getCurrentThreadAllocatedBytes() - before) / runs;
        }
        return bytes;
    }

    private static double median(double[] values) {
        Arrays.sort(values);
        int middle = values.length / 2;
        return values.length % 2 == 1 ? values[middle] : (values[middle - 1] + values[middle]) / 2;
    }
}
