package io.github.vdm4j.mover;

import io.github.vdm4j.Vdm;

/**
 * The factory of the best mover of this machine.
 *
 * {@snippet lang=java :
 *     try (Arena arena = Arena.ofShared(); Vdm mover = DataMovers.best()) {
 *         MemorySegment source = arena.allocate(1 << 20).fill((byte) 7);
 *         MemorySegment destination = arena.allocate(1 << 20);
 *         VdmFuture<VdmOutput> copy = mover.memcpy(destination, source); // nothing has started
 *         copy.await(); // throws if the copy failed
 *         System.out.println(copy + ", equal: " + (destination.mismatch(source) == -1));
 *     }
 * }
 *
 * <p>Every mover that {@link #best()} can return takes off-heap and heap segments, confined or
 * shared. Therefore code that uses the mover runs on every machine.
 *
 * <p>C counterpart: none. In miniasync, the caller chooses the mover.
 */
public final class DataMovers {
    private DataMovers() {}

    /**
     * A mover and the reason why it was chosen.
     *
     * @param mover the open mover. The caller closes it
     * @param reason the reason in words, for a log
     */
    public record Choice(Vdm mover, String reason) implements AutoCloseable {
        /** Closes the mover. */
        @Override
        public void close() {
            mover.close();
        }
    }

    /** {@return settings for the best mover, with the defaults} */
    public static DataMoversBuilder builder() {
        return new DataMoversBuilder();
    }

    /**
     * Opens the mover of the most preferred {@link MoverProvider} that works here, or a {@link
     * ThreadsDataMover}.
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
