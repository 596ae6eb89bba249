package io.github.vdm4j.mover;

import io.github.vdm4j.Vdm;
import java.time.Duration;

/**
 * A provider of a mover that works on some machines only. {@link DataMovers} finds the providers
 * through {@link java.util.ServiceLoader}.
 */
public interface MoverProvider {
    /**
     * The settings of {@link DataMovers} for every mover.
     *
     * @param parallelism the number of worker threads
     * @param nativeMemoryIsPersistent whether native memory of unknown domain counts as persistent
     *     memory
     * @param forceWait how long a force may wait for further durable operations
     */
    record Settings(int parallelism, boolean nativeMemoryIsPersistent, Duration forceWait) {}

    /**
     * The result of an attempt to open a mover.
     *
     * @param mover the open mover, or null if the mover does not work here
     * @param reason why the mover works or does not work
     * @param misconfigured whether the mover does not work because of a setting of the user
     */
    record Attempt(Vdm mover, String reason, boolean misconfigured) {}

    /**
     * {@return the rank among the providers} {@link DataMovers} tries higher ranks first. DSA has
     * 200, and Intel DML has 100.
     */
    int preference();

    /**
     * Opens the mover. If this throws a {@link RuntimeException} or a {@link LinkageError}, or
     * returns null, {@link DataMovers} logs a warning and tries the next provider.
     *
     * @param settings the settings of the mover
     * @return the mover, or the reason why it does not work here
     */
    Attempt open(Settings settings);
}
