package io.github.vdm4j.dml;

import io.github.vdm4j.VdmFuture;
import io.github.vdm4j.dml.simulated.SimulatedDml;
import io.github.vdm4j.future.FutureState;
import io.github.vdm4j.memory.Durability;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Timeout;

/**
 * The base of the tests of the DML mover. After every test, it checks that all movers are closed
 * and no job is left. It also checks that no caller broke a rule of the job API. It also checks
 * that no byte outside of the test's memory has changed.
 */
@Timeout(60)
public abstract class AgainstSimulatedDml {
    protected final SimulatedDml dml = new SimulatedDml();
    protected final Arena arena = Arena.ofShared();
    private final Random random = new Random(4711);
    private final List<DmlDataMover> movers = new ArrayList<>();

    @AfterEach
    void everythingIsReturnedByTheRules() {
        dml.releaseAll();
        movers.forEach(DmlDataMover::close);
        dml.close();
        arena.close();
    }

    protected DmlDataMoverBuilder builder(DmlPath path) {
        // The simulated library also moves at addresses without memory. libpmem must not access
        // these.
        DmlDataMoverBuilder builder = DmlDataMover.builder()
                .durability(Durability.withoutLibpmem())
                .nativeMemoryIsPersistent(true)
                .library(dml.library())
                .avx512(true)
                .path(path)
                .offloadFrom(0)
                .offloadFromWhenAwaited(0)
                .jvmUpTo(0)
                .slots(4)
                .queueFullTimeout(Duration.ofHours(1));
        return path == DmlPath.HARDWARE ? builder.withoutTrial() : builder;
    }

    /** Returns the same settings with write-back engines of the test. */
    protected DmlDataMoverBuilder builder(DmlPath path, Durability engines) {
        return builder(path).durability(engines);
    }

    protected DmlDataMover open(DmlDataMoverBuilder builder) {
        DmlDataMover mover = builder.open();
        movers.add(mover);
        return mover;
    }

    protected DmlDataMover open(DmlPath path) {
        return open(builder(path));
    }

    protected DmlDataMover hardware() {
        dml.withHardware();
        return open(DmlPath.HARDWARE);
    }

    protected DmlDataMover software() {
        return open(DmlPath.SOFTWARE);
    }

    protected MemorySegment zeros(long size) {
        return dml.allow(arena.allocate(size, 64));
    }

    protected MemorySegment noise(long size) {
        return fillWithNoise(zeros(size));
    }

    protected MemorySegment fillWithNoise(MemorySegment segment) {
        byte[] bytes = new byte[(int) segment.byteSize()];
        random.nextBytes(bytes);
        return segment.copyFrom(MemorySegment.ofArray(bytes));
    }

    /** Returns a mapping of a file that was truncated after it was mapped. */
    protected static MemorySegment cutOff(Path folder, Arena mapping, long mapped, long left)
            throws IOException {
        try (var channel = FileChannel.open(folder.resolve("cut"), StandardOpenOption.CREATE,
                StandardOpenOption.READ, StandardOpenOption.WRITE)) {
            MemorySegment file = channel.map(FileChannel.MapMode.READ_WRITE, 0, mapped, mapping);
            channel.truncate(left);
            return file;
        }
    }

    protected static byte[] bytes(MemorySegment segment) {
        return segment.toArray(ValueLayout.JAVA_BYTE);
    }

    /** Polls a future to completion. Fails after more polls than a correct mover needs. */
    protected static <F extends VdmFuture<?>> F finish(F future) {
        for (int i = 0; i < 10_000_000; i++) {
            if (future.poll() == FutureState.COMPLETE) {
                return future;
            }
            if (i % 1_000 == 999) {
                // Another thread may advance the operation or force its file. It may need this
                // processor.
                LockSupport.parkNanos(i < 1_000_000 ? 1 : 1_000_000);
            }
        }
        throw new AssertionError("still not complete: " + future);
    }
}
