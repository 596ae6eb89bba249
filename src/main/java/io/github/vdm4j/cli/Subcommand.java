package io.github.vdm4j.cli;

import com.google.gson.GsonBuilder;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** The common parts of the subcommands. */
@Command(
        mixinStandardHelpOptions = true,
        versionProvider = VdmCommand.Version.class,
        sortOptions = false,
        exitCodeListHeading = VdmCommand.EXIT_CODES)
abstract class Subcommand implements Callable<Integer> {
    @Spec private CommandSpec spec;

    final CommandSpec spec() {
        return spec;
    }

    final void print(String text) {
        spec.commandLine().getOut().print(text);
        spec.commandLine().getOut().flush();
    }

    final void println(Object line) {
        print(line + System.lineSeparator());
    }

    /** Returns the JSON of records, lists and maps. */
    static String json(Object report) {
        return new GsonBuilder()
                .serializeNulls()
                .disableHtmlEscaping()
                .setPrettyPrinting()
                .create()
                .toJson(report);
    }

    /** Prints a line on standard error, after the name of the command. */
    final void report(String line) {
        spec.commandLine().getErr().println(spec.qualifiedName() + ": " + line);
    }

    /** Refuses the command line with a message unless a condition holds. */
    final void require(boolean holds, String message) {
        if (!holds) {
            throw new ParameterException(spec.commandLine(), message);
        }
    }
}
