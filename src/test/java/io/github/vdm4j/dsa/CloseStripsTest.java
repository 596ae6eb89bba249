package io.github.vdm4j.dsa;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.vdm4j.Batch;
import io.github.vdm4j.ExecutionPath;
import io.github.vdm4j.Vdm;
import io.github.vdm4j.VdmFlags;
import io.github.vdm4j.VdmFuture;
import io.github.vdm4j.emulator.Completion;
import io.github.vdm4j.emulator.Descriptor;
import io.github.vdm4j.emulator.DeviceModel;
import io.github.vdm4j.emulator.DeviceSettings;
import io.github.vdm4j.emulator.FaultPlan;
import io.github.vdm4j.emulator.QueueSettings;
import io.github.vdm4j.emulator.Status;
import io.github.vdm4j.mover.SyncDataMover;
import io.github.vdm4j.operation.DifBlockSize;
import io.github.vdm4j.operation.DifConfig;
import io.github.vdm4j.operation.DifError;
import io.github.vdm4j.operation.DifResult;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The device refuses a strip whose source begins up to 8 bytes a block behind its destination. */
@DisplayName("DIF strips whose source closely follows the destination")
class CloseStripsTest {
    private static final int BLOCK = 512;
    private static final int WHOLE = BLOCK + DifConfig.PROTECTION_BYTES;
    private static final DifConfig CONFIG = DifConfig.of(DifBlockSize.BYTES_512);

    private final Arena arena = Arena.ofShared();
    private final List<Integer> statuses = new CopyOnWriteArrayList<>();
    private final DsaMovers movers = new DsaMovers().device(
            new DeviceSettings().queue(QueueSettings.shared(16)), FaultPlan.NONE,
            new DeviceModel.Observer() {
                @Override
                public void completed(Descriptor descriptor, Completion completion) {
                    statuses.add(completion.status());
                }
            });
    private MemorySegment data;
    private MemorySegment source;
    private MemorySegment destination;

    @AfterEach
    void close() {
        movers.close();
        arena.close();
    }

    private void prepare(int blocks, int gap) {
        byte[] content = new byte[blocks * BLOCK];
        new Random(blocks).nextBytes(content);
        data = arena.allocate(content.length).copyFrom(MemorySegment.ofArray(content));
        MemorySegment memory = arena.allocate(blocks * (BLOCK + WHOLE) + gap, 4096);
        destination = memory.asSlice(0, blocks * BLOCK);
        source = memory.asSlice(blocks * BLOCK + gap, blocks * WHOLE);
        try (Vdm mover = SyncDataMover.open()) {
            mover.difInsert(source, data, CONFIG, VdmFlags.NONE).await();
        }
        movers.devices.inline();
    }

    @ParameterizedTest(name = "{0} blocks, {1} bytes between, fallback {2}")
    @CsvSource({"1, 0, false", "1, 8, false", "1, 9, false", "2, 0, false", "5, 0, false",
        "5, 40, false", "5, 41, false", "200, 0, false", "1, 0, true", "5, 0, true"})
    void deviceStripsTheBlocks(int blocks, int gap, boolean fallback) {
        prepare(blocks, gap);
        try (DsaDataMover mover = movers.builder().fallback(fallback).open()) {
            VdmFuture<DifResult> strip =
                    mover.difStrip(destination, source, CONFIG, VdmFlags.NONE);
            assertTrue(strip.await().isOk());
            assertEquals(ExecutionPath.DSA_HARDWARE, strip.path());
        }
        assertEquals(-1, data.mismatch(destination));
        assertEquals(Set.of(Status.SUCCESS), Set.copyOf(statuses));
    }

    @ParameterizedTest(name = "block {0} of {1}")
    @CsvSource({"0, 1", "0, 5", "4, 5"})
    void badBlockIsFound(int bad, int blocks) {
        prepare(blocks, 0);
        long at = (long) bad * WHOLE;
        source.set(ValueLayout.JAVA_BYTE, at, (byte) ~source.get(ValueLayout.JAVA_BYTE, at));
        try (DsaDataMover mover = movers.builder().fallback(false).open()) {
            assertEquals(new DifResult(Set.of(DifError.GUARD), at),
                    mover.difStrip(destination, source, CONFIG, VdmFlags.NONE).await());
        }
    }

    @Test
    void pageFaultRepeatsTheBlock() {
        prepare(1, 0);
        try (DsaDataMover mover = movers.builder().fallback(false).open()) {
            movers.devices.memory.losePage(destination.address(), 2);
            assertTrue(mover.difStrip(destination, source, CONFIG, VdmFlags.NONE).await().isOk());
        }
        assertEquals(-1, data.mismatch(destination));
        assertTrue(statuses.contains(Status.PAGE_FAULT), statuses::toString);
    }

    @Test
    void batchStripsTheBlocks() {
        prepare(1, 0);
        MemorySegment copy = arena.allocate(BLOCK);
        try (DsaDataMover mover = movers.builder().fallback(false).open()) {
            Batch batch = mover.batch()
                    .difStrip(destination, source, CONFIG, VdmFlags.NONE)
                    .fence()
                    .memcpy(copy, destination, VdmFlags.NONE);
            assertTrue(batch.submit().await().isSuccess());
        }
        assertEquals(-1, data.mismatch(copy));
    }
}
