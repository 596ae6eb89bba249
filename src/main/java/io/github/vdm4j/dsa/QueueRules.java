package io.github.vdm4j.dsa;

import io.github.vdm4j.dsa.DsaDevice.WorkQueue;
import io.github.vdm4j.dsa.DsaDiagnosis.Finding;
import io.github.vdm4j.dsa.portal.DsaStatus;
import java.util.List;
import java.util.Objects;

/**
 * The conditions under which a process can use a work queue. The order is machine, device, queue,
 * file. If sysfs shows no attributes, the rules assume an enabled shared queue of type user with
 * PASID. They assume a queue without batches and without block on fault.
 */
final class QueueRules {
    private static final String CONFIGURE =
            "sudo accel-config config-wq %1$s/%2$s --group-id=0 --mode=shared --type=user "
                    + "--driver-name=user --name=vdm4j --priority=10 --wq-size=16 --threshold=15 "
                    + "&& sudo accel-config config-engine %1$s/engine%3$s.0 --group-id=0 && sudo "
                    + "accel-config enable-device %1$s; sudo accel-config enable-wq %1$s/%2$s";
    private static final String PERMIT =
            "sudo groupadd -f --system dsa && sudo usermod -aG dsa $USER && echo"
                    + " 'SUBSYSTEM==\"dsa\", KERNEL==\"dsa?wq*\", GROUP=\"dsa\", MODE=\"0660\"'"
                    + " | sudo tee /etc/udev/rules.d/60-dsa.rules && sudo udevadm control --reload"
                    + " && sudo udevadm trigger --subsystem-match=dsa, then log in again";

    private QueueRules() {}

    /** Returns the reason for a setting of a missing folder, such as {@code NAME=/none}. */
    static Finding missingFolder(String setting) {
        return new Finding("this machine", setting + ": there is no such folder",
                "Correct the setting, or remove it for the folder of Linux (docs/dsa.md).");
    }

    static Finding noDevice(DsaSystem system) {
        if (!system.undriven().isEmpty()) {
            return new Finding(system.undriven().getFirst(),
                    "there is a DSA device, but the idxd driver does not drive it",
                    system.idxdLoaded() ? "dmesg | grep idxd" : "sudo modprobe idxd");
        }
        return new Finding("this machine",
                system.idxdLoaded() ? "there is no DSA device, though the idxd driver is loaded"
                        : "there is no DSA device, and the idxd driver is not loaded",
                "On a Xeon Scalable processor of the 4th generation or later: switch the "
                        + "accelerators and VT-d on in the firmware, then sudo modprobe idxd."
                        + " In a container: pass the host's queue on, --device /dev/dsa/wq0.0.");
    }

    static Finding noQueue(DsaDevice device) {
        Finding obstacle = obstacle(device);
        return obstacle != null ? obstacle
                : new Finding(device.name(), "the device has no work queue",
                        configure(device, "wq" + number(device) + ".0"));
    }

    private static Finding obstacle(DsaDevice device) {
        if (Boolean.FALSE.equals(device.pasidEnabled())) {
            return new Finding(device.name(),
                    "pasid_enabled is 0: the device cannot work on the addresses of a process",
                    "Switch VT-d on in the firmware and add intel_iommu=on,sm_on to the kernel's "
                            + "command line (GRUB_CMDLINE_LINUX in /etc/default/grub, then sudo "
                            + "update-grub and a reboot).");
        }
        return isEnabled(device.state()) ? null
                : new Finding(device.name(), "the device is " + device.state(),
                        configure(device, "wq" + number(device) + ".0"));
    }

    /** Returns the reason in Linux's attributes why a process cannot use a queue, or null. */
    static Finding obstacle(DsaDevice device, WorkQueue queue, boolean named) {
        Finding ofDevice = obstacle(device);
        if (ofDevice != null) {
            return new Finding(queue.name(), "%s: %s".formatted(device.name(), ofDevice.what()),
                    ofDevice.remedy());
        }
        String configure = configure(device, queue.name());
        if (!isEnabled(queue.state())) {
            return new Finding(queue.name(), "the queue is " + queue.state(), configure);
        }
        if (queue.type() != null && !queue.type().equals("user")) {
            return new Finding(queue.name(),
                    "the queue is of type %s, and processes may open queues of type user only"
                            .formatted(queue.type()),
                    "sudo accel-config disable-wq %s/%s && %s".formatted(device.name(),
                            queue.name(), configure));
        }
        if (queue.node() == null) {
            return new Finding(queue.name(), "the queue has no file in /dev/dsa",
                    ("In a container: --device /dev/dsa/%s. Otherwise: sudo udevadm trigger "
                            + "--subsystem-match=dsa")
                            .formatted(queue.name()));
        }
        if (Boolean.FALSE.equals(queue.mayOpen())) {
            return new Finding(queue.name(),
                    "this process may not read and write " + queue.node(), PERMIT);
        }
        if (isDedicated(queue) && !named) {
            return new Finding(queue.name(),
                    "the queue is dedicated, and a mover takes such a queue by name only",
                    "DsaDataMover.builder().queues(\"%s\")".formatted(queue.name()));
        }
        return isDedicated(queue) && size(queue) < 1
                ? new Finding(queue.name(),
                        "the queue is dedicated, and Linux does not show its size: a full queue "
                                + "would drop operations",
                        configure)
                : null;
    }

    static Finding notOpened(WorkQueue queue, String words) {
        boolean taken = words.contains("busy");
        return new Finding(queue.name(),
                "%s could not be opened: %s".formatted(queue.node(), words),
                taken ? "Another process uses the queue. List the processes: sudo fuser -v "
                        + queue.node()
                        : words.contains("ermi") ? PERMIT : "dmesg | grep idxd");
    }

    static Finding notWorking(WorkQueue queue, DsaStatus status) {
        return switch (status.code()) {
            case DsaStatus.NONE -> new Finding(queue.name(),
                    "a no-op was not complete within a second", "dmesg | grep -e DMAR -e idxd");
            case DsaStatus.EINVAL, DsaStatus.ENXIO -> new Finding(queue.name(),
                    "write() refused a no-op with %s: this kernel takes no descriptors by write()"
                            .formatted(status),
                    "Boot Linux 6.10 or later, or a stable kernel of 6.9.1, 6.8.10, 6.6 or 6.1 "
                            + "that has the change: uname -r. With Intel DML 1.1.1 such a "
                            + "kernel works: docs/hardware.md.");
            case DsaStatus.EAGAIN -> new Finding(queue.name(),
                    "the queue stayed full for a second",
                    "Other processes use the queue: sudo fuser -v " + queue.node());
            default -> new Finding(queue.name(),
                    "a no-op failed with %s. %s".formatted(status, status.explanation()),
                    "dmesg | grep -e DMAR -e idxd");
        };
    }

    private static String configure(DsaDevice device, String queue) {
        return CONFIGURE.formatted(device.name(), queue, number(device));
    }

    private static String number(DsaDevice device) {
        return device.name().substring("dsa".length());
    }

    private static boolean isEnabled(String state) {
        return state == null || state.equals("enabled");
    }

    static boolean isDedicated(WorkQueue queue) {
        return "dedicated".equals(queue.mode());
    }

    /** Returns the number of descriptors that this process may have in a queue. */
    static int size(WorkQueue queue) {
        Long shown = isDedicated(queue) || queue.threshold() == null || queue.threshold() == 0
                ? queue.size()
                : queue.threshold();
        return (int) Math.min(Objects.requireNonNullElse(shown, 0L), Integer.MAX_VALUE);
    }

    /** Returns the smaller of the known limits, or the default if Linux shows no limit. */
    static long limit(Long ofDevice, Long ofQueue, long otherwise) {
        long least = Math.min(Objects.requireNonNullElse(ofDevice, Long.MAX_VALUE),
                Objects.requireNonNullElse(ofQueue, Long.MAX_VALUE));
        return least < Long.MAX_VALUE ? least : otherwise;
    }
}
