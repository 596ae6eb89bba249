package io.github.vdm4j.dml;

import java.nio.file.Path;
import java.util.List;
import java.util.stream.Collectors;

/** The NUMA nodes of a machine, as Linux shows them. */
final class NumaNodes {
    /** No node in particular: the one that the submitting thread runs on. */
    static final int ANY = -1;

    private static final String FOLDER = "sys/devices/system/node";

    private NumaNodes() {}

    /** The folders of the nodes, by number; none where Linux shows none. */
    static List<Path> folders(SystemFiles files) {
        return files.list(FOLDER, name -> name.matches("node\\d+"));
    }

    static long number(Path folder) {
        return Long.parseLong(folder.getFileName().toString().substring("node".length()));
    }

    /**
     * Refuses a node that the machine does not have. Where Linux shows none, each may be there.
     *
     * @throws IllegalArgumentException with those that there are
     */
    static int check(SystemFiles files, int node) {
        List<Long> known = folders(files).stream().map(NumaNodes::number).toList();
        if (node < ANY || node > ANY && !known.isEmpty() && !known.contains((long) node)) {
            String nodes = known.isEmpty()
                    ? "at least 0"
                    : known.stream().map(Object::toString).collect(Collectors.joining(", "));
            throw new IllegalArgumentException(
                    "NUMA node %d: must be %s, or -1 for that of the submitting thread"
                            .formatted(node, nodes));
        }
        return node;
    }
}
