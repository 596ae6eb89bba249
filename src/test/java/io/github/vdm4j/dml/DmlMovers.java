package io.github.vdm4j.dml;

import io.github.vdm4j.dml.job.DmlFunctions;
import io.github.vdm4j.engine.OffloadPolicy;
import io.github.vdm4j.engine.channel.SlotPool;
import io.github.vdm4j.memory.Durability;
import java.lang.foreign.SymbolLookup;

/** The package-private parts of the DML mover that tests of other packages need. */
public final class DmlMovers {
    private DmlMovers() {}

    /** Opens a library with functions that call back into Java. */
    public static DmlLibrary library(SymbolLookup symbols) {
        return DmlLibrary.of("simulated", symbols);
    }

    /** Returns the functions of a library, for a channel of the test. */
    public static DmlFunctions functions(DmlLibrary library) {
        return library.functions();
    }

    /** Returns settings with write-back engines of the test. */
    public static DmlDataMoverBuilder builder(Durability engines) {
        return DmlDataMover.builder().durability(engines);
    }

    /** Opens a mover on hardware without a trial operation. */
    public static DmlDataMover openUntried(DmlDataMoverBuilder builder) {
        return builder.path(DmlPath.HARDWARE).withoutTrial().open();
    }

    /** Makes a mover on a channel of the test. The channel executes every operation. */
    public static DmlDataMover of(DmlDataMoverBuilder builder, DmlLibrary library, DmlPath path,
            SlotPool pool) {
        return new DmlDataMover(builder, library, path, new DmlOpening.Opened(pool, "a test"),
                OffloadPolicy.allOnChannel(Long.MAX_VALUE, Long.MAX_VALUE), null);
    }
}
