package io.github.vdm4j.machine;

import java.nio.file.Path;
import java.util.Objects;

/**
 * The two folders in which Linux shows DSA devices and their work queues.
 *
 * @param sysfs the attributes of the devices
 * @param nodes the character devices of the work queues
 */
public record DsaFolders(Path sysfs, Path nodes) {
    public static final String SYSFS_PROPERTY = "vdm4j.dsa.sysfs";

    public static final String NODES_PROPERTY = "vdm4j.dsa.devices";

    private static final String EMULATED = "emulated-";

    /** Returns the folders below a folder that stands for {@code /}. */
    public static DsaFolders below(Path root) {
        return new DsaFolders(root.resolve("sys/bus/dsa/devices"), root.resolve("dev/dsa"));
    }

    /**
     * Returns the folders of this machine. A property or an environment variable ({@code
     * VDM4J_DSA_SYSFS}, {@code VDM4J_DSA_DEVICES}) replaces each folder. The property has priority.
     */
    public static DsaFolders current() {
        DsaFolders usual = below(Path.of("/"));
        return new DsaFolders(
                chosen(SYSFS_PROPERTY, "VDM4J_DSA_SYSFS", usual.sysfs()),
                chosen(NODES_PROPERTY, "VDM4J_DSA_DEVICES", usual.nodes()));
    }

    /**
     * Returns whether the devices belong to the emulator. The names of the emulator's queues have
     * the prefix {@code emulated-}.
     */
    public boolean areEmulated() {
        return SystemFiles.list(sysfs, name -> name.startsWith("wq"))
                .stream()
                .map(queue -> SystemFiles.text(queue.resolve("name")))
                .filter(Objects::nonNull)
                .anyMatch(name -> name.startsWith(EMULATED));
    }

    private static Path chosen(String property, String variable, Path usual) {
        String chosen = System.getProperty(property);
        if (chosen == null || chosen.isBlank()) {
            chosen = System.getenv(variable);
        }
        return chosen == null || chosen.isBlank() ? usual : Path.of(chosen);
    }
}
