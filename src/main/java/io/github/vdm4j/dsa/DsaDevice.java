package io.github.vdm4j.dsa;

import io.github.vdm4j.engine.channel.Opcode;
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
 * @param numaNode the NUMA node of the device, or -1 if the firmware names no node
 * @param version the version of its architecture, for example 0x100
 * @param pasidEnabled whether it can use the addresses of a process. User queues require this
 * @param maxTransferSize bytes in its longest transfer
 * @param maxBatchSize descriptors in its longest batch
 * @param batchOffered whether processes may submit batches. Newer kernels withdraw batches together
 *     with the mapped portal
 * @param capabilities the bits of the register GENCAP
 * @param operations the opcodes below 64, with one bit for each opcode
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

    /** Copies the lists. */
    public DsaDevice {
        groups = List.copyOf(groups);
        engines = List.copyOf(engines);
        queues = List.copyOf(queues);
    }

    /**
     * A group of work queues and engines. The engines of a group execute the descriptors of its
     * queues.
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
     * An engine. It executes descriptors of the queues in its group.
     *
     * @param name such as {@code engine0.0}
     * @param group the number of its group, or -1 without a group
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
     * @param driver the driver to which Linux binds the queue
     * @param group the number of its group, or -1 without a group
     * @param size the number of entries
     * @param threshold the number of entries that processes may fill in a shared queue
     * @param maxTransferSize bytes in its longest transfer
     * @param maxBatchSize descriptors in its longest batch
     * @param blockOnFault whether the device may wait for a page that is not in memory
     * @param node the device file of the queue, or null if there is no file
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
            // Some drivers append a suffix to the queue's name.
            Path node = SystemFiles
                    .list(nodes, file -> file.equals(name) || file.startsWith(name + "-"))
                    .stream()
                    .findFirst()
                    .orElse(null);
            return new WorkQueue(
                    name,
                    SystemFiles.word(folder.resolve("state")),
                    SystemFiles.word(folder.resolve("mode")),
                    SystemFiles.word(folder.resolve("type")),
                    SystemFiles.word(folder.resolve("driver_name")),
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

        /** {@return whether Linux shows the queue as enabled} */
        public boolean enabled() {
            return "enabled".equals(state);
        }

        /** {@return whether the queue is for one process only} */
        public boolean dedicated() {
            return "dedicated".equals(mode);
        }

        /** {@return the number of descriptors of a process in the queue, or 0 if it is unknown} */
        public int capacity() {
            Long shown = dedicated() || threshold == null || threshold == 0 ? size : threshold;
            return (int) Math.min(Objects.requireNonNullElse(shown, 0L), Integer.MAX_VALUE);
        }
    }

    /** {@return whether Linux shows the device as enabled} */
    public boolean enabled() {
        return "enabled".equals(state);
    }

    /**
     * Reads the devices of a machine. The result assumes that this process may open their queues.
     *
     * @param root the folder that stands for {@code /}
     * @return the devices in the order of their names
     */
    public static List<DsaDevice> readAll(Path root) {
        Objects.requireNonNull(root, "root");
        return readAll(DsaFolders.below(root), root, queue -> true);
    }

    /** Returns the devices in the order of their names. */
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
                SystemFiles.word(folder.resolve("state")),
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
     * Returns the parts of a device. The number in a part's name identifies its device, because the
     * bus also lists the parts of other accelerators. Linux shows the parts on the bus and below
     * the device. A copy of the tree may contain them in one place only.
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

    /**
     * Returns whether processes may submit batches. Older kernels write the operations without
     * commas, and allow batches to all processes.
     */
    private static Boolean batchOffered(String text) {
        Long operations = text == null || text.indexOf(',') < 0 ? null : operations(text);
        return operations == null ? null : (operations & 1 << Opcode.BATCH) != 0;
    }

    /**
     * Returns the opcodes below 64. Newer kernels write groups of eight hexadecimal digits between
     * commas, and the last group is the lowest. Older kernels write four numbers of 64 bits, and
     * the first number is the lowest.
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
