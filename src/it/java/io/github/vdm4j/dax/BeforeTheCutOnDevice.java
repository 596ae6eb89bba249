package io.github.vdm4j.dax;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.github.vdm4j.Vdm;
import io.github.vdm4j.VdmFlags;
import io.github.vdm4j.VdmFuture;
import io.github.vdm4j.VdmOutput;
import io.github.vdm4j.VdmResult;
import io.github.vdm4j.buffer.OffHeapBuffer;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.List;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Writes the content of the device DAX that {@link AfterTheCutOnDax} checks. The JVM needs libpmem,
 * because the JDK cannot write back a device.
 */
@OnDax
@DisplayName("Before the power is cut, on the device DAX")
class BeforeTheCutOnDevice {
    private static final long PART = DaxFiles.ALIGNMENT / 4;

    @ParameterizedTest(name = "{0}")
    @EnumSource(Movers.class)
    @DisplayName("durable operations are reported complete")
    void durableOperationsComplete(Movers which) throws IOException {
        try (Vdm mover = which.open();
                Arena arena = Arena.ofShared();
                OffHeapBuffer buffer = CutDevice.map(which)) {
            MemorySegment content =
                    arena.allocate(DaxFiles.ALIGNMENT).copyFrom(CutDevice.expected(which));
            MemorySegment written = buffer.slice(2 * PART, 2 * PART);
            written.copyFrom(content.asSlice(2 * PART));
            List<VdmFuture<VdmOutput>> all = List.of(
                    mover.memcpy(buffer.slice(0, PART), content.asSlice(0, PART),
                            VdmFlags.MEM_DURABLE),
                    mover.memmove(buffer.slice(PART, PART), content.asSlice(PART, PART),
                            VdmFlags.MEM_DURABLE),
                    mover.flush(written));
            for (VdmFuture<VdmOutput> future : all) {
                future.busyPoll();
                assertEquals(VdmResult.SUCCESS, future.result(), future::toString);
            }
        }
    }
}
