package io.github.vdm4j.emulator;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.vdm4j.emulator.EmulatorOptions.Option;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The options of the command and the attributes of the devices that they describe. */
class EmulatorOptionsTest {
    @TempDir Path folder;

    private String attribute(String name, String... arguments) throws IOException {
        SysfsTree.write(folder, new EmulatorOptions(withFolder(arguments)).devices());
        return Files.readString(folder.resolve(name)).strip();
    }

    private static String[] withFolder(String... arguments) {
        String[] all = Arrays.copyOf(arguments, arguments.length + 1);
        all[arguments.length] = "folder";
        return all;
    }

    @Test
    void devicesAndQueuesAreThoseOfTheOptions() throws IOException {
        String[] arguments = {"--devices=3", "--nodes", "0,1", "--queues",
            "shared:16:12,dedicated:8", "--block-on-fault", "--max-transfer=65536",
            "--max-batch", "32"};
        assertEquals("0", attribute("dsa2/numa_node", arguments));
        assertEquals("1", attribute("dsa1/numa_node", arguments));
        assertEquals("shared", attribute("wq2.0/mode", arguments));
        assertEquals("12", attribute("wq2.0/threshold", arguments));
        assertEquals("16", attribute("dsa2/wq2.0/size", arguments));
        assertEquals("dedicated", attribute("wq0.1/mode", arguments));
        assertEquals("1", attribute("wq0.1/block_on_fault", arguments));
        assertEquals("65536", attribute("wq0.1/max_transfer_size", arguments));
        assertEquals("32", attribute("dsa0/max_batch_size", arguments));
        assertEquals("user", attribute("wq0.0/type", arguments));
        assertEquals("enabled", attribute("wq0.0/state", arguments));
        assertEquals("1", attribute("dsa0/pasid_enabled", arguments));
    }

    @Test
    void capabilitiesHaveTheirFieldsForSizes() throws IOException {
        // Bit 16 has 31 for transfers of 2 GiB. Bit 21 has 10 for batches of 1,024. Bit 31 has 1.
        assertEquals("0x815f010f", attribute("dsa0/gen_cap", "--device-version", "1"));
        assertEquals("0x100000815f052f", attribute("dsa0/gen_cap"));
        assertEquals("0x80900100",
                attribute("dsa0/gen_cap", "--capabilities", "0x100", "--max-transfer", "65536",
                        "--max-batch", "16"));
        assertEquals("0x100", attribute("dsa0/version", "--device-version=1"));
        assertEquals("0x200", attribute("dsa0/version"));
        assertTrue(attribute("dsa0/op_cap").endsWith(",00000001,003f03ff"));
        assertTrue(attribute("dsa0/op_cap", "--without", "0x20,3").endsWith(",00000000,003f03f7"));
    }

    @Test
    void argumentsBehindTwoHyphensAreTheCommand() {
        var options = new EmulatorOptions("--trace", "--", "ls", "--help", "--");
        assertEquals(List.of("ls", "--help", "--"), options.command());
        assertTrue(options.has(Option.TRACE));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
        "--wrong | unknown option --wrong",
        "--system | --system must be the first option of scripts/dsa-emulator",
        "--devices=0 | --devices 0: must be a number from 1 to 64",
        "--devices=x | --devices x: must be a number from 1 to 64",
        "--trace=1 | --trace has no value",
        "--max-batch=3 | --max-batch 3: must be a power of two",
        "--bandwidth=0 | --bandwidth 0: must be a number above 0",
        "--queues=shared | shared is no queue",
        "--queues=shared:4:5 | shared:4:5 is no queue: a queue is shared:SIZE,"
                + " shared:SIZE:THRESHOLD or dedicated:SIZE, and THRESHOLD is at most SIZE",
        "--queues=dedicated:4:2 | dedicated:4:2 is no queue",
        "--without=256 | --without 256: must be a number from 0 to 255",
        "--without=0x99 | --without 0x99: the devices have no such operation",
        "--fault=x:1 | x:1 is no fault",
        "other | two folders: other and folder"})
    void wrongValuesAreNamed(String argument, String message) {
        var thrown = assertThrows(IllegalArgumentException.class,
                () -> new EmulatorOptions(withFolder(argument)));
        assertTrue(thrown.getMessage().startsWith(message), thrown.getMessage());
    }

    @Test
    void folderOrCommandIsRequired() {
        assertThrows(IllegalArgumentException.class, EmulatorOptions::new);
        assertThrows(IllegalArgumentException.class, () -> new EmulatorOptions("--devices"));
    }

    @Test
    void everyOptionIsInTheTableOfThePage() throws IOException {
        String page = Files.readString(Path.of("docs/dsa-emulator.md"));
        for (Option option : Option.values()) {
            String name = option.name + (option.argument == null ? "" : " " + option.argument);
            assertTrue(page.contains("| `" + name + "` | "), name);
            assertTrue(EmulatorOptions.help().contains("  " + name + "\n"), name);
        }
    }
}
