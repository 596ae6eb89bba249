package io.github.vdm4j.benchmarks.paired;

import io.github.vdm4j.Batch;
import io.github.vdm4j.BatchResult;
import io.github.vdm4j.Vdm;
import io.github.vdm4j.VdmFlags;
import io.github.vdm4j.VdmFuture;
import io.github.vdm4j.VdmOperation;
import io.github.vdm4j.VdmOutput;
import io.github.vdm4j.future.FutureState;
import java.lang.foreign.MemorySegment;

/** Many small copies, in single operations and in a batch. */
final class SmallCopies {
    private SmallCopies() {}

    static MemorySegment[] slices(MemorySegment segment, int count, long bytes) {
        var slices = new MemorySegment[count];
        for (int i = 0; i < count; i++) {
            slices[i] = segment.asSlice(i * bytes, bytes);
        }
        return slices;
    }

    /** A future for each copy. */
    static final class Plain implements Contestant {
        private final Vdm mover;
        private final MemorySegment[] destinations;
        private final MemorySegment[] sources;

        Plain(Vdm mover, Buffers buffers, int count, long bytes) {
            this.mover = mover;
            destinations = slices(buffers.destination(), count, bytes);
            sources = slices(buffers.source(), count, bytes);
        }

        @Override
        public void run(long times) {
            for (long i = 0; i < times; i++) {
                for (int j = 0; j < sources.length; j++) {
                    VdmFuture<VdmOutput> copy = mover.memcpy(destinations[j], sources[j]);
                    while (copy.poll() != FutureState.COMPLETE) {
                        Thread.onSpinWait();
                    }
                    copy.orThrow();
                }
            }
        }
    }

    /** One reusable operation for all copies. */
    static final class Reusable implements Contestant {
        private final VdmOperation operation;
        private final MemorySegment[] destinations;
        private final MemorySegment[] sources;

        Reusable(Vdm mover, Buffers buffers, int count, long bytes) {
            operation = mover.newOperation().startWhenPrepared();
            destinations = slices(buffers.destination(), count, bytes);
            sources = slices(buffers.source(), count, bytes);
        }

        @Override
        public void run(long times) {
            for (long i = 0; i < times; i++) {
                for (int j = 0; j < sources.length; j++) {
                    operation.memcpy(destinations[j], sources[j], VdmFlags.NONE);
                    while (operation.poll() != FutureState.COMPLETE) {
                        Thread.onSpinWait();
                    }
                    operation.orThrow();
                }
            }
        }
    }

    /** A batch. The loop creates it each time, or clears and fills it again. */
    static final class Batched implements Contestant {
        private final Vdm mover;
        private final Batch kept;
        private final MemorySegment[] destinations;
        private final MemorySegment[] sources;

        Batched(Vdm mover, boolean anew, Buffers buffers, int count, long bytes) {
            this.mover = mover;
            kept = anew ? null : mover.batch();
            destinations = slices(buffers.destination(), count, bytes);
            sources = slices(buffers.source(), count, bytes);
        }

        @Override
        public void run(long times) {
            for (long i = 0; i < times; i++) {
                Batch batch = kept == null ? mover.batch() : kept.clear();
                for (int j = 0; j < sources.length; j++) {
                    batch.memcpy(destinations[j], sources[j]);
                }
                VdmFuture<BatchResult> all = batch.submit();
                while (all.poll() != FutureState.COMPLETE) {
                    Thread.onSpinWait();
                }
                all.orThrow();
            }
        }
    }
}
