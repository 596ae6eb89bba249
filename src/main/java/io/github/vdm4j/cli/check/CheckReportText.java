package io.github.vdm4j.cli.check;

import io.github.vdm4j.cli.check.CheckReport.Check;
import io.github.vdm4j.cli.check.CheckReport.Device;
import io.github.vdm4j.cli.check.CheckReport.Failure;
import io.github.vdm4j.cli.check.CheckReport.Queue;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.stream.Collectors;

/** The text form of a {@link CheckReport}. */
public final class CheckReportText {
    private static final String LINE = "%-10s %s%n";
    private static final String CELL = "%-14s";
    private static final String NAME = "%-22s";

    private final StringBuilder text = new StringBuilder();

    private CheckReportText() {}

    public static String of(CheckReport report) {
        var page = new CheckReportText();
        page.head(report);
        page.operations(report.checks());
        page.others(report.checks());
        page.failures(report.failures());
        return page.text.toString();
    }

    private void head(CheckReport report) {
        line("verdict", report.verdict());
        if (report.partial()) {
            line("partial", "a signal has ended the run early");
        }
        line("vdm4j", report.vdm4j());
        line("java", report.java());
        line("system", report.kernel());
        line("processor", report.processor());
        line("mover", report.mover() + (report.emulated() ? ", on the emulator" : ""));
        for (Device device : report.devices()) {
            line(device.name(),
                    "version %s, gen_cap %s, op_cap %s, NUMA node %s, max transfer %s, max batch %s"
                            .formatted(known(device.version()), known(device.capabilities()),
                                    known(device.operations()), known(device.numaNode()),
                                    known(device.maxTransferBytes()),
                                    known(device.maxBatchTasks())));
        }
        for (Queue queue : report.queues()) {
            line(queue.name(),
                    "%s, size %s, max transfer %s, max batch %s, block on fault %s%s".formatted(
                            known(queue.mode()), known(queue.size()),
                            known(queue.maxTransferBytes()), known(queue.maxBatchTasks()),
                            known(queue.blockOnFault()), done(queue)));
        }
        line("run", "seed %d, %d rounds in %.1f s".formatted(report.seed(), report.rounds(),
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
        text.append(String.format("%n" + NAME, "operation"));
        for (Variant variant : Variant.values()) {
            text.append(CELL.formatted(variant));
        }
        for (CheckedOperation operation : CheckedOperation.values()) {
            strip();
            text.append(String.format("%n" + NAME, operation));
            for (Variant variant : Variant.values()) {
                text.append(CELL.formatted(checks.stream()
                        .filter(check -> check.name().equals(operation.toString())
                                && check.variant().equals(variant.toString()))
                        .findFirst()
                        .map(CheckReportText::cell)
                        .orElse("-")));
            }
        }
        strip();
        text.append(System.lineSeparator());
    }

    private void strip() {
        text.setLength(text.toString().stripTrailing().length());
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
        List<String> operations = Arrays.stream(CheckedOperation.values())
                .map(CheckedOperation::toString)
                .toList();
        text.append(System.lineSeparator());
        for (Check check : checks) {
            boolean isOperation = operations.contains(check.name());
            if (!isOperation) {
                text.append((NAME + CELL + "%s").formatted(check.name(), cell(check),
                        Objects.toString(check.note(), "")));
                strip();
                text.append(System.lineSeparator());
            }
        }
        checks.stream()
                .filter(check -> operations.contains(check.name()) && check.note() != null)
                .collect(Collectors.groupingBy(Check::note, java.util.TreeMap::new,
                        Collectors.mapping(check -> check.name() + " (" + check.variant() + ")",
                                Collectors.joining(", "))))
                .forEach((note, names) -> text.append("%nskipped, because %s: %s%n".formatted(note,
                        names)));
    }

    private void failures(List<Failure> failures) {
        for (Failure failure : failures) {
            text.append(String.format(Locale.ROOT,
                    "%nFAIL %s (%s): %s%s%n     sizes %s, offsets in a page %s, seed %d%n",
                    failure.name(), failure.variant(), failure.what(),
                    failure.range() == null ? ""
                            : " at byte %d, %s".formatted(failure.firstWrongByte(),
                                    failure.range()),
                    failure.sizes(), failure.offsets(), failure.seed()));
        }
    }

    private void line(String topic, Object content) {
        text.append(LINE.formatted(topic, content));
    }
}
