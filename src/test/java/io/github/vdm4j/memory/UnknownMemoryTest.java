package io.github.vdm4j.memory;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.github.vdm4j.DurabilityDomain;
import io.github.vdm4j.Vdm;
import io.github.vdm4j.VdmFlags;
import io.github.vdm4j.VdmFuture;
import io.github.vdm4j.VdmResult;
import io.github.vdm4j.buffer.OffHeapBuffer;
import io.github.vdm4j.dml.AgainstSimulatedDml;
import io.github.vdm4j.dml.DmlDataMover;
import io.github.vdm4j.dml.DmlPath;
import io.github.vdm4j.dml.ffi.dml_h;
import io.github.vdm4j.dml.simulated.Submission;
import io.github.vdm4j.machine.PlatformName;
import io.github.vdm4j.mover.DataMovers;
import io.github.vdm4j.mover.JvmMovers;
import io.github.vdm4j.mover.SyncDataMover;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.channels.FileChannel;
import java.nio.channels.FileChannel.MapMode;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Tests of the faults 31 (raw address) and 36 (private mapping). */
@DisplayName("Durable operations on memory of unknown domain")
class UnknownMemoryTest extends AgainstSimulatedDml {
    private static final int SIZE = 8_192;

    enum Mover {
        SYNC, THREADS, DML_SOFTWARE, DML_HARDWARE, DML_AUTO
    }

    private final WriteBackLog log = new WriteBackLog();

    @TempDir private Path folder;

    private Vdm open(Mover mover, boolean trusting) {
        Durability engines = log.engines(true);
        return switch (mover) {
            case SYNC -> JvmMovers.sync(engines.nativeMemoryIsPersistent(trusting));
            case THREADS -> JvmMovers.threads(engines, 2, trusting);
            case DML_SOFTWARE -> open(builder(DmlPath.SOFTWARE, engines)
                    .nativeMemoryIsPersistent(trusting));
            case DML_AUTO -> open(builder(DmlPath.AUTO, engines)
                    .nativeMemoryIsPersistent(trusting));
            case DML_HARDWARE -> {
                dml.withHardware();
                yield open(builder(DmlPath.HARDWARE, engines)
                        .nativeMemoryIsPersistent(trusting));
            }
        };
    }

    private MemorySegment mapped(MapMode mode) throws IOException {
        Path file = Files.write(folder.resolve("file"), new byte[SIZE]);
        try (FileChannel channel =
                FileChannel.open(file, StandardOpenOption.READ, StandardOpenOption.WRITE)) {
            return dml.allow(channel.map(mode, 0, SIZE, arena));
        }
    }

    private void assertRefused(Vdm mover, MemorySegment range, String remedy) {
        byte[] before = bytes(range);
        log.forget();
        assertFalse(mover.isSupported(VdmFlags.MEM_DURABLE, range));
        assertTrue(mover.isSupported(VdmFlags.NONE, range));
        for (VdmFuture<?> future : new VdmFuture<?>[]{
            mover.flush(range),
            mover.memset(range, (byte) 5, VdmFlags.MEM_DURABLE),
            mover.memcpy(range, noise(range.byteSize()), VdmFlags.MEM_DURABLE),
            mover.memmove(range, noise(range.byteSize()), VdmFlags.MEM_DURABLE),
            mover.fill(range, 5, VdmFlags.MEM_DURABLE)}) {
            finish(future);
            assertSame(VdmResult.UNSUPPORTED, future.result(), future::toString);
            String message = future.failure().getMessage();
            assertTrue(message.contains("cannot be made durable: "), message);
            assertTrue(message.contains(remedy), message);
        }
        assertSame(VdmResult.UNSUPPORTED,
                finish(mover.batch().fill(range, 5, VdmFlags.MEM_DURABLE).submit())
                        .output()
                        .get(0)
                        .result());
        assertArrayEquals(before, bytes(range), "nothing is written");
        assertTrue(log.ranges().isEmpty(), "nothing is written back");
    }

    @ParameterizedTest
    @EnumSource
    void refusalNamesBothRemedies(Mover kind) throws IOException {
        MemorySegment raw =
                MemorySegment.ofAddress(mapped(MapMode.READ_WRITE).address()).reinterpret(SIZE);
        Vdm mover = open(kind, false);
        for (MemorySegment range : new MemorySegment[]{raw.asSlice(8, 1_000), zeros(1_000)}) {
            assertRefused(mover, range, "OffHeapBuffer.wrap(segment)");
            assertRefused(mover, range, "nativeMemoryIsPersistent(true)");
        }
        try (OffHeapBuffer wrapped = OffHeapBuffer.wrap(raw)) {
            assertSame(DurabilityDomain.PAGE, wrapped.domain());
            finish(mover.memset(raw, (byte) 5, VdmFlags.MEM_DURABLE)).orThrow();
            assertEquals(1, log.ranges().size());
        }
        closeIfNotDml(mover);
    }

    private static void closeIfNotDml(Vdm mover) {
        if (!(mover instanceof DmlDataMover)) {
            mover.close();
        }
    }

    @ParameterizedTest
    @EnumSource
    void privateMappingIsRefused(Mover kind) throws IOException {
        assumeTrue(PlatformName.isLinuxX64(), "asks /proc/self/maps");
        for (boolean trusting : new boolean[]{false, true}) {
            Vdm mover = open(kind, trusting);
            MemorySegment mapping = mapped(MapMode.PRIVATE);
            assertRefused(mover, mapping.asSlice(3, 100), "MapMode.READ_WRITE");
            try (OffHeapBuffer wrapped = OffHeapBuffer.wrap(mapping)) {
                assertSame(DurabilityDomain.NONE, wrapped.domain());
                assertRefused(mover, wrapped.segment(), "OffHeapBuffer.map");
            }
            closeIfNotDml(mover);
        }
    }

    @ParameterizedTest
    @EnumSource
    void builderSettingAdmitsTheMemory(Mover kind) {
        Vdm mover = open(kind, true);
        MemorySegment range = zeros(1_000);
        assertTrue(mover.isSupported(VdmFlags.MEM_DURABLE, range));
        finish(mover.memcpy(range, noise(1_000), VdmFlags.MEM_DURABLE)).orThrow();
        finish(mover.flush(range)).orThrow();
        boolean hardware = kind == Mover.DML_HARDWARE;
        assertEquals(hardware ? 0 : 2, log.ranges().size());
        if (mover instanceof DmlDataMover) {
            var moves = dml.submissions().stream().filter(s -> s.is(dml_h.DML_OP_MEM_MOVE));
            assertEquals(List.of(0x8000L | 0x4000), moves.map(Submission::flags).toList());
        }
        closeIfNotDml(mover);
    }

    @ParameterizedTest
    @EnumSource(names = {"SYNC", "DML_SOFTWARE"})
    void memoryOfTheEngineIsAdmitted(Mover kind) {
        MemorySegment known = zeros(1_000);
        var engine = new CacheLineWriteBack() {
            @Override
            public void writeBack(MemorySegment range) {
                assertEquals(known.address(), range.address());
            }

            @Override
            public boolean recognizes(MemorySegment range) {
                return range.address() == known.address();
            }
        };
        var engines = new Durability(engine, range -> {});
        try (Vdm mover = kind == Mover.SYNC
                ? JvmMovers.sync(engines)
                : open(builder(DmlPath.SOFTWARE, engines)
                        .nativeMemoryIsPersistent(false))) {
            finish(mover.memset(known, (byte) 1, VdmFlags.MEM_DURABLE)).orThrow();
            assertRefused(mover, zeros(1_000), "OffHeapBuffer.wrap(segment)");
        }
    }

    @Test
    void realLibpmemRefusesUnknownMemory() {
        assumeTrue(PmemLibrary.find().isPresent(), "needs libpmem");
        assertFalse(PmemLibrary.find().orElseThrow().recognizes(zeros(100)));
        assertSame(WriteBackKind.UNKNOWN_MEMORY, Durability.system().kindOf(zeros(100)));
    }

    @Test
    void everyBuilderHasTheSetting() {
        MemorySegment range = zeros(100);
        boolean libpmem = PmemLibrary.find().isPresent();
        try (Vdm best =
                DataMovers.builder().nativeMemoryIsPersistent(true).best();
                Vdm cautious = DataMovers.best();
                Vdm sync =
                        SyncDataMover.builder().nativeMemoryIsPersistent(true).open()) {
            assertEquals(libpmem, sync.isSupported(VdmFlags.MEM_DURABLE, range));
            assertEquals(libpmem || best instanceof DmlDataMover,
                    best.isSupported(VdmFlags.MEM_DURABLE, range));
            assertFalse(cautious.isSupported(VdmFlags.MEM_DURABLE, range));
        }
    }

    @ParameterizedTest
    @EnumSource
    void tmpfsSucceedsWithDomainVolatile(Mover kind) throws IOException {
        Path memory = Path.of("/dev/shm");
        assumeTrue(Files.isWritable(memory)
                && Files.getFileStore(memory).type().equals("tmpfs"), "needs a tmpfs");
        Path file = Files.createTempFile(memory, "vdm4j", "");
        Vdm mover = open(kind, false);
        try (OffHeapBuffer buffer = OffHeapBuffer.map(file, 0, SIZE);
                FileChannel channel = FileChannel.open(
                        file, StandardOpenOption.READ, StandardOpenOption.WRITE)) {
            MemorySegment bare = channel.map(MapMode.READ_WRITE, 0, SIZE, arena);
            assertSame(DurabilityDomain.VOLATILE, buffer.domain());
            for (MemorySegment range : new MemorySegment[]{buffer.segment(), bare}) {
                dml.allow(range);
                assertTrue(mover.isSupported(VdmFlags.MEM_DURABLE, range));
                finish(mover.memset(range, (byte) 5, VdmFlags.MEM_DURABLE)).orThrow();
                finish(mover.flush(range)).orThrow();
            }
            try (OffHeapBuffer wrapped = OffHeapBuffer.wrap(bare)) {
                assertSame(DurabilityDomain.VOLATILE, wrapped.domain());
            }
        } finally {
            closeIfNotDml(mover);
            Files.delete(file);
        }
    }
}
