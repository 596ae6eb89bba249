package io.github.vdm4j.dax;

import java.nio.file.Path;
import java.util.Random;

/** The files that are written before the guest is cut off, and what has to be in them after it. */
enum CutFile {
    PMEM_COPY(DaxFiles.PMEM),
    PMEM_FLUSH(DaxFiles.PMEM),
    DISK_COPY(DaxFiles.DISK),
    DISK_FLUSH(DaxFiles.DISK),
    /** Copied, but not durably: the cut has to lose it, or it was no cut. */
    DISK_FORGOTTEN(DaxFiles.DISK);

    static final int SIZE = 300_000;

    /** Where one operation ends and the next begins: within a cache line. */
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
