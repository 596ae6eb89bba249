package io.github.vdm4j.cli.check;

import io.github.vdm4j.cli.check.CheckReport.Check;
import io.github.vdm4j.cli.check.CheckReport.Device;
import io.github.vdm4j.cli.check.CheckReport.Failure;
import io.github.vdm4j.cli.check.CheckReport.Queue;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** The text form of a {@link CheckReport}. */
public final class CheckReportText {
    private static final String CELL = "%-14s";
    private static final String NAME = "%-22s";

    private final List<String> lines = new ArrayList<>();

    private CheckReportText() {}

    public static String of(CheckReport report) {
        var text = new CheckReportText();
        text.head(report);
        text.operations(report.checks());
        text.others(report.checks());
        text.failures(report.failures());
        text.line("");
        return String.join(System.lineSeparator(), text.lines);
    }

    private void line(String format, Object... values) {
        lines.add(format.formatted(values).stripTrailing());
    }

    private void fact(String topic, Object content) {
        line("%-10s %s", topic, content);
    }

    private void head(CheckReport report) {
        fact("verdict", report.verdict());
        if (report.partial()) {
            fact("partial", "a signal has ended the run early");
        }
        fact("vdm4j", report.vdm4j());
        fact("java", report.java());
        fact("system", report.kernel());
        fact("processor", report.processor());
        fact("mover", report.mover() + (report.emulated() ? ", on the emulator" : ""));
        for (Device device : report.devices()) {
            fact(device.name(),
                    "version %s, gen_cap %s, op_cap %s, NUMA node %s, max transfer %s, max batch %s"
                            .formatted(known(device.version()), known(device.capabilities()),
                                    known(device.operations()), known(device.numaNode()),
                                    known(device.maxTransferBytes()),
                                    known(device.maxBatchTasks())));
        }
        for (Queue queue : report.queues()) {
            fact(queue.name(),
                    "%s, size %s, max transfer %s, max batch %s, block on fault %s%s".formatted(
                            known(queue.mode()), known(queue.size()),
                            known(queue.maxTransferBytes()), known(queue.maxBatchTasks()),
                            known(queue.blockOnFault()), done(queue)));
        }
        fact("run", "seed %d, %d rounds in %.1f s".formatted(report.seed(), report.rounds(),
                report.millis() / 1e3));
    }

    private static String done(Queue queue) {
        return queue.completions() == null ? ""
                : ": %,d completions, %,d page faults, full %,d times".formatted(
                        queue.completions(), queue.pageFaults(), queue.refusals());
    }

    private static String known(Object value) {
        return Objects.toString(value, "unknown");
    }

    /** Appends the table with a row for each operation and a column for each variant. */
    private void operations(List<Check> checks) {
        line("");
        row("operation", Variant::toString);
        for (CheckedOperation operation : CheckedOperation.values()) {
            row(operation.toString(), variant -> checks.stream()
                    .filter(check -> check.name().equals(operation.toString())
                            && check.variant().equals(variant.toString()))
                    .findFirst()
                    .map(CheckReportText::cell)
                    .orElse("-"));
        }
    }

    private void row(String name, Function<Variant, String> cell) {
        line(NAME + CELL.repeat(Variant.values().length), Stream.concat(Stream.of(name),
                Arrays.stream(Variant.values()).map(cell)).toArray());
    }

    private static String cell(Check check) {
        return switch (check.verdict()) {
            case PASSED -> "%,d ok".formatted(check.operations());
            case FAILED -> "FAIL %,d/%,d".formatted(check.failures(), check.operations());
            case SKIPPED -> "skipped";
            case INCOMPLETE -> "only %,d ok".formatted(check.operations());
        };
    }

    /** Appends the checks of queues and the notes of all checks. */
    private void others(List<Check> checks) {
        Set<String> operations = Arrays.stream(CheckedOperation.values())
                .map(CheckedOperation::toString)
                .collect(Collectors.toSet());
        line("");
        var notes = new TreeMap<String, String>();
        for (Check check : checks) {
            if (!operations.contains(check.name())) {
                line(NAME + CELL + "%s", check.name(), cell(check),
                        Objects.toString(check.note(), ""));
            } else if (check.note() != null) {
                notes.merge(check.note(), check.name() + " (" + check.variant() + ")",
                        (names, name) -> names + ", " + name);
            }
        }
        notes.forEach((note, names) -> line("%nskipped, because %s: %s", note, names));
    }

    private void failures(List<Failure> failures) {
        for (Failure failure : failures) {
            line("%nFAIL %s (%s): %s%s%n     sizes %s, offsets in a page %s, seed %d",
                    failure.name(), failure.variant(), failure.what(),
                    failure.range() == null ? ""
                            : " at byte %d, %s".formatted(failure.firstWrongByte(),
                                    failure.range()),
                    failure.sizes(), failure.offsets(), failure.seed());
        }
    }
}
