package io.github.vdm4j.cli;

import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Help.Ansi;
import picocli.CommandLine.Model.CommandSpec;

/**
 * The command {@code vdm generate-man}. It prints the help of a command and its subcommands with
 * the macros of man(7).
 */
@Command(
        name = "generate-man",
        description = "Prints the man page of vdm: scripts/vdm generate-man > vdm.1")
final class ManPage extends Subcommand {
    @Override
    public Integer call() {
        CommandSpec root = spec().root();
        print(".TH VDM 1 \"\" \"%s\"\n.SH NAME\n%s \\- %s\n.SH DESCRIPTION\n".formatted(
                escape(String.join(" ", root.version())), root.name(),
                escape(String.join(" ", root.usageMessage().description()))));
        printHelp(root.commandLine());
        print(".SH COMMANDS\n");
        root.subcommands().forEach((name, command) -> {
            print(".SS " + name + "\n");
            printHelp(command);
        });
        return 0;
    }

    private void printHelp(CommandLine command) {
        print(".nf\n" + escape(command.getUsageMessage(Ansi.OFF)) + ".fi\n");
    }

    /** Escapes typographic hyphens, escape sequences and macros. */
    private static String escape(String words) {
        return words.replace("\\", "\\e").replace("-", "\\-").replaceAll("(?m)^(?=[.'])", "\\\\&");
    }
}
