package io.github.vdm4j.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@DisplayName("vdm")
class VdmCommandTest {

    @Test
    void helpNamesTheCommands() {
        CommandRun run = CommandRun.vdm("--help");
        assertEquals(0, run.exitCode());
        assertTrue(run.out().contains("vdm [-hV] COMMAND"), run.out());
        assertTrue(run.out().contains("\n  copy  "), run.out());
        assertTrue(run.out().contains("\n  crc  "), run.out());
        assertTrue(run.out().contains("\n  compare  "), run.out());
        assertTrue(run.out().contains("\n  info  "), run.out());
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
        assertEquals("vdm: a command is missing (vdm --help tells more)\n", run.err());
        assertEquals(2, run.exitCode());
    }

    @Test
    void anUnknownCommandIsWrongUsage() {
        CommandRun run = CommandRun.vdm("move");
        assertEquals("vdm: Unmatched argument at index 0: 'move' (vdm --help tells more)\n",
                run.err());
        assertEquals(2, run.exitCode());
    }
}
