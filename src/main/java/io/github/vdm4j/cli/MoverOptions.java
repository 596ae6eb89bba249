package io.github.vdm4j.cli;

import io.github.vdm4j.Vdm;
import io.github.vdm4j.VdmException;
import io.github.vdm4j.dml.DmlDataMover;
import io.github.vdm4j.dml.DmlHardwareException;
import io.github.vdm4j.dml.DmlPath;
import io.github.vdm4j.dml.DmlUnavailableException;
import io.github.vdm4j.dsa.DsaDataMover;
import io.github.vdm4j.dsa.DsaQueue;
import io.github.vdm4j.dsa.DsaUnavailableException;
import io.github.vdm4j.machine.DsaFolders;
import io.github.vdm4j.mover.SyncDataMover;
import io.github.vdm4j.mover.ThreadsDataMover;
import io.github.vdm4j.mover.UnavailableException;
import java.util.Locale;
import java.util.stream.Collectors;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** The options that choose the mover of a command. */
final class MoverOptions {
    private static final String NAMED = "the command line names it";

    /** The values of {@code --mover}. */
    enum MoverChoice {
        AUTO,
        DSA,
        DML,
        THREADS,
        SYNC;

        /** Returns the name on the command line. */
        @Override
        public String toString() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    /** The values of {@code --path}. */
    enum PathChoice {
        AUTO(DmlPath.AUTO),
        HW(DmlPath.HARDWARE),
        SW(DmlPath.SOFTWARE);

        private final DmlPath path;

        PathChoice(DmlPath path) {
            this.path = path;
        }

        DmlPath path() {
            return path;
        }

        /** Returns the name on the command line. */
        @Override
        public String toString() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    /**
     * An opened mover.
     *
     * @param name its name on the command line
     * @param reason the reason of the choice
     */
    record ChosenMover(String name, Vdm mover, String reason) implements AutoCloseable {
        @Override
        public void close() throws CommandFailure {
            try {
                mover.close();
            } catch (VdmException e) { // for example a device that does not answer
                throw new CommandFailure(e.getMessage(), e);
            }
        }
    }

    @Spec(Spec.Target.MIXEE) private CommandSpec spec;

    @Option(
            names = "--mover",
            paramLabel = "MOVER",
            defaultValue = "auto",
            description = "The mover: ${COMPLETION-CANDIDATES}. auto selects dsa if it can use a"
                    + " work queue, else dml if Intel DML is available, else threads. Default:"
                    + " auto.") private MoverChoice mover;

    @Option(
            names = "--path",
            paramLabel = "PATH",
            description = "The path of DML: ${COMPLETION-CANDIDATES}. hw and sw require Intel DML,"
                    + " even with --mover auto. Default: auto.") private PathChoice path;

    boolean isAuto() {
        return mover == MoverChoice.AUTO;
    }

    void checkUsage() {
        if (path != null && mover != MoverChoice.AUTO && mover != MoverChoice.DML) {
            throw new ParameterException(
                    spec.commandLine(),
                    "--path is for --mover dml or auto: " + mover + " has one path only");
        }
    }

    /**
     * Opens the mover that the command line names.
     *
     * @throws CommandFailure if the mover cannot be opened
     */
    ChosenMover open(int operations) throws CommandFailure {
        try {
            return switch (mover) {
                case THREADS -> threads(NAMED);
                case SYNC -> new ChosenMover("sync", SyncDataMover.open(), NAMED);
                case DSA -> dsa(operations);
                case DML -> dml(path == null ? DmlPath.AUTO : path.path(), operations);
                // A path on the command line requires DML, because only DML has paths.
                case AUTO -> path == PathChoice.HW || path == PathChoice.SW
                        ? dml(path.path(), operations)
                        : best(operations);
            };
        } catch (UnavailableException e) {
            throw new CommandFailure("%s%nUse %s--mover threads or --mover sync. %s".formatted(
                    e.reasons(), e instanceof DmlHardwareException ? "--path sw, " : "",
                    CommandFailure.REMEDIES), e);
        } catch (VdmException e) {
            throw new CommandFailure(e.getMessage(), e);
        }
    }

    private ChosenMover best(int operations) {
        try {
            return dsa(operations);
        } catch (DsaUnavailableException e) {
            // Intel DML is the next choice. The command vdm info reports why DSA is unavailable.
            for (String mistake : DsaFolders.mistakes()) {
                spec.commandLine()
                        .getErr()
                        .println("%s: %s. Correct the setting, or remove it"
                                .formatted(spec.qualifiedName(), mistake) + " (docs/dsa.md)");
            }
        }
        try {
            return dml(DmlPath.AUTO, operations);
        } catch (DmlUnavailableException e) {
            String attempts = e.attempts()
                    .stream()
                    .map(attempt -> attempt.place() + ": " + attempt.outcome())
                    .collect(Collectors.joining("; "));
            return threads("Intel DML is not available (" + attempts + ")");
        }
    }

    private static ChosenMover threads(String reason) {
        return new ChosenMover("threads", ThreadsDataMover.open(), reason);
    }

    private static ChosenMover dsa(int operations) {
        DsaDataMover mover = DsaDataMover.builder().slots(operations).open();
        String queues =
                mover.queues().stream().map(DsaQueue::name).collect(Collectors.joining(", "));
        return new ChosenMover("dsa", mover, "%s: %s; %s".formatted(queues,
                mover.decision().reason(), mover.policy()));
    }

    private static ChosenMover dml(DmlPath path, int operations) {
        DmlDataMover mover = DmlDataMover.builder().path(path).slots(operations).open();
        String why = path != DmlPath.AUTO ? ""
                : "; path %s, because %s; %s".formatted(
                        mover.decision().usesDevice() ? "hardware" : "software",
                        mover.decision().reason(), mover.policy());
        return new ChosenMover("dml", mover, mover.library() + " is available" + why);
    }
}
