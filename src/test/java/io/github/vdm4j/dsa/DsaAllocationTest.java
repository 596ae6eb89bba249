package io.github.vdm4j.dsa;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.vdm4j.VdmFlags;
import io.github.vdm4j.VdmOperation;
import io.github.vdm4j.emulator.DeviceSettings;
import io.github.vdm4j.emulator.QueueSettings;
import io.github.vdm4j.future.FutureState;
import io.github.vdm4j.machine.AllocatedBytes;
import io.github.vdm4j.operation.CrcOptions;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("A reusable operation on DSA")
class DsaAllocationTest {
    private static final int ROUNDS = 2_000;

    /** P21: 0 bytes. */
    @Test
    void submissionAllocatesNothing() {
        var movers = new DsaMovers().device(new DeviceSettings()
                .queue(QueueSettings.shared(16))
                .queue(QueueSettings.dedicated(16)));
        try (movers;
                DsaDataMover mover = movers.builder(node -> new IdlePortal())
                        .fallback(false)
                        .queues("wq0.0", "wq0.1")
                        .open();
                Arena arena = Arena.ofShared()) {
            MemorySegment source = arena.allocate(1 << 14);
            MemorySegment destination = arena.allocate(1 << 14);
            VdmOperation operation = mover.newOperation();
            Runnable round = () -> {
                finish(operation.memcpy(destination, source, VdmFlags.NONE));
                finish(operation.memset(destination, (byte) 1, VdmFlags.NONE));
                finish(operation.compare(destination, source));
                finish(operation.crc32c(source, CrcOptions.STANDARD));
            };
            long least = AllocatedBytes.least(ROUNDS, 0, round);
            assertEquals(0, least, "bytes in %,d operations".formatted(4 * ROUNDS));
            assertTrue(mover.queues().stream().allMatch(queue -> queue.completions() >= ROUNDS));
        }
    }

    private static void finish(VdmOperation operation) {
        FutureState state = operation.start().poll();
        while (state != FutureState.COMPLETE) {
            state = operation.poll();
        }
        operation.orThrow();
    }
}
