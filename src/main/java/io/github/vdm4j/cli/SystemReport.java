package io.github.vdm4j.cli;

import io.github.vdm4j.DurabilityDomain;
import io.github.vdm4j.Vdm;
import io.github.vdm4j.VdmFlags;
import io.github.vdm4j.dml.DmlDataMover;
import io.github.vdm4j.dml.DmlDiagnosis;
import io.github.vdm4j.dml.DmlLibrary;
import io.github.vdm4j.dml.DmlPath;
import io.github.vdm4j.dml.DmlUnavailableException;
import io.github.vdm4j.dml.DmlUnavailableException.Attempt;
import io.github.vdm4j.dml.DmlVersion;
import io.github.vdm4j.dsa.DsaDataMover;
import io.github.vdm4j.dsa.DsaDevice;
import io.github.vdm4j.dsa.DsaDiagnosis;
import io.github.vdm4j.dsa.DsaUnavailableException;
import io.github.vdm4j.machine.Message;
import io.github.vdm4j.machine.SystemFiles;
import io.github.vdm4j.memory.PmemLibrary;
import io.github.vdm4j.mover.SyncDataMover;
import io.github.vdm4j.mover.ThreadsDataMover;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Collectors;

/**
 * The report of {@code vdm info}. Its components, in this order, are the keys of the JSON.
 *
 * @param diagnosis whether the hardware path works, and the findings for it
 * @param dsa whether DSA works without Intel DML
 * @param movers the movers that can be opened
 * @param volatileFiles the effect of a durable operation on a file in a memory file system
 */
record SystemReport(
        String vdm4j,
        Java java,
        OperatingSystem system,
        Dml dml,
        Pmem libpmem,
        DmlDiagnosis diagnosis,
        DsaDiagnosis dsa,
        List<Mover> movers,
        String volatileFiles) {

    private static final String VOLATILE_FILES =
            "a file in a tmpfs, ramfs or hugetlbfs has the domain " + DurabilityDomain.VOLATILE
                    + ": " + VdmFlags.MEM_DURABLE
                    + " and flush succeed, and nothing survives a power cut";

    record Java(String version, String vendor, String home) {}

    record OperatingSystem(String name, String kernel, String architecture, int processors) {}

    /**
     * The state of Intel DML. If DML is available, the location, file and version are set.
     * Otherwise the attempts to find it are set.
     */
    record Dml(boolean available, String location, String file, DmlVersion version,
            List<Attempt> attempts) {}

    /**
     * The state of libpmem, which writes back cache lines. It has a location if it is available,
     * and otherwise a reason.
     */
    record Pmem(boolean available, String location, String reason) {
        String text() {
            return available ? location : "not available: " + reason;
        }
    }

    record Mover(String name, String path, Map<String, Boolean> supports) {}

    static SystemReport of(Diagnoses diagnoses) {
        DmlDiagnosis diagnosis = diagnoses.dml();
        var movers = new ArrayList<Mover>();
        Dml dml = findDml(movers);
        if (diagnoses.dsa().works()) {
            findDsa(movers);
        }
        try (var threads = ThreadsDataMover.builder().threads(1).open();
                var sync = SyncDataMover.open()) {
            movers.add(describe("threads", "JVM", threads));
            movers.add(describe("sync", "JVM", sync));
        }
        return new SystemReport(VdmCommand.Version.text(),
                new Java(System.getProperty("java.vm.version"), System.getProperty("java.vendor"),
                        System.getProperty("java.home")),
                new OperatingSystem(System.getProperty("os.name"), System.getProperty("os.version"),
                        System.getProperty("os.arch"), Runtime.getRuntime().availableProcessors()),
                dml,
                findPmem(),
                diagnosis,
                diagnoses.dsa(),
                movers,
                VOLATILE_FILES);
    }

    private static Dml findDml(List<Mover> movers) {
        try (var mover = DmlDataMover.open()) {
            movers.add(describe("dml",
                    mover.runningPath() == DmlPath.HARDWARE ? "hardware" : "software", mover));
            DmlLibrary library = mover.library();
            return new Dml(true, library.location(), loadedFile(library), library.version(),
                    List.of());
        } catch (DmlUnavailableException e) {
            return new Dml(false, null, null, null, e.attempts());
        }
    }

    private static Pmem findPmem() {
        return new Pmem(PmemLibrary.find().isPresent(),
                PmemLibrary.find().map(PmemLibrary::location).orElse(null),
                PmemLibrary.whyUnavailable().orElse(null));
    }

    private static void findDsa(List<Mover> movers) {
        try (var mover = DsaDataMover.open()) {
            movers.add(describe("dsa", "hardware", mover));
        } catch (DsaUnavailableException e) {
            // The queues have disappeared since the diagnosis.
        }
    }

    private static Mover describe(String name, String path, Vdm mover) {
        var supports = new LinkedHashMap<String, Boolean>();
        for (VdmFlags flag : List.of(VdmFlags.MEM_DURABLE, VdmFlags.NO_CACHE_HINT)) {
            supports.put(flag.toString(), mover.isSupported(flag));
        }
        return new Mover(name, path, supports);
    }

    /**
     * Returns the file that the dynamic loader has opened for a library's name. Returns null if the
     * kernel does not report it.
     */
    private static String loadedFile(DmlLibrary library) {
        String name = Path.of(library.location()).getFileName().toString();
        String mappings = Objects.requireNonNullElse(
                SystemFiles.text(Path.of("/proc/self/maps")), "");
        return mappings.lines()
                .filter(line -> line.indexOf('/') >= 0)
                .map(line -> line.substring(line.indexOf('/')))
                .filter(file -> file.startsWith(name, file.lastIndexOf('/') + 1))
                .findFirst()
                .orElse(null);
    }

    /** Returns the text form. The first column contains topics, and the second column facts. */
    String text() {
        var text = new StringBuilder();
        line(text, "vdm4j", vdm4j);
        line(text, "java", "%s, %s, %s".formatted(java.version(), java.vendor(), java.home()));
        line(text, "system", Message.of("%s %s %s, %d processors", system.name(), system.kernel(),
                system.architecture(), system.processors()));
        appendDml(text);
        line(text, "libpmem", libpmem.text());
        Map<String, Boolean> flags = dsa.system().processorFlags();
        line(text, "processor", flags == null ? "unknown" : yesOrNo(flags));
        appendDevices(text);
        line(text, "", diagnosis.verdict());
        line(text, "", dsa.verdict());
        String topic = "movers";
        for (Mover mover : movers) {
            line(text, topic, "%-8s path %-9s %s".formatted(mover.name(), mover.path(),
                    yesOrNo(mover.supports())));
            topic = "";
        }
        line(text, "durable", volatileFiles);
        return text.toString();
    }

    private void appendDml(StringBuilder text) {
        if (dml.available()) {
            DmlVersion version = dml.version();
            line(text, "Intel DML", "%s, commit %s, built %s".formatted(version.version(),
                    version.commit(), version.buildDate()));
            line(text, "", dml.file() == null || dml.file().equals(dml.location())
                    ? dml.location()
                    : dml.location() + " is " + dml.file());
        } else {
            line(text, "Intel DML", "not available; tried:");
            dml.attempts()
                    .forEach(attempt -> line(text, "", attempt.place() + ": " + attempt.outcome()));
        }
    }

    private void appendDevices(StringBuilder text) {
        if (dsa.system().devices().isEmpty()) {
            line(text, "DSA", "no device");
        }
        String topic = "DSA";
        for (DsaDevice device : dsa.system().devices()) {
            line(text, topic, "%-8s %s, NUMA node %s, max transfer %s".formatted(device.name(),
                    known(device.state()), known(device.numaNode()),
                    size(device.maxTransferSize())));
            for (DsaDevice.WorkQueue queue : device.queues()) {
                line(text, "", "%-8s %s, %s, type %s, size %s, max transfer %s".formatted(
                        "  " + queue.name(), known(queue.state()), known(queue.mode()),
                        known(queue.type()), known(queue.size()), size(queue.maxTransferSize())));
            }
            topic = "";
        }
    }

    private static void line(StringBuilder text, String topic, String content) {
        text.append("%-10s %s%n".formatted(topic, content));
    }

    private static String yesOrNo(Map<String, Boolean> answers) {
        return answers.entrySet()
                .stream()
                .map(answer -> answer.getKey() + " " + (answer.getValue() ? "yes" : "no"))
                .collect(Collectors.joining(", "));
    }

    private static String known(Object value) {
        return value == null ? "unknown" : value.toString();
    }

    private static String size(Long bytes) {
        return bytes == null ? "unknown" : new ByteSize(bytes).toString();
    }
}
