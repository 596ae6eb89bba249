package io.github.vdm4j.benchmarks.report;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.function.BiFunction;

/** A Markdown table, and the formats of its numbers. */
final class Table {
    private final StringBuilder text = new StringBuilder();

    Table(List<String> head) {
        row(head);
        row(Collections.nCopies(head.size(), "---"));
    }

    /** Returns a table with a row for each name and a column for each size. */
    static Table bySize(String corner, List<Long> sizes, List<String> names,
            BiFunction<String, Long, String> cell) {
        var head = new ArrayList<>(List.of(corner));
        sizes.forEach(bytes -> head.add(size(bytes)));
        var table = new Table(head);
        for (String name : names) {
            var cells = new ArrayList<>(List.of(name));
            sizes.forEach(bytes -> cells.add(cell.apply(name, bytes)));
            table.row(cells);
        }
        return table;
    }

    Table row(List<String> cells) {
        text.append("| ").append(String.join(" | ", cells)).append(" |\n");
        return this;
    }

    Table row(String... cells) {
        return row(Arrays.asList(cells));
    }

    static String ratio(double value) {
        return String.format(Locale.ROOT, "%.2f", value);
    }

    static String nanos(double value) {
        return String.format(Locale.ROOT, value < 100 ? "%,.1f" : "%,.0f", value);
    }

    static String heap(double value) {
        return Double.isNaN(value) ? "" : String.format(Locale.ROOT, "%.0f", value);
    }

    static String count(double value) {
        return String.format(Locale.ROOT, value < 9.95 ? "%.1f" : "%,.0f", value);
    }

    static String size(long bytes) {
        return bytes >= 1 << 20 ? (bytes >> 20) + " MiB"
                : bytes >= 1 << 10 ? (bytes >> 10) + " KiB" : bytes + " B";
    }

    @Override
    public String toString() {
        return text.toString();
    }
}
