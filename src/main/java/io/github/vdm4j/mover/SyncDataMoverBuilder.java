package io.github.vdm4j.mover;

import io.github.vdm4j.memory.Durability;

/**
 * The settings of a {@link SyncDataMover}. Each setting has a default. A builder is not
 * thread-safe.
 */
public final class SyncDataMoverBuilder {
    private boolean nativeMemoryIsPersistent;

    SyncDataMoverBuilder() {}

    /**
     * Sets whether C's rule for durable operations on native memory applies. Default:
     * {@code false}.
     *
     * @param persistent whether native memory of unknown domain is persistent memory
     * @return this
     * @see ThreadsDataMoverBuilder#nativeMemoryIsPersistent
     */
    public SyncDataMoverBuilder nativeMemoryIsPersistent(boolean persistent) {
        nativeMemoryIsPersistent = persistent;
        return this;
    }

    /**
     * Opens a mover with these settings. The mover holds no resources.
     *
     * @return an open mover
     */
    public SyncDataMover open() {
        return SyncDataMover.open(
                Durability.system().nativeMemoryIsPersistent(nativeMemoryIsPersistent));
    }
}
