package io.github.vdm4j.examples;

import io.github.vdm4j.Vdm;
import io.github.vdm4j.dml.DmlDataMover;
import io.github.vdm4j.dml.DmlLibrary;
import io.github.vdm4j.dml.DmlUnavailableException;
import io.github.vdm4j.mover.ThreadsDataMover;
import java.util.Optional;

/**
 * Takes Intel DML where it is installed, else threads, and says why; also when hardware goes away
 * later.
 */
public final class ChooseMover {
    private ChooseMover() {}

    static Vdm open() {
        Optional<DmlUnavailableException> missing = DmlLibrary.whyUnavailable();
        if (missing.isPresent()) {
            System.err.println(missing.get().getMessage());
            return ThreadsDataMover.open();
        }
        return DmlDataMover.builder()
                .onPathDecision(
                        decision -> System.err.println(decision.path() + ": " + decision.reason()))
                .open();
    }

    /**
     * Prints which mover was taken; the reason goes to standard error.
     *
     * @param args none
     */
    public static void main(String[] args) {
        try (Vdm mover = open()) {
            System.out.println(mover.name());
        }
    }
}
