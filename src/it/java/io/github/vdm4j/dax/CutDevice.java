package io.github.vdm4j.dax;

import io.github.vdm4j.buffer.OffHeapBuffer;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.util.Random;

/**
 * The parts of the device DAX that are written before the power cut of the guest, and their
 * required content after it. Each mover has a part. No other test writes there.
 */
final class CutDevice {
    private static final long FIRST_PART = 4 * DaxFiles.ALIGNMENT;

    private CutDevice() {}

    static OffHeapBuffer map(Movers mover) throws IOException {
        return OffHeapBuffer.mapDevice(DaxFiles.DEVICE,
                FIRST_PART + mover.ordinal() * DaxFiles.ALIGNMENT, DaxFiles.ALIGNMENT);
    }

    static MemorySegment expected(Movers mover) {
        var bytes = new byte[(int) DaxFiles.ALIGNMENT];
        new Random(71L + mover.ordinal()).nextBytes(bytes);
        return MemorySegment.ofArray(bytes);
    }
}
