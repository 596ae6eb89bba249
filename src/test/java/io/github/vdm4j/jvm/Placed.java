package io.github.vdm4j.jvm;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/** Bytes at an offset of some memory, between bytes that must not change. */
final class Placed {
    private static final byte AROUND = 0x5c;
    private static final int MARGIN = 64;

    /** The kind of a segment. */
    enum Kind {
        NATIVE,
        BYTES,
        LONGS,
        READ_ONLY_BYTES;

        boolean isWritable() {
            return this != READ_ONLY_BYTES;
        }
    }

    private final MemorySegment whole;
    private final int offset;
    private final int size;
    private final boolean readOnly;

    private Placed(MemorySegment whole, int offset, int size, boolean readOnly) {
        this.whole = whole;
        this.offset = offset;
        this.size = size;
        this.readOnly = readOnly;
    }

    static Placed of(Kind kind, int misalignment, byte[] bytes) {
        int room = MARGIN + misalignment + bytes.length + MARGIN;
        MemorySegment whole = switch (kind) {
            case NATIVE -> Arena.ofAuto().allocate(room, 64);
            case BYTES, READ_ONLY_BYTES -> MemorySegment.ofArray(new byte[room]);
            case LONGS -> MemorySegment.ofArray(new long[(room + 7) / 8]);
        };
        whole.fill(AROUND);
        int offset = MARGIN + misalignment;
        MemorySegment.copy(bytes, 0, whole, ValueLayout.JAVA_BYTE, offset, bytes.length);
        return new Placed(whole, offset, bytes.length, !kind.isWritable());
    }

    static Placed room(Kind kind, int misalignment, int size) {
        return of(kind, misalignment, new byte[size]);
    }

    MemorySegment segment() {
        MemorySegment part = whole.asSlice(offset, size);
        return readOnly ? part.asReadOnly() : part;
    }

    /** Returns the bytes, after a check that the bytes around them are unchanged. */
    byte[] bytes() {
        for (long i = 0; i < whole.byteSize(); i++) {
            if (i < offset || i >= offset + size) {
                assertEquals(AROUND, whole.get(ValueLayout.JAVA_BYTE, i),
                        "byte " + (i - offset) + " of " + size);
            }
        }
        return segment().toArray(ValueLayout.JAVA_BYTE);
    }
}
