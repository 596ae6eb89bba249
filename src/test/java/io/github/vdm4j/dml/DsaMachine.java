package io.github.vdm4j.dml;

import io.github.vdm4j.dsa.DsaSystem;
import io.github.vdm4j.machine.NumaNodes;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/** The files of a machine with DSA in the form of Linux. The initial machine has no defect. */
public final class DsaMachine {
    private static final String BUS = "sys/bus/dsa/devices/";

    private final Path root;
    private final Set<String> locked = new TreeSet<>();
    private AccelConfig accelConfig = new AccelConfig(true, null, List.of());

    /**
     * Creates a machine without a device. The machine has a processor, a kernel without guarded
     * portals, and a process on node 0 without capabilities.
     */
    public DsaMachine(Path root) {
        this.root = root;
        processor("movdir64b enqcmd waitpkg clwb clflushopt avx512f");
        kernel("6.8.0-31-generic");
        process(0, "0-3");
        node(0, "0-3");
        file("proc/self/uid_map", "         0          0 4294967295");
        file("proc/cmdline", "root=/dev/sda1 intel_iommu=on,sm_on quiet");
    }

    public DsaMachine processor(String flags) {
        return file("proc/cpuinfo", "processor\t: 0\nflags\t\t: fpu " + flags + "\nbugs\t\t:");
    }

    public DsaMachine kernel(String release) {
        return file("proc/sys/kernel/osrelease", release);
    }

    public DsaMachine process(long capabilities, String processors) {
        return file("proc/self/status",
                "Name:\tjava\nCapEff:\t%016x\nCpus_allowed_list:\t%s".formatted(capabilities,
                        processors));
    }

    public DsaMachine node(int number, String processors) {
        return file("sys/devices/system/node/node" + number + "/cpulist", processors);
    }

    /** Adds an enabled device with all capabilities. */
    public DsaMachine device(int number, int node) {
        file("sys/bus/pci/drivers/idxd/bind", "");
        return device(number, "state", "enabled", "numa_node", "" + node, "version", "0x100",
                "pasid_enabled", "1",
                "max_transfer_size", "2147483648", "max_batch_size", "1024", "gen_cap",
                "0x40915f0107", "op_cap",
                "00000000,001f03ff")
                .attributes("group" + number + ".0", "traffic_class_a", "1", "traffic_class_b", "1")
                .attributes("engine" + number + ".0", "group_id", "0");
    }

    public DsaMachine device(int number, String... attributes) {
        return attributes("dsa" + number, attributes);
    }

    /** Adds an enabled shared queue of type user with its device file. */
    public DsaMachine queue(String numbers) {
        return queue(numbers, "state", "enabled", "mode", "shared", "type", "user", "driver_name",
                "user", "group_id",
                "0",
                "size", "32", "threshold", "28", "max_transfer_size", "2097152", "max_batch_size",
                "32",
                "block_on_fault", "1").file("dev/dsa/wq" + numbers, "");
    }

    public DsaMachine queue(String numbers, String... attributes) {
        return attributes("wq" + numbers, attributes);
    }

    /** Adds an analytics accelerator on the same bus. */
    public DsaMachine analytics(int number) {
        return attributes("iax" + number, "state", "enabled");
    }

    public DsaMachine without(String file) {
        try {
            Files.delete(root.resolve(file));
            return this;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /**
     * Removes the right to open a node. The class simulates this, because file modes do not
     * restrict root.
     */
    public DsaMachine locked(String node) {
        locked.add(node);
        return this;
    }

    public DsaMachine accelConfig(AccelConfig library) {
        accelConfig = library;
        return this;
    }

    public DsaMachine file(String name, String content) {
        try {
            Path file = root.resolve(name);
            Files.createDirectories(file.getParent());
            Files.writeString(file, content + "\n");
            return this;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private DsaMachine attributes(String name, String... attributes) {
        for (int i = 0; i < attributes.length; i += 2) {
            file(BUS + name + "/" + attributes[i], attributes[i + 1]);
        }
        return this;
    }

    /** Returns the state of the machine that a process sees. */
    public DsaSystem system() {
        return DsaSystem.read(root, node -> !locked.contains("/" + root.relativize(node)));
    }

    /** Returns the diagnosis for DML 1.1.1. */
    public DmlDiagnosis diagnosis() {
        return diagnosis(1, 1, 1);
    }

    public DmlDiagnosis diagnosis(int major, int minor, int patch) {
        String version = major + "." + minor + "." + patch;
        return diagnosis(new DmlVersion("DML", version, major, minor, patch, "0", "today", "1"),
                NumaNodes.ANY);
    }

    /** Returns the diagnosis for a mover that is bound to a NUMA node. */
    DmlDiagnosis diagnosisOnNode(int node) {
        return diagnosis(new DmlVersion("DML", "1.1.1", 1, 1, 1, "0", "today", "1"), node);
    }

    private DmlDiagnosis diagnosis(DmlVersion version, int node) {
        return DmlDiagnosis.of(system(), accelConfig, version, node);
    }
}
