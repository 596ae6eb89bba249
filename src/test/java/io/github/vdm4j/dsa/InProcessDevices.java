package io.github.vdm4j.dsa;

import io.github.vdm4j.dsa.portal.DsaStatus;
import io.github.vdm4j.dsa.portal.Portal;
import io.github.vdm4j.dsa.portal.Submission;
import io.github.vdm4j.emulator.ClientMemory;
import io.github.vdm4j.emulator.DeviceModel;
import io.github.vdm4j.emulator.LocalMemory;
import io.github.vdm4j.engine.channel.Descriptor;
import java.io.IOException;
import java.lang.foreign.ValueLayout;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Devices of the emulator in this process, behind the interface of a queue's file. The file {@code
 * wq0.1} is queue 1 of device 0. If a queue is disabled, its open portals stay unusable.
 */
public final class InProcessDevices implements Portal.Opener, AutoCloseable {
    private final Map<Integer, DeviceModel> devices = new HashMap<>();
    private final Set<ModelPortal> open = ConcurrentHashMap.newKeySet();
    private final List<Thread> threads = new ArrayList<>();
    final LocalMemory memory = new LocalMemory();
    /** The memory that the devices see. */
    private ClientMemory view = memory;
    /** The flag of devices that complete a submission before it returns. */
    private volatile boolean inline;

    InProcessDevices device(int number, DeviceModel model) {
        devices.put(number, model);
        return this;
    }

    /** Replaces the memory that the devices see. */
    InProcessDevices view(ClientMemory other) {
        view = other;
        return this;
    }

    /** Executes each descriptor inside its submission. */
    public InProcessDevices inline() {
        inline = true;
        return this;
    }

    /** Executes descriptors when the test advances the device. */
    public InProcessDevices onDemand() {
        inline = false;
        return this;
    }

    /** Forgets portals that no mover will close. */
    void forget() {
        open.clear();
    }

    /** Executes descriptors on a thread for each device. */
    public InProcessDevices start() {
        devices.forEach((number, model) -> threads.add(Thread.ofPlatform()
                .daemon()
                .name("device " + number)
                .start(() -> {
                    try {
                        model.run();
                    } catch (InterruptedException e) {
                        // The test has ended.
                    }
                })));
        return this;
    }

    /** Returns a device. */
    public DeviceModel model(int number) {
        return devices.get(number);
    }

    void disable(int device, int queue) {
        devices.get(device).disable(queue);
        open.forEach(portal -> portal.stale |= portal.model == devices.get(device)
                && portal.queue == queue);
    }

    int openPortals() {
        return open.size();
    }

    @Override
    public Portal open(Path node) throws IOException {
        String[] numbers = node.getFileName().toString().substring("wq".length()).split("\\.");
        DeviceModel model = devices.get(Integer.parseInt(numbers[0]));
        if (model == null || model.isDead()) {
            throw new IOException("open: No such device or address");
        }
        var portal = new ModelPortal(model, Integer.parseInt(numbers[1]));
        open.add(portal);
        return portal;
    }

    @Override
    public void close() {
        threads.forEach(Thread::interrupt);
    }

    private final class ModelPortal implements Portal {
        private final DeviceModel model;
        private final int queue;
        private volatile boolean stale;

        ModelPortal(DeviceModel model, int queue) {
            this.model = model;
            this.queue = queue;
        }

        @Override
        public int submit(Submission slot) {
            if (stale) {
                return DsaStatus.ENODEV;
            }
            int accepted = model.submit(queue, view,
                    slot.descriptor().toArray(ValueLayout.JAVA_BYTE));
            if (inline) {
                while (model.step()) {
                    // The loop runs until all descriptors are complete.
                }
            }
            return accepted == Descriptor.BYTES ? 0 : accepted;
        }

        @Override
        public void reopen() {
            stale = false;
        }

        @Override
        public void close() {
            open.remove(this);
        }
    }
}
