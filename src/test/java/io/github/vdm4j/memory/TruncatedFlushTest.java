package io.github.vdm4j.memory;

import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.vdm4j.DurabilityDomain;
import io.github.vdm4j.Vdm;
import io.github.vdm4j.VdmFuture;
import io.github.vdm4j.VdmResult;
import io.github.vdm4j.buffer.OffHeapBuffer;
import io.github.vdm4j.dml.AgainstSimulatedDml;
import io.github.vdm4j.dml.DmlPath;
import io.github.vdm4j.mover.SyncDataMover;
import io.github.vdm4j.mover.ThreadsDataMover;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.channels.FileChannel;
import java.nio.channels.FileChannel.MapMode;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** A test of fault 32. */
@DisplayName("A flush of a truncated file")
class TruncatedFlushTest extends AgainstSimulatedDml {
    private static final int SIZE = 64 << 10;

    enum Mover {
        SYNC, THREADS, DML_SOFTWARE, DML_HARDWARE, DML_AUTO
    }

    enum Memory {
        MAPPED_SEGMENT, BUFFER, WRAPPED_RAW_SEGMENT, OF_CACHE_LINES
    }

    @TempDir private Path folder;

    private Vdm open(Mover mover) {
        return switch (mover) {
            case SYNC -> SyncDataMover.open();
            case THREADS -> ThreadsDataMover.open();
            case DML_SOFTWARE -> software();
            case DML_HARDWARE -> hardware();
            case DML_AUTO -> open(DmlPath.AUTO);
        };
    }

    private MemorySegment mapped(FileChannel channel) throws IOException {
        return dml.allow(channel.map(MapMode.READ_WRITE, 0, SIZE, arena));
    }

    /** A device itself reports the missing pages of cache lines. The simulated device does not. */
    static Stream<Arguments> movers() {
        return Stream.of(Mover.values())
                .flatMap(mover -> Stream.of(Memory.values())
                        .filter(memory -> mover != Mover.DML_HARDWARE
                                || memory != Memory.OF_CACHE_LINES)
                        .map(memory -> Arguments.of(mover, memory)));
    }

    @ParameterizedTest(name = "{0}, {1}")
    @MethodSource("movers")
    void flushFailsWithTheOffset(Mover which, Memory kind) throws IOException {
        Path file = folder.resolve("file");
        try (OffHeapBuffer buffer = OffHeapBuffer.map(file, 0, SIZE);
                FileChannel channel = FileChannel.open(
                        file, StandardOpenOption.READ, StandardOpenOption.WRITE);
                OffHeapBuffer wrapped = OffHeapBuffer.wrap(
                        MemorySegment.ofAddress(mapped(channel).address()).reinterpret(SIZE));
                OffHeapBuffer lines = OffHeapBuffer.wrap(mapped(channel),
                        DurabilityDomain.CACHE_LINE);
                Vdm mover = open(which)) {
            MemorySegment whole = switch (kind) {
                case MAPPED_SEGMENT -> mapped(channel);
                case BUFFER -> dml.allow(buffer.segment());
                case WRAPPED_RAW_SEGMENT -> wrapped.segment();
                case OF_CACHE_LINES -> lines.segment();
            };
            finish(mover.flush(whole)).orThrow();
            channel.truncate(4_097);
            VdmFuture<?> flush = finish(mover.flush(whole.asSlice(100, SIZE - 200)));
            assertSame(VdmResult.IO_ERROR, flush.result());
            String message = flush.failure().getMessage();
            // The file has two pages left, and the range begins at 100.
            assertTrue(message.contains("from byte 8,092 of a segment of 65,336"), message);
            assertTrue(message.contains("truncated"), message);
            finish(mover.flush(whole.asSlice(100, 8_092))).orThrow();
            assertSame(VdmResult.IO_ERROR, finish(mover.flush(whole.asSlice(8_192, 1))).result());
            assertSame(VdmResult.IO_ERROR,
                    finish(mover.batch().flush(whole).submit()).output().get(0).result());
            channel.truncate(0);
            assertSame(VdmResult.IO_ERROR, finish(mover.flush(whole.asSlice(0, 1))).result());
        }
    }
}
