package io.github.vdm4j.benchmarks.paired;

import com.sun.management.ThreadMXBean;
import io.github.vdm4j.ExecutionPath;
import io.github.vdm4j.Vdm;
import io.github.vdm4j.VdmFlags;
import io.github.vdm4j.VdmFuture;
import io.github.vdm4j.VdmOperation;
import io.github.vdm4j.benchmarks.peers.Peer;
import io.github.vdm4j.benchmarks.peers.Peer.MissingException;
import io.github.vdm4j.benchmarks.peers.PeerKind;
import io.github.vdm4j.dml.SimulatedHardware;
import io.github.vdm4j.dsa.DsaDataMover;
import io.github.vdm4j.dsa.DsaMovers;
import io.github.vdm4j.dsa.IdlePortal;
import io.github.vdm4j.dsa.portal.Portal;
import io.github.vdm4j.dsa.portal.Submission;
import io.github.vdm4j.emulator.DeviceModel;
import io.github.vdm4j.engine.channel.Descriptor;
import io.github.vdm4j.engine.channel.Opcode;
import io.github.vdm4j.future.FutureState;
import io.github.vdm4j.mover.SyncDataMover;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.management.ManagementFactory;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/** The contests about DSA that need no device, and the figures P21 and P24. */
final class DsaContests {
    private static final long SLOT_ALIGNMENT = 64;
    private static final int WARM_UP = 200_000;
    /** An address without memory. The device in this process does not touch it. */
    private static final long ANYWHERE = 1L << 40;

    // P24: the latencies of the ADR on thresholds, in nanoseconds and bytes a nanosecond.
    private static final double DEVICE_NANOS = 930;
    private static final double DEVICE_SPEED = 36;
    private static final double L3_SPEED = 14;
    private static final double MEMORY_SPEED = 7;
    private static final long L3_BYTES = 32 << 20;
    private static final double ASYNCHRONOUS_NANOS = 7.5e3 / L3_SPEED;

    private DsaContests() {}

    /** P20, P21 and P24. */
    static List<Contest> submissions(Groups groups) throws IOException {
        groups.figures.add(new Figure("P21", "heap bytes of a reusable DSA operation", "B",
                heapBytes(), 0));
        groups.figures.add(new Figure("P24",
                "expected time of the policy above the best choice for a size, at worst", "%",
                100 * (worstOfPolicy() - 1), 10));
        Buffers buffers = Buffers.of(Descriptor.BYTES);
        Contest contest = new Contest(Descriptor.BYTES);
        groups.addC(contest, Names.C_WRITE, PeerKind.DSA, "peer_dsa_submit", buffers);
        return List.of(contest.add(Names.JAVA_WRITE, new NullSubmissions(buffers)));
    }

    /** The portal of the mover on a device that completes nothing. */
    private static final class NullSubmissions implements Contestant {
        private final Portal portal = Portal.open(Path.of("/dev/null"));
        private final Submission submission = new Submission(
                Arena.ofAuto().allocate(Submission.BYTES, SLOT_ALIGNMENT));
        private final Buffers buffers;

        NullSubmissions(Buffers buffers) throws IOException {
            this.buffers = buffers;
        }

        @Override
        public void run(long times) {
            long to = buffers.destination().address();
            long from = buffers.source().address();
            for (long i = 0; i < times; i++) {
                submission.clearRecord();
                Descriptor.put(submission.descriptor(), 0, Descriptor.head(Opcode.MEM_MOVE, 0),
                        from,
                        to, buffers.source().byteSize(), 0, 0, 0);
                if (portal.submit(submission) != 0 || submission.recordedStatus() != 0) {
                    throw new IllegalStateException("a null device completes nothing");
                }
            }
        }
    }

    /** A device in this process that is always ready. */
    private static DsaDataMover idle(boolean everySize) {
        var builder = DsaMovers.withOneQueue().builder(node -> new IdlePortal());
        return everySize ? builder.open()
                : builder.offloadFrom(8 << 10).offloadFromWhenAwaited(24 << 10).open();
    }

    private static double heapBytes() {
        var threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        Contestant copies = new Contestants.ReusableCopy(idle(true), Buffers.of(1 << 14),
                VdmFlags.NONE);
        try {
            copies.run(WARM_UP);
            long before = threads.getCurrentThreadAllocatedBytes();
            copies.run(WARM_UP);
            return (double) (threads.getCurrentThreadAllocatedBytes() - before) / WARM_UP;
        } catch (Throwable e) {
            throw new IllegalStateException(e);
        }
    }

    /** The mover with its default thresholds decides. The device moves no byte from 8 KiB on. */
    private static double worstOfPolicy() {
        Buffers few = Buffers.of(64 << 10);
        double worst = 1;
        try (DsaDataMover mover = idle(false)) {
            for (long bytes = 64; bytes <= 1 << 30; bytes += Math.max(bytes / 8, 1)) {
                boolean exists = bytes <= few.source().byteSize();
                MemorySegment to = exists ? few.destination().asSlice(0, bytes)
                        : MemorySegment.ofAddress(ANYWHERE).reinterpret(bytes);
                MemorySegment from = exists ? few.source().asSlice(0, bytes)
                        : MemorySegment.ofAddress(2 * ANYWHERE).reinterpret(bytes);
                for (boolean awaited : new boolean[]{false, true}) {
                    VdmFuture<?> copy = mover.memcpy(to, from);
                    if (awaited) {
                        copy.await();
                    } else {
                        while (copy.poll() != FutureState.COMPLETE) {
                            Thread.onSpinWait();
                        }
                    }
                    worst = Math.max(worst, ratio(copy.path(), bytes, awaited));
                }
            }
        }
        return worst;
    }

    private static double ratio(ExecutionPath path, long bytes, boolean awaited) {
        double jvm = bytes / (bytes <= L3_BYTES ? L3_SPEED : MEMORY_SPEED);
        double device = awaited ? DEVICE_NANOS + bytes / DEVICE_SPEED : ASYNCHRONOUS_NANOS;
        return (path == ExecutionPath.JVM ? jvm : device) / Math.min(jvm, device);
    }

    /** P22. */
    static List<Contest> below(Groups groups) {
        return Stream.of(64L, 1L << 10, 4L << 10).map(bytes -> {
            Buffers buffers = Buffers.of(bytes);
            return new Contest(bytes)
                    .add(Names.DSA_BELOW,
                            new Contestants.ReusableCopy(idle(false), buffers, VdmFlags.NONE))
                    .add(Names.SYNC, new Contestants.ReusableCopy(SyncDataMover.open(), buffers,
                            VdmFlags.NONE));
        }).toList();
    }

    /** P23. */
    static List<Contest> inFlight(Groups groups) {
        var movers = DsaMovers.withOneQueue();
        DeviceModel device = movers.devices.model(0);
        movers.devices.inline();
        Vdm dsa = movers.builder().open(); // the device executes a no-op
        movers.devices.onDemand();
        Vdm dml = SimulatedHardware.open();
        return Stream.of(64L, 4L << 10)
                .map(bytes -> new Contest(bytes)
                        .add(Names.DSA_IN_PROCESS, new Window(dsa, bytes, device::step))
                        .add(Names.DML_IN_PROCESS, new Window(dml, bytes, Thread::onSpinWait)))
                .toList();
    }

    /** Reusable copies, 32 of them in flight, each on memory of its own. */
    static final class Window implements Contestant {
        private static final int IN_FLIGHT = 32;

        private final VdmOperation[] operations = new VdmOperation[IN_FLIGHT];
        private final MemorySegment[] to;
        private final MemorySegment[] from;
        private final Runnable idle;

        /** The device of this process works while the caller waits. */
        Window(Vdm mover, long bytes, Runnable idle) {
            this.idle = idle;
            Buffers buffers = Buffers.of(IN_FLIGHT * bytes);
            to = SmallCopies.slices(buffers.destination(), IN_FLIGHT, bytes);
            from = SmallCopies.slices(buffers.source(), IN_FLIGHT, bytes);
            for (int i = 0; i < IN_FLIGHT; i++) {
                operations[i] = mover.newOperation();
            }
        }

        @Override
        public void run(long times) {
            for (long i = 0; i < times; i++) {
                int place = (int) (i % IN_FLIGHT);
                if (i >= IN_FLIGHT) {
                    finish(operations[place]);
                }
                operations[place].memcpy(to[place], from[place], VdmFlags.NONE).start();
            }
            for (int i = 0; i < Math.min(times, IN_FLIGHT); i++) {
                finish(operations[i]);
            }
        }

        private void finish(VdmOperation operation) {
            while (operation.poll() != FutureState.COMPLETE) {
                idle.run();
            }
            operation.orThrow();
        }
    }
}
