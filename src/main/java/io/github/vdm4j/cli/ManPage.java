package io.github.vdm4j.cli;

import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.ArgSpec;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;

/**
 * The command {@code vdm generate-man}. It prints the man page of a command and its subcommands
 * with the macros of man(7).
 */
@Command(
        name = "generate-man",
        description = "Prints the man page of vdm: scripts/vdm generate-man > vdm.1")
final class ManPage extends Subcommand {
    private final StringBuilder text = new StringBuilder();

    @Override
    public Integer call() {
        describeAll(spec().root().commandLine());
        print(text.toString());
        return 0;
    }

    private void describeAll(CommandLine command) {
        CommandSpec root = command.getCommandSpec();
        line(".TH %s 1 \"\" \"%s\"".formatted(root.name().toUpperCase(java.util.Locale.ROOT),
                escape(String.join(" ", root.version()))));
        line(".SH NAME");
        line(escape(root.name() + " - " + String.join(" ", root.usageMessage().description())));
        line(".SH SYNOPSIS");
        List<CommandLine> commands =
                command.getSubcommands().values().stream().distinct().toList();
        commands.forEach(this::synopsis);
        line(".SH COMMANDS");
        commands.forEach(this::describe);
        line(".SH OPTIONS");
        root.options().forEach(this::argument);
        line(".SH EXIT STATUS");
        exitCodes(root);
    }

    private void synopsis(CommandLine command) {
        CommandSpec spec = command.getCommandSpec();
        String all = command.getHelp().synopsis(0).strip().replaceAll("\\s+", " ");
        line(".B " + escape(spec.qualifiedName()));
        line(escape(all.substring(spec.qualifiedName().length()).strip()));
        line(".br");
    }

    private void describe(CommandLine command) {
        CommandSpec spec = command.getCommandSpec();
        line(".SS " + spec.name());
        line(escape(String.join(" ", spec.usageMessage().description())));
        spec.positionalParameters().forEach(this::argument);
        spec.options().forEach(this::argument);
        String footer = Arrays.stream(spec.usageMessage().footer())
                .map(String::strip)
                .filter(part -> !part.isEmpty())
                .collect(Collectors.joining(" "));
        if (!footer.isEmpty()) {
            line(".PP");
            line(escape(footer));
        }
        if (!spec.usageMessage().exitCodeList().isEmpty()) {
            line(".PP");
            line("Exit status:");
            exitCodes(spec);
        }
    }

    private void argument(ArgSpec argument) {
        line(".TP");
        String name = argument instanceof OptionSpec option
                ? String.join(", ", option.names())
                        + (option.arity().max() > 0 ? "=" + option.paramLabel() : "")
                : argument.paramLabel();
        line(".B " + escape(name));
        line(escape(String.join(" ", argument.description())));
    }

    private void exitCodes(CommandSpec spec) {
        spec.usageMessage().exitCodeList().forEach((code, meaning) -> {
            line(".TP");
            line(".B " + code);
            line(escape(meaning));
        });
    }

    /** Escapes typographic hyphens, escape sequences and macros. */
    private static String escape(String words) {
        String escaped = words.replace("%n", " ").replace("\\", "\\e").replace("-", "\\-");
        return escaped.startsWith(".") || escaped.startsWith("'") ? "\\&" + escaped : escaped;
    }

    private void line(String line) {
        text.append(line).append('\n');
    }
}
