package io.github.vdm4j.emulator;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;

/** Moves, fills, dualcasts, comparisons and cache flushes. */
final class MoveOperations {
    private static final boolean READ = false;
    private static final boolean WRITE = true;
    private static final int PATTERN = Long.BYTES;

    private MoveOperations() {}

    static Completion move(Descriptor descriptor, Access access) throws MemoryFault {
        long from = descriptor.source();
        long to = descriptor.destination();
        long size = descriptor.size();
        if (from < to && to < from + size) {
            return moveFromTheEnd(from, to, size, access);
        }
        Access.Extent extent = access.extent(size).with(from, READ).with(to, WRITE);
        for (long at = 0; at < extent.length(); at += Access.CHUNK) {
            access.progress(at, 0, 0);
            access.copy(from + at, to + at, chunk(extent.length() - at));
        }
        return extent.completion();
    }

    /** If the result of a fault is 1, the device has completed the end of the transfer. */
    private static Completion moveFromTheEnd(long from, long to, long size, Access access)
            throws MemoryFault {
        Access.Extent extent = access.extent(size).withEnd(from, READ).withEnd(to, WRITE);
        long done = 0;
        while (done < extent.length()) {
            access.progress(done, 0, 1);
            long chunk = chunk(extent.length() - done);
            long at = size - done - chunk;
            access.copy(from + at, to + at, chunk);
            done += chunk;
        }
        return extent.isWhole() ? Completion.success() : extent.completion().withResult(1);
    }

    static Completion fill(Descriptor descriptor, Access access) throws MemoryFault {
        long to = descriptor.destination();
        ByteBuffer pattern = ByteBuffer.allocate(Access.CHUNK).order(ByteOrder.LITTLE_ENDIAN);
        boolean wide = descriptor.has(Flags.FILL_16);
        while (pattern.hasRemaining()) {
            pattern.putLong(descriptor.source());
            pattern.putLong(wide ? descriptor.longAt(40) : descriptor.source());
        }
        Access.Extent extent = access.extent(descriptor.size()).with(to, WRITE);
        for (long at = 0; at < extent.length(); at += Access.CHUNK) {
            access.progress(at, 0, 0);
            access.write(to + at,
                    Arrays.copyOf(pattern.array(), (int) chunk(extent.length() - at)));
        }
        return extent.completion();
    }

    static Completion dualcast(Descriptor descriptor, Access access) throws MemoryFault {
        long from = descriptor.source();
        long first = descriptor.destination();
        long second = descriptor.longAt(40);
        Access.Extent extent = access.extent(descriptor.size())
                .with(from, READ)
                .with(first, WRITE)
                .with(second, WRITE);
        for (long at = 0; at < extent.length(); at += Access.CHUNK) {
            access.progress(at, 0, 0);
            byte[] bytes = access.read(from + at, chunk(extent.length() - at));
            access.write(first + at, bytes);
            access.write(second + at, bytes);
        }
        return extent.completion();
    }

    static Completion compare(Descriptor descriptor, Access access) throws MemoryFault {
        long first = descriptor.source();
        long second = descriptor.destination();
        Access.Extent extent =
                access.extent(descriptor.size()).with(first, READ).with(second, READ);
        for (long at = 0; at < extent.length(); at += Access.CHUNK) {
            access.progress(at, 0, 0);
            long chunk = chunk(extent.length() - at);
            int mismatch =
                    Arrays.mismatch(access.read(first + at, chunk),
                            access.read(second + at, chunk));
            if (mismatch >= 0) {
                return compared(descriptor, 1).withBytes(at + mismatch);
            }
        }
        return extent.isWhole() ? compared(descriptor, 0) : extent.completion();
    }

    static Completion comparePattern(Descriptor descriptor, Access access) throws MemoryFault {
        long first = descriptor.source();
        Access.Extent extent = access.extent(descriptor.size()).with(first, READ);
        for (long at = 0; at < extent.length(); at += Access.CHUNK) {
            access.progress(at, 0, 0);
            byte[] bytes = access.read(first + at, chunk(extent.length() - at));
            for (int i = 0; i < bytes.length; i++) {
                if (bytes[i] != (byte) (descriptor.destination() >>> i % PATTERN * Byte.SIZE)) {
                    return compared(descriptor, 1).withBytes(at + i);
                }
            }
        }
        return extent.isWhole() ? compared(descriptor, 0) : extent.completion();
    }

    private static Completion compared(Descriptor descriptor, int result) {
        boolean expected = !descriptor.has(Flags.CHECK_RESULT) || descriptor.byteAt(40) == result;
        return Completion.of(expected ? Status.SUCCESS : Status.FALSE_PREDICATE)
                .withResult(result)
                .withBytes(descriptor.size());
    }

    /** Only checks that the pages are present, because the emulator has no caches. */
    static Completion flush(Descriptor descriptor, Access access) {
        return access.extent(descriptor.size()).with(descriptor.destination(), READ).completion();
    }

    private static long chunk(long rest) {
        return Math.min(rest, Access.CHUNK);
    }
}
