package io.github.vdm4j.benchmarks.report;

import io.github.vdm4j.benchmarks.paired.DataOperationLoops;
import io.github.vdm4j.benchmarks.paired.Figure;
import io.github.vdm4j.benchmarks.paired.Group;
import io.github.vdm4j.benchmarks.paired.Names;
import io.github.vdm4j.benchmarks.report.Forks.Spread;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.List;
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
            if (group.name().equals("operations")) {
                operations(group);
            } else {
                group(group.name(), group.title());
            }
        }
    }

    private void operations(Group group) {
        text.append("""
                ### %s

                Nanoseconds for each operation on AUTO / on SOFTWARE, and in brackets the ratio.
                [The policy](policy.md#what-auto-leaves-to-the-jvm) states what AUTO leaves to the JVM.
                The operations are reusable. Deltas have a record for each word, and blocks have 512 bytes.

                """.formatted(group.title()))
                .append(Table.bySize("forks: " + forks.count(group.name()),
                        forks.sizes(group.name()), DataOperationLoops.NAMES,
                        (operation, bytes) -> operation(group.name(), operation, bytes)))
                .append('\n');
    }

    private String operation(String group, String operation, long bytes) {
        String software = DataOperationLoops.on(Names.ON_SOFTWARE, operation);
        String auto = DataOperationLoops.on(Names.ON_AUTO, operation);
        return "%s / %s (%s)".formatted(
                nanos(group, bytes, auto),
                nanos(group, bytes, software),
                forks.ratio(group, bytes, auto, software)
                        .map(Spread::median)
                        .map(Table::ratio)
                        .orElse(""));
    }

    private String nanos(String group, long bytes, String name) {
        return forks.nanos(group, bytes, name).map(Spread::median).map(Table::nanos).orElse("");
    }

    private void group(String group, String title) throws IOException {
        List<Long> sizes = forks.sizes(group);
        List<String> names = forks.names(group);
        text.append("### ")
                .append(title)
                .append("\n\n")
                .append(Table.bySize("forks: " + forks.count(group), sizes, names,
                        (name, bytes) -> nanos(group, bytes, name)
                                + (name.equals(names.getFirst()) ? ""
                                        : ratio(group, bytes, name, names.getFirst()))))
                .append('\n');
        if (sizes.size() > 3) {
            String file = charts.draw(group, title, "ns an operation", sizes, names,
                    (name, bytes) -> forks.nanos(group, bytes, name)
                            .map(Spread::median)
                            .orElse(Double.NaN));
            text.append("![%s](benchmarks/%s)\n\n".formatted(title, file));
        }
    }

    private String ratio(String group, long bytes, String above, String below) {
        return forks.ratio(group, bytes, above, below)
                .map(ratio -> " (%s; %s–%s)".formatted(Table.ratio(ratio.median()),
                        Table.ratio(ratio.least()), Table.ratio(ratio.most())))
                .orElse("");
    }

    private void jmhTables() throws IOException {
        text.append("""
                ## JMH

                Nanoseconds for each operation ± the error that JMH reports, and its heap bytes (`-prof gc`).
                The benchmarks run in sequence, so the machine can cause differences of a third
                between rows. Heap bytes are exact.

                """);
        for (String family : jmh.families()) {
            List<Long> sizes = jmh.sizes(family);
            List<String> names = jmh.names(family);
            Table table = Table.bySize(family, sizes, names,
                    (name, bytes) -> jmh.find(family, name, bytes)
                            .map(row -> "%s ± %s, %s B".formatted(Table.nanos(row.nanos()),
                                    Table.nanos(row.error()), Table.heap(row.heapBytes())))
                            .orElse(""));
            String file = charts.draw("jmh-" + family, family, "bytes a nanosecond", sizes, names,
                    (name, bytes) -> jmh.find(family, name, bytes)
                            .map(row -> bytes / row.nanos())
                            .orElse(Double.NaN));
            text.append(table).append("\n![%s](benchmarks/%s)\n\n".formatted(family, file));
        }
    }
}
