package io.github.vdm4j.benchmarks.paired;

import io.github.vdm4j.Vdm;
import io.github.vdm4j.future.CompletionQueue;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorCompletionService;

/** Many copies in flight at once, each returned by a queue when it is complete. */
final class InFlight {
    /** The number of copies in a run. */
    private static final int COPIES = 100_000;

    private InFlight() {}

    /** Through a {@link CompletionQueue}. */
    record Queued(Vdm mover, Buffers buffers) implements Contestant {
        @Override
        public void run(long times) {
            for (long i = 0; i < times; i++) {
                var queue = new CompletionQueue<Buffers>();
                for (int copy = 0; copy < COPIES; copy++) {
                    queue.add(mover.memcpy(buffers.destination(), buffers.source()), buffers);
                }
                while (!queue.isEmpty()) {
                    queue.take().future().orThrow();
                }
            }
        }
    }

    /** Through an {@link ExecutorCompletionService}. */
    record Submitted(Executor executor, Buffers buffers) implements Contestant {
        @Override
        public void run(long times) throws Exception {
            for (long i = 0; i < times; i++) {
                var service = new ExecutorCompletionService<Buffers>(executor);
                for (int copy = 0; copy < COPIES; copy++) {
                    service.submit(() -> {
                        buffers.destination().copyFrom(buffers.source());
                        return buffers;
                    });
                }
                for (int copy = 0; copy < COPIES; copy++) {
                    service.take().get();
                }
            }
        }
    }
}
