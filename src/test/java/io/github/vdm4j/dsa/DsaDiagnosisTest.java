package io.github.vdm4j.dsa;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.vdm4j.dml.DsaMachine;
import io.github.vdm4j.dsa.portal.DsaStatus;
import io.github.vdm4j.dsa.portal.Portal;
import io.github.vdm4j.dsa.portal.QueueTraits;
import io.github.vdm4j.dsa.portal.Submission;
import io.github.vdm4j.emulator.DeviceModel;
import io.github.vdm4j.emulator.DeviceSettings;
import io.github.vdm4j.emulator.ListedFaults;
import io.github.vdm4j.emulator.QueueSettings;
import io.github.vdm4j.machine.DsaFolders;
import io.github.vdm4j.mover.MoverProvider.Attempt;
import io.github.vdm4j.mover.MoverProvider.Settings;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.ResourceLock;
import org.junit.jupiter.api.parallel.Resources;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

@DisplayName("The diagnosis of DSA")
class DsaDiagnosisTest {
    @TempDir Path root;

    private DsaMachine machine;
    private final InProcessDevices devices = new InProcessDevices().inline();

    @BeforeEach
    void buildAMachineWhereAllIsWell() {
        machine = new DsaMachine(root).device(0, 1).queue("0.0").queue("0.1");
        devices.device(0, new DeviceModel(new DeviceSettings().queue(QueueSettings.shared(16))
                .queue(QueueSettings.shared(16))));
    }

    @AfterEach
    void leavesNoQueueOpen() {
        assertEquals(0, devices.openPortals());
    }

    private DsaOpening open(DsaSystem system, String... names) {
        return new DsaOpening(system, List.of(names), devices, System::nanoTime);
    }

    private DsaDiagnosis diagnosis() {
        return DsaDiagnosis.of(machine.system(), devices);
    }

    /** Requires this reason for every queue, and its remedy on the page. */
    private void assertUnavailable(String what, String remedy)
            throws IOException {
        DsaDiagnosis diagnosis = diagnosis();
        assertFalse(diagnosis.works());
        Finding finding = diagnosis.findings().getFirst();
        assertEquals(what, finding.what());
        assertTrue(Files.readString(Path.of("docs", "dsa.md")).contains("| `" + what + "` |")
                || what.contains("HW_ERR1"), () -> "not in docs/dsa.md: " + what);
        assertTrue(finding.remedy().contains(remedy), finding::remedy);
    }

    @Test
    void findsEveryQueueThatAnswers() {
        DsaDiagnosis diagnosis = diagnosis();
        assertEquals(List.of("wq0.0", "wq0.1"), diagnosis.queues());
        assertEquals(List.of(), diagnosis.findings());
        assertTrue(diagnosis.works());
    }

    @Test
    void emptyAttributeIsLikeAMissingOne() {
        machine.device(0, "state", "").queue("0.0", "state", "", "mode", "", "type", "");
        assertEquals(List.of("wq0.0", "wq0.1"), diagnosis().queues());
        assertNull(machine.system().devices().getFirst().state());
    }

    @Test
    void findsNoDevice(@TempDir Path empty) throws IOException {
        machine = new DsaMachine(empty);
        assertUnavailable("there is no DSA device, and the idxd driver is not loaded",
                "sudo modprobe idxd");
    }

    @ParameterizedTest
    @ValueSource(strings = {DsaFolders.SYSFS_PROPERTY, DsaFolders.NODES_PROPERTY})
    @ResourceLock(Resources.SYSTEM_PROPERTIES)
    void findsASettingOfAMissingFolder(String property) {
        String what = property + "=/none: there is no such folder";
        System.setProperty(property, "/none");
        try {
            assertEquals(what, DsaDiagnosis.current().findings().getFirst().what());
            var refused = assertThrows(DsaUnavailableException.class, DsaDataMover::open);
            assertTrue(refused.getMessage().contains("\n  " + what + "\n"),
                    refused::getMessage);
        } finally {
            System.clearProperty(property);
        }
    }

    @ParameterizedTest
    @CsvSource({
        DsaFolders.SYSFS_PROPERTY + ", the folder shows no DSA device",
        DsaFolders.NODES_PROPERTY + ", the folder has no file of a work queue",
    })
    @ResourceLock(Resources.SYSTEM_PROPERTIES)
    void findsASettingOfAnotherFolder(String property, String mistake, @TempDir Path folder)
            throws IOException {
        System.setProperty(property, folder.toString());
        try {
            String what = "%s=%s: %s".formatted(property, folder, mistake);
            assertEquals(what, DsaDiagnosis.current().findings().getFirst().what());
            Attempt attempt = new DsaMoverProvider().open(new Settings(1, false, Duration.ZERO));
            assertTrue(attempt.misconfigured());
            assertTrue(attempt.reason().contains(what), attempt::reason);
            assertTrue(
                    Files.readString(Path.of("docs", "dsa.md")).contains(": " + mistake + "` |"));
        } finally {
            System.clearProperty(property);
        }
    }

    /** The name is no mistake of the program, because the same program works on other machines. */
    @Test
    void namedQueueWithoutADeviceIsUnavailable(@TempDir Path empty) throws IOException {
        machine = new DsaMachine(empty);
        var e = assertThrows(DsaUnavailableException.class, () -> DsaDataMover.builder()
                .machine(() -> machine.system(), devices)
                .queues("wq0.0")
                .open());
        assertEquals(List.of("there is no DSA device, and the idxd driver is not loaded"),
                e.findings().stream().map(Finding::what).toList());
    }

    @Test
    void findsADeviceWithoutDriver(@TempDir Path empty) throws IOException {
        machine = new DsaMachine(empty)
                .file("sys/bus/pci/devices/0000:6a:01.0/vendor", "0x8086")
                .file("sys/bus/pci/devices/0000:6a:01.0/device", "0x0b25");
        assertUnavailable(
                "there is a DSA device at 0000:6a:01.0, but the idxd driver does not drive it",
                "sudo modprobe idxd");
    }

    @Test
    void findsADisabledDevice() throws IOException {
        machine.device(0, "state", "disabled");
        assertUnavailable("dsa0: the device is disabled",
                "sudo accel-config enable-device dsa0");
    }

    @Test
    void findsADeviceWithoutPasid() throws IOException {
        machine.device(0, "state", "disabled").device(0, "pasid_enabled", "0");
        assertUnavailable(
                "dsa0: PASID is off. The device cannot work on the addresses of a process",
                "intel_iommu=on,sm_on");
    }

    @Test
    void findsADeviceWithoutQueues(@TempDir Path empty) throws IOException {
        machine = new DsaMachine(empty).device(0, 0);
        assertUnavailable("dsa0: no work queue of type user is enabled",
                "sudo accel-config config-wq dsa0/wq0.0 ");
    }

    @Test
    void onlyQueuesForProcessesAreExamined() throws IOException {
        machine.queue("0.0", "state", "disabled").queue("0.1", "type", "kernel");
        assertUnavailable("dsa0: no work queue of type user is enabled",
                "sudo accel-config config-wq dsa0/wq0.0 ");
        machine.queue("0.1", "type", "user");
        assertEquals(List.of("wq0.1"), diagnosis().queues());
        assertEquals(List.of(), diagnosis().findings());
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
        "state | disabled | wq0.0: the queue is disabled | sudo accel-config enable-wq dsa0/wq0.0",
        "type  | kernel   | wq0.0: the queue is of type kernel, and processes may open queues of "
                + "type user only | sudo accel-config disable-wq dsa0/wq0.0 && sudo accel-config "
                + "config-wq",
    })
    void namedQueueIsExaminedInEveryState(String attribute, String value, String what,
            String remedy) throws IOException {
        machine.queue("0.0", attribute, value);
        try (var opening = open(machine.system(), "wq0.0")) {
            Finding finding = opening.findings().getFirst();
            assertEquals(what, finding.what());
            assertTrue(finding.remedy().contains(remedy), finding::remedy);
            assertTrue(Files.readString(Path.of("docs", "dsa.md")).contains("| `" + what + "` |"));
        }
    }

    @Test
    void findsAQueueWithoutFile() throws IOException {
        machine.without("dev/dsa/wq0.0").without("dev/dsa/wq0.1");
        assertUnavailable("wq0.0: the queue has no device file",
                "--device /dev/dsa/wq0.0");
    }

    @Test
    void findsAMissingRight() throws IOException {
        machine.locked("/dev/dsa/wq0.0").locked("/dev/dsa/wq0.1");
        assertUnavailable("wq0.0: this process may not read and write /dev/dsa/wq0.0",
                "'SUBSYSTEM==\"dsa\", KERNEL==\"dsa?wq*\", GROUP=\"dsa\", MODE=\"0660\"'");
    }

    @Test
    void takesDedicatedQueuesByNameOnly() throws IOException {
        machine.queue("0.0", "mode", "dedicated").queue("0.1", "mode", "dedicated");
        assertUnavailable(
                "wq0.0: the queue is dedicated, and a mover takes such a queue by name only",
                "DsaDataMover.builder().queues(\"wq0.0\")");
        try (var opening = open(machine.system(), "wq0.1")) {
            QueueTraits queue = opening.queues().getFirst().traits();
            assertTrue(queue.dedicated());
            assertEquals(32, queue.size());
            assertEquals(List.of(), opening.findings());
        }
    }

    @Test
    void refusesADedicatedQueueOfUnknownSize() {
        machine.queue("0.0", "mode", "dedicated")
                .without("sys/bus/dsa/devices/wq0.0/size");
        try (var opening = open(machine.system(), "wq0.0")) {
            assertEquals(List.of(), opening.queues());
            assertEquals(
                    "wq0.0: the queue is dedicated, and Linux does not show its size. A full "
                            + "queue would drop operations",
                    opening.findings().getFirst().what());
        }
    }

    @Test
    void refusesAnUnknownName() {
        var e = assertThrows(IllegalArgumentException.class,
                () -> open(machine.system(), "wq0.0", "wq7.0"));
        assertEquals(
                "work queue wq7.0: unknown. Linux shows wq0.0, wq0.1. List the queues with vdm "
                        + "info.",
                e.getMessage());
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
        "open: Device or resource busy | sudo fuser -v /dev/dsa/wq0.0",
        "open: Permission denied       | sudo groupadd -f --system dsa",
        "open: No such device          | dmesg",
    })
    void findsAFileThatCannotBeOpened(String words, String remedy) {
        DsaDiagnosis diagnosis = DsaDiagnosis.of(machine.system(), node -> {
            throw new IOException(words);
        });
        assertEquals("wq0.0: /dev/dsa/wq0.0 could not be opened: " + words,
                diagnosis.findings().getFirst().what());
        assertTrue(diagnosis.findings().getFirst().remedy().contains(remedy));
        assertEquals(2, diagnosis.findings().size());
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
        "-22 | write() refused a no-op with EINVAL (errno 22): this kernel takes no descriptors "
                + "by write()",
        "-6  | write() refused a no-op with ENXIO (errno 6): this kernel takes no descriptors "
                + "by write()",
        "-19 | a no-op failed with ENODEV (errno 19). The queue is disabled. The mover opens "
                + "the queue again when Linux shows it as enabled.",
    })
    void findsAKernelThatRefusesTheNop(int error, String what) {
        DsaDiagnosis diagnosis = DsaDiagnosis.of(machine.system(), node -> new Portal() {
            @Override
            public int submit(Submission memory) {
                return error;
            }

            @Override
            public void reopen() {}

            @Override
            public void close() {}
        });
        assertEquals("wq0.0: " + what, diagnosis.findings().getFirst().what());
    }

    @Test
    void findsADeviceThatFailsTheNop() throws IOException {
        devices.device(0, new DeviceModel(
                new DeviceSettings().queue(QueueSettings.shared(1)).queue(QueueSettings.shared(1)),
                new ListedFaults(List.of("status=0x20:1")), () -> 0, DeviceModel.Observer.NONE));
        assertUnavailable(
                "wq0.0: a no-op failed with HW_ERR1 (0x20). " + DsaStatus.of(0x20).explanation(),
                "dmesg");
    }

    @Test
    void findsADeviceThatDoesNotAnswer() throws IOException {
        machine.queue("0.1", "state", "disabled");
        var silent = new InProcessDevices().device(0, new DeviceModel(
                new DeviceSettings().queue(QueueSettings.shared(1))));
        DsaDiagnosis diagnosis = DsaDiagnosis.of(machine.system(), silent);
        assertEquals("wq0.0: a no-op was not complete within a second",
                diagnosis.findings().getFirst().what());
    }

    @Test
    void exceptionListsEveryQueueWithItsReason() {
        machine.without("dev/dsa/wq0.0").locked("/dev/dsa/wq0.1");
        assertEquals(
                """
                        No DSA work queue can be used. Examined:
                          wq0.0: the queue has no device file
                          wq0.1: this process may not read and write /dev/dsa/wq0.1
                        The commands that fix this: scripts/vdm info --why, docs/dsa.md. ThreadsDataMover and SyncDataMover need no device. [VDM-DSA-UNAVAILABLE]""",
                new DsaUnavailableException(diagnosis().findings()).getMessage());
    }

    @Test
    void smallestTreeHasDocumentedDefaults(@TempDir Path tree) throws IOException {
        Path queue = Files.createDirectories(tree.resolve("sys/bus/dsa/devices/dsa0/wq0.0"));
        Files.createDirectories(tree.resolve("dev/dsa"));
        Files.createFile(tree.resolve("dev/dsa/wq0.0"));
        Files.writeString(queue.resolveSibling("gen_cap"), "0x40915f0107\n");
        Files.writeString(queue.resolveSibling("numa_node"), "0\n");
        Files.writeString(queue.resolve("mode"), "shared\n");
        Files.writeString(queue.resolve("size"), "16\n");
        Files.writeString(queue.resolve("max_transfer_size"), "65536\n");
        try (var opening = open(DsaSystem.read(tree))) {
            QueueTraits found = opening.queues().getFirst().traits();
            assertEquals(new QueueTraits("wq0.0", "dsa0", 0, 0x40915f0107L,
                    0x1003f03ffL, 65536, 1, 16, false, false), found);
        }
    }

    @ParameterizedTest
    @CsvSource({
        "0x100, 1024, 32, 1",
        "0x200, 1024, 32, 32",
        "0x200, 16, 32, 16",
    })
    void batchesNeedTheSecondVersion(String version, String ofDevice, String ofQueue, int tasks) {
        machine.device(0, "version", version, "max_batch_size", ofDevice)
                .queue("0.0", "max_batch_size", ofQueue);
        try (var opening = open(machine.system(), "wq0.0")) {
            assertEquals(tasks, opening.queues().getFirst().traits().maxBatchTasks());
        }
    }
}
