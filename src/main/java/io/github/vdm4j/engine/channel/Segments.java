package io.github.vdm4j.engine.channel;

import io.github.vdm4j.Operation;
import io.github.vdm4j.VdmOperationType;
import io.github.vdm4j.jvm.PatternKernel;
import io.github.vdm4j.machine.PageGuard;
import io.github.vdm4j.machine.SegmentClosedException;
import io.github.vdm4j.memory.MemoryRegions;
import java.lang.foreign.MemorySegment;

/** The segments of an operation and their pages. The pages of a mapped file may be missing. */
final class Segments {
    MemorySegment source;
    MemorySegment destination;

    /** The second source or the second destination. No operation has both. */
    MemorySegment second;

    private boolean destinationIsWritten;
    private boolean secondIsWritten;
    private boolean isCopy;
    private boolean mayLack;

    void begin(Operation<?> operation) {
        // The device does not write a CRC to memory.
        begin(operation.source(), operation.destination(),
                operation.crcDestination() == null ? operation.second() : null);
        destinationIsWritten = true;
        isCopy = operation.type().compareTo(VdmOperationType.MEMMOVE) <= 0;
        secondIsWritten = operation.secondDestination() != null;
    }

    /** Begins to write back the cache lines that cover a range. Returns their size in bytes. */
    long beginFlush(MemorySegment range, Part part) {
        begin(null, range, null);
        destinationIsWritten = false;
        secondIsWritten = false;
        isCopy = false;
        return part.flush(range.address(), range.byteSize()).bytes;
    }

    private void begin(MemorySegment from, MemorySegment to, MemorySegment other) {
        source = from;
        destination = to;
        second = other;
        mayLack = MemoryRegions.mayLackPages(from) || MemoryRegions.mayLackPages(to)
                || MemoryRegions.mayLackPages(other);
    }

    void clear() {
        begin(null, null, null);
    }

    boolean mayLackPages() {
        return mayLack;
    }

    /** Returns whether the parts of a copy have to be in descending order. */
    boolean isBackwards() {
        return isCopy && distance() > 0 && distance() < source.byteSize();
    }

    /** Returns whether a part of a copy moves bytes within its own range. */
    boolean overlapIn(long part) {
        return isCopy && Math.abs(distance()) < part;
    }

    private long distance() {
        return destination.address() - source.address();
    }

    void move(long offset, long bytes, byte fill) {
        if (source == null) {
            PatternKernel.fill(destination.asSlice(offset, bytes), fill);
        } else {
            MemorySegment.copy(source, offset, destination, offset, bytes);
        }
    }

    /** Prepares the pages of a part. Returns false if only the JVM may touch its segments. */
    boolean prepare(Part part, boolean device) {
        if (!mayLack || device && !destinationIsWritten) {
            return true;
        }
        if (!destinationIsWritten) {
            prefault(part);
        } else if (!device || part.opcode == Opcode.DELTA_APPLY) {
            return guard(part); // Java reads the record of an applied delta.
        } else {
            populate(part);
        }
        return true;
    }

    /** Asks the kernel for the pages of a part. Returns {@code false} if it does not answer. */
    boolean guard(Part part) {
        try {
            return guard(source, part.source, part.bytes, false)
                    && guard(destination, part.destination, part.destinationBytes,
                            destinationIsWritten)
                    && guard(second, part.second, part.bytes, secondIsWritten);
        } catch (IllegalStateException e) {
            throw new SegmentClosedException(e);
        }
    }

    private static boolean guard(MemorySegment segment, long address, long length, boolean write) {
        if (!MemoryRegions.mayLackPages(segment)) {
            return true;
        }
        long begin = begin(segment, address);
        return PageGuard.ask(segment, begin, end(segment, address + length) - begin, write);
    }

    /**
     * Makes the pages of a part's destinations in files writable before a submission to a device.
     * The device would stop at each missing or write-protected page. Each force write-protects the
     * pages of its range.
     */
    private void populate(Part part) {
        populate(destination, part.destination, part.destinationBytes);
        if (secondIsWritten) {
            populate(second, part.second, part.bytes);
        }
    }

    private static void populate(MemorySegment segment, long address, long length) {
        if (MemoryRegions.mayLackPages(segment) && length > 0) {
            PageGuard.populate(segment, address - segment.address(), length);
        }
    }

    /** Touches the pages of a part, see {@link Program#repairPageFault}. */
    void prefault(Part part) {
        prefault(source, part.source, part.bytes, false);
        prefault(destination, part.destination, part.destinationBytes, destinationIsWritten);
        prefault(second, part.second, part.bytes, secondIsWritten);
    }

    private static void prefault(MemorySegment segment, long address, long length, boolean write) {
        if (segment != null) {
            try {
                long begin = begin(segment, address);
                PageGuard.prefault(segment, begin, end(segment, address + length) - begin, write);
            } catch (IllegalStateException e) {
                throw new SegmentClosedException(e);
            }
        }
    }

    /** Returns the offset of an address. The first cache line of a range may begin before it. */
    private static long begin(MemorySegment segment, long address) {
        return Math.max(address - segment.address(), 0);
    }

    /** Returns the offset of the end of a part. The last cache line may end behind the range. */
    private static long end(MemorySegment segment, long address) {
        return Math.min(address - segment.address(), segment.byteSize());
    }
}
