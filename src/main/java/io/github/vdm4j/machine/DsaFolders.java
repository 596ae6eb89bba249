package io.github.vdm4j.machine;

import java.nio.file.Path;

/**
 * The two folders in which Linux shows DSA devices and their work queues.
 *
 * @param sysfs the attributes of the devices
 * @param nodes the character devices of the work queues
 */
public record DsaFolders(Path sysfs, Path nodes) {
    /** The property that names the folder of the attributes. */
    public static final String SYSFS_PROPERTY = "vdm4j.dsa.sysfs";

    /** The property that names the folder of the character devices. */
    public static final String NODES_PROPERTY = "vdm4j.dsa.devices";

    /**
     * Returns the folders of a machine whose files are below a root.
     *
     * @param root the folder that stands for {@code /}
     * @return the folders of Linux
     */
    public static DsaFolders below(Path root) {
        return new DsaFolders(root.resolve("sys/bus/dsa/devices"), root.resolve("dev/dsa"));
    }

    /**
     * Returns the folders of this machine. A property or an environment variable ({@code
     * VDM4J_DSA_SYSFS}, {@code VDM4J_DSA_DEVICES}) replaces each folder. The property has priority.
     *
     * @return the folders to examine
     */
    public static DsaFolders current() {
        DsaFolders usual = below(Path.of("/"));
        return new DsaFolders(
                chosen(SYSFS_PROPERTY, "VDM4J_DSA_SYSFS", usual.sysfs()),
                chosen(NODES_PROPERTY, "VDM4J_DSA_DEVICES", usual.nodes()));
    }

    private static Path chosen(String property, String variable, Path usual) {
        String chosen = System.getProperty(property);
        if (chosen == null || chosen.isBlank()) {
            chosen = System.getenv(variable);
        }
        return chosen == null || chosen.isBlank() ? usual : Path.of(chosen);
    }
}
