package io.github.vdm4j.engine;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.vdm4j.Batch;
import io.github.vdm4j.BatchResult;
import io.github.vdm4j.ExecutionPath;
import io.github.vdm4j.VdmException;
import io.github.vdm4j.VdmFlags;
import io.github.vdm4j.VdmFuture;
import io.github.vdm4j.VdmOutput;
import io.github.vdm4j.VdmResult;
import io.github.vdm4j.engine.CopyDevice.End;
import io.github.vdm4j.engine.CopyDevice.Submitted;
import io.github.vdm4j.engine.channel.Slot;
import io.github.vdm4j.memory.CacheLineWriteBack;
import io.github.vdm4j.memory.Durability;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The engine on a channel without DML. */
class DeviceEngineTest {
    private static final int SIZE = 4096;
    private static final int PART = 1024;

    private final Arena arena = Arena.ofShared();
    private final MemorySegment memory = arena.allocate(2 * SIZE);
    private CopyDevice device;
    private CopyDeviceMover mover;

    private void open(ExecutionPath software, End... ends) {
        device = new CopyDevice(software, PART).next(ends);
        mover = new CopyDeviceMover(device);
        byte[] noise = new byte[2 * SIZE];
        new Random(7).nextBytes(noise);
        memory.copyFrom(MemorySegment.ofArray(noise));
    }

    @AfterEach
    void everythingIsGivenBack() {
        mover.close();
        assertTrue(!device.isOpen(), "the pool closes its channel");
        arena.close();
    }

    /** Copies SIZE bytes between two offsets, checks the bytes, and returns the future. */
    private VdmFuture<VdmOutput> copy(long to, long from) {
        byte[] expected = memory.asSlice(from, SIZE).toArray(JAVA_BYTE);
        VdmFuture<VdmOutput> copy =
                mover.memmove(memory.asSlice(to, SIZE), memory.asSlice(from, SIZE));
        copy.await();
        copy.orThrow();
        assertArrayEquals(expected, memory.asSlice(to, SIZE).toArray(JAVA_BYTE));
        return copy;
    }

    private List<Long> lengths() {
        return device.submitted.stream().map(Submitted::bytes).toList();
    }

    @Test
    void engineCopiesPartByPart() {
        open(ExecutionPath.NONE);
        assertSame(ExecutionPath.DSA_HARDWARE, copy(SIZE, 0).path());
        assertEquals(List.of(1024L, 1024L, 1024L, 1024L), lengths());
    }

    @Test
    void copyContinuesAtTheRecordsOffset() {
        open(ExecutionPath.NONE, End.fault(100), End.fault(24), End.GOOD, End.fault(1024));
        assertSame(ExecutionPath.DSA_HARDWARE, copy(SIZE, 0).path());
        assertEquals(List.of(1024L, 924L, 900L, 1024L, 1024L, 1024L), lengths());
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 100, 1000, 1024, 2000})
    void overlappingCopyContinuesInEitherDirection(long distance) {
        End[] faults = {End.fault(10), End.fault(0), End.fault(500), End.GOOD, End.fault(1023)};
        open(ExecutionPath.NONE, faults);
        copy(distance, 0);
        device.next(faults);
        copy(0, distance);
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 100, 1000, 1024, 2000, SIZE})
    void theJvmCopiesTheRestAfterTooManyFaults(long distance) {
        End[] faults = new End[17];
        Arrays.fill(faults, End.fault(3));
        faults[0] = End.GOOD;
        open(ExecutionPath.JVM, faults);
        assertSame(ExecutionPath.JVM, copy(distance, 0).path());
        assertEquals(17, device.submitted.size());
        device.next(faults);
        assertSame(ExecutionPath.JVM, copy(0, distance).path());
    }

    @Test
    void theJvmCopiesWhatTheDeviceFails() {
        open(ExecutionPath.JVM, End.GOOD, End.failure(VdmResult.DEVICE_ERROR));
        assertSame(ExecutionPath.JVM, copy(SIZE, 0).path());
        assertEquals(2, device.submitted.size());
    }

    @Test
    void overlappingCopyIsNotRepeatedAfterAnError() {
        open(ExecutionPath.JVM, End.failure(VdmResult.DEVICE_ERROR));
        VdmFuture<VdmOutput> copy =
                mover.memmove(memory.asSlice(8, SIZE), memory.asSlice(0, SIZE));
        assertThrows(VdmException.class, copy::await);
        assertSame(VdmResult.DEVICE_ERROR, copy.result());
    }

    @Test
    void theJvmExecutesWhatTheDeviceRefuses() {
        open(ExecutionPath.JVM);
        VdmFuture<VdmOutput> fill = mover.memset(memory.asSlice(1, SIZE), (byte) 9);
        fill.await();
        fill.orThrow();
        assertSame(ExecutionPath.JVM, fill.path());
        assertEquals(-1, memory.asSlice(1, SIZE)
                .mismatch(MemorySegment.ofArray(filled((byte) 9))));
    }

    private static byte[] filled(byte value) {
        byte[] bytes = new byte[SIZE];
        Arrays.fill(bytes, value);
        return bytes;
    }

    @Test
    void failureWithoutSoftwareNamesTheChannel() {
        open(ExecutionPath.NONE, End.GOOD, End.failure(VdmResult.DEVICE_ERROR));
        VdmFuture<VdmOutput> copy =
                mover.memcpy(memory.asSlice(SIZE, SIZE), memory.asSlice(0, SIZE));
        assertThrows(VdmException.class, copy::await);
        assertSame(VdmResult.DEVICE_ERROR, copy.result());
        String message = assertThrows(VdmException.class, copy::orThrow).getMessage();
        assertTrue(message.contains("on the copy device failed after 1,024 bytes"), message);
    }

    @Test
    void fullQueueIsRetried() {
        open(ExecutionPath.NONE, End.refusal(VdmResult.QUEUE_FULL),
                End.refusal(VdmResult.QUEUE_FULL));
        copy(SIZE, 0);
        assertEquals(6, device.submitted.size());
    }

    @Test
    void tasksOfABatchGoSinglyInOrder() {
        open(ExecutionPath.JVM);
        byte[] expected = memory.asSlice(0, 100).toArray(JAVA_BYTE);
        Batch batch = mover.batch();
        batch.memcpy(memory.asSlice(1000, 100), memory.asSlice(0, 100));
        batch.fence();
        batch.memcpy(memory.asSlice(3000, 100), memory.asSlice(1000, 100));
        batch.submit().await();
        assertArrayEquals(expected, memory.asSlice(3000, 100).toArray(JAVA_BYTE));
        assertEquals(List.of(100L, 100L), lengths());
    }

    @Test
    void batchContinuesAfterAFailedTask() {
        open(ExecutionPath.NONE, End.failure(VdmResult.DEVICE_ERROR));
        byte[] expected = memory.asSlice(0, 100).toArray(JAVA_BYTE);
        Batch batch = mover.batch();
        batch.memcpy(memory.asSlice(1000, 100), memory.asSlice(0, 100));
        batch.memset(memory.asSlice(2000, 100), (byte) 1); // The device refuses every fill.
        batch.memcpy(memory.asSlice(3000, 100), memory.asSlice(0, 100));
        batch.memcpy(memory.asSlice(4000, 100), memory.asSlice(0, 100)).fence();
        BatchResult result = batch.submit().await();
        assertEquals(List.of(VdmResult.DEVICE_ERROR, VdmResult.UNSUPPORTED, VdmResult.SUCCESS),
                List.of(result.get(0).result(), result.get(1).result(), result.get(2).result()));
        assertArrayEquals(expected, memory.asSlice(3000, 100).toArray(JAVA_BYTE));
        assertEquals(0, mover.pool.lent());
    }

    @Test
    void throwingDeviceFreesItsSlot() {
        open(ExecutionPath.NONE);
        device.onCopy(part -> {
            throw new IllegalArgumentException("for the test");
        }, () -> 0);
        for (int i = 0; i < 2 * CopyDeviceMover.SLOTS; i++) {
            VdmFuture<VdmOutput> copy =
                    mover.memcpy(memory.asSlice(SIZE, SIZE), memory.asSlice(0, SIZE));
            assertThrows(RuntimeException.class, copy::await);
            assertEquals(0, mover.pool.lent());
        }
        device.onCopy(part -> {}, () -> 0);
        copy(SIZE, 0);
    }

    @Test
    void failedCheckKeepsTheSlotUntilTheAnswer() {
        open(ExecutionPath.NONE, End.never());
        device.failNextCheck(new IllegalArgumentException("for the test"));
        VdmFuture<VdmOutput> copy =
                mover.memcpy(memory.asSlice(SIZE, SIZE), memory.asSlice(0, SIZE));
        assertThrows(RuntimeException.class, copy::await);
        assertEquals(1, mover.pool.collectOverdue());
        copy(SIZE, 0);
        device.answer();
        assertEquals(0, mover.pool.collectOverdue());
    }

    @Test
    void fullHeapLosesNoSlotInFlight() {
        open(ExecutionPath.NONE, End.never());
        device.failNextCheck(new OutOfMemoryError("for the test"));
        mover.pool.give(mover.pool.take()); // It has a slot, and makes no other slot.
        device.fillHeap(true);
        VdmFuture<VdmOutput> copy =
                mover.memcpy(memory.asSlice(SIZE, SIZE), memory.asSlice(0, SIZE));
        assertThrows(VdmException.class, copy::await);
        assertSame(VdmResult.OUT_OF_MEMORY, copy.result());
        assertEquals(1, mover.pool.collectOverdue());
        device.fillHeap(false);
        device.answer();
        assertEquals(0, mover.pool.collectOverdue());
        assertEquals(0, mover.pool.lent());
        copy(SIZE, 0);
    }

    @Test
    void fullHeapLosesNoSlotBeforeItsFirstPart() {
        device = new CopyDevice(ExecutionPath.NONE, PART);
        var lines = new CacheLineWriteBack() {
            @Override
            public void writeBack(MemorySegment range) {
                throw new AssertionError("no byte was written");
            }

            @Override
            public boolean recognizes(MemorySegment range) {
                if (mover.pool.lent() > 0) {
                    throw new OutOfMemoryError("for the test");
                }
                return true;
            }
        };
        mover = new CopyDeviceMover(device, CopyDeviceMover.SLOTS, CopyDeviceMover.DEVICE_NANOS,
                CopyDeviceMover.policy(), new Durability(lines, range -> {}));
        VdmFuture<VdmOutput> copy = mover.memcpy(memory.asSlice(SIZE, SIZE),
                memory.asSlice(0, SIZE), VdmFlags.MEM_DURABLE);
        assertThrows(VdmException.class, copy::await);
        assertSame(VdmResult.OUT_OF_MEMORY, copy.result());
        assertEquals(0, mover.pool.lent());
    }

    @Test
    void fullHeapSetsASilentSlotAsideOnce() {
        open(ExecutionPath.JVM, End.never());
        mover.pool.give(mover.pool.take()); // It has a slot, and makes no other slot.
        device.fillHeap(true);
        VdmFuture<VdmOutput> copy =
                mover.memcpy(memory.asSlice(SIZE, SIZE), memory.asSlice(0, SIZE));
        assertThrows(VdmException.class, copy::await);
        assertSame(VdmResult.OUT_OF_MEMORY, copy.result());
        assertEquals(1, mover.pool.collectOverdue());
        device.fillHeap(false);
        device.answer();
        assertEquals(0, mover.pool.collectOverdue());
        assertEquals(0, mover.pool.lent());
    }

    @Test
    @Timeout(60)
    void fullHeapFreesAFailedSlotOnce() throws InterruptedException {
        device = new CopyDevice(ExecutionPath.NONE, PART);
        mover = new CopyDeviceMover(device, 1, CopyDeviceMover.DEVICE_NANOS);
        mover.pool.give(mover.pool.take());
        device.fillHeap(true);
        for (int i = 0; i < 1_000; i++) {
            device.next(End.failure(VdmResult.DEVICE_ERROR));
            VdmFuture<VdmOutput> copy =
                    mover.memcpy(memory.asSlice(SIZE, SIZE), memory.asSlice(0, SIZE));
            var taken = new AtomicReference<Slot>();
            var submitted = new AtomicBoolean();
            device.onCopy(part -> submitted.set(true), () -> 0);
            // It takes the slot when the failed copy frees it.
            Thread taker = Thread.ofPlatform().start(() -> {
                while (!submitted.get() || taken.get() == null) {
                    taken.set(submitted.get() ? mover.pool.take() : null);
                }
            });
            copy.poll();
            taker.join();
            assertSame(VdmResult.OUT_OF_MEMORY, copy.result());
            assertEquals(1, mover.pool.lent(), "the slot is free although a thread has it");
            mover.pool.give(taken.get());
        }
    }

    @Test
    void silentDeviceKeepsItsSlotUntilItAnswers() {
        open(ExecutionPath.JVM, End.never());
        VdmFuture<VdmOutput> copy =
                mover.memcpy(memory.asSlice(SIZE, SIZE), memory.asSlice(0, SIZE));
        assertThrows(VdmException.class, copy::await);
        assertSame(VdmResult.TIMEOUT, copy.result());
        assertEquals(1, mover.pool.collectOverdue());
        device.answer();
        assertEquals(0, mover.pool.collectOverdue());
    }

    @Test
    void failingDeviceIsNotUsed() {
        open(ExecutionPath.JVM);
        for (int i = 0; i < DeviceHealth.FAILURES; i++) {
            assertTrue(mover.health.isUsable());
            device.next(End.failure(VdmResult.DEVICE_ERROR));
            copy(SIZE, 0);
        }
        assertTrue(!mover.health.isUsable());
        device.submitted.clear();
        copy(SIZE, 0);
        assertEquals(List.of(), device.submitted);
    }
}
