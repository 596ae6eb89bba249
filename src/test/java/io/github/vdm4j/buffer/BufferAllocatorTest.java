package io.github.vdm4j.buffer;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.vdm4j.DurabilityDomain;
import java.lang.foreign.MemorySegment;
import net.jqwik.api.EdgeCasesMode;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class BufferAllocatorTest {
    private static final long HUGE_PAGE = 2L << 20;

    private static BufferAllocator allocator() {
        return OffHeapBuffer.allocator();
    }

    private static void assertZero(MemorySegment segment) {
        for (long i = 0; i < segment.byteSize(); i++) {
            assertEquals(0, segment.get(JAVA_BYTE, i), "byte " + i);
        }
    }

    @Property(tries = 200, edgeCases = EdgeCasesMode.MIXIN)
    void bufferIsAlignedZeroedAndWritable(
            @ForAll @IntRange(max = 100_000) int size,
            @ForAll @IntRange(max = 21) int alignment,
            @ForAll boolean hugePages) {
        try (OffHeapBuffer buffer =
                allocator().alignment(1L << alignment).hugePages(hugePages).allocate(size)) {
            MemorySegment segment = buffer.segment();
            assertEquals(size, segment.byteSize());
            assertEquals(size, buffer.byteSize());
            assertEquals(0, segment.address() % (hugePages ? HUGE_PAGE : 1L << alignment));
            assertEquals(DurabilityDomain.NONE, buffer.domain());
            assertZero(segment);
            segment.fill((byte) 1);
        }
    }

    @Property(tries = 100, edgeCases = EdgeCasesMode.MIXIN)
    void unzeroedBufferIsAlignedAndWritable(
            @ForAll @IntRange(max = 100_000) int size, @ForAll @IntRange(max = 21) int alignment) {
        try (OffHeapBuffer buffer =
                allocator().alignment(1L << alignment).zeroed(false).allocate(size)) {
            assertEquals(size, buffer.segment().byteSize());
            assertEquals(0, buffer.segment().address() % (1L << alignment));
            buffer.segment().fill((byte) 0x7f);
        }
    }

    @Test
    void reusedHugePagesAreZero() {
        for (int i = 0; i < 3; i++) {
            try (OffHeapBuffer buffer =
                    allocator().hugePages(true).zeroed(true).allocate(3 * HUGE_PAGE + 1)) {
                assertEquals(0, buffer.segment()
                        .mismatch(MemorySegment.ofArray(new byte[1]).fill((byte) 1)));
                assertZero(buffer.segment().asSlice(3 * HUGE_PAGE - 64, 65));
                buffer.segment().fill((byte) 1);
            }
        }
    }

    @Test
    void settingReturnsANewAllocator() {
        BufferAllocator plain = allocator();
        plain.alignment(4096);
        plain.hugePages(true);
        try (OffHeapBuffer a = plain.alignment(4096).allocate(1);
                OffHeapBuffer b = allocator().allocate(0)) {
            assertEquals(0, a.segment().address() % 4096);
            assertEquals(0, b.byteSize());
        }
    }

    @ParameterizedTest
    @ValueSource(longs = {0, -1, 3, 48, 4L << 20, Long.MIN_VALUE})
    void wrongAlignmentIsRefusedWithTheRange(long alignment) {
        BufferAllocator allocator = allocator();
        var refused =
                assertThrows(IllegalArgumentException.class, () -> allocator.alignment(alignment));
        assertEquals(
                "alignment of %,d: must be a power of two from 1 to 2,097,152".formatted(alignment),
                refused.getMessage());
    }

    @Test
    void negativeSizeIsRefusedWithTheValue() {
        var refused =
                assertThrows(IllegalArgumentException.class, () -> OffHeapBuffer.allocate(-5));
        assertEquals("a buffer of -5 bytes: the size must be 0 or more", refused.getMessage());
    }

    @ParameterizedTest
    @ValueSource(
            longs = {1L << 60, Long.MAX_VALUE - (4L << 20), Long.MAX_VALUE - 1, Long.MAX_VALUE})
    void hugeSizeThrowsOutOfMemoryError(long size) {
        for (boolean hugePages : new boolean[]{false, true}) {
            for (boolean zeroed : new boolean[]{false, true}) {
                BufferAllocator allocator =
                        allocator().hugePages(hugePages).zeroed(zeroed).alignment(HUGE_PAGE);
                var error = assertThrows(
                        OutOfMemoryError.class,
                        () -> allocator.allocate(size),
                        "huge pages " + hugePages + ", zeroed " + zeroed);
                assertTrue(error.getMessage().contains("bytes"), error.getMessage());
            }
        }
    }
}
