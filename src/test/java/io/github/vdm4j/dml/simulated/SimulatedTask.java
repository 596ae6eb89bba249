package io.github.vdm4j.dml.simulated;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_INT_UNALIGNED;
import static java.lang.foreign.ValueLayout.JAVA_LONG_UNALIGNED;
import static java.lang.foreign.ValueLayout.JAVA_SHORT_UNALIGNED;

import io.github.vdm4j.dml.ffi.dml_dif_config_t;
import io.github.vdm4j.dml.ffi.dml_h;
import io.github.vdm4j.dml.ffi.dml_job_t;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;

/**
 * A task of a device. It has the fields of a job, or of a descriptor in a batch, under common
 * names.
 *
 * @param operation DML's number
 * @param flags the 16 bits that every descriptor has
 * @param specific the operation's own flags, and every bit above these 16 bits
 * @param source the range to read, for DELTA_APPLY the record
 * @param secondSource the range to compare with the source, for DELTA_CREATE the new content
 * @param destination the range to write, for DELTA_CREATE the record
 * @param secondDestination the second destination of DUALCAST and DRAIN
 * @param length the length in bytes, for a batch the length of its buffer
 * @param recordLength the capacity of a delta record to create, or the size of a record to apply
 * @param pattern eight bytes
 * @param expected the expected result of a comparison
 * @param seed the seed of a CRC
 * @param crcPointer the address in a job to which the CRC goes and from which the seed comes
 * @param dif the protection of the four DIF operations
 */
public record SimulatedTask(
        int operation,
        int flags,
        long specific,
        long source,
        long secondSource,
        long destination,
        long secondDestination,
        long length,
        long recordLength,
        long pattern,
        int expected,
        int seed,
        long crcPointer,
        Dif dif) {
    public static final MemorySegment EVERYTHING = MemorySegment.NULL.reinterpret(Long.MAX_VALUE);
    public static final int NOP = dml_h.DML_OP_NOP;
    public static final int BATCH = dml_h.DML_OP_BATCH;
    public static final int DRAIN = dml_h.DML_OP_DRAIN;
    public static final int MEM_MOVE = dml_h.DML_OP_MEM_MOVE;
    public static final int FILL = dml_h.DML_OP_FILL;
    public static final int COMPARE = dml_h.DML_OP_COMPARE;
    public static final int COMPARE_PATTERN = dml_h.DML_OP_COMPARE_PATTERN;
    public static final int DELTA_CREATE = dml_h.DML_OP_DELTA_CREATE;
    public static final int DELTA_APPLY = dml_h.DML_OP_DELTA_APPLY;
    public static final int DUALCAST = dml_h.DML_OP_DUALCAST;
    public static final int CRC = dml_h.DML_OP_CRC;
    public static final int COPY_CRC = dml_h.DML_OP_COPY_CRC;
    public static final int DIF_CHECK = dml_h.DML_OP_DIF_CHECK;
    public static final int DIF_INSERT = dml_h.DML_OP_DIF_INSERT;
    public static final int DIF_STRIP = dml_h.DML_OP_DIF_STRIP;
    public static final int DIF_UPDATE = dml_h.DML_OP_DIF_UPDATE;
    public static final int CACHE_FLUSH = dml_h.DML_OP_CACHE_FLUSH;

    private static final int PROTECTION = 8;

    /**
     * The protection of blocks.
     *
     * @param sourceFlags the flags of the source's protection
     * @param destinationFlags the flags of the destination's protection
     * @param flags the flags of both, from a job also every bit above them
     * @param blockSize 0 to 3
     * @param source its tags
     * @param destination its tags
     */
    public record Dif(int sourceFlags, int destinationFlags, int flags, int blockSize, Tags source,
            Tags destination) {
        private static final int[] BLOCK_SIZES = {512, 520, 4096, 4104};

        public int bytesOfBlock() {
            return BLOCK_SIZES[blockSize & 3];
        }
    }

    /**
     * The tags of the first block. A set bit of the mask exempts that bit of the tag.
     */
    public record Tags(int reference, int application, int applicationMask) {}

    public record Range(long address, long length) {
        public boolean overlaps(Range other) {
            return address < other.address + other.length && other.address < address + length;
        }
    }

    public static SimulatedTask ofJob(MemorySegment job) {
        int operation = dml_job_t.operation(job);
        long flags = dml_job_t.flags(job);
        long sourceLength = Integer.toUnsignedLong(dml_job_t.source_length(job));
        long destinationLength = Integer.toUnsignedLong(dml_job_t.destination_length(job));
        boolean byDestination = operation == FILL
                || operation == CACHE_FLUSH
                || operation == DELTA_APPLY
                || operation == BATCH;
        MemorySegment dif = dml_job_t.dif_config(job);
        int difFlags = dml_dif_config_t.flags(dif);
        boolean compares = operation == COMPARE || operation == DELTA_CREATE;
        boolean twice = operation == DUALCAST || operation == DRAIN;
        return new SimulatedTask(
                operation,
                (int) (flags & 0xFFFF),
                flags >>> 16,
                dml_job_t.source_first_ptr(job).address(),
                compares ? dml_job_t.source_second_ptr(job).address() : 0,
                dml_job_t.destination_first_ptr(job).address(),
                twice ? dml_job_t.destination_second_ptr(job).address() : 0,
                byDestination ? destinationLength : sourceLength,
                byDestination ? sourceLength : destinationLength,
                dml_job_t.pattern(job).get(JAVA_LONG_UNALIGNED, 0),
                dml_job_t.expected_result(job),
                0,
                dml_job_t.crc_checksum_ptr(job).address(),
                new Dif(
                        difFlags & 0xFF,
                        difFlags >>> 8 & 0xFF,
                        difFlags >>> 16,
                        dml_dif_config_t.block_size(dif),
                        new Tags(
                                dml_dif_config_t.source_reference_tag_seed(dif),
                                Short.toUnsignedInt(
                                        dml_dif_config_t.source_application_tag_seed(dif)),
                                Short.toUnsignedInt(
                                        dml_dif_config_t.source_application_tag_mask(dif))),
                        new Tags(
                                dml_dif_config_t.destination_reference_tag_seed(dif),
                                Short.toUnsignedInt(
                                        dml_dif_config_t.destination_application_tag_seed(dif)),
                                Short.toUnsignedInt(
                                        dml_dif_config_t.destination_application_tag_mask(dif)))));
    }

    public static SimulatedTask ofDescriptor(MemorySegment d) {
        int operation = d.get(JAVA_BYTE, 7);
        long first = d.get(JAVA_LONG_UNALIGNED, 16);
        long second = d.get(JAVA_LONG_UNALIGNED, 24);
        boolean create = operation == DELTA_CREATE;
        boolean patternFirst = operation == FILL;
        boolean patternSecond = operation == COMPARE_PATTERN;
        boolean compare = operation == COMPARE;
        int general = d.get(JAVA_BYTE, 42) & 0xFF;
        return new SimulatedTask(
                operation,
                Short.toUnsignedInt(d.get(JAVA_SHORT_UNALIGNED, 4)),
                d.get(JAVA_BYTE, 6) & 0xFF,
                patternFirst ? 0 : first,
                compare || create ? second : 0,
                create ? d.get(JAVA_LONG_UNALIGNED, 40) : compare || patternSecond ? 0 : second,
                operation == DUALCAST ? d.get(JAVA_LONG_UNALIGNED, 40) : 0,
                Integer.toUnsignedLong(d.get(JAVA_INT_UNALIGNED, 32)),
                Integer.toUnsignedLong(d.get(JAVA_INT_UNALIGNED, create ? 48 : 40)),
                patternFirst ? first : second,
                d.get(JAVA_BYTE, create ? 56 : 40) & 0xFF,
                d.get(JAVA_INT_UNALIGNED, 40),
                0,
                new Dif(
                        d.get(JAVA_BYTE, 40) & 0xFF,
                        d.get(JAVA_BYTE, 41) & 0xFF,
                        general & ~3,
                        general & 3,
                        tags(d, 48),
                        tags(d, 56)));
    }

    private static Tags tags(MemorySegment d, long at) {
        return new Tags(
                d.get(JAVA_INT_UNALIGNED, at),
                Short.toUnsignedInt(d.get(JAVA_SHORT_UNALIGNED, at + 6)),
                Short.toUnsignedInt(d.get(JAVA_SHORT_UNALIGNED, at + 4)));
    }

    /** Returns the task with the seed that the library reads through the pointer of a job. */
    public SimulatedTask withSeed() {
        boolean read = isCrc() && (specific << 16 & dml_h.DML_FLAG_CRC_READ_SEED) != 0;
        int found = read ? EVERYTHING.get(JAVA_INT_UNALIGNED, crcPointer) : 0;
        return new SimulatedTask(
                operation,
                flags,
                specific,
                source,
                secondSource,
                destination,
                secondDestination,
                length,
                recordLength,
                pattern,
                expected,
                found,
                crcPointer,
                dif);
    }

    public boolean is(int otherOperation) {
        return operation == otherOperation;
    }

    public boolean isCrc() {
        return is(CRC) || is(COPY_CRC);
    }

    public boolean isDif() {
        return is(DIF_CHECK) || is(DIF_INSERT) || is(DIF_STRIP) || is(DIF_UPDATE);
    }

    public boolean isFlowControl() {
        return is(NOP) || is(DRAIN) || is(BATCH);
    }

    private boolean hasSource() {
        return !isFlowControl() && !is(FILL) && !is(CACHE_FLUSH);
    }

    public boolean hasDestination() {
        return !isFlowControl() && !is(COMPARE) && !is(COMPARE_PATTERN) && !is(CRC)
                && !is(DIF_CHECK);
    }

    public boolean has(int flag) {
        return (flags & flag) != 0;
    }

    /** Returns the number of blocks of a DIF operation. */
    public long blocks() {
        return length / (dif.bytesOfBlock() + (is(DIF_INSERT) ? 0 : PROTECTION));
    }

    public List<Range> reads() {
        var ranges = new ArrayList<Range>();
        if (hasSource()) {
            ranges.add(new Range(source, is(DELTA_APPLY) ? recordLength : length));
        }
        if (is(COMPARE) || is(DELTA_CREATE)) {
            ranges.add(new Range(secondSource, length));
        }
        return ranges;
    }

    public List<Range> writes() {
        var ranges = new ArrayList<Range>();
        if (hasDestination()) {
            ranges.add(new Range(destination, bytesWritten()));
        }
        if (is(DUALCAST)) {
            ranges.add(new Range(secondDestination, length));
        }
        return ranges;
    }

    private long bytesWritten() {
        if (is(DELTA_CREATE)) {
            return recordLength;
        }
        if (is(DIF_INSERT)) {
            return length + blocks() * PROTECTION;
        }
        return is(DIF_STRIP) ? length - blocks() * PROTECTION : length;
    }

    @Override
    public String toString() {
        return "operation %d: [0x%x], [0x%x] -> [0x%x], [0x%x], +%d, record +%d, flags 0x%x, 0x%x"
                .formatted(
                        operation, source, secondSource, destination, secondDestination, length,
                        recordLength, flags,
                        specific);
    }
}
