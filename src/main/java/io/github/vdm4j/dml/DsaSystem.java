package io.github.vdm4j.dml;

import io.github.vdm4j.machine.DynamicLoader;
import io.github.vdm4j.machine.PlatformName;
import io.github.vdm4j.machine.Processor;
import java.lang.foreign.SymbolLookup;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;

/**
 * What of this machine, its Linux and this process decides whether DML can use DSA. What cannot be
 * found out is null.
 *
 * @param processorFlags the instructions that matter, and whether the processor has them
 * @param kernel the release of Linux
 * @param idxdLoaded whether the driver of the devices is loaded
 * @param undriven the PCI addresses of devices that the driver does not drive; looked for only if
 * there are no others
 * @param devices the devices
 * @param otherAccelerators how many analytics accelerators (IAX) share the bus; DML looks at them
 * too
 * @param iommu what the kernel's command line says of the IOMMU ({@code intel_iommu=}); empty if
 * nothing
 * @param process this process
 * @param accelConfig the library by which DML finds the devices
 */
public record DsaSystem(
        Map<String, Boolean> processorFlags,
        String kernel,
        boolean idxdLoaded,
        List<String> undriven,
        List<DsaDevice> devices,
        int otherAccelerators,
        String iommu,
        Process process,
        AccelConfig accelConfig) {

    /** Those for submitting (movdir64b, enqcmd), waiting (waitpkg), writing back and copying. */
    private static final List<String> FLAGS =
            List.of("movdir64b", "enqcmd", "waitpkg", "clwb", "clflushopt",
                    "avx512f");

    private static final String INTEL = "0x8086";

    /** Sapphire Rapids to Granite Rapids, Granite Rapids-D, Diamond Rapids. */
    private static final Set<String> DSA_IDS = Set.of("0x0b25", "0x11fb", "0x1212");

    /** Makes the parts unmodifiable. */
    public DsaSystem {
        processorFlags = processorFlags == null
                ? null
                : java.util.Collections.unmodifiableMap(new LinkedHashMap<>(processorFlags));
        undriven = List.copyOf(undriven);
        devices = List.copyOf(devices);
    }

    /**
     * This process.
     *
     * @param rawIo whether it has the capability CAP_SYS_RAWIO, and that in the system's own user
     *     namespace: another one's does not count
     * @param nodes the NUMA nodes whose processors it may run on
     */
    public record Process(Boolean rawIo, List<Long> nodes) {
        private static final int CAP_SYS_RAWIO = 17;

        /** Copies the list. */
        public Process {
            nodes = nodes == null ? null : List.copyOf(nodes);
        }

        private static Process read(SystemFiles files) {
            var status = new LinkedHashMap<String, String>();
            String text = files.text("proc/self/status");
            if (text != null) {
                text.lines().filter(line -> line.indexOf(':') > 0).forEach(line -> {
                    int colon = line.indexOf(':');
                    status.put(line.substring(0, colon), line.substring(colon + 1).strip());
                });
            }
            return new Process(
                    rawIo(status.get("CapEff"), files.text("proc/self/uid_map")),
                    nodes(status.get("Cpus_allowed_list"), files));
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

        private static List<Long> nodes(String allowed, SystemFiles files) {
            Set<Long> mine = numbers(allowed);
            var nodes = new ArrayList<Long>();
            for (Path node : NumaNodes.folders(files)) {
                var processors = numbers(SystemFiles.text(node.resolve("cpulist")));
                if (processors.stream().anyMatch(mine::contains)) {
                    nodes.add(NumaNodes.number(node));
                }
            }
            return nodes.isEmpty() ? null : nodes;
        }

        /** Of a list such as 0-3,8. */
        private static Set<Long> numbers(String list) {
            var numbers = new java.util.HashSet<Long>();
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
     * The library {@code libaccel-config.so.1}, which DML opens while it runs.
     *
     * @param loaded whether the dynamic loader opens it; null where it could not be asked
     * @param refusal the loader's words if it does not
     * @param missingSymbols the functions that DML needs and it lacks
     */
    public record AccelConfig(Boolean loaded, String refusal, List<String> missingSymbols) {
        static final String SONAME = "libaccel-config.so.1";

        /** DML 1.1.1 looks these up, and calls them even where it did not find them all. */
        static final List<String> SYMBOLS = List.of(
                "accfg_new", "accfg_unref", "accfg_device_get_first", "accfg_device_get_next",
                "accfg_device_get_devname", "accfg_device_get_version", "accfg_device_get_state",
                "accfg_device_get_gen_cap", "accfg_device_get_numa_node", "accfg_wq_get_first",
                "accfg_wq_get_next",
                "accfg_wq_get_state", "accfg_wq_get_mode", "accfg_wq_get_devname",
                "accfg_wq_get_priority",
                "accfg_wq_get_group", "accfg_wq_get_group_id", "accfg_wq_get_user_dev_path",
                "accfg_group_get_first", "accfg_group_get_next", "accfg_group_get_id",
                "accfg_group_get_traffic_class_a", "accfg_group_get_traffic_class_b");

        /** Copies the list. */
        public AccelConfig {
            missingSymbols = List.copyOf(missingSymbols);
        }

        /** Asks the dynamic loader for a library of that name. */
        static AccelConfig load(String name) {
            if (!PlatformName.nativeCallsAllowed()) {
                return new AccelConfig(null, null, List.of());
            }
            try {
                SymbolLookup symbols = new DynamicLoader().open(name);
                return new AccelConfig(
                        true, null,
                        SYMBOLS.stream().filter(symbol -> symbols.find(symbol).isEmpty()).toList());
            } catch (DynamicLoader.LoadException e) {
                return new AccelConfig(false, e.getMessage(), List.of());
            }
        }
    }

    /** This machine and this process. */
    static DsaSystem read() {
        return read(
                Path.of("/"),
                node -> Files.isReadable(node) && Files.isWritable(node),
                AccelConfig.load(AccelConfig.SONAME));
    }

    /**
     * A machine whose files are below a folder.
     *
     * @param root the folder
     * @param mayOpen whether this process may read and write a queue's device file
     * @param accelConfig what the dynamic loader said
     */
    static DsaSystem read(Path root, Predicate<Path> mayOpen, AccelConfig accelConfig) {
        var files = new SystemFiles(root);
        List<DsaDevice> devices = DsaDevice.readAll(files, mayOpen);
        return new DsaSystem(
                flags(Processor.flags(root.resolve("proc/cpuinfo"))),
                files.text("proc/sys/kernel/osrelease"),
                files.has("sys/bus/pci/drivers/idxd"),
                devices.isEmpty() ? undriven(files) : List.of(),
                devices,
                files.list("sys/bus/dsa/devices", name -> name.matches("iax\\d+")).size(),
                iommu(files.text("proc/cmdline")),
                Process.read(files),
                accelConfig);
    }

    private static Map<String, Boolean> flags(Set<String> present) {
        if (present.isEmpty()) {
            return null;
        }
        var flags = new LinkedHashMap<String, Boolean>();
        FLAGS.forEach(flag -> flags.put(flag, present.contains(flag)));
        return flags;
    }

    private static List<String> undriven(SystemFiles files) {
        return files.list("sys/bus/pci/devices", name -> true)
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
