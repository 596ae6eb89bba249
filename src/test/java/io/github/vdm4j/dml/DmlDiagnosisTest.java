package io.github.vdm4j.dml;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.vdm4j.dsa.DsaDevice;
import io.github.vdm4j.dsa.DsaSystem;
import io.github.vdm4j.dsa.Finding;
import io.github.vdm4j.dsa.Finding.Severity;
import io.github.vdm4j.engine.channel.ChannelLimits;
import io.github.vdm4j.machine.DsaFolders;
import io.github.vdm4j.machine.NumaNodes;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.ResourceLock;
import org.junit.jupiter.api.parallel.Resources;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@DisplayName("The diagnosis")
class DmlDiagnosisTest {
    private static final long CAP_SYS_RAWIO = 1 << 17;
    private static final String NO_HARDWARE =
            "HARDWARE does not work here, and AUTO runs in software: ";
    private static final String WORKS =
            "HARDWARE should work here, and AUTO uses it: DML can submit to ";
    private static final String CRASHES =
            "HARDWARE would crash the JVM and is refused, and AUTO runs in software: ";

    @TempDir Path root;

    private DsaMachine machine;

    @BeforeEach
    void build() {
        machine = new DsaMachine(root);
    }

    /** The page has a remedy for every finding. Names and numbers differ. */
    private static void documented(String what) {
        try {
            String page = anonymous(Files.readString(Path.of("docs", "hardware.md")));
            assertTrue(page.contains("| `" + anonymous(what) + "` |"),
                    () -> "not in docs/hardware.md: " + what);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static String anonymous(String text) {
        return text.replaceAll("Linux [0-9]\\S+", "Linux 0")
                .replaceAll("[0-9]+", "0")
                .replaceAll("(\\w+[.\\w]*)(, \\1)+", "$1");
    }

    /** The verdict consists of the outcome in words and the text of the first finding. */
    private static void blockedBy(String what, DmlDiagnosis diagnosis) {
        documented(what);
        assertEquals(NO_HARDWARE + what, diagnosis.verdict());
        assertEquals(what, diagnosis.findings().getFirst().what());
        assertEquals(Severity.BLOCK, diagnosis.findings().getFirst().severity());
        assertFalse(diagnosis.works());
        assertFalse(diagnosis.wouldCrash());
    }

    private static void crashesBy(String what, DmlDiagnosis diagnosis) {
        documented(what);
        assertEquals(CRASHES + what, diagnosis.verdict());
        assertEquals(what, diagnosis.findings().getFirst().what());
        assertEquals(Severity.CRASH, diagnosis.findings().getFirst().severity());
        assertFalse(diagnosis.works());
        assertTrue(diagnosis.wouldCrash());
    }

    private static void worksOn(String queues, DmlDiagnosis diagnosis) {
        assertEquals(WORKS + queues, diagnosis.verdict());
        assertTrue(diagnosis.works());
    }

    private static void onlyRemark(Severity severity, String what, DmlDiagnosis diagnosis) {
        documented(what);
        Finding finding = diagnosis.findings().getFirst();
        assertEquals(what, finding.what());
        assertEquals(severity, finding.severity());
        assertEquals(1, diagnosis.findings().size(), diagnosis.findings().toString());
    }

    private DsaMachine wellConfigured() {
        return machine.device(0, 0).queue("0.0");
    }

    @Test
    void expectsHardwareToWorkIfAllIsWell() {
        DmlDiagnosis diagnosis = wellConfigured().diagnosis();
        worksOn("wq0.0", diagnosis);
        assertEquals(List.of(), diagnosis.findings());
    }

    @Test
    void namesEveryQueueThatDmlWouldUse() {
        worksOn("wq0.0, wq0.1, wq2.0", wellConfigured().queue("0.1")
                .queue("0.2", "state", "disabled")
                .device(2, 0)
                .queue("2.0")
                .diagnosis());
    }

    @Test
    void findsNoDriver() {
        DmlDiagnosis diagnosis = machine.diagnosis();
        blockedBy("there is no DSA device, and the idxd driver is not loaded", diagnosis);
        assertEquals(
                "On a Xeon Scalable processor of the 4th generation or later: switch the "
                        + "accelerators and VT-d on in the firmware, then sudo modprobe idxd. In "
                        + "a container: mount the host's /sys and pass the queue on, --device "
                        + "/dev/dsa/wq0.0.",
                diagnosis.findings().getFirst().remedy());
    }

    /** The emulator sets such a folder. */
    @Test
    @ResourceLock(Resources.SYSTEM_PROPERTIES)
    void findsDevicesThatDmlIgnores(@TempDir Path other) {
        new DsaMachine(other).device(0, 0).queue("0.0");
        System.setProperty(DsaFolders.SYSFS_PROPERTY, other + "/sys/bus/dsa/devices");
        try {
            DmlDiagnosis diagnosis = machine.diagnosis();
            assertEquals(NO_HARDWARE + "DML finds no DSA device, because it ignores"
                    + " vdm4j.dsa.sysfs=" + other + "/sys/bus/dsa/devices", diagnosis.verdict());
            assertEquals(1, diagnosis.findings().size(), diagnosis.findings()::toString);
        } finally {
            System.clearProperty(DsaFolders.SYSFS_PROPERTY);
        }
        documented("DML finds no DSA device, because it ignores VDM4J_DSA_SYSFS=/tmp/sysfs");
    }

    @Test
    void findsTheDriverButNoDevice() {
        blockedBy("there is no DSA device, though the idxd driver is loaded",
                machine.file("sys/bus/pci/drivers/idxd/bind", "").diagnosis());
    }

    @Test
    void findsADeviceThatNoDriverDrives() {
        DmlDiagnosis diagnosis = machine.file("sys/bus/pci/devices/0000:6a:01.0/vendor", "0x8086")
                .file("sys/bus/pci/devices/0000:6a:01.0/device", "0x0b25")
                .file("sys/bus/pci/devices/0000:00:00.0/vendor", "0x8086")
                .file("sys/bus/pci/devices/0000:00:00.0/device", "0x1237")
                .diagnosis();
        blockedBy("there is a DSA device at 0000:6a:01.0, but the idxd driver does not drive it",
                diagnosis);
        assertEquals(
                "sudo modprobe idxd, then configure a queue (docs/hardware.md)",
                diagnosis.findings().getFirst().remedy());
    }

    @Test
    void findsADisabledDevice() {
        blockedBy("dsa0: the device is disabled",
                wellConfigured().device(0, "state", "disabled").diagnosis());
    }

    @Test
    void findsNoEnabledQueue() {
        blockedBy("dsa0: no work queue of type user is enabled",
                wellConfigured().queue("0.0", "state", "disabled").diagnosis());
    }

    @Test
    void findsADeviceWithoutQueues() {
        blockedBy("dsa0: no work queue of type user is enabled", machine.device(0, 0).diagnosis());
    }

    @Test
    void findsDedicatedQueuesOnly() {
        DmlDiagnosis diagnosis = wellConfigured().queue("0.0", "mode", "dedicated")
                .queue("0.3")
                .queue("0.3", "mode", "dedicated")
                .diagnosis();
        blockedBy("wq0.0: the queue is dedicated, and DML uses shared queues only", diagnosis);
        assertEquals(
                "Run accel-config disable-wq dsa0/wq0.0. This may reset its settings, so "
                        + "configure them again with --mode=shared (docs/hardware.md).",
                diagnosis.findings().getFirst().remedy());
    }

    @Test
    void findsAQueueOfTheKernel() {
        blockedBy("dsa0: no work queue of type user is enabled",
                wellConfigured().queue("0.0", "type", "kernel")
                        .without("dev/dsa/wq0.0")
                        .diagnosis());
    }

    @Test
    void findsNoDeviceFile() {
        blockedBy("wq0.0: the queue has no device file",
                wellConfigured().without("dev/dsa/wq0.0").diagnosis());
    }

    @Test
    void acceptsADeviceFileWithASuffix() {
        worksOn("wq0.0",
                wellConfigured().without("dev/dsa/wq0.0")
                        .file("dev/dsa/wq0.0-uacce", "")
                        .diagnosis());
    }

    @Test
    void findsNoPermission() {
        DmlDiagnosis diagnosis = wellConfigured().locked("/dev/dsa/wq0.0").diagnosis();
        blockedBy("wq0.0: this process may not read and write /dev/dsa/wq0.0", diagnosis);
        assertTrue(diagnosis.findings()
                .getFirst()
                .remedy()
                .startsWith("sudo groupadd -f --system dsa && "));
    }

    @Test
    void putsTheMostUsableQueueFirst() {
        DmlDiagnosis diagnosis = wellConfigured().locked("/dev/dsa/wq0.0")
                .queue("0.1")
                .queue("0.1", "mode", "dedicated")
                .queue("0.2", "state", "disabled")
                .device(2, "state", "disabled")
                .diagnosis();
        assertEquals(List.of(
                "wq0.0: this process may not read and write /dev/dsa/wq0.0",
                "wq0.1: the queue is dedicated, and DML uses shared queues only",
                "dsa2: the device is disabled"),
                diagnosis.findings().stream().map(Finding::what).toList());
    }

    @ParameterizedTest
    @CsvSource({"6.8.9,true", "6.8.10,false", "6.8.12-custom,false", "6.9.0,true", "6.9.1,false",
        "6.10.0,false",
        "7.0.0-rc1,false", "5.18.0,true"})
    void knowsWhichKernelsGuardPortals(String release, boolean works) {
        // Without the list of operations, the diagnosis knows only the release.
        DmlDiagnosis diagnosis = wellConfigured().without("sys/bus/dsa/devices/dsa0/op_cap")
                .kernel(release)
                .diagnosis();
        if (works) {
            worksOn("wq0.0", diagnosis);
        } else {
            blockedBy(
                    "wq0.0: this process may not map the portal, because Linux " + release
                            + " requires CAP_SYS_RAWIO",
                    diagnosis);
        }
    }

    @Test
    void letsTheCapabilityMapPortals() {
        worksOn("wq0.0",
                wellConfigured().kernel("6.9.1")
                        .device(0, "op_cap", "00000000,001f03fd")
                        .process(CAP_SYS_RAWIO, "0-3")
                        .diagnosis());
    }

    @Test
    void countsTheCapabilityOnlyOutsideUserNamespaces() {
        blockedBy(
                "wq0.0: this process may not map the portal, because Linux 6.9.1 requires "
                        + "CAP_SYS_RAWIO",
                wellConfigured().kernel("6.9.1")
                        .device(0, "op_cap", "00000000,001f03fd")
                        .process(-1L >>> 23, "0-3")
                        .file("proc/self/uid_map", "0 1000 1")
                        .diagnosis());
    }

    @Test
    void hiddenBatchesShowAPortalGuard() {
        blockedBy(
                "wq0.0: this process may not map the portal, because Linux 5.14.0-503.el9.x86_64 "
                        + "requires CAP_SYS_RAWIO",
                wellConfigured().kernel("5.14.0-503.el9.x86_64")
                        .device(0, "op_cap", "00000000,001f03fd")
                        .diagnosis());
    }

    @Test
    void visibleBatchesShowAnUnguardedPortal() {
        worksOn("wq0.0", wellConfigured().kernel("6.18.0").diagnosis());
    }

    @Test
    void batchesOfDsa2DoNotProveAnUnguardedPortal() {
        blockedBy(
                "wq0.0: this process may not map the portal, because Linux 6.18.0 requires "
                        + "CAP_SYS_RAWIO",
                wellConfigured().kernel("6.18.0").device(0, "version", "0x200").diagnosis());
    }

    @Test
    void knowsThatDml12NeedsNoPortal() {
        DmlDiagnosis diagnosis = wellConfigured().kernel("6.9.1")
                .device(0, "op_cap", "00000000,001f03fd")
                .diagnosis(1, 2, 0);
        worksOn("wq0.0", diagnosis);
        onlyRemark(Severity.LIMIT,
                "this process may not map portals. DML writes to /dev/dsa instead, which is "
                        + "slower and excludes batches",
                diagnosis);
    }

    @Test
    void findsADeviceOnAnotherNodeThanTheProcess() {
        DmlDiagnosis diagnosis = machine.node(1, "4-7").device(0, 1).queue("0.0").diagnosis();
        blockedBy(
                "this process's threads run on NUMA node 0, which has no usable device (dsa0 on 1)",
                diagnosis);
        assertEquals(
                "Enable a queue of a device there, or start the process by numactl "
                        + "--cpunodebind=1.",
                diagnosis.findings().getFirst().remedy());
    }

    @Test
    void leavesOtherNodesToDml12() {
        DmlDiagnosis diagnosis =
                machine.node(1, "4-7").device(0, 1).queue("0.0").diagnosis(1, 2, 0);
        worksOn("wq0.0", diagnosis);
        onlyRemark(Severity.LIMIT,
                "this process's threads run on NUMA node 0, which has no usable device (dsa0 on 1)",
                diagnosis);
    }

    @Test
    void warnsOfThreadsOnNodesWithoutADevice() {
        DmlDiagnosis diagnosis = wellConfigured().node(1, "4-7").process(0, "0,2,5-6").diagnosis();
        worksOn("wq0.0", diagnosis);
        onlyRemark(Severity.LIMIT,
                "some of this process's threads run on NUMA node 1, which has no usable device "
                        + "(dsa0 on 0)",
                diagnosis);
    }

    @Test
    void findsADeviceOnAnotherNodeThanTheMover() {
        machine.node(1, "4-7").device(0, 1).queue("0.0");
        DmlDiagnosis diagnosis = machine.diagnosisOnNode(0);
        blockedBy("the mover is bound to NUMA node 0, which has no usable device (dsa0 on 1)",
                diagnosis);
        assertEquals("Enable a queue of a device there, or bind the mover to node 1 (numaNode).",
                diagnosis.findings().getFirst().remedy());
    }

    @Test
    void ignoresTheThreadsOfABoundMover() {
        DmlDiagnosis diagnosis =
                machine.node(1, "4-7").device(0, 1).queue("0.0").diagnosisOnNode(1);
        worksOn("wq0.0", diagnosis);
        assertEquals(List.of(), diagnosis.findings());
    }

    @Test
    void findsADeviceWithoutANode() {
        blockedBy(
                "the NUMA node of dsa0 is unknown, and DML looks for a device on the thread's node",
                machine.device(0, -1).queue("0.0").diagnosis());
    }

    private DsaMachine devices(int count) {
        for (int i = 0; i < count; i++) {
            machine.device(2 * i, 0).queue(2 * i + ".0");
        }
        return machine;
    }

    @Test
    void findsMoreDevicesThanDmlCanUse() {
        crashesBy(
                "DML 1.1.1 can use 8 devices and examines another of 9 DSA and 0 IAX, so it "
                        + "writes behind its table of 8",
                devices(9).diagnosis());
    }

    @Test
    void analyticsAcceleratorsAfterEightDevicesCount() {
        crashesBy(
                "DML 1.1.1 can use 8 devices and examines another of 8 DSA and 8 IAX, so it "
                        + "writes behind its table of 8",
                devices(8).analytics(1)
                        .analytics(3)
                        .analytics(5)
                        .analytics(7)
                        .analytics(9)
                        .analytics(11)
                        .analytics(13)
                        .analytics(15)
                        .diagnosis());
    }

    @Test
    void eightDevicesCauseNoFinding() {
        assertTrue(devices(8).diagnosis().works());
    }

    @Test
    void nineDevicesWithSevenUsedCauseNoFinding() {
        assertTrue(devices(9).device(0, "state", "disabled")
                .device(2, "state", "disabled")
                .diagnosis()
                .works());
    }

    @Test
    void countsDevicesInTheOrderOfTheirNames() {
        // The order is dsa0, dsa10, dsa12, dsa14, dsa16, dsa2, dsa4, dsa6, dsa8. An unusable dsa16
        // comes before the eighth device that DML takes, and an unusable dsa8 behind it.
        assertTrue(
                devices(9).device(16, "state", "disabled").diagnosis().works());
        crashesBy(
                "DML 1.1.1 can use 8 devices and examines another of 9 DSA and 0 IAX, so it "
                        + "writes behind its table of 8",
                machine.device(16, "state", "enabled").device(8, "state", "disabled").diagnosis());
    }

    @Test
    void findsNoLibaccelConfig() {
        DmlDiagnosis diagnosis = wellConfigured()
                .accelConfig(AccelConfig.load("libnot-there.so.1"))
                .diagnosis();
        blockedBy(
                "libaccel-config.so.1 cannot be loaded: cannot open shared object file: No such "
                        + "file or directory",
                diagnosis);
    }

    @Test
    void findsALibaccelConfigThatLacksAFunction() {
        crashesBy(
                "libaccel-config.so.1 lacks accfg_wq_get_user_dev_path, but DML calls it",
                wellConfigured()
                        .accelConfig(
                                new AccelConfig(true, null, List.of("accfg_wq_get_user_dev_path")))
                        .diagnosis());
    }

    @Test
    void looksTheFunctionsUp() {
        AccelConfig libc = AccelConfig.load("libc.so.6");
        assertTrue(libc.loaded());
        assertNull(libc.refusal());
        assertEquals(23, libc.missingSymbols().size());
        assertTrue(libc.missingSymbols().contains("accfg_new"));
    }

    @Test
    void findsAProcessorWithoutTheInstructions() {
        blockedBy(
                "the processor has neither ENQCMD, the instruction by which DML submits to a "
                        + "queue, nor MOVDIR64B",
                machine.processor("clwb").diagnosis());
    }

    @Test
    void findsAProcessorWithoutEnqcmd() {
        blockedBy("the processor has no ENQCMD, the instruction by which DML submits to a queue",
                wellConfigured().processor("movdir64b clwb").diagnosis());
    }

    @Test
    void findsAnOldKernel() {
        DmlDiagnosis diagnosis = wellConfigured().kernel("5.15.0-91-generic")
                .queue("0.0", "state", "disabled")
                .diagnosis();
        blockedBy(
                "Linux 5.15.0-91-generic is older than 5.18, the first that lets processes use "
                        + "ENQCMD",
                diagnosis);
        assertEquals("dsa0: no work queue of type user is enabled",
                diagnosis.findings().get(1).what());
    }

    @Test
    void believesAnOldKernelThatEnabledASharedQueue() {
        worksOn("wq0.0", wellConfigured().kernel("4.18.0-553.el8_10.x86_64").diagnosis());
    }

    @Test
    void findsThatPasidIsOff() {
        DmlDiagnosis diagnosis = wellConfigured().device(0, "pasid_enabled", "0")
                .queue("0.0", "state", "disabled")
                .file("proc/cmdline", "quiet intel_iommu=on")
                .diagnosis();
        blockedBy(
                "dsa0: PASID is off. The device cannot work on the addresses of a process",
                diagnosis);
        assertEquals(
                "Switch VT-d on in the firmware and add intel_iommu=on,sm_on to the kernel's "
                        + "command line, which has intel_iommu=on (GRUB_CMDLINE_LINUX in "
                        + "/etc/default/grub, then sudo update-grub and a reboot).",
                diagnosis.findings().getFirst().remedy());
    }

    @Test
    void doesNotAskForAPresentCommandLine() {
        DmlDiagnosis diagnosis = wellConfigured().device(0, "pasid_enabled", "0")
                .queue("0.0", "state", "disabled")
                .diagnosis();
        assertEquals(
                "The kernel's command line has intel_iommu=on,sm_on. Switch VT-d on in the "
                        + "firmware, and read dmesg | grep -e DMAR -e idxd.",
                diagnosis.findings().getFirst().remedy());
    }

    @Test
    void findsADeviceTooNewForDml() {
        blockedBy("dsa0: DML 1.1.1 does not know its version of DSA",
                wellConfigured().device(0, "version", "0x300").diagnosis());
    }

    @Test
    void findsNoDml() {
        DmlDiagnosis diagnosis = DmlDiagnosis.of(wellConfigured().system(),
                new AccelConfig(true, null, List.of()), null, NumaNodes.ANY);
        documented("Intel DML is not available");
        assertEquals("neither HARDWARE nor AUTO can be opened: Intel DML is not available",
                diagnosis.verdict());
        assertFalse(diagnosis.works());
    }

    @Test
    void missingDmlIsTheFirstFinding() {
        DmlDiagnosis diagnosis = DmlDiagnosis.of(
                machine.system(),
                new AccelConfig(true, null, List.of("accfg_new")),
                null,
                NumaNodes.ANY);
        assertEquals("neither HARDWARE nor AUTO can be opened: Intel DML is not available",
                diagnosis.verdict());
        assertEquals(List.of(Severity.BLOCK, Severity.CRASH, Severity.BLOCK),
                diagnosis.findings().stream().map(Finding::severity).toList());
    }

    @Test
    void unknownFactsAreReported(@TempDir Path empty) {
        DsaSystem system = DsaSystem.read(empty);
        assertEquals(
                new DsaSystem(null, null, false, List.of(), List.of(), 0, null,
                        new DsaSystem.Process(null, null)),
                system);
        assertEquals(NO_HARDWARE + "there is no DSA device, and the idxd driver is not loaded",
                DmlDiagnosis
                        .of(system, new AccelConfig(null, null, List.of()),
                                new DmlVersion("DML", "1.1.1", 1, 1, 1, "0", "today", "1"),
                                NumaNodes.ANY)
                        .verdict());
    }

    @Test
    void readsEveryAttributeOfADevice() {
        DsaDevice device = wellConfigured().system().devices().getFirst();
        assertEquals(
                new DsaDevice("dsa0", "enabled", 0L, 0x100L, true, 2147483648L, 1024L, true,
                        0x40915f0107L, 0x1f03ffL,
                        List.of(new DsaDevice.Group("group0.0", 1L, 1L)),
                        List.of(new DsaDevice.Engine("engine0.0", 0L)),
                        List.of(new DsaDevice.WorkQueue("wq0.0", "enabled", "shared", "user",
                                "user", 0L, 32L, 28L,
                                2097152L, 32L, true, "/dev/dsa/wq0.0", true))),
                device);
    }

    private static ChannelLimits limitsBelow(Path folder) {
        return DmlDataMover.builder().limits(DsaDevice.readAll(folder));
    }

    @Test
    void splitsByTheSmallestLimitOfTheEnabledQueues() {
        wellConfigured().queue("0.1")
                .queue("0.1", "max_transfer_size", "65536")
                .queue("0.2", "state", "disabled", "max_transfer_size", "4096")
                .analytics(1)
                .queue("1.0", "state", "enabled", "max_transfer_size", "8192");
        assertEquals(65536, limitsBelow(root).deviceBytes());
        assertEquals(1 << 30, limitsBelow(root.resolve("proc")).deviceBytes());
    }

    @Test
    void theSmallestBatchAmongEnabledQueuesCounts() {
        wellConfigured().queue("0.0", "max_batch_size", "128")
                .queue("0.1", "state", "enabled", "max_batch_size", "16")
                .queue("0.2", "state", "disabled", "max_batch_size", "2");
        assertEquals(16, limitsBelow(root).deviceTasks());
        assertEquals(32, limitsBelow(root.resolve("proc")).deviceTasks());
    }

    @Test
    void deviceWithoutUserBatchesOffersNone() {
        wellConfigured().device(0, "op_cap", "00000000,001f03fd");
        assertEquals(0, limitsBelow(root).deviceTasks());
    }

    @Test
    void diagnosisOfThisMachineTakesMilliseconds() {
        DmlDiagnosis.current();
        long start = System.nanoTime();
        for (int i = 0; i < 10; i++) {
            DmlDiagnosis.current();
        }
        long each = (System.nanoTime() - start) / 10;
        assertTrue(each < 100_000_000, each + " ns");
    }
}
