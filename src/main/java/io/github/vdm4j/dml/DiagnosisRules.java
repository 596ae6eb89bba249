package io.github.vdm4j.dml;

import io.github.vdm4j.dsa.DsaDevice;
import io.github.vdm4j.dsa.DsaDevice.WorkQueue;
import io.github.vdm4j.dsa.DsaSystem;
import io.github.vdm4j.dsa.Finding;
import io.github.vdm4j.dsa.Finding.Severity;
import io.github.vdm4j.machine.DsaFolders;
import io.github.vdm4j.machine.Message;
import io.github.vdm4j.machine.NumaNodes;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * The rules that derive findings from the state of a system. They follow the sources of Linux,
 * libaccel-config and DML 1.1.1.
 */
final class DiagnosisRules {
    /** The size of DML's table of devices. DML does not check whether the table is full. */
    private static final int DML_DEVICES = 8;
    private static final long NEWEST_DSA = 0x2FF;
    private static final long FIRST_GENERATION = 0x1FF;
    private static final Pattern RELEASE = Pattern.compile("(\\d+)\\.(\\d+)(?:\\.(\\d+))?.*");

    private final DsaSystem system;
    private final AccelConfig accelConfig;
    private final DmlVersion dml;
    private final int node;
    /** The first three numbers of the Linux release, or null if they are unknown. */
    private final int[] kernel;
    /** The queues that DML can use, and their devices. */
    private final List<String> usable = new ArrayList<>();
    private final Set<DsaDevice> devices = new LinkedHashSet<>();
    private final List<Finding> findings = new ArrayList<>();

    DiagnosisRules(DsaSystem system, AccelConfig accelConfig, DmlVersion dml, int node) {
        this.system = system;
        this.accelConfig = accelConfig;
        this.dml = dml;
        this.node = node;
        Matcher numbers = RELEASE.matcher(Objects.requireNonNullElse(system.kernel(), ""));
        kernel = numbers.matches()
                ? IntStream.rangeClosed(1, 3).map(i -> number(numbers.group(i))).toArray()
                : null;
    }

    private static int number(String digits) {
        return digits == null || digits.length() > 9 ? 0 : Integer.parseInt(digits);
    }

    private boolean isSince(int... release) {
        return Arrays.compare(kernel, release) >= 0;
    }

    List<String> usableQueues() {
        return usable;
    }

    /** Returns the findings. The remedy of an earlier finding may remove later findings, too. */
    List<Finding> findings() {
        List<Finding> ofQueues = system.check(List.of(), this::checkQueue);
        checkLibrary();
        checkForCrashes();
        checkProcessor();
        if (usable.isEmpty()) {
            checkKernel();
            String ignored = system.devices().isEmpty() ? DsaFolders.ofDevices() : null;
            if (ignored != null) {
                block("DML finds no DSA device, because it ignores " + ignored,
                        "Use DsaDataMover for the devices of that folder (docs/dsa.md).");
            } else {
                findings.addAll(ofQueues);
            }
        }
        checkAccelConfig();
        checkNodes();
        checkPortals();
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

    private Finding checkQueue(DsaDevice device, WorkQueue queue) {
        if (device.version() != null && device.version() > NEWEST_DSA && !isSinceDml12()) {
            return new Finding(Severity.BLOCK,
                    "%s: %s does not know its version of DSA".formatted(device.name(), dmlName()),
                    "Install a newer DML.");
        }
        if (queue.dedicated()) {
            return new Finding(Severity.BLOCK,
                    queue.name() + ": the queue is dedicated, and DML uses shared queues only",
                    ("Run accel-config disable-wq %s/%s. This may reset its settings, so configure "
                            + "them again with --mode=shared (docs/hardware.md).")
                            .formatted(device.name(), queue.name()));
        }
        if (!isSinceDml12() && refusesMapping(device)) {
            return new Finding(Severity.BLOCK,
                    ("%s: this process may not map the portal, because Linux %s requires "
                            + "CAP_SYS_RAWIO")
                            .formatted(queue.name(), system.kernel()),
                    "Use DML 1.2.0 or later, because it writes to /dev/dsa instead. Or grant "
                            + "the capability, but it permits more"
                            + " than DSA (docs/hardware.md). It has no effect in a user "
                            + "namespace, for example in a rootless container.");
        }
        usable.add(queue.name());
        devices.add(device);
        return null;
    }

    /**
     * Returns whether DML is 1.2.0 or later. Such a DML writes to the queue's device file if it may
     * not map the portal.
     */
    private boolean isSinceDml12() {
        return dml != null && (dml.major() > 1 || dml.major() == 1 && dml.minor() >= 2);
    }

    /**
     * Returns whether the kernel refuses to map the portals of a device. Such a kernel also hides
     * the batch operation of the device. Newer kernels do not hide it for DSA 2. A release from
     * 6.9.1 and 6.8.10 on has the fix for Intel's advisory SA-01084. Long-term kernels and
     * distributions contain the fix in older releases.
     */
    private boolean refusesMapping(DsaDevice device) {
        if (!Boolean.FALSE.equals(system.process().rawIo())) {
            return false;
        }
        if (Boolean.FALSE.equals(device.batchOffered())) {
            return true;
        }
        boolean offeredByFirstGeneration = device.batchOffered() != null && device.version() != null
                && device.version() <= FIRST_GENERATION;
        return !offeredByFirstGeneration && kernel != null
                && (isSince(6, 9, 1) || isSince(6, 8, 10) && !isSince(6, 9, 0));
    }

    private void checkLibrary() {
        if (dml == null) {
            block(
                    "Intel DML is not available",
                    "Install it (docs/install-dml.md). DmlLibrary.whyUnavailable() and vdm info "
                            + "list the attempts."
                            + " ThreadsDataMover and SyncDataMover do not need DML.");
        }
    }

    private void checkForCrashes() {
        List<String> missing = accelConfig.missingSymbols();
        if (!missing.isEmpty()) {
            add(
                    Severity.CRASH,
                    "%s lacks %s, but DML calls it".formatted(
                            AccelConfig.SONAME, String.join(", ", missing)),
                    "Install a libaccel-config of 3.2 or later, or use DmlPath.SOFTWARE.");
        }
        if (overflowsDml()) {
            add(
                    Severity.CRASH,
                    Message.of(
                            "%s can use %d devices and examines another of %d DSA and %d IAX, so"
                                    + " it writes behind its table of %d",
                            dmlName(), DML_DEVICES, system.devices().size(),
                            system.otherAccelerators(),
                            DML_DEVICES),
                    Message.of(
                            "Disable the queues of some devices (accel-config disable-wq), until"
                                    + " this process can use fewer than %d. Or use"
                                    + " DmlPath.SOFTWARE.",
                            DML_DEVICES));
        }
    }

    /**
     * Returns whether DML writes behind its table of devices. libaccel-config lists the DSA devices
     * in the alphabetical order of their names, and then the IAX.
     */
    private boolean overflowsDml() {
        Set<String> used = devices.stream().map(DsaDevice::name).collect(Collectors.toSet());
        int taken = 0;
        for (String name : new TreeSet<>(system.devices().stream().map(DsaDevice::name).toList())) {
            if (taken == DML_DEVICES) {
                return true;
            }
            taken += used.contains(name) ? 1 : 0;
        }
        return taken == DML_DEVICES && system.otherAccelerators() > 0;
    }

    private void checkProcessor() {
        Map<String, Boolean> flags = system.processorFlags();
        if (flags != null && !flags.get("enqcmd")) {
            block(
                    flags.get("movdir64b")
                            ? "the processor has no ENQCMD, the instruction by which DML "
                                    + "submits to a queue"
                            : "the processor has neither ENQCMD, the instruction by which DML "
                                    + "submits to a queue, nor MOVDIR64B",
                    "DSA comes with Xeon Scalable processors of the 4th generation and later. "
                            + "The host of a virtual machine has to pass the instruction and the "
                            + "device to it.");
        }
    }

    /** Checks the kernel, unless it has enabled a shared queue of a process. */
    private void checkKernel() {
        boolean enabled = system.devices()
                .stream()
                .flatMap(device -> device.queues().stream())
                .anyMatch(queue -> queue.enabled() && !queue.dedicated()
                        && "user".equals(queue.type()));
        if (kernel != null && !isSince(5, 18, 0) && !enabled && !system.devices().isEmpty()) {
            block(
                    "Linux %s is older than 5.18, the first that lets processes use ENQCMD"
                            .formatted(system.kernel()),
                    "Boot a kernel of 5.18 or later, or a distribution's kernel with this change.");
        }
    }

    private void checkAccelConfig() {
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
    private void checkNodes() {
        boolean bound = node != NumaNodes.ANY;
        List<Long> mine = bound ? List.of((long) node) : system.process().nodes();
        if (mine == null) {
            return;
        }
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
        Severity severity = nowhere && !isSinceDml12() ? Severity.BLOCK : Severity.LIMIT;
        if (served.stream().allMatch(node -> node < 0)) {
            add(
                    severity,
                    ("the NUMA node of %s is unknown, and DML looks for a device on the "
                            + "thread's node")
                            .formatted(devices.stream()
                                    .map(DsaDevice::name)
                                    .collect(Collectors.joining(", "))),
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
                isSinceDml12()
                        ? ("DML uses devices of the same socket. Without such a device, enable "
                                + "a queue there, or %s.")
                                .formatted(otherwise)
                        : "Enable a queue of a device there, or %s.".formatted(otherwise));
    }

    private void checkPortals() {
        if (isSinceDml12() && devices.stream().anyMatch(this::refusesMapping)) {
            add(
                    Severity.LIMIT,
                    "this process may not map portals. DML writes to /dev/dsa instead, which is "
                            + "slower and excludes batches",
                    "Grant CAP_SYS_RAWIO only if this matters, because it permits more than DSA "
                            + "(docs/hardware.md).");
        }
    }

    private static String numbers(List<Long> nodes) {
        return nodes.stream().map(Object::toString).collect(Collectors.joining(","));
    }
}
