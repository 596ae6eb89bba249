package io.github.vdm4j.dml.simulated;

import io.github.vdm4j.dml.ffi.dml_dif_config_t;
import io.github.vdm4j.dml.ffi.dml_job_t;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Set;

/**
 * The fields of a job with the operations that need them. After a submission the simulation spoils
 * each field. A test therefore notices code that does not write a field, or that reads a missing
 * result. Real DML leaves most fields unchanged, but the contract is to write them each time.
 */
enum JobField {
    OPERATION(dml_job_t.operation$offset(), 4),
    FLAGS(dml_job_t.flags$offset(), 8),
    SOURCE(dml_job_t.source_first_ptr$offset(), 8, Operations.READING),
    SECOND_SOURCE(
            dml_job_t.source_second_ptr$offset(), 8,
            Set.of(SimulatedTask.COMPARE, SimulatedTask.DELTA_CREATE)),
    SOURCE_LENGTH(dml_job_t.source_length$offset(), 4, Operations.READING),
    DESTINATION(
            dml_job_t.destination_first_ptr$offset(),
            8,
            Set.of(
                    SimulatedTask.BATCH, SimulatedTask.DRAIN, SimulatedTask.MEM_MOVE,
                    SimulatedTask.FILL,
                    SimulatedTask.DELTA_CREATE, SimulatedTask.DELTA_APPLY, SimulatedTask.DUALCAST,
                    SimulatedTask.COPY_CRC, SimulatedTask.DIF_INSERT, SimulatedTask.DIF_STRIP,
                    SimulatedTask.DIF_UPDATE, SimulatedTask.CACHE_FLUSH)),
    SECOND_DESTINATION(
            dml_job_t.destination_second_ptr$offset(), 8,
            Set.of(SimulatedTask.DUALCAST, SimulatedTask.DRAIN)),
    DESTINATION_LENGTH(
            dml_job_t.destination_length$offset(),
            4,
            Set.of(
                    SimulatedTask.BATCH, SimulatedTask.FILL, SimulatedTask.DELTA_CREATE,
                    SimulatedTask.DELTA_APPLY,
                    SimulatedTask.CACHE_FLUSH)),
    PATTERN(dml_job_t.pattern$offset(), 8,
            Set.of(SimulatedTask.FILL, SimulatedTask.COMPARE_PATTERN)),
    CRC_POINTER(dml_job_t.crc_checksum_ptr$offset(), 8,
            Set.of(SimulatedTask.CRC, SimulatedTask.COPY_CRC)),
    EXPECTED_RESULT(
            dml_job_t.expected_result$offset(),
            4,
            Set.of(SimulatedTask.COMPARE, SimulatedTask.COMPARE_PATTERN,
                    SimulatedTask.DELTA_CREATE)),
    DIF_FLAGS(inDif(dml_dif_config_t.flags$offset()), 4, Operations.DIF),
    DIF_BLOCK_SIZE(inDif(dml_dif_config_t.block_size$offset()), 4, Operations.DIF),
    SOURCE_REFERENCE_TAG(
            inDif(dml_dif_config_t.source_reference_tag_seed$offset()), 4, Operations.DIF_READING),
    SOURCE_APPLICATION_TAG_AND_MASK(
            inDif(dml_dif_config_t.source_application_tag_seed$offset()), 4,
            Operations.DIF_READING),
    DESTINATION_REFERENCE_TAG(
            inDif(dml_dif_config_t.destination_reference_tag_seed$offset()), 4,
            Operations.DIF_WRITING),
    DESTINATION_APPLICATION_TAG_AND_MASK(
            inDif(dml_dif_config_t.destination_application_tag_seed$offset()), 4,
            Operations.DIF_WRITING),
    RESULT(dml_job_t.result$offset(), 4, Set.of()),
    OFFSET(dml_job_t.offset$offset(), 4, Set.of());

    private static final long STALE = 0x0057_A1E0_0057_A1E0L;

    private final long at;
    private final int size;
    private final Set<Integer> neededBy;

    JobField(long at, int size) {
        this(at, size, null);
    }

    JobField(long at, int size, Set<Integer> neededBy) {
        this.at = at;
        this.size = size;
        this.neededBy = neededBy;
    }

    private static long inDif(long at) {
        return dml_job_t.dif_config$offset() + at;
    }

    private static class Operations {
        static final Set<Integer> DIF = Set.of(
                SimulatedTask.DIF_CHECK, SimulatedTask.DIF_INSERT, SimulatedTask.DIF_STRIP,
                SimulatedTask.DIF_UPDATE);
        static final Set<Integer> DIF_READING =
                Set.of(SimulatedTask.DIF_CHECK, SimulatedTask.DIF_STRIP, SimulatedTask.DIF_UPDATE);
        static final Set<Integer> DIF_WRITING =
                Set.of(SimulatedTask.DIF_INSERT, SimulatedTask.DIF_UPDATE);
        static final Set<Integer> READING = Set.of(
                SimulatedTask.MEM_MOVE, SimulatedTask.COMPARE, SimulatedTask.COMPARE_PATTERN,
                SimulatedTask.DELTA_CREATE, SimulatedTask.DELTA_APPLY, SimulatedTask.DUALCAST,
                SimulatedTask.CRC, SimulatedTask.COPY_CRC, SimulatedTask.DIF_CHECK,
                SimulatedTask.DIF_INSERT,
                SimulatedTask.DIF_STRIP, SimulatedTask.DIF_UPDATE);
    }

    long at() {
        return at;
    }

    int size() {
        return size;
    }

    boolean isNeededBy(int operation) {
        return neededBy == null || neededBy.contains(operation);
    }

    void spoil(MemorySegment job) {
        if (size == Long.BYTES) {
            job.set(ValueLayout.JAVA_LONG_UNALIGNED, at, STALE);
        } else {
            job.set(ValueLayout.JAVA_INT_UNALIGNED, at, (int) STALE);
        }
    }

    private boolean isStale(MemorySegment job) {
        return size == Long.BYTES
                ? job.get(ValueLayout.JAVA_LONG_UNALIGNED, at) == STALE
                : job.get(ValueLayout.JAVA_INT_UNALIGNED, at) == (int) STALE;
    }

    /**
     * Returns a field that the operation needs and that was not written since the last submission,
     * or null.
     */
    static JobField staleIn(MemorySegment job) {
        int operation = dml_job_t.operation(job);
        for (JobField field : values()) {
            if (field.isNeededBy(operation) && field.isStale(job)) {
                return field;
            }
        }
        return null;
    }

    /**
     * Spoils every field. A batch keeps the fields with which the library finds its tasks
     * afterwards.
     */
    static void spoilAll(MemorySegment job, boolean batch) {
        for (JobField field : values()) {
            if (!batch || field != DESTINATION && field != DESTINATION_LENGTH) {
                field.spoil(job);
            }
        }
    }
}
