package io.github.vdm4j.dml.internal;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.OptionalLong;

/** What the kernel says about the accelerator's work queues. */
public final class WorkQueues {
    /** Where Linux shows the devices and queues of its idxd driver. */
    public static final Path SYSFS = Path.of("/sys/bus/dsa/devices");

    private WorkQueues() {}

    /**
     * The smallest limit on the length of one transfer among the enabled queues, so that an operation
     * fits whichever queue it gets to.
     *
     * @param devices {@link #SYSFS} or a folder of that form
     * @return bytes; empty if there is no enabled queue, or none that tells
     */
    public static OptionalLong maxTransferBytes(Path devices) {
        try (var queues = Files.newDirectoryStream(devices, "wq*")) {
            OptionalLong smallest = OptionalLong.empty();
            for (Path queue : queues) {
                if (read(queue.resolve("state")).equals("enabled")) {
                    long limit = Long.parseLong(read(queue.resolve("max_transfer_size")));
                    smallest = OptionalLong.of(Math.min(limit, smallest.orElse(limit)));
                }
            }
            return smallest;
        } catch (IOException | NumberFormatException e) {
            return OptionalLong.empty();
        }
    }

    private static String read(Path file) throws IOException {
        return Files.readString(file).strip();
    }
}
