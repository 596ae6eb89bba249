package io.github.vdm4j.mover;

import io.github.vdm4j.Vdm;

/**
 * Chooses the best mover of this machine.
 *
 * <pre>{@code
 * try (Vdm mover = DataMovers.best()) {
 *   mover.memcpy(destination, source).await();
 * }
 * }</pre>
 *
 * <p>Code that is written on {@link #best()} runs on every mover that it can return. Each of them
 * takes off-heap and heap segments, confined or not.
 *
 * <p>C counterpart: none; miniasync's callers choose.
 */
public final class DataMovers {
    private DataMovers() {}

    /**
     * A mover and the reason why it was chosen.
     *
     * @param mover the open mover, which the caller closes
     * @param reason the reason in words, for a log
     */
    public record Choice(Vdm mover, String reason) implements AutoCloseable {
        /** Closes the mover. */
        @Override
        public void close() {
            mover.close();
        }
    }

    /**
     * Returns settings for the best mover, whichever that is.
     *
     * @return a builder with the defaults
     */
    public static DataMoversBuilder builder() {
        return new DataMoversBuilder();
    }

    /**
     * Opens the best mover: the one of the most preferred {@link MoverProvider} that works here,
     * else a {@link ThreadsDataMover}.
     *
     * @return an open mover
     */
    public static Vdm best() {
        return builder().best();
    }

    /**
     * Opens the same mover as {@link #best} and returns the reason for the choice.
     *
     * @return an open mover and the reason
     */
    public static Choice choose() {
        return builder().choose();
    }
}
