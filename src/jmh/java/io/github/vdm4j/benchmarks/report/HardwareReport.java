package io.github.vdm4j.benchmarks.report;

import io.github.vdm4j.benchmarks.paired.Group;
import io.github.vdm4j.benchmarks.report.Forks.Spread;
import io.github.vdm4j.dsa.DsaDiagnosis;
import io.github.vdm4j.machine.DsaFolders;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * The report of {@code scripts/bench --hardware}. The program prints the report and writes its
 * charts to files.
 */
public final class HardwareReport {
    private static final Set<String> MEASURES = Set.of("P20", "P22", "P23");

    private HardwareReport() {}

    /**
     * Prints the devices with the option {@code --device}, and the report of a folder without it.
     * Without a device, prints "no device" and the reasons.
     *
     * @param arguments the option, or the folder of the results
     */
    public static void main(String[] arguments) throws IOException {
        if (arguments[0].equals("--device")) {
            System.out.print(device());
            return;
        }
        Path results = Path.of(arguments[0]);
        var forks = new Forks(results.resolve("paired"));
        System.out.printf("%s%s%n%n", device(), Machine.describe(forks.library()));
        AgainstTheJdk.printMeasures(forks, MEASURES::contains);
        var charts = new Charts(results);
        for (Group group : Group.HARDWARE) {
            if (forks.count(group.name()) > 0) {
                System.out.println(group(forks, group, charts, results));
            }
        }
        forks.missing().forEach(missing -> System.out.println("Not here: " + missing));
    }

    private static String device() {
        DsaDiagnosis diagnosis = DsaDiagnosis.current();
        if (diagnosis.works()) {
            return "device: %s%s%n".formatted(String.join(", ", diagnosis.queues()),
                    DsaFolders.current().areEmulated()
                            ? " of the emulator: the times say nothing about a device"
                            : "");
        }
        var text = new StringBuilder("no device%n".formatted());
        diagnosis.findings()
                .forEach(finding -> text.append("  %s%n".formatted(finding.what())));
        return text.toString();
    }

    private static String group(Forks forks, Group group, Charts charts, Path results)
            throws IOException {
        List<Long> sizes = forks.sizes(group.name());
        List<String> names = forks.names(group.name());
        List<String> others = names.stream().filter(name -> !name.equals(group.jdk())).toList();
        var head = new ArrayList<>(List.of("ns an operation"));
        head.addAll(names);
        others.forEach(name -> head.add(name + " ÷ " + group.jdk()));
        var table = new Table(head);
        for (Long bytes : sizes) {
            var cells = new ArrayList<>(List.of(Table.size(bytes)));
            names.forEach(name -> cells.add(forks.nanos(group.name(), bytes, name)
                    .map(Spread::median)
                    .map(Table::nanos)
                    .orElse("")));
            others.forEach(name -> cells.add(
                    ratio(forks, group, bytes, name).map(Table::ratio).orElse("")));
            table.row(cells);
        }
        var text = new StringBuilder("%s%n%n%s%n".formatted(group.title(), table));
        for (String name : others) {
            text.append("break-even, %s: %s%n".formatted(name, breakEven(sizes.stream()
                    .map(bytes -> ratio(forks, group, bytes, name).orElse(Double.NaN))
                    .toList(), sizes)));
        }
        String file = charts.draw(group.name(), group.title(), "ns an operation", sizes, names,
                (name, bytes) -> forks.nanos(group.name(), bytes, name)
                        .map(Spread::median)
                        .orElse(Double.NaN));
        return text.append("chart: %s%n".formatted(results.resolve(file))).toString();
    }

    private static Optional<Double> ratio(Forks forks, Group group, long bytes, String name) {
        return forks.ratio(group.name(), bytes, name, group.jdk()).map(Spread::median);
    }

    /**
     * Returns the smallest size from which a path has at least the speed of the JDK.
     *
     * @param ratios the ratio of times for each size
     * @param sizes the sizes, ascending
     * @return the size in words
     */
    static String breakEven(List<Double> ratios, List<Long> sizes) {
        int from = sizes.size();
        while (from > 0 && ratios.get(from - 1) <= 1) {
            from--;
        }
        return from == sizes.size() ? "none up to " + Table.size(sizes.getLast())
                : "from " + Table.size(sizes.get(from));
    }
}
