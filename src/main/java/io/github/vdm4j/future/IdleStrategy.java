package io.github.vdm4j.future;

import io.github.vdm4j.machine.Message;
import io.github.vdm4j.machine.Seam;
import java.util.concurrent.locks.LockSupport;

/**
 * A strategy for a waiting thread after a round of polls without progress. The thread spins, yields
 * or sleeps. A strategy has no state and is thread-safe.
 *
 * <p>C counterpart: {@code __FUTURE_WAIT} and the constants inside {@code runtime_new}.
 */
@FunctionalInterface
public interface IdleStrategy {
    /**
     * Waits for some time. The call may return early.
     *
     * @param round the number of consecutive rounds without progress, from 0
     */
    void idle(int round);

    /**
     * {@return a strategy that spins for ever} It has the shortest reaction time and keeps a
     * processor busy. A virtual thread yields for 100 rounds and then sleeps from 1 to 100 µs.
     * Virtual threads that only yield could keep their carriers from further threads.
     */
    static IdleStrategy spin() {
        IdleStrategy ofVirtualThread = backOff(0, 100, 100_000);
        return round -> {
            if (Thread.currentThread().isVirtual()) {
                ofVirtualThread.idle(round);
            } else {
                Thread.onSpinWait();
            }
        };
    }

    /** {@return a strategy that yields the processor every time} */
    static IdleStrategy yield() {
        return round -> Thread.yield();
    }

    /**
     * {@return a strategy that sleeps every time}
     *
     * @param nanos the length of a sleep in nanoseconds, above 0
     * @throws IllegalArgumentException if {@code nanos} is not above 0
     */
    static IdleStrategy park(long nanos) {
        if (nanos <= 0) {
            throw new IllegalArgumentException("park for " + nanos + " ns: must be above 0");
        }
        return round -> LockSupport.parkNanos(nanos);
    }

    /**
     * Returns a strategy that spins first, then yields, then sleeps. Each sleep is twice as long as
     * the previous sleep, up to a limit. A virtual thread yields instead of spinning, because
     * yielding frees its carrier.
     *
     * @param spins the number of rounds of spinning, 0 or more
     * @param yields the number of further rounds of yielding, 0 or more
     * @param maxParkNanos the longest sleep in nanoseconds, at least 1,000. The shortest sleep is
     *     1,000
     * @return the strategy
     * @throws IllegalArgumentException if a number is out of its range
     */
    static IdleStrategy backOff(int spins, int yields, long maxParkNanos) {
        if (spins < 0 || yields < 0 || maxParkNanos < 1_000) {
            throw new IllegalArgumentException(
                    Message.of(
                            "backOff(%d spins, %d yields, %d ns): needs 0 or more, 0 or more, 1000"
                                    + " or more",
                            spins, yields, maxParkNanos));
        }
        return round -> {
            Seam.step();
            if (round < spins && !Thread.currentThread().isVirtual()) {
                Thread.onSpinWait();
            } else if (round - spins < yields) {
                Thread.yield();
            } else {
                int doublings = Math.min(round - spins - yields, 20);
                Seam.parkNanos(null, Math.min(1_000L << doublings, maxParkNanos));
            }
        };
    }

    /**
     * {@return the default strategy} It spins for 1,000 rounds, yields for 100, then sleeps from 1
     * µs up to 1 ms.
     */
    static IdleStrategy backOff() {
        return backOff(1_000, 100, 1_000_000);
    }
}
