package io.github.vdm4j.examples;

import io.github.vdm4j.MoverCounters;
import io.github.vdm4j.Vdm;
import io.github.vdm4j.VdmFuture;
import io.github.vdm4j.VdmOutput;
import io.github.vdm4j.future.FutureTimeoutException;
import io.github.vdm4j.future.WorkerStrategy;
import io.github.vdm4j.mover.ThreadsDataMover;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;

/** Three ways to wait for an operation. */
public final class WaitWell {
    static VdmOutput withATimeout(Vdm mover, MemorySegment destination, MemorySegment source) {
        VdmFuture<VdmOutput> copy = mover.memcpy(destination, source);
        try {
            return copy.await(Duration.ofMillis(100));
        } catch (FutureTimeoutException late) {
            System.err.println(late.getMessage()); // the copy continues
            return copy.await();
        }
    }

    static CompletableFuture<Long> copyBoth(Vdm mover, MemorySegment first, MemorySegment second,
            MemorySegment source) {
        CompletableFuture<VdmOutput> one = mover.memcpy(first, source).toCompletableFuture();
        CompletableFuture<VdmOutput> other = mover.memcpy(second, source).toCompletableFuture();
        return one.thenCombine(other,
                (a, b) -> a.destination().byteSize() + b.destination().byteSize());
    }

    static void onVirtualThreads(Vdm mover, List<MemorySegment> destinations, MemorySegment source)
            throws InterruptedException {
        Stream<Thread> copies = destinations.stream()
                .map(destination -> Thread
                        .startVirtualThread(() -> mover.memcpy(destination, source).await()));
        for (Thread copy : copies.toList()) {
            copy.join();
        }
    }

    /**
     * Copies memory in three ways and prints the counters of the mover.
     *
     * @param args none
     * @throws InterruptedException if the thread is interrupted
     */
    public static void main(String[] args) throws InterruptedException {
        // Closing the mover finishes the operations in flight. Then the program closes the arena.
        try (Arena arena = Arena.ofShared();
                Vdm mover = ThreadsDataMover.builder()
                        .threads(1)
                        .workerStrategy(WorkerStrategy.SPIN)
                        .open()) {
            MemorySegment source = arena.allocate(1 << 20).fill((byte) 3);
            MemorySegment first = arena.allocate(1 << 20);
            MemorySegment second = arena.allocate(1 << 20);
            withATimeout(mover, first, source);
            long copied = copyBoth(mover, first, second, source).join();
            onVirtualThreads(mover, List.of(first, second), source);
            MoverCounters counters = mover.counters();
            System.out.printf("%,d bytes in %d operations%n", counters.bytes(),
                    counters.completed());
            System.out.println("equal: " + (second.mismatch(source) == -1) + ", " + copied);
        }
    }
}
