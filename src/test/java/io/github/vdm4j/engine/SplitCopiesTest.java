package io.github.vdm4j.engine;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.vdm4j.ExecutionPath;
import io.github.vdm4j.VdmException;
import io.github.vdm4j.VdmFlags;
import io.github.vdm4j.VdmFuture;
import io.github.vdm4j.VdmOperation;
import io.github.vdm4j.VdmResult;
import io.github.vdm4j.engine.CopyDevice.End;
import io.github.vdm4j.future.FutureState;
import io.github.vdm4j.operation.CompareResult;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.channels.FileChannel;
import java.nio.channels.FileChannel.MapMode;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * The clock counts checks of the device. Between two checks, the thread copies a piece of 32 KiB.
 * The device copies a multiple of 32 KiB.
 */
@DisplayName("Copies that the device and a thread divide")
@Timeout(60)
class SplitCopiesTest {
    private static final int PIECE = 32 << 10;
    private static final int LONG = 4 << 20;

    private final Arena arena = Arena.ofShared();
    private final MemorySegment source = noise(LONG + 100);
    private final MemorySegment destination = arena.allocate(LONG + 100);
    /** The number of pieces that the device copies between two checks. */
    private double speed = 1;
    private int ticks;

    @AfterEach
    void close() {
        arena.close();
    }

    private MemorySegment noise(int bytes) {
        byte[] content = new byte[bytes];
        new Random(bytes).nextBytes(content);
        return arena.allocate(bytes).copyFrom(MemorySegment.ofArray(content));
    }

    private CopyDevice device(ExecutionPath software, long longestPart) {
        var bytes = new long[1];
        return new CopyDevice(software, longestPart).onCopy(part -> bytes[0] = part.bytes, () -> {
            int checks = (int) Math.ceil(bytes[0] / (speed * PIECE));
            ticks += checks;
            return checks;
        });
    }

    private static CopyDeviceMover mover(CopyDevice device) {
        return mover(device, Long.MAX_VALUE / 2);
    }

    private static CopyDeviceMover mover(CopyDevice device, long deviceNanos) {
        return mover(device, 4, deviceNanos);
    }

    private static CopyDeviceMover mover(CopyDevice device, int slots, long deviceNanos) {
        return new CopyDeviceMover(device, slots, deviceNanos,
                OffloadPolicy.offloading(0, 0, LONG * 2L).splitLongCopies(true));
    }

    private VdmFuture<?> copy(CopyDeviceMover mover, int bytes) {
        destination.fill((byte) 0);
        VdmFuture<?> copy = mover.memcpy(destination.asSlice(0, bytes), source.asSlice(0, bytes));
        await(copy);
        return copy;
    }

    private static void await(VdmFuture<?> copy) {
        try {
            copy.await();
        } catch (VdmException e) {
            assertEquals(copy.failure().getMessage(), e.getMessage());
        }
    }

    private void assertCopied(int bytes) {
        assertEquals(-1, source.asSlice(0, bytes).mismatch(destination.asSlice(0, bytes)));
        assertEquals(0, destination.get(ValueLayout.JAVA_BYTE, bytes), "behind the destination");
    }

    /** Returns the bytes that the device has copied since the last call. */
    private static long copiedBy(CopyDevice device) {
        long sum = device.submitted.stream().mapToLong(CopyDevice.Submitted::bytes).sum();
        device.submitted.clear();
        return sum;
    }

    @Test
    void onlyCopiesAreDivided() {
        CopyDevice device = device(ExecutionPath.JVM, LONG);
        try (CopyDeviceMover mover = mover(device)) {
            MemorySegment to = destination.asSlice(0, LONG);
            MemorySegment from = source.asSlice(0, LONG);
            mover.memmove(to, from).await();
            assertCopied(LONG);
            assertEquals(LONG / 2, copiedBy(device));
            assertEquals(CompareResult.EQUAL, mover.compare(to, from).await());
            mover.memset(to, (byte) 7).await();
            assertEquals(7, to.get(ValueLayout.JAVA_BYTE, LONG - 1));
        }
    }

    @ParameterizedTest(name = "device {0} times as fast, parts of {2} bytes: {1}")
    @CsvSource({"4, 0.8, 4194304", "1, 0.5, 4194304", "0.25, 0.2, 4194304", "4, 0.8, 1048576",
        "1, 0.5, 1048576", "0.25, 0.2, 1048576"})
    void shareConvergesToTheSpeeds(double times, double expected, long longestPart) {
        speed = times;
        CopyDevice device = device(ExecutionPath.JVM, longestPart);
        try (CopyDeviceMover mover = mover(device)) {
            for (int i = 0; i < 60; i++) {
                assertEquals(ExecutionPath.DSA_HARDWARE, copy(mover, LONG).path());
                assertCopied(LONG);
            }
            copiedBy(device);
            ticks = 0;
            for (int i = 0; i < 20; i++) {
                copy(mover, LONG);
            }
            assertEquals(expected, copiedBy(device) / 20.0 / LONG, 0.04);
            double alone = Math.min(LONG / PIECE, LONG / PIECE / times);
            double ideal = LONG / PIECE / (times + 1);
            assertTrue(ticks / 20.0 < ideal * 1.1 && ideal * 1.1 < alone,
                    "%s ticks, ideal %s, one side alone %s".formatted(ticks / 20.0, ideal, alone));
        }
    }

    @Test
    void shareFollowsADeviceThatSlowsDown() {
        CopyDevice device = device(ExecutionPath.JVM, LONG);
        try (CopyDeviceMover mover = mover(device)) {
            for (double times : new double[]{8, 0.125, 8}) {
                speed = times;
                for (int i = 0; i < 80; i++) {
                    copy(mover, LONG);
                }
                copiedBy(device);
                copy(mover, LONG);
                assertEquals(times / (times + 1), (double) copiedBy(device) / LONG, 0.05);
            }
        }
    }

    @Test
    void everyByteIsRightWhateverTheDeviceDoes() {
        long seed = new Random().nextLong();
        var random = new Random(seed);
        CopyDevice device = device(ExecutionPath.JVM, 300_032);
        try (CopyDeviceMover mover = mover(device)) {
            for (int i = 0; i < 300; i++) {
                speed = Math.pow(2, random.nextInt(8) - 4);
                int bytes = (256 << 10) + random.nextInt(LONG - (256 << 10));
                for (int j = random.nextInt(3); j > 0; j--) {
                    device.next(switch (random.nextInt(4)) {
                        case 0 -> End.fault(random.nextInt(200_000));
                        case 1 -> End.failure(VdmResult.UNSUPPORTED);
                        case 2 -> End.refusal(VdmResult.QUEUE_FULL);
                        default -> End.GOOD;
                    });
                }
                VdmFuture<?> copy = copy(mover, bytes);
                assertEquals(VdmResult.SUCCESS, copy.result(), "seed " + seed);
                assertEquals(bytes, copy.bytesDone());
                assertCopied(bytes);
            }
        }
    }

    @Test
    void jvmCopiesTheRestAfterTheDeviceFailed() {
        CopyDevice device =
                device(ExecutionPath.JVM, LONG).next(End.failure(VdmResult.UNSUPPORTED));
        try (CopyDeviceMover mover = mover(device)) {
            assertEquals(ExecutionPath.JVM, copy(mover, LONG).path());
            assertCopied(LONG);
        }
    }

    /** The device calls this test at each submission. The copy is running then. */
    @Test
    void bytesDoneGrowsWithThePartsOfTheDevice() {
        var copy = new VdmFuture<?>[1];
        var seen = new ArrayList<Long>();
        CopyDevice device = device(ExecutionPath.JVM, 512 << 10);
        device.next(End.GOOD, End.fault(PIECE), End.GOOD);
        var part = new long[1];
        device.onCopy(submitted -> {
            part[0] = submitted.bytes;
            seen.add(copy[0].bytesDone());
        }, () -> (int) (part[0] / PIECE));
        try (CopyDeviceMover mover = mover(device)) {
            copy[0] = mover.memcpy(destination.asSlice(0, LONG), source.asSlice(0, LONG));
            copy[0].await();
            long first = 512 << 10;
            assertEquals(List.of(0L, first, first + PIECE, 2 * first), seen.subList(0, 4));
            assertEquals(seen.stream().sorted().toList(), seen);
            assertEquals(LONG, copy[0].bytesDone());
        }
    }

    /** Another thread reads, while the slot already serves the next copy. */
    @Test
    void bytesDoneNeverDecreasesForAnotherThread() throws Exception {
        CopyDevice device = device(ExecutionPath.JVM, 128 << 10);
        var current = new AtomicReference<VdmFuture<?>>();
        try (CopyDeviceMover mover = mover(device);
                var executor = Executors.newSingleThreadExecutor()) {
            Future<Integer> reads = executor.submit(() -> {
                int seen = 0;
                long before = 0;
                VdmFuture<?> last = null;
                while (!Thread.interrupted()) {
                    VdmFuture<?> copy = current.get();
                    long now = copy == null ? 0 : copy.bytesDone();
                    assertTrue(now <= LONG && (now >= before || copy != last),
                            now + " after " + before);
                    seen += now > 0 && now < LONG ? 1 : 0;
                    before = now;
                    last = copy;
                }
                return seen;
            });
            for (int i = 0; i < 2_000; i++) {
                VdmFuture<?> copy =
                        mover.memcpy(destination.asSlice(0, LONG), source.asSlice(0, LONG));
                current.set(copy);
                copy.await();
            }
            current.set(null);
            executor.shutdownNow();
            assertTrue(reads.get() > 0, "no read during a copy");
        }
    }

    @Test
    void preparedOperationForgetsTheBytesDone() {
        CopyDevice device = device(ExecutionPath.JVM, LONG);
        try (CopyDeviceMover mover = mover(device, 1, Long.MAX_VALUE / 2)) {
            MemorySegment to = destination.asSlice(0, LONG);
            MemorySegment from = source.asSlice(0, LONG);
            VdmOperation operation = mover.newOperation().memcpy(to, from, VdmFlags.NONE);
            operation.await(Duration.ofMinutes(1));
            assertTrue(copiedBy(device) < LONG, "not divided");
            device.next(End.never());
            VdmFuture<?> holdsTheSlot = mover.memcpy(to, from);
            holdsTheSlot.poll();
            operation.again().poll();
            assertEquals(FutureState.RUNNING, operation.state());
            assertEquals(0, operation.bytesDone());
            device.answer();
            holdsTheSlot.await();
            operation.await();
            assertEquals(LONG, operation.bytesDone());
        }
    }

    /** The thread has copied the second half, but bytesDone counts the first bytes. */
    @Test
    void silentDeviceFailsTheCopyAsAWhole() {
        CopyDevice device = device(ExecutionPath.JVM, LONG).next(End.never());
        CopyDeviceMover mover = mover(device, CopyDeviceMover.DEVICE_NANOS);
        VdmFuture<?> copy = copy(mover, LONG);
        assertEquals(VdmResult.TIMEOUT, copy.result());
        assertEquals(0, copy.bytesDone());
        assertArrayEquals(source.asSlice(LONG / 2, LONG / 2).toArray(ValueLayout.JAVA_BYTE),
                destination.asSlice(LONG / 2, LONG / 2).toArray(ValueLayout.JAVA_BYTE));
        device.answer();
        mover.close();
    }

    @Test
    void onlyAnAwaitedLongCopyIsDivided() {
        CopyDevice device = device(ExecutionPath.JVM, LONG);
        try (CopyDeviceMover mover = mover(device)) {
            copy(mover, (256 << 10) - 1);
            assertEquals((256 << 10) - 1, copiedBy(device));
            VdmFuture<?> polled = mover.memcpy(destination, source);
            polled.poll();
            polled.await();
            assertEquals(source.byteSize(), copiedBy(device));
        }
    }

    @ParameterizedTest(name = "by {0} bytes")
    @ValueSource(ints = {-100, 100})
    void copyWithinOneRangeIsNotDivided(int distance) {
        CopyDevice device = device(ExecutionPath.JVM, LONG);
        try (CopyDeviceMover mover = mover(device)) {
            byte[] before = source.toArray(ValueLayout.JAVA_BYTE);
            MemorySegment from = source.asSlice(Math.max(-distance, 0), LONG);
            MemorySegment to = source.asSlice(Math.max(distance, 0), LONG);
            mover.memmove(to, from).await();
            assertEquals(LONG, copiedBy(device));
            assertEquals(-1, to.mismatch(MemorySegment.ofArray(before)
                    .asSlice(Math.max(-distance, 0), LONG)));
        }
    }

    @Test
    void durableCopyIsNotDivided(@TempDir Path folder) throws IOException {
        CopyDevice device = device(ExecutionPath.JVM, LONG);
        try (CopyDeviceMover mover = mover(device);
                var channel =
                        FileChannel.open(folder.resolve("file"), StandardOpenOption.CREATE_NEW,
                                StandardOpenOption.READ, StandardOpenOption.WRITE)) {
            MemorySegment file = channel.map(MapMode.READ_WRITE, 0, LONG, arena);
            mover.memcpy(file, source.asSlice(0, LONG), VdmFlags.MEM_DURABLE).await();
            assertEquals(LONG, copiedBy(device));
            assertEquals(-1, file.mismatch(source.asSlice(0, LONG)));
        }
    }

    /** The thread's half of a mapped file fails. The device then gets it and reports the reason. */
    @Test
    void deviceReportsWhyTheThreadCannotCopy(@TempDir Path folder) throws IOException {
        CopyDevice device = device(ExecutionPath.JVM, LONG).next(End.GOOD, End.fault(0));
        try (CopyDeviceMover mover = mover(device);
                var channel =
                        FileChannel.open(folder.resolve("file"), StandardOpenOption.CREATE_NEW,
                                StandardOpenOption.READ, StandardOpenOption.WRITE)) {
            MemorySegment file = channel.map(MapMode.READ_WRITE, 0, LONG, arena);
            channel.truncate(LONG / 2);
            VdmFuture<?> copy = mover.memcpy(file, source.asSlice(0, LONG));
            await(copy);
            assertEquals(VdmResult.IO_ERROR, copy.result());
            assertTrue(copy.failure().getMessage().contains("the file was truncated"),
                    copy.failure().getMessage());
            assertEquals(LONG / 2, copy.bytesDone());
        }
    }
}
