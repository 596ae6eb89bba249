package io.github.vdm4j.dml;

import io.github.vdm4j.dml.DataMovers.Choice;
import io.github.vdm4j.operation.DataOperations;

/** The settings that every mover has. Each has a default. */
public final class DataMoversBuilder {
    private boolean nativeMemoryIsPersistent;

    DataMoversBuilder() {}

    /**
     * Applies C's rule for durable operations on native memory. Default: {@code false}.
     *
     * @param persistent whether native memory of unknown domain is persistent memory
     * @return this
     * @see DmlDataMoverBuilder#nativeMemoryIsPersistent
     */
    public DataMoversBuilder nativeMemoryIsPersistent(boolean persistent) {
        nativeMemoryIsPersistent = persistent;
        return this;
    }

    /**
     * Opens the mover that {@link DataMovers#best} opens, with these settings.
     *
     * @return an open mover
     */
    public DataOperations open() {
        return choose().mover();
    }

    /**
     * Opens the same mover and returns the reason for the choice.
     *
     * @return an open mover and the reason
     */
    public Choice choose() {
        return DataMovers.choose(nativeMemoryIsPersistent);
    }
}
