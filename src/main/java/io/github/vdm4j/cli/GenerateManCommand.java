package io.github.vdm4j.cli;

import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** {@code vdm generate-man}. */
@Command(
        name = "generate-man",
        description = "Prints the man page of vdm: scripts/vdm generate-man > vdm.1",
        mixinStandardHelpOptions = true,
        versionProvider = VdmCommand.Version.class)
final class GenerateManCommand implements Runnable {
    @Spec private CommandSpec spec;

    @Override
    public void run() {
        CommandLine root = spec.root().commandLine();
        spec.commandLine().getOut().print(new ManPage(root));
        spec.commandLine().getOut().flush();
    }
}
