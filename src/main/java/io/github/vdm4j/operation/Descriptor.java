package io.github.vdm4j.operation;

import io.github.vdm4j.VdmFlags;
import io.github.vdm4j.VdmOperationType;
import java.lang.foreign.MemorySegment;

/**
 * What one operation is to do, checked. For implementors of movers: users get futures.
 *
 * <p>A descriptor is written by one thread before its future is idle or its batch is submitted, and
 * read from then on.
 *
 * <p>C counterpart: the fields of {@code dml_job_t} that an operation takes; a descriptor of DSA.
 */
public final class Descriptor {
    private VdmOperationType type;
    private VdmFlags flags;
    private MemorySegment source;
    private MemorySegment secondSource;
    private MemorySegment destination;
    private MemorySegment secondDestination;
    private long pattern;
    private CrcOptions crc;
    private DifConfig dif;

    /** The name of the first argument that is null. Writing throws nothing, only the check does. */
    private String missing;

    Descriptor() {}

    private <T> T required(T argument, String name) {
        if (argument == null && missing == null) {
            missing = name;
        }
        return argument;
    }

    /**
     * Checks that every argument that the operation needs is there.
     *
     * @throws NullPointerException with the name of the first that is null
     */
    void requireArguments() {
        if (missing != null) {
            throw new NullPointerException(missing);
        }
    }

    Descriptor operation(VdmOperationType what, VdmFlags promised) {
        return begin(what, promised).source(null).destination(null);
    }

    /** All but the segments that nearly every operation has; they are to be written next. */
    private Descriptor begin(VdmOperationType what, VdmFlags promised) {
        if (missing != null) {
            missing = null;
        }
        required(promised, "flags");
        // Storing a reference makes work for the garbage collector, also where it is the one that
        // is there already.
        if (flags != promised) {
            flags = promised;
        }
        if (type != what) { // else what this operation has is written next, and what it has not is not there
            type = what;
            pattern = 0;
            secondSource = null;
            secondDestination = null;
            crc = null;
            dif = null;
        }
        return this;
    }

    private Descriptor source(MemorySegment from) {
        if (source != from) {
            source = from;
        }
        return this;
    }

    private Descriptor destination(MemorySegment onto) {
        if (destination != onto) {
            destination = onto;
        }
        return this;
    }

    Descriptor copy(VdmOperationType what, MemorySegment onto, MemorySegment from,
            VdmFlags promised) {
        return begin(what, promised)
                .destination(required(onto, "destination"))
                .source(required(from, "source"));
    }

    Descriptor memset(MemorySegment onto, byte value, VdmFlags promised) {
        fill(onto, (value & 0xffL) * 0x0101010101010101L, promised);
        type = VdmOperationType.MEMSET;
        return this;
    }

    Descriptor flush(MemorySegment range) {
        operation(VdmOperationType.FLUSH, VdmFlags.NONE);
        destination = required(range, "range");
        return this;
    }

    Descriptor fill(MemorySegment onto, long bytes, VdmFlags promised) {
        operation(VdmOperationType.FILL, promised);
        destination = required(onto, "destination");
        pattern = bytes;
        return this;
    }

    Descriptor compare(MemorySegment first, MemorySegment second) {
        operation(VdmOperationType.COMPARE, VdmFlags.NONE);
        source = required(first, "first");
        secondSource = required(second, "second");
        return this;
    }

    Descriptor comparePattern(MemorySegment range, long bytes) {
        operation(VdmOperationType.COMPARE_PATTERN, VdmFlags.NONE);
        source = required(range, "range");
        pattern = bytes;
        return this;
    }

    Descriptor createDelta(MemorySegment record, MemorySegment original, MemorySegment modified) {
        operation(VdmOperationType.DELTA_CREATE, VdmFlags.NONE);
        destination = required(record, "record");
        source = required(original, "original");
        secondSource = required(modified, "modified");
        return this;
    }

    Descriptor applyDelta(MemorySegment onto, MemorySegment record, VdmFlags promised) {
        operation(VdmOperationType.DELTA_APPLY, promised);
        destination = required(onto, "destination");
        source = required(record, "record");
        return this;
    }

    Descriptor dualcast(MemorySegment first, MemorySegment second, MemorySegment from,
            VdmFlags promised) {
        begin(VdmOperationType.DUALCAST, promised)
                .destination(required(first, "first"))
                .source(required(from, "source"));
        secondDestination = required(second, "second");
        return this;
    }

    Descriptor crc32c(MemorySegment range, CrcOptions options) {
        operation(VdmOperationType.CRC, VdmFlags.NONE);
        source = required(range, "range");
        crc = required(options, "options");
        return this;
    }

    Descriptor copyCrc32c(MemorySegment onto, MemorySegment from, CrcOptions options,
            VdmFlags promised) {
        copy(VdmOperationType.COPY_CRC, onto, from, promised);
        crc = required(options, "options");
        return this;
    }

    Descriptor difCheck(MemorySegment from, DifConfig config) {
        operation(VdmOperationType.DIF_CHECK, VdmFlags.NONE);
        source = required(from, "source");
        dif = required(config, "config");
        return this;
    }

    Descriptor dif(
            VdmOperationType what, MemorySegment onto, MemorySegment from, DifConfig config,
            VdmFlags promised) {
        copy(what, onto, from, promised);
        dif = required(config, "config");
        return this;
    }

    void copyFrom(Descriptor other) {
        type = other.type;
        flags = other.flags;
        source = other.source;
        secondSource = other.secondSource;
        destination = other.destination;
        secondDestination = other.secondDestination;
        pattern = other.pattern;
        crc = other.crc;
        dif = other.dif;
    }

    /**
     * The operation.
     *
     * @return the type
     */
    public VdmOperationType type() {
        return type;
    }

    /**
     * What to promise.
     *
     * @return the flags
     */
    public VdmFlags flags() {
        return flags;
    }

    /**
     * What is read: the delta record for {@link VdmOperationType#DELTA_APPLY}, the original for
     * {@link VdmOperationType#DELTA_CREATE}.
     *
     * @return the segment, or null if the operation reads nothing
     */
    public MemorySegment source() {
        return source;
    }

    /**
     * What else is read: the other side of a comparison, or the modified range for {@link
     * VdmOperationType#DELTA_CREATE}.
     *
     * @return the segment, or null
     */
    public MemorySegment secondSource() {
        return secondSource;
    }

    /**
     * What is written or flushed: the delta record for {@link VdmOperationType#DELTA_CREATE}.
     *
     * @return the segment, or null if the operation writes nothing
     */
    public MemorySegment destination() {
        return destination;
    }

    /**
     * What else is written.
     *
     * @return the segment, or null for everything but {@link VdmOperationType#DUALCAST}
     */
    public MemorySegment secondDestination() {
        return secondDestination;
    }

    /**
     * The pattern, whose lowest byte comes first in memory. A memset has its byte eight times.
     *
     * @return eight bytes; 0 if the operation needs none
     */
    public long pattern() {
        return pattern;
    }

    /**
     * How to compute the CRC.
     *
     * @return the options, or null for other operations
     */
    public CrcOptions crc() {
        return crc;
    }

    /**
     * The protection of the blocks.
     *
     * @return the configuration, or null for other operations
     */
    public DifConfig dif() {
        return dif;
    }

    /**
     * How much the operation has to do.
     *
     * @return the bytes of what it reads, else of what it writes; 0 if it has no segment
     */
    public long byteSize() {
        return source != null ? source.byteSize()
                : destination != null ? destination.byteSize() : 0;
    }

    /**
     * Tells whether the destinations have to be made durable.
     *
     * @return true for a flush, and for {@link VdmFlags#MEM_DURABLE}
     */
    public boolean isDurable() {
        return type == VdmOperationType.FLUSH || flags.contains(VdmFlags.MEM_DURABLE);
    }

    @Override
    public String toString() {
        return "%s of %,d bytes".formatted(type, byteSize());
    }
}
