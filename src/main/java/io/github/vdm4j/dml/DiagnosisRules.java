package io.github.vdm4j.dml;

import io.github.vdm4j.dml.DmlDiagnosis.Finding;
import io.github.vdm4j.dml.DmlDiagnosis.Severity;
import io.github.vdm4j.dml.QueueAccess.Obstacle;
import io.github.vdm4j.dml.QueueAccess.Way;
import io.github.vdm4j.dsa.DsaDevice;
import io.github.vdm4j.dsa.DsaSystem;
import io.github.vdm4j.machine.NumaNodes;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * The rules that derive findings from the state of a system. They follow the sources of Linux,
 * libaccel-config and DML 1.1.1.
 */
final class DiagnosisRules {
    private static final String OTHER_MOVERS =
            "Without it: DmlPath.SOFTWARE, ThreadsDataMover, SyncDataMover.";

    private final DsaSystem system;
    private final AccelConfig accelConfig;
    private final DmlVersion dml;
    private final int node;
    private final QueueAccess access;
    private final List<Way> usable;
    private final List<Finding> findings = new ArrayList<>();

    DiagnosisRules(DsaSystem system, AccelConfig accelConfig, DmlVersion dml, int node) {
        this.system = system;
        this.accelConfig = accelConfig;
        this.dml = dml;
        this.node = node;
        access = new QueueAccess(system, dml);
        usable = access.usable();
    }

    List<String> usableQueues() {
        return usable.stream().map(Way::name).toList();
    }

    /** Returns the findings. The remedy of an earlier finding may remove later findings, too. */
    List<Finding> findings() {
        library();
        crashes();
        processor();
        devices();
        if (!system.devices().isEmpty() && usable.isEmpty()) {
            kernel();
            queues();
        }
        accelConfig();
        nodes();
        remarks();
        return findings;
    }

    private void add(Severity severity, String what, String remedy) {
        findings.add(new Finding(severity, what, remedy));
    }

    private void block(String what, String remedy) {
        add(Severity.BLOCK, what, remedy);
    }

    private String dmlName() {
        return dml == null ? "DML" : "DML " + dml.version();
    }

    private void library() {
        if (dml == null) {
            block(
                    "Intel DML is not available",
                    "Install it (docs/install-dml.md). DmlLibrary.whyUnavailable() and vdm info "
                            + "list the attempts."
                            + " ThreadsDataMover and SyncDataMover do not need DML.");
        }
    }

    private void crashes() {
        List<String> missing = accelConfig.missingSymbols();
        if (!missing.isEmpty()) {
            add(
                    Severity.CRASH,
                    "%s lacks %s, but DML calls it".formatted(
                            AccelConfig.SONAME, String.join(", ", missing)),
                    "Install a libaccel-config of 3.2 or later, or use DmlPath.SOFTWARE.");
        }
        if (access.overflowsDml()) {
            add(
                    Severity.CRASH,
                    ("%s can use %d devices and examines another of %d DSA and %d IAX, so it "
                            + "writes behind its table of %d")
                            .formatted(
                                    dmlName(), QueueAccess.DML_DEVICES, system.devices().size(),
                                    system.otherAccelerators(),
                                    QueueAccess.DML_DEVICES),
                    ("Disable the queues of some devices (accel-config disable-wq), until this "
                            + "process can use fewer than %d. Or use DmlPath.SOFTWARE.")
                            .formatted(QueueAccess.DML_DEVICES));
        }
    }

    private void processor() {
        Map<String, Boolean> flags = system.processorFlags();
        if (flags != null && !flags.get("enqcmd")) {
            block(
                    flags.get("movdir64b")
                            ? "the processor has no ENQCMD, the instruction by which DML "
                                    + "submits to a queue"
                            : "the processor has neither ENQCMD, the instruction by which DML "
                                    + "submits to a queue, nor MOVDIR64B",
                    "DSA comes with Xeon Scalable processors of the 4th generation and later. "
                            + "The host of a virtual machine has to pass"
                            + " the instruction and the device to it. " + OTHER_MOVERS);
        }
    }

    private void devices() {
        if (!system.devices().isEmpty()) {
            return;
        }
        if (!system.undriven().isEmpty()) {
            block(
                    "there is a DSA device at %s, but the idxd driver does not drive it".formatted(
                            String.join(", ", system.undriven())),
                    system.idxdLoaded()
                            ? "Read the driver's messages: dmesg | grep idxd."
                            : "Load the driver (modprobe idxd), then configure the device "
                                    + "(docs/hardware.md).");
        } else {
            block(
                    system.idxdLoaded()
                            ? "there is no DSA device, though the idxd driver is loaded"
                            : "there is no DSA device, and the idxd driver is not loaded",
                    "On a machine that has DSA: switch it and VT-d on in the firmware, load the "
                            + "driver (modprobe idxd), and in a"
                            + " container mount the host's /sys and pass /dev/dsa on. "
                            + OTHER_MOVERS);
        }
    }

    private void kernel() {
        boolean sharedQueueRuns =
                access.ways()
                        .stream()
                        .anyMatch(way -> way.obstacle().compareTo(Obstacle.DEDICATED) > 0);
        if (access.refusesEnqueue() && !sharedQueueRuns) {
            block(
                    "Linux %s is older than 5.18, the first that lets processes use ENQCMD"
                            .formatted(system.kernel()),
                    "Boot a kernel of 5.18 or later, or a distribution's kernel with this change.");
        }
    }

    /**
     * Adds a finding for each obstacle. The queue with the latest obstacle comes first, because the
     * administrator probably meant this queue.
     */
    private void queues() {
        access.ways()
                .stream()
                .collect(Collectors.groupingBy(Way::obstacle,
                        () -> new TreeMap<>(Comparator.reverseOrder()), Collectors.toList()))
                .forEach(this::stopped);
    }

    private void stopped(Obstacle obstacle, List<Way> by) {
        String queues = by.stream().map(Way::name).collect(Collectors.joining(", "));
        String devices = by.stream()
                .map(way -> way.device().name())
                .distinct()
                .collect(Collectors.joining(", "));
        Way first = by.getFirst();
        switch (obstacle) {
            case DEVICE_DISABLED -> {
                withoutPasid(by);
                block("disabled: " + devices,
                        ("Configure a queue, then accel-config enable-device %s and enable-wq "
                                + "(docs/hardware.md).")
                                .formatted(first.device().name()));
            }
            case DEVICE_TOO_NEW ->
                block("%s does not know the DSA version of %s".formatted(dmlName(), devices),
                        "Install a newer DML. " + OTHER_MOVERS);
            case QUEUE_DISABLED -> {
                withoutPasid(by);
                block("no work queue of %s is enabled".formatted(devices),
                        "Configure a shared queue of type user and enable it: accel-config "
                                + "config-wq, enable-wq (docs/hardware.md).");
            }
            case DEDICATED -> block(
                    "dedicated: %s; DML uses shared work queues only".formatted(queues),
                    ("Run accel-config disable-wq %s. This may reset its settings, so configure "
                            + "them again with --mode=shared (docs/hardware.md).")
                            .formatted(first.path()));
            case KERNEL_TYPE -> block(
                    "of type kernel: %s; no process can open such a queue".formatted(queues),
                    ("Run accel-config disable-wq %s. This may reset its settings, so configure "
                            + "them again with --type=user (docs/hardware.md).")
                            .formatted(first.path()));
            case NO_NODE -> block("/dev/dsa has no file for " + queues,
                    "Pass the file to the container (--device). Outside of a container, check "
                            + "whether udev runs.");
            case NO_PERMISSION -> block(
                    "this process may not read and write "
                            + by.stream()
                                    .map(way -> way.queue().node())
                                    .collect(Collectors.joining(", ")),
                    "Grant access by a group and a udev rule (docs/hardware.md). Do not run the "
                            + "process as root.");
            case NO_MAPPING -> block(
                    "this process may not map the portal of %s: Linux %s requires CAP_SYS_RAWIO"
                            .formatted(
                                    queues, system.kernel()),
                    "Use DML 1.2.0 or later, because it writes to /dev/dsa instead. Or grant "
                            + "the capability, but it permits more"
                            + " than DSA (docs/hardware.md). It has no effect in a user "
                            + "namespace, for example in a rootless container.");
            case NONE -> throw new AssertionError("nothing stops DML");
        }
    }

    private void withoutPasid(List<Way> by) {
        List<String> without = by.stream()
                .map(Way::device)
                .filter(device -> Boolean.FALSE.equals(device.pasidEnabled()))
                .map(DsaDevice::name)
                .distinct()
                .toList();
        if (!without.isEmpty()) {
            String set = Objects.requireNonNullElse(system.iommu(), "");
            block(
                    ("PASID is off for %s: it cannot work on a process's addresses, and Linux "
                            + "enables no user queue of it")
                            .formatted(String.join(", ", without)),
                    List.of(set.split("[=, ]")).containsAll(List.of("on", "sm_on"))
                            ? ("The kernel's command line has %s. Switch VT-d on in the "
                                    + "firmware, and read dmesg | grep -e DMAR -e idxd.")
                                    .formatted(set)
                            : ("Switch VT-d on in the firmware and add intel_iommu=on,sm_on to "
                                    + "the kernel's command line%s.")
                                    .formatted(set.isEmpty() ? "" : ", which has " + set));
        }
    }

    private void accelConfig() {
        if (Boolean.FALSE.equals(accelConfig.loaded())) {
            block(
                    "%s cannot be loaded: %s".formatted(AccelConfig.SONAME, accelConfig.refusal()),
                    "Install libaccel-config (package libaccel-config1 in Debian and Ubuntu), "
                            + "because DML loads it at run time.");
        }
    }

    /**
     * Checks the NUMA nodes. DML uses only devices on the node of the submitting thread. Since
     * 1.2.0, it uses devices of the same socket.
     */
    private void nodes() {
        boolean bound = node != NumaNodes.ANY;
        List<Long> mine = bound ? List.of((long) node) : system.process().nodes();
        if (usable.isEmpty() || mine == null) {
            return;
        }
        List<DsaDevice> devices = usable.stream().map(Way::device).distinct().toList();
        List<Long> served = devices.stream()
                .map(DsaDevice::numaNode)
                .filter(Objects::nonNull)
                .distinct()
                .toList();
        List<Long> without = mine.stream().filter(node -> !served.contains(node)).toList();
        if (without.isEmpty() || served.isEmpty()) {
            return;
        }
        boolean nowhere = without.size() == mine.size();
        Severity severity = nowhere && !access.isSinceDml12() ? Severity.BLOCK : Severity.LIMIT;
        if (served.stream().allMatch(node -> node < 0)) {
            add(
                    severity,
                    ("the NUMA node of %s is unknown, and DML looks for a device on the "
                            + "thread's node")
                            .formatted(
                                    names(devices)),
                    "Write the node into numa_node of the PCI device as root "
                            + "(docs/hardware.md). Do this before the program opens DML.");
            return;
        }
        String where = devices.stream()
                .map(device -> "%s on %s".formatted(device.name(), device.numaNode()))
                .collect(Collectors.joining(", "));
        String who = bound
                ? "the mover is bound to"
                : nowhere ? "this process's threads run on"
                        : "some of this process's threads run on";
        String otherwise = bound
                ? "bind the mover to node %s (numaNode)".formatted(numbers(served))
                : "start the process by numactl --cpunodebind=%s".formatted(numbers(served));
        add(
                severity,
                "%s NUMA node %s, which has no usable device (%s)".formatted(who, numbers(without),
                        where),
                access.isSinceDml12()
                        ? ("DML uses devices of the same socket. Without such a device, enable "
                                + "a queue there, or %s.")
                                .formatted(otherwise)
                        : "Enable a queue of a device there, or %s.".formatted(otherwise));
    }

    private void remarks() {
        if (!usable.isEmpty() && access.isSinceDml12()
                && usable.stream().anyMatch(way -> access.refusesMapping(way.device()))) {
            add(
                    Severity.LIMIT,
                    "this process may not map portals. DML writes to /dev/dsa instead, which is "
                            + "slower and excludes batches",
                    "Grant CAP_SYS_RAWIO only if this matters, because it permits more than DSA "
                            + "(docs/hardware.md).");
        }
    }

    private static String names(List<DsaDevice> devices) {
        return devices.stream().map(DsaDevice::name).collect(Collectors.joining(", "));
    }

    private static String numbers(List<Long> nodes) {
        return nodes.stream().map(Object::toString).collect(Collectors.joining(","));
    }
}
