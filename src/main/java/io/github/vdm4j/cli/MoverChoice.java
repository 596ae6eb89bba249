package io.github.vdm4j.cli;

import java.util.Locale;

/** The values of {@code --mover}. */
enum MoverChoice {
    AUTO,
    DSA,
    DML,
    THREADS,
    SYNC;

    /** Returns the name on the command line. */
    @Override
    public String toString() {
        return name().toLowerCase(Locale.ROOT);
    }
}
