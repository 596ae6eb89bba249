package io.github.vdm4j.benchmarks.report;

import io.github.vdm4j.benchmarks.paired.Figure;
import io.github.vdm4j.benchmarks.paired.Group;
import io.github.vdm4j.benchmarks.report.Forks.Spread;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;

/** Wins, ties and losses of vdm4j against the contestant that stands for the JDK in a group. */
public final class AgainstTheJdk {
    /**
     * The ratio from which a difference is significant. A smaller difference is noise of the
     * machine.
     */
    private static final double SIGNIFICANT = 1.05;

    private final Forks forks;

    AgainstTheJdk(Forks forks) {
        this.forks = forks;
    }

    private enum Verdict {
        WIN, TIE, LOSS;

        static Verdict of(double ratio) {
            return ratio >= SIGNIFICANT ? LOSS : ratio <= 1 / SIGNIFICANT ? WIN : TIE;
        }
    }

    /**
     * Prints the measures and the verdicts of the groups that ran.
     *
     * @param arguments the folder of the results
     */
    public static void main(String[] arguments) throws IOException {
        Forks forks = new Forks(Path.of(arguments[0]).resolve("paired"));
        printMeasures(forks, measure -> true);
        System.out.print(new AgainstTheJdk(forks).table());
    }

    /** Prints the measures of some names, and all figures. */
    static void printMeasures(Forks forks, Predicate<String> wanted) {
        for (Measure measure : Measure.ALL) {
            if (!wanted.test(measure.id())) {
                continue;
            }
            measure.asked()
                    .forEach((bytes, asked) -> forks
                            .ratio(measure.group(), bytes, measure.above(), measure.below())
                            .ifPresent(spread -> System.out.printf(
                                    "%s, %s: %s, asked %s: %s (%s)%n",
                                    measure.id(), Table.size(bytes), Table.ratio(spread.median()),
                                    Table.ratio(asked),
                                    measure.isMet(spread.median(), bytes) ? "met" : "missed",
                                    measure.what())));
        }
        for (Figure figure : forks.figures()) {
            System.out.printf("%s: %s %s, asked %s: %s (%s)%n", figure.id(),
                    Table.nanos(figure.value()), figure.unit(), asked(figure),
                    figure.value() <= figure.atMost() ? "met" : "missed", figure.what());
        }
    }

    /** Returns the bound of a figure, or a dash if there is no bound. */
    static String asked(Figure figure) {
        return Double.isInfinite(figure.atMost()) ? "–" : Table.nanos(figure.atMost());
    }

    Table table() {
        Table table = new Table(List.of("", "vdm4j", "the JDK", "wins", "ties", "losses"));
        for (Group group : Group.ALL) {
            if (group.jdk().isEmpty()) {
                continue;
            }
            for (String name : forks.names(group.name())) {
                if (name.startsWith("vdm4j")) {
                    row(table, group, name);
                }
            }
        }
        return table;
    }

    private void row(Table table, Group group, String name) {
        Map<Verdict, List<String>> cells = new EnumMap<>(Verdict.class);
        for (Long bytes : forks.sizes(group.name())) {
            Optional<Spread> spread = forks.ratio(group.name(), bytes, name, group.jdk());
            spread.ifPresent(ratio -> cells
                    .computeIfAbsent(Verdict.of(ratio.median()), verdict -> new ArrayList<>())
                    .add(Table.size(bytes) + " (" + Table.ratio(ratio.median()) + ")"));
        }
        var row = new ArrayList<>(List.of(group.title(), name, group.jdk()));
        for (Verdict verdict : Verdict.values()) {
            row.add(String.join(", ", cells.getOrDefault(verdict, List.of())));
        }
        table.row(row);
    }

    @Override
    public String toString() {
        return """
                ## Wins and losses against the JDK

                The ratio of times is in brackets. Within 5 percent it is a tie.

                """ + table() + '\n';
    }
}
