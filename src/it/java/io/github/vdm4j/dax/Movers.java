package io.github.vdm4j.dax;

import io.github.vdm4j.Vdm;
import io.github.vdm4j.dml.DmlDataMover;
import io.github.vdm4j.dml.DmlLibrary;
import io.github.vdm4j.dml.DmlPath;
import io.github.vdm4j.mover.SyncDataMover;
import io.github.vdm4j.mover.ThreadsDataMover;
import java.util.function.Supplier;
import org.junit.jupiter.api.Assumptions;

/** The movers of a guest without an accelerator. */
enum Movers {
    SYNC(() -> SyncDataMover.builder().nativeMemoryIsPersistent(true).open()),
    THREADS(() -> ThreadsDataMover.builder().nativeMemoryIsPersistent(true).threads(2).open()),
    DML_SOFTWARE(
            () -> {
                DmlLibrary.whyUnavailable()
                        .ifPresent(reason -> Assumptions
                                .abort("no Intel DML: " + reason.getMessage()));
                return DmlDataMover.builder()
                        .path(DmlPath.SOFTWARE)
                        .nativeMemoryIsPersistent(true)
                        .open();
            });

    private final Supplier<Vdm> opener;

    Movers(Supplier<Vdm> opener) {
        this.opener = opener;
    }

    Vdm open() {
        return opener.get();
    }
}
