package io.github.vdm4j.benchmarks.report;

import io.github.vdm4j.benchmarks.paired.DataOperationLoops;
import io.github.vdm4j.benchmarks.paired.Names;
import io.github.vdm4j.benchmarks.report.Forks.Spread;
import java.util.ArrayList;
import java.util.List;

/** The table of the data operations on AUTO and on SOFTWARE. */
final class OperationsTable {
    static final String GROUP = "operations";

    private final Forks forks;
    private final String title;

    OperationsTable(Forks forks, String title) {
        this.forks = forks;
        this.title = title;
    }

    @Override
    public String toString() {
        List<Long> sizes = forks.sizes(GROUP);
        var head = new ArrayList<>(List.of("forks: " + forks.count(GROUP)));
        sizes.forEach(bytes -> head.add(Table.size(bytes)));
        Table table = new Table(head);
        for (String operation : DataOperationLoops.NAMES) {
            String software = DataOperationLoops.on(Names.ON_SOFTWARE, operation);
            String auto = DataOperationLoops.on(Names.ON_AUTO, operation);
            var cells = new ArrayList<>(List.of(operation));
            for (Long bytes : sizes) {
                cells.add("%s / %s (%s)".formatted(
                        nanos(bytes, auto),
                        nanos(bytes, software),
                        forks.ratio(GROUP, bytes, auto, software)
                                .map(Spread::median)
                                .map(Table::ratio)
                                .orElse("")));
            }
            table.row(cells);
        }
        return """
                ### %s

                Nanoseconds for each operation on AUTO / on SOFTWARE, and in brackets the ratio.
                [The policy](policy.md#what-auto-leaves-to-the-jvm) states what AUTO leaves to the JVM.
                The operations are reusable. Deltas have a record for each word, and blocks have 512 bytes.

                """.formatted(title) + table + '\n';
    }

    private String nanos(long bytes, String name) {
        return forks.nanos(GROUP, bytes, name).map(Spread::median).map(Table::nanos).orElse("");
    }
}
