package io.github.vdm4j.benchmarks.report;

import com.google.gson.Gson;
import io.github.vdm4j.benchmarks.durable.DurableAppends;
import io.github.vdm4j.benchmarks.durable.DurableResult;
import io.github.vdm4j.benchmarks.durable.DurableResult.PerFile;
import io.github.vdm4j.benchmarks.durable.DurableResult.Poll;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;

/** The tables of durable appends (P11, P12, P13) and of first polls (P16). */
public final class DurableTable {
    private static final double P16_MEDIAN = 50;
    private static final double P16_P99 = 500;

    /** A ratio of rates that must be at or above its bound. */
    private record Bound(String id, String above, String below, double asked) {}

    private static final List<Bound> BOUNDS = List.of(
            new Bound("P11", DurableAppends.OURS, DurableAppends.BY_HAND, 1.0),
            new Bound("P12", DurableAppends.OURS, DurableAppends.ONE_FORCE, 5.0),
            new Bound("P13", DurableAppends.BATCH, DurableAppends.WRITE, 1.0));

    private final DurableResult storage;
    /** The results with slow syncs, or null. */
    private final DurableResult slow;
    private final TreeSet<String> missed = new TreeSet<>();

    DurableTable(Path results) throws IOException {
        storage = read(results.resolve("durable-appends.json"));
        Path slowResults = results.resolve("durable-appends-slow.json");
        slow = Files.exists(slowResults) ? read(slowResults) : null;
    }

    /**
     * Prints the tables.
     *
     * @param arguments the folder of the results
     */
    public static void main(String[] arguments) throws IOException {
        System.out.print(new DurableTable(Path.of(arguments[0])));
    }

    private static DurableResult read(Path file) throws IOException {
        return new Gson().fromJson(Files.readString(file), DurableResult.class);
    }

    /** Returns the measures that {@link #toString} found below their bounds. */
    Set<String> missed() {
        return missed;
    }

    @Override
    public String toString() {
        String head = """
                ## Durable appends

                64 virtual threads append records of 400 B to a file of 64 MiB on %s. One thread appends groups of
                64 records. A force of a dirty page takes %s µs (median). The rates are records or groups for each
                second, medians of the rounds. All contestants of a column use the same kind of file.
                [ADR 0032](adr/0032-random-access.md) explains `RANDOM_ACCESS`.

                """;
        String aboutPolls = """

                The times of a first poll in microseconds. The processor time shows how long the poll itself takes.
                In the remaining time, the kernel runs another thread on the processor, for example the thread that
                the poll has woken.

                """;
        return head.formatted(storage.fileSystem(), micros(storage.forceMicros()))
                + appends() + aboutPolls + polls() + '\n';
    }

    private Table appends() {
        var files = new ArrayList<>(storage.files());
        var head = new ArrayList<>(List.of("", "asked"));
        storage.files().forEach(file -> head.add(file.options()));
        if (slow != null) {
            files.addAll(slow.files());
            slow.files()
                    .forEach(file -> head.add(
                            "syncs of " + micros(slow.forceMicros() / 1e3) + " ms"));
        }
        var table = new Table(head);
        for (String name : files.getFirst().rates().keySet()) {
            var cells = new ArrayList<>(List.of(name, ""));
            files.forEach(file -> cells.add(
                    String.format(Locale.ROOT, "%,.0f", file.rates().get(name))));
            table.row(cells);
        }
        for (Bound bound : BOUNDS) {
            var cells = new ArrayList<>(List.of(
                    bound.id() + ": " + bound.above() + " ÷ " + bound.below(),
                    Table.ratio(bound.asked())));
            for (PerFile file : files) {
                double ratio = file.ratios().get(bound.id());
                boolean met = Math.round(ratio * 100) / 100.0 >= bound.asked();
                if (!met) {
                    missed.add(bound.id());
                }
                cells.add(bold(Table.ratio(ratio), !met));
            }
            table.row(cells);
        }
        return table;
    }

    private Table polls() {
        var table = new Table(List.of("P16: mover", "operation", "bytes",
                "median, asked " + micros(P16_MEDIAN), "p99, asked " + micros(P16_P99),
                "p99 of the processor time"));
        for (Poll poll : storage.polls()) {
            boolean met = poll.medianMicros() <= P16_MEDIAN && poll.p99Micros() <= P16_P99;
            if (!met) {
                missed.add("P16");
            }
            table.row(poll.mover(), poll.operation(), Table.size(poll.bytes()),
                    bold(micros(poll.medianMicros()), poll.medianMicros() > P16_MEDIAN),
                    bold(micros(poll.p99Micros()), poll.p99Micros() > P16_P99),
                    micros(poll.p99ProcessorMicros()));
        }
        return table;
    }

    private static String bold(String text, boolean bold) {
        return bold ? "**" + text + "**" : text;
    }

    private static String micros(double micros) {
        return String.format(Locale.ROOT, micros < 10 ? "%.1f" : "%,.0f", micros);
    }
}
