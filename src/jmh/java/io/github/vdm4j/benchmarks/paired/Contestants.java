package io.github.vdm4j.benchmarks.paired;

import io.github.vdm4j.Vdm;
import io.github.vdm4j.VdmFlags;
import io.github.vdm4j.VdmFuture;
import io.github.vdm4j.VdmOperation;
import io.github.vdm4j.VdmOutput;
import io.github.vdm4j.benchmarks.peers.BareJob;
import io.github.vdm4j.future.FutureState;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;

/**
 * The loops of the contests. Each loop is a separate class, because the JIT then compiles each
 * separately.
 */
final class Contestants {
    private Contestants() {}

    /** The loops of one reusable operation. */
    private abstract static class Reusable implements Contestant {
        final VdmOperation operation;
        final MemorySegment destination;
        final MemorySegment source;
        final VdmFlags flags;

        Reusable(Vdm mover, Buffers buffers, VdmFlags flags) {
            operation = mover.newOperation();
            destination = buffers.destination();
            source = buffers.source();
            this.flags = flags;
        }
    }

    /** A reusable operation. Its preparation starts it. */
    static final class ReusableCopy extends Reusable {
        ReusableCopy(Vdm mover, Buffers buffers, VdmFlags flags) {
            super(mover, buffers, flags);
            operation.startWhenPrepared();
        }

        @Override
        public void run(long times) {
            for (long i = 0; i < times; i++) {
                operation.memcpy(destination, source, flags);
                while (operation.poll() != FutureState.COMPLETE) {
                    Thread.onSpinWait();
                }
                operation.orThrow();
            }
        }
    }

    /** A reusable operation. Its first poll starts it. */
    static final class PolledCopy extends Reusable {
        PolledCopy(Vdm mover, Buffers buffers, VdmFlags flags) {
            super(mover, buffers, flags);
        }

        @Override
        public void run(long times) {
            for (long i = 0; i < times; i++) {
                operation.memcpy(destination, source, flags).start();
                while (operation.poll() != FutureState.COMPLETE) {
                    Thread.onSpinWait();
                }
                operation.orThrow();
            }
        }
    }

    /** A reusable operation, awaited. */
    static final class AwaitedCopy extends Reusable {
        AwaitedCopy(Vdm mover, Buffers buffers, VdmFlags flags) {
            super(mover, buffers, flags);
        }

        @Override
        public void run(long times) {
            for (long i = 0; i < times; i++) {
                operation.memcpy(destination, source, flags).busyPoll();
                operation.orThrow();
            }
        }
    }

    /** A reusable fill. Its preparation starts it. */
    static final class ReusableFill implements Contestant {
        private final VdmOperation operation;
        private final MemorySegment destination;

        ReusableFill(Vdm mover, Buffers buffers) {
            operation = mover.newOperation().startWhenPrepared();
            destination = buffers.destination();
        }

        @Override
        public void run(long times) {
            for (long i = 0; i < times; i++) {
                operation.memset(destination, (byte) 0x5a, VdmFlags.NONE);
                while (operation.poll() != FutureState.COMPLETE) {
                    Thread.onSpinWait();
                }
                operation.orThrow();
            }
        }
    }

    /** A future for each copy, polled to completion. */
    static final class PlainCopy implements Contestant {
        private final Vdm mover;
        private final MemorySegment destination;
        private final MemorySegment source;
        private final VdmFlags flags;

        PlainCopy(Vdm mover, Buffers buffers, VdmFlags flags) {
            this.mover = mover;
            destination = buffers.destination();
            source = buffers.source();
            this.flags = flags;
        }

        @Override
        public void run(long times) {
            for (long i = 0; i < times; i++) {
                VdmFuture<VdmOutput> copy = mover.memcpy(destination, source, flags);
                while (copy.poll() != FutureState.COMPLETE) {
                    Thread.onSpinWait();
                }
                copy.orThrow();
            }
        }
    }

    /** Bare downcalls on one job. */
    static final class BareCopy implements Contestant {
        private final BareJob job;
        private final MemorySegment destination;
        private final MemorySegment source;

        BareCopy(BareJob job, Buffers buffers) {
            this.job = job;
            destination = buffers.destination();
            source = buffers.source();
        }

        @Override
        public void run(long times) throws Throwable {
            for (long i = 0; i < times; i++) {
                job.copy(destination, source);
            }
        }
    }

    /** The JDK's copy. */
    static final class JdkCopy implements Contestant {
        private final MemorySegment destination;
        private final MemorySegment source;

        JdkCopy(Buffers buffers) {
            destination = buffers.destination();
            source = buffers.source();
        }

        @Override
        public void run(long times) {
            for (long i = 0; i < times; i++) {
                MemorySegment.copy(source, 0, destination, 0, source.byteSize());
            }
        }
    }

    /** The JDK's fill. */
    static final class JdkFill implements Contestant {
        private final MemorySegment destination;

        JdkFill(Buffers buffers) {
            destination = buffers.destination();
        }

        @Override
        public void run(long times) {
            for (long i = 0; i < times; i++) {
                destination.fill((byte) 0x5a);
            }
        }
    }

    /** A loop in C. */
    static final class InC implements Contestant {
        private final MethodHandle loop;
        private final MemorySegment context;
        private final MemorySegment destination;
        private final MemorySegment source;

        InC(MethodHandle loop, MemorySegment context, Buffers buffers) {
            this.loop = loop;
            this.context = context;
            destination = buffers.destination();
            source = buffers.source();
        }

        @Override
        public void run(long times) throws Throwable {
            int status = (int) loop.invokeExact(context, destination, source,
                    destination.byteSize(), times);
            if (status != 0) {
                throw new IllegalStateException("C ended with status " + status);
            }
        }
    }
}
