package io.github.vdm4j.memory;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNotSame;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.vdm4j.AbstractDataMover;
import io.github.vdm4j.Batch;
import io.github.vdm4j.BatchResult;
import io.github.vdm4j.DurabilityDomain;
import io.github.vdm4j.Vdm;
import io.github.vdm4j.VdmException;
import io.github.vdm4j.VdmFlags;
import io.github.vdm4j.VdmFuture;
import io.github.vdm4j.VdmResult;
import io.github.vdm4j.buffer.OffHeapBuffer;
import io.github.vdm4j.dml.AgainstSimulatedDml;
import io.github.vdm4j.dml.DmlPath;
import io.github.vdm4j.dml.simulated.Plan;
import io.github.vdm4j.future.FutureProperty;
import io.github.vdm4j.future.FutureState;
import io.github.vdm4j.machine.LibraryThread;
import io.github.vdm4j.mover.JvmMovers;
import io.github.vdm4j.operation.CrcOptions;
import io.github.vdm4j.operation.ForceCounters;
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
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Tests of faults 30 and 33. The test releases each answer of the storage. */
@DisplayName("The forces of a file")
class SharedForcesTest extends AgainstSimulatedDml {
    private static final int SIZE = 4 << 20;
    private static final int USERS = 64;

    enum Mover {
        THREADS, DML_SOFTWARE, DML_HARDWARE, DML_AUTO
    }

    @TempDir private Path folder;

    private final WriteBackLog log = new WriteBackLog();
    private final List<Thread> forcing = new ArrayList<>();
    private volatile CountDownLatch storage = new CountDownLatch(0);
    private volatile IOException failure;
    private OffHeapBuffer file;
    private ForceCounters before;
    private final List<Vdm> opened = new ArrayList<>();

    @BeforeEach
    void mapFile() throws IOException {
        file = OffHeapBuffer.map(folder.resolve("file"), 0, SIZE);
        before = file.forceCounters();
        dml.allow(file.segment());
        log.storage(range -> {
            synchronized (forcing) {
                forcing.add(Thread.currentThread());
            }
            awaitQuietly(storage);
            IOException thrown = failure;
            if (thrown != null) {
                throw thrown;
            }
        });
    }

    @AfterEach
    void closeAll() {
        storage.countDown();
        opened.forEach(Vdm::close);
        file.close();
    }

    private static void awaitQuietly(CountDownLatch latch) throws IOException {
        try {
            assertTrue(latch.await(30, TimeUnit.SECONDS), "the test did not answer");
        } catch (InterruptedException e) {
            throw new IOException(e);
        }
    }

    private Vdm open(Mover mover) {
        return open(mover, log.engines(false));
    }

    private Vdm open(Mover mover, Durability engines) {
        Vdm chosen = switch (mover) {
            case THREADS -> JvmMovers.threads(engines, 2);
            case DML_SOFTWARE -> open(builder(DmlPath.SOFTWARE, engines));
            case DML_HARDWARE -> {
                dml.withHardware();
                yield open(builder(DmlPath.HARDWARE, engines));
            }
            case DML_AUTO -> open(builder(DmlPath.AUTO, engines));
        };
        opened.add(chosen);
        return chosen;
    }

    private static <F extends VdmFuture<?>> F end(F future) {
        try {
            future.await(Duration.ofSeconds(30));
        } catch (VdmException e) {
            assertSame(future.result(), e.result());
        }
        return future;
    }

    /** An earlier file may have had the same inode number. */
    private ForceCounters since() {
        ForceCounters now = file.forceCounters();
        return new ForceCounters(now.forces() - before.forces(),
                now.requests() - before.requests(), now.ranges() - before.ranges(),
                now.failed() - before.failed(), now.waitNanos() - before.waitNanos(),
                now.forceNanos() - before.forceNanos());
    }

    private MemorySegment slot(int number) {
        return file.slice(number * 400L, 400);
    }

    private VdmFuture<?> copy(Vdm mover, int number) {
        return mover.memcpy(slot(number), noise(400), VdmFlags.MEM_DURABLE);
    }

    private void block() {
        storage = new CountDownLatch(1);
    }

    /** Polls until the storage has received a number of calls. */
    private void pollUntilForced(VdmFuture<?> future, int calls) {
        for (int i = 0; i < 10_000_000; i++) {
            future.poll();
            synchronized (forcing) {
                if (forcing.size() >= calls) {
                    return;
                }
            }
            Thread.yield();
        }
        throw new AssertionError("the storage was not called");
    }

    private void assertNeverForcedHere() {
        synchronized (forcing) {
            assertFalse(forcing.contains(Thread.currentThread()), "forced on the caller");
            forcing.forEach(thread -> assertTrue(thread.getName().startsWith("vdm4j-force"),
                    thread::getName));
        }
    }

    @ParameterizedTest
    @EnumSource
    void noForceRunsOnTheCaller(Mover which) {
        Vdm mover = open(which);
        List<VdmFuture<?>> futures = List.of(
                mover.flush(file.segment()),
                copy(mover, 1),
                mover.memcpy(file.slice(0, 3 << 20), noise(3 << 20), VdmFlags.MEM_DURABLE),
                mover.memset(file.segment(), (byte) 3, VdmFlags.MEM_DURABLE),
                mover.dualcast(file.slice(4_000, 400), file.slice(4_000 + 4_096, 400), noise(400),
                        VdmFlags.MEM_DURABLE),
                mover.batch()
                        .memset(slot(0), (byte) 1, VdmFlags.MEM_DURABLE)
                        .fence()
                        .flush(slot(1))
                        .submit());
        for (VdmFuture<?> future : futures) {
            block();
            int before = forcing.size();
            assertTrue(future.hasProperty(FutureProperty.ASYNC), future::toString);
            assertSame(FutureState.RUNNING, future.poll());
            pollUntilForced(future, before + 1);
            assertSame(FutureState.RUNNING, future.poll(), "complete before its force");
            storage.countDown();
            end(future).orThrow();
        }
        assertNeverForcedHere();
    }

    /** On hardware, a later poll ends the operation. */
    @ParameterizedTest
    @EnumSource(mode = EnumSource.Mode.EXCLUDE, names = "DML_HARDWARE")
    void awaitForcesOnItsPlatformThread(Mover which) {
        Vdm mover = open(which);
        for (VdmFuture<?> future : List.of(copy(mover, 1), mover.flush(slot(2)),
                mover.memset(slot(3), (byte) 3, VdmFlags.MEM_DURABLE),
                mover.copyCrc32c(slot(4), noise(400), CrcOptions.STANDARD,
                        VdmFlags.MEM_DURABLE),
                mover.batch()
                        .memset(slot(5), (byte) 5, VdmFlags.MEM_DURABLE)
                        .memset(slot(6), (byte) 6, VdmFlags.MEM_DURABLE)
                        .submit())) {
            forcing.clear();
            future.await();
            future.orThrow();
            assertEquals(List.of(Thread.currentThread()), forcing, future::toString);
        }
    }

    @ParameterizedTest
    @EnumSource
    void manyOperationsShareForces(Mover which) {
        Vdm mover = open(which);
        block();
        List<VdmFuture<?>> futures = new ArrayList<>();
        for (int i = 0; i < USERS; i++) {
            futures.add(copy(mover, i));
        }
        futures.forEach(VdmFuture::poll);
        pollUntilForced(futures.getFirst(), 1);
        // On hardware the number of jobs limits the operations that reach the force.
        pollAll(futures);
        storage.countDown();
        futures.forEach(future -> end(future).orThrow());
        assertEquals(USERS, since().requests());
        assertTrue(since().forces() <= USERS / 4, () -> since().toString());
        assertEquals(0, since().failed());
        assertNeverForcedHere();
    }

    private static void pollAll(List<VdmFuture<?>> futures) {
        for (int i = 0; i < 1_000; i++) {
            futures.forEach(VdmFuture::poll);
        }
    }

    @ParameterizedTest
    @EnumSource(names = {"THREADS", "DML_AUTO"})
    void batchFromTheHeapWaitsAtItsFence(Mover which) {
        Vdm mover = open(which);
        MemorySegment source = MemorySegment.ofArray(bytes(noise(400)));
        slot(1).fill((byte) 0);
        block();
        VdmFuture<BatchResult> batch = mover.batch()
                .memcpy(slot(0), source, VdmFlags.MEM_DURABLE)
                .fence()
                .memcpy(slot(1), source, VdmFlags.MEM_DURABLE)
                .submit();
        pollUntilForced(batch, 1);
        assertEquals(-1, slot(0).mismatch(source));
        assertEquals(-1, slot(1).mismatch(MemorySegment.ofArray(new byte[400])));
        storage.countDown();
        end(batch).orThrow();
        assertTrue(batch.output().isSuccess(), () -> batch.output().toString());
        assertEquals(-1, slot(1).mismatch(source));
        assertEquals(2, since().forces());
    }

    @ParameterizedTest
    @EnumSource
    void bufferStaysOpenDuringItsForces(Mover which) {
        Vdm mover = open(which);
        List<VdmFuture<?>> futures = List.of(mover.flush(slot(0)), copy(mover, 1),
                mover.batch().flush(slot(2)).flush(slot(3)).submit());
        for (VdmFuture<?> future : futures) {
            block();
            int before = forcing.size();
            future.poll();
            pollUntilForced(future, before + 1);
            assertFalse(file.tryClose(), future::toString);
            storage.countDown();
            end(future).orThrow();
        }
        assertTrue(file.tryClose());
    }

    @ParameterizedTest
    @EnumSource
    void dualcastForcesBothDestinations(Mover which) {
        Vdm mover = open(which);
        MemorySegment first = file.slice(400, 400);
        MemorySegment second = file.slice(400 + (1 << 20), 400);
        end(mover.dualcast(first, second, noise(400), VdmFlags.MEM_DURABLE)).orThrow();
        assertEquals(Set.of(WriteBackLog.Range.of(WriteBackKind.PAGES, first),
                WriteBackLog.Range.of(WriteBackKind.PAGES, second)), Set.copyOf(log.ranges()));
    }

    /** A device writes the lines back itself. */
    @ParameterizedTest
    @EnumSource(names = {"THREADS", "DML_SOFTWARE"})
    void dualcastWritesPagesAndLinesBack(Mover which) {
        Vdm mover = open(which, log.engines(true));
        try (OffHeapBuffer lines =
                OffHeapBuffer.wrap(zeros(8_192), DurabilityDomain.CACHE_LINE)) {
            long place = file.segment().address() - lines.segment().address() & 0xfff;
            MemorySegment ofLines = lines.slice(place, 400);
            var expected = Set.of(WriteBackLog.Range.of(WriteBackKind.PAGES, slot(0)),
                    WriteBackLog.Range.of(WriteBackKind.CACHE_LINES, ofLines));
            end(mover.dualcast(slot(0), ofLines, noise(400), VdmFlags.MEM_DURABLE)).orThrow();
            assertEquals(expected, Set.copyOf(log.ranges()));
            log.forget();
            end(mover.dualcast(ofLines, slot(0), noise(400), VdmFlags.MEM_DURABLE)).orThrow();
            assertEquals(expected, Set.copyOf(log.ranges()));
        }
    }

    @ParameterizedTest
    @EnumSource
    void fenceAwaitsTheForceOfASecondDestination(Mover which) {
        Vdm mover = open(which, log.engines(true));
        try (OffHeapBuffer lines =
                OffHeapBuffer.wrap(zeros(8_192), DurabilityDomain.CACHE_LINE)) {
            long place = file.segment().address() - lines.segment().address() & 0xfff;
            MemorySegment behind = zeros(400);
            block();
            VdmFuture<BatchResult> batch = mover.batch()
                    .dualcast(lines.slice(place, 400), slot(0), noise(400), VdmFlags.MEM_DURABLE)
                    .fence()
                    .memset(behind, (byte) 1)
                    .submit();
            batch.poll();
            pollUntilForced(batch, 1);
            assertSame(FutureState.RUNNING, batch.poll());
            assertEquals(-1, behind.mismatch(MemorySegment.ofArray(new byte[400])));
            storage.countDown();
            end(batch).orThrow();
            assertTrue(batch.output().isSuccess(), () -> batch.output().toString());
            assertEquals(1, behind.get(ValueLayout.JAVA_BYTE, 399));
        }
    }

    @Test
    void rangeInsideAnotherRangeDoesNotShortenIt() {
        Vdm mover = open(Mover.THREADS);
        block();
        VdmFuture<?> leading = mover.flush(slot(0));
        leading.poll();
        pollUntilForced(leading, 1);
        MemorySegment outer = file.slice(8_192, 8_192);
        List<VdmFuture<?>> flushes = List.of(mover.flush(outer.asSlice(400, 400)),
                mover.flush(outer), mover.flush(outer.asSlice(4_096, 400)));
        flushes.forEach(VdmFuture::poll);
        storage.countDown();
        flushes.forEach(flush -> end(flush).orThrow());
        assertEquals(WriteBackLog.Range.of(WriteBackKind.PAGES, outer), log.ranges().getLast());
        assertEquals(2, since().ranges());
    }

    @Test
    void rangesOfTwoBuffersAreNotMerged() throws IOException {
        Vdm mover = open(Mover.THREADS);
        MemorySegment whole = file.segment();
        try (OffHeapBuffer first = OffHeapBuffer.wrap(raw(whole.asSlice(0, 4_096)));
                OffHeapBuffer second = OffHeapBuffer.wrap(raw(whole.asSlice(4_096, 4_096)))) {
            block();
            List<VdmFuture<?>> flushes = List.of(mover.flush(slot(0)),
                    mover.flush(first.segment()), mover.flush(second.segment()));
            flushes.getFirst().poll();
            pollUntilForced(flushes.getFirst(), 1);
            flushes.forEach(VdmFuture::poll);
            storage.countDown();
            flushes.forEach(flush -> end(flush).orThrow());
            assertEquals(3, since().ranges());
            assertEquals(2, since().forces());
        }
    }

    private static MemorySegment raw(MemorySegment segment) {
        return MemorySegment.ofAddress(segment.address()).reinterpret(segment.byteSize());
    }

    @Test
    void drainWaitsForALaterForce() {
        var gate = new CountDownLatch(1);
        Vdm mover = JvmMovers.builder(log.engines(false))
                .threads(1)
                .memsetFunction((to, value, flags) -> {
                    try {
                        awaitQuietly(gate);
                    } catch (IOException e) {
                        throw new AssertionError(e);
                    }
                    to.fill(value);
                })
                .open();
        opened.add(mover);
        block();
        VdmFuture<?> fill = mover.memset(slot(0), (byte) 1, VdmFlags.MEM_DURABLE);
        assertSame(FutureState.RUNNING, fill.poll());
        VdmFuture<?> drain = mover.drain();
        assertSame(FutureState.RUNNING, drain.poll());
        gate.countDown();
        pollUntilForced(drain, 1);
        for (int i = 0; i < 1_000; i++) {
            assertSame(FutureState.RUNNING, drain.poll(), "complete before the force");
        }
        storage.countDown();
        end(drain).orThrow();
        assertSame(FutureState.COMPLETE, fill.state());
    }

    @ParameterizedTest
    @EnumSource
    void failedForceFailsItsWholeGroup(Mover which) {
        Vdm mover = open(which);
        block();
        VdmFuture<?> first = copy(mover, 0);
        pollUntilForced(first, 1);
        List<VdmFuture<?>> futures = new ArrayList<>(List.of(first));
        for (int i = 1; i < 10; i++) {
            futures.add(copy(mover, i));
        }
        pollAll(futures);
        failure = new IOException("Input/output error");
        storage.countDown();
        List<VdmException> failures = new ArrayList<>();
        for (VdmFuture<?> future : futures) {
            assertSame(VdmResult.IO_ERROR, end(future).result());
            failures.add(future.failure());
        }
        assertNotSame(failures.get(0), failures.get(1));
        assertNotEquals(failures.get(1).getCause(), failures.get(2).getCause());
        failure = null;
        assertSame(VdmResult.IO_ERROR, end(copy(mover, 11)).result(), "the file stays failed");
    }

    @ParameterizedTest
    @EnumSource
    void errorInTheStorageEndsOnlyItsGroup(Mover which) {
        Vdm mover = open(which);
        log.storage(range -> {
            throw new StackOverflowError("for the test");
        });
        assertSame(VdmResult.INTERNAL_ERROR, end(copy(mover, 0)).result());
        log.storage(range -> {});
        end(copy(mover, 1)).orThrow();
    }

    @ParameterizedTest
    @EnumSource
    void batchForcesAtItsFenceAndAtItsEnd(Mover which) {
        Vdm mover = open(which);
        List<Byte> headerAtForce = new ArrayList<>();
        log.storage(
                range -> headerAtForce.add(file.segment().get(ValueLayout.JAVA_BYTE, SIZE - 1)));
        Batch batch = mover.batch();
        for (int i = 0; i < 256; i++) {
            batch.memcpy(slot(i), noise(400), VdmFlags.MEM_DURABLE);
        }
        batch.fence().memset(file.slice(SIZE - 1, 1), (byte) 9, VdmFlags.MEM_DURABLE);
        BatchResult result = end(batch.submit()).output();
        assertTrue(result.isSuccess(), result::toString);
        assertEquals(List.of((byte) 0, (byte) 9), headerAtForce);
        assertEquals(257, since().requests());
        assertEquals(2, since().forces());
    }

    @ParameterizedTest
    @EnumSource
    void failedForceSkipsTasksBehindTheFence(Mover which) {
        Vdm mover = open(which);
        failure = new IOException("Input/output error");
        BatchResult result = end(mover.batch()
                .memset(slot(0), (byte) 1, VdmFlags.NONE)
                .memset(slot(1), (byte) 2, VdmFlags.MEM_DURABLE)
                .fence()
                .memset(slot(2), (byte) 3, VdmFlags.NONE)
                .submit()).output();
        assertSame(VdmResult.SUCCESS, result.get(0).result());
        assertSame(VdmResult.IO_ERROR, result.get(1).result());
        assertSame(VdmResult.NOT_RUN, result.get(2).result());
        assertEquals(0, slot(2).get(ValueLayout.JAVA_BYTE, 0), "written behind the failed force");
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 300})
    void everyFenceWaitsForItsForce(int fences) {
        for (Mover which : Mover.values()) {
            Vdm mover = open(which);
            long before = file.forceCounters().forces();
            Batch batch = mover.batch();
            for (int i = 0; i <= fences; i++) {
                batch.memset(slot(i), (byte) i, VdmFlags.MEM_DURABLE);
                if (i < fences) {
                    batch.fence();
                }
            }
            assertTrue(end(batch.submit()).output().isSuccess());
            assertEquals(fences + 1, file.forceCounters().forces() - before, which::toString);
        }
    }

    @ParameterizedTest
    @EnumSource
    void ownerForcesConfinedMemory(Mover which) throws IOException {
        Vdm mover = open(which);
        try (Arena confined = Arena.ofConfined();
                FileChannel channel = FileChannel.open(folder.resolve("file"),
                        StandardOpenOption.READ, StandardOpenOption.WRITE)) {
            MemorySegment mine = dml.allow(channel.map(MapMode.READ_WRITE, 0, 8_192, confined));
            VdmFuture<?> flush = mover.flush(mine);
            assertFalse(flush.hasProperty(FutureProperty.ASYNC));
            assertSame(FutureState.COMPLETE, flush.poll());
            end(mover.memset(mine, (byte) 1, VdmFlags.MEM_DURABLE)).orThrow();
            assertTrue(end(mover.batch()
                    .memset(mine.asSlice(0, 10), (byte) 2,
                            VdmFlags.MEM_DURABLE)
                    .fence()
                    .flush(mine)
                    .submit()).output().isSuccess());
            assertEquals(4, forcing.stream().filter(Thread.currentThread()::equals).count());
            assertEquals(4, forcing.size());
        }
    }

    @Test
    void otherThreadDoesNotForceConfinedMemory() throws Exception {
        Vdm mover = open(Mover.DML_HARDWARE);
        dml.always(Plan.succeed().afterChecks(2));
        try (Arena confined = Arena.ofConfined();
                FileChannel channel = FileChannel.open(folder.resolve("file"),
                        StandardOpenOption.READ, StandardOpenOption.WRITE)) {
            MemorySegment mine = dml.allow(channel.map(MapMode.READ_WRITE, 0, 8_192, confined));
            VdmFuture<?> fill = mover.memset(mine, (byte) 1, VdmFlags.MEM_DURABLE);
            assertFalse(fill.hasProperty(FutureProperty.ASYNC));
            assertSame(FutureState.RUNNING, fill.poll());
            List<Throwable> thrown = new ArrayList<>();
            Thread foreignThread = Thread.ofPlatform().start(() -> {
                try {
                    finish(fill);
                } catch (Throwable e) {
                    thrown.add(e);
                }
            });
            foreignThread.join();
            assertTrue(thrown.getFirst() instanceof WrongThreadException, thrown::toString);
            assertEquals(List.of(), forcing);
            finish(fill).orThrow();
            assertEquals(List.of(Thread.currentThread()), forcing);
        }
    }

    @Test
    void moverWithoutWorkersForcesOnTheCaller() {
        Vdm mover = open(builder(DmlPath.SOFTWARE, log.engines(false))
                .workersFrom(Long.MAX_VALUE));
        VdmFuture<?> copy = copy(mover, 0);
        assertFalse(copy.hasProperty(FutureProperty.ASYNC));
        assertSame(FutureState.COMPLETE, copy.poll());
        copy.orThrow();
        assertEquals(List.of(Thread.currentThread()), forcing);
    }

    @Test
    void syncMoverLeadsTheGroupOfItsOwnRequest() {
        Vdm sync = JvmMovers.sync(log.engines(false));
        copy(sync, 0).await();
        assertEquals(List.of(Thread.currentThread()), forcing);
    }

    @Test
    void syncMoverOnVirtualThreadForcesElsewhere() throws InterruptedException {
        Vdm sync = JvmMovers.sync(log.engines(false));
        Thread user = Thread.startVirtualThread(() -> copy(sync, 0).await());
        user.join();
        assertEquals(1, forcing.size());
        assertTrue(forcing.getFirst() instanceof LibraryThread);
    }

    @Test
    void syncMoverWaitsForTheLeader() throws InterruptedException {
        Vdm threads = open(Mover.THREADS);
        Vdm sync = JvmMovers.sync(log.engines(false));
        block();
        VdmFuture<?> first = copy(threads, 0);
        pollUntilForced(first, 1);
        Thread user = Thread.ofPlatform().start(() -> copy(sync, 1).await());
        while (user.getState() != Thread.State.WAITING) {
            Thread.onSpinWait();
        }
        user.interrupt();
        storage.countDown();
        user.join();
        end(first).orThrow();
        assertEquals(2, since().requests());
        assertNeverForcedHere();
    }

    @ParameterizedTest
    @EnumSource
    void closingTheBufferWaitsForItsForces(Mover which) throws InterruptedException {
        Vdm mover = open(which);
        block();
        VdmFuture<?> copy = copy(mover, 0);
        pollUntilForced(copy, 1);
        assertFalse(file.tryClose());
        Thread closer = Thread.ofPlatform().start(file::close);
        assertSame(FutureState.RUNNING, copy.poll());
        storage.countDown();
        closer.join();
        end(copy).orThrow();
        assertFalse(file.isOpen());
    }

    @ParameterizedTest
    @EnumSource
    void closingTheMoverWaitsForItsForces(Mover which) throws InterruptedException {
        Vdm mover = open(which);
        block();
        VdmFuture<?> copy = copy(mover, 0);
        pollUntilForced(copy, 1);
        VdmFuture<?> batch = mover.batch()
                .memset(slot(1), (byte) 1, VdmFlags.MEM_DURABLE)
                .fence()
                .memset(slot(2), (byte) 2, VdmFlags.MEM_DURABLE)
                .submit();
        batch.poll();
        Thread closer = Thread.ofPlatform().start(mover::close);
        while (!((AbstractDataMover) mover).isClosed()) {
            Thread.onSpinWait();
        }
        storage.countDown();
        closer.join();
        end(copy).orThrow();
        assertSame(FutureState.COMPLETE, end(batch).poll());
    }

    @Test
    void closeThatTimesOutNamesTheOperation() {
        Vdm mover = open(builder(DmlPath.SOFTWARE, log.engines(false))
                .closeTimeout(Duration.ofMillis(50)));
        block();
        VdmFuture<?> copy = copy(mover, 0);
        pollUntilForced(copy, 1);
        var thrown = assertThrows(VdmException.class, mover::close);
        assertSame(VdmResult.TIMEOUT, thrown.result());
        assertTrue(thrown.getMessage().contains("memcpy of 400 bytes"), thrown.getMessage());
        storage.countDown();
        end(copy).orThrow();
    }

    @ParameterizedTest
    @EnumSource
    void closedArenaFailsOnlyItsOwnRequest(Mover which) throws IOException {
        Vdm mover = open(which);
        block();
        VdmFuture<?> first = copy(mover, 0);
        pollUntilForced(first, 1);
        VdmFuture<?> closed;
        try (Arena shared = Arena.ofShared();
                FileChannel channel = FileChannel.open(folder.resolve("file"),
                        StandardOpenOption.READ, StandardOpenOption.WRITE)) {
            closed = mover.flush(dml.allow(channel.map(MapMode.READ_WRITE, 0, 8_192, shared)));
            closed.poll();
        }
        VdmFuture<?> last = copy(mover, 1);
        pollAll(List.of(last, closed));
        storage.countDown();
        end(first).orThrow();
        assertSame(VdmResult.SEGMENT_UNUSABLE, end(closed).result());
        end(last).orThrow();
    }

    @ParameterizedTest
    @EnumSource
    void drainWaitsForForces(Mover which) {
        Vdm mover = open(which);
        block();
        VdmFuture<?> copy = copy(mover, 0);
        pollUntilForced(copy, 1);
        VdmFuture<?> drain = mover.drain();
        for (int i = 0; i < 1_000; i++) {
            assertSame(FutureState.RUNNING, drain.poll());
        }
        storage.countDown();
        end(drain).orThrow();
        assertSame(FutureState.COMPLETE, copy.state());
    }

    @Test
    void interruptedWaiterDoesNotStopTheForce() throws InterruptedException {
        Vdm mover = open(Mover.THREADS);
        block();
        VdmFuture<?> copy = copy(mover, 0);
        Thread.currentThread().interrupt();
        assertThrows(InterruptedException.class, copy::awaitInterruptibly);
        storage.countDown();
        end(copy).orThrow();
    }

    @Test
    void leaderWithoutForceWaitDoesNotWait() throws InterruptedException {
        Vdm mover =
                JvmMovers.builder(log.engines(false)).threads(2).forceWait(Duration.ZERO).open();
        opened.add(mover);
        log.storage(range -> Thread.onSpinWait());
        List<Thread> users = new ArrayList<>();
        for (int i = 0; i < 16; i++) {
            int number = i;
            users.add(Thread.startVirtualThread(() -> {
                for (int round = 0; round < 50; round++) {
                    mover.memset(slot(number), (byte) round, VdmFlags.MEM_DURABLE)
                            .await();
                }
            }));
        }
        for (Thread user : users) {
            user.join();
        }
        assertEquals(0, since().waitNanos());
        assertEquals(16 * 50, since().requests());
    }

    @Test
    void leaderWaitsForMissingRequestsAfterLongForce() {
        Vdm mover = open(Mover.THREADS);
        log.storage(range -> {
            long start = System.nanoTime();
            awaitQuietly(storage);
            while (System.nanoTime() - start < 1_000_000) {
                Thread.onSpinWait(); // A quarter of this force is long enough for a wait.
            }
        });
        block();
        VdmFuture<?> first = copy(mover, 0);
        first.poll();
        List<VdmFuture<?>> group = new ArrayList<>();
        for (int i = 1; i <= 8; i++) {
            group.add(copy(mover, i));
        }
        group.forEach(VdmFuture::poll);
        storage.countDown();
        group.forEach(future -> end(future).orThrow());
        end(first).orThrow();
        end(copy(mover, 9)).orThrow();
        assertTrue(since().waitNanos() > 0, () -> since().toString());
        assertEquals(10, since().requests());
    }

    @Test
    void distantRangesAreForcedSeparately() {
        Vdm mover = open(Mover.THREADS);
        block();
        VdmFuture<?> first = copy(mover, 0);
        pollUntilForced(first, 1);
        List<VdmFuture<?>> futures = List.of(
                mover.flush(file.slice(0, 400)),
                mover.flush(file.slice(30_000, 400)),
                mover.flush(file.slice(3 << 20, 400)));
        futures.forEach(VdmFuture::poll);
        storage.countDown();
        futures.forEach(future -> end(future).orThrow());
        end(first).orThrow();
        List<Long> lengths = log.ranges().stream().map(WriteBackLog.Range::length).toList();
        assertEquals(List.of(400L, 30_400L, 400L), lengths);
    }
}
