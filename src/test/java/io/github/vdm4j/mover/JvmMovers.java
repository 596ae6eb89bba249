package io.github.vdm4j.mover;

import io.github.vdm4j.Vdm;
import io.github.vdm4j.memory.Durability;

/**
 * The movers of this package with the write-back engines of a test, for tests of other packages.
 */
public final class JvmMovers {
    private JvmMovers() {}

    public static Vdm sync(Durability engines) {
        return SyncDataMover.open(engines);
    }

    public static Vdm threads(Durability engines, int threads) {
        return threads(engines, threads, false);
    }

    /** Opens a mover with the builder's option nativeMemoryIsPersistent. */
    public static Vdm threads(Durability engines, int threads,
            boolean nativeMemoryIsPersistent) {
        return ThreadsDataMover.builder()
                .threads(threads)
                .nativeMemoryIsPersistent(nativeMemoryIsPersistent)
                .durability(engines)
                .open();
    }

    /** Returns settings with different engines. */
    public static ThreadsDataMoverBuilder builder(Durability engines) {
        return ThreadsDataMover.builder().durability(engines);
    }
}
