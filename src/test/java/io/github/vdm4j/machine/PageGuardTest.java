package io.github.vdm4j.machine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.channels.FileChannel;
import java.nio.channels.FileChannel.MapMode;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.function.Consumer;
import net.jqwik.api.ForAll;
import net.jqwik.api.Label;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.lifecycle.AfterProperty;
import net.jqwik.api.lifecycle.BeforeProperty;

/** Checks of the pages of a mapping. Its file has only the first pages. */
@Label("The page guard")
class PageGuardTest {
    private static final int PAGE = 4096;
    private static final int SIZE = 16 * PAGE;

    private Path file;
    private Arena arena;

    @BeforeProperty
    void makeFile() throws IOException {
        file = Files.createTempFile("guarded", "");
        arena = Arena.ofShared();
    }

    @AfterProperty
    void deleteFile() throws IOException {
        arena.close();
        Files.delete(file);
    }

    /** Returns a mapping of random bytes of a file that is truncated to the first pages. */
    private MemorySegment mapped(int pagesLeft) {
        try (var channel =
                FileChannel.open(file, StandardOpenOption.READ, StandardOpenOption.WRITE)) {
            byte[] bytes = new byte[SIZE];
            for (int i = 0; i < SIZE; i++) {
                bytes[i] = (byte) (i % 251);
            }
            Files.write(file, bytes);
            MemorySegment mapped = channel.map(MapMode.READ_WRITE, 0, SIZE, arena);
            channel.truncate((long) pagesLeft * PAGE);
            return mapped;
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }

    private void assertGuards(int pagesLeft, int offset, int wanted,
            Consumer<MemorySegment> check) {
        MemorySegment mapped = mapped(pagesLeft);
        int left = pagesLeft * PAGE;
        int length = Math.min(wanted, SIZE - offset);
        if (offset + length <= left) {
            check.accept(mapped);
        } else {
            int missing = Math.max(left, offset);
            var e = assertThrows(PageUnavailableException.class, () -> check.accept(mapped));
            assertEquals(
                    ("a page of a mapped file is not there, from byte %,d of a segment of %,d on:"
                            + " the file was truncated: %s has %,d bytes, and the page is at byte"
                            + " %,d").formatted(missing, SIZE, file, left, missing & -PAGE),
                    e.getMessage());
        }
        for (int i = 0; i < left; i++) {
            assertEquals((byte) (i % 251), mapped.get(ValueLayout.JAVA_BYTE, i), "at " + i);
        }
    }

    @Property(tries = 60)
    void findsTheFirstMissingPage(
            @ForAll @IntRange(max = 16) int pagesLeft,
            @ForAll @IntRange(max = SIZE - 1) int offset,
            @ForAll @IntRange(min = 1, max = SIZE) int wanted,
            @ForAll boolean write) {
        int length = Math.min(wanted, SIZE - offset);
        assertGuards(pagesLeft, offset, length,
                mapped -> assertTrue(PageGuard.ask(mapped, offset, length, write)));
    }

    @Property(tries = 60)
    void pagesAreTouchedIfTheKernelRefuses(
            @ForAll @IntRange(max = 16) int pagesLeft,
            @ForAll @IntRange(max = SIZE - 1) int offset,
            @ForAll @IntRange(min = 1, max = SIZE) int wanted,
            @ForAll boolean write) {
        int length = Math.min(wanted, SIZE - offset);
        assertGuards(pagesLeft, offset, length,
                mapped -> PageGuard.touch(mapped, offset, length, write));
    }

    @Property(tries = 60)
    void byteOfEachPageIsSentThroughAPipe(
            @ForAll @IntRange(max = 16) int pagesLeft,
            @ForAll @IntRange(max = SIZE - 1) int offset,
            @ForAll @IntRange(min = 1, max = SIZE) int wanted,
            @ForAll boolean write) {
        int length = Math.min(wanted, SIZE - offset);
        assertGuards(pagesLeft, offset, length, mapped -> {
            long missing = PageGuard.firstMissing(mapped.address() + offset, length,
                    write);
            if (missing >= 0) {
                throw new PageUnavailableException(mapped, offset + missing);
            }
            assertEquals(PageGuard.NONE_MISSING, missing);
        });
    }

    /** The JIT removes a read of an unused value, even a volatile read. */
    @Property(tries = 1)
    void compiledCodeFindsTheMissingPage() {
        MemorySegment whole = mapped(SIZE / PAGE);
        for (int i = 0; i < 500_000; i++) {
            PageFaults.requireNone(whole);
            PageGuard.touch(whole, 0, PAGE, false);
            PageGuard.touch(whole, 0, PAGE, true);
        }
        MemorySegment cut = mapped(1);
        assertThrows(PageUnavailableException.class, () -> PageFaults.requireNone(cut));
        for (boolean write : new boolean[]{false, true}) {
            assertThrows(PageUnavailableException.class,
                    () -> PageGuard.touch(cut, PAGE, PAGE, write));
        }
    }

    @Property(tries = 1)
    void onlyAShortFileIsNamedAsTheCause() throws IOException {
        MemorySegment mapped = mapped(1);
        Files.delete(file);
        try {
            var e = assertThrows(PageUnavailableException.class,
                    () -> PageGuard.ask(mapped, 0, SIZE, false));
            assertEquals("a page of a mapped file is not there, from byte 4,096 of a segment of"
                    + " 65,536 on: the system cannot provide it (EFAULT)", e.getMessage());
        } finally {
            Files.createFile(file);
        }
    }

    @Property(tries = 1)
    void refusesAClosedArenaAndAnotherThread() throws InterruptedException {
        MemorySegment gone = mapped(0);
        var thrown = new Throwable[1];
        try (Arena confined = Arena.ofConfined()) {
            MemorySegment mine = gone.reinterpret(confined, null);
            Thread.ofPlatform().start(() -> {
                try {
                    PageGuard.ask(mine, 0, SIZE, false);
                } catch (Throwable e) {
                    thrown[0] = e;
                }
            }).join();
        }
        assertEquals(WrongThreadException.class, thrown[0].getClass());
        MemorySegment dead;
        try (Arena brief = Arena.ofShared()) {
            dead = gone.reinterpret(brief, null);
        }
        assertThrows(IllegalStateException.class, () -> PageGuard.ask(dead, 0, SIZE, false));
    }
}
