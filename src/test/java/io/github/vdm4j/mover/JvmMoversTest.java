package io.github.vdm4j.mover;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.vdm4j.Vdm;
import io.github.vdm4j.VdmFlags;
import io.github.vdm4j.VdmFuture;
import io.github.vdm4j.VdmOutput;
import io.github.vdm4j.VdmResult;
import io.github.vdm4j.future.FutureProperty;
import io.github.vdm4j.future.FutureRuntime;
import io.github.vdm4j.future.FutureState;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The behaviour of the two movers of this package. */
@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class JvmMoversTest {

    enum Mover {
        SYNC(SyncDataMover::open), THREADS(ThreadsDataMover::open);

        private final Supplier<Vdm> opener;

        Mover(Supplier<Vdm> opener) {
            this.opener = opener;
        }

        Vdm open() {
            return opener.get();
        }
    }

    @Test
    @DisplayName("the sync mover completes in the first poll and is not asynchronous")
    void syncMoverCompletesInTheFirstPoll() {
        try (Vdm mover = SyncDataMover.open()) {
            byte[] content = new byte[100];
            VdmFuture<VdmOutput> fill = mover.memset(MemorySegment.ofArray(content), (byte) 1);
            assertFalse(fill.hasProperty(FutureProperty.ASYNC));
            assertEquals(FutureState.COMPLETE, fill.poll());
            assertEquals(1, content[99]);
            assertEquals("sync", mover.name());
        }
    }

    @Test
    @DisplayName("a runtime waits for futures of both movers at once: halves of two buffers")
    void runtimeWaitsForFuturesOfBothMovers() {
        byte[] a = new byte[512];
        byte[] b = new byte[512];
        MemorySegment inA = MemorySegment.ofArray(a);
        MemorySegment inB = MemorySegment.ofArray(b);
        try (Vdm threads = ThreadsDataMover.open(); Vdm sync = SyncDataMover.open()) {
            List<VdmFuture<VdmOutput>> fills = new ArrayList<>(
                    List.of(
                            threads.memset(inA.asSlice(0, 256), (byte) 'x'),
                            sync.memset(inA.asSlice(256), (byte) 'y'),
                            threads.memset(inB.asSlice(0, 256), (byte) 'y'),
                            sync.memset(inB.asSlice(256), (byte) 'x')));
            List<VdmFuture<VdmOutput>> before = List.copyOf(fills);
            new FutureRuntime().waitAll(fills);
            assertEquals(before, fills);
        }
        for (int i = 0; i < 512; i++) {
            assertEquals(i < 256 ? 'x' : 'y', a[i]);
            assertEquals(i < 256 ? 'y' : 'x', b[i]);
        }
    }

    @ParameterizedTest(name = "{0}")
    @EnumSource
    @DisplayName("H22: durable on the heap is UNSUPPORTED with the reason, and nothing is written")
    void durableOnTheHeapIsUnsupported(Mover which) {
        try (Vdm mover = which.open()) {
            byte[] content = new byte[8];
            MemorySegment heap = MemorySegment.ofArray(content);
            for (VdmFuture<VdmOutput> future : List.of(
                    mover.memset(heap, (byte) 1, VdmFlags.MEM_DURABLE),
                    mover.memcpy(heap, MemorySegment.ofArray(new byte[]{1, 1, 1, 1, 1, 1, 1, 1}),
                            VdmFlags.MEM_DURABLE),
                    mover.flush(heap))) {
                future.busyPoll();
                assertEquals(VdmResult.UNSUPPORTED, future.result());
                assertTrue(future.failure().getMessage().contains("on the heap"),
                        future.failure().getMessage());
                assertArrayEquals(new byte[8], content);
            }
        }
    }

    @ParameterizedTest(name = "{0}")
    @EnumSource
    @DisplayName("H22: isSupported predicts the result of a durable operation on native memory")
    void isSupportedPredictsDurableOperations(Mover which) {
        try (Vdm mover = which == Mover.SYNC
                ? SyncDataMover.builder().nativeMemoryIsPersistent(true).open()
                : ThreadsDataMover.builder().nativeMemoryIsPersistent(true).open();
                Arena arena = Arena.ofShared()) {
            MemorySegment memory = arena.allocate(100);
            boolean supported = mover.isSupported(VdmFlags.MEM_DURABLE, memory);
            for (VdmFuture<VdmOutput> future : List.of(
                    mover.flush(memory), mover.memset(memory, (byte) 1, VdmFlags.MEM_DURABLE))) {
                future.busyPoll();
                assertEquals(supported ? VdmResult.SUCCESS : VdmResult.UNSUPPORTED,
                        future.result());
                if (!supported) {
                    assertTrue(future.failure().getMessage().contains("libpmem"),
                            future.failure().getMessage());
                }
            }
            assertEquals(supported ? 1 : 0, memory.get(ValueLayout.JAVA_BYTE, 99));
        }
    }

    @ParameterizedTest(name = "{0}")
    @EnumSource
    @DisplayName("H28: a missing page of a truncated file fails the operation, not the thread")
    void missingPageFailsTheOperation(Mover which, @TempDir Path folder)
            throws IOException {
        try (Vdm mover = which.open();
                Arena arena = Arena.ofShared();
                FileChannel file = FileChannel.open(
                        folder.resolve("file"), StandardOpenOption.CREATE_NEW,
                        StandardOpenOption.READ,
                        StandardOpenOption.WRITE)) {
            file.write(ByteBuffer.allocate(1 << 16));
            MemorySegment mapped = file.map(FileChannel.MapMode.READ_WRITE, 0, 1 << 16, arena);
            file.truncate(0);
            VdmFuture<VdmOutput> fill = mover.memset(mapped, (byte) 1);
            fill.busyPoll();
            assertEquals(VdmResult.IO_ERROR, fill.result());
            assertTrue(fill.failure().getMessage().contains("truncated"),
                    fill.failure().getMessage());
            MemorySegment good = arena.allocate(8);
            mover.memset(good, (byte) 1).await();
        }
    }
}
