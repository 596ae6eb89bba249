package io.github.vdm4j.dml;

import io.github.vdm4j.VdmFlags;
import io.github.vdm4j.VdmResult;
import io.github.vdm4j.future.FutureState;
import io.github.vdm4j.operation.Batch;
import io.github.vdm4j.operation.TaskResult;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.concurrent.atomic.AtomicReference;

/**
 * Closes arenas at any moment around a batch on many of them: one thread makes and polls batches on the software path,
 * another closes their memory. Whatever is reached after it was freed ends the process, for large segments are
 * mapped and unmapped by the allocator. Runs in a JVM of its own, see {@link BatchHuntIT}.
 *
 * <p>Arguments: seed, milliseconds.
 */
final class BatchHunt {
    /** Above this the allocator maps each segment for itself, and unmaps it when its arena is closed. */
    private static final int MAPPED = 256 << 10;

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
        try (var mover = DmlDataMover.open(DmlPath.SOFTWARE)) {
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
        int size = random.nextInt(3) == 0 ? MAPPED : random.nextInt(1, 4096);
        var arenas = new ArrayList<Arena>();
        var segments = new ArrayList<MemorySegment>();
        for (int i = 0; i < count; i++) {
            arenas.add(Arena.ofShared());
            segments.add(arenas.get(i).allocate(size, 64));
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
