package io.github.vdm4j.cli.check;

import io.github.vdm4j.machine.Message;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.BiConsumer;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * The report of a conformance run, to attach to an issue. It contains no host name, user name or
 * path. The components, in this order, are the keys of the JSON.
 *
 * @param partial whether Ctrl-C or a signal has ended the run early
 * @param vdm4j the version of vdm4j
 * @param kernel the system and its release
 * @param processor the processor and the number of threads that it runs
 * @param mover {@code dsa} or {@code dml}
 * @param emulated whether the emulator provides the device
 * @param hardware the attributes of each device and of each queue by its name. The counters of a
 *     queue are missing if the mover does not count by queue
 * @param seed the seed that repeats the run
 * @param millis the duration of the run in milliseconds
 * @param failures the first failures of each check
 */
public record CheckReport(
        Verdict verdict,
        boolean partial,
        String vdm4j,
        String java,
        String kernel,
        String processor,
        String mover,
        boolean emulated,
        Map<String, Map<String, Object>> hardware,
        long seed,
        int rounds,
        long millis,
        List<Check> checks,
        List<Failure> failures) {

    private static final String CELL = "%-14s";
    private static final String NAME = "%-22s";

    /** The end of a check. */
    public enum Verdict {
        /** All results equal the JVM's results. */
        PASSED,
        /** A result differs, or the device did not execute an operation. */
        FAILED,
        /** The device does not support the operation. */
        SKIPPED,
        /** The run ended before the first round was complete, or a signal ended it. */
        INCOMPLETE
    }

    /**
     * A check.
     *
     * @param name the operation or the queues
     * @param operations the number of compared operations
     * @param note the reason for a skip or an observation, or null
     */
    public record Check(String name, String variant, Verdict verdict, long operations,
            long failures, String note) {

        private String cell() {
            return switch (verdict) {
                case PASSED -> Message.of("%,d ok", operations);
                case FAILED -> Message.of("FAIL %,d/%,d", failures, operations);
                case SKIPPED -> "skipped";
                case INCOMPLETE -> Message.of("only %,d ok", operations);
            };
        }
    }

    /**
     * A failure.
     *
     * @param what the found result and the expected result
     * @param range the range with the first wrong byte, or null if no bytes were compared
     * @param firstWrongByte the offset of that byte in the range, or null if no bytes were compared
     * @param sizes the sizes of the ranges in bytes
     * @param offsets the offsets of the ranges in their pages
     * @param seed the seed of the operation's parameters and content
     */
    public record Failure(String name, String variant, String what, String range,
            Long firstWrongByte, List<Long> sizes, List<Integer> offsets, long seed) {

        private String text() {
            return Message.of("%nFAIL %s (%s): %s%s%n     sizes %s, offsets in a page %s, seed %d",
                    name, variant, what,
                    range == null ? "" : Message.of(" at byte %d, %s", firstWrongByte, range),
                    sizes, offsets, seed);
        }
    }

    public String text() {
        var lines = new ArrayList<String>();
        addHead((topic, content) -> lines.add("%-10s %s".formatted(topic, content)));
        lines.add("");
        lines.add(row("operation", Variant::toString));
        Map<List<String>, Check> byName = checks.stream()
                .collect(Collectors.toMap(check -> List.of(check.name, check.variant),
                        Function.identity()));
        for (CheckedOperation operation : CheckedOperation.values()) {
            lines.add(row(operation.toString(), variant -> {
                Check check = byName.get(List.of(operation.toString(), variant.toString()));
                return check == null ? "-" : check.cell();
            }));
        }
        lines.add("");
        addOthers(lines);
        failures.forEach(failure -> lines.add(failure.text()));
        lines.add("");
        return lines.stream()
                .map(String::stripTrailing)
                .collect(Collectors.joining(System.lineSeparator()));
    }

    private void addHead(BiConsumer<String, Object> facts) {
        facts.accept("verdict", verdict);
        if (partial) {
            facts.accept("partial", "a signal has ended the run early");
        }
        facts.accept("vdm4j", vdm4j);
        facts.accept("java", java);
        facts.accept("system", kernel);
        facts.accept("processor", processor);
        facts.accept("mover", mover + (emulated ? ", on the emulator" : ""));
        hardware.forEach((name, attributes) -> facts.accept(name, attributes.entrySet()
                .stream()
                .map(fact -> fact.getKey() + " " + Objects.toString(fact.getValue(), "unknown"))
                .collect(Collectors.joining(", "))));
        facts.accept("run", Message.of("seed %d, %d rounds in %.1f s", seed, rounds, millis / 1e3));
    }

    private static String row(String name, Function<Variant, String> cell) {
        return (NAME + CELL.repeat(Variant.values().length)).formatted(Stream.concat(
                Stream.of(name), Arrays.stream(Variant.values()).map(cell)).toArray());
    }

    /** Adds the checks of queues and the notes of all checks. */
    private void addOthers(List<String> lines) {
        Set<String> operations = Arrays.stream(CheckedOperation.values())
                .map(CheckedOperation::toString)
                .collect(Collectors.toSet());
        var notes = new TreeMap<String, String>();
        for (Check check : checks) {
            if (!operations.contains(check.name)) {
                lines.add((NAME + CELL + "%s").formatted(check.name, check.cell(),
                        Objects.toString(check.note, "")));
            } else if (check.note != null) {
                notes.merge(check.note, check.name + " (" + check.variant + ")",
                        (names, name) -> names + ", " + name);
            }
        }
        notes.forEach((note, names) -> lines.add("%nskipped, because %s: %s".formatted(note,
                names)));
    }
}
