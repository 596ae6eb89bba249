package io.github.vdm4j;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.github.vdm4j.mover.SyncDataMover;
import io.github.vdm4j.operation.CrcOptions;
import io.github.vdm4j.operation.DifBlockSize;
import io.github.vdm4j.operation.DifConfig;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import org.junit.jupiter.api.Test;

/** The values of the tasks of a batch. */
class BatchResultTest {
    private final MemorySegment memory = Arena.ofAuto().allocate(64, 8);
    private final MemorySegment other = Arena.ofAuto().allocate(64, 8).fill((byte) 1);
    private final MemorySegment record = Arena.ofAuto().allocate(80, 8);
    private final BatchResult result = SyncDataMover.open()
            .batch()
            .compare(memory, other)
            .comparePattern(memory, 0)
            .crc32c(memory.asSlice(0, 0), CrcOptions.STANDARD.withSeed(-1))
            .createDelta(record, memory, other)
            .difCheck(memory.asSlice(0, 0), DifConfig.of(DifBlockSize.BYTES_512))
            .memcpy(memory.asSlice(0, 8), other.asSlice(0, 8))
            .applyDelta(memory, record.asSlice(8, 0), VdmFlags.NONE)
            .applyDelta(memory, Arena.ofAuto().allocate(20, 8), VdmFlags.NONE)
            .submit()
            .await();

    @Test
    void valueIsTheNumberOfEachKind() {
        assertEquals(0, result.value(0));
        assertEquals(-1, result.value(1));
        assertEquals(0xFFFFFFFFL, result.value(2));
        assertEquals(80, result.value(3));
        assertEquals(-1, result.value(4));
    }

    @Test
    void movesAndFillsNeedNoFlags() {
        MemorySegment bytes = Arena.ofAuto().allocate(8);
        try (var mover = SyncDataMover.open()) {
            mover.batch()
                    .memset(bytes.asSlice(0, 4), (byte) 7)
                    .fence()
                    .memmove(bytes.asSlice(2, 4), bytes.asSlice(0, 4))
                    .submit()
                    .await()
                    .orThrow();
            mover.newOperation().memset(bytes.asSlice(0, 1), (byte) 5).await();
        }
        assertArrayEquals(new byte[]{5, 7, 7, 7, 7, 7, 0, 0},
                bytes.toArray(ValueLayout.JAVA_BYTE));
    }

    @Test
    void valueOfAnotherKindIsRefused() {
        assertEquals("task 5 is a memcpy, which produces no number: ask get(5) for its result",
                assertThrows(IllegalArgumentException.class, () -> result.value(5)).getMessage());
    }

    @Test
    void valueOfAFailedTaskThrowsItsFailure() {
        assertEquals(VdmResult.INVALID_DATA,
                assertThrows(VdmException.class, () -> result.value(7)).result());
    }

    @Test
    void wrongIndexIsNamed() {
        String message = "task 8 of a batch of 8 tasks: the first task has the index 0";
        assertEquals(message,
                assertThrows(IndexOutOfBoundsException.class, () -> result.value(8)).getMessage());
        assertEquals(message,
                assertThrows(IndexOutOfBoundsException.class, () -> result.get(8)).getMessage());
        assertThrows(IndexOutOfBoundsException.class, () -> result.value(-1));
    }
}
