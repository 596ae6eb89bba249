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
            description = "What moves the bytes: ${COMPLETION-CANDIDATES}; auto is dsa where a work queue can be used, dml where Intel DML is available, else threads. Default: auto.") private MoverChoice mover;

    @Option(
            names = "--path",
            paramLabel = "PATH",
            description = "Where DML executes: ${COMPLETION-CANDIDATES}. hw and sw need Intel DML, also with --mover auto. Default: auto.") private PathChoice path;

    boolean isLeftToChoose() {
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
