package io.github.vdm4j.dax;

import io.github.vdm4j.Vdm;
import io.github.vdm4j.VdmFlags;
import io.github.vdm4j.VdmFuture;
import io.github.vdm4j.VdmOutput;
import io.github.vdm4j.buffer.OffHeapBuffer;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Writes the content that {@link AfterTheCutOnDax} checks. The guest loses its power between the
 * two classes.
 */
@OnDax
@DisplayName("Before the power is cut")
class BeforeTheCutOnDax {

    @ParameterizedTest(name = "{0}")
    @EnumSource(Movers.class)
    @DisplayName("durable operations are reported complete")
    void durableOperationsComplete(Movers which) throws IOException {
        try (Vdm mover = which.open();
                Arena arena = Arena.ofShared()) {
            for (CutFile file : CutFile.values()) {
                try (OffHeapBuffer buffer = OffHeapBuffer.map(file.path(which), 0, CutFile.SIZE)) {
                    MemorySegment content = arena.allocate(CutFile.SIZE);
                    content.copyFrom(MemorySegment.ofArray(file.expected(which)));
                    perform(mover, file, buffer.segment(), content);
                }
            }
        }
    }

    private static void perform(Vdm mover, CutFile file, MemorySegment onto,
            MemorySegment content) {
        long first = CutFile.ODD;
        long second = CutFile.SIZE - first;
        switch (file) {
            case PMEM_COPY, DISK_COPY -> {
                done(mover.memcpy(onto.asSlice(0, first), content.asSlice(0, first),
                        VdmFlags.MEM_DURABLE));
                done(mover.memmove(onto.asSlice(first, second), content.asSlice(first, second),
                        VdmFlags.MEM_DURABLE));
            }
            case PMEM_FLUSH, DISK_FLUSH -> {
                onto.copyFrom(content);
                done(mover.flush(onto.asSlice(0, first)));
                done(mover.flush(onto.asSlice(first, second)));
            }
            case DISK_FORGOTTEN -> {
                var copy = mover.memcpy(onto, content, VdmFlags.NONE);
                done(copy);
            }
        }
    }

    private static void done(VdmFuture<VdmOutput> future) {
        future.await();
        future.orThrow();
    }
}
