package io.github.vdm4j.dml;

import io.github.vdm4j.VdmResult;
import io.github.vdm4j.VdmStatus;
import io.github.vdm4j.dml.ffi.dml_h;
import java.util.HashMap;
import java.util.Map;

/**
 * A status of Intel DML. Every number is a status, because newer releases of DML add numbers that
 * this version does not know.
 *
 * <p>C counterpart: {@code dml_status_t}.
 *
 * @param code the number
 * @param name the constant in the header without {@code DML_STATUS_}, or {@code UNKNOWN}
 * @param result the result of an operation with this status
 * @param explanation the meaning and the remedy
 */
public record DmlStatus(int code, String name, VdmResult result, String explanation)
        implements
            VdmStatus {
    private static final Map<Integer, DmlStatus> KNOWN = new HashMap<>();

    /** The process cannot use any hardware. */
    public static final DmlStatus LIBACCEL_NOT_FOUND =
            known(dml_h.DML_STATUS_LIBACCEL_NOT_FOUND, "LIBACCEL_NOT_FOUND", VdmResult.NO_DEVICE,
                    "No DSA device can be used: there is none, libaccel-config.so.1 is not "
                            + "installed, no work queue is enabled, or this process may not map a "
                            + "queue's portal. Run vdm info --why, or use DmlDiagnosis, to find "
                            + "the reason. Paths AUTO and SOFTWARE need no device.");

    /** All work queues are full, or this NUMA node has no work queue. */
    public static final DmlStatus WORK_QUEUES_NOT_AVAILABLE =
            known(dml_h.DML_STATUS_WORK_QUEUES_NOT_AVAILABLE, "WORK_QUEUES_NOT_AVAILABLE",
                    VdmResult.QUEUE_FULL,
                    "No work queue took the descriptor: all are full, or none is enabled on the "
                            + "NUMA node of this thread or of the mover. Have fewer operations in "
                            + "flight, enable more or larger queues, or set a longer "
                            + "queueFullTimeout. vdm info --why checks the NUMA nodes.");

    private static final String REPORT =
            "This is a defect of vdm4j: please report it with the message.";

    private static final String AGAIN =
            "Repeat the operation, or use path SOFTWARE. Before that, restore the source of an "
                    + "overlapping memmove. If it fails again, read dmesg | grep -e DMAR -e idxd.";

    static {
        known(dml_h.DML_STATUS_OK, "OK", VdmResult.SUCCESS, "Done.");
        known(dml_h.DML_STATUS_FALSE_PREDICATE_OK, "FALSE_PREDICATE_OK", VdmResult.INTERNAL_ERROR,
                "The operation is done, but its result differs from the expected result. "
                        + REPORT);
        known(dml_h.DML_STATUS_BEING_PROCESSED, "BEING_PROCESSED", VdmResult.INTERNAL_ERROR,
                "The operation has not finished. " + REPORT);
        device(dml_h.DML_STATUS_INTERNAL_ERROR, "INTERNAL_ERROR",
                "DML reached a state without a name.");
        invalid(dml_h.DML_STATUS_NULL_POINTER_ERROR, "NULL_POINTER_ERROR", "An address was null.");
        invalid(dml_h.DML_STATUS_LIMITS_ERROR, "LIMITS_ERROR",
                "A parameter exceeds a limit of DML.");
        invalid(dml_h.DML_STATUS_PATH_ERROR, "PATH_ERROR", "DML has no such path.");
        invalid(dml_h.DML_STATUS_HINT_ERROR, "HINT_ERROR", "DML has no such hint.");
        invalid(dml_h.DML_STATUS_CRC_ALIGN_ERROR, "CRC_ALIGN_ERROR",
                "The CRC's address is not a multiple of 4.");
        known(dml_h.DML_STATUS_BATCH_ERROR, "BATCH_ERROR", VdmResult.DEVICE_ERROR,
                "A task of the batch failed. Look at the statuses of its tasks.");
        refused(dml_h.DML_STATUS_DELTA_ASCENDT_ERROR, "DELTA_ASCENDT_ERROR",
                "The offsets in the delta record do not ascend.",
                "The record is damaged. Create it again.");
        refused(dml_h.DML_STATUS_DELTA_OFFSET_ERROR, "DELTA_OFFSET_ERROR",
                "The delta's input is longer than its offsets can address.",
                "Use at most 0x80000 bytes.");
        known(dml_h.DML_STATUS_DIF_CHECK_ERROR, "DIF_CHECK_ERROR", VdmResult.DEVICE_ERROR,
                "A block's protection does not match its data. The data are damaged, or were "
                        + "written with different DIF settings.");
        refused(dml_h.DML_STATUS_JOB_OPERATION_ERROR, "JOB_OPERATION_ERROR",
                "This device or library does not support the operation.",
                "Use path SOFTWARE, or a mover in pure Java.");
        refused(dml_h.DML_STATUS_JOB_FLAGS_ERROR, "JOB_FLAGS_ERROR",
                "The device refuses one of the flags.",
                "Use path SOFTWARE.");
        refused(dml_h.DML_STATUS_JOB_LENGTH_ERROR, "JOB_LENGTH_ERROR",
                "The length is 0 or above the work queue's max_transfer_size.",
                "Lower maxTransferBytes, or raise the queue's limit with accel-config.");
        invalid(dml_h.DML_STATUS_BATCH_LIMITS_ERROR, "BATCH_LIMITS_ERROR",
                "The batch has too few or too many tasks.");
        invalid(dml_h.DML_STATUS_DELTA_RECORD_SIZE_ERROR, "DELTA_RECORD_SIZE_ERROR",
                "The delta record's size is not a multiple of 10 or is below 80.");
        invalid(dml_h.DML_STATUS_OVERLAPPING_BUFFER_ERROR, "OVERLAPPING_BUFFER_ERROR",
                "The ranges overlap.");
        invalid(dml_h.DML_STATUS_DUALCAST_ALIGN_ERROR, "DUALCAST_ALIGN_ERROR",
                "The low 12 bits of the two destinations differ.");
        invalid(dml_h.DML_STATUS_DELTA_ALIGN_ERROR, "DELTA_ALIGN_ERROR",
                "An address or length of a delta is not a multiple of 8.");
        invalid(dml_h.DML_STATUS_DELTA_INPUT_SIZE_ERROR, "DELTA_INPUT_SIZE_ERROR",
                "The delta's input is not a multiple of 8, or is too long.");
        invalid(dml_h.DML_STATUS_MEMORY_OVERFLOW_ERROR, "MEMORY_OVERFLOW_ERROR",
                "The destination is too small.");
        known(dml_h.DML_STATUS_JOB_CORRUPTED, "JOB_CORRUPTED", VdmResult.JOB_CORRUPTED,
                "The job structure was overwritten. Native code in this process writes to wrong "
                        + "addresses, so end the process soon.");
        known(dml_h.DML_STATUS_WORK_QUEUE_OVERFLOW_ERROR, "WORK_QUEUE_OVERFLOW_ERROR",
                VdmResult.QUEUE_FULL,
                "The work queue is full. Have fewer operations in flight, enable more or larger "
                        + "queues, or set a longer queueFullTimeout.");
        known(dml_h.DML_STATUS_PAGE_FAULT_ERROR, "PAGE_FAULT_ERROR", VdmResult.PAGE_FAULT,
                "A page was not in memory, and vdm4j could not load it or repeat the rest. "
                        + "Touch or lock the pages first.");
        known(dml_h.DML_STATUS_TC_A_NOT_AVAILABLE, "TC_A_NOT_AVAILABLE", VdmResult.NO_DEVICE,
                "No work queue is configured for traffic class A. Set traffic_class_a of the "
                        + "queue's group with accel-config.");
        known(dml_h.DML_STATUS_TC_B_NOT_AVAILABLE, "TC_B_NOT_AVAILABLE", VdmResult.NO_DEVICE,
                "No work queue is configured for traffic class B, the class of durable memory. "
                        + "Set traffic_class_b of the queue's group with accel-config.");
        invalid(dml_h.DML_STATUS_BATCH_TASK_INDEX_OVERFLOW, "BATCH_TASK_INDEX_OVERFLOW",
                "The batch has no such task.");
        refused(dml_h.DML_STATUS_BATCH_SIZE_ERROR, "BATCH_SIZE_ERROR",
                "The batch has fewer than 4 tasks, or more than the queue accepts.",
                "Raise the queue's max_batch_size with accel-config, or make smaller batches.");
        known(dml_h.DML_STATUS_DRAIN_PAGE_FAULT_ERROR, "DRAIN_PAGE_FAULT_ERROR",
                VdmResult.PAGE_FAULT,
                "A readback address of a drain was not in memory. Touch or lock its page first.");
        device(dml_h.DML_STATUS_UNKNOWN_CACHE_SIZE_ERROR, "UNKNOWN_CACHE_SIZE_ERROR",
                "The size of the cache is unknown.");
        invalid(dml_h.DML_STATUS_DIF_STRIP_ADJACENT_ERROR, "DIF_STRIP_ADJACENT_ERROR",
                "The source of a DIF strip begins where its destination ends.");
        device(dml_h.DML_STATUS_INTL_INVALID_PAGE_REQUEST, "INTL_INVALID_PAGE_REQUEST",
                "The system could not load a page that the device requested.");
        device(dml_h.DML_STATUS_INTL_INVALID_RESERVED_FIELD, "INTL_INVALID_RESERVED_FIELD",
                "A reserved field of the descriptor is not zero.");
        device(dml_h.DML_STATUS_INTL_MISALIGNED_DESC_LA, "INTL_MISALIGNED_DESC_LA",
                "The batch's descriptors are not 64-aligned.");
        device(dml_h.DML_STATUS_INTL_INVALID_COMPLETION_HANDLE, "INTL_INVALID_COMPLETION_HANDLE",
                "The device does not know the interrupt handle.");
        device(dml_h.DML_STATUS_INTL_PAGE_FAULT_ON_TRANSLATION, "INTL_PAGE_FAULT_ON_TRANSLATION",
                "The device could not translate the completion record's or the descriptors' "
                        + "address.");
        device(dml_h.DML_STATUS_INTL_MISALIGNED_CR_ADDRESS, "INTL_MISALIGNED_CR_ADDRESS",
                "The completion record is not 32-aligned.");
        device(dml_h.DML_STATUS_INTL_MISALIGNED_ADDRESS, "INTL_MISALIGNED_ADDRESS",
                "An address is misaligned.");
        device(dml_h.DML_STATUS_INTL_PRIVILEGE_ERROR, "INTL_PRIVILEGE_ERROR",
                "The descriptor's privilege or PASID does not fit the work queue.");
        device(dml_h.DML_STATUS_INTL_TRAFFIC_CLASS_ERROR, "INTL_TRAFFIC_CLASS_ERROR",
                "The descriptor's traffic class is not configured.");
        device(dml_h.DML_STATUS_INTL_READBACK_ADDRESS_PAGE_ERROR,
                "INTL_READBACK_ADDRESS_PAGE_ERROR",
                "The device could not translate a readback address.");
        device(dml_h.DML_STATUS_INTL_HARDWARE_READBACK_TIMEOUT, "INTL_HARDWARE_READBACK_TIMEOUT",
                "A readback took too long, so it is unknown whether the data are durable.");
        device(dml_h.DML_STATUS_INTL_HARDWARE_TIMEOUT, "INTL_HARDWARE_TIMEOUT",
                "The device took too long.");
        device(dml_h.DML_STATUS_INTL_ADDRESS_TRANSLATION_ERROR, "INTL_ADDRESS_TRANSLATION_ERROR",
                "The device could not translate an address.");
        // The statuses of DML 1.2. The bindings are generated from an older header.
        known(46, "NOT_SUPPORTED_BY_WQ", VdmResult.UNSUPPORTED,
                "The work queue is not configured for this operation. Set its op_config with "
                        + "accel-config, or use path SOFTWARE.");
        known(103, "INIT_HW_NOT_SUPPORTED", VdmResult.NO_DEVICE,
                "DML could not write to a work queue's device file. Run vdm info --why to check "
                        + "the queues.");
        known(dml_h.DML_STATUS_LIBACCEL_ERROR, "LIBACCEL_ERROR", VdmResult.NO_DEVICE,
                "The installed libaccel-config does not fit this DML. Install the version that "
                        + "DML was built with. vdm info --why names what is missing.");
    }

    private static DmlStatus known(int code, String name, VdmResult result, String explanation) {
        DmlStatus status = new DmlStatus(code, name, result, explanation);
        KNOWN.put(code, status);
        return status;
    }

    /** Defines a status of an invalid job. vdm4j should prevent such a job. */
    private static void invalid(int code, String name, String meaning) {
        refused(code, name, meaning, REPORT);
    }

    private static void refused(int code, String name, String meaning, String advice) {
        known(code, name, VdmResult.INVALID_OPERATION, meaning + " " + advice);
    }

    private static void device(int code, String name, String meaning) {
        known(code, name, VdmResult.DEVICE_ERROR, meaning + " " + AGAIN);
    }

    /**
     * Returns the status with a number.
     *
     * @param code any number
     * @return the status, or {@code UNKNOWN} with the number if this version does not know it
     */
    public static DmlStatus of(int code) {
        DmlStatus status = KNOWN.get(code);
        return status != null
                ? status
                : new DmlStatus(code,
                        "UNKNOWN",
                        VdmResult.UNKNOWN_STATUS,
                        "This version of vdm4j does not know the status, and treats it as a "
                                + "failure. Look it up in the header dmldefs.h of your DML.");
    }

    @Override
    public String toString() {
        return name + " (" + Integer.toUnsignedString(code) + ")";
    }
}
