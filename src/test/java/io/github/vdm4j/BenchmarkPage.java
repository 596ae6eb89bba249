package io.github.vdm4j;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;

/** The tables of docs/benchmarks.md. This class calculates the README's table from them. */
record BenchmarkPage(String text) {
    private static final List<String> SIZES = List.of("64 B", "4 KiB", "64 KiB", "1 MiB");

    static BenchmarkPage read(Path page) throws IOException {
        return new BenchmarkPage(Files.readString(page));
    }

    /** Returns the table of the README. */
    String summary() {
        return "| vdm4j ÷ alternative | " + String.join(" | ", SIZES) + " |\n"
                + "|---|" + "---|".repeat(SIZES.size()) + "\n"
                + row("copy on `AUTO` ÷ `MemorySegment.copy`", "Copies on AUTO, no hardware",
                        "vdm4j, reusable operation", "the JDK")
                + row("fill on `AUTO` ÷ `MemorySegment.fill`", "Fills on AUTO, no hardware",
                        "vdm4j, reusable operation", "the JDK")
                + row("CRC-32C on `AUTO` ÷ `java.util.zip.CRC32C`", "CRC-32C",
                        "vdm4j, reusable operation on AUTO, no hardware", "the JDK")
                + row("copy by a worker thread ÷ `CompletableFuture.supplyAsync`",
                        "To another thread and back", "vdm4j, ThreadsDataMover, SPIN",
                        "supplyAsync, spinning caller")
                + row("copy through DML ÷ C with one reused DML job",
                        "Copies on the software path", "vdm4j, reusable operation",
                        "C, one reused DML job")
                + row("copy through DML ÷ miniasync's DML mover in C",
                        "Copies on the software path", "vdm4j, reusable operation",
                        "C, miniasync's DML mover")
                + row("durable copy on `AUTO` ÷ libpmem in C", "Durable copies",
                        "vdm4j, reusable operation", "C, libpmem");
    }

    /** Returns the README's table of durable appends. */
    String appends() {
        List<String> table = table("\n## Durable appends\n");
        List<String> head = cells(table.getFirst());
        int plain = head.indexOf("a plain mapping");
        int random = head.indexOf("`RANDOM_ACCESS`");
        var text = new StringBuilder("| records a second | a plain mapping | `RANDOM_ACCESS` |\n"
                + "|---|---|---|\n");
        for (String name : List.of("vdm4j, one durable copy a record",
                "the JDK, group commit by hand", "the JDK, one `force()` a record")) {
            List<String> row = cells(table, name);
            text.append("| %s | %s | %s |\n".formatted(name, row.get(plain), row.get(random)));
        }
        return text.toString();
    }

    /** Returns the lines of the table below a heading. */
    private List<String> table(String heading) {
        int at = text.indexOf(heading);
        if (at < 0) {
            throw new AssertionError("docs/benchmarks.md has no section " + heading.strip());
        }
        return text.substring(at)
                .lines()
                .dropWhile(line -> !line.startsWith("|"))
                .takeWhile(line -> line.startsWith("|"))
                .toList();
    }

    private String row(String title, String heading, String ours, String theirs) {
        List<String> table = table("\n### " + heading + "\n");
        List<String> sizes = cells(table.getFirst());
        List<String> ourCells = cells(table, ours);
        List<String> theirCells = cells(table, theirs);
        return SIZES.stream()
                .map(sizes::indexOf)
                .map(column -> column < 0 ? ""
                        : ratio(ourCells.get(column), theirCells.get(column)))
                .collect(Collectors.joining(" | ", "| " + title + " | ", " |\n"));
    }

    private static List<String> cells(List<String> table, String name) {
        return table.stream()
                .map(BenchmarkPage::cells)
                .filter(cells -> cells.get(1).equals(name))
                .findFirst()
                .orElseThrow(() -> new AssertionError("docs/benchmarks.md has no row " + name));
    }

    private static List<String> cells(String row) {
        return Arrays.stream(row.split("\\|")).map(String::strip).toList();
    }

    /** Divides two cells such as "1,209" and "74.9 (1.37; 1.36–1.46)". */
    private static String ratio(String ours, String theirs) {
        return String.format(Locale.ROOT, "%.2f", nanos(ours) / nanos(theirs));
    }

    private static double nanos(String cell) {
        return Double.parseDouble(cell.split(" ")[0].replace(",", ""));
    }
}
