package io.github.vdm4j.dsa.portal;

import io.github.vdm4j.VdmResult;
import io.github.vdm4j.VdmStatus;
import io.github.vdm4j.machine.Message;
import java.util.HashMap;
import java.util.Map;

/**
 * The status of a descriptor. It is the low seven bits of the completion record's status byte. If
 * Linux refused the submission, it is the negative error number. An unknown number is a failure.
 *
 * <p>C counterpart: {@code enum dsa_completion_status} in linux/idxd.h.
 *
 * @param code the number
 * @param name the name in the header without prefix, or the name of the error number. A status
 *     without a name has {@code UNKNOWN}
 * @param result the meaning for an operation
 * @param explanation the meaning in words, and the remedy
 */
public record DsaStatus(int code, String name, VdmResult result, String explanation)
        implements
            VdmStatus {
    // The table below explains each number.
    public static final int NONE = 0x00;
    public static final int SUCCESS = 0x01;
    public static final int FALSE_PREDICATE = 0x02;
    public static final int PAGE_FAULT = 0x03;
    public static final int PAGE_REFUSED = 0x04;
    public static final int BATCH_FAILED = 0x05;
    public static final int DIF_ERROR = 0x09;

    public static final int BAD_OPCODE = 0x10;
    public static final int BAD_FLAGS = 0x11;
    public static final int OVERLAP = 0x16;

    /** The bits of the status byte that are the status. */
    public static final int MASK = 0x7f;

    public static final int EPERM = -1;
    public static final int EIO = -5;
    public static final int ENXIO = -6;
    public static final int EBADF = -9;
    public static final int EAGAIN = -11;
    public static final int EFAULT = -14;
    public static final int ENODEV = -19;
    public static final int EINVAL = -22;
    public static final int ENOTCONN = -107;
    public static final int ETIMEDOUT = -110;

    private static final String REPORT =
            "vdm4j should not let this happen. Please report it with the message.";
    private static final String AGAIN =
            "Repeat the operation. Before that, restore the source of an overlapping memmove. If "
                    + "it fails again, look at dmesg | grep -e DMAR -e idxd.";
    private static final String LOST =
            "The mover opens the queue again when Linux shows it as enabled.";
    private static final Map<Integer, DsaStatus> KNOWN = new HashMap<>();

    static {
        known(NONE, "NONE", VdmResult.INTERNAL_ERROR, "Not complete. " + REPORT);
        known(SUCCESS, "SUCCESS", VdmResult.SUCCESS, "Done.");
        known(FALSE_PREDICATE, "SUCCESS_PRED", VdmResult.INTERNAL_ERROR,
                "Done, but the result differs from the expected result. " + REPORT);
        fault(PAGE_FAULT, "PAGE_FAULT_NOBOF", "A page was not in memory.");
        fault(PAGE_REFUSED, "PAGE_FAULT_IR", "The system could not provide a page.");
        device(BATCH_FAILED, "BATCH_FAIL", "A task of the batch failed.");
        fault(0x06, "BATCH_PAGE_FAULT", "A page of the batch's descriptors was not in memory.");
        invalid(0x07, "DR_OFFSET_NOINC", "The offsets in the delta record do not ascend.");
        invalid(0x08, "DR_OFFSET_ERANGE",
                "An offset in the delta record is outside the destination.");
        device(DIF_ERROR, "DIF_ERR", "The protection of a block does not match its data.");
        known(BAD_OPCODE, "BAD_OPCODE", VdmResult.UNSUPPORTED,
                "The device or the queue does not have the operation. See op_cap and op_config "
                        + "in sysfs.");
        known(BAD_FLAGS, "INVALID_FLAGS", VdmResult.UNSUPPORTED,
                "The device does not have one of the flags. See gen_cap in sysfs.");
        invalid(0x12, "NOZERO_RESERVE", "A reserved field of the descriptor was not zero.");
        known(0x13, "XFER_ERANGE", VdmResult.INVALID_OPERATION,
                "The size is 0 or above the queue's max_transfer_size. Raise that with "
                        + "accel-config.");
        known(0x14, "DESC_CNT_ERANGE", VdmResult.INVALID_OPERATION,
                "The batch has more tasks than the queue's max_batch_size. Raise that with "
                        + "accel-config.");
        invalid(0x15, "DR_ERANGE", "The device does not take a delta record of this size.");
        invalid(OVERLAP, "OVERLAP_BUFFERS", "The ranges overlap.");
        invalid(0x17, "DCAST_ERR", "The low 12 bits of the two destinations differ.");
        device(0x18, "DESCLIST_ALIGN", "The batch's descriptors are not 64-aligned.");
        device(0x19, "INT_HANDLE_INVAL", "The device does not know the interrupt handle.");
        device(0x1a, "CRA_XLAT", "The device could not translate the completion record's address.");
        device(0x1b, "CRA_ALIGN", "The completion record is not 32-aligned.");
        invalid(0x1c, "ADDR_ALIGN", "An address or a size is not aligned.");
        device(0x1d, "PRIV_BAD", "The descriptor's privilege or PASID does not fit the queue.");
        device(0x1e, "TRAFFIC_CLASS_CONF", "The traffic class is not configured.");
        fault(0x1f, "PFAULT_RDBA", "The page of a readback address was not in memory.");
        device(0x20, "HW_ERR1", "The device failed.");
        device(0x21, "HW_ERR_DRB",
                "A readback took too long. It is unknown whether the data are durable.");
        device(0x22, "TRANSLATION_FAIL", "The device could not translate an address.");
        lost(EPERM, "EPERM", "This process did not open the queue, for example after a fork.");
        lost(EIO, "EIO", "The driver of the device failed.");
        lost(ENXIO, "ENXIO", "The queue takes no submissions from this process.");
        lost(EBADF, "EBADF", "The file of the queue is closed.");
        known(EAGAIN, "EAGAIN", VdmResult.QUEUE_FULL,
                "The queue is full. Start fewer operations at a time, configure more or larger "
                        + "queues, or set a longer queueFullTimeout.");
        device(EFAULT, "EFAULT", "The kernel could not read the descriptor.");
        lost(ENODEV, "ENODEV", "The queue is disabled.");
        known(EINVAL, "EINVAL", VdmResult.INVALID_OPERATION,
                "The kernel refuses the descriptor, or is older than 6.10 and takes no "
                        + "submissions by write().");
        lost(ETIMEDOUT, "ETIMEDOUT", "The device did not answer.");
        lost(ENOTCONN, "ENOTCONN", "The emulator of the device has ended.");
    }

    private static void known(int code, String name, VdmResult result, String explanation) {
        KNOWN.put(code, new DsaStatus(code, name, result, explanation));
    }

    private static void invalid(int code, String name, String meaning) {
        known(code, name, VdmResult.INVALID_OPERATION, meaning + " " + REPORT);
    }

    private static void device(int code, String name, String meaning) {
        known(code, name, VdmResult.DEVICE_ERROR, meaning + " " + AGAIN);
    }

    private static void fault(int code, String name, String meaning) {
        known(code, name, VdmResult.PAGE_FAULT,
                meaning + " Touch or lock the memory before the operation.");
    }

    private static void lost(int code, String name, String meaning) {
        known(code, name, VdmResult.NO_DEVICE, meaning + " " + LOST);
    }

    /**
     * Returns the status with a number.
     *
     * @param code the status without the bits outside of {@link #MASK}, or a negative error number
     * @return the status, or {@code UNKNOWN} with that number if vdm4j does not know it
     */
    public static DsaStatus of(int code) {
        DsaStatus status = KNOWN.get(code);
        return status != null ? status
                : new DsaStatus(code, "UNKNOWN", VdmResult.UNKNOWN_STATUS,
                        code < 0 ? "Linux refused the submission. Look up the error number in "
                                + "errno(3)."
                                : "vdm4j does not know the status. See the specification of the "
                                        + "device.");
    }

    @Override
    public String toString() {
        return code < 0 ? Message.of("%s (errno %d)", name, -code)
                : "%s (0x%02x)".formatted(name, code);
    }
}
