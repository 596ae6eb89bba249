package io.github.vdm4j.emulator;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.BitSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** A folder with the attributes of /sys/bus/dsa/devices. */
public final class SysfsTree {
    private static final int OPCODE_WORDS = 8; // Each number has 32 bits, and the highest is first.
    private static final String ENABLED = "enabled";

    private SysfsTree() {}

    /**
     * Writes the tree: {@code dsa0/}, {@code dsa0/wq0.0/} and a link {@code wq0.0} to {@code
     * dsa0/wq0.0/}. The devices are dsa0, dsa1 and so on.
     *
     * @throws IOException if a file cannot be written
     */
    public static void write(Path folder, List<DeviceSettings> devices) throws IOException {
        for (int number = 0; number < devices.size(); number++) {
            DeviceSettings device = devices.get(number);
            Path home = Files.createDirectories(folder.resolve("dsa" + number));
            writeAttributes(home, attributes(device));
            for (int queue = 0; queue < device.queues().size(); queue++) {
                String name = "wq" + number + "." + queue;
                writeAttributes(Files.createDirectories(home.resolve(name)),
                        attributes(device, device.queues().get(queue), name));
                Path link = folder.resolve(name);
                Files.deleteIfExists(link);
                Files.createSymbolicLink(link, Path.of("dsa" + number, name));
            }
        }
    }

    private static void writeAttributes(Path folder, Map<String, Object> attributes)
            throws IOException {
        for (Map.Entry<String, Object> attribute : attributes.entrySet()) {
            Files.writeString(folder.resolve(attribute.getKey()), attribute.getValue() + "\n");
        }
    }

    private static Map<String, Object> attributes(DeviceSettings device) {
        Map<String, Object> attributes = new LinkedHashMap<>();
        attributes.put("state", ENABLED);
        attributes.put("pasid_enabled", 1);
        attributes.put("numa_node", device.numaNode);
        attributes.put("version", "0x%x".formatted(device.version));
        attributes.put("gen_cap", "0x%x".formatted(device.genCap()));
        attributes.put("op_cap", opCap(device.opcodes));
        attributes.put("max_transfer_size", device.maxTransfer);
        attributes.put("max_batch_size", device.maxBatch);
        attributes.put("max_work_queues", device.queues().size());
        attributes.put("max_work_queues_size",
                device.queues().stream().mapToInt(QueueSettings::size).sum());
        attributes.put("max_groups", 1);
        attributes.put("max_engines", 1);
        attributes.put("configurable", 1);
        attributes.put("clients", 0);
        attributes.put("errors", "0x0 0x0 0x0 0x0");
        return attributes;
    }

    private static Map<String, Object> attributes(DeviceSettings device, QueueSettings queue,
            String name) {
        Map<String, Object> attributes = new LinkedHashMap<>();
        attributes.put("state", ENABLED);
        attributes.put("type", "user");
        attributes.put("driver_name", "user");
        attributes.put("name", "emulated-" + name);
        attributes.put("mode", queue.dedicated() ? "dedicated" : "shared");
        attributes.put("size", queue.size());
        attributes.put("threshold", queue.dedicated() ? 0 : queue.threshold());
        attributes.put("priority", 1);
        attributes.put("group_id", 0);
        attributes.put("block_on_fault", queue.blockOnFault() ? 1 : 0);
        attributes.put("max_transfer_size",
                queue.maxTransfer() == 0 ? device.maxTransfer : queue.maxTransfer());
        attributes.put("max_batch_size",
                queue.maxBatch() == 0 ? device.maxBatch : queue.maxBatch());
        attributes.put("cdev_minor", 0);
        attributes.put("clients", 0);
        return attributes;
    }

    private static String opCap(BitSet opcodes) {
        var words = new StringBuilder();
        for (int word = OPCODE_WORDS - 1; word >= 0; word--) {
            long[] bits = opcodes.get(word * Integer.SIZE, (word + 1) * Integer.SIZE).toLongArray();
            words.append("%08x".formatted(bits.length == 0 ? 0 : bits[0]));
            words.append(word == 0 ? "" : ",");
        }
        return words.toString();
    }
}
