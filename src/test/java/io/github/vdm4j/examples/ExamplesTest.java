package io.github.vdm4j.examples;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.github.vdm4j.Vdm;
import io.github.vdm4j.dml.DmlDataMover;
import io.github.vdm4j.dml.DmlLibrary;
import io.github.vdm4j.dml.DmlPath;
import io.github.vdm4j.dml.DmlUnavailableException;
import io.github.vdm4j.mover.SyncDataMover;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.Random;
import java.util.zip.CRC32C;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.ResourceLock;
import org.junit.jupiter.api.parallel.Resources;

@DisplayName("The examples work")
@ResourceLock(Resources.SYSTEM_OUT)
@ResourceLock(Resources.SYSTEM_ERR)
class ExamplesTest {

    /** A main method. */
    @FunctionalInterface
    private interface Program {
        void main(String... args) throws Exception;
    }

    private record Printed(String out, String err) {}

    @TempDir private Path folder;

    private static Printed run(Program program, Object... args) throws Exception {
        PrintStream out = System.out;
        PrintStream err = System.err;
        var printed = new ByteArrayOutputStream();
        var complained = new ByteArrayOutputStream();
        try {
            System.setOut(new PrintStream(printed, true, StandardCharsets.UTF_8));
            System.setErr(new PrintStream(complained, true, StandardCharsets.UTF_8));
            String[] words = new String[args.length];
            for (int i = 0; i < args.length; i++) {
                words[i] = args[i].toString();
            }
            program.main(words);
        } finally {
            System.setOut(out);
            System.setErr(err);
        }
        return new Printed(
                printed.toString(StandardCharsets.UTF_8).strip(),
                complained.toString(StandardCharsets.UTF_8).strip());
    }

    @Test
    void emulatedDeviceMovesWhenItIsStepped() throws Exception {
        assertEquals("""
                accepted 64 bytes
                refused with errno 11
                status 1: moved by a device""", run(EmulatedDevice::main).out());
    }

    @Test
    void firstCopyCopiesAMegabyte() throws Exception {
        assertEquals("memcpy of 1,048,576 bytes, COMPLETE, equal: true",
                run(FirstCopy::main).out());
    }

    @Test
    void manPageCopiesDurably() throws Exception {
        Optional<DmlUnavailableException> missing = DmlLibrary.whyUnavailable();
        assumeTrue(missing.isEmpty(), () -> missing.orElseThrow().getMessage());
        Path file = folder.resolve("file");

        assertEquals("durable", run(ManPage::main, file).out());
        assertEquals(7, Files.readAllBytes(file)[4095]);
    }

    @Test
    void pollManyCopiesEveryChunkAndTheRest() throws Exception {
        assertEquals("equal: true", run(PollMany::main).out());
    }

    @Test
    void manyInFlightReleasesEveryPage() throws Exception {
        assertEquals("4096 pages released, equal: true", run(ManyInFlight::main).out());
    }

    @Test
    void otherMemoryCopiesThroughANettyBuffer() throws Exception {
        assertEquals("100 bytes, the last one is 5, references: 1", run(OtherMemory::main).out());
    }

    @Test
    void appendLogAppendsRecordsInOrder() throws Exception {
        Path log = folder.resolve("log");

        assertEquals("record at 8", run(AppendLog::main, log, "first").out());
        assertEquals("record at 13", run(AppendLog::main, log, "second").out());

        byte[] written = Files.readAllBytes(log);
        assertEquals("firstsecond", new String(written, 8, 11, StandardCharsets.UTF_8));
        assertEquals(19, MemorySegment.ofArray(written).get(ValueLayout.JAVA_LONG_UNALIGNED, 0));
    }

    @Test
    void manyThreadsShareForces() throws Exception {
        Path log = folder.resolve("records");

        String printed = run(AppendFromManyThreads::main, log).out();
        assertTrue(printed.matches("6,400 records durable after [0-9,]+ forces"), printed);

        byte[] written = Files.readAllBytes(log);
        assertEquals(6_400 * 400, written.length);
        for (byte each : written) {
            assertEquals(1, each);
        }
    }

    @Test
    void mapBufferWritesItsSlotsDurably() throws Exception {
        Path file = folder.resolve("slots");

        String printed = run(MapBuffer::main, file).out();
        assertTrue(printed.matches("(PAGE|CACHE_LINE|VOLATILE), memset SUCCESS, flush SUCCESS"),
                printed);

        byte[] written = Files.readAllBytes(file);
        assertEquals(16 * 4096, written.length);
        assertEquals(0, written[3 * 4096 - 1]);
        assertEquals(7, written[3 * 4096]);
        assertEquals(7, written[4 * 4096 - 1]);
        assertEquals(42,
                MemorySegment.ofArray(written).get(ValueLayout.JAVA_INT_UNALIGNED, 4 * 4096));
    }

    @Test
    void hotLoopFillsEverySlot() throws Exception {
        assertEquals("1000 slots, last byte 5", run(HotLoop::main).out());
    }

    @Test
    void batchesGathersRecordsBeforeTheChecksum() throws Exception {
        var crc = new CRC32C();
        for (int i = 0; i < 40; i++) {
            crc.update(i / 4);
        }
        String printed = run(Batches::main).out();
        assertTrue(printed.contains("%08x".formatted(crc.getValue())), printed);
        assertTrue(printed.contains("last byte 2\n"), printed);
        assertTrue(printed.endsWith("first bytes 212"), printed);
    }

    @Test
    void ownFutureComputesTheChecksumOfTheWholeCopy() throws Exception {
        var crc = new CRC32C();
        byte[] bytes = new byte[1 << 20];
        java.util.Arrays.fill(bytes, (byte) 9);
        crc.update(bytes);

        assertEquals("CRC-32C %08x".formatted(crc.getValue()), run(OwnFuture::main).out());
    }

    @Test
    void checksumsAreThoseOfTheCheckString() throws Exception {
        assertEquals("e3069283 e3069283 e3069283", run(Checksums::main).out());
    }

    @Test
    void compareMemoryFindsTheByte() throws Exception {
        assertEquals("zero: true, differ at 1001", run(CompareMemory::main).out());
    }

    @Test
    void shipDeltasShipsTwoWords() throws Exception {
        assertEquals("20 bytes shipped, equal: true", run(ShipDeltas::main).out());
    }

    @Test
    void shipDeltasCopiesLargeChanges() {
        try (Arena arena = Arena.ofConfined(); Vdm mover = SyncDataMover.open()) {
            MemorySegment old = arena.allocate(800, 8);
            MemorySegment page = arena.allocate(800, 8).fill((byte) 1);
            MemorySegment replica = arena.allocate(800, 8);
            assertEquals(800, ShipDeltas.update(mover, replica, old, page, arena.allocate(80, 8)));
            assertEquals(-1, replica.mismatch(page));
            assertEquals(0, ShipDeltas.update(mover, replica, page, page, arena.allocate(80, 8)));
        }
    }

    @Test
    void protectBlocksFindsTheDamagedBlock() throws Exception {
        assertEquals("true, then [GUARD] at 520", run(ProtectBlocks::main).out());
    }

    @Test
    void chooseMoverPrefersDmlAndStatesTheReason() throws Exception {
        Optional<DmlUnavailableException> missing = DmlLibrary.whyUnavailable();
        Printed printed = run(ChooseMover::main);

        String expected = missing.isPresent() ? "threads (" : "DML, path AUTO running ";
        assertTrue(printed.out().startsWith(expected), printed.out());
        if (missing.isPresent()) {
            assertEquals(missing.get().getMessage(), printed.err());
        } else {
            assertTrue(printed.err()
                    .matches(
                            "an empty operation .+|Linux shows no DSA device"),
                    printed.err());
        }
    }

    @Test
    void theSameCodeRunsOnDml() throws Exception {
        Optional<DmlUnavailableException> missing = DmlLibrary.whyUnavailable();
        assumeTrue(missing.isEmpty(), () -> missing.orElseThrow().getMessage());
        try (Arena arena = Arena.ofShared();
                DmlDataMover mover = DmlDataMover.open(DmlPath.SOFTWARE)) {
            MemorySegment source = arena.allocate(3_000_000).fill((byte) 4);
            MemorySegment destination = arena.allocate(3_000_000);
            PollMany.copyInChunks(mover, destination, source);
            assertEquals(-1, destination.mismatch(source));

            assertEquals(
                    0xE3069283L,
                    Checksums.copied(
                            mover, destination.asSlice(0, 9),
                            source.asSlice(0, 9)
                                    .copyFrom(MemorySegment.ofArray("123456789".getBytes()))));

            MemorySegment[] slots = {arena.allocate(64), arena.allocate(64)};
            HotLoop.fillSlots(mover, slots, source.asSlice(0, 64));
            assertEquals(-1, slots[1].mismatch(source.asSlice(0, 64)));
        }
    }

    @Test
    @DisplayName("WaitWell copies five times and counts it")
    void waitWellCopiesFiveTimes() throws Exception {
        assertEquals("%,d bytes in 5 operations%nequal: true, 2097152".formatted(5 << 20),
                run(WaitWell::main).out());
    }
}
