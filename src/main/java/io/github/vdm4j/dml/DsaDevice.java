package io.github.vdm4j.dml;

import java.nio.file.Path;
import java.util.List;
import java.util.OptionalLong;
import java.util.function.Predicate;

/**
 * An Intel Data Streaming Accelerator as Linux shows it. What Linux does not show is null.
 *
 * @param name such as {@code dsa0}
 * @param state {@code enabled} or {@code disabled}
 * @param numaNode the node that it is attached to, -1 if the firmware names none
 * @param version the version of its architecture: 0x100, 0x200, ...
 * @param pasidEnabled whether it can work on the addresses of a process; without, no user queue can
 * be enabled
 * @param maxTransferSize bytes in the longest transfer that it can do
 * @param maxBatchSize descriptors in the longest batch that it can do
 * @param batchOffered whether processes may submit batches; newer kernels take them away together
 * with the right to map a portal
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
        List<Group> groups,
        List<Engine> engines,
        List<WorkQueue> queues) {

    static final String FOLDER = "sys/bus/dsa/devices";
    private static final String NODES = "dev/dsa";
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
     * @param blockOnFault whether a page that is not in memory is waited for
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

        private static WorkQueue read(Path folder, SystemFiles files, Predicate<Path> mayOpen) {
            String name = folder.getFileName().toString();
            // Some drivers put a suffix behind the queue's name.
            Path node = files.list(NODES, file -> file.equals(name) || file.startsWith(name + "-"))
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
                    node == null ? null : "/" + files.root().relativize(node),
                    node == null ? null : mayOpen.test(node));
        }

        /**
         * Tells whether it takes descriptors.
         *
         * @return true if Linux says so
         */
        public boolean enabled() {
            return "enabled".equals(state);
        }
    }

    /**
     * Tells whether it works.
     *
     * @return true if Linux says so
     */
    public boolean enabled() {
        return "enabled".equals(state);
    }

    /** The devices by name, without a look whether this process may use their queues. */
    static List<DsaDevice> readAll(SystemFiles files) {
        return readAll(files, queue -> true);
    }

    /** The devices by name; none if there are none. */
    static List<DsaDevice> readAll(SystemFiles files, Predicate<Path> mayOpen) {
        return files.list(FOLDER, name -> name.matches("dsa\\d+"))
                .stream()
                .map(device -> read(device, files, mayOpen))
                .toList();
    }

    private static DsaDevice read(Path folder, SystemFiles files, Predicate<Path> mayOpen) {
        String name = folder.getFileName().toString();
        // The bus also carries the queues of other accelerators; the number ties them to their
        // device.
        String number = name.substring("dsa".length());
        return new DsaDevice(
                name,
                SystemFiles.text(folder.resolve("state")),
                SystemFiles.number(folder.resolve("numa_node")),
                SystemFiles.number(folder.resolve("version")),
                SystemFiles.flag(folder.resolve("pasid_enabled")),
                SystemFiles.number(folder.resolve("max_transfer_size")),
                SystemFiles.number(folder.resolve("max_batch_size")),
                batchOffered(SystemFiles.text(folder.resolve("op_cap"))),
                parts(files, "group" + number).stream().map(Group::read).toList(),
                parts(files, "engine" + number).stream().map(Engine::read).toList(),
                parts(files, "wq" + number).stream()
                        .map(queue -> WorkQueue.read(queue, files, mayOpen))
                        .toList());
    }

    private static List<Path> parts(SystemFiles files, String prefix) {
        return files.list(FOLDER, name -> name.startsWith(prefix + "."));
    }

    /**
     * The operations are a bit set in groups of hexadecimal digits, the lowest last; older kernels
     * write it otherwise.
     */
    private static Boolean batchOffered(String operations) {
        if (operations == null || operations.indexOf(',') < 0) {
            return null;
        }
        try {
            String lowest = operations.substring(operations.lastIndexOf(',') + 1);
            return (Long.parseUnsignedLong(lowest, 16) & BATCH_OPERATION) != 0;
        } catch (NumberFormatException e) {
            return null;
        }
    }

    /**
     * The smallest limit on the length of one transfer among the enabled queues, so that an
     * operation fits whichever queue it gets to.
     *
     * @param devices what Linux shows
     * @return bytes; empty if there is no enabled queue, or none that tells
     */
    static OptionalLong maxTransferBytes(List<DsaDevice> devices) {
        OptionalLong least = OptionalLong.empty();
        for (DsaDevice device : devices) {
            for (WorkQueue queue : device.queues()) {
                if (queue.enabled()) {
                    least = lesser(least, queue.maxTransferSize());
                }
            }
        }
        return least;
    }

    /**
     * The smallest limit on the tasks of one batch among the enabled queues.
     *
     * @param devices what Linux shows
     * @return the number, 0 if a device takes no batches from processes; empty if there is no
     * enabled queue, or none that tells
     */
    static OptionalLong maxBatchTasks(List<DsaDevice> devices) {
        OptionalLong least = OptionalLong.empty();
        for (DsaDevice device : devices) {
            boolean refused = Boolean.FALSE.equals(device.batchOffered());
            for (WorkQueue queue : device.queues()) {
                if (queue.enabled()) {
                    least = lesser(least, refused ? Long.valueOf(0) : queue.maxBatchSize());
                }
            }
        }
        return least;
    }

    private static OptionalLong lesser(OptionalLong least, Long told) {
        return told == null || least.isPresent() && least.getAsLong() <= told ? least
                : OptionalLong.of(told);
    }
}
