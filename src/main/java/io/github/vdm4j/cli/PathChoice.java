package io.github.vdm4j.cli;

import io.github.vdm4j.dml.DmlPath;
import java.util.Locale;

/** The values of {@code --path}. */
enum PathChoice {
    AUTO(DmlPath.AUTO),
    HW(DmlPath.HARDWARE),
    SW(DmlPath.SOFTWARE);

    private final DmlPath path;

    PathChoice(DmlPath path) {
        this.path = path;
    }

    DmlPath path() {
        return path;
    }

    /** Returns the name on the command line. */
    @Override
    public String toString() {
        return name().toLowerCase(Locale.ROOT);
    }
}
