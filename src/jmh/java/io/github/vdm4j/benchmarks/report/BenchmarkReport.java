package io.github.vdm4j.benchmarks.report;

import io.github.vdm4j.benchmarks.paired.Figure;
import io.github.vdm4j.benchmarks.paired.Group;
import io.github.vdm4j.benchmarks.paired.Names;
import io.github.vdm4j.benchmarks.report.Forks.Spread;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;

/**
 * The program that writes docs/benchmarks.md and its charts from the results of the benchmarks.
 * scripts/bench runs it.
 */
public final class BenchmarkReport {
    private static final List<Long> COLUMNS =
            List.of(64L, 1L << 10, 4L << 10, 16L << 10, 64L << 10, 1L << 20);

    private final Forks forks;
    private final JmhResults jmh;
    private final CountedTable counted;
    private final StartUpTable startUp;
    private final DurableTable durable;
    private final Charts charts;
    private final Findings findings = new Findings();
    private final StringBuilder text = new StringBuilder();
    private final TreeSet<String> missed = new TreeSet<>();

    private BenchmarkReport(Path results, Path docs) throws IOException {
        forks = new Forks(results.resolve("paired"));
        counted = new CountedTable(results.resolve("counted.json"));
        startUp = new StartUpTable(results.resolve("start-up"));
        durable = new DurableTable(results);
        jmh = new JmhResults(results.resolve("jmh.json"));
        charts = new Charts(docs.resolve("benchmarks"));
    }

    /**
     * Writes the report.
     *
     * @param arguments the folder of results, the folder to write to, and two sentences about the
     *     run and about the peers
     */
    public static void main(String[] arguments) throws IOException {
        Path docs = Path.of(arguments[1]);
        Files.createDirectories(docs);
        var report = new BenchmarkReport(Path.of(arguments[0]), docs);
        Files.writeString(docs.resolve("benchmarks.md"), report.write(arguments[2], arguments[3]));
    }

    private String write(String run, String peers) throws IOException {
        text.append("""
                # Benchmarks

                `scripts/bench` wrote this page and every number on it.
                %s, on %s.

                %s.

                A paired harness (`src/jmh`) runs vdm4j and C in one process, on the same page-aligned buffers of an
                automatic arena. Each round runs each contestant once, in rotating order.
                A ratio is the median of the rounds' ratios, then of the forks.
                The C contestants are our own loops, compiled by gcc when the benchmarks run.
                Times are nanoseconds for each operation. They depend on the machine much more than the ratios do.

                %s

                """.formatted(run, LocalDate.now(), Machine.describe(forks.library()), peers));
        if (!forks.missing().isEmpty()) {
            text.append("Not here: ").append(String.join("; ", forks.missing())).append(".\n\n");
        }
        measures();
        String appends = durable.toString();
        missed.addAll(durable.missed());
        shortfalls();
        text.append(new AgainstTheJdk(forks)).append(appends).append(counted).append(startUp);
        groups();
        jmhTables();
        return text.toString();
    }

    private void measures() {
        text.append("""
                ## What was asked for

                Each cell is measured / asked. A ratio of times is met at or below the asked value, a share at or
                above it. Bold is missed.

                """);
        var head = new ArrayList<>(List.of("", "measure"));
        COLUMNS.forEach(bytes -> head.add(Table.size(bytes)));
        head.add("verdict");
        Table table = new Table(head);
        for (Measure measure : Measure.ALL) {
            row(table, measure);
            if (measure.id().equals("P3")) {
                allocation(table);
            }
        }
        text.append(table).append('\n');
        figures();
    }

    private void figures() {
        List<Figure> figures = forks.figures();
        if (figures.isEmpty()) {
            return;
        }
        Table table = new Table(List.of("", "figure", "measured", "asked, at most"));
        for (Figure figure : figures) {
            boolean met = figure.value() <= figure.atMost();
            if (!met) {
                missed.add(figure.id());
            }
            String value = Table.nanos(figure.value()) + " " + figure.unit();
            table.row(figure.id(), figure.what(), met ? value : "**" + value + "**",
                    AgainstTheJdk.asked(figure));
        }
        text.append(table).append('\n');
    }

    private void row(Table table, Measure measure) {
        var cells = new ArrayList<>(List.of(measure.id(), measure.what()));
        var failed = new ArrayList<String>();
        int found = 0;
        // The first column shows measures of a size without a column.
        boolean ownSize = measure.asked().keySet().stream().noneMatch(COLUMNS::contains);
        for (Long column : COLUMNS) {
            Long bytes =
                    ownSize && column.equals(COLUMNS.getFirst())
                            ? measure.asked().keySet().iterator().next()
                            : column;
            var spread = measure.asked().containsKey(bytes)
                    ? forks.ratio(measure.group(), bytes, measure.above(), measure.below())
                    : java.util.Optional.<Spread>empty();
            if (spread.isEmpty()) {
                cells.add("");
                continue;
            }
            found++;
            double ratio = spread.get().median();
            String measured = Table.ratio(ratio);
            if (!measure.isMet(ratio, bytes)) {
                failed.add(Table.size(bytes));
                measured = "**" + measured + "**";
            }
            cells.add(measured + " / " + Table.ratio(measure.asked().get(bytes)));
        }
        if (found == 0 || !failed.isEmpty()) {
            missed.add(measure.id());
        }
        cells.add(found == 0 ? "not measured"
                : failed.isEmpty() ? "met" : "missed at " + String.join(", ", failed));
        table.row(cells);
    }

    private void allocation(Table table) {
        var cells = new ArrayList<>(List.of("P4", "heap bytes an operation, reusable and plain"));
        boolean met = true;
        for (Long bytes : COLUMNS) {
            var reusable = forks.heapBytes("copy", bytes, Names.REUSABLE);
            var plain = forks.heapBytes("copy", bytes, Names.PLAIN);
            if (reusable.isPresent() && plain.isPresent()) {
                met &= Math.round(reusable.get().median()) == 0
                        && Math.round(plain.get().median()) <= 80;
                cells.add(Table.heap(reusable.get().median()) + " and "
                        + Table.heap(plain.get().median())
                        + " / 0 and 80");
            } else {
                cells.add("");
            }
        }
        if (!met) {
            missed.add("P4");
        }
        cells.add(met ? "met" : "missed");
        table.row(cells);
    }

    private void shortfalls() {
        if (missed.isEmpty()) {
            return;
        }
        text.append("## Where it falls short, and why\n\n");
        for (String measure : missed) {
            text.append("**")
                    .append(measure)
                    .append(".** ")
                    .append(findings.of(measure))
                    .append("\n\n");
        }
    }

    private void groups() throws IOException {
        text.append("""
                ## Side by side

                Nanoseconds for each operation, and in brackets the ratio to the first row and its range over the
                forks.

                """);
        for (Group group : Group.ALL) {
            if (forks.count(group.name()) == 0) {
                continue;
            }
            if (group.name().equals(OperationsTable.GROUP)) {
                text.append(new OperationsTable(forks, group.title()));
            } else {
                group(group.name(), group.title());
            }
        }
    }

    private void group(String group, String title) throws IOException {
        List<Long> sizes = forks.sizes(group);
        List<String> names = forks.names(group);
        var head = new ArrayList<>(List.of("forks: " + forks.count(group)));
        sizes.forEach(bytes -> head.add(Table.size(bytes)));
        Table table = new Table(head);
        Map<String, List<Double>> lines = new LinkedHashMap<>();
        for (String name : names) {
            var cells = new ArrayList<>(List.of(name));
            var line = new ArrayList<Double>();
            for (Long bytes : sizes) {
                var nanos = forks.nanos(group, bytes, name);
                line.add(nanos.map(Spread::median).orElse(Double.NaN));
                cells.add(nanos.isEmpty()
                        ? ""
                        : Table.nanos(nanos.get().median())
                                + (name.equals(names.getFirst())
                                        ? ""
                                        : forks.ratio(group, bytes, name, names.getFirst())
                                                .map(r -> " (%s; %s–%s)".formatted(
                                                        Table.ratio(r.median()),
                                                        Table.ratio(r.least()),
                                                        Table.ratio(r.most())))
                                                .orElse("")));
            }
            lines.put(name, line);
            table.row(cells);
        }
        text.append("### ").append(title).append("\n\n").append(table).append('\n');
        if (sizes.size() > 3) {
            String file = charts.draw(group, title, "ns an operation", sizes, lines);
            text.append("![%s](benchmarks/%s)\n\n".formatted(title, file));
        }
    }

    private void jmhTables() throws IOException {
        text.append("""
                ## JMH

                Nanoseconds for each operation ± the error that JMH reports, and its heap bytes (`-prof gc`).
                The benchmarks run in sequence, so the machine can cause differences of a third
                between rows. Heap bytes are exact.

                """);
        for (String family : jmh.families()) {
            List<JmhResults.Row> rows = jmh.of(family);
            List<Long> sizes =
                    rows.stream().map(JmhResults.Row::bytes).distinct().sorted().toList();
            var head = new ArrayList<>(List.of(family));
            sizes.forEach(bytes -> head.add(Table.size(bytes)));
            Table table = new Table(head);
            Map<String, List<Double>> lines = new LinkedHashMap<>();
            for (String name : rows.stream().map(JmhResults.Row::name).distinct().toList()) {
                var cells = new ArrayList<>(List.of(name));
                var line = new ArrayList<Double>();
                for (Long bytes : sizes) {
                    var row = rows.stream()
                            .filter(r -> r.name().equals(name) && r.bytes() == bytes)
                            .findFirst();
                    line.add(row.map(r -> bytes / r.nanos()).orElse(Double.NaN));
                    cells.add(row.map(r -> "%s ± %s, %s B".formatted(Table.nanos(r.nanos()),
                            Table.nanos(r.error()),
                            Table.heap(r.heapBytes()))).orElse(""));
                }
                lines.put(name, line);
                table.row(cells);
            }
            String file = charts.draw("jmh-" + family, family, "bytes a nanosecond", sizes, lines);
            text.append(table).append("\n![%s](benchmarks/%s)\n\n".formatted(family, file));
        }
    }
}
