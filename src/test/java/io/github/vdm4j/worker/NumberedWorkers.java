package io.github.vdm4j.worker;

import io.github.vdm4j.AbstractDataMover;
import io.github.vdm4j.Operation;
import io.github.vdm4j.VdmExecutor;
import io.github.vdm4j.VdmFlags;
import io.github.vdm4j.future.FutureState;
import io.github.vdm4j.future.WorkerStrategy;
import java.lang.foreign.MemorySegment;
import java.util.List;
import java.util.function.IntConsumer;

/**
 * Workers with numbered operations. The pattern of a fill is its number. The operations from {@link
 * #SHORT} on are short.
 */
final class NumberedWorkers extends AbstractDataMover {
    static final int SHORT = 1_000;

    private final Workers workers;
    private final int queueSize;
    private final VdmExecutor executor = new VdmExecutor() {
        @Override
        public FutureState start(Operation<?> operation) {
            operation.handOver();
            return null;
        }
    };

    NumberedWorkers(String name, int threads, int queueSize, WorkerStrategy strategy,
            IntConsumer work) {
        this.queueSize = queueSize;
        workers = new Workers(name, threads, strategy,
                operation -> operation.pattern() >= SHORT,
                operation -> work.accept((int) operation.pattern()));
        workers.start();
    }

    boolean offer(int number) {
        return offer(operation(number));
    }

    boolean offer(Operation<?> operation) {
        return workers.offer(operation, queueSize);
    }

    /** Returns an operation after its hand-over. */
    Operation<?> operation(int number) {
        var operation = (Operation<?>) fill(MemorySegment.ofArray(new byte[1]), number);
        operation.poll();
        return operation;
    }

    boolean remove(Operation<?> operation) {
        return workers.pending.remove(operation);
    }

    boolean help() {
        return workers.helper.help();
    }

    List<Integer> stop(long nanos) {
        return workers.stop(System.nanoTime() + nanos)
                .stream()
                .map(each -> (int) each.pattern())
                .toList();
    }

    @Override
    protected VdmExecutor executor() {
        return executor;
    }

    @Override
    public boolean isSupported(VdmFlags flags, MemorySegment destination) {
        return true;
    }

    @Override
    public String name() {
        return "numbered";
    }
}
