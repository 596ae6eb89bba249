package io.github.vdm4j.memory;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

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
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

@DisplayName("A buffer that is being closed")
class CloseDuringOperationTest extends AgainstSimulatedDml {
    private static final int SIZE = 8 << 20;

    enum Mover {
        SYNC, THREADS, PARALLEL, DML_SOFTWARE, DML_HARDWARE, DML_AUTO
    }

    @TempDir private Path folder;

    private Vdm open(Mover mover) {
        Durability engines = new WriteBackLog().engines(true);
        return switch (mover) {
            case SYNC -> JvmMovers.sync(engines);
            case THREADS -> JvmMovers.threads(engines, 2);
            case PARALLEL -> JvmMovers.builder(engines).threads(2).parallelFrom(1 << 20).open();
            case DML_SOFTWARE -> open(builder(DmlPath.SOFTWARE, engines));
            case DML_AUTO -> open(builder(DmlPath.AUTO, engines));
            case DML_HARDWARE -> {
                dml.withHardware();
                yield open(builder(DmlPath.HARDWARE, engines));
            }
        };
    }

    private List<VdmFuture<?>> operations(Vdm mover, MemorySegment closing, MemorySegment open) {
        List<VdmFuture<?>> all = new ArrayList<>();
        for (long bytes : new long[]{8, 100_000, SIZE}) {
            MemorySegment part = closing.asSlice(0, bytes);
            MemorySegment other = open.asSlice(0, bytes);
            all.add(mover.memcpy(part, other));
            all.add(mover.memcpy(other, part));
            all.add(mover.fill(part, 1));
            all.add(mover.compare(other, part));
            all.add(mover.memset(part, (byte) 1, VdmFlags.MEM_DURABLE));
            all.add(mover.flush(part));
            all.add(mover.batch().memcpy(other, part).memcpy(other, part).submit());
        }
        return all;
    }

    @ParameterizedTest
    @EnumSource
    void everyOperationFailsAndPinsNothing(Mover kind) throws IOException {
        OffHeapBuffer closing = OffHeapBuffer.map(folder.resolve("closing"), 0, SIZE);
        try (Vdm mover = open(kind);
                OffHeapBuffer other = OffHeapBuffer.map(folder.resolve("open"), 0, SIZE)) {
            MemoryRegion region = MemoryRegions.find(dml.allow(closing.segment()));
            MemoryRegion otherRegion = MemoryRegions.find(dml.allow(other.segment()));
            List<VdmFuture<?>> all = operations(mover, closing.segment(), other.segment());
            assertTrue(region.pin());
            Runnable duringClose = () -> {
                if (region.pins() == 0) {
                    return;
                }
                try {
                    all.forEach(AgainstSimulatedDml::finish);
                } finally {
                    region.unpin();
                }
            };
            MemoryRegions.addFinisher(duringClose);
            try {
                closing.close();
            } finally {
                MemoryRegions.removeFinisher(duringClose);
            }
            for (VdmFuture<?> each : all) {
                assertSame(VdmResult.SEGMENT_UNUSABLE, each.result(), each::toString);
                String message = each.failure().getMessage();
                assertTrue(message.contains("was closed before"), message);
            }
            assertEquals(0, otherRegion.pins());
            assertEquals(0, region.pins());
        }
    }

    @ParameterizedTest
    @EnumSource
    void endedOperationPinsNothing(Mover kind) throws IOException {
        try (Vdm mover = open(kind);
                OffHeapBuffer one = OffHeapBuffer.map(folder.resolve("one"), 0, SIZE);
                OffHeapBuffer two = OffHeapBuffer.map(folder.resolve("two"), 0, SIZE);
                OffHeapBuffer three = OffHeapBuffer.map(folder.resolve("three"), 0, SIZE)) {
            List<OffHeapBuffer> buffers = List.of(one, two, three);
            buffers.forEach(buffer -> dml.allow(buffer.segment()));
            for (long bytes : new long[]{8, 100_000, SIZE}) {
                MemorySegment first = one.slice(0, bytes);
                MemorySegment second = two.slice(0, bytes);
                MemorySegment third = three.slice(0, bytes);
                finish(mover.dualcast(first, second, third, VdmFlags.MEM_DURABLE)).orThrow();
                finish(mover.compare(first, second)).orThrow();
                finish(mover.batch().memcpy(first, third).dualcast(first, second, third).submit())
                        .orThrow();
                buffers.forEach(buffer -> assertEquals(0, buffer.operationsInFlight()));
            }
        }
    }
}
