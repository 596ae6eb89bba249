package io.github.vdm4j.cli;

import io.github.vdm4j.dml.DmlDiagnosis;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.List;
import picocli.CommandLine;

/** The outcome of a run of the command in this JVM. */
record CommandRun(int exitCode, String out, String err) {
    static CommandRun vdm(Object... arguments) {
        return watched(Progress.NONE, arguments);
    }

    /** Runs the command with a progress listener, which may change files. */
    static CommandRun watched(Progress progress, Object... arguments) {
        return run(VdmCommand.with(task -> progress, DmlDiagnosis::current), arguments);
    }

    /** Runs the command on a described machine. */
    static CommandRun on(DmlDiagnosis diagnosis, Object... arguments) {
        return run(VdmCommand.with(task -> Progress.NONE, () -> diagnosis), arguments);
    }

    private static CommandRun run(CommandLine command, Object... arguments) {
        var out = new StringWriter();
        var err = new StringWriter();
        int exitCode = command
                .setOut(new PrintWriter(out, true))
                .setErr(new PrintWriter(err, true))
                .execute(List.of(arguments).stream().map(Object::toString).toArray(String[]::new));
        return new CommandRun(exitCode, out.toString(), err.toString());
    }
}
