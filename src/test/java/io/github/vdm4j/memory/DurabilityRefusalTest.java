package io.github.vdm4j.memory;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.vdm4j.DurabilityDomain;
import io.github.vdm4j.Vdm;
import io.github.vdm4j.VdmFlags;
import io.github.vdm4j.VdmFuture;
import io.github.vdm4j.VdmResult;
import io.github.vdm4j.buffer.OffHeapBuffer;
import io.github.vdm4j.dml.AgainstSimulatedDml;
import io.github.vdm4j.dml.DmlPath;
import io.github.vdm4j.mover.JvmMovers;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The remedies in refusals of durable operations. Each remedy is applied and works. */
class DurabilityRefusalTest extends AgainstSimulatedDml {
    private static final int SIZE = 256;

    private final Durability engines = new WriteBackLog().engines(false);

    private String refusal(Vdm mover, MemorySegment to, MemorySegment from) {
        VdmFuture<?> copy = finish(mover.memcpy(to, from, VdmFlags.MEM_DURABLE));
        assertEquals(VdmResult.UNSUPPORTED, copy.result());
        return copy.failure().getMessage();
    }

    private void assertDurable(Vdm mover, MemorySegment to, MemorySegment from) {
        assertEquals(VdmResult.SUCCESS,
                finish(mover.memcpy(to, from, VdmFlags.MEM_DURABLE)).result());
    }

    @Test
    void cacheLinesNeedOffHeapOnDml() {
        MemorySegment heap = MemorySegment.ofArray(new byte[SIZE]);
        try (OffHeapBuffer lines =
                OffHeapBuffer.wrap(zeros(SIZE), DurabilityDomain.CACHE_LINE)) {
            Vdm dml = open(builder(DmlPath.AUTO, engines));
            Vdm sync = JvmMovers.sync(engines);
            for (String message : new String[]{refusal(dml, lines.segment(), heap),
                refusal(sync, lines.segment(), heap)}) {
                assertTrue(message.contains("Install libpmem.so.1, or use a DmlDataMover and only"
                        + " segments off the heap."), message);
            }
            assertDurable(dml, lines.segment(), zeros(SIZE));
        }
    }

    @Test
    void ordinaryMemoryNeedsAFile(@TempDir Path folder) throws IOException {
        Vdm mover = JvmMovers.sync(engines);
        try (OffHeapBuffer memory = OffHeapBuffer.allocate(SIZE);
                OffHeapBuffer file = OffHeapBuffer.map(folder.resolve("file"), 0, SIZE)) {
            String message = refusal(mover, memory.segment(), zeros(SIZE));
            assertTrue(message.contains("Use OffHeapBuffer.map. If the memory is persistent, use"
                    + " OffHeapBuffer.wrap with its DurabilityDomain."), message);
            assertDurable(mover, file.segment(), zeros(SIZE));
        }
    }
}
