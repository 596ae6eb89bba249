package io.github.vdm4j.benchmarks.report;

import com.google.gson.Gson;
import io.github.vdm4j.benchmarks.paired.CountedFork;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;

/** The table of the processor's counts. The counts show the causes of differences. */
final class CountedTable {
    private final CountedFork.Report report;

    CountedTable(Path file) throws IOException {
        report = new Gson().fromJson(Files.readString(file), CountedFork.Report.class);
    }

    @Override
    public String toString() {
        var text = new StringBuilder("## What the processor counts\n\n");
        if (report.missing() != null) {
            return text.append("Not counted: ").append(report.missing()).append(".\n\n").toString();
        }
        text.append("""
                Instructions an operation in user mode, and in brackets the lines that it looks
                for in the first-level cache in vain. Counted by
                `perf stat` with one contestant running alone, warm; instructions are the same on a busy machine.

                """);
        var titles = new LinkedHashMap<String, String>();
        titles.put("copy", "copy on the software path");
        titles.put("auto-copy", "copy on AUTO");
        titles.put("durable-without-libpmem", "durable copy without libpmem");
        titles.put("batch", "64 copies");
        titles.forEach((group, title) -> text.append(table(group, title)).append('\n'));
        return text.toString();
    }

    private Table table(String group, String title) {
        var counts =
                report.counts().stream().filter(count -> count.group().equals(group)).toList();
        List<Long> sizes =
                counts.stream().map(CountedFork.Count::bytes).distinct().sorted().toList();
        List<String> names = counts.stream().map(CountedFork.Count::name).distinct().toList();
        return Table.bySize(title, sizes, names, (name, bytes) -> counts.stream()
                .filter(count -> count.name().equals(name) && count.bytes() == bytes)
                .findFirst()
                .map(count -> "%s (%s)".formatted(
                        Table.count(count.events().get("instructions")),
                        Table.count(count.events().get("L1-dcache-load-misses"))))
                .orElse(""));
    }
}
