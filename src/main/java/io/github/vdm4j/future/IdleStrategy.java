package io.github.vdm4j.future;

import java.util.concurrent.locks.LockSupport;

/**
 * What a waiting thread does between two rounds that brought nothing: spin, yield, park. A strategy
 * keeps no state and may be shared by any number of threads.
 *
 * <p>C counterpart: {@code __FUTURE_WAIT} and the constants inside of {@code runtime_new}.
 */
@FunctionalInterface
public interface IdleStrategy {
    /**
     * Passes some time. May return early.
     *
     * @param round how many rounds in a row have brought nothing, from 0
     */
    void idle(int round);

    /**
     * Spins for ever: shortest reaction, one processor in full use.
     *
     * @return the strategy
     */
    static IdleStrategy spin() {
        return round -> Thread.onSpinWait();
    }

    /**
     * Yields the processor to other runnable threads every time.
     *
     * @return the strategy
     */
    static IdleStrategy yield() {
        return round -> Thread.yield();
    }

    /**
     * Sleeps every time.
     *
     * @param nanos how long, in nanoseconds, above 0
     * @return the strategy
     * @throws IllegalArgumentException if {@code nanos} is not above 0
     */
    static IdleStrategy park(long nanos) {
        if (nanos <= 0) {
            throw new IllegalArgumentException("park for " + nanos + " ns: must be above 0");
        }
        return round -> LockSupport.parkNanos(nanos);
    }

    /**
     * Spins at first, then yields, then sleeps for twice as long each time up to a limit. A virtual
     * thread yields instead of spinning, so that its carrier is free for others.
     *
     * @param spins rounds of spinning, 0 or more
     * @param yields rounds of yielding after them, 0 or more
     * @param maxParkNanos the longest sleep in nanoseconds, at least 1,000, the shortest
     * @return the strategy
     * @throws IllegalArgumentException if a number is out of its range
     */
    static IdleStrategy backOff(int spins, int yields, long maxParkNanos) {
        if (spins < 0 || yields < 0 || maxParkNanos < 1_000) {
            throw new IllegalArgumentException(
                    "backOff(%d spins, %d yields, %d ns): needs 0 or more, 0 or more, 1000 or more"
                            .formatted(spins, yields, maxParkNanos));
        }
        return round -> {
            if (round < spins && !Thread.currentThread().isVirtual()) {
                Thread.onSpinWait();
            } else if (round - spins < yields) {
                Thread.yield();
            } else {
                int doublings = Math.min(round - spins - yields, 20);
                LockSupport.parkNanos(Math.min(1_000L << doublings, maxParkNanos));
            }
        };
    }

    /**
     * The default: 1,000 rounds of spinning, 100 of yielding, then sleeps from 1 µs up to 1 ms.
     *
     * @return the strategy
     */
    static IdleStrategy backOff() {
        return backOff(1_000, 100, 1_000_000);
    }
}
