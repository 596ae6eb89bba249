package io.github.vdm4j;

import io.github.vdm4j.dml.HeldDml;
import io.github.vdm4j.mover.ThreadsDataMover;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * A mover of little capacity. Its operations end when the test releases them. After {@link #hold},
 * a copy occupies its worker or its job until {@link #release}.
 */
public abstract class HeldMover implements AutoCloseable {
    private final Arena arena = Arena.ofShared();
    private volatile CountDownLatch gate = new CountDownLatch(0);

    /** The capacity that limits the number of operations at a time. */
    public enum Capacity {
        /** The workers of a {@link ThreadsDataMover}. */
        WORKERS {
            @Override
            public HeldMover open(int count) {
                return new Threads(count);
            }
        },
        /** The workers of a DML mover without a device. */
        DML_WORKERS {
            @Override
            public HeldMover open(int count) {
                return HeldDml.onWorkers(count);
            }
        },
        /** The jobs of a DML mover on a simulated device. */
        JOBS {
            @Override
            public HeldMover open(int count) {
                return HeldDml.onDevice(count);
            }
        };

        /** Opens a mover that executes a number of operations at a time. */
        public abstract HeldMover open(int count);
    }

    /** Returns the mover. The fixture closes it. */
    public abstract Vdm mover();

    /** Returns the number of operations that occupy a worker or a job. */
    public abstract int inUse();

    /** Holds all copies that begin from now on. */
    public void hold() {
        gate = new CountDownLatch(1);
    }

    /** Releases all copies, also later copies. */
    public void release() {
        gate.countDown();
    }

    /** Waits while copies are held. */
    protected final void passGate() {
        CountDownLatch closed = gate;
        boolean interrupted = false;
        while (closed.getCount() > 0) {
            try {
                closed.await();
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    /** Allocates memory that the mover may use, filled with zeros. */
    public MemorySegment memory(long size) {
        return arena.allocate(size, 64);
    }

    /** Allocates memory that the mover may use. */
    public final MemorySegment memory(long size, int fill) {
        return memory(size).fill((byte) fill);
    }

    @Override
    public void close() {
        release();
        mover().close();
        arena.close();
    }

    private static final class Threads extends HeldMover {
        private final ThreadsDataMover mover;
        private final AtomicInteger atWork = new AtomicInteger();

        Threads(int count) {
            mover = ThreadsDataMover.builder()
                    .threads(count)
                    .queueSize(1)
                    .memcpyFunction((destination, source, flags) -> {
                        atWork.incrementAndGet();
                        passGate();
                        atWork.decrementAndGet();
                        destination.copyFrom(source);
                    })
                    .open();
        }

        @Override
        public Vdm mover() {
            return mover;
        }

        @Override
        public int inUse() {
            return atWork.get();
        }
    }
}
