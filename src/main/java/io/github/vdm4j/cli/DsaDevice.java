package io.github.vdm4j.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/**
 * A DSA device as Linux shows it. What it does not show is null.
 *
 * @param name such as {@code dsa0}
 * @param state enabled or disabled
 * @param numaNode the node that it is attached to, -1 if there is none
 * @param maxTransferSize bytes in the longest transfer that it can do
 * @param queues its work queues
 */
record DsaDevice(String name, String state, Long numaNode, Long maxTransferSize, List<Queue> queues) {

    /**
     * A work queue.
     *
     * @param name such as {@code wq0.0}
     * @param state enabled or disabled
     * @param mode shared or dedicated
     * @param type user, kernel or none
     * @param size entries
     * @param maxTransferSize bytes in the longest transfer that it takes
     */
    record Queue(
            String name, String state, String mode, String type, Long size, Long maxTransferSize) {

        private static Queue read(Path folder) {
            return new Queue(
                    folder.getFileName().toString(),
                    text(folder, "state"),
                    text(folder, "mode"),
                    text(folder, "type"),
                    number(folder, "size"),
                    number(folder, "max_transfer_size"));
        }
    }

    /**
     * The devices and queues under a folder.
     *
     * @param devices {@code /sys/bus/dsa/devices} or a folder of that form
     * @return the devices by name; none if there is no such folder
     */
    static List<DsaDevice> readAll(Path devices) {
        return list(devices, "dsa*").stream().map(device -> read(devices, device)).toList();
    }

    private static DsaDevice read(Path devices, Path folder) {
        String name = folder.getFileName().toString();
        // The bus also carries the queues of other accelerators; the number ties them to their device.
        List<Queue> queues = list(devices, "wq" + name.substring("dsa".length()) + ".*").stream()
                .map(Queue::read)
                .toList();
        return new DsaDevice(
                name, text(folder, "state"), number(folder, "numa_node"), number(folder, "max_transfer_size"), queues);
    }

    private static List<Path> list(Path folder, String pattern) {
        try (var found = Files.newDirectoryStream(folder, pattern)) {
            var paths = new ArrayList<Path>();
            found.forEach(paths::add);
            // By length first: wq0.2 comes before wq0.10.
            paths.sort(Comparator.<Path>comparingInt(path -> path.toString().length()).thenComparing(Path::toString));
            return paths;
        } catch (IOException e) {
            return List.of();
        }
    }

    private static String text(Path folder, String attribute) {
        try {
            return Files.readString(folder.resolve(attribute)).strip();
        } catch (IOException e) {
            return null;
        }
    }

    private static Long number(Path folder, String attribute) {
        String text = text(folder, attribute);
        try {
            return text == null ? null : Long.valueOf(text);
        } catch (NumberFormatException e) {
            return null;
        }
    }
}
