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
        return access(part, (segment, from, length, write) -> !MemoryRegions.mayLackPages(segment)
                || PageGuard.ask(segment, from, length, write));
    }

    /**
     * Makes the pages of a part's destinations in files writable before a submission to a device.
     * The device would stop at each missing or write-protected page. Each force write-protects the
     * pages of its range.
     */
    private void populate(Part part) {
        access(part, (segment, from, length, write) -> {
            if (write && length > 0 && MemoryRegions.mayLackPages(segment)) {
                PageGuard.populate(segment, from, length);
            }
            return true;
        });
    }

    /** Touches the pages of a part, see {@link Program#repairPageFault}. */
    void prefault(Part part) {
        access(part, (segment, from, length, write) -> {
            PageGuard.prefault(segment, from, length, write);
            return true;
        });
    }

    /** An access to the pages of a range in a segment. It returns whether the pages are present. */
    private interface Access {
        boolean to(MemorySegment segment, long from, long length, boolean write);
    }

    private boolean access(Part part, Access access) {
        try {
            return access(source, part.source, part.bytes, false, access)
                    && access(destination, part.destination, part.destinationBytes,
                            destinationIsWritten, access)
                    && access(second, part.second, part.bytes, secondIsWritten, access);
        } catch (IllegalStateException e) {
            throw new SegmentClosedException(e);
        }
    }

    /** The first cache line of a part may begin before its segment, and the last may end behind. */
    private static boolean access(MemorySegment segment, long address, long length, boolean write,
            Access access) {
        if (segment == null) {
            return true;
        }
        long from = Math.max(address - segment.address(), 0);
        long end = Math.min(address + length - segment.address(), segment.byteSize());
        return access.to(segment, from, end - from, write);
    }
}
