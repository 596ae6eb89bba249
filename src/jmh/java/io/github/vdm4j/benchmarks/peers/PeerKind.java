package io.github.vdm4j.benchmarks.peers;

import io.github.vdm4j.benchmarks.peers.Peer.MissingException;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import java.util.List;

/** The peers in C, with their sources and the libraries that gcc links. */
public enum PeerKind {
    /** Copies and fills of the C library. */
    LIBC("libc", null),
    /** Descriptors that are written to a file. */
    DSA("dsa", "peer_slot_new"),
    /** Jobs of Intel DML. */
    DML("dml", "peer_job_new", PeerKind.LINKED_DML),
    /** The DML mover of miniasync. */
    MINIASYNC("miniasync", "peer_mover_new", "-lminiasync-vdm-dml", "-lminiasync",
            PeerKind.LINKED_DML),
    /** Durable copies of libpmem. */
    PMEM("pmem", null, "-l:libpmem.so.1");

    private static final String LINKED_DML = "DML";

    private final String source;
    /** The function that creates the context of a loop, or null for loops without a context. */
    private final String context;
    private final List<String> libraries;

    PeerKind(String source, String context, String... libraries) {
        this.source = source;
        this.context = context;
        this.libraries = List.of(libraries);
    }

    /**
     * Builds and opens the peer.
     *
     * @param dml the name or path of the DML that vdm4j runs on
     * @return the opened peer
     * @throws MissingException if the peer cannot be built here
     */
    public Peer find(String dml) throws MissingException {
        String linked = dml.contains("/") ? dml : "-l:" + dml;
        return Peer.find(source,
                libraries.stream()
                        .map(library -> library.equals(LINKED_DML) ? linked : library)
                        .toArray(String[]::new));
    }

    /**
     * Creates the context of a loop.
     *
     * @param peer the opened peer
     * @return the context, or null in C
     */
    public MemorySegment newContext(Peer peer) {
        return context == null ? MemorySegment.NULL : peer.make(context);
    }

    /**
     * Describes each peer in a line that states whether gcc can build it.
     *
     * @param dml the name or path of the DML that vdm4j runs on
     * @return a line for each peer
     */
    public static List<String> describe(String dml) {
        return Arrays.stream(values()).map(kind -> kind + ": " + kind.presence(dml)).toList();
    }

    private String presence(String dml) {
        try {
            find(dml);
            return "found";
        } catch (MissingException e) {
            return "not here, " + e.getMessage();
        }
    }

    @Override
    public String toString() {
        return source + ".c, linked with "
                + (libraries.isEmpty() ? "nothing" : String.join(" ", libraries));
    }
}
