package io.github.vdm4j.future;

import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Supplier;

/**
 * A race of two threads. Each acts once on a new state, at nearly the same moment. The class
 * repeats the race and counts the outcomes. A forbidden outcome must not occur.
 *
 * @param <S> the type of the state
 */
public final class Race<S> {
    private final int rounds;
    private final Supplier<S> fresh;

    /** An actor. It returns its observation. */
    @FunctionalInterface
    public interface Actor<S> {
        Object act(S state) throws Exception;
    }

    public Race(int rounds, Supplier<S> fresh) {
        this.rounds = rounds;
        this.fresh = fresh;
    }

    /**
     * Returns the number of each outcome. An outcome has the observations of the first actor, of
     * the second actor, and after the race.
     */
    public Map<String, Integer> outcomes(Actor<S> first, Actor<S> second, Actor<S> after)
            throws Exception {
        Map<String, Integer> seen = new TreeMap<>();
        var state = new AtomicReference<S>();
        var turn = new AtomicInteger();
        var said = new AtomicReference<Object>();
        Thread other = Thread.ofPlatform().daemon().start(() -> {
            for (int round = 1; round <= rounds; round++) {
                while (turn.get() != 2 * round - 1) {
                    Thread.onSpinWait();
                }
                // A random delay makes each thread sometimes first.
                for (int i = round % 50; i > 0; i--) {
                    Thread.onSpinWait();
                }
                try {
                    said.set(second.act(state.get()));
                } catch (Throwable e) {
                    said.set(e);
                }
                turn.set(2 * round);
            }
        });
        for (int round = 1; round <= rounds; round++) {
            S now = fresh.get();
            state.set(now);
            turn.set(2 * round - 1);
            for (int i = round / 50 % 50; i > 0; i--) {
                Thread.onSpinWait();
            }
            Object mine = first.act(now);
            while (turn.get() != 2 * round) {
                Thread.onSpinWait();
            }
            seen.merge(mine + ", " + said.get() + ", " + after.act(now), 1, Integer::sum);
        }
        other.join();
        return seen;
    }
}
