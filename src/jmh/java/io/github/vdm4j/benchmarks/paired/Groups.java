package io.github.vdm4j.benchmarks.paired;

import io.github.vdm4j.Vdm;
import io.github.vdm4j.VdmFlags;
import io.github.vdm4j.benchmarks.paired.Contestants.AwaitedCopy;
import io.github.vdm4j.benchmarks.paired.Contestants.BareCopy;
import io.github.vdm4j.benchmarks.paired.Contestants.InC;
import io.github.vdm4j.benchmarks.paired.Contestants.JdkCopy;
import io.github.vdm4j.benchmarks.paired.Contestants.JdkFill;
import io.github.vdm4j.benchmarks.paired.Contestants.PlainCopy;
import io.github.vdm4j.benchmarks.paired.Contestants.PolledCopy;
import io.github.vdm4j.benchmarks.paired.Contestants.ReusableCopy;
import io.github.vdm4j.benchmarks.paired.Contestants.ReusableFill;
import io.github.vdm4j.benchmarks.peers.BareJob;
import io.github.vdm4j.benchmarks.peers.Peer;
import io.github.vdm4j.benchmarks.peers.Peer.MissingException;
import io.github.vdm4j.benchmarks.peers.PeerKind;
import io.github.vdm4j.dml.DmlDataMover;
import io.github.vdm4j.dml.DmlLibrary;
import io.github.vdm4j.dml.DmlPath;
import io.github.vdm4j.future.WorkerStrategy;
import io.github.vdm4j.mover.ThreadsDataMover;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executors;
import java.util.stream.Stream;

/** The contests of single operations. {@link Group#ALL} lists the groups. */
final class Groups {
    /** The system property that selects sizes, comma-separated, for a quick run. */
    private static final String SIZES_PROPERTY = "vdm4j.benchmarks.sizes";

    static final List<Long> SIZES =
            Arrays.stream(System.getProperty(SIZES_PROPERTY, "64,1024,4096,16384,65536,1048576")
                    .split(","))
                    .map(Long::valueOf)
                    .toList();

    /** Two more sizes, around the size at which both ranges fill a first-level cache. */
    static final List<Long> COPY_SIZES =
            Stream.concat(SIZES.stream(), Stream.of(12L << 10, 24L << 10)).sorted().toList();

    static final List<Long> FEW_SIZES = List.of(64L, 4L << 10, 64L << 10);

    /** The reasons for missing contestants. */
    final List<String> missing = new ArrayList<>();

    /** The measured values that are not times. */
    final List<Figure> figures = new ArrayList<>();

    private final DmlLibrary dml = DmlLibrary.open();

    Contest copy(long bytes) {
        Buffers buffers = Buffers.of(bytes);
        Vdm mover = open(DmlPath.SOFTWARE);
        Contest contest = new Contest(bytes);
        addC(contest, Names.C_REUSED_JOB, PeerKind.DML, "peer_dml_copy", buffers);
        addC(contest, Names.C_MINIASYNC, PeerKind.MINIASYNC, "peer_miniasync_copy", buffers);
        addC(contest, Names.C_LIBC, PeerKind.LIBC, "peer_libc_copy", buffers);
        return contest
                .add(Names.BARE, new BareCopy(new BareJob(dml.location()), buffers))
                .add(Names.REUSABLE, new ReusableCopy(mover, buffers, VdmFlags.NONE))
                .add(Names.POLLED, new PolledCopy(mover, buffers, VdmFlags.NONE))
                .add(Names.PLAIN, new PlainCopy(mover, buffers, VdmFlags.NONE))
                .add(Names.JDK, new JdkCopy(buffers));
    }

    Contest copySharedArena(long bytes) {
        Buffers buffers = Buffers.of(bytes);
        Buffers shared = buffers.shared();
        Vdm mover = open(DmlPath.SOFTWARE);
        Contest contest = new Contest(bytes);
        addC(contest, Names.C_REUSED_JOB, PeerKind.DML, "peer_dml_copy", buffers);
        return contest
                .add(Names.BARE, new BareCopy(new BareJob(dml.location()), shared))
                .add(Names.REUSABLE_ONE_ARENA, new ReusableCopy(mover, shared, VdmFlags.NONE))
                .add(Names.PLAIN, new PlainCopy(mover, shared, VdmFlags.NONE));
    }

    Contest autoCopy(long bytes) {
        Buffers buffers = Buffers.of(bytes);
        Contest contest = new Contest(bytes);
        addC(contest, Names.C_REUSED_JOB, PeerKind.DML, "peer_dml_copy", buffers);
        addC(contest, Names.C_LIBC, PeerKind.LIBC, "peer_libc_copy", buffers);
        Vdm mover = open(DmlPath.AUTO);
        return contest
                .add(Names.REUSABLE, new ReusableCopy(mover, buffers, VdmFlags.NONE))
                .add(Names.POLLED, new PolledCopy(mover, buffers, VdmFlags.NONE))
                .add(Names.PLAIN, new PlainCopy(mover, buffers, VdmFlags.NONE))
                .add(Names.SOFTWARE,
                        new ReusableCopy(open(DmlPath.SOFTWARE), buffers, VdmFlags.NONE))
                .add(Names.JDK, new JdkCopy(buffers));
    }

    Contest autoFill(long bytes) {
        Buffers buffers = Buffers.of(bytes);
        Contest contest = new Contest(bytes);
        addC(contest, Names.C_REUSED_JOB, PeerKind.DML, "peer_dml_fill", buffers);
        addC(contest, Names.C_LIBC, PeerKind.LIBC, "peer_libc_fill", buffers);
        return contest
                .add(Names.REUSABLE, new ReusableFill(open(DmlPath.AUTO), buffers))
                .add(Names.SOFTWARE, new ReusableFill(open(DmlPath.SOFTWARE), buffers))
                .add(Names.JDK, new JdkFill(buffers));
    }

    Contest durable(long bytes) {
        Buffers buffers = Buffers.of(bytes);
        Contest contest = new Contest(bytes);
        addC(contest, Names.C_LIBPMEM, PeerKind.PMEM, "peer_pmem_durable_copy", buffers);
        addC(contest, Names.C_MOVE_AND_FLUSH, PeerKind.DML, "peer_dml_durable_copy", buffers);
        addC(contest, Names.C_MINIASYNC, PeerKind.MINIASYNC, "peer_miniasync_durable_copy",
                buffers);
        return addDurable(contest, buffers)
                .add(Names.SOFTWARE,
                        new AwaitedCopy(open(DmlPath.SOFTWARE), buffers, VdmFlags.MEM_DURABLE));
    }

    Contest durableWithoutLibpmem(long bytes) {
        Buffers buffers = Buffers.of(bytes);
        Contest contest = new Contest(bytes);
        addC(contest, Names.C_MOVE_AND_FLUSH, PeerKind.DML, "peer_dml_durable_copy", buffers);
        return addDurable(contest, buffers);
    }

    /** Adds a reusable operation that the caller awaits, like C, and a polled future. */
    private Contest addDurable(Contest contest, Buffers buffers) {
        Vdm mover = open(DmlPath.AUTO);
        return contest
                .add(Names.REUSABLE, new AwaitedCopy(mover, buffers, VdmFlags.MEM_DURABLE))
                .add(Names.PLAIN, new PlainCopy(mover, buffers, VdmFlags.MEM_DURABLE));
    }

    Contest threads(long bytes) {
        Buffers buffers = Buffers.of(bytes);
        return Contest.ofThreads(bytes)
                .add(Names.SPINNING, onAThread(WorkerStrategy.SPIN, buffers))
                .add(Names.SUPPLY_ASYNC, times -> {
                    for (long i = 0; i < times; i++) {
                        var copy = CompletableFuture
                                .runAsync(() -> buffers.destination().copyFrom(buffers.source()));
                        while (!copy.isDone()) {
                            Thread.onSpinWait();
                        }
                        copy.getNow(null);
                    }
                });
    }

    private static Contestant onAThread(WorkerStrategy strategy, Buffers buffers) {
        return new ReusableCopy(
                ThreadsDataMover.builder().threads(1).workerStrategy(strategy).open(),
                buffers,
                VdmFlags.NONE);
    }

    /** Returns the contest of batches. One operation is 64 copies of 256 bytes. */
    Contest batch() {
        int copies = 64;
        long bytes = 256;
        Buffers buffers = Buffers.of(copies * bytes);
        DmlDataMover mover = open(DmlPath.SOFTWARE);
        Contestant one = new SmallCopies.Plain(mover, buffers, copies, bytes);
        Contest contest = new Contest(bytes)
                .add(Names.PLAIN_64, one)
                .add(Names.REUSABLE_64, new SmallCopies.Reusable(mover, buffers, copies, bytes));
        try {
            Contestant batch = new SmallCopies.Batched(mover, false, buffers, copies, bytes);
            batch.run(1);
            contest.add(Names.BATCH, batch)
                    .add(Names.BATCH_ON_AUTO,
                            new SmallCopies.Batched(open(DmlPath.AUTO), false, buffers, copies,
                                    bytes))
                    .add(Names.BATCH_ANEW,
                            new SmallCopies.Batched(mover, true, buffers, copies, bytes));
        } catch (Throwable e) {
            missing.add("batch: " + e.getMessage());
        }
        addC(contest, Names.C_REUSED_JOB_64, PeerKind.DML, "peer_dml_64_copies", buffers);
        addC(contest, Names.C_BATCH, PeerKind.DML, "peer_dml_batch_of_64", buffers);
        addC(contest, Names.C_BATCH_AGAIN, PeerKind.DML, "peer_dml_batch_of_64_again", buffers);
        return contest;
    }

    Contest crc(long bytes) {
        Buffers buffers = Buffers.of(bytes);
        Contest contest = new Contest(bytes);
        addC(contest, Names.C_REUSED_JOB, PeerKind.DML, "peer_dml_crc",
                new Buffers(Buffers.of(64).destination().reinterpret(bytes), buffers.source()));
        return contest
                .add(Names.REUSABLE, new Checksums.Reusable(open(DmlPath.SOFTWARE), buffers))
                .add(Names.AUTO, new Checksums.Reusable(open(DmlPath.AUTO), buffers))
                .add(Names.JDK, new Checksums.Jdk(buffers));
    }

    Contest operations(long bytes) {
        Contest contest = new Contest(bytes);
        var operations = new DataOperationLoops(bytes);
        operations.addTo(contest, Names.ON_SOFTWARE, open(DmlPath.SOFTWARE));
        operations.addTo(contest, Names.ON_AUTO, open(DmlPath.AUTO));
        return contest;
    }

    Contest inFlight() {
        Buffers buffers = Buffers.of(64).shared();
        return new Contest(64)
                .add(Names.QUEUED,
                        new InFlight.Queued(ThreadsDataMover.builder().threads(1).open(), buffers))
                .add(Names.COMPLETION_SERVICE, new InFlight.Submitted(
                        Executors.newFixedThreadPool(1, Thread.ofPlatform().daemon().factory()),
                        buffers));
    }

    Contest scaling() throws Throwable {
        long bytes = 4 << 10;
        Buffers mine = Buffers.of(bytes);
        Buffers others = Buffers.of(bytes);
        Vdm mover = open(DmlPath.SOFTWARE);
        Vdm another = open(DmlPath.SOFTWARE);
        Contest contest = Contest.ofThreads(bytes)
                .add(Names.ONE, new ReusableCopy(mover, mine, VdmFlags.NONE))
                .add(
                        Names.TWO_ON_ONE,
                        new TwoThreads(
                                new ReusableCopy(mover, mine, VdmFlags.NONE),
                                new ReusableCopy(mover, others, VdmFlags.NONE)))
                .add(
                        Names.TWO_ON_TWO,
                        new TwoThreads(
                                new ReusableCopy(mover, mine, VdmFlags.NONE),
                                new ReusableCopy(another, others, VdmFlags.NONE)));
        try {
            Contestant first = inC(PeerKind.DML, "peer_dml_copy", mine);
            Contestant second = inC(PeerKind.DML, "peer_dml_copy", others);
            contest.add(Names.ONE_IN_C, first).add(Names.TWO_IN_C, new TwoThreads(first, second));
        } catch (MissingException e) {
            missing.add(e.getMessage());
        }
        return contest;
    }

    DmlDataMover open(DmlPath path) {
        return DmlDataMover.builder()
                .library(dml)
                .path(path)
                .nativeMemoryIsPersistent(true)
                .open();
    }

    /** Returns a loop in C with its own context. */
    Contestant inC(PeerKind kind, String loop, Buffers buffers) throws MissingException {
        Peer peer = kind.find(dml.location());
        return new InC(peer.loop(loop), kind.newContext(peer), buffers);
    }

    /** Adds a loop in C, or the reason why it is missing. */
    void addC(Contest contest, String name, PeerKind kind, String loop, Buffers buffers) {
        try {
            contest.add(name, inC(kind, loop, buffers));
        } catch (MissingException e) {
            missing.add(e.getMessage());
        }
    }
}
