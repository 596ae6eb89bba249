package io.github.vdm4j.dml.job;

import io.github.vdm4j.dml.ffi.dml_dif_config_t;
import io.github.vdm4j.dml.ffi.dml_h;
import io.github.vdm4j.dml.ffi.dml_job_t;
import io.github.vdm4j.operation.DifConfig;
import io.github.vdm4j.operation.DifFlag;
import io.github.vdm4j.operation.DifTags;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/**
 * Writes the fields of a job that its operation takes, and reads those that it leaves. Submitting
 * and checking change some of them, so each is written anew for every submission.
 */
final class JobFields {
    // The structs lie 64-aligned, so the layouts' own check of every address has nothing to find.
    private static final ValueLayout.OfShort SHORT = ValueLayout.JAVA_SHORT.withByteAlignment(1);
    private static final ValueLayout.OfInt INT = ValueLayout.JAVA_INT.withByteAlignment(1);
    private static final ValueLayout.OfLong LONG = ValueLayout.JAVA_LONG.withByteAlignment(1);

    private static final long OPERATION = dml_job_t.operation$OFFSET;
    private static final long FLAGS = dml_job_t.flags$OFFSET;
    private static final long SOURCE = dml_job_t.source_first_ptr$OFFSET;
    private static final long SECOND_SOURCE = dml_job_t.source_second_ptr$OFFSET;
    private static final long SOURCE_LENGTH = dml_job_t.source_length$OFFSET;
    private static final long DESTINATION = dml_job_t.destination_first_ptr$OFFSET;
    private static final long SECOND_DESTINATION = dml_job_t.destination_second_ptr$OFFSET;
    private static final long DESTINATION_LENGTH = dml_job_t.destination_length$OFFSET;
    private static final long PATTERN = dml_job_t.pattern$OFFSET;
    private static final long EXPECTED_RESULT = dml_job_t.expected_result$OFFSET;
    private static final long RESULT = dml_job_t.result$OFFSET;
    private static final long OFFSET = dml_job_t.offset$OFFSET;
    private static final long CRC_POINTER = dml_job_t.crc_checksum_ptr$OFFSET;

    private static final long DIF = dml_job_t.dif_config$OFFSET;
    private static final long DIF_FLAGS = DIF + dml_dif_config_t.flags$OFFSET;
    private static final long BLOCK_SIZE = DIF + dml_dif_config_t.block_size$OFFSET;
    private static final long SOURCE_REFERENCE =
            DIF + dml_dif_config_t.source_reference_tag_seed$OFFSET;
    private static final long SOURCE_APPLICATION =
            DIF + dml_dif_config_t.source_application_tag_seed$OFFSET;
    private static final long SOURCE_MASK =
            DIF + dml_dif_config_t.source_application_tag_mask$OFFSET;
    private static final long DESTINATION_REFERENCE =
            DIF + dml_dif_config_t.destination_reference_tag_seed$OFFSET;
    private static final long DESTINATION_APPLICATION =
            DIF + dml_dif_config_t.destination_application_tag_seed$OFFSET;
    private static final long DESTINATION_MASK =
            DIF + dml_dif_config_t.destination_application_tag_mask$OFFSET;

    private static final int READ_SEED = dml_h.DML_FLAG_CRC_READ_SEED;
    private static final int MAX_TAG = 0xffff;

    /** What lies behind a job's struct in its memory: the CRC that the library reads and writes. */
    static final int CRC_BYTES = 8;

    private JobFields() {}

    /** Neither results nor expectations of an earlier operation are left. */
    static void operation(MemorySegment job, int operation, int flags) {
        job.set(INT, OPERATION, operation);
        job.set(LONG, FLAGS, flags);
        job.set(INT, EXPECTED_RESULT, 0);
        job.set(INT, RESULT, 0);
        job.set(INT, OFFSET, 0);
    }

    static void source(MemorySegment job, long address, long length) {
        job.set(LONG, SOURCE, address);
        job.set(INT, SOURCE_LENGTH, (int) length);
    }

    static void secondSource(MemorySegment job, long address) {
        job.set(LONG, SECOND_SOURCE, address);
    }

    static void destination(MemorySegment job, long address, long length) {
        job.set(LONG, DESTINATION, address);
        job.set(INT, DESTINATION_LENGTH, (int) length);
    }

    static void secondDestination(MemorySegment job, long address) {
        job.set(LONG, SECOND_DESTINATION, address);
    }

    static void pattern(MemorySegment job, long pattern) {
        job.set(LONG, PATTERN, pattern);
    }

    /** To be called after {@link #operation}, whose flags it adds to. */
    static void crcSeed(MemorySegment job, int seed) {
        long place = job.byteSize() - CRC_BYTES;
        job.set(LONG, FLAGS, job.get(LONG, FLAGS) | READ_SEED);
        job.set(LONG, CRC_POINTER, job.address() + place);
        job.set(INT, place, seed);
    }

    /** The protection of blocks that come after others, on which incrementing tags have grown. */
    static void dif(MemorySegment job, DifConfig config, int flags, long blocksBefore) {
        job.set(INT, DIF_FLAGS, flags);
        job.set(INT, BLOCK_SIZE, config.blockSize().ordinal());
        DifTags source = config.source();
        job.set(INT, SOURCE_REFERENCE,
                reference(source, flags, DifFlag.SOURCE_FIXED_REFERENCE_TAG, blocksBefore));
        job.set(SHORT, SOURCE_APPLICATION,
                application(source, flags, DifFlag.SOURCE_INCREMENTING_APPLICATION_TAG,
                        blocksBefore));
        job.set(SHORT, SOURCE_MASK, (short) source.applicationMask());
        DifTags destination = config.destination();
        job.set(INT, DESTINATION_REFERENCE,
                reference(destination, flags, DifFlag.DESTINATION_FIXED_REFERENCE_TAG,
                        blocksBefore));
        job.set(SHORT, DESTINATION_APPLICATION,
                application(destination, flags, DifFlag.DESTINATION_INCREMENTING_APPLICATION_TAG,
                        blocksBefore));
        job.set(SHORT, DESTINATION_MASK, (short) destination.applicationMask());
    }

    private static int reference(DifTags tags, int flags, DifFlag fixed, long blocksBefore) {
        return (flags & fixed.bit()) != 0 ? tags.reference()
                : (int) (tags.reference() + blocksBefore);
    }

    private static short application(DifTags tags, int flags, DifFlag incrementing,
            long blocksBefore) {
        return (short) ((flags & incrementing.bit()) == 0
                ? tags.application()
                : tags.application() + blocksBefore & MAX_TAG);
    }

    static int result(MemorySegment job) {
        return job.get(INT, RESULT);
    }

    static long offset(MemorySegment job) {
        return Integer.toUnsignedLong(job.get(INT, OFFSET));
    }

    static long recordBytes(MemorySegment job) {
        return Integer.toUnsignedLong(job.get(INT, DESTINATION_LENGTH));
    }

    static int crc(MemorySegment job) {
        return job.get(INT, job.byteSize() - CRC_BYTES);
    }
}
