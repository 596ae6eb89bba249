package io.github.vdm4j.examples;

import io.github.vdm4j.Vdm;
import io.github.vdm4j.dml.DmlDataMover;
import io.github.vdm4j.dml.DmlLibrary;
import io.github.vdm4j.dml.DmlUnavailableException;
import io.github.vdm4j.mover.ThreadsDataMover;
import java.util.Optional;

/**
 * Opens a DML mover if Intel DML is installed, or a threads mover, and prints the reason. It also
 * prints later changes of the path.
 */
public final class ChooseMover {
    static Vdm open() {
        Optional<DmlUnavailableException> missing = DmlLibrary.whyUnavailable();
        if (missing.isPresent()) {
            System.err.println(missing.get().getMessage());
            return ThreadsDataMover.open();
        }
        return DmlDataMover.builder()
                .onDecision(decision -> System.err.println(decision.reason()))
                .open();
    }

    /** Prints the name of the mover. The reason goes to standard error. */
    public static void main(String[] args) {
        try (Vdm mover = open()) {
            System.out.println(mover.name());
        }
    }
}
