package io.github.vdm4j.dsa;

import io.github.vdm4j.dsa.portal.Portal;
import io.github.vdm4j.emulator.DeviceModel;
import io.github.vdm4j.emulator.DeviceSettings;
import io.github.vdm4j.emulator.FaultPlan;
import io.github.vdm4j.emulator.QueueSettings;
import io.github.vdm4j.emulator.SysfsTree;
import io.github.vdm4j.machine.DsaFolders;
import io.github.vdm4j.machine.SystemFiles;
import io.github.vdm4j.memory.Durability;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/** Movers on devices of the emulator in this process. */
public final class DsaMovers implements AutoCloseable {
    public final InProcessDevices devices = new InProcessDevices();
    private final List<DeviceSettings> settings = new ArrayList<>();
    private final Path root;

    public DsaMovers() {
        try {
            root = Files.createTempDirectory("vdm4j-dsa");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Returns one device of the second version with one shared queue. */
    public static DsaMovers withOneQueue() {
        return new DsaMovers().device(new DeviceSettings().queue(QueueSettings.shared(64)));
    }

    public DsaMovers device(DeviceSettings next) {
        return device(next, FaultPlan.NONE, DeviceModel.Observer.NONE);
    }

    public DsaMovers device(DeviceSettings next, FaultPlan faults, DeviceModel.Observer observer) {
        devices.device(settings.size(), new DeviceModel(next, faults, System::nanoTime, observer));
        settings.add(next);
        return this;
    }

    /** Returns the machine with the devices. */
    public DsaSystem system() {
        try {
            Path sysfs = Files.createDirectories(root.resolve("sys/bus/dsa/devices"));
            SysfsTree.write(sysfs, settings);
            Path nodes = Files.createDirectories(root.resolve("dev/dsa"));
            for (Path queue : SystemFiles.list(sysfs, name -> name.startsWith("wq"))) {
                Files.writeString(nodes.resolve(queue.getFileName()), "");
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        // The key is the whole path of each node, because queues of other tests may still be open.
        return DsaSystem.read(Path.of("/"), DsaFolders.below(root), node -> true);
    }

    /** Opens a mover that sends operations of every size to the devices. */
    public DsaDataMoverBuilder builder() {
        return builder(devices);
    }

    /** Returns settings with the thresholds of users and with write-back engines of the test. */
    public DsaDataMoverBuilder builder(Durability engines) {
        return defaults(devices).durability(engines);
    }

    /** Opens the same mover with different files of the queues. */
    public DsaDataMoverBuilder builder(Portal.Opener opener) {
        return defaults(opener).offloadFrom(0).offloadFromWhenAwaited(0);
    }

    /** Opens a mover with the thresholds of users. */
    DsaDataMoverBuilder defaults(Portal.Opener opener) {
        return DsaDataMover.builder()
                .durability(Durability.withoutLibpmem())
                .machine(this::system, opener);
    }

    @Override
    public void close() {
        devices.close();
        try (var files = Files.walk(root)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(file);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
