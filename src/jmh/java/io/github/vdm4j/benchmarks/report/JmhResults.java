package io.github.vdm4j.benchmarks.report;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/** The results of JMH. */
final class JmhResults {
    private final List<Row> rows = new ArrayList<>();

    JmhResults(Path file) throws IOException {
        JsonArray results = JsonParser.parseString(Files.readString(file)).getAsJsonArray();
        for (JsonElement result : results) {
            rows.add(row(result.getAsJsonObject()));
        }
    }

    /**
     * The result of a benchmark at a size.
     *
     * @param family the class
     * @param name the method
     * @param bytes the bytes of an operation
     * @param nanos the nanoseconds of an operation
     * @param error half the width of the 99.9 % interval of the nanoseconds
     * @param heapBytes the heap bytes of an operation
     */
    record Row(String family, String name, long bytes, double nanos, double error,
            double heapBytes) {}

    private static Row row(JsonObject result) {
        String[] name = result.get("benchmark").getAsString().split("\\.");
        JsonObject metric = result.getAsJsonObject("primaryMetric");
        double heap = Double.NaN;
        for (var secondary : result.getAsJsonObject("secondaryMetrics").entrySet()) {
            if (secondary.getKey().endsWith("gc.alloc.rate.norm")) {
                heap = secondary.getValue().getAsJsonObject().get("score").getAsDouble();
            }
        }
        String error = metric.get("scoreError").getAsString();
        return new Row(
                name[name.length - 2],
                name[name.length - 1],
                result.getAsJsonObject("params").get("bytes").getAsLong(),
                metric.get("score").getAsDouble(),
                error.equals("NaN") ? Double.NaN : Double.parseDouble(error),
                heap);
    }

    List<String> families() {
        return rows.stream().map(Row::family).distinct().toList();
    }

    List<Long> sizes(String family) {
        return of(family).map(Row::bytes).distinct().sorted().toList();
    }

    List<String> names(String family) {
        return of(family).map(Row::name).distinct().toList();
    }

    Optional<Row> find(String family, String name, long bytes) {
        return of(family).filter(row -> row.name().equals(name) && row.bytes() == bytes)
                .findFirst();
    }

    private Stream<Row> of(String family) {
        return rows.stream().filter(row -> row.family().equals(family));
    }
}
