package io.github.vdm4j.jvm;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.vdm4j.Batch;
import io.github.vdm4j.ExecutionPath;
import io.github.vdm4j.TaskResult;
import io.github.vdm4j.VdmException;
import io.github.vdm4j.VdmFlags;
import io.github.vdm4j.VdmFuture;
import io.github.vdm4j.VdmOutput;
import io.github.vdm4j.VdmResult;
import io.github.vdm4j.operation.CompareResult;
import io.github.vdm4j.operation.Crc32c;
import io.github.vdm4j.operation.CrcOptions;
import io.github.vdm4j.operation.DeltaResult;
import io.github.vdm4j.operation.DeltaResult.Outcome;
import io.github.vdm4j.operation.DifBlockSize;
import io.github.vdm4j.operation.DifConfig;
import io.github.vdm4j.operation.DifError;
import io.github.vdm4j.operation.DifResult;
import io.github.vdm4j.operation.DifTags;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.concurrent.atomic.LongAdder;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/**
 * The way of each descriptor to its kernel, and of the result to the completion record.
 */
class JvmOperationsTest {
    private static final byte[] CHECK = "123456789".getBytes(US_ASCII);
    private static final DifConfig DIF = DifConfig.of(DifBlockSize.BYTES_512)
            .withSource(new DifTags(7, 0xabcd, 0))
            .withDestination(new DifTags(7, 0xabcd, 0));

    private final TwinMover mover = new TwinMover();
    private final Arena arena = Arena.ofConfined();

    @AfterEach
    void closeArena() {
        arena.close();
    }

    private MemorySegment of(byte... bytes) {
        return arena.allocate(bytes.length, 8).copyFrom(MemorySegment.ofArray(bytes));
    }

    private MemorySegment noise(int size, long seed) {
        return of(Noise.bytes(size, seed));
    }

    private static byte[] bytes(MemorySegment segment) {
        return segment.toArray(ValueLayout.JAVA_BYTE);
    }

    private static TaskResult only(Batch batch) {
        TaskResult result = batch.submit().await().get(0);
        assertEquals(VdmResult.SUCCESS, result.result());
        assertEquals(ExecutionPath.JVM, result.path());
        return result;
    }

    private static <R> R await(VdmFuture<R> future) {
        R output = future.await();
        assertEquals(ExecutionPath.JVM, future.path());
        return output;
    }

    @Test
    void copyCopies() {
        MemorySegment source = noise(100, 1);
        MemorySegment destination = of(new byte[100]);
        only(mover.batch().memcpy(destination, source));
        assertArrayEquals(bytes(source), bytes(destination));
    }

    @Test
    void moveCopiesOverlappingRanges() {
        MemorySegment memory = noise(100, 2);
        byte[] before = bytes(memory);
        only(mover.batch().memmove(memory.asSlice(3, 97), memory.asSlice(0, 97), VdmFlags.NONE));
        assertArrayEquals(Arrays.copyOf(before, 97), bytes(memory.asSlice(3)));
    }

    @Test
    void memsetWritesItsByteToTheWholeRange() {
        MemorySegment destination = of(new byte[13]);
        only(mover.batch().memset(destination, (byte) 0xa5, VdmFlags.NONE));
        byte[] expected = new byte[13];
        Arrays.fill(expected, (byte) 0xa5);
        assertArrayEquals(expected, bytes(destination));
    }

    @Test
    void fillWritesItsPattern() {
        MemorySegment destination = of(new byte[10]);
        VdmOutput output = await(mover.fill(destination, 0x0807060504030201L));
        assertArrayEquals(new byte[]{1, 2, 3, 4, 5, 6, 7, 8, 1, 2}, bytes(destination));
        assertEquals(destination, output.destination());
    }

    @Test
    void operationsWithoutBytesSucceed() {
        MemorySegment range = noise(64, 3);
        byte[] before = bytes(range);
        only(mover.batch().flush(range));
        await(mover.nop());
        await(mover.drain());
        assertArrayEquals(before, bytes(range));
    }

    @Test
    void compareReturnsTheFirstMismatch() {
        MemorySegment first = noise(100, 4);
        MemorySegment second = noise(100, 4);
        assertEquals(CompareResult.EQUAL, await(mover.compare(first, second)));
        second.set(ValueLayout.JAVA_BYTE, 77, (byte) ~second.get(ValueLayout.JAVA_BYTE, 77));
        assertEquals(new CompareResult(false, 77), await(mover.compare(first, second)));
        assertEquals(CompareResult.EQUAL,
                await(mover.compare(first.asSlice(0, 0), second.asSlice(0, 0))));
    }

    @Test
    void comparePatternReturnsTheExactByte() {
        MemorySegment eight = of(Arrays.copyOf(CHECK, 8));
        assertEquals(CompareResult.EQUAL, await(mover.comparePattern(eight, 0x3837363534333231L)));
        assertEquals(new CompareResult(false, 6),
                await(mover.comparePattern(eight, 0x3800363534333231L)));
        assertEquals(new CompareResult(false, 8),
                await(mover.comparePattern(of(CHECK), 0x3837363534333231L)));
    }

    @Test
    void deltaIsRecordedEmptyOrAnOverflow() {
        MemorySegment original = noise(4_096, 5);
        MemorySegment modified = noise(4_096, 5);
        MemorySegment record = of(new byte[80]);
        assertEquals(new DeltaResult(Outcome.EQUAL, 0),
                await(mover.createDelta(record, original, modified)));

        modified.asSlice(800, 24).fill((byte) 1);
        assertEquals(new DeltaResult(Outcome.RECORDED, 30),
                await(mover.createDelta(record, original, modified)));
        assertEquals(100, record.get(ValueLayout.JAVA_BYTE, 0), "the first block that differs");
        await(mover.applyDelta(original, record.asSlice(0, 30)));
        assertArrayEquals(bytes(modified), bytes(original));

        modified.asSlice(0, 80).fill((byte) 2);
        assertEquals(new DeltaResult(Outcome.OVERFLOW, 80),
                await(mover.createDelta(record, original, modified)));
    }

    @Test
    void h25DefectiveRecordIsNotApplied() {
        MemorySegment destination = noise(64, 6);
        byte[] before = bytes(destination);
        MemorySegment record = of(new byte[20]);
        record.set(ValueLayout.JAVA_BYTE, 10, (byte) 8);
        VdmFuture<VdmOutput> future = mover.applyDelta(destination, record);
        future.busyPoll();
        assertEquals(VdmResult.INVALID_DATA, future.result());
        assertEquals(ExecutionPath.NONE, future.path());
        VdmException failure = assertThrows(VdmException.class, future::orThrow);
        assertTrue(
                failure.getMessage()
                        .contains(
                                "entry 1 of the delta record is for offset 64, outside of the "
                                        + "64 bytes"),
                failure.getMessage());
        assertArrayEquals(before, bytes(destination));
    }

    @Test
    void dualcastCopiesToBothDestinations() {
        MemorySegment source = noise(100, 7);
        MemorySegment room = arena.allocate(8_192, 4_096);
        await(mover.dualcast(room.asSlice(5, 100), room.asSlice(4_101, 100), source));
        assertArrayEquals(bytes(source), bytes(room.asSlice(5, 100)));
        assertArrayEquals(bytes(source), bytes(room.asSlice(4_101, 100)));
    }

    @Test
    void crcIsComputedAloneOrDuringACopy() {
        MemorySegment source = of(CHECK);
        MemorySegment destination = of(new byte[9]);
        Crc32c check = new Crc32c(0xe3069283);
        assertEquals(check, await(mover.crc32c(source)));
        assertEquals(check, await(mover.copyCrc32c(destination, source)));
        assertArrayEquals(CHECK, bytes(destination));
        Crc32c first = await(mover.crc32c(source.asSlice(0, 4)));
        assertEquals(check, await(mover.crc32c(source.asSlice(4), CrcOptions.continuing(first))));
        assertEquals(
                new Crc32c(0x045fc71a),
                await(mover.copyCrc32c(destination, source, new CrcOptions(0, true, false),
                        VdmFlags.NONE)));
    }

    /** Threads with the same last bits of their numbers could use the same kernel. */
    @Test
    void crcsOnSeveralThreadsAreIndependent() throws Exception {
        byte[] content = Noise.bytes(3_000, 8);
        var options = new CrcOptions(5, true, true);
        int expected = new Crc32cKernel().crc(MemorySegment.ofArray(content), options);
        var wrong = new LongAdder();
        Runnable work = () -> {
            for (int i = 0; i < 5_000; i++) {
                if (await(mover.crc32c(MemorySegment.ofArray(content), options))
                        .bits() != expected) {
                    wrong.increment();
                }
            }
        };
        List<Thread> threads = IntStream.range(0, 256)
                .mapToObj(i -> Thread.ofPlatform().unstarted(work))
                .filter(thread -> thread.threadId() % 64 == 0)
                .toList();
        assertTrue(threads.size() > 1);
        threads.forEach(Thread::start);
        for (Thread thread : threads) {
            thread.join();
        }
        assertEquals(0, wrong.sum());
    }

    @Test
    void protectionIsAddedCheckedChangedAndRemoved() {
        MemorySegment data = noise(1_024, 9);
        MemorySegment whole = of(new byte[1_040]);
        MemorySegment other = of(new byte[1_040]);
        MemorySegment back = of(new byte[1_024]);
        await(mover.difInsert(whole, data, DIF, VdmFlags.NONE));
        assertEquals(new DifResult(Set.of(), -1), await(mover.difCheck(whole, DIF)));

        DifConfig change = DIF.withDestination(new DifTags(900, 0x1111, 0));
        assertEquals(new DifResult(Set.of(), -1),
                await(mover.difUpdate(other, whole, change, VdmFlags.NONE)));
        assertEquals(
                new DifResult(Set.of(DifError.APPLICATION_TAG, DifError.REFERENCE_TAG), 0),
                await(mover.difCheck(other, DIF)));

        DifConfig changed = DIF.withSource(change.destination());
        assertEquals(new DifResult(Set.of(), -1),
                await(mover.difStrip(back, other, changed, VdmFlags.NONE)));
        assertArrayEquals(bytes(data), bytes(back));

        other.set(ValueLayout.JAVA_BYTE, 520, (byte) ~other.get(ValueLayout.JAVA_BYTE, 520));
        DifResult guard = new DifResult(Set.of(DifError.GUARD), 520);
        assertEquals(guard, await(mover.difCheck(other, changed)));
        assertEquals(guard, await(mover.difStrip(back, other, changed, VdmFlags.NONE)));
        assertEquals(guard, await(mover.difUpdate(whole, other, changed, VdmFlags.NONE)));
    }

    @Test
    void closedArenaThrows() {
        Arena closed = Arena.ofConfined();
        VdmFuture<Crc32c> future = mover.crc32c(closed.allocate(64));
        closed.close();
        future.busyPoll();
        assertEquals(VdmResult.INTERNAL_ERROR, future.result());
        assertEquals(IllegalStateException.class, future.failure().getCause().getClass());
    }
}
