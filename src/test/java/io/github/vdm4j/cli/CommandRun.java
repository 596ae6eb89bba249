package io.github.vdm4j.cli;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Path;
import java.util.List;
import picocli.CommandLine;

/** What a run of the command in this JVM left behind. */
record CommandRun(int exitCode, String out, String err) {
    private static final Path NO_DEVICES = Path.of("no", "such", "folder");

    static CommandRun vdm(Object... arguments) {
        return watched(Progress.NONE, arguments);
    }

    /** Runs it with somebody who is told of the copy's progress, and may interfere. */
    static CommandRun watched(Progress progress, Object... arguments) {
        return run(VdmCommand.with(new CopyCommand(progress), new InfoCommand(NO_DEVICES)), arguments);
    }

    static CommandRun withDevices(Path dsaRoot, Object... arguments) {
        return run(VdmCommand.with(new CopyCommand(Progress.NONE), new InfoCommand(dsaRoot)), arguments);
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
