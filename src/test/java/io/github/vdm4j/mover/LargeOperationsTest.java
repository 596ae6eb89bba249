package io.github.vdm4j.mover;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.github.vdm4j.Vdm;
import io.github.vdm4j.VdmFuture;
import io.github.vdm4j.VdmOutput;
import io.github.vdm4j.VdmResult;
import io.github.vdm4j.future.FutureRuntime;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Copies of 10 to 50 MB and fills of 100 to 500 MB on the threads mover, singly and four at a time.
 */
@Timeout(value = 120, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class LargeOperationsTest {
    private static final long MB = 1_000_000;

    @ParameterizedTest(name = "{1} of {0} MB")
    @CsvSource({"10, 1", "30, 1", "50, 1", "10, 4", "30, 4", "50, 4"})
    @DisplayName("memcpy and memmove of tens of megabytes")
    void largeCopiesSucceed(int megabytes, int atATime) {
        long size = megabytes * MB;
        try (Vdm mover = ThreadsDataMover.open(); Arena arena = Arena.ofShared()) {
            MemorySegment source = noise(arena, size);
            List<VdmFuture<VdmOutput>> copies = new ArrayList<>();
            for (int i = 0; i < atATime; i++) {
                MemorySegment destination = arena.allocate(size);
                copies.add(i % 2 == 0 ? mover.memmove(destination, source)
                        : mover.memcpy(destination, source));
            }
            new FutureRuntime().waitAll(copies);
            for (VdmFuture<VdmOutput> copy : copies) {
                assertEquals(VdmResult.SUCCESS, copy.result());
                assertEquals(-1, copy.destination().mismatch(source));
            }
        }
    }

    @ParameterizedTest(name = "{1} of {0} MB")
    @CsvSource({"100, 1", "300, 1", "500, 1", "100, 4"})
    @DisplayName("memset of hundreds of megabytes")
    void largeFillsSucceed(int megabytes, int atATime) {
        fill(megabytes, atATime);
    }

    @Tag("slow")
    @ParameterizedTest(name = "{1} of {0} MB")
    @CsvSource({"300, 4", "500, 4"})
    @DisplayName("memset of hundreds of megabytes, four at a time")
    void fourLargeFillsSucceedAtATime(int megabytes, int atATime) {
        fill(megabytes, atATime);
    }

    private static void fill(int megabytes, int atATime) {
        long size = megabytes * MB;
        try (Vdm mover = ThreadsDataMover.open(); Arena arena = Arena.ofShared()) {
            MemorySegment memory = arena.allocate(size * atATime);
            List<VdmFuture<VdmOutput>> fills = new ArrayList<>();
            for (int i = 0; i < atATime; i++) {
                fills.add(mover.memset(memory.asSlice(i * size, size), (byte) (0xa5 + i)));
            }
            new FutureRuntime().waitAll(fills);
            for (int i = 0; i < atATime; i++) {
                MemorySegment filled = fills.get(i).destination();
                assertEquals(VdmResult.SUCCESS, fills.get(i).result());
                assertEquals((byte) (0xa5 + i), filled.get(ValueLayout.JAVA_BYTE, 0));
                assertEquals(-1, filled.asSlice(1).mismatch(filled.asSlice(0, size - 1)),
                        "every byte like the one before");
            }
        }
    }

    private static MemorySegment noise(Arena arena, long size) {
        MemorySegment segment = arena.allocate(size);
        var random = new SplittableRandom(size);
        for (long at = 0; at + 8 <= size; at += 8) {
            segment.set(ValueLayout.JAVA_LONG_UNALIGNED, at, random.nextLong());
        }
        return segment;
    }
}
