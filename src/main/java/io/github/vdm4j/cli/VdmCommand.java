package io.github.vdm4j.cli;

import java.io.PrintWriter;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.Objects;
import java.util.function.Function;
import java.util.function.Supplier;
import picocli.AutoComplete.GenerateCompletion;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.IVersionProvider;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParseResult;
import picocli.CommandLine.RunLast;
import picocli.CommandLine.TypeConversionException;

/** The command {@code vdm} with its subcommands. */
@Command(
        name = "vdm",
        description = "Moves memory through virtual data movers: with Intel DML, with"
                + " threads, or on the calling thread.",
        mixinStandardHelpOptions = true,
        versionProvider = VdmCommand.Version.class,
        synopsisSubcommandLabel = "COMMAND",
        exitCodeListHeading = VdmCommand.EXIT_CODES,
        exitCodeList = {"0:done. compare: equal", "1:failed. compare: different",
            "2:wrong usage. compare: failed or wrong usage"})
final class VdmCommand {

    /** The heading of the exit codes in every help text. */
    static final String EXIT_CODES = "%nExit codes:%n";

    /**
     * The property with the number of the terminal's columns. The script sets it if standard error
     * is a terminal.
     */
    private static final String COLUMNS = "vdm4j.terminal.columns";

    /** The version of the jar that the command runs from. */
    static final class Version implements IVersionProvider {
        static String text() {
            return Objects.requireNonNullElse(
                    VdmCommand.class.getPackage().getImplementationVersion(),
                    "unknown, not run from its jar");
        }

        @Override
        public String[] getVersion() {
            return new String[]{"vdm " + text()};
        }
    }

    /**
     * Returns the command with its subcommands. They write to the streams of the returned command.
     */
    static CommandLine with(Function<String, Progress> progress, Supplier<Diagnoses> diagnosis) {
        var completion = new CommandLine(new GenerateCompletion());
        completion.getCommandSpec().helpCommand(false); // A help command ignores unknown options.
        return new CommandLine(new VdmCommand())
                .addSubcommand(new CopyCommand(progress.apply("copy")))
                .addSubcommand(new CrcCommand(progress.apply("crc")))
                .addSubcommand(new CompareCommand(progress.apply("compare")))
                .addSubcommand(new InfoCommand(diagnosis))
                .addSubcommand(new CheckHardwareCommand())
                .addSubcommand(completion)
                .addSubcommand(new ManPage())
                .setCaseInsensitiveEnumValuesAllowed(true)
                .registerConverter(ByteSize.class, ByteSize::parse)
                .registerConverter(Path.class, VdmCommand::path)
                .setExecutionStrategy(VdmCommand::run)
                .setParameterExceptionHandler(VdmCommand::refuse)
                .setExecutionExceptionHandler(VdmCommand::fail);
    }

    /** Converts a name. The JVM replaces bytes that are invalid in the encoding of names. */
    private static Path path(String name) {
        if (name.isEmpty()) {
            throw new TypeConversionException("the name of a file is empty");
        }
        try {
            if (name.indexOf('\uFFFD') < 0) {
                return Path.of(name);
            }
        } catch (InvalidPathException e) {
            // The message below says more.
        }
        throw new TypeConversionException(
                "the name '%s' has bytes that are invalid in the encoding %s. Rename the file"
                        .formatted(name, System.getProperty("sun.jnu.encoding")));
    }

    /** Runs the command, and fails if its output is lost, for example on a full disk. */
    private static int run(ParseResult arguments) {
        int exitCode = new RunLast().execute(arguments);
        CommandLine command = arguments.asCommandLineList().getLast();
        if (!command.getOut().checkError()) {
            return exitCode;
        }
        command.getErr()
                .println(command.getCommandSpec().qualifiedName()
                        + ": cannot write to standard output: it is closed, or its disk is full");
        return command.getCommandSpec().exitCodeOnExecutionException();
    }

    private static int refuse(ParameterException e, String[] arguments) {
        CommandLine command = e.getCommandLine();
        String name = command.getCommandSpec().qualifiedName();
        command.getErr().printf("%s: %s (see %s --help)%n", name, e.getMessage(), name);
        return CommandLine.ExitCode.USAGE;
    }

    private static int fail(Exception e, CommandLine command, ParseResult arguments) {
        String name = command.getCommandSpec().qualifiedName();
        if (e instanceof CommandFailure) {
            command.getErr().println(name + ": " + e.getMessage());
        } else {
            command.getErr().println(name + ": a fault in vdm, please report it");
            e.printStackTrace(command.getErr());
        }
        return command.getCommandSpec().exitCodeOnExecutionException();
    }

    public static void main(String[] arguments) {
        Integer columns = Integer.getInteger(COLUMNS);
        Function<String, Progress> progress =
                task -> columns == null ? Progress.NONE
                        : new Progress.Terminal(task, System.err, columns);
        System.exit(with(progress, Diagnoses::current)
                .setOut(new PrintWriter(System.out, true)) // Reports the errors of System.out.
                .execute(arguments));
    }
}
