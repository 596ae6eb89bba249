package io.github.vdm4j;

import io.github.vdm4j.buffer.OffHeapBuffer;
import io.github.vdm4j.future.FutureState;
import io.github.vdm4j.future.PollTask;
import io.github.vdm4j.mover.SyncDataMover;
import io.github.vdm4j.mover.ThreadsDataMover;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/** An application that a server loads by name in a separate class loader. */
public final class RedeployedApp implements Runnable {
    /** The part of vdm4j that the application uses. */
    public enum Use {
        SYNC, THREADS, BUFFER, OWN_FUTURE
    }

    private final Use use;

    /** Called by reflection. */
    public RedeployedApp(String use) {
        this.use = Use.valueOf(use);
    }

    @Override
    public void run() {
        try (Arena arena = Arena.ofShared()) {
            MemorySegment source = arena.allocate(1 << 20);
            MemorySegment destination = arena.allocate(1 << 20);
            switch (use) {
                case SYNC -> {
                    try (var mover = SyncDataMover.open()) {
                        mover.memcpy(destination, source).await();
                        mover.crc32c(source).await();
                    }
                }
                case THREADS -> {
                    try (var mover = ThreadsDataMover.open()) {
                        mover.memcpy(destination, source).await();
                        mover.memcpy(destination, source).toCompletableFuture().join();
                        mover.memcpy(destination, source)
                                .toCompletableFuture(Runnable::run)
                                .join();
                    }
                }
                case BUFFER -> OffHeapBuffer.allocator().zeroed(false).allocate(4096).close();
                case OWN_FUTURE -> {
                    int[] polls = {0};
                    PollTask<String> task = (notifier, sink) -> {
                        notifier.useNone();
                        return ++polls[0] < 50 ? FutureState.RUNNING : FutureState.COMPLETE;
                    };
                    task.toFuture().toCompletableFuture().join();
                }
            }
        }
    }
}
