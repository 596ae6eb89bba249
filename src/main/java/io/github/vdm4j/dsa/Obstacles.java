package io.github.vdm4j.dsa;

import io.github.vdm4j.dsa.DsaDevice.WorkQueue;
import java.util.List;
import java.util.Objects;

/**
 * The obstacles that keep every mover from a device or a queue. The order is machine, device,
 * queue, file. If sysfs shows no attributes, the checks assume an enabled queue of type user on a
 * device with PASID.
 */
final class Obstacles {
    static final String PERMIT =
            "sudo groupadd -f --system dsa && sudo usermod -aG dsa $USER && echo"
                    + " 'SUBSYSTEM==\"dsa\", KERNEL==\"dsa?wq*\", GROUP=\"dsa\", MODE=\"0660\"'"
                    + " | sudo tee /etc/udev/rules.d/60-dsa.rules && sudo udevadm control --reload"
                    + " && sudo udevadm trigger --subsystem-match=dsa, then log in again";
    private static final String CONFIGURE =
            "sudo accel-config config-wq %1$s/%2$s --group-id=0 --mode=shared --type=user "
                    + "--driver-name=user --name=vdm4j --priority=10 --wq-size=16 --threshold=15 "
                    + "&& sudo accel-config config-engine %1$s/engine%3$s.0 --group-id=0 && sudo "
                    + "accel-config enable-device %1$s; sudo accel-config enable-wq %1$s/%2$s";

    private Obstacles() {}

    /** Returns the obstacle of a machine without devices. */
    static Finding noDevice(DsaSystem system) {
        if (!system.undriven().isEmpty()) {
            return Finding.block(
                    "there is a DSA device at %s, but the idxd driver does not drive it"
                            .formatted(String.join(", ", system.undriven())),
                    system.idxdLoaded() ? "dmesg | grep idxd"
                            : "sudo modprobe idxd, then configure a queue (docs/hardware.md)");
        }
        return Finding.block(
                system.idxdLoaded() ? "there is no DSA device, though the idxd driver is loaded"
                        : "there is no DSA device, and the idxd driver is not loaded",
                "On a Xeon Scalable processor of the 4th generation or later: switch the "
                        + "accelerators and VT-d on in the firmware, then sudo modprobe idxd."
                        + " In a container: mount the host's /sys and pass the queue on, --device"
                        + " /dev/dsa/wq0.0.");
    }

    /** Returns the obstacle of a device without a queue for processes. */
    static Finding noQueue(DsaSystem system, DsaDevice device) {
        Finding obstacle = of(system, device);
        return obstacle != null ? obstacle
                : Finding.block(device.name() + ": no work queue of type user is enabled",
                        configure(device, "wq" + number(device) + ".0"));
    }

    private static Finding of(DsaSystem system, DsaDevice device) {
        if (Boolean.FALSE.equals(device.pasidEnabled())) {
            return Finding.block(device.name()
                    + ": PASID is off. The device cannot work on the addresses of a process",
                    switchPasidOn(Objects.requireNonNullElse(system.iommu(), "")));
        }
        return isEnabled(device.state()) ? null
                : Finding.block("%s: the device is %s".formatted(device.name(), device.state()),
                        configure(device, "wq" + number(device) + ".0"));
    }

    private static String switchPasidOn(String set) {
        return List.of(set.split("[=, ]")).containsAll(List.of("on", "sm_on"))
                ? ("The kernel's command line has %s. Switch VT-d on in the firmware, and read "
                        + "dmesg | grep -e DMAR -e idxd.")
                        .formatted(set)
                : ("Switch VT-d on in the firmware and add intel_iommu=on,sm_on to the kernel's "
                        + "command line%s (GRUB_CMDLINE_LINUX in /etc/default/grub, then sudo "
                        + "update-grub and a reboot).")
                        .formatted(set.isEmpty() ? "" : ", which has " + set);
    }

    /** Returns the first obstacle of a queue, or null if Linux shows none. */
    static Finding of(DsaSystem system, DsaDevice device, WorkQueue queue) {
        Finding ofDevice = of(system, device);
        if (ofDevice != null) {
            return ofDevice;
        }
        String name = queue.name();
        if (!isEnabled(queue.state())) {
            return Finding.block("%s: the queue is %s".formatted(name, queue.state()),
                    configure(device, name));
        }
        if (!isForUsers(queue)) {
            return Finding.block(
                    "%s: the queue is of type %s, and processes may open queues of type user only"
                            .formatted(name, queue.type()),
                    "sudo accel-config disable-wq %s/%s && %s".formatted(device.name(), name,
                            configure(device, name)));
        }
        if (queue.node() == null) {
            return Finding.block(name + ": the queue has no device file",
                    ("In a container: --device /dev/dsa/%s. Otherwise: sudo udevadm trigger "
                            + "--subsystem-match=dsa").formatted(name));
        }
        return !Boolean.FALSE.equals(queue.mayOpen()) ? null
                : Finding.block("%s: this process may not read and write %s".formatted(name,
                        queue.node()), PERMIT);
    }

    /** Returns whether Linux has enabled a queue for processes. */
    static boolean isForProcesses(WorkQueue queue) {
        return isEnabled(queue.state()) && isForUsers(queue);
    }

    private static boolean isForUsers(WorkQueue queue) {
        return queue.type() == null || queue.type().equals("user");
    }

    private static boolean isEnabled(String state) {
        return state == null || state.equals("enabled");
    }

    private static String configure(DsaDevice device, String queue) {
        return CONFIGURE.formatted(device.name(), queue, number(device));
    }

    private static String number(DsaDevice device) {
        return device.name().substring("dsa".length());
    }
}
