package io.github.vdm4j.dsa;

import io.github.vdm4j.machine.DsaFolders;
import io.github.vdm4j.machine.SystemFiles;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.function.Predicate;

/**
 * An Intel Data Streaming Accelerator, described by the attributes that Linux shows. An attribute
 * that Linux does not show is null.
 *
 * @param name such as {@code dsa0}
 * @param state {@code enabled} or {@code disabled}
 * @param numaNode the node that it is attached to, -1 if the firmware names none
 * @param version the version of its architecture: 0x100, 0x200, ...
 * @param pasidEnabled whether it can work on the addresses of a process; without, no user queue can
 *     be enabled
 * @param maxTransferSize bytes in the longest transfer that it can do
 * @param maxBatchSize descriptors in the longest batch that it can do
 * @param batchOffered whether processes may submit batches; newer kernels take them away together
 *     with the right to map a portal
 * @param capabilities the bits of the register GENCAP
 * @param operations the opcodes below 64 that it has, a bit each
 * @param groups its groups
 * @param engines its engines
 * @param queues its work queues
 */
public record DsaDevice(
        String name,
        String state,
        Long numaNode,
        Long version,
        Boolean pasidEnabled,
        Long maxTransferSize,
        Long maxBatchSize,
        Boolean batchOffered,
        Long capabilities,
        Long operations,
        List<Group> groups,
        List<Engine> engines,
        List<WorkQueue> queues) {

    private static final long BATCH_OPERATION = 1 << 1;

    /** Copies the lists. */
    public DsaDevice {
        groups = List.copyOf(groups);
        engines = List.copyOf(engines);
        queues = List.copyOf(queues);
    }

    /**
     * A group, which ties work queues to engines.
     *
     * @param name such as {@code group0.0}
     * @param trafficClassA the traffic class of ordinary memory
     * @param trafficClassB the traffic class of durable memory
     */
    public record Group(String name, Long trafficClassA, Long trafficClassB) {
        private static Group read(Path folder) {
            return new Group(
                    folder.getFileName().toString(),
                    SystemFiles.number(folder.resolve("traffic_class_a")),
                    SystemFiles.number(folder.resolve("traffic_class_b")));
        }
    }

    /**
     * An engine, which executes what the queues of its group hold.
     *
     * @param name such as {@code engine0.0}
     * @param group the number of its group, -1 if it has none
     */
    public record Engine(String name, Long group) {
        private static Engine read(Path folder) {
            return new Engine(
                    folder.getFileName().toString(),
                    SystemFiles.number(folder.resolve("group_id")));
        }
    }

    /**
     * A work queue.
     *
     * @param name such as {@code wq0.0}
     * @param state {@code enabled} or {@code disabled}
     * @param mode {@code shared} or {@code dedicated}
     * @param type {@code user}, {@code kernel} or {@code none}
     * @param driver the driver that it is bound to, or will be
     * @param group the number of its group, -1 if it has none
     * @param size entries
     * @param threshold entries that processes may fill, in a shared queue
     * @param maxTransferSize bytes in the longest transfer that it takes
     * @param maxBatchSize descriptors in the longest batch that it takes
     * @param blockOnFault whether the device may wait for a page that is not in memory
     * @param node the file by which a process opens it; null if there is none
     * @param mayOpen whether this process may read and write that file
     */
    public record WorkQueue(
            String name,
            String state,
            String mode,
            String type,
            String driver,
            Long group,
            Long size,
            Long threshold,
            Long maxTransferSize,
            Long maxBatchSize,
            Boolean blockOnFault,
            String node,
            Boolean mayOpen) {

        private static WorkQueue read(
                Path folder, Path root, Path nodes, Predicate<Path> mayOpen) {
            String name = folder.getFileName().toString();
            // Some drivers put a suffix behind the queue's name.
            Path node = SystemFiles
                    .list(nodes, file -> file.equals(name) || file.startsWith(name + "-"))
                    .stream()
                    .findFirst()
                    .orElse(null);
            return new WorkQueue(
                    name,
                    SystemFiles.text(folder.resolve("state")),
                    SystemFiles.text(folder.resolve("mode")),
                    SystemFiles.text(folder.resolve("type")),
                    SystemFiles.text(folder.resolve("driver_name")),
                    SystemFiles.number(folder.resolve("group_id")),
                    SystemFiles.number(folder.resolve("size")),
                    SystemFiles.number(folder.resolve("threshold")),
                    SystemFiles.number(folder.resolve("max_transfer_size")),
                    SystemFiles.number(folder.resolve("max_batch_size")),
                    SystemFiles.flag(folder.resolve("block_on_fault")),
                    node == null ? null
                            : node.startsWith(root) ? "/" + root.relativize(node) : "" + node,
                    node == null ? null : mayOpen.test(node));
        }

        /**
         * Returns whether Linux says that the queue is enabled.
         *
         * @return false as well if Linux does not say
         */
        public boolean enabled() {
            return "enabled".equals(state);
        }
    }

    /**
     * Returns whether Linux says that the device is enabled.
     *
     * @return false as well if Linux does not say
     */
    public boolean enabled() {
        return "enabled".equals(state);
    }

    /**
     * Reads the devices of a machine, and does not ask whether this process may open their queues.
     *
     * @param root the folder that stands for {@code /}
     * @return the devices by name
     */
    public static List<DsaDevice> readAll(Path root) {
        Objects.requireNonNull(root, "root");
        return readAll(DsaFolders.below(root), root, queue -> true);
    }

    /** The devices by name; none if there are none. */
    static List<DsaDevice> readAll(DsaFolders folders, Path root, Predicate<Path> mayOpen) {
        return SystemFiles.list(folders.sysfs(), name -> name.matches("dsa\\d+"))
                .stream()
                .map(device -> read(device, folders, root, mayOpen))
                .toList();
    }

    private static DsaDevice read(
            Path folder, DsaFolders folders, Path root, Predicate<Path> mayOpen) {
        String operations = SystemFiles.text(folder.resolve("op_cap"));
        return new DsaDevice(
                folder.getFileName().toString(),
                SystemFiles.text(folder.resolve("state")),
                SystemFiles.number(folder.resolve("numa_node")),
                SystemFiles.number(folder.resolve("version")),
                SystemFiles.flag(folder.resolve("pasid_enabled")),
                SystemFiles.number(folder.resolve("max_transfer_size")),
                SystemFiles.number(folder.resolve("max_batch_size")),
                batchOffered(operations),
                SystemFiles.number(folder.resolve("gen_cap")),
                operations(operations),
                parts(folder, folders, "group").stream().map(Group::read).toList(),
                parts(folder, folders, "engine").stream().map(Engine::read).toList(),
                parts(folder, folders, "wq").stream()
                        .map(queue -> WorkQueue.read(queue, root, folders.nodes(), mayOpen))
                        .toList());
    }

    /**
     * The bus also carries the queues of other accelerators; the number ties them to their device.
     * Linux shows the parts of a device on the bus and below the device. A copy of the tree may
     * have them in one place only.
     */
    private static List<Path> parts(Path device, DsaFolders folders, String kind) {
        String number = device.getFileName().toString().substring("dsa".length());
        Predicate<String> name = file -> file.startsWith(kind + number + ".");
        var parts = new ArrayList<>(SystemFiles.list(folders.sysfs(), name));
        if (parts.isEmpty()) {
            parts.addAll(SystemFiles.list(device, name));
        }
        return parts;
    }

    /** Older kernels write the operations without commas, and offer batches to everybody. */
    private static Boolean batchOffered(String text) {
        Long operations = text == null || text.indexOf(',') < 0 ? null : operations(text);
        return operations == null ? null : (operations & BATCH_OPERATION) != 0;
    }

    /**
     * Newer kernels write groups of eight hexadecimal digits between commas, the lowest last. Older
     * kernels write four numbers of 64 bits, the lowest first.
     */
    private static Long operations(String text) {
        if (text == null) {
            return null;
        }
        try {
            if (text.indexOf(',') < 0) {
                return Long.parseUnsignedLong(text.split("\\s")[0].replaceFirst("^0x", ""), 16);
            }
            String[] groups = text.split(",");
            long low = Long.parseUnsignedLong(groups[groups.length - 1], 16);
            return Long.parseUnsignedLong(groups[groups.length - 2], 16) << 32 | low;
        } catch (NumberFormatException e) {
            return null;
        }
    }
}
