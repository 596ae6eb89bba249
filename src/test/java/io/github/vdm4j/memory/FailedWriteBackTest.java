package io.github.vdm4j.memory;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.github.vdm4j.DurabilityDomain;
import io.github.vdm4j.Vdm;
import io.github.vdm4j.VdmFlags;
import io.github.vdm4j.VdmFuture;
import io.github.vdm4j.VdmResult;
import io.github.vdm4j.buffer.MapOption;
import io.github.vdm4j.buffer.OffHeapBuffer;
import io.github.vdm4j.dml.AgainstSimulatedDml;
import io.github.vdm4j.dml.DmlPath;
import io.github.vdm4j.jvm.Parts;
import io.github.vdm4j.machine.PlatformName;
import io.github.vdm4j.mover.JvmMovers;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.channels.FileChannel;
import java.nio.channels.FileChannel.MapMode;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

@DisplayName("A failed write-back stays failed")
class FailedWriteBackTest extends AgainstSimulatedDml {
    private static final int SIZE = 8_192;
    private static final IOException BROKEN = new IOException("Input/output error");

    enum Mover {
        SYNC, THREADS, DML_SOFTWARE, DML_HARDWARE, DML_AUTO
    }

    private final WriteBackLog log = new WriteBackLog();
    private final List<OffHeapBuffer> buffers = new ArrayList<>();

    @TempDir private Path folder;
    private Path file;

    @BeforeEach
    void makeFile() throws IOException {
        assumeTrue(PlatformName.isLinuxX64(), "the file of a mapping is known from /proc");
        file = folder.resolve("file");
        Files.write(file, new byte[SIZE]);
    }

    @AfterEach
    void closeBuffers() {
        buffers.forEach(OffHeapBuffer::close);
    }

    private Vdm open(Mover mover) {
        Durability engines = log.engines(true);
        return switch (mover) {
            case SYNC -> JvmMovers.sync(engines);
            case THREADS -> JvmMovers.threads(engines, 2);
            case DML_SOFTWARE -> open(builder(DmlPath.SOFTWARE, engines));
            case DML_AUTO -> open(builder(DmlPath.AUTO, engines));
            case DML_HARDWARE -> {
                dml.withHardware();
                yield open(builder(DmlPath.HARDWARE, engines));
            }
        };
    }

    private MemorySegment mapped(Path name, Arena scope) throws IOException {
        try (FileChannel channel =
                FileChannel.open(name, StandardOpenOption.READ, StandardOpenOption.WRITE)) {
            return dml.allow(channel.map(MapMode.READ_WRITE, 0, SIZE, scope));
        }
    }

    private MemorySegment bare() throws IOException {
        return mapped(file, arena);
    }

    private MemorySegment buffer(MapOption... options) throws IOException {
        OffHeapBuffer buffer = OffHeapBuffer.map(file, 0, SIZE, options);
        buffers.add(buffer);
        return dml.allow(buffer.segment());
    }

    private MemorySegment wrapped() throws IOException {
        MemorySegment raw = MemorySegment.ofAddress(bare().address()).reinterpret(SIZE);
        buffers.add(OffHeapBuffer.wrap(raw));
        return raw;
    }

    private void fail(Vdm mover, MemorySegment range) {
        log.fail(BROKEN);
        VdmFuture<?> flush = finish(mover.flush(range));
        log.fail(null);
        assertSame(VdmResult.IO_ERROR, flush.result());
        assertSame(BROKEN, flush.failure().getCause());
    }

    private void assertFailed(VdmFuture<?> future) {
        finish(future);
        assertSame(VdmResult.IO_ERROR, future.result(), future::toString);
        String message = future.failure().getMessage();
        assertTrue(message.contains("an earlier write-back of " + file + " failed"), message);
        assertTrue(message.contains("which of its bytes are lost is unknown"), message);
        assertTrue(message.contains("MapOption.AFTER_FAILED_WRITE_BACK"), message);
    }

    private static void assertSucceeds(VdmFuture<?> future) {
        finish(future);
        future.orThrow();
    }

    @ParameterizedTest
    @EnumSource
    void everyMappingFailsForEveryMover(Mover failing) throws IOException {
        List<MemorySegment> mappings = List.of(bare(), buffer(), wrapped(), bare());
        try (Vdm first = open(failing)) {
            assertSucceeds(first.flush(mappings.getFirst()));
            fail(first, mappings.getFirst().asSlice(4_096, 1));
        }
        for (Mover kind : Mover.values()) {
            try (Vdm mover = open(kind)) {
                for (MemorySegment mapping : mappings) {
                    MemorySegment range = mapping.asSlice(8, 64);
                    log.forget();
                    assertFailed(mover.flush(range));
                    assertFailed(mover.memset(range, (byte) 1, VdmFlags.MEM_DURABLE));
                    assertFailed(mover.memcpy(range, noise(64), VdmFlags.MEM_DURABLE));
                    assertFailed(mover.memmove(range, noise(64), VdmFlags.MEM_DURABLE));
                    assertFailed(mover.fill(range, 1, VdmFlags.MEM_DURABLE));
                    assertSame(VdmResult.IO_ERROR,
                            finish(mover.batch().flush(range).submit()).output().get(0).result());
                    assertEquals(0, range.get(ValueLayout.JAVA_BYTE, 0), "nothing is written");
                    assertEquals(List.of(), log.ranges(), "nothing is written back");
                    assertTrue(mover.isSupported(VdmFlags.MEM_DURABLE, range));
                    assertSucceeds(mover.memset(range, (byte) 0)); // not durable
                }
            }
        }
    }

    /** Without an engine for cache lines, the JDK writes them back. */
    @ParameterizedTest
    @EnumSource(names = {"SYNC", "THREADS"})
    void failedForceOfCacheLinesMarksTheFile(Mover kind) throws IOException {
        Durability engines = log.engines(false);
        buffers.add(OffHeapBuffer.wrap(bare(), DurabilityDomain.CACHE_LINE));
        MemorySegment range = buffers.getLast().segment();
        try (Vdm mover = kind == Mover.SYNC ? JvmMovers.sync(engines)
                : JvmMovers.threads(engines, 2)) {
            assertSucceeds(mover.flush(range));
            fail(mover, range.asSlice(0, 64));
            assertFailed(mover.flush(range));
            assertFailed(mover.flush(bare()));
        }
    }

    /** The JVM throws an OutOfMemoryError if the heap has no space for the IOException. */
    @ParameterizedTest
    @EnumSource
    void fullHeapInForceMarksTheFile(Mover kind) throws IOException {
        try (Vdm mover = open(kind)) {
            MemorySegment range = buffer();
            var full = new OutOfMemoryError("for the test");
            log.storage(ignored -> {
                throw full;
            });
            VdmFuture<?> flush = finish(mover.flush(range));
            log.fail(null);
            assertNotEquals(VdmResult.SUCCESS, flush.result());
            assertFailed(mover.flush(range));
            assertFailed(mover.memset(bare(), (byte) 1, VdmFlags.MEM_DURABLE));
        }
    }

    @ParameterizedTest
    @EnumSource
    void laterUsedMappingCountsAsOld(Mover kind) throws IOException {
        try (Vdm mover = open(kind)) {
            MemorySegment older = bare();
            fail(mover, buffer());
            assertFailed(mover.flush(older));
            assertFailed(mover.flush(bare()));
            assertFailed(mover.flush(wrapped()));
        }
    }

    @ParameterizedTest
    @EnumSource
    void otherFileIsNotAffected(Mover kind) throws IOException {
        Path other = Files.write(folder.resolve("other"), new byte[SIZE]);
        MemorySegment second = mapped(other, arena);
        try (Vdm mover = open(kind)) {
            fail(mover, bare());
            assertSucceeds(mover.flush(second));
            assertSucceeds(mover.memset(second, (byte) 1, VdmFlags.MEM_DURABLE));
        }
    }

    @Test
    void newBufferRequiresTheAcknowledgement() throws IOException {
        try (Vdm mover = open(Mover.SYNC)) {
            MemorySegment old = buffer();
            fail(mover, old);
            for (long length : new long[]{SIZE, 10 * SIZE}) {
                var refused = assertThrows(IOException.class,
                        () -> OffHeapBuffer.map(file, 0, length));
                assertTrue(refused.getMessage().contains(file.toString()), refused.getMessage());
                assertTrue(refused.getMessage().contains("AFTER_FAILED_WRITE_BACK"),
                        refused.getMessage());
            }
            assertThrows(IOException.class, () -> OffHeapBuffer.mapReadOnly(file, 0, SIZE));
            assertEquals(SIZE, Files.size(file), "a refusal changes nothing");

            MemorySegment anew = buffer(MapOption.AFTER_FAILED_WRITE_BACK);
            assertSucceeds(mover.memset(anew, (byte) 1, VdmFlags.MEM_DURABLE));
            assertSucceeds(mover.flush(anew));
            assertFailed(mover.flush(old));
            OffHeapBuffer.mapReadOnly(file, 0, SIZE, MapOption.AFTER_FAILED_WRITE_BACK).close();
            assertThrows(IOException.class, () -> OffHeapBuffer.map(file, 0, SIZE));

            fail(mover, anew);
            assertFailed(mover.flush(anew));
            MemorySegment third = buffer(MapOption.AFTER_FAILED_WRITE_BACK);
            assertSucceeds(mover.flush(third));
        }
    }

    @Test
    void newFileWithAReusedInodeIsNotFailed() throws IOException {
        try (Vdm mover = open(Mover.SYNC)) {
            try (Arena scope = Arena.ofShared()) {
                fail(mover, mapped(file, scope));
            }
            Object inode = Files.getAttribute(file, "unix:ino");
            Object birth = Files.getAttribute(file, "creationTime");
            boolean reused = false;
            for (int i = 0; i < 10_000 && !reused; i++) {
                Files.delete(file);
                Files.write(file, new byte[SIZE]);
                reused = inode.equals(Files.getAttribute(file, "unix:ino"))
                        && !birth.equals(Files.getAttribute(file, "creationTime"));
            }
            assumeTrue(reused, "the file system did not use the inode number again");
            assertSucceeds(mover.flush(bare()));
            assertSucceeds(mover.flush(buffer()));
        }
    }

    @ParameterizedTest
    @EnumSource
    void closedArenaFailsOnlyItsRequest(Mover kind) throws IOException {
        try (Vdm mover = open(kind)) {
            Arena scope = Arena.ofShared();
            MemorySegment closing = mapped(file, scope);
            VdmFuture<?> flush = mover.flush(closing);
            MemorySegment other = bare();
            log.storage(range -> {
                scope.close();
                throw new IllegalStateException("Already closed");
            });
            finish(flush);
            assertSame(VdmResult.SEGMENT_UNUSABLE, flush.result());
            log.fail(null);
            assertSucceeds(mover.flush(other));
            assertSucceeds(mover.flush(bare()));
        }
    }

    @Test
    void forceBesideAFailedForceFails() throws Exception {
        MemorySegment range = bare();
        var calls = new AtomicInteger();
        var secondIsOver = new CountDownLatch(1);
        log.storage(ignored -> {
            if (calls.getAndIncrement() == 0) {
                awaitQuietly(secondIsOver);
                throw BROKEN;
            }
            secondIsOver.countDown(); // The kernel has reported the error to the first call.
        });
        try (Vdm mover = open(Mover.THREADS);
                Arena confined = Arena.ofConfined()) {
            VdmFuture<?> first = mover.flush(range.asSlice(0, 1));
            // The owner forces confined memory at the same time as the leader.
            VdmFuture<?> second = mover.flush(mapped(file, confined).asSlice(4_096, 1));
            first.poll();
            while (calls.get() == 0) {
                Thread.onSpinWait();
            }
            second.poll();
            finish(first);
            finish(second);
            assertSame(VdmResult.IO_ERROR, first.result());
            assertSame(VdmResult.IO_ERROR, second.result());
            assertNotEquals(first.failure().getCause(), second.failure().getCause());
        }
    }

    @Test
    void failureBetweenPartsFailsTheOperation() throws IOException {
        OffHeapBuffer buffer = OffHeapBuffer.map(file, 0, 4 * Parts.BYTES);
        buffers.add(buffer);
        MemorySegment range = buffer.segment();
        var copies = new AtomicInteger();
        var allWait = new CountDownLatch(1);
        try (Vdm failing = open(Mover.SYNC);
                Vdm mover = JvmMovers.builder(log.engines(true))
                        .threads(1)
                        .parallelFrom(Parts.BYTES)
                        .memcpyFunction((to, from, flags) -> {
                            if (copies.getAndIncrement() == 0) {
                                await(allWait);
                            } else {
                                fail(failing, range.asSlice(0, 64));
                            }
                        })
                        .open()) {
            VdmFuture<?> first = mover.memcpy(noise(64), noise(64));
            VdmFuture<?> inParts = mover.fill(range, 1, VdmFlags.MEM_DURABLE);
            VdmFuture<?> between = mover.memcpy(noise(64), noise(64));
            List.of(first, inParts, between).forEach(VdmFuture::poll);
            allWait.countDown();
            assertSucceeds(first);
            assertSucceeds(between);
            assertFailed(inParts);
        }
    }

    private static void await(CountDownLatch latch) {
        try {
            awaitQuietly(latch);
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    private static void awaitQuietly(CountDownLatch latch) throws IOException {
        try {
            assertTrue(latch.await(30, TimeUnit.SECONDS));
        } catch (InterruptedException e) {
            throw new IOException(e);
        }
    }

    @Test
    void listOfMappingsIsReadOncePerMapping() throws IOException {
        // The second look-up finds the cached facts, because a slice has the scope of its mapping.
        MemorySegment range = bare();
        try (Vdm mover = open(Mover.SYNC)) {
            assertSucceeds(mover.flush(range.asSlice(10, 10)));
            long shortest = Long.MAX_VALUE;
            for (int round = 0; round < 100; round++) {
                long before = System.nanoTime();
                for (int i = 0; i < 200; i++) {
                    mover.flush(range.asSlice(i, 100)).poll();
                }
                shortest = Math.min(shortest, (System.nanoTime() - before) / 200);
            }
            assertTrue(shortest < 50_000,
                    shortest + " ns, and a read of the list takes 70 µs or more");
        }
    }
}
