package io.github.vdm4j.dml;

import io.github.vdm4j.VdmException;
import io.github.vdm4j.mover.MoverProvider;
import java.util.Objects;

/**
 * A provider that opens a {@link DmlDataMover} on {@link DmlPath#AUTO} for {@link
 * io.github.vdm4j.mover.DataMovers}.
 */
public final class DmlMoverProvider implements MoverProvider {
    private static final int PREFERENCE = 100;

    /** Creates the provider, for {@link java.util.ServiceLoader}. */
    public DmlMoverProvider() {}

    @Override
    public int preference() {
        return PREFERENCE;
    }

    @Override
    public Attempt open(Settings settings) {
        Objects.requireNonNull(settings, "settings");
        try {
            DmlDataMover mover = DmlDataMover.builder()
                    .workers(settings.parallelism())
                    .nativeMemoryIsPersistent(settings.nativeMemoryIsPersistent())
                    .forceWait(settings.forceWait())
                    .open();
            return new Attempt(mover,
                    "%s: %s".formatted(mover.library(), mover.decision().reason()), false);
        } catch (DmlUnavailableException | VdmException e) {
            return new Attempt(null, e.getMessage(), DmlLibrary.isSetByUser());
        }
    }
}
