package io.github.vdm4j.benchmarks.paired;

import com.google.gson.GsonBuilder;
import io.github.vdm4j.benchmarks.peers.Peer.MissingException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * A fork that counts the processor's events of each contestant: instructions, and misses of the
 * first-level cache. The counts show the cause of a difference, and do not depend on the load of
 * the machine.
 */
public final class CountedFork {
    private static final List<String> GROUPS =
            List.of("copy", "auto-copy", "durable-without-libpmem", "batch");
    private static final Set<Long> SIZES = Set.of(64L, 256L, 4L << 10, 16L << 10);

    /**
     * The counts of a fork.
     *
     * @param missing the reason for a missing count, or null
     * @param counts the count of each contestant and size
     */
    public record Report(String missing, List<Count> counts) {}

    /**
     * The count of a contestant.
     *
     * @param group its group
     * @param bytes the bytes of an operation
     * @param name its name
     * @param events the number of each event for one operation
     */
    public record Count(String group, long bytes, String name, Map<String, Double> events) {}

    private CountedFork() {}

    /**
     * Counts the events.
     *
     * @param arguments seconds of warm-up and of counting for each contestant, and the file to
     *     write
     */
    public static void main(String[] arguments) throws Throwable {
        double warmUp = Double.parseDouble(arguments[0]);
        double seconds = Double.parseDouble(arguments[1]);
        var counts = new ArrayList<Count>();
        String missing = null;
        try {
            for (String group : GROUPS) {
                for (Contest contest : Group.find(group)
                        .orElseThrow()
                        .contests()
                        .of(new Groups())) {
                    if (SIZES.contains(contest.bytes())) {
                        counts.addAll(contest.count(group, warmUp, seconds));
                    }
                }
            }
        } catch (MissingException e) {
            missing = e.getMessage();
        }
        Files.writeString(Path.of(arguments[2]),
                new GsonBuilder().setPrettyPrinting().create().toJson(new Report(missing, counts)));
        System.exit(0);
    }
}
