package io.github.vdm4j;

import java.lang.foreign.MemorySegment;

/** The rules that hold for the segments of every operation on every mover. */
final class SegmentCheck {
    private SegmentCheck() {}

    static void usable(VdmOperationType type, String role, MemorySegment segment) {
        if (!segment.scope().isAlive()) {
            throw new IllegalStateException(
                    "%s: the arena of the %s %s is closed".formatted(type, role, range(segment)));
        }
        if (!segment.isAccessibleBy(Thread.currentThread())) {
            throw new WrongThreadException(
                    "%s: the %s %s is confined to another thread than %s"
                            .formatted(type, role, range(segment), Thread.currentThread()));
        }
    }

    static void writable(VdmOperationType type, String role, MemorySegment segment) {
        if (segment.isReadOnly()) {
            throw new IllegalArgumentException(
                    "%s: the %s %s is read-only".formatted(type, role, range(segment)));
        }
    }

    static void sameSize(VdmOperationType type, MemorySegment destination, MemorySegment source) {
        if (destination.byteSize() != source.byteSize()) {
            throw new IllegalArgumentException(
                    "%s: the destination has %,d bytes and the source %,d: they must be of one size, see MemorySegment.asSlice"
                            .formatted(type, destination.byteSize(), source.byteSize()));
        }
    }

    static void disjoint(VdmOperationType type, MemorySegment destination, MemorySegment source) {
        long overlap = overlap(destination, source);
        if (overlap > 0) {
            throw new IllegalArgumentException(
                    "%s: source %s and destination %s overlap by %,d bytes; use memmove"
                            .formatted(type, range(source), range(destination), overlap));
        }
    }

    /** The number of bytes that two segments of one size share. */
    private static long overlap(MemorySegment a, MemorySegment b) {
        if (a.isNative() && b.isNative()) {
            return a.byteSize() - Math.abs(a.address() - b.address());
        }
        return a.asOverlappingSlice(b).map(MemorySegment::byteSize).orElse(0L);
    }

    private static String range(MemorySegment segment) {
        return segment.isNative()
                ? "[0x%x, +%d)".formatted(segment.address(), segment.byteSize())
                : "[heap, offset %d, +%d)".formatted(segment.address(), segment.byteSize());
    }
}
