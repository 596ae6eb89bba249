package io.github.vdm4j.benchmarks.report;

import com.google.gson.Gson;
import io.github.vdm4j.benchmarks.paired.Contest;
import io.github.vdm4j.benchmarks.paired.Figure;
import io.github.vdm4j.benchmarks.paired.PairedFork;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.ToDoubleFunction;
import java.util.stream.Stream;

/** The results of the forks of the paired harness, with medians over the forks. */
final class Forks {
    private final List<PairedFork.Report> forks = new ArrayList<>();

    Forks(Path folder) throws IOException {
        try (Stream<Path> files = Files.list(folder)) {
            for (Path file : files.filter(name -> name.toString().endsWith(".json"))
                    .sorted()
                    .toList()) {
                forks.add(new Gson().fromJson(Files.readString(file), PairedFork.Report.class));
            }
        }
    }

    /**
     * The median, minimum and maximum of the forks.
     *
     * @param median the median
     * @param least the minimum
     * @param most the maximum
     */
    record Spread(double median, double least, double most) {
        static Spread of(List<Double> values) {
            double[] sorted = values.stream().mapToDouble(Double::doubleValue).sorted().toArray();
            if (sorted.length == 0) {
                throw new NoSuchElementException("no fork");
            }
            int middle = sorted.length / 2;
            double median = sorted.length % 2 == 1 ? sorted[middle]
                    : (sorted[middle - 1] + sorted[middle]) / 2;
            return new Spread(median, sorted[0], sorted[sorted.length - 1]);
        }
    }

    String library() {
        return forks.getFirst().library();
    }

    int count(String group) {
        return (int) forks.stream().filter(fork -> fork.group().equals(group)).count();
    }

    Set<String> missing() {
        var missing = new TreeSet<String>();
        forks.forEach(fork -> missing.addAll(fork.missing()));
        return missing;
    }

    /** Returns the figures. Each is the median over the forks. */
    List<Figure> figures() {
        var values = new LinkedHashMap<Figure, List<Double>>();
        for (var fork : forks) {
            for (Figure figure : fork.figures()) {
                values.computeIfAbsent(
                        new Figure(figure.id(), figure.what(), figure.unit(), 0, figure.atMost()),
                        key -> new ArrayList<>()).add(figure.value());
            }
        }
        var medians = new ArrayList<Figure>();
        values.forEach((figure, measured) -> medians.add(new Figure(figure.id(), figure.what(),
                figure.unit(), Spread.of(measured).median(), figure.atMost())));
        return medians;
    }

    List<Long> sizes(String group) {
        return results(group).map(Contest.Result::bytes).distinct().sorted().toList();
    }

    List<String> names(String group) {
        return results(group).flatMap(result -> result.names().stream()).distinct().toList();
    }

    private Stream<Contest.Result> results(String group) {
        return forks.stream()
                .filter(fork -> fork.group().equals(group))
                .flatMap(fork -> fork.results().stream());
    }

    Optional<Spread> nanos(String group, long bytes, String name) {
        return spread(group, bytes, List.of(name),
                result -> result.nanos()[result.names().indexOf(name)]);
    }

    Optional<Spread> heapBytes(String group, long bytes, String name) {
        return spread(group, bytes, List.of(name),
                result -> result.heapBytes()[result.names().indexOf(name)]);
    }

    Optional<Spread> ratio(String group, long bytes, String above, String below) {
        return spread(
                group,
                bytes,
                List.of(above, below),
                result -> result.ratios()[result.names().indexOf(above)][result.names()
                        .indexOf(below)]);
    }

    /** Returns the ratio to the fastest of several contestants over all forks. */
    Optional<Spread> ratio(String group, long bytes, String above, List<String> below) {
        return below.stream()
                .filter(name -> nanos(group, bytes, name).isPresent())
                .min((a, b) -> Double.compare(nanos(group, bytes, a).get().median(),
                        nanos(group, bytes, b).get().median()))
                .flatMap(fastest -> ratio(group, bytes, above, fastest));
    }

    private Optional<Spread> spread(
            String group, long bytes, List<String> needed, ToDoubleFunction<Contest.Result> value) {
        double[] values = results(group)
                .filter(result -> result.bytes() == bytes && result.names().containsAll(needed))
                .mapToDouble(value)
                .toArray();
        return values.length == 0
                ? Optional.empty()
                : Optional.of(Spread.of(Arrays.stream(values).boxed().toList()));
    }
}
