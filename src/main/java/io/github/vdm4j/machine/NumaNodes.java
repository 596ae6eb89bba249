package io.github.vdm4j.machine;

import java.nio.file.Path;
import java.util.List;
import java.util.stream.Collectors;

/** The NUMA nodes that Linux shows for a machine. */
public final class NumaNodes {
    /** The number that stands for the node of the submitting thread. */
    public static final int ANY = -1;

    private static final String FOLDER = "sys/devices/system/node";

    private NumaNodes() {}

    /** Returns the folders of the nodes by number. Returns none if Linux shows none. */
    public static List<Path> folders(Path root) {
        return SystemFiles.list(root.resolve(FOLDER), name -> name.matches("node\\d+"));
    }

    public static long number(Path folder) {
        return Long.parseLong(folder.getFileName().toString().substring("node".length()));
    }

    /** Refuses a node that the machine lacks. If Linux shows no nodes, every number passes. */
    public static int check(Path root, int node) {
        List<Long> known = folders(root).stream().map(NumaNodes::number).toList();
        if (node < ANY || node > ANY && !known.isEmpty() && !known.contains((long) node)) {
            String nodes = known.isEmpty()
                    ? "at least 0"
                    : known.stream().map(Object::toString).collect(Collectors.joining(", "));
            throw new IllegalArgumentException(
                    Message.of("numaNode %d: must be %s, or -1 for that of the submitting thread",
                            node, nodes));
        }
        return node;
    }
}
