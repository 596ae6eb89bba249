package io.github.vdm4j.cli;

import io.github.vdm4j.dml.DmlPath;
import java.util.Locale;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** The options that choose the mover of a command. */
final class MoverOptions {
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

    ChosenMover open(int operations) throws CommandFailure {
        return ChosenMover.open(mover, path, operations);
    }
}
