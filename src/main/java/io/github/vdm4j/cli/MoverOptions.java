package io.github.vdm4j.cli;

import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** The options that choose the mover of a command. */
final class MoverOptions {
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
