package io.github.vdm4j;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.vdm4j.mover.SyncDataMover;
import io.github.vdm4j.mover.ThreadsDataMover;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Deltas of ranges of any length. */
class LongDeltaTest {
    private static final int BLOCK = 0x80000;

    private final Arena arena = Arena.ofShared();
    private final Vdm mover = ThreadsDataMover.open();

    @AfterEach
    void close() {
        mover.close();
        arena.close();
    }

    private MemorySegment noise(long bytes, long seed) {
        byte[] content = new byte[(int) bytes];
        new Random(seed).nextBytes(content);
        return arena.allocate(bytes, 8).copyFrom(MemorySegment.ofArray(content));
    }

    private MemorySegment copyOf(MemorySegment range) {
        return arena.allocate(range.byteSize(), 8).copyFrom(range);
    }

    /** Sends a change to a replica. Returns the number of sent bytes. */
    private long ship(MemorySegment original, MemorySegment modified) {
        MemorySegment replica = copyOf(original);
        MemorySegment entries = noise(LongDelta.maxBytes(modified.byteSize()), 9);
        byte[] originalBefore = original.toArray(ValueLayout.JAVA_BYTE);
        long used = LongDelta.create(mover, entries, original, modified).await();
        LongDelta.apply(mover, replica, entries.asSlice(0, used), VdmFlags.NONE).await().orThrow();
        assertEquals(-1, replica.mismatch(modified));
        assertArrayEquals(originalBefore, original.toArray(ValueLayout.JAVA_BYTE));
        return used;
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 7, 8, 9, 64, 71, 80, 4_099, BLOCK - 1, BLOCK, BLOCK + 1,
        BLOCK + 8, 3 * BLOCK + 13, 5_000_000})
    void shipsChangesOfEveryDensity(int bytes) {
        MemorySegment original = noise(bytes, 1);
        assertEquals(0, ship(original, copyOf(original)));
        var random = new Random(bytes);
        for (int changes : new int[]{1, 3, 1_000, 100_000}) {
            MemorySegment modified = copyOf(original);
            for (int i = 0; i < changes && bytes > 0; i++) {
                modified.set(ValueLayout.JAVA_BYTE, random.nextInt(bytes),
                        (byte) random.nextInt());
            }
            assertTrue(ship(original, modified) <= LongDelta.maxBytes(bytes));
        }
        assertTrue(ship(original, noise(bytes, 2)) <= LongDelta.maxBytes(bytes));
    }

    @Test
    void fewChangesGiveFewBytes() {
        MemorySegment original = noise(10L * BLOCK, 3);
        MemorySegment modified = copyOf(original);
        modified.set(ValueLayout.JAVA_BYTE, 3L * BLOCK + 5, (byte) 1);
        modified.set(ValueLayout.JAVA_BYTE, 7L * BLOCK + 5, (byte) 1);
        // The size is that of a head and of 10 bytes, rounded up.
        assertEquals(2 * (16 + 16), ship(original, modified));
    }

    @Test
    void worksOnConfinedMemoryOfOneThread() {
        try (Arena confined = Arena.ofConfined(); Vdm sync = SyncDataMover.open()) {
            MemorySegment original = confined.allocate(BLOCK + 5, 8);
            MemorySegment modified = confined.allocate(BLOCK + 5, 8).fill((byte) 1);
            MemorySegment entries = confined.allocate(LongDelta.maxBytes(BLOCK + 5), 8);
            long used = LongDelta.create(sync, entries, original, modified).await();
            LongDelta.apply(sync, original, entries.asSlice(0, used), VdmFlags.NONE)
                    .await()
                    .orThrow();
            assertEquals(-1, original.mismatch(modified));
        }
    }

    @Test
    void refusesMistakes() {
        MemorySegment ten = noise(10, 1);
        assertEquals("delta: the original range has 10 bytes and the modified range 11: they must"
                + " have the same size",
                assertThrows(IllegalArgumentException.class,
                        () -> LongDelta.create(mover, noise(500, 1), ten, noise(11, 1)))
                        .getMessage());
        assertEquals("delta: 201 bytes for the entries of ranges of 10 bytes: pass at least 202"
                + " (LongDelta.maxBytes)",
                assertThrows(IllegalArgumentException.class,
                        () -> LongDelta.create(mover, noise(201, 1), ten, ten)).getMessage());
        assertEquals("a delta of -1 bytes: the size must not be negative",
                assertThrows(IllegalArgumentException.class, () -> LongDelta.maxBytes(-1))
                        .getMessage());
    }

    @Test
    void refusesDamagedEntriesAndChangesNothing() {
        MemorySegment original = noise(2L * BLOCK + 3, 4);
        MemorySegment modified = noise(2L * BLOCK + 3, 5);
        MemorySegment entries = noise(LongDelta.maxBytes(original.byteSize()), 6);
        long used = LongDelta.create(mover, entries, original, modified).await();
        for (long cut : new long[]{1, 8, 15, 16, used - 6, used - 9}) {
            assertRefused(original, entries.asSlice(0, cut));
        }
        for (long wrong : new long[]{-1, Long.MIN_VALUE, Long.MAX_VALUE, 2L * BLOCK + 4}) {
            MemorySegment damaged = copyOf(entries.asSlice(0, used));
            damaged.set(ValueLayout.JAVA_LONG, 0, wrong);
            assertRefused(original, damaged);
        }
        for (long wrong : new long[]{0, Long.MIN_VALUE, Long.MAX_VALUE, -2L * BLOCK - 4}) {
            MemorySegment damaged = copyOf(entries.asSlice(0, used));
            damaged.set(ValueLayout.JAVA_LONG, 8, wrong);
            assertRefused(original, damaged);
        }
    }

    @Test
    void namesTheHeadThatIsCutOff() {
        MemorySegment entries = noise(LongDelta.maxBytes(64), 6);
        long used = LongDelta.create(mover, entries, noise(64, 4), noise(64, 5)).await();
        var refused = assertThrows(IllegalArgumentException.class, () -> LongDelta.apply(mover,
                noise(64, 4), entries.asSlice(0, used + 15), VdmFlags.NONE));
        assertEquals("delta: the head of the entry at byte %,d has 15 bytes of 16. The entries are"
                .formatted(used) + " cut off: pass as many bytes as create returned",
                refused.getMessage());
    }

    private void assertRefused(MemorySegment original, MemorySegment entries) {
        MemorySegment replica = copyOf(original);
        assertThrows(IllegalArgumentException.class,
                () -> LongDelta.apply(mover, replica, entries, VdmFlags.NONE));
        assertEquals(-1, replica.mismatch(original));
    }
}
