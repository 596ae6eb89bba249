package io.github.vdm4j.future;

import io.github.vdm4j.Batch;
import io.github.vdm4j.Vdm;
import io.github.vdm4j.VdmFlags;
import io.github.vdm4j.buffer.OffHeapBuffer;
import io.github.vdm4j.dml.DmlDataMover;
import io.github.vdm4j.dml.DmlPath;
import io.github.vdm4j.dsa.DsaDataMover;
import io.github.vdm4j.mover.SyncDataMover;
import io.github.vdm4j.mover.ThreadsDataMover;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/**
 * A program that repeatedly fills a small heap while futures of all kinds complete. Each started
 * future must complete, and further futures must succeed.
 *
 * <p>Argument: the mover, {@code threads}, {@code sync}, {@code auto}, {@code software} or
 * {@code dsa}.
 */
final class FullHeap {
    static final String WORKS = "every future completes";
    private static final int MOST = 1 << 14;
    private static final int SIZE = 1 << 20;
    private static final long FULL_NANOS = 5_000_000_000L;
    private static final Duration SOON = Duration.ofMillis(100);
    private static final Duration LONG = Duration.ofSeconds(30);
    private static volatile Object keep;

    /** The operations of the program. */
    private enum Kind {
        POLLED, COPY, FILL, CRC, DURABLE, BATCH, CHAIN
    }

    /** The ways to wait for a future. */
    private enum Way {
        AWAIT, COMPLETABLE, QUEUE, POLL
    }

    private final MemorySegment source;
    private final MemorySegment destination;
    private MemorySegment file;
    private final Vdm mover;
    private final CompletionQueue<Boolean> queue = new CompletionQueue<>();
    // They have their places in advance, because the heap is full later.
    private final PollableFuture<?>[] started = new PollableFuture<?>[MOST];
    private final CompletableFuture<?>[] completables = new CompletableFuture<?>[MOST];
    private int count;

    private FullHeap(Arena arena, MemorySegment file, Vdm mover) {
        source = arena.allocate(SIZE);
        destination = arena.allocate(SIZE);
        this.file = file;
        this.mover = mover;
    }

    private PollableFuture<?> make(Kind kind) {
        MemorySegment to = destination.asSlice(0, 400);
        MemorySegment from = source.asSlice(0, 400);
        return switch (kind) {
            case POLLED -> {
                int[] polls = {0};
                PollTask<Integer> task = (notifier, sink) -> {
                    notifier.useNone();
                    sink.output(7);
                    return polls[0]++ > 3 ? FutureState.COMPLETE : FutureState.RUNNING;
                };
                yield task.toFuture();
            }
            case COPY -> mover.memcpy(to, from);
            case FILL -> mover.memset(destination, (byte) 3);
            case CRC -> mover.crc32c(source);
            case DURABLE -> mover.memcpy(file.asSlice(0, 400), from, VdmFlags.MEM_DURABLE);
            case BATCH -> {
                Batch batch = mover.batch();
                for (int i = 1; i <= 8; i++) {
                    batch.memcpy(destination.asSlice(i * 400, 400), from);
                }
                yield batch.submit();
            }
            case CHAIN -> FutureChain.of(mover.memcpy(to, from))
                    .then(mover.memset(to, (byte) 1));
        };
    }

    private void startOne(Kind kind, Way way, Duration limit) throws Exception {
        PollableFuture<?> future = make(kind);
        int mine = count;
        started[mine] = future;
        count = Math.min(count + 1, MOST - 1);
        switch (way) {
            case AWAIT -> future.await(limit);
            case COMPLETABLE -> {
                completables[mine] = future.toCompletableFuture();
                completables[mine].get(limit.toMillis(), TimeUnit.MILLISECONDS);
            }
            case QUEUE -> {
                queue.add(future, true);
                takeCompleted();
            }
            case POLL -> future.poll();
        }
    }

    private void takeCompleted() {
        CompletionQueue.Entry<Boolean> entry;
        do {
            entry = queue.poll();
        } while (entry != null);
    }

    private void startAll() throws Exception {
        for (Kind kind : Kind.values()) {
            for (Way way : Way.values()) {
                startOne(kind, way, LONG);
            }
        }
    }

    private static void fill(long end) {
        while (System.nanoTime() < end) {
            var held = new Object[1_000];
            int count = 0;
            for (int size = 8 << 20; size >= 16 && count < held.length;) {
                try {
                    held[count] = new byte[size];
                    count++;
                } catch (OutOfMemoryError e) {
                    size /= 2;
                }
            }
            keep = held;
            LockSupport.parkNanos(2_000_000);
            keep = null;
            held = null;
            LockSupport.parkNanos(500_000);
        }
    }

    private static Thread startHog() {
        long end = System.nanoTime() + FULL_NANOS;
        return Thread.ofPlatform().start(() -> {
            while (System.nanoTime() < end) {
                try {
                    fill(end);
                } catch (OutOfMemoryError e) {
                    keep = null;
                }
            }
            keep = null;
        });
    }

    private void useFullHeap() {
        Thread hog = startHog();
        Kind[] kinds = Kind.values();
        Way[] ways = Way.values();
        for (int i = 0; hog.isAlive(); i++) {
            try {
                startOne(kinds[i % kinds.length], ways[i / kinds.length % ways.length],
                        SOON);
            } catch (Throwable e) {
                // The heap is full for a moment, or the future is not complete yet.
            }
        }
    }

    private void requireAllComplete() throws Exception {
        for (int i = 0; i < count; i++) {
            PollableFuture<?> future = started[i];
            if (future.state() != FutureState.IDLE) {
                FutureRuntime.shared().waitAll(List.of(future), LONG);
                if (future.state() != FutureState.COMPLETE) {
                    throw new AssertionError("never completes: " + future);
                }
            }
            if (completables[i] != null) {
                try {
                    completables[i].get(LONG.toSeconds(), TimeUnit.SECONDS);
                } catch (ExecutionException e) {
                    // The operation has failed, because the heap was full.
                }
            }
        }
        while (!queue.isEmpty()) {
            if (queue.take(LONG) == null) {
                throw new AssertionError("never returned: " + queue.size() + " entries");
            }
        }
    }

    private void requireSuccess() {
        for (int i = 0; i < 100; i++) {
            for (Kind kind : Kind.values()) {
                make(kind).await(LONG);
            }
        }
    }

    private static Vdm open(String mover) {
        return switch (mover) {
            case "threads" -> ThreadsDataMover.open();
            case "sync" -> SyncDataMover.open();
            case "auto" -> DmlDataMover.open();
            // With few slots, the first operations wait for a slot while the heap is full.
            case "dsa" -> DsaDataMover.builder().slots(4).offloadFrom(0).open();
            case "software" -> DmlDataMover.open(DmlPath.SOFTWARE);
            default -> throw new IllegalArgumentException(mover);
        };
    }

    public static void main(String[] arguments) throws Exception {
        // The library's threads report many OutOfMemoryErrors. Only a throwable of this thread ends
        // the program.
        Thread.setDefaultUncaughtExceptionHandler((thread, thrown) -> {});
        Thread.currentThread()
                .setUncaughtExceptionHandler((thread, thrown) -> thrown.printStackTrace());
        Path path = Files.createTempFile("full-heap", null);
        Path other = Files.createTempFile("full-heap", null);
        try (Arena arena = Arena.ofShared();
                OffHeapBuffer buffer = OffHeapBuffer.map(path, 0, SIZE);
                OffHeapBuffer otherBuffer = OffHeapBuffer.map(other, 0, SIZE);
                Vdm mover = open(arguments[0])) {
            var program = new FullHeap(arena, buffer.segment(), mover);
            // The JVM initialises classes here, because a class whose initialisation fails for lack
            // of memory stays unusable.
            program.startAll();
            program.requireAllComplete();
            program.requireSuccess();
            program.useFullHeap();
            program.requireAllComplete();
            // A file stays failed if the heap was full in a force, because the failure is unknown.
            program.file = otherBuffer.segment();
            program.requireSuccess();
        } finally {
            Files.delete(path);
            Files.delete(other);
        }
        System.out.println(WORKS);
    }
}
