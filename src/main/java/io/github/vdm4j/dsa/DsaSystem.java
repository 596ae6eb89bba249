package io.github.vdm4j.dsa;

import io.github.vdm4j.dsa.DsaDevice.WorkQueue;
import io.github.vdm4j.machine.DsaFolders;
import io.github.vdm4j.machine.Elements;
import io.github.vdm4j.machine.NumaNodes;
import io.github.vdm4j.machine.Processor;
import io.github.vdm4j.machine.SystemFiles;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.function.BiFunction;
import java.util.function.Predicate;

/**
 * The facts about a machine, its Linux and this process that determine whether the process can use
 * DSA. An unknown fact is null.
 *
 * @param processorFlags the relevant instructions, and whether the processor has them
 * @param kernel the release of Linux
 * @param idxdLoaded whether the idxd driver is loaded
 * @param undriven the PCI addresses of devices without a driver. The list is empty if Linux shows a
 *     device
 * @param devices the devices
 * @param otherAccelerators the number of analytics accelerators (IAX) on the same bus. DML examines
 *     them, too
 * @param iommu the words {@code intel_iommu=} of the kernel's command line, or an empty string
 * @param process this process
 */
public record DsaSystem(
        Map<String, Boolean> processorFlags,
        String kernel,
        boolean idxdLoaded,
        List<String> undriven,
        List<DsaDevice> devices,
        int otherAccelerators,
        String iommu,
        Process process) {

    /**
     * The instructions for submitting (movdir64b, enqcmd), waiting (waitpkg), writing back and
     * copying.
     */
    private static final List<String> FLAGS =
            List.of("movdir64b", "enqcmd", "waitpkg", "clwb", "clflushopt",
                    "avx512f");

    private static final String INTEL = "0x8086";

    /** The PCI device IDs of Sapphire to Granite Rapids, Granite Rapids-D and Diamond Rapids. */
    private static final Set<String> DSA_IDS = Set.of("0x0b25", "0x11fb", "0x1212");

    /** Copies the map and the lists. */
    public DsaSystem {
        processorFlags = processorFlags == null
                ? null
                : Collections.unmodifiableMap(new LinkedHashMap<>(processorFlags));
        undriven = List.copyOf(undriven);
        devices = List.copyOf(devices);
    }

    /**
     * This process.
     *
     * @param rawIo whether the process has the capability CAP_SYS_RAWIO in the initial user
     *     namespace. The kernel ignores the capability of another namespace
     * @param nodes the NUMA nodes of the processors that it may use
     */
    public record Process(Boolean rawIo, List<Long> nodes) {
        private static final int CAP_SYS_RAWIO = 17;

        /** Copies the list. */
        public Process {
            nodes = nodes == null ? null : List.copyOf(nodes);
        }

        private static Process read(Path root) {
            String status = Objects.requireNonNullElse(
                    SystemFiles.text(root.resolve("proc/self/status")), "");
            return new Process(
                    rawIo(field(status, "CapEff:"),
                            SystemFiles.text(root.resolve("proc/self/uid_map"))),
                    nodes(field(status, "Cpus_allowed_list:"), root));
        }

        private static String field(String status, String name) {
            return status.lines()
                    .filter(line -> line.startsWith(name))
                    .map(line -> line.substring(name.length()).strip())
                    .findFirst()
                    .orElse(null);
        }

        private static Boolean rawIo(String capabilities, String userIds) {
            if (capabilities == null) {
                return null;
            }
            try {
                boolean has = (Long.parseUnsignedLong(capabilities, 16) >> CAP_SYS_RAWIO & 1) != 0;
                return has && (userIds == null || userIds.matches("0\\s+0\\s+4294967295"));
            } catch (NumberFormatException e) {
                return null;
            }
        }

        private static List<Long> nodes(String allowed, Path root) {
            Set<Long> mine = numbers(allowed);
            var nodes = new ArrayList<Long>();
            for (Path node : NumaNodes.folders(root)) {
                var processors = numbers(SystemFiles.text(node.resolve("cpulist")));
                if (processors.stream().anyMatch(mine::contains)) {
                    nodes.add(NumaNodes.number(node));
                }
            }
            return nodes.isEmpty() ? null : nodes;
        }

        /** Returns the numbers of a list such as 0-3,8. */
        private static Set<Long> numbers(String list) {
            var numbers = new HashSet<Long>();
            if (list != null && list.matches("\\d{1,6}(-\\d{1,6})?(,\\d{1,6}(-\\d{1,6})?)*")) {
                for (String range : list.split(",")) {
                    String[] ends = range.split("-");
                    for (long n = Long.parseLong(ends[0]);
                            n <= Long.parseLong(ends[ends.length - 1]); n++) {
                        numbers.add(n);
                    }
                }
            }
            return numbers;
        }
    }

    /**
     * Reads the state of a machine and of this process.
     *
     * @param root the folder that stands for {@code /}
     * @return the current state
     */
    public static DsaSystem read(Path root) {
        return read(Objects.requireNonNull(root, "root"), DsaSystem::mayOpen);
    }

    /**
     * Reads the state of a machine with a test for access to device files.
     *
     * @param root the folder that stands for {@code /}
     * @param mayOpen whether this process may read and write a queue's device file
     * @return the current state
     */
    public static DsaSystem read(Path root, Predicate<Path> mayOpen) {
        Objects.requireNonNull(root, "root");
        Objects.requireNonNull(mayOpen, "mayOpen");
        return read(root, DsaFolders.below(root), mayOpen);
    }

    /**
     * Reads the state of this machine and of this process. The properties {@code vdm4j.dsa.sysfs}
     * and {@code vdm4j.dsa.devices} replace the folders of devices.
     *
     * @return the current state
     */
    public static DsaSystem current() {
        return read(Path.of("/"), DsaFolders.current(), DsaSystem::mayOpen);
    }

    private static boolean mayOpen(Path node) {
        return Files.isReadable(node) && Files.isWritable(node);
    }

    static DsaSystem read(Path root, DsaFolders folders, Predicate<Path> mayOpen) {
        List<DsaDevice> devices = DsaDevice.readAll(folders, root, mayOpen);
        return new DsaSystem(flags(Processor.flags(root.resolve("proc/cpuinfo"))),
                SystemFiles.text(root.resolve("proc/sys/kernel/osrelease")),
                Files.exists(root.resolve("sys/bus/pci/drivers/idxd")),
                devices.isEmpty() ? undriven(root) : List.of(),
                devices,
                SystemFiles.list(folders.sysfs(), name -> name.matches("iax\\d+")).size(),
                iommu(SystemFiles.text(root.resolve("proc/cmdline"))),
                Process.read(root));
    }

    /**
     * Checks the work queues for a mover.
     *
     * @param names the names of the queues, or an empty list for all queues that Linux has enabled
     *     for processes
     * @param check returns why the mover cannot use a queue, or null if the mover can use it. This
     *     method calls the function for each queue that processes can use
     * @return the reason for each queue that the mover cannot use, then for each device without a
     *     queue for processes, or the reason why there is no device
     */
    public List<Finding> check(List<String> names,
            BiFunction<DsaDevice, WorkQueue, Finding> check) {
        Objects.requireNonNull(check, "check");
        List<String> chosen = Elements.nonNull(names, "names");
        if (devices.isEmpty()) {
            return List.of(Obstacles.noDevice(this));
        }
        var ofQueues = new LinkedHashSet<Finding>();
        var ofDevices = new ArrayList<Finding>();
        for (DsaDevice device : devices) {
            List<WorkQueue> queues = device.queues()
                    .stream()
                    .filter(queue -> chosen.isEmpty() ? Obstacles.isForProcesses(queue)
                            : chosen.contains(queue.name()))
                    .toList();
            if (queues.isEmpty() && chosen.isEmpty()) {
                ofDevices.add(Obstacles.noQueue(this, device));
            }
            for (WorkQueue queue : queues) {
                Finding obstacle = Obstacles.of(this, device, queue);
                ofQueues.add(obstacle != null ? obstacle : check.apply(device, queue));
            }
        }
        ofQueues.addAll(ofDevices);
        ofQueues.remove(null);
        return List.copyOf(ofQueues);
    }

    private static Map<String, Boolean> flags(Set<String> present) {
        if (present.isEmpty()) {
            return null;
        }
        var flags = new LinkedHashMap<String, Boolean>();
        FLAGS.forEach(flag -> flags.put(flag, present.contains(flag)));
        return flags;
    }

    private static List<String> undriven(Path root) {
        return SystemFiles.list(root.resolve("sys/bus/pci/devices"), name -> true)
                .stream()
                .filter(device -> !Files.exists(device.resolve("driver")))
                .filter(device -> DSA_IDS.contains(SystemFiles.text(device.resolve("device")))
                        && INTEL.equals(SystemFiles.text(device.resolve("vendor"))))
                .map(device -> device.getFileName().toString())
                .toList();
    }

    private static String iommu(String commandLine) {
        return commandLine == null
                ? null
                : String.join(" ", Arrays.stream(commandLine.split("\\s+"))
                        .filter(word -> word.startsWith("intel_iommu="))
                        .toList());
    }
}
