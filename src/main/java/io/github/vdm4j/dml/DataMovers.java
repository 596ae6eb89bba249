package io.github.vdm4j.dml;

import io.github.vdm4j.VdmException;
import io.github.vdm4j.mover.ThreadsDataMover;
import io.github.vdm4j.operation.DataOperations;

/**
 * The best mover that this machine has, for code that does not care which it is.
 *
 * <pre>{@code
 * try (DataOperations mover = DataMovers.best()) {
 *   mover.memcpy(destination, source).await();
 * }
 * }</pre>
 *
 * <p>C counterpart: none; miniasync's callers choose.
 */
public final class DataMovers {
    private DataMovers() {}

    /**
     * A mover and why it was chosen.
     *
     * @param mover the mover, open; to be closed by whoever asked
     * @param reason in words, for a log
     */
    public record Choice(DataOperations mover, String reason) implements AutoCloseable {

        /** Closes the mover. */
        @Override
        public void close() {
            mover.close();
        }
    }

    /**
     * Settings for the best mover, whichever that is.
     *
     * @return a builder with the defaults
     */
    public static DataMoversBuilder builder() {
        return new DataMoversBuilder();
    }

    /**
     * Opens a {@link DmlDataMover} on {@link DmlPath#AUTO} where Intel DML is, else a {@link
     * ThreadsDataMover}. Memory that both take is off-heap and not confined to a thread.
     *
     * @return an open mover
     */
    public static DataOperations best() {
        return choose().mover();
    }

    /**
     * As {@link #best}, with the reason.
     *
     * @return an open mover and why it was chosen
     */
    public static Choice choose() {
        return choose(false);
    }

    /** Loads no builder class, because the first opening would wait for it (docs/adr/0019). */
    static Choice choose(boolean nativeMemoryIsPersistent) {
        try {
            DmlDataMover mover = DmlDataMover.builder()
                    .nativeMemoryIsPersistent(nativeMemoryIsPersistent)
                    .open();
            return new Choice(mover,
                    "%s: %s".formatted(mover.library(), mover.pathDecision().reason()));
        } catch (DmlUnavailableException | VdmException e) {
            ThreadsDataMover mover = ThreadsDataMover.builder()
                    .nativeMemoryIsPersistent(nativeMemoryIsPersistent)
                    .open();
            return new Choice(mover, e.getMessage());
        }
    }
}
