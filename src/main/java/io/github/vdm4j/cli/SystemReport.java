package io.github.vdm4j.cli;

import io.github.vdm4j.Vdm;
import io.github.vdm4j.VdmFlags;
import io.github.vdm4j.dml.DmlDataMover;
import io.github.vdm4j.dml.DmlLibrary;
import io.github.vdm4j.dml.DmlPath;
import io.github.vdm4j.dml.DmlUnavailableException;
import io.github.vdm4j.dml.DmlUnavailableException.Attempt;
import io.github.vdm4j.dml.DmlVersion;
import io.github.vdm4j.mover.SyncDataMover;
import io.github.vdm4j.mover.ThreadsDataMover;
import io.github.vdm4j.platform.Processor;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;

/**
 * What {@code vdm info} says. The components, in their order, are the keys of its JSON.
 *
 * @param vdm4j the version of vdm4j
 * @param java the Java that runs it
 * @param system the operating system
 * @param dml the library
 * @param processorFlags which of the flags that matter the processor has
 * @param dsaRoot where devices were looked for
 * @param dsa the devices
 * @param movers the movers that can be opened
 */
record SystemReport(
        String vdm4j,
        Java java,
        OperatingSystem system,
        Dml dml,
        Map<String, Boolean> processorFlags,
        String dsaRoot,
        List<DsaDevice> dsa,
        List<Mover> movers) {

    /** Those for submitting (movdir64b, enqcmd), waiting (waitpkg), writing back and copying. */
    private static final List<String> FLAGS = List.of("movdir64b", "enqcmd", "waitpkg", "clwb", "clflushopt",
            "avx512f");

    /** The Java that runs the command. */
    record Java(String version, String vendor, String home) {}

    /** The operating system. */
    record OperatingSystem(String name, String kernel, String architecture, int processors) {}

    /** Intel DML; either the first three are there, or the attempts to find it. */
    record Dml(boolean available, String location, String file, DmlVersion version, List<Attempt> attempts) {}

    /** A mover, the path that it runs, and what it supports. */
    record Mover(String name, String path, Map<String, Boolean> supports) {}

    /**
     * Looks around.
     *
     * @param dsaRoot {@code /sys/bus/dsa/devices} or a folder of that form
     * @param cpuinfo {@code /proc/cpuinfo} or a file of that form
     */
    static SystemReport of(Path dsaRoot, Path cpuinfo) {
        var movers = new ArrayList<Mover>();
        Dml dml = findDml(movers);
        try (var threads = ThreadsDataMover.builder().threads(1).open();
                var sync = SyncDataMover.open()) {
            movers.add(describe("threads", "JVM", threads));
            movers.add(describe("sync", "JVM", sync));
        }
        return new SystemReport(
                VdmCommand.Version.text(),
                new Java(System.getProperty("java.vm.version"), System.getProperty("java.vendor"),
                        System.getProperty("java.home")),
                new OperatingSystem(System.getProperty("os.name"), System.getProperty("os.version"),
                        System.getProperty("os.arch"), Runtime.getRuntime().availableProcessors()),
                dml,
                flags(Processor.flags(cpuinfo)),
                dsaRoot.toString(),
                DsaDevice.readAll(dsaRoot),
                movers);
    }

    private static Dml findDml(List<Mover> movers) {
        try (var mover = DmlDataMover.open()) {
            movers.add(describe("dml", mover.runningPath() == DmlPath.HARDWARE ? "hardware" : "software", mover));
            DmlLibrary library = mover.library();
            return new Dml(true, library.location(), loadedFile(library), library.version(), List.of());
        } catch (DmlUnavailableException e) {
            return new Dml(false, null, null, null, e.attempts());
        }
    }

    private static Mover describe(String name, String path, Vdm mover) {
        var supports = new LinkedHashMap<String, Boolean>();
        for (VdmFlags flag : List.of(VdmFlags.MEM_DURABLE, VdmFlags.NO_CACHE_HINT)) {
            supports.put(flag.toString(), mover.isSupported(flag));
        }
        return new Mover(name, path, supports);
    }

    /** The file behind a name that the dynamic loader resolved; null where the kernel does not tell. */
    private static String loadedFile(DmlLibrary library) {
        String name = Path.of(library.location()).getFileName().toString();
        Predicate<String> loaded = file -> Path.of(file).getFileName().toString().startsWith(name);
        try (var mappings = Files.lines(Path.of("/proc/self/maps"))) {
            return mappings
                    .filter(line -> line.indexOf('/') >= 0)
                    .map(line -> line.substring(line.indexOf('/')))
                    .filter(loaded)
                    .findFirst()
                    .orElse(null);
        } catch (IOException | RuntimeException e) {
            return null;
        }
    }

    private static Map<String, Boolean> flags(Set<String> present) {
        var flags = new LinkedHashMap<String, Boolean>();
        FLAGS.forEach(flag -> flags.put(flag, present.contains(flag)));
        return flags;
    }
}
