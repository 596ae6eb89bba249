package io.github.vdm4j.dml;

import io.github.vdm4j.dsa.DsaDevice;
import io.github.vdm4j.dsa.DsaDevice.WorkQueue;
import io.github.vdm4j.dsa.DsaSystem;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/** The access of DML to each work queue, with its obstacles. */
final class QueueAccess {
    /** The size of DML's table of devices. DML does not check whether the table is full. */
    static final int DML_DEVICES = 8;

    private static final long NEWEST_DSA = 0x2FF;

    private static final Pattern RELEASE = Pattern.compile("(\\d+)\\.(\\d+)(?:\\.(\\d+))?.*");

    /** The obstacles between DML and a queue, in the order of DML's steps. */
    enum Obstacle {
        DEVICE_DISABLED,
        DEVICE_TOO_NEW,
        QUEUE_DISABLED,
        DEDICATED,
        KERNEL_TYPE,
        NO_NODE,
        NO_PERMISSION,
        NO_MAPPING,
        NONE
    }

    /** A queue and its obstacle. A device without queues counts like a disabled queue. */
    record Way(DsaDevice device, WorkQueue queue, Obstacle obstacle) {
        String name() {
            return queue == null ? device.name() : queue.name();
        }

        String path() {
            return device.name() + "/" + name();
        }
    }

    private final DsaSystem system;
    private final DmlVersion dml;
    /** The first three numbers of the Linux release, or null if they are unknown. */
    private final int[] kernel;
    private final List<Way> ways = new ArrayList<>();

    QueueAccess(DsaSystem system, DmlVersion dml) {
        this.system = system;
        this.dml = dml;
        Matcher numbers = RELEASE.matcher(Objects.requireNonNullElse(system.kernel(), ""));
        kernel = numbers.matches()
                ? IntStream.rangeClosed(1, 3).map(i -> number(numbers.group(i))).toArray()
                : null;
        for (DsaDevice device : system.devices()) {
            if (device.queues().isEmpty()) {
                ways.add(new Way(device, null,
                        device.enabled() ? Obstacle.QUEUE_DISABLED : Obstacle.DEVICE_DISABLED));
            }
            device.queues()
                    .forEach(queue -> ways.add(new Way(device, queue, obstacle(device, queue))));
        }
    }

    private static int number(String digits) {
        return digits == null || digits.length() > 9 ? 0 : Integer.parseInt(digits);
    }

    /** Returns whether the kernel is older than 5.18, the first that allows ENQCMD in processes. */
    boolean refusesEnqueue() {
        return kernel != null && !isSince(5, 18, 0);
    }

    /**
     * Returns whether the kernel has the fix for Intel's advisory SA-01084. Long-term kernels and
     * distributions contain the fix in older releases.
     */
    private boolean guardsPortals() {
        return kernel != null
                && (isSince(6, 9, 1) || isSince(6, 8, 10) && !isSince(6, 9, 0));
    }

    private boolean isSince(int... release) {
        return Arrays.compare(kernel, release) >= 0;
    }

    List<Way> ways() {
        return ways;
    }

    List<Way> usable() {
        return ways.stream().filter(way -> way.obstacle() == Obstacle.NONE).toList();
    }

    private Obstacle obstacle(DsaDevice device, WorkQueue queue) {
        if (!device.enabled()) {
            return Obstacle.DEVICE_DISABLED;
        }
        if (device.version() != null && device.version() > NEWEST_DSA && !isSinceDml12()) {
            return Obstacle.DEVICE_TOO_NEW;
        }
        if (!queue.enabled()) {
            return Obstacle.QUEUE_DISABLED;
        }
        if (!"shared".equals(queue.mode())) {
            return Obstacle.DEDICATED;
        }
        if ("kernel".equals(queue.type())) {
            return Obstacle.KERNEL_TYPE;
        }
        if (queue.node() == null) {
            return Obstacle.NO_NODE;
        }
        if (Boolean.FALSE.equals(queue.mayOpen())) {
            return Obstacle.NO_PERMISSION;
        }
        return !isSinceDml12() && refusesMapping(device) ? Obstacle.NO_MAPPING : Obstacle.NONE;
    }

    /**
     * Returns whether DML is 1.2.0 or later. Such a DML writes to the queue's device file if it may
     * not map the portal.
     */
    boolean isSinceDml12() {
        return dml != null && (dml.major() > 1 || dml.major() == 1 && dml.minor() >= 2);
    }

    /**
     * Returns whether the kernel refuses to map the portals of a device. Such a kernel also hides
     * the batch operation of the device. Newer kernels do not hide it for DSA 2.
     */
    boolean refusesMapping(DsaDevice device) {
        if (system.process().rawIo() == null || system.process().rawIo()) {
            return false;
        }
        if (Boolean.FALSE.equals(device.batchOffered())) {
            return true;
        }
        boolean offeredByFirstGeneration = device.batchOffered() != null && device.version() != null
                && device.version() < 0x200;
        return !offeredByFirstGeneration && guardsPortals();
    }

    /**
     * Returns whether DML writes behind its table of devices. libaccel-config lists the DSA devices
     * in the alphabetical order of their names, and then the IAX.
     */
    boolean overflowsDml() {
        Set<String> used =
                usable().stream().map(way -> way.device().name()).collect(Collectors.toSet());
        int taken = 0;
        for (String name : new TreeSet<>(system.devices().stream().map(DsaDevice::name).toList())) {
            if (taken == DML_DEVICES) {
                return true;
            }
            taken += used.contains(name) ? 1 : 0;
        }
        return taken == DML_DEVICES && system.otherAccelerators() > 0;
    }
}
