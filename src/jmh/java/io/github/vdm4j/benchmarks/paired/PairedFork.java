package io.github.vdm4j.benchmarks.paired;

import com.google.gson.GsonBuilder;
import io.github.vdm4j.benchmarks.peers.PeerKind;
import io.github.vdm4j.dml.DmlLibrary;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;

/**
 * One fork of the paired harness. It runs the contests of a group and writes the results in JSON.
 * scripts/bench starts several for each group.
 */
public final class PairedFork {

    /**
     * The results of a fork.
     *
     * @param group the group
     * @param library the DML that vdm4j and the peers ran on
     * @param missing the missing contestants with the reasons
     * @param results the result of each contest
     * @param figures the measured values that are not times
     */
    public record Report(String group, String library, List<String> missing,
            List<Contest.Result> results, List<Figure> figures) {}

    private PairedFork() {}

    /**
     * Runs one fork. With {@code --groups} it only prints the groups and the options of their JVMs.
     * With {@code --peers} it only prints the peers in C and whether gcc can build them.
     *
     * @param arguments the group, seconds of warm-up and seconds of measuring for each contest, and
     *     the file to write
     */
    public static void main(String[] arguments) throws Throwable {
        String first = arguments[0];
        switch (first) {
            case "--groups" -> Group.ALL.forEach(group -> System.out
                    .println(String.join(" ", group.name(),
                            String.join(" ", group.jvmOptions())).strip()));
            case "--peers" ->
                PeerKind.describe(DmlLibrary.open().location()).forEach(System.out::println);
            default -> run(
                    Group.find(first)
                            .orElseThrow(() -> new IllegalArgumentException("no group " + first)),
                    Double.parseDouble(arguments[1]), Double.parseDouble(arguments[2]),
                    Path.of(arguments[3]));
        }
        System.exit(0); // The helper threads of two-thread contests never end.
    }

    private static void run(Group group, double warmUp, double seconds, Path file)
            throws Throwable {
        Groups groups = new Groups();
        var results = new ArrayList<Contest.Result>();
        for (Contest contest : group.contests().of(groups)) {
            results.add(contest.run(warmUp, seconds));
        }
        write(file,
                new Report(group.name(), DmlLibrary.open().toString(),
                        List.copyOf(new TreeSet<>(groups.missing)), results,
                        List.copyOf(groups.figures)));
    }

    private static void write(Path file, Report report) throws IOException {
        Files.createDirectories(file.toAbsolutePath().getParent());
        Files.writeString(file,
                new GsonBuilder().setPrettyPrinting()
                        .serializeSpecialFloatingPointValues()
                        .create()
                        .toJson(report));
    }
}
