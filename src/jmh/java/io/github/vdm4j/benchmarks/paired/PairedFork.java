package io.github.vdm4j.benchmarks.paired;

import com.google.gson.GsonBuilder;
import io.github.vdm4j.dml.DmlLibrary;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;

/**
 * One fork of the paired harness: runs the contests of one group and writes what came out as JSON.
 * scripts/bench starts several for each group.
 */
public final class PairedFork {

    /**
     * What a fork writes.
     *
     * @param group the group
     * @param library the DML that vdm4j and the peers ran on
     * @param missing which contestants were not there, and why
     * @param results one for each contest
     */
    public record Report(String group, String library, List<String> missing,
            List<Contest.Result> results) {}

    private PairedFork() {}

    /**
     * Runs one fork.
     *
     * @param arguments the group, seconds of warm-up and seconds of measuring for each contest, and
     * the file to write
     */
    public static void main(String[] arguments) throws Throwable {
        String group = arguments[0];
        double warmUp = Double.parseDouble(arguments[1]);
        double seconds = Double.parseDouble(arguments[2]);
        Groups groups = new Groups();
        var results = new ArrayList<Contest.Result>();
        for (Contest contest : groups.of(group)) {
            results.add(contest.run(warmUp, seconds));
        }
        write(Path.of(arguments[3]),
                new Report(group, DmlLibrary.open().toString(),
                        List.copyOf(new TreeSet<>(groups.missing)), results));
        System.exit(0); // the helpers of two-thread contests are never told to end
    }

    private static void write(Path file, Report report) throws IOException {
        Files.createDirectories(file.toAbsolutePath().getParent());
        Files.writeString(file, new GsonBuilder().setPrettyPrinting().create().toJson(report));
    }
}
