package io.github.vdm4j.cli;

import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code vdm info}. */
@Command(
        name = "info",
        description = "Shows versions, Intel DML, the processor, DSA devices, and what each mover supports.",
        mixinStandardHelpOptions = true,
        versionProvider = VdmCommand.Version.class)
final class InfoCommand implements Callable<Integer> {
    private static final Path CPUINFO = Path.of("/proc/cpuinfo");

    private final Path dsaRoot;

    @Spec private CommandSpec spec;

    @Option(names = "--json", description = "Print JSON.") private boolean json;

    InfoCommand(Path dsaRoot) {
        this.dsaRoot = dsaRoot;
    }

    @Override
    public Integer call() {
        SystemReport report = SystemReport.of(dsaRoot, CPUINFO);
        PrintWriter out = spec.commandLine().getOut();
        out.print(json ? Json.of(report) + System.lineSeparator() : SystemReportText.of(report));
        out.flush();
        return 0;
    }
}
