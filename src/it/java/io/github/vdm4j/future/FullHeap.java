package io.github.vdm4j.future;

import io.github.vdm4j.Vdm;
import io.github.vdm4j.mover.ThreadsDataMover;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/**
 * A program that repeatedly fills a small heap while futures complete, and then completes further
 * futures.
 */
final class FullHeap {
    static final String WORKS = "every later future completes";
    private static final long NANOS = 5_000_000_000L;
    private static volatile Object keep;

    private FullHeap() {}

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

    private static CompletableFuture<Integer> polled() {
        int[] polls = {0};
        PollTask<Integer> task = (notifier, sink) -> {
            notifier.useNone();
            sink.output(7);
            return polls[0]++ > 3 ? FutureState.COMPLETE : FutureState.RUNNING;
        };
        return task.toFuture().toCompletableFuture();
    }

    private static void complete(Vdm mover, MemorySegment destination, MemorySegment source)
            throws Exception {
        polled().get(20, TimeUnit.SECONDS);
        mover.memcpy(destination, source).toCompletableFuture().get(20, TimeUnit.SECONDS);
    }

    public static void main(String[] arguments) throws Exception {
        // The library's threads report many OutOfMemoryErrors, and only this thread's throwable
        // decides.
        Thread.setDefaultUncaughtExceptionHandler((thread, thrown) -> {});
        Thread.currentThread()
                .setUncaughtExceptionHandler((thread, thrown) -> thrown.printStackTrace());
        try (Arena arena = Arena.ofShared(); Vdm mover = ThreadsDataMover.open()) {
            MemorySegment source = arena.allocate(64);
            MemorySegment destination = arena.allocate(64);
            // The JVM initializes classes here, because a class whose initialization fails for lack
            // of memory stays unusable.
            complete(mover, destination, source);
            long end = System.nanoTime() + NANOS;
            Thread hog = Thread.ofPlatform().start(() -> {
                while (System.nanoTime() < end) {
                    try {
                        fill(end);
                    } catch (OutOfMemoryError e) {
                        keep = null;
                    }
                }
                keep = null;
            });
            while (hog.isAlive()) {
                try {
                    polled().get(100, TimeUnit.MILLISECONDS);
                    mover.memcpy(destination, source)
                            .toCompletableFuture()
                            .get(100, TimeUnit.MILLISECONDS);
                } catch (Throwable e) {
                    // The heap is full for a moment.
                }
            }
            for (int i = 0; i < 100; i++) {
                complete(mover, destination, source);
            }
        }
        System.out.println(WORKS);
    }
}
