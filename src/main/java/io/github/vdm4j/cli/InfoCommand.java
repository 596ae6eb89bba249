package io.github.vdm4j.cli;

import java.util.function.Supplier;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** The command {@code vdm info}. */
@Command(
        name = "info",
        description = "Shows versions, Intel DML, the processor, DSA devices, and the features"
                + " of each mover.",
        exitCodeList = {"0:done, also if Intel DML or hardware is missing", "2:wrong usage"})
final class InfoCommand extends Subcommand {
    private final Supplier<Diagnoses> diagnosis;

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
        if (why) {
            print(json ? json(found) + System.lineSeparator() : found.text());
        } else {
            SystemReport report = SystemReport.of(found);
            print(json ? json(report) + System.lineSeparator() : report.text());
        }
        return 0;
    }
}
