package io.github.vdm4j.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.vdm4j.dml.DmlLibrary;
import io.github.vdm4j.dml.DsaMachine;
import io.github.vdm4j.dsa.DsaDiagnosis;
import io.github.vdm4j.memory.PmemLibrary;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@DisplayName("vdm info")
class InfoCommandTest {
    @TempDir Path root;

    @Test
    void eachTopicIsNamedOnce() {
        CommandRun run = CommandRun.vdm("info");
        assertEquals(0, run.exitCode());
        assertEquals("", run.err());
        List<String> topics = run.out()
                .lines()
                .map(line -> line.substring(0, 10).strip())
                .filter(t -> !t.isEmpty())
                .toList();
        assertEquals(List.of("vdm4j", "java", "system", "Intel DML", "libpmem", "processor", "DSA",
                "movers", "durable"),
                topics);
    }

    @Test
    void libpmemHasItsNameOrTheReason() {
        String text = CommandRun.vdm("info").out();
        String json = CommandRun.vdm("info", "--json").out();
        PmemLibrary.find().ifPresentOrElse(library -> {
            assertTrue(text.contains("\nlibpmem    " + library.location() + "\n"), text);
            assertTrue(json.contains("\"location\": \"" + library.location() + "\""), json);
        }, () -> {
            String reason = PmemLibrary.whyUnavailable().orElseThrow();
            assertTrue(text.contains("\nlibpmem    not available: " + reason + "\n"), text);
        });
    }

    @Test
    void missingLibpmemIsExplained() {
        assertEquals("not available: switched off",
                new SystemReport.Pmem(false, null, "switched off").text());
    }

    @Test
    void missingDeviceIsExplained() {
        CommandRun run = CommandRun.on(new DsaMachine(root).diagnosis(), "info");
        assertTrue(run.out().contains("""
                processor  movdir64b yes, enqcmd yes, waitpkg yes, clwb yes, clflushopt yes, avx512f yes
                DSA        no device
                           HARDWARE does not work here, and AUTO runs in software: there is no \
                DSA device, and the idxd driver is not loaded
                           DsaDataMover does not work here: wq0.0: write() was refused
                """), run.out());
    }

    @Test
    void devicesAndQueuesAreListedInOrder() {
        CommandRun run = CommandRun.on(twoDevices().diagnosis(), "info");
        assertTrue(run.out().contains("""
                DSA        dsa0     enabled, NUMA node 0, max transfer 2G
                             wq0.0  enabled, shared, type user, size 32, max transfer 2M
                             wq0.2  disabled, shared, type none, size 0, max transfer 2G
                             wq0.10 enabled, shared, type kernel, size 16, max transfer unknown
                           dsa2     disabled, NUMA node -1, max transfer unknown
                           HARDWARE should work here, and AUTO uses it: DML can submit to wq0.0
                """), run.out());
        assertTrue(!run.out().contains("wq1.0"), "a queue of another accelerator");
    }

    @Test
    void ruleForFilesInMemoryIsPrinted() {
        String rule = "a file in a tmpfs, ramfs or hugetlbfs has the domain VOLATILE: "
                + "MEM_DURABLE and flush succeed, and nothing survives a power cut";
        assertTrue(CommandRun.vdm("info").out().contains("\ndurable    " + rule + "\n"));
        assertTrue(CommandRun.vdm("info", "--json")
                .out()
                .contains("\"volatileFiles\": \"" + rule + "\""));
    }

    @Test
    void jsonContainsTheDiagnosis() {
        CommandRun run =
                CommandRun.on(twoDevices().locked("/dev/dsa/wq0.0").diagnosis(), "info", "--json");
        assertEquals(0, run.exitCode());
        assertTrue(run.out().contains("""
                  "diagnosis": {
                    "verdict": "HARDWARE does not work here, and AUTO runs in software: wq0.0: \
                this process may not read and write /dev/dsa/wq0.0",
                    "queues": [],
                    "findings": [
                      {
                        "severity": "BLOCK",
                        "what": "wq0.0: this process may not read and write /dev/dsa/wq0.0",
                        "remedy": "sudo groupadd -f --system dsa \
                """), run.out());
        assertTrue(run.out().contains("""
                              "name": "wq0.0",
                              "state": "enabled",
                              "mode": "shared",
                              "type": "user",
                              "driver": "user",
                              "group": 0,
                              "size": 32,
                              "threshold": 28,
                              "maxTransferSize": 2097152,
                              "maxBatchSize": 32,
                              "blockOnFault": true,
                              "node": "/dev/dsa/wq0.0",
                              "mayOpen": false
                """), run.out());
        assertTrue(run.out().startsWith("{\n  \"vdm4j\": \""), run.out());
        assertTrue(run.out().endsWith("}\n"), run.out());
    }

    @Test
    void whyPrintsReasonsAndRemedies() {
        CommandRun run =
                CommandRun.on(new DsaMachine(root).processor("clwb").diagnosis(), "info", "--why");
        assertEquals(0, run.exitCode());
        assertEquals("""
                HARDWARE does not work here, and AUTO runs in software: the processor has neither \
                ENQCMD, the instruction by which DML submits to a queue, nor MOVDIR64B

                block  the processor has neither ENQCMD, the instruction by which DML submits to a queue, nor MOVDIR64B
                       DSA comes with Xeon Scalable processors of the 4th generation and later. \
                The host of a virtual machine has to pass the instruction and the device to it.

                block  there is no DSA device, and the idxd driver is not loaded
                       On a Xeon Scalable processor of the 4th generation or later: switch the \
                accelerators and VT-d on in the firmware, then sudo modprobe idxd. In a \
                container: mount the host's /sys and pass the queue on, --device /dev/dsa/wq0.0.

                DsaDataMover does not work here: wq0.0: write() was refused

                block  wq0.0: write() was refused
                       uname -r
                """,
                run.out());
    }

    @Test
    void whyPrintsOnlyTheVerdictsIfAllIsWell() {
        var machine = new DsaMachine(root).device(0, 0).queue("0.0");
        var dsa = new DsaDiagnosis("DsaDataMover works here, on wq0.0, wq0.1",
                List.of("wq0.0", "wq0.1"), List.of(), machine.system());
        CommandRun run =
                CommandRun.on(new Diagnoses(machine.diagnosis(), dsa), "info", "--why");
        assertEquals("""
                HARDWARE should work here, and AUTO uses it: DML can submit to wq0.0

                DsaDataMover works here, on wq0.0, wq0.1
                """,
                run.out());
    }

    @Test
    void whyJsonContainsOnlyTheReasons() {
        CommandRun run = CommandRun.on(new DsaMachine(root).diagnosis(), "info", "--why", "--json");
        assertTrue(run.out()
                .startsWith(
                        "{\n  \"dml\": {\n    \"verdict\": \"HARDWARE does not work here, "),
                run.out());
    }

    @Test
    void unknownProcessorIsReported() {
        CommandRun run =
                CommandRun.on(new DsaMachine(root).without("proc/cpuinfo").diagnosis(), "info");
        assertTrue(run.out().contains("\nprocessor  unknown\n"), run.out());
    }

    @Test
    void factsOfDmlArePrinted() {
        CommandRun run = CommandRun.vdm("info", "--json");
        if (DmlLibrary.whyUnavailable().isEmpty()) {
            DmlLibrary library = DmlLibrary.open();
            assertTrue(run.out().contains("\"version\": \"" + library.version().version() + "\""),
                    run.out());
            assertTrue(run.out().contains("\"location\": \"" + library.location() + "\""),
                    run.out());
            assertTrue(run.out().contains("\"name\": \"dml\""), run.out());
        } else {
            assertTrue(run.out().contains("\"available\": false"), run.out());
        }
    }

    @Test
    void everyAttemptToFindDmlIsListed() {
        String before = System.getProperty(DmlLibrary.PROPERTY);
        System.setProperty(DmlLibrary.PROPERTY, "/no/such/libdml.so");
        try {
            CommandRun run = CommandRun.vdm("info");
            assertEquals(0, run.exitCode());
            assertTrue(run.out().contains("""
                    Intel DML  not available; tried:
                               property vdm4j.dml.library=/no/such/libdml.so:\s"""), run.out());
            assertTrue(run.out()
                    .contains("\n           libdml.so.1: not tried, vdm4j.dml.library decides\n"),
                    run.out());
            assertTrue(run.out().contains("\nmovers     threads "), run.out());
            assertTrue(
                    CommandRun.vdm("info", "--json").out().contains("\"attempts\": [\n      {\n"));
        } finally {
            if (before == null) {
                System.clearProperty(DmlLibrary.PROPERTY);
            } else {
                System.setProperty(DmlLibrary.PROPERTY, before);
            }
        }
    }

    private DsaMachine twoDevices() {
        return new DsaMachine(root)
                .device(0, 0)
                .queue("0.0")
                .queue("0.10", "state", "enabled", "mode", "shared", "type", "kernel", "size", "16")
                .queue("0.2", "state", "disabled", "mode", "shared", "type", "none", "size", "0",
                        "max_transfer_size",
                        "2147483648")
                .device(2, "state", "disabled", "numa_node", "-1")
                .analytics(1)
                .queue("1.0", "state", "enabled");
    }
}
