package io.github.vdm4j.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import picocli.CommandLine;

@DisplayName("vdm")
class VdmCommandTest {
    @TempDir Path folder;

    @Test
    void helpNamesTheCommands() {
        CommandRun run = CommandRun.vdm("--help");
        assertEquals(0, run.exitCode());
        assertTrue(run.out().contains("vdm [-hV] COMMAND"), run.out());
        assertTrue(run.out().contains("\n  copy  "), run.out());
        assertTrue(run.out().contains("\n  crc  "), run.out());
        assertTrue(run.out().contains("\n  compare  "), run.out());
        assertTrue(run.out().contains("\n  info  "), run.out());
        assertTrue(run.out().contains("\n  check-hardware  "), run.out());
    }

    @ParameterizedTest
    @ValueSource(strings = {"--mover", "--path", "--durable", "--verify", "--chunk", "--depth"})
    void helpOfCopyNamesTheOption(String option) {
        assertTrue(CommandRun.vdm("copy", "--help").out().contains(option));
    }

    @Test
    void versionIsOneLine() {
        CommandRun run = CommandRun.vdm("--version");
        assertEquals(0, run.exitCode());
        assertTrue(run.out().startsWith("vdm "), run.out());
        assertEquals(1, run.out().lines().count());
    }

    @Test
    void aMissingCommandIsWrongUsage() {
        CommandRun run = CommandRun.vdm();
        assertEquals("vdm: Missing required subcommand (see vdm --help)\n", run.err());
        assertEquals(2, run.exitCode());
    }

    @Test
    void anUnknownCommandIsWrongUsage() {
        CommandRun run = CommandRun.vdm("move");
        assertEquals("vdm: Unmatched argument at index 0: 'move' (see vdm --help)\n",
                run.err());
        assertEquals(2, run.exitCode());
    }

    @ParameterizedTest
    @ValueSource(strings = {"copy", "crc", "compare", "info", "check-hardware"})
    void helpListsExitCodes(String command) {
        String help = CommandRun.vdm(command, "--help").out();
        assertTrue(help.contains("\nExit codes:\n  0   "), help);
        assertTrue(help.contains("\n  2   "), help);
    }

    @Test
    void completionKnowsCommandsAndOptions() {
        CommandRun run = CommandRun.vdm("generate-completion");
        assertEquals(0, run.exitCode(), run.err());
        assertTrue(run.out().contains("_picocli_vdm_copy"), run.out());
        assertTrue(run.out().contains("--durable"), run.out());
        assertTrue(run.out().contains("check-hardware"), run.out());
        assertTrue(run.out().contains("--rounds"), run.out());
    }

    @ParameterizedTest
    @ValueSource(strings = {"generate-completion", "generate-man"})
    void generatorRefusesJson(String command) {
        CommandRun run = CommandRun.vdm(command, "--json");
        assertEquals(2, run.exitCode());
        assertEquals("", run.out());
        assertEquals("vdm %1$s: Unknown option: '--json' (see vdm %1$s --help)\n"
                .formatted(command), run.err());
    }

    @Test
    void manPageDescribesEveryCommandAndOption() {
        CommandRun run = CommandRun.vdm("generate-man");
        assertEquals(0, run.exitCode(), run.err());
        assertTrue(run.out().startsWith(".TH VDM 1 "), run.out());
        CommandLine vdm = VdmCommand.with(task -> Progress.NONE, Diagnoses::current);
        vdm.getSubcommands().forEach((name, command) -> {
            assertTrue(run.out().contains("\n.SS " + name + "\n"), name);
            command.getCommandSpec()
                    .options()
                    .forEach(option -> assertTrue(
                            run.out().contains(option.longestName().replace("-", "\\-")),
                            option.longestName()));
        });
        assertTrue(run.out().contains("\nExit codes:\n  0   "), run.out());
    }

    @ParameterizedTest
    @CsvSource({"crc, 1", "copy, 1", "compare, 2"})
    void lostOutputIsAFailure(String name, int exitCode) throws IOException {
        Path file = TestFiles.random(folder.resolve("file"), 10);
        Path different = TestFiles.random(folder.resolve("different"), 20);
        CommandRun run = CommandRun.withLostOutput(name.equals("crc")
                ? new Object[]{name, file, "--mover", "sync"}
                : new Object[]{name, file, different, "--mover", "sync"});
        assertEquals(new CommandRun(exitCode, "", "vdm " + name
                + ": cannot write to standard output: it is closed, or its disk is full\n"), run);
    }

    @Test
    void lostHelpIsAFailure() {
        assertEquals(1, CommandRun.withLostOutput("--help").exitCode());
    }

    @ParameterizedTest
    @ValueSource(strings = {"copy", "crc", "compare"})
    void emptyNameIsWrongUsage(String name) {
        CommandRun run = CommandRun.vdm(name, "", "pom.xml");
        assertEquals(2, run.exitCode());
        assertTrue(run.err()
                .endsWith(
                        "the name of a file is empty (see vdm " + name + " --help)\n"),
                run.err());
    }

    @ParameterizedTest
    @ValueSource(strings = {"copy", "crc", "compare"})
    void undecodableNameIsWrongUsage(String name) {
        CommandRun run = CommandRun.vdm(name, "pom.xml", folder + "/x\uFFFD");
        assertEquals(2, run.exitCode());
        assertTrue(run.err().contains("has bytes that are invalid in the encoding"), run.err());
    }

    @Test
    void helpHasNoEscapeSequences() {
        assertFalse(CommandRun.vdm("--help").out().contains("\033"));
        assertFalse(CommandRun.vdm("copy", "--help").out().contains("\033"));
    }
}
