package io.github.vdm4j.emulator;

import java.nio.ByteBuffer;
import java.util.Arrays;

/**
 * The operations on delta records. A record has the number (2 bytes) and the content of each
 * changed word of 8 bytes.
 */
final class DeltaOperations {
    static final int ENTRY = 10;
    static final int WORD = 8;
    static final int LEAST_RECORD = 80;
    static final long MAX_RANGE = 1L << 19; // The number of a word has 16 bits.

    private static final int EQUAL = 0;
    private static final int MADE = 1;
    private static final int OVERFLOW = 2;

    private DeltaOperations() {}

    /** Writes nothing after a page fault. The client starts again. */
    static Completion create(Descriptor descriptor, Access access) throws MemoryFault {
        long size = descriptor.size();
        long record = descriptor.longAt(40);
        int capacity = descriptor.intAt(48);
        Access.Extent sources = access.extent(size)
                .with(descriptor.source(), false)
                .with(descriptor.destination(), false);
        if (!sources.isWhole()) {
            return sources.fault();
        }
        Completion fault = access.missing(record, capacity, true);
        if (fault != null) {
            return fault;
        }
        ByteBuffer original = access.readBuffer(descriptor.source(), size);
        ByteBuffer modified = access.readBuffer(descriptor.destination(), size);
        ByteBuffer entries = ByteBuffer.allocate(capacity).order(original.order());
        int at = 0;
        for (; at < size; at += WORD) {
            long word = modified.getLong(at);
            if (word != original.getLong(at)) {
                if (entries.remaining() < ENTRY) {
                    break;
                }
                entries.putShort((short) (at / WORD)).putLong(word);
            }
        }
        int written = entries.position();
        access.write(record, Arrays.copyOf(entries.array(), written));
        int result = at < size ? OVERFLOW : written == 0 ? EQUAL : MADE;
        boolean expected = !descriptor.has(Flags.CHECK_RESULT)
                || (descriptor.byteAt(56) >>> result & 1) != 0;
        return Completion.of(expected ? Status.SUCCESS : Status.FALSE_PREDICATE)
                .withResult(result)
                .withBytes(at)
                .withValue(written);
    }

    /** The field "bytes completed" counts bytes of the record. */
    static Completion apply(Descriptor descriptor, Access access) throws MemoryFault {
        long record = descriptor.source();
        long to = descriptor.destination();
        long size = Integer.toUnsignedLong(descriptor.intAt(40));
        long before = -1;
        for (long at = 0; at < size; at += ENTRY) {
            access.progress(at, 0, 0);
            Completion fault = access.missing(record + at, ENTRY, false);
            if (fault != null) {
                return fault.withBytes(at);
            }
            ByteBuffer entry = access.readBuffer(record + at, ENTRY);
            long offset = (long) Short.toUnsignedInt(entry.getShort()) * WORD;
            if (offset <= before) {
                return Completion.of(Status.DELTA_OFFSET_ORDER).withBytes(at);
            }
            if (offset + WORD > descriptor.size()) {
                return Completion.of(Status.DELTA_OFFSET_RANGE).withBytes(at);
            }
            before = offset;
            fault = access.missing(to + offset, WORD, true);
            if (fault != null) {
                return fault.withBytes(at);
            }
            access.write(to + offset, Arrays.copyOfRange(entry.array(), Short.BYTES, ENTRY));
        }
        return Completion.success().withBytes(size);
    }
}
