package io.github.vdm4j.machine;

import com.sun.management.ThreadMXBean;
import java.lang.management.ManagementFactory;

/** The bytes that code allocates after the JIT has compiled it. */
public final class AllocatedBytes {
    /** On a busy machine, the compiler needs seconds. */
    private static final long LONGEST_NANOS = 30_000_000_000L;

    private AllocatedBytes() {}

    /**
     * Executes rounds until they allocate few bytes, or for 30 s.
     *
     * @param enough the number of bytes that ends the measurement
     * @return the fewest bytes of a sequence of rounds on the current thread
     */
    public static long least(int rounds, long enough, Runnable round) {
        var threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        long end = System.nanoTime() + LONGEST_NANOS;
        long least = Long.MAX_VALUE;
        while (least > enough && System.nanoTime() < end) {
            long before = threads.getCurrentThreadAllocatedBytes();
            for (int i = 0; i < rounds; i++) {
                round.run();
            }
            least = Math.min(least, threads.getCurrentThreadAllocatedBytes() - before);
        }
        return least;
    }
}
