package io.github.vdm4j.dsa;

import io.github.vdm4j.machine.DsaFolders;
import io.github.vdm4j.mover.MoverProvider;
import java.nio.file.Files;
import java.util.List;
import java.util.Objects;
import java.util.stream.Collectors;

/** A provider that opens a {@link DsaDataMover} for {@link io.github.vdm4j.mover.DataMovers}. */
public final class DsaMoverProvider implements MoverProvider {
    private static final int PREFERENCE = 200;

    /** Creates the provider, for {@link java.util.ServiceLoader}. */
    public DsaMoverProvider() {}

    @Override
    public int preference() {
        return PREFERENCE;
    }

    @Override
    public Attempt open(Settings settings) {
        Objects.requireNonNull(settings, "settings");
        // This avoids a full examination during the start of a JVM.
        if (!Files.isDirectory(DsaFolders.current().sysfs())) {
            List<String> mistakes = DsaFolders.mistakes();
            return mistakes.isEmpty()
                    ? new Attempt(null, "DSA: Linux shows no DSA device", false)
                    : new Attempt(null, "DSA: " + mistakes.getFirst(), true);
        }
        try {
            DsaDataMover mover = DsaDataMover.builder()
                    .workers(settings.parallelism())
                    .nativeMemoryIsPersistent(settings.nativeMemoryIsPersistent())
                    .forceWait(settings.forceWait())
                    .open();
            String queues =
                    mover.queues().stream().map(DsaQueue::name).collect(Collectors.joining(", "));
            return new Attempt(mover,
                    "DSA, %s: %s".formatted(queues, mover.decision().reason()), false);
        } catch (DsaUnavailableException e) {
            return new Attempt(null, e.getMessage(), !DsaFolders.mistakes().isEmpty());
        }
    }
}
