package io.github.vdm4j.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.vdm4j.dml.DmlLibrary;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@DisplayName("vdm info")
class InfoCommandTest {
    @TempDir Path devices;

    @Test
    void namesEachTopicOnce() {
        CommandRun run = CommandRun.vdm("info");
        assertEquals(0, run.exitCode());
        assertEquals("", run.err());
        List<String> topics = run.out()
                .lines()
                .map(line -> line.substring(0, 10).strip())
                .filter(t -> !t.isEmpty())
                .toList();
        assertEquals(List.of("vdm4j", "java", "system", "Intel DML", "processor", "DSA", "movers"), topics);
    }

    @Test
    void saysWhereItLookedForDevicesIfThereAreNone() {
        CommandRun run = CommandRun.withDevices(devices, "info");
        assertTrue(run.out().contains("DSA        no device in " + devices + "\n"), run.out());
    }

    @Test
    void listsDevicesAndQueuesInOrder() throws IOException {
        twoDevices();
        CommandRun run = CommandRun.withDevices(devices, "info");
        assertTrue(run.out().contains("""
                DSA        dsa0     enabled, NUMA node 0, max transfer 2G
                             wq0.0  enabled, dedicated, type user, size 32, max transfer 2M
                             wq0.2  disabled, shared, type none, size 0, max transfer 2G
                             wq0.10 enabled, shared, type kernel, size 16, max transfer unknown
                           dsa2     disabled, NUMA node -1, max transfer unknown
                """), run.out());
        assertTrue(!run.out().contains("wq1.0"), "a queue of another accelerator");
    }

    @Test
    void writesDevicesAsJson() throws IOException {
        twoDevices();
        CommandRun run = CommandRun.withDevices(devices, "info", "--json");
        assertEquals(0, run.exitCode());
        assertTrue(run.out().contains("""
                  "dsa": [
                    {
                      "name": "dsa0",
                      "state": "enabled",
                      "numaNode": 0,
                      "maxTransferSize": 2147483648,
                      "queues": [
                        {
                          "name": "wq0.0",
                          "state": "enabled",
                          "mode": "dedicated",
                          "type": "user",
                          "size": 32,
                          "maxTransferSize": 2097152
                        },
                """), run.out());
        assertTrue(run.out().startsWith("{\n  \"vdm4j\": \""), run.out());
        assertTrue(run.out().endsWith("}\n"), run.out());
    }

    @Test
    void tellsWhatIsKnownOfDml() {
        CommandRun run = CommandRun.vdm("info", "--json");
        if (DmlLibrary.whyUnavailable().isEmpty()) {
            DmlLibrary library = DmlLibrary.open();
            assertTrue(run.out().contains("\"version\": \"" + library.version().version() + "\""), run.out());
            assertTrue(run.out().contains("\"location\": \"" + library.location() + "\""), run.out());
            assertTrue(run.out().contains("\"name\": \"dml\""), run.out());
        } else {
            assertTrue(run.out().contains("\"available\": false"), run.out());
        }
    }

    @Test
    void listsEveryAttemptToFindDml() {
        String before = System.getProperty(DmlLibrary.PROPERTY);
        System.setProperty(DmlLibrary.PROPERTY, "/no/such/libdml.so");
        try {
            CommandRun run = CommandRun.vdm("info");
            assertEquals(0, run.exitCode());
            assertTrue(run.out().contains("""
                    Intel DML  not available; tried:
                               property vdm4j.dml.library=/no/such/libdml.so:\s"""), run.out());
            assertTrue(run.out().contains("\n           libdml.so.1: not tried, vdm4j.dml.library decides\n"),
                    run.out());
            assertTrue(run.out().contains("\nmovers     threads "), run.out());
            assertTrue(CommandRun.vdm("info", "--json").out().contains("\"attempts\": [\n      {\n"));
        } finally {
            if (before == null) {
                System.clearProperty(DmlLibrary.PROPERTY);
            } else {
                System.setProperty(DmlLibrary.PROPERTY, before);
            }
        }
    }

    private void twoDevices() throws IOException {
        write("dsa0", "state", "enabled", "numa_node", "0", "max_transfer_size", "2147483648");
        write("dsa2", "state", "disabled", "numa_node", "-1");
        write("wq0.0", "state", "enabled", "mode", "dedicated", "type", "user", "size", "32", "max_transfer_size",
                "2097152");
        write("wq0.10", "state", "enabled", "mode", "shared", "type", "kernel", "size", "16");
        write("wq0.2", "state", "disabled", "mode", "shared", "type", "none", "size", "0", "max_transfer_size",
                "2147483648");
        write("wq1.0", "state", "enabled");
        write("iax1", "state", "enabled");
        write("engine0.0", "group_id", "0");
    }

    private void write(String name, String... attributes) throws IOException {
        Path folder = Files.createDirectory(devices.resolve(name));
        for (int i = 0; i < attributes.length; i += 2) {
            Files.writeString(folder.resolve(attributes[i]), attributes[i + 1] + "\n");
        }
    }
}
