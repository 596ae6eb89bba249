package io.github.vdm4j.cli;

import io.github.vdm4j.dml.DmlDiagnosis;
import io.github.vdm4j.dsa.DsaDiagnosis;
import io.github.vdm4j.dsa.Finding;
import io.github.vdm4j.dsa.Finding.Severity;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.io.Writer;
import java.util.List;
import picocli.CommandLine;

/** The outcome of a run of the command in this JVM. */
record CommandRun(int exitCode, String out, String err) {
    private static final Finding NO_WRITE =
            new Finding(Severity.BLOCK, "wq0.0: write() was refused", "uname -r");

    static CommandRun vdm(Object... arguments) {
        return watched(Progress.NONE, arguments);
    }

    /** Runs the command with a progress listener. The listener may change files. */
    static CommandRun watched(Progress progress, Object... arguments) {
        return run(VdmCommand.with(task -> progress, Diagnoses::current), arguments);
    }

    /** Runs the command on a described machine. */
    static CommandRun on(DmlDiagnosis diagnosis, Object... arguments) {
        return on(new Diagnoses(diagnosis,
                new DsaDiagnosis("DsaDataMover does not work here: " + NO_WRITE.what(),
                        List.of(), List.of(NO_WRITE), diagnosis.system())),
                arguments);
    }

    /** Runs the command on a different machine. */
    static CommandRun on(Diagnoses diagnoses, Object... arguments) {
        return run(VdmCommand.with(task -> Progress.NONE, () -> diagnoses), arguments);
    }

    /** Runs the command with a standard output that refuses every write, like a full disk. */
    static CommandRun withLostOutput(Object... arguments) {
        return run(VdmCommand.with(task -> Progress.NONE, Diagnoses::current), new Writer() {
            @Override
            public void write(char[] text, int offset, int length) throws IOException {
                throw new IOException("No space left on device");
            }

            @Override
            public void flush() {}

            @Override
            public void close() {}

            @Override
            public String toString() {
                return "";
            }
        }, arguments);
    }

    private static CommandRun run(CommandLine command, Object... arguments) {
        return run(command, new StringWriter(), arguments);
    }

    private static CommandRun run(CommandLine command, Writer out, Object... arguments) {
        var err = new StringWriter();
        int exitCode = command
                .setOut(new PrintWriter(out, true))
                .setErr(new PrintWriter(err, true))
                .execute(List.of(arguments).stream().map(Object::toString).toArray(String[]::new));
        return new CommandRun(exitCode, out.toString(), err.toString());
    }
}
