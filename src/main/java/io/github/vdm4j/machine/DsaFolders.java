package io.github.vdm4j.machine;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * The two folders in which Linux shows DSA devices and their work queues.
 *
 * @param sysfs the attributes of the devices
 * @param nodes the character devices of the work queues
 */
public record DsaFolders(Path sysfs, Path nodes) {
    public static final String SYSFS_PROPERTY = "vdm4j.dsa.sysfs";

    public static final String NODES_PROPERTY = "vdm4j.dsa.devices";

    private static final String SYSFS_VARIABLE = "VDM4J_DSA_SYSFS";

    private static final String NODES_VARIABLE = "VDM4J_DSA_DEVICES";

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
                chosen(SYSFS_PROPERTY, SYSFS_VARIABLE).map(Setting::folder).orElse(usual.sysfs()),
                chosen(NODES_PROPERTY, NODES_VARIABLE).map(Setting::folder).orElse(usual.nodes()));
    }

    /**
     * Returns the settings of folders without devices, for example {@code VDM4J_DSA_DEVICES=/none:
     * there is no such folder}.
     */
    public static List<String> mistakes() {
        return Stream.concat(
                mistake(chosen(SYSFS_PROPERTY, SYSFS_VARIABLE), "dsa",
                        "the folder shows no DSA device"),
                mistake(chosen(NODES_PROPERTY, NODES_VARIABLE), "wq",
                        "the folder has no file of a work queue"))
                .toList();
    }

    /** Returns the setting of a folder that shows DSA devices, or null. */
    public static String ofDevices() {
        return chosen(SYSFS_PROPERTY, SYSFS_VARIABLE).filter(set -> set.lists("dsa"))
                .map(Setting::toString)
                .orElse(null);
    }

    private static Stream<String> mistake(Optional<Setting> setting, String prefix, String empty) {
        return setting.stream()
                .filter(set -> !set.lists(prefix))
                .map(set -> set + ": "
                        + (Files.isDirectory(set.folder()) ? empty : "there is no such folder"));
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

    /** A property or a variable, and the folder that it names. */
    private record Setting(String name, Path folder) {
        static Optional<Setting> of(String name, String value) {
            return value == null || value.isBlank() ? Optional.empty()
                    : Optional.of(new Setting(name, Path.of(value)));
        }

        boolean lists(String prefix) {
            return !SystemFiles.list(folder, file -> file.startsWith(prefix)).isEmpty();
        }

        @Override
        public String toString() {
            return name + "=" + folder;
        }
    }

    private static Optional<Setting> chosen(String property, String variable) {
        return Setting.of(property, System.getProperty(property))
                .or(() -> Setting.of(variable, System.getenv(variable)));
    }
}
