package io.github.vdm4j.dml.job;

import io.github.vdm4j.dml.ffi.dml_dif_config_t;
import io.github.vdm4j.dml.ffi.dml_h;
import io.github.vdm4j.dml.ffi.dml_job_t;
import io.github.vdm4j.engine.channel.Opcode;
import io.github.vdm4j.engine.channel.Part;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/**
 * The fields of a job. A submission writes every field that the operation needs, because
 * submissions and checks change some fields.
 */
final class JobFields {
    // The structs are 64-aligned. Therefore the layouts need no check of the alignment.
    private static final ValueLayout.OfShort SHORT = ValueLayout.JAVA_SHORT.withByteAlignment(1);
    private static final ValueLayout.OfInt INT = ValueLayout.JAVA_INT.withByteAlignment(1);
    private static final ValueLayout.OfLong LONG = ValueLayout.JAVA_LONG.withByteAlignment(1);

    private static final long OPERATION = dml_job_t.operation$offset();
    private static final long FLAGS = dml_job_t.flags$offset();
    private static final long SOURCE = dml_job_t.source_first_ptr$offset();
    private static final long SECOND_SOURCE = dml_job_t.source_second_ptr$offset();
    private static final long SOURCE_LENGTH = dml_job_t.source_length$offset();
    private static final long DESTINATION = dml_job_t.destination_first_ptr$offset();
    private static final long SECOND_DESTINATION = dml_job_t.destination_second_ptr$offset();
    private static final long DESTINATION_LENGTH = dml_job_t.destination_length$offset();
    private static final long PATTERN = dml_job_t.pattern$offset();
    private static final long EXPECTED_RESULT = dml_job_t.expected_result$offset();
    private static final long RESULT = dml_job_t.result$offset();
    private static final long OFFSET = dml_job_t.offset$offset();
    private static final long CRC_POINTER = dml_job_t.crc_checksum_ptr$offset();

    private static final long DIF = dml_job_t.dif_config$offset();
    private static final long DIF_FLAGS = DIF + dml_dif_config_t.flags$offset();
    private static final long BLOCK_SIZE = DIF + dml_dif_config_t.block_size$offset();
    private static final long SOURCE_REFERENCE =
            DIF + dml_dif_config_t.source_reference_tag_seed$offset();
    private static final long SOURCE_APPLICATION =
            DIF + dml_dif_config_t.source_application_tag_seed$offset();
    private static final long SOURCE_MASK =
            DIF + dml_dif_config_t.source_application_tag_mask$offset();
    private static final long DESTINATION_REFERENCE =
            DIF + dml_dif_config_t.destination_reference_tag_seed$offset();
    private static final long DESTINATION_APPLICATION =
            DIF + dml_dif_config_t.destination_application_tag_seed$offset();
    private static final long DESTINATION_MASK =
            DIF + dml_dif_config_t.destination_application_tag_mask$offset();

    private static final int READ_SEED = dml_h.DML_FLAG_CRC_READ_SEED;

    /** The size of the CRC that the library reads and writes, behind a struct. */
    static final int CRC_BYTES = 8;

    private JobFields() {}

    /** Writes all fields of an operation other than a copy or a fill. */
    static void describe(MemorySegment job, Part part) {
        job.set(INT, OPERATION, part.opcode());
        job.set(LONG, FLAGS, part.flags());
        // The fields may contain the results of an earlier operation.
        job.set(INT, EXPECTED_RESULT, 0);
        job.set(INT, RESULT, 0);
        job.set(INT, OFFSET, 0);
        job.set(LONG, SOURCE, part.source());
        job.set(INT, SOURCE_LENGTH, (int) part.bytes());
        job.set(LONG, DESTINATION, part.destination());
        job.set(INT, DESTINATION_LENGTH, (int) part.destinationBytes());
        switch (part.opcode()) {
            case Opcode.DRAIN, Opcode.DUALCAST -> job.set(LONG, SECOND_DESTINATION, part.second());
            case Opcode.COMPARE_PATTERN -> job.set(LONG, PATTERN, part.pattern());
            case Opcode.COMPARE, Opcode.DELTA_CREATE -> job.set(LONG, SECOND_SOURCE, part.second());
            case Opcode.CRC, Opcode.COPY_CRC -> crcSeed(job, part);
            case Opcode.DIF_CHECK, Opcode.DIF_INSERT, Opcode.DIF_STRIP, Opcode.DIF_UPDATE ->
                dif(job, part);
            default -> {} // no further fields
        }
    }

    private static void crcSeed(MemorySegment job, Part part) {
        long place = job.byteSize() - CRC_BYTES;
        job.set(LONG, FLAGS, part.flags() | READ_SEED);
        job.set(LONG, CRC_POINTER, job.address() + place);
        job.set(INT, place, part.seed());
    }

    private static void dif(MemorySegment job, Part part) {
        job.set(INT, DIF_FLAGS, part.difFlags());
        job.set(INT, BLOCK_SIZE, part.blockSize());
        job.set(INT, SOURCE_REFERENCE, part.sourceReference());
        job.set(SHORT, SOURCE_APPLICATION, (short) part.sourceApplication());
        job.set(SHORT, SOURCE_MASK, (short) part.sourceMask());
        job.set(INT, DESTINATION_REFERENCE, part.destinationReference());
        job.set(SHORT, DESTINATION_APPLICATION, (short) part.destinationApplication());
        job.set(SHORT, DESTINATION_MASK, (short) part.destinationMask());
    }

    static int result(MemorySegment job) {
        return job.get(INT, RESULT);
    }

    static long offset(MemorySegment job) {
        return Integer.toUnsignedLong(job.get(INT, OFFSET));
    }

    static int recordBytes(MemorySegment job) {
        return job.get(INT, DESTINATION_LENGTH);
    }

    static int crc(MemorySegment job) {
        return job.get(INT, job.byteSize() - CRC_BYTES);
    }
}
