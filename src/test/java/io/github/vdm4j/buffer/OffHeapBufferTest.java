package io.github.vdm4j.buffer;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.github.vdm4j.DurabilityDomain;
import io.github.vdm4j.Vdm;
import io.github.vdm4j.VdmFlags;
import io.github.vdm4j.VdmResult;
import io.github.vdm4j.machine.PlatformName;
import io.github.vdm4j.mover.ThreadsDataMover;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.channels.FileChannel.MapMode;
import java.nio.channels.FileLock;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class OffHeapBufferTest {
    @TempDir private Path folder;

    private MemorySegment map(MapMode mode, Arena arena) throws IOException {
        Path file = Files.write(folder.resolve("file"), new byte[10_000]);
        try (FileChannel channel =
                FileChannel.open(file, StandardOpenOption.READ, StandardOpenOption.WRITE)) {
            return channel.map(mode, 0, 10_000, arena);
        }
    }

    @Nested
    class WrappingASegment {
        @Test
        void wrappedMemoryHasNoDomainAndIsNotFreed() {
            try (Arena arena = Arena.ofShared()) {
                MemorySegment memory = arena.allocate(100);
                OffHeapBuffer buffer = OffHeapBuffer.wrap(memory);
                assertEquals(DurabilityDomain.NONE, buffer.domain());
                assertEquals(memory, buffer.segment());
                buffer.close();
                memory.fill((byte) 1);
                assertTrue(arena.scope().isAlive());
            }
        }

        @Test
        void wrappedMappingHasDomainPage() throws IOException {
            try (Arena arena = Arena.ofShared();
                    OffHeapBuffer buffer = OffHeapBuffer.wrap(map(MapMode.READ_WRITE, arena))) {
                assertEquals(DurabilityDomain.PAGE, buffer.domain());
            }
        }

        /** {@code OffHeapBuffer.map} ends the lock. Its javadoc recommends this way. */
        @Test
        void wrappedMappingKeepsTheFileLock() throws IOException {
            Path locks = Path.of("/proc/locks");
            assumeTrue(Files.isReadable(locks));
            Path file = Files.write(folder.resolve("locked"), new byte[4096]);
            String inode = ":" + Files.getAttribute(file, "unix:ino") + " ";
            try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ,
                    StandardOpenOption.WRITE);
                    FileLock lock = channel.lock();
                    Arena arena = Arena.ofShared();
                    Vdm mover = ThreadsDataMover.open();
                    OffHeapBuffer buffer = OffHeapBuffer.wrap(
                            channel.map(MapMode.READ_WRITE, 0, 4096, arena))) {
                mover.memset(buffer.segment(), (byte) 1, VdmFlags.MEM_DURABLE).await();
                assertTrue(lock.isValid());
                assertTrue(Files.readString(locks).contains(inode));
            }
            assertFalse(Files.readString(locks).contains(inode));
        }

        @Test
        void reinterpretedMappingHasDomainPage() throws IOException {
            assumeTrue(PlatformName.isLinuxX64(), "asks /proc/self/smaps");
            try (Arena arena = Arena.ofShared()) {
                MemorySegment mapped = map(MapMode.READ_WRITE, arena);
                MemorySegment plain =
                        MemorySegment.ofAddress(mapped.address() + 100).reinterpret(5_000);
                assertFalse(plain.isMapped());
                try (OffHeapBuffer buffer = OffHeapBuffer.wrap(plain)) {
                    assertEquals(DurabilityDomain.PAGE, buffer.domain());
                }
            }
        }

        @Test
        void wrappedPrivateMappingHasNoDomain() throws IOException {
            assumeTrue(PlatformName.isLinuxX64(), "asks /proc/self/smaps");
            try (Arena arena = Arena.ofShared();
                    OffHeapBuffer buffer = OffHeapBuffer.wrap(map(MapMode.PRIVATE, arena))) {
                assertEquals(DurabilityDomain.NONE, buffer.domain());
            }
        }

        @ParameterizedTest
        @EnumSource
        void wrapTakesTheDomainOfTheCaller(DurabilityDomain domain) {
            try (Arena arena = Arena.ofShared();
                    OffHeapBuffer buffer = OffHeapBuffer.wrap(arena.allocate(10), domain)) {
                assertEquals(domain, buffer.domain());
            }
        }

        @Test
        void emptySegmentCanBeWrapped() {
            try (Arena arena = Arena.ofShared();
                    OffHeapBuffer buffer = OffHeapBuffer.wrap(arena.allocate(0))) {
                assertEquals(DurabilityDomain.NONE, buffer.domain());
                assertEquals(0, buffer.segment().byteSize());
            }
        }

        @Test
        void wrappedReadOnlySegmentIsReadOnly() {
            try (Arena arena = Arena.ofShared();
                    OffHeapBuffer buffer = OffHeapBuffer.wrap(arena.allocate(10).asReadOnly())) {
                assertTrue(buffer.isReadOnly());
                assertTrue(buffer.byteBuffer().isReadOnly());
            }
        }

        @Test
        void heapSegmentIsRefused() {
            MemorySegment heap = MemorySegment.ofArray(new byte[10]);
            var refused =
                    assertThrows(IllegalArgumentException.class, () -> OffHeapBuffer.wrap(heap));
            assertEquals(
                    "a heap segment of 10 bytes: only native memory can be wrapped. Pass memory "
                            + "from"
                            + " an Arena",
                    refused.getMessage());
            assertThrows(
                    IllegalArgumentException.class,
                    () -> OffHeapBuffer.wrap(heap, DurabilityDomain.CACHE_LINE));
        }

        @Test
        void segmentOfAClosedArenaCannotBeWrapped() {
            Arena arena = Arena.ofShared();
            MemorySegment closed = arena.allocate(10);
            arena.close();
            var refused =
                    assertThrows(IllegalStateException.class, () -> OffHeapBuffer.wrap(closed));
            assertEquals(
                    "the arena of the segment is closed. Wrap the segment before you close its "
                            + "arena"
                            + " [VDM-SEGMENT-UNUSABLE]",
                    refused.getMessage());
            assertThrows(IllegalStateException.class,
                    () -> OffHeapBuffer.wrap(closed, DurabilityDomain.PAGE));
        }
    }

    @Nested
    class Views {
        @Test
        void byteBufferSharesTheBytesInNativeOrder() {
            try (OffHeapBuffer buffer = OffHeapBuffer.allocate(100)) {
                ByteBuffer bytes = buffer.byteBuffer();
                assertTrue(bytes.isDirect());
                assertEquals(0, bytes.position());
                assertEquals(100, bytes.capacity());
                assertSame(ByteOrder.nativeOrder(), bytes.order());
                bytes.put(99, (byte) 5);
                assertEquals(5, buffer.segment().get(JAVA_BYTE, 99));
            }
        }

        @Test
        void sliceSharesTheBytesAndHasBounds() {
            try (OffHeapBuffer buffer = OffHeapBuffer.allocate(100)) {
                MemorySegment slice = buffer.slice(15, 10);
                slice.fill((byte) 3);
                assertEquals(0, buffer.segment().get(JAVA_BYTE, 14));
                assertEquals(3, buffer.segment().get(JAVA_BYTE, 15));
                assertEquals(3, buffer.segment().get(JAVA_BYTE, 24));
                assertEquals(0, buffer.segment().get(JAVA_BYTE, 25));
                assertThrows(IndexOutOfBoundsException.class, () -> buffer.slice(95, 6));
                assertThrows(IndexOutOfBoundsException.class, () -> buffer.slice(-1, 2));
                assertEquals(0, buffer.slice(100, 0).byteSize());
            }
        }

        @ParameterizedTest
        @CsvSource({"-1, 2", "5, 6", "11, 0", "0, -1", "1, 9223372036854775807"})
        void boundsErrorOfSliceNamesTheBuffer(long offset, long length) {
            try (OffHeapBuffer buffer = OffHeapBuffer.allocate(10)) {
                var refused = assertThrows(IndexOutOfBoundsException.class,
                        () -> buffer.slice(offset, length));
                assertEquals(
                        ("slice of %,d bytes at offset %,d does not lie within the"
                                + " OffHeapBuffer of 10 bytes at 0x%x, NONE")
                                .formatted(length, offset, buffer.segment().address()),
                        refused.getMessage());
            }
        }

        @Test
        void textStatesSizeDomainAndState() {
            OffHeapBuffer buffer = OffHeapBuffer.allocate(1000);
            String open = "OffHeapBuffer of 1,000 bytes at 0x%x, NONE"
                    .formatted(buffer.segment().address());
            assertEquals(open, buffer.toString());
            buffer.close();
            assertEquals(open + ", closed", buffer.toString());
        }
    }

    @Nested
    class Closed {
        @ParameterizedTest
        @ValueSource(booleans = {false, true})
        void everyViewThrowsAfterClose(boolean byTrying) {
            OffHeapBuffer buffer = OffHeapBuffer.allocate(100);
            MemorySegment segment = buffer.segment();
            MemorySegment part = buffer.slice(13, 4);
            ByteBuffer bytes = buffer.byteBuffer();
            if (byTrying) {
                assertTrue(buffer.tryClose());
            } else {
                buffer.close();
            }

            assertFalse(buffer.isOpen());
            List<Executable> uses = List.of(
                    buffer::segment, buffer::byteBuffer,
                    () -> buffer.slice(0, 1),
                    () -> segment.get(JAVA_BYTE, 0),
                    () -> part.set(JAVA_BYTE, 0, (byte) 1), () -> bytes.get(0),
                    () -> bytes.put(0, (byte) 1),
                    () -> OffHeapBuffer.wrap(segment));
            for (int i = 0; i < uses.size(); i++) {
                assertThrows(IllegalStateException.class, uses.get(i), "use " + i);
            }
            buffer.close();
            assertTrue(buffer.tryClose());
            assertEquals(0, buffer.operationsInFlight());
        }

        @Test
        void mappedBufferIsUnmapped() throws IOException {
            OffHeapBuffer buffer = OffHeapBuffer.map(folder.resolve("mapped"), 0, 100);
            MemorySegment segment = buffer.segment();
            buffer.close();
            assertFalse(segment.scope().isAlive());
            assertThrows(IllegalStateException.class, segment::force);
        }

        @Test
        void manyThreadsMayCloseABuffer() throws Exception {
            ExecutorService threads = Executors.newFixedThreadPool(4);
            try {
                for (int round = 0; round < 200; round++) {
                    OffHeapBuffer buffer = OffHeapBuffer.allocate(64);
                    MemorySegment segment = buffer.segment();
                    CountDownLatch start = new CountDownLatch(1);
                    List<Future<?>> closers = new ArrayList<>();
                    for (int i = 0; i < 4; i++) {
                        boolean attempt = i % 2 == 0;
                        closers.add(threads.submit(() -> {
                            start.await();
                            if (attempt) {
                                buffer.tryClose();
                            } else {
                                buffer.close();
                                assertFalse(segment.scope().isAlive(),
                                        "close returned before the memory was freed");
                            }
                            return null;
                        }));
                    }
                    start.countDown();
                    for (Future<?> closer : closers) {
                        closer.get(30, TimeUnit.SECONDS);
                    }
                }
            } finally {
                threads.shutdownNow();
            }
        }
    }

    @Test
    @Timeout(20)
    void closeOnWorkerDoesNotWaitForItself() throws Exception {
        OffHeapBuffer buffer = OffHeapBuffer.allocate(64);
        var queued = new CountDownLatch(1);
        var seen = new CompletableFuture<Throwable>();
        try (Vdm mover = ThreadsDataMover.builder()
                .threads(1)
                .memsetFunction((segment, value, flags) -> {
                    try {
                        queued.await();
                    } catch (InterruptedException e) {
                        throw new AssertionError(e);
                    }
                    segment.fill(value);
                })
                .open()) {
            var first =
                    mover.memset(buffer.slice(0, 8), (byte) 1).toCompletableFuture(Runnable::run);
            var second = mover.memset(buffer.slice(8, 8), (byte) 2).toCompletableFuture();
            first.whenComplete((done, failure) -> {
                try {
                    buffer.close();
                    seen.complete(null);
                } catch (Throwable e) {
                    seen.complete(e);
                }
            });
            queued.countDown();
            Throwable refused = seen.get();
            assertInstanceOf(IllegalStateException.class, refused);
            assertTrue(refused.getMessage().contains("close of a buffer of 64 bytes"),
                    refused.getMessage());
            assertEquals(VdmResult.SUCCESS, second.get().result());
        }
        assertTrue(buffer.isOpen());
        buffer.close();
        assertFalse(buffer.isOpen());
    }
}
