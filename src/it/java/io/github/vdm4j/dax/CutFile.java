package io.github.vdm4j.dax;

import java.nio.file.Path;
import java.util.Random;

/**
 * The files that are written before the power cut of the guest, and their required content after
 * it.
 */
enum CutFile {
    PMEM_COPY(DaxFiles.PMEM),
    PMEM_FLUSH(DaxFiles.PMEM),
    DISK_COPY(DaxFiles.DISK),
    DISK_FLUSH(DaxFiles.DISK),
    /**
     * The copy to this file is not durable. The cut must lose it. If it does not, the guest had no
     * power cut.
     */
    DISK_FORGOTTEN(DaxFiles.DISK);

    static final int SIZE = 300_000;

    /** The boundary of two operations. It lies within a cache line. */
    static final long ODD = 100_001;

    private final Path place;

    CutFile(Path place) {
        this.place = place;
    }

    Path path(Movers mover) {
        return place.resolve(name() + "-" + mover);
    }

    byte[] expected(Movers mover) {
        var bytes = new byte[SIZE];
        new Random(31L * mover.ordinal() + ordinal()).nextBytes(bytes);
        return bytes;
    }
}
