package io.github.vdm4j.dml;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import io.github.vdm4j.Batch;
import io.github.vdm4j.TaskResult;
import io.github.vdm4j.VdmFlags;
import io.github.vdm4j.VdmResult;
import io.github.vdm4j.future.FutureState;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.concurrent.atomic.AtomicReference;

/**
 * A program that closes arenas at random moments around a batch. A thread submits batches on the
 * software path and polls them, and a second thread closes their memory. The thread unmaps the
 * memory at once. A later access therefore ends the process. {@link BatchHuntIT} runs this in a
 * separate JVM.
 *
 * <p>Arguments: seed, milliseconds.
 */
final class BatchHunt {
    private static final int LARGEST = 256 << 10;
    private static final int PROT_READ_WRITE = 3;
    private static final int MAP_PRIVATE_ANONYMOUS = 0x22;
    private static final Linker LINKER = Linker.nativeLinker();

    /** {@code void *mmap(void *addr, size_t length, int prot, int flags, int fd, off_t offset)}. */
    private static final MethodHandle MMAP = LINKER.downcallHandle(
            LINKER.defaultLookup().find("mmap").orElseThrow(),
            FunctionDescriptor.of(ADDRESS, JAVA_LONG, JAVA_LONG, JAVA_INT, JAVA_INT, JAVA_INT,
                    JAVA_LONG));

    /** {@code int munmap(void *addr, size_t length)}. */
    private static final MethodHandle MUNMAP = LINKER.downcallHandle(
            LINKER.defaultLookup().find("munmap").orElseThrow(),
            FunctionDescriptor.of(JAVA_INT, JAVA_LONG, JAVA_LONG));

    private static final int MOST_ARENAS = 48;
    private static final int LONGEST_WAIT = 60_000;

    private final SplittableRandom random;
    private final AtomicReference<List<Arena>> toClose = new AtomicReference<>();
    private final Map<VdmResult, Integer> results = new EnumMap<>(VdmResult.class);
    private volatile Throwable unexpected;
    private volatile boolean ended;
    private volatile int closesRefused;
    private volatile int rounds;

    private BatchHunt(long seed) {
        random = new SplittableRandom(seed);
    }

    public static void main(String[] arguments) throws InterruptedException {
        System.out.println("seed " + arguments[0]);
        var hunt = new BatchHunt(Long.parseLong(arguments[0]));
        Thread closer = Thread.ofPlatform().daemon().start(hunt::close);
        long deadline = System.nanoTime() + Long.parseLong(arguments[1]) * 1_000_000;
        int batches = 0;
        try (var mover = DmlDataMover.builder()
                .path(DmlPath.SOFTWARE)
                .nativeMemoryIsPersistent(true)
                .open()) {
            while (System.nanoTime() < deadline && hunt.unexpected == null) {
                hunt.attempt(mover);
                batches++;
            }
        }
        hunt.ended = true;
        closer.join();
        System.out.printf(
                "%d batches, tasks done %d, not done %d, closing refused %d%n",
                batches,
                hunt.results.getOrDefault(VdmResult.SUCCESS, 0),
                hunt.results.getOrDefault(VdmResult.SEGMENT_UNUSABLE, 0),
                hunt.closesRefused);
        if (hunt.unexpected != null) {
            hunt.unexpected.printStackTrace(System.out);
            System.exit(3);
        }
    }

    private void close() {
        while (!ended) {
            List<Arena> arenas = toClose.getAndSet(null);
            if (arenas == null) {
                Thread.onSpinWait();
                continue;
            }
            for (int i = rounds; i > 0; i--) {
                Thread.onSpinWait();
            }
            arenas.forEach(this::close);
        }
    }

    private void close(Arena arena) {
        while (arena.scope().isAlive()) {
            try {
                arena.close();
            } catch (IllegalStateException e) {
                closesRefused++;
                Thread.onSpinWait();
            }
        }
    }

    private void attempt(DmlDataMover mover) {
        int count = random.nextInt(1, MOST_ARENAS);
        int size = random.nextInt(3) == 0 ? LARGEST : random.nextInt(1, 4096);
        var arenas = new ArrayList<Arena>();
        var segments = new ArrayList<MemorySegment>();
        for (int i = 0; i < count; i++) {
            arenas.add(Arena.ofShared());
            segments.add(map(arenas.get(i), size));
        }
        Batch batch = mover.batch();
        for (int i = random.nextInt(1, 2 * count + 2); i > 0; i--) {
            add(batch, segments.get(random.nextInt(count)), segments.get(random.nextInt(count)));
        }
        var future = batch.submit();
        rounds = random.nextInt(LONGEST_WAIT);
        var offered = new ArrayList<>(arenas.subList(random.nextInt(count), count));
        toClose.set(offered);
        while (future.poll() != FutureState.COMPLETE) {
            Thread.onSpinWait();
        }
        if (future.result() == VdmResult.SUCCESS) {
            future.output().tasks().forEach(this::take);
        } else if (future.result() == VdmResult.SEGMENT_UNUSABLE) {
            results.merge(VdmResult.SEGMENT_UNUSABLE, batch.size(), Integer::sum);
        } else {
            unexpected = future.failure();
        }
        toClose.compareAndSet(offered, null);
        arenas.forEach(this::close);
    }

    private void take(TaskResult task) {
        results.merge(task.result(), 1, Integer::sum);
        if (task.result() != VdmResult.SUCCESS && task.result() != VdmResult.SEGMENT_UNUSABLE) {
            unexpected = task.failure();
        }
    }

    private static MemorySegment map(Arena arena, long size) {
        try {
            var mapped = (MemorySegment) MMAP.invokeExact(
                    0L, size, PROT_READ_WRITE, MAP_PRIVATE_ANONYMOUS, -1, 0L);
            return mapped.reinterpret(size, arena, BatchHunt::unmap);
        } catch (Throwable e) {
            throw new AssertionError(e);
        }
    }

    private static void unmap(MemorySegment segment) {
        try {
            int status = (int) MUNMAP.invokeExact(segment.address(), segment.byteSize());
            if (status != 0) {
                throw new AssertionError("munmap: " + status);
            }
        } catch (Throwable e) {
            throw new AssertionError(e);
        }
    }

    private void add(Batch batch, MemorySegment to, MemorySegment from) {
        switch (random.nextInt(6)) {
            case 0 -> batch.memset(to, (byte) 1, VdmFlags.NONE);
            case 1 -> batch.crc32c(from);
            case 2 -> batch.compare(to, from);
            case 3 -> batch.flush(to);
            default -> batch.memmove(to, from, VdmFlags.NONE);
        }
    }
}
