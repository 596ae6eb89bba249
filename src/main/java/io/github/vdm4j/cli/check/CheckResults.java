package io.github.vdm4j.cli.check;

import io.github.vdm4j.cli.check.CheckReport.Check;
import io.github.vdm4j.cli.check.CheckReport.Failure;
import io.github.vdm4j.cli.check.CheckReport.Verdict;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The results of the checks so far, in the order in which the checks began. */
final class CheckResults {
    private static final int MOST_DESCRIBED = 5;
    private static final int MOST_FAILURES = 1_000;

    private record Key(String name, String variant) {}

    private static final class Line {
        private final long planned;
        private long operations;
        private long failures;
        private String skipped;
        private String note;

        Line(long planned) {
            this.planned = planned;
        }

        Verdict verdict() {
            return failures > 0 ? Verdict.FAILED
                    : skipped != null ? Verdict.SKIPPED
                            : operations < planned ? Verdict.INCOMPLETE : Verdict.PASSED;
        }
    }

    private final Map<Key, Line> lines = new LinkedHashMap<>();
    private final List<Failure> described = new ArrayList<>();
    private long failures;
    private boolean aborted;

    void plan(String name, String variant, long operations) {
        lines.putIfAbsent(new Key(name, variant), new Line(operations));
    }

    private Line line(String name, String variant) {
        return lines.get(new Key(name, variant));
    }

    /** Counts an operation and its failure. The failure is null if the operation has succeeded. */
    void count(String name, String variant, Failure failure) {
        Line line = line(name, variant);
        line.operations++;
        if (failure != null) {
            line.failures++;
            failures++;
            if (line.failures <= MOST_DESCRIBED) {
                described.add(failure);
            }
        }
    }

    void skip(String name, String variant, String why) {
        line(name, variant).skipped = why;
    }

    boolean isSkipped(String name, String variant) {
        return line(name, variant).skipped != null;
    }

    void note(String name, String variant, String note) {
        line(name, variant).note = note;
    }

    /** Ends the run, because the device may still use memory of an operation. */
    void abort() {
        aborted = true;
    }

    /** Returns whether the run must end early. */
    boolean isHopeless() {
        return aborted || failures >= MOST_FAILURES;
    }

    List<Check> checks() {
        var checks = new ArrayList<Check>();
        lines.forEach((key, line) -> checks.add(new Check(key.name(), key.variant(),
                line.verdict(), line.operations, line.failures,
                line.skipped != null ? line.skipped : line.note)));
        return checks;
    }

    List<Failure> failures() {
        return List.copyOf(described);
    }

    Verdict verdict(boolean interrupted) {
        List<Verdict> all = lines.values().stream().map(Line::verdict).toList();
        return all.contains(Verdict.FAILED) ? Verdict.FAILED
                : aborted || interrupted || all.contains(Verdict.INCOMPLETE) ? Verdict.INCOMPLETE
                        : Verdict.PASSED;
    }
}
