package io.github.vdm4j.cli.check;

import io.github.vdm4j.VdmException;
import io.github.vdm4j.cli.check.CheckReport.Check;
import io.github.vdm4j.cli.check.CheckReport.Failure;
import io.github.vdm4j.cli.check.CheckReport.Verdict;
import io.github.vdm4j.mover.DeviceDataMover;
import java.util.ArrayList;
import java.util.List;

/** The results of the checks so far, in the order in which the checks began. */
final class CheckResults {
    private static final int MOST_DESCRIBED = 5;
    private static final int MOST_FAILURES = 1_000;

    private final List<Line> lines = new ArrayList<>();
    private final List<Failure> described = new ArrayList<>();
    private long allFailures;
    private boolean aborted;

    final class Line {
        private final String name;
        private final Variant variant;
        private final long planned;
        private long operations;
        private long failures;
        private String skipped;
        private String note;

        private Line(String name, Variant variant, long planned) {
            this.name = name;
            this.variant = variant;
            this.planned = planned;
        }

        String name() {
            return name;
        }

        Variant variant() {
            return variant;
        }

        /** Counts an operation and its failure, or null for a success. */
        void count(Failure failure) {
            operations++;
            if (failure != null) {
                failures++;
                allFailures++;
                if (failures <= MOST_DESCRIBED) {
                    described.add(failure);
                }
            }
        }

        /** Skips the check, unless the reason is null. */
        void skip(String why) {
            skipped = why;
        }

        boolean isSkipped() {
            return skipped != null;
        }

        void note(String text) {
            note = text;
        }

        private Check check() {
            return new Check(name, variant.toString(), verdict(), operations, failures,
                    skipped != null ? skipped : note);
        }

        private Verdict verdict() {
            return failures > 0 ? Verdict.FAILED
                    : skipped != null ? Verdict.SKIPPED
                            : operations < planned ? Verdict.INCOMPLETE : Verdict.PASSED;
        }
    }

    /** A mover on the device. Its close ends the run if the device does not answer. */
    record OpenMover(DeviceDataMover mover, CheckResults results) implements AutoCloseable {
        @Override
        public void close() {
            try {
                mover.close();
            } catch (VdmException e) {
                results.abort(); // the operation that timed out is among the failures
            }
        }
    }

    OpenMover open(CheckedDevice device, List<String> queues, int slots, boolean waitsForPages) {
        return new OpenMover(device.open(queues, slots, waitsForPages), this);
    }

    Line plan(String name, Variant variant, long operations) {
        var line = new Line(name, variant, operations);
        lines.add(line);
        return line;
    }

    /** Ends the run, because the device may still use memory of an operation. */
    void abort() {
        aborted = true;
    }

    boolean endsEarly() {
        return aborted || allFailures >= MOST_FAILURES;
    }

    List<Check> checks() {
        return lines.stream().map(Line::check).toList();
    }

    List<Failure> failures() {
        return List.copyOf(described);
    }

    Verdict verdict(boolean interrupted) {
        List<Verdict> all = lines.stream().map(Line::verdict).toList();
        return all.contains(Verdict.FAILED) ? Verdict.FAILED
                : aborted || interrupted || all.contains(Verdict.INCOMPLETE) ? Verdict.INCOMPLETE
                        : Verdict.PASSED;
    }
}
