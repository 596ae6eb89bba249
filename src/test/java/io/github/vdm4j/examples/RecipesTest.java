package io.github.vdm4j.examples;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_LONG;
import static org.junit.jupiter.api.Assertions.assertEquals;

import io.github.vdm4j.Vdm;
import io.github.vdm4j.buffer.OffHeapBuffer;
import io.github.vdm4j.mover.DataMovers;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A comparison of the page cache and the replica with plain memory. */
class RecipesTest {
    private static final int PAGES = 20;
    private static final int FILE = 100_000;

    @TempDir private Path folder;

    private OffHeapBuffer pages() throws Exception {
        return OffHeapBuffer.map(folder.resolve("pages"), 0, 2L * PAGES * PageCache.SLOT_BYTES);
    }

    @Test
    void cacheReturnsTheBytesOfAPage() throws Exception {
        var random = new Random(5);
        long[] expected = new long[PAGES];
        for (int run = 0; run < 5; run++) {
            try (OffHeapBuffer file = pages();
                    Vdm mover = DataMovers.best();
                    var cache = new PageCache(mover, file.segment(), 4)) {
                for (int i = 0; i < 200; i++) {
                    int page = random.nextInt(PAGES);
                    boolean change = random.nextBoolean();
                    MemorySegment bytes = cache.page(page, change);
                    assertEquals(expected[page], bytes.get(JAVA_LONG, 800));
                    if (change) {
                        expected[page] = random.nextLong();
                        bytes.set(JAVA_LONG, 800, expected[page]);
                    }
                }
            }
        }
    }

    @Test
    void tornSlotLeavesTheOlderPage() throws Exception {
        try (OffHeapBuffer file = pages(); Vdm mover = DataMovers.best()) {
            for (long value = 1; value <= 2; value++) {
                try (var cache = new PageCache(mover, file.segment(), 4)) {
                    cache.page(3, true).set(JAVA_LONG, 800, value);
                }
            }
            for (long at = 6L * PageCache.SLOT_BYTES; at < 8L * PageCache.SLOT_BYTES; at += 4096) {
                if (file.segment().get(JAVA_LONG, at + 816) == 2) {
                    file.segment().set(JAVA_BYTE, at + 4000, (byte) 1);
                }
            }
            try (var cache = new PageCache(mover, file.segment(), 4)) {
                assertEquals(1, cache.page(3, false).get(JAVA_LONG, 800));
            }
        }
    }

    @Test
    void replicaFollowsTheFile() throws Exception {
        var random = new Random(7);
        try (Arena arena = Arena.ofShared(); Vdm mover = DataMovers.best()) {
            MemorySegment before = arena.allocate(FILE, 8);
            MemorySegment after = arena.allocate(FILE, 8);
            for (int run = 0; run < 4; run++) {
                try (var copy = OffHeapBuffer.map(folder.resolve("copy"), 0, FILE);
                        var journal = OffHeapBuffer.map(folder.resolve("journal"), 0, 1 << 18)) {
                    var replica = new Replica(mover, copy.segment(), journal.segment());
                    assertEquals(-1, copy.segment().mismatch(before));
                    for (int i = 0; i < 20; i++) {
                        for (int change = random.nextInt(2_000); change >= 0; change--) {
                            after.set(JAVA_BYTE, random.nextInt(FILE), (byte) random.nextInt());
                        }
                        replica.receive(Replica.changes(mover, before, after));
                        before.copyFrom(after);
                        assertEquals(-1, copy.segment().mismatch(before));
                    }
                }
            }
        }
    }
}
