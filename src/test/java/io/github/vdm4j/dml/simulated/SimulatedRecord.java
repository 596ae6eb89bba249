package io.github.vdm4j.dml.simulated;

import io.github.vdm4j.dml.ffi.dml_h;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Map;

/**
 * The result of a task of the device, in the 32 bytes of a completion record.
 *
 * @param status DML's status
 * @param result 0 or 1 for a comparison, 0 to 2 for a delta, the mask for a DIF check
 * @param bytes the number of completed bytes, the offset of the first difference or bad block, or
 *     the number of tasks of a batch
 * @param faultAddress the address of the missing page
 * @param faultOnWrite whether the device tried to write the page
 * @param value a CRC, or the size of a delta record
 */
record SimulatedRecord(
        int status, int result, long bytes, long faultAddress, boolean faultOnWrite, int value) {
    static final long SIZE = 32;

    private static final int WRITE_FAULT = 0x80;
    private static final int STATUS_MASK = 0x3F;

    /**
     * The device's numbers. DML 1.1.1 does not know further numbers, or they do not come from the
     * device.
     */
    private static final Map<Integer, Integer> CODES = Map.ofEntries(
            Map.entry(dml_h.DML_STATUS_OK, 0x01),
            Map.entry(dml_h.DML_STATUS_FALSE_PREDICATE_OK, 0x02),
            Map.entry(dml_h.DML_STATUS_PAGE_FAULT_ERROR, 0x03),
            Map.entry(dml_h.DML_STATUS_INTL_INVALID_PAGE_REQUEST, 0x04),
            Map.entry(dml_h.DML_STATUS_BATCH_ERROR, 0x05),
            Map.entry(dml_h.DML_STATUS_DELTA_ASCENDT_ERROR, 0x07),
            Map.entry(dml_h.DML_STATUS_DELTA_OFFSET_ERROR, 0x08),
            Map.entry(dml_h.DML_STATUS_DIF_CHECK_ERROR, 0x09),
            Map.entry(dml_h.DML_STATUS_JOB_OPERATION_ERROR, 0x10),
            Map.entry(dml_h.DML_STATUS_JOB_FLAGS_ERROR, 0x11),
            Map.entry(dml_h.DML_STATUS_INTL_INVALID_RESERVED_FIELD, 0x12),
            Map.entry(dml_h.DML_STATUS_JOB_LENGTH_ERROR, 0x13),
            Map.entry(dml_h.DML_STATUS_BATCH_SIZE_ERROR, 0x14),
            Map.entry(dml_h.DML_STATUS_DELTA_INPUT_SIZE_ERROR, 0x15),
            Map.entry(dml_h.DML_STATUS_OVERLAPPING_BUFFER_ERROR, 0x16),
            Map.entry(dml_h.DML_STATUS_DUALCAST_ALIGN_ERROR, 0x17),
            Map.entry(dml_h.DML_STATUS_INTL_MISALIGNED_DESC_LA, 0x18),
            Map.entry(dml_h.DML_STATUS_INTL_INVALID_COMPLETION_HANDLE, 0x19),
            Map.entry(dml_h.DML_STATUS_INTL_PAGE_FAULT_ON_TRANSLATION, 0x1A),
            Map.entry(dml_h.DML_STATUS_INTL_MISALIGNED_CR_ADDRESS, 0x1B),
            Map.entry(dml_h.DML_STATUS_INTL_MISALIGNED_ADDRESS, 0x1C),
            Map.entry(dml_h.DML_STATUS_INTL_PRIVILEGE_ERROR, 0x1D),
            Map.entry(dml_h.DML_STATUS_INTL_TRAFFIC_CLASS_ERROR, 0x1E),
            Map.entry(dml_h.DML_STATUS_INTL_READBACK_ADDRESS_PAGE_ERROR, 0x1F),
            Map.entry(dml_h.DML_STATUS_INTL_HARDWARE_READBACK_TIMEOUT, 0x20),
            Map.entry(dml_h.DML_STATUS_INTL_HARDWARE_TIMEOUT, 0x21),
            Map.entry(dml_h.DML_STATUS_INTL_ADDRESS_TRANSLATION_ERROR, 0x22));

    private static final int UNKNOWN_CODE = 0x3F;

    /** Returns a record that has only a status. */
    static SimulatedRecord of(int status) {
        return new SimulatedRecord(status, 0, 0, 0, false, 0);
    }

    boolean isGood() {
        return status == dml_h.DML_STATUS_OK;
    }

    void writeTo(MemorySegment record) {
        int code = CODES.getOrDefault(status, UNKNOWN_CODE) | (faultOnWrite ? WRITE_FAULT : 0);
        record.set(ValueLayout.JAVA_BYTE, 1, (byte) result);
        record.set(ValueLayout.JAVA_INT, 4, (int) bytes);
        record.set(ValueLayout.JAVA_LONG, 8, faultAddress);
        record.set(ValueLayout.JAVA_INT, 16, value);
        record.set(ValueLayout.JAVA_BYTE, 0, (byte) code);
    }

    /**
     * Returns the status in the library's translation. If the task did not run, it is an error.
     */
    static int statusIn(MemorySegment record) {
        int code = record.get(ValueLayout.JAVA_BYTE, 0) & STATUS_MASK;
        return CODES.entrySet()
                .stream()
                .filter(entry -> entry.getValue() == code)
                .map(Map.Entry::getKey)
                .findFirst()
                .orElse(dml_h.DML_STATUS_INTERNAL_ERROR);
    }
}
