package io.github.vdm4j.dml;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.github.vdm4j.ExecutionPath;
import io.github.vdm4j.VdmException;
import io.github.vdm4j.VdmFlags;
import io.github.vdm4j.VdmFuture;
import io.github.vdm4j.VdmOutput;
import io.github.vdm4j.VdmResult;
import io.github.vdm4j.dsa.Finding;
import io.github.vdm4j.future.FutureChain;
import io.github.vdm4j.future.FutureRuntime;
import io.github.vdm4j.future.FutureState;
import io.github.vdm4j.future.PollableFuture;
import io.github.vdm4j.machine.NumaNodes;
import io.github.vdm4j.mover.SyncDataMover;
import io.github.vdm4j.mover.ThreadsDataMover;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

@RequiresDml
@DisplayName("With the real libdml")
class DmlPathsIT {
    private static final Path DEVICES = Path.of("/sys/bus/dsa/devices");

    private final Arena arena = Arena.ofShared();

    @AfterEach
    void releaseMemory() {
        arena.close();
    }

    private MemorySegment noise(long bytes, long seed) {
        byte[] content = new byte[(int) bytes];
        new Random(seed).nextBytes(content);
        return arena.allocate(bytes, 64).copyFrom(MemorySegment.ofArray(content));
    }

    private static byte[] bytes(MemorySegment segment) {
        return segment.toArray(ValueLayout.JAVA_BYTE);
    }

    private static void assumeNoDsa() {
        try (var devices = Files.list(DEVICES)) {
            assumeTrue(devices.findAny().isEmpty(),
                    "this machine has a DSA: " + DEVICES + " is not empty");
        } catch (IOException e) {
            return; // The driver is missing, too.
        }
    }

    @Test
    void libraryReportsItsVersion() {
        DmlVersion version = DmlLibrary.open().version();
        assertTrue(version.version().startsWith(version.major() + "." + version.minor() + "."),
                version::toString);
        assertTrue(version.major() >= 1, version::toString);
    }

    @Test
    void hardwareIsNotOpenedWithoutADevice() {
        assumeNoDsa();
        var refused =
                assertThrows(DmlHardwareException.class, () -> DmlDataMover.open(DmlPath.HARDWARE));
        assertEquals(DmlStatus.LIBACCEL_NOT_FOUND, refused.status());
        assertTrue(
                refused.getMessage()
                        .startsWith(
                                "path HARDWARE cannot be opened: an empty operation was refused "
                                        + "with LIBACCEL_NOT_FOUND (100). Found:\n  "),
                refused.getMessage());
        String noDevice = "there is no DSA device, and the idxd driver is not loaded";
        assertTrue(
                refused.getMessage()
                        .contains("\n  " + noDevice + "\n    On a Xeon Scalable processor "),
                refused
                        .getMessage());
        assertTrue(
                refused.diagnosis()
                        .findings()
                        .stream()
                        .anyMatch(finding -> finding.what().equals(noDevice)),
                refused.diagnosis()::toString);
    }

    /** The device can disappear between the opening and an operation. */
    @Test
    void hardwareWithoutADeviceFailsAndWritesNothing() {
        assumeNoDsa();
        MemorySegment source = noise(4096, 1);
        MemorySegment destination = arena.allocate(4096);
        try (var mover = DmlDataMover.builder()
                .path(DmlPath.HARDWARE)
                .nativeMemoryIsPersistent(true)
                .withoutTrial()
                .open()) {
            for (VdmFuture<VdmOutput> future : List.of(
                    mover.memcpy(destination, source),
                    mover.memmove(destination, source),
                    mover.memset(destination, (byte) 7),
                    mover.memcpy(destination, source, VdmFlags.MEM_DURABLE))) {
                assertEquals(FutureState.COMPLETE, future.poll(), "the failure is known at once");
                assertEquals(VdmResult.NO_DEVICE, future.result());
                VdmException failure = future.failure();
                assertEquals(DmlStatus.LIBACCEL_NOT_FOUND, failure.status());
                assertEquals(100, failure.status().code());
                assertTrue(
                        failure.getMessage()
                                .startsWith(
                                        future.type()
                                                + " of 4,096 bytes on HARDWARE failed: "
                                                + "LIBACCEL_NOT_FOUND (100): No DSA "
                                                + "device can be used"),
                        failure.getMessage());
            }
            assertEquals(DmlPath.HARDWARE, mover.runningPath());
            assertEquals(0, mover.slotsInUse());
        }
        assertArrayEquals(new byte[4096], bytes(destination));
    }

    @Test
    void autoTakesSoftwareWithoutADevice() {
        assumeNoDsa();
        try (var mover = DmlDataMover.open()) {
            VdmFuture<VdmOutput> copy = mover.memcpy(arena.allocate(100), noise(100, 2));
            copy.busyPoll();
            assertEquals(DmlPath.AUTO, mover.path());
            assertEquals(DmlPath.SOFTWARE, mover.runningPath());
            assertEquals("DML, path AUTO running SOFTWARE", mover.name());
            assertEquals("Linux shows no DSA device", mover.decision().reason());
            assertEquals(DmlDiagnosis.current().findings(), mover.diagnosis().findings());
            assertFalse(mover.diagnosis().findings().isEmpty());
            assertEquals(ExecutionPath.JVM, copy.path());
            assertEquals(VdmResult.SUCCESS, copy.result());
        }
    }

    @ParameterizedTest
    @CsvSource({"true, 4194304, DML_SOFTWARE", "false, 4194304, JVM",
        "true, 9223372036854775807, DML_SOFTWARE", "false, 9223372036854775807, JVM"})
    void fasterCodeFillsOnAuto(boolean avx512, long workersFrom, ExecutionPath path) {
        assumeNoDsa();
        try (var mover =
                DmlDataMover.builder().avx512(avx512).workersFrom(workersFrom).open()) {
            MemorySegment range = arena.allocate(4 << 20);
            VdmFuture<VdmOutput> fill = mover.memset(range, (byte) 1);
            fill.busyPoll();
            fill.orThrow();
            assertEquals(path, fill.path());
            assertEquals(-1, range.mismatch(arena.allocate(4 << 20).fill((byte) 1)));
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 63, 64, 65, 100, 127, 128, 129, 200})
    void cacheLinesOfShortUnalignedRangesAreFlushed(int length) {
        MemorySegment memory = noise(512, length);
        byte[] before = bytes(memory);
        try (var mover = DmlDataMover.builder()
                .path(DmlPath.SOFTWARE)
                .nativeMemoryIsPersistent(true)
                .open()) {
            for (int offset = 0; offset < 130; offset += 13) {
                VdmFuture<VdmOutput> flush =
                        mover.flush(memory.asSlice(offset, length).asReadOnly());
                flush.busyPoll();
                flush.orThrow();
            }
        }
        assertArrayEquals(before, bytes(memory), "a flush changes nothing");
    }

    @Test
    void aRuntimeWaitsForFuturesOfAllMovers() {
        MemorySegment source = noise(100_000, 3);
        var destinations = new ArrayList<MemorySegment>();
        try (var dml = DmlDataMover.open();
                var threads = ThreadsDataMover.open();
                var sync = SyncDataMover.open()) {
            var futures = new ArrayList<PollableFuture<VdmOutput>>();
            for (int i = 0; i < 30; i++) {
                MemorySegment destination = arena.allocate(100_000);
                destinations.add(destination);
                futures.add(List.of(dml, threads, sync).get(i % 3).memcpy(destination, source));
            }
            new FutureRuntime().waitAll(futures);
            futures.forEach(future -> assertEquals(VdmResult.SUCCESS, future.output().result()));
        }
        for (MemorySegment destination : destinations) {
            assertEquals(-1, destination.mismatch(source));
        }
    }

    @Test
    void aChainAppendsARecordAndThenItsHeader() {
        MemorySegment log = arena.allocate(4096);
        MemorySegment record = noise(1000, 4);
        MemorySegment header = noise(16, 5);
        try (var mover = DmlDataMover.open(DmlPath.SOFTWARE)) {
            var append = FutureChain.of(mover.memcpy(log.asSlice(64, 1000), record))
                    .then(done -> mover.memcpy(log.asSlice(0, 16), header))
                    .map(VdmOutput::path);
            assertEquals(ExecutionPath.DML_SOFTWARE, append.await());
        }
        assertEquals(-1, log.asSlice(0, 16).mismatch(header));
        assertEquals(-1, log.asSlice(64, 1000).mismatch(record));
    }

    @Test
    void eightThreadsOnOneMoverGetTheirOwnBytes() throws Exception {
        try (var mover = DmlDataMover.builder().path(DmlPath.SOFTWARE).slots(8).open();
                var pool = Executors.newFixedThreadPool(8)) {
            var tasks = IntStream.range(0, 8)
                    .<Callable<Void>>mapToObj(thread -> () -> {
                        var random = new Random(thread);
                        for (int i = 0; i < 2_000; i++) {
                            int length = 1 + random.nextInt(5_000);
                            try (Arena own = Arena.ofConfined()) {
                                byte[] content = new byte[length];
                                random.nextBytes(content);
                                MemorySegment source = own.allocate(length)
                                        .copyFrom(MemorySegment.ofArray(content));
                                MemorySegment destination = own.allocate(length);
                                mover.memcpy(destination, source).await();
                                assertArrayEquals(content, bytes(destination));
                            }
                        }
                        return null;
                    })
                    .toList();
            for (var outcome : pool.invokeAll(tasks)) {
                outcome.get();
            }
            assertEquals(0, mover.slotsInUse());
        }
    }

    @ParameterizedTest
    @ValueSource(longs = {64, 128, 4096, 1L << 20, 1L << 30})
    void longOperationIsSplitIntoTransfers(long maxTransferBytes) {
        int length = 3 * 1024 * 1024 + 17;
        MemorySegment source = noise(length, 6);
        MemorySegment destination = arena.allocate(length);
        try (var mover = DmlDataMover.builder()
                .path(DmlPath.SOFTWARE)
                .maxTransferBytes(maxTransferBytes)
                .open()) {
            mover.memcpy(destination, source).await();
            assertEquals(-1, destination.mismatch(source));
            mover.memset(destination, (byte) 0xa5).await();
            assertEquals(-1, destination.mismatch(arena.allocate(length).fill((byte) 0xa5)));
        }
    }

    @ParameterizedTest
    @EnumSource(value = DmlPath.class, names = {"AUTO", "SOFTWARE"})
    @Tag("slow")
    void moreThanFourGibibytesAreMoved(DmlPath path) throws IOException {
        long length = (4L << 30) + 64;
        long available = Files.readString(Path.of("/proc/meminfo"))
                .lines()
                .filter(line -> line.startsWith("MemAvailable:"))
                .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")) << 10)
                .findFirst()
                .orElse(0);
        assumeTrue(
                available > 2 * length + (1L << 30),
                "needs 9.5 GiB of memory, and " + (available >> 20) + " MiB are free");
        MemorySegment source = arena.allocate(length);
        MemorySegment destination = arena.allocate(length);
        try (var mover = DmlDataMover.open(path)) {
            mover.memset(source, (byte) 0x3c).await();
            assertEquals(0x3c, source.get(ValueLayout.JAVA_BYTE, 64));
            assertEquals(0x3c, source.get(ValueLayout.JAVA_BYTE, length - 1));
            for (long at = 0; at < length; at += 4093) {
                source.set(ValueLayout.JAVA_BYTE, at, (byte) (at >>> 12));
            }
            mover.memcpy(destination, source).await();
            assertEquals(-1, destination.mismatch(source));
        }
    }
}
