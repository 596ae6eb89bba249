package io.github.vdm4j.cli;

import java.io.PrintWriter;
import java.util.concurrent.Callable;
import java.util.function.Supplier;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** The command {@code vdm info}. */
@Command(
        name = "info",
        description = "Shows versions, Intel DML, the processor, DSA devices, and the features"
                + " of each mover.",
        mixinStandardHelpOptions = true,
        versionProvider = VdmCommand.Version.class,
        exitCodeListHeading = VdmCommand.EXIT_CODES,
        exitCodeList = {"0:done, also if Intel DML or hardware is missing", "2:wrong usage"})
final class InfoCommand implements Callable<Integer> {
    private final Supplier<Diagnoses> diagnosis;

    @Spec private CommandSpec spec;

    @Option(names = "--json", description = "Print JSON.") private boolean json;

    @Option(
            names = "--why",
            description = "Print only whether the hardware path works, what prevents it, and the"
                    + " remedies.") private boolean why;

    InfoCommand(Supplier<Diagnoses> diagnosis) {
        this.diagnosis = diagnosis;
    }

    @Override
    public Integer call() {
        Diagnoses found = diagnosis.get();
        PrintWriter out = spec.commandLine().getOut();
        if (why) {
            out.print(json ? Json.of(found) + System.lineSeparator() : found.text());
        } else {
            SystemReport report = SystemReport.of(found);
            out.print(json ? Json.of(report) + System.lineSeparator() : report.text());
        }
        out.flush();
        return 0;
    }
}
