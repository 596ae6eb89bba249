package io.github.vdm4j.benchmarks.paired;

import io.github.vdm4j.Vdm;
import io.github.vdm4j.VdmFlags;
import io.github.vdm4j.benchmarks.paired.Contestants.AwaitedCopy;
import io.github.vdm4j.benchmarks.paired.Contestants.BareCopy;
import io.github.vdm4j.benchmarks.paired.Contestants.InC;
import io.github.vdm4j.benchmarks.paired.Contestants.JdkCopy;
import io.github.vdm4j.benchmarks.paired.Contestants.JdkFill;
import io.github.vdm4j.benchmarks.paired.Contestants.PlainCopy;
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
import java.lang.foreign.MemorySegment;
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

    private static final List<Long> SIZES =
            Arrays.stream(System.getProperty(SIZES_PROPERTY, "64,1024,4096,16384,65536,1048576")
                    .split(","))
                    .map(Long::valueOf)
                    .toList();

    /** The reasons for missing contestants. */
    final List<String> missing = new ArrayList<>();

    /** The measured values that are not times. */
    final List<Figure> figures = new ArrayList<>();

    private final DmlLibrary dml = DmlLibrary.open();

    List<Contest> copies() {
        // Two more sizes, around the size at which source and destination fill a first-level cache.
        return Stream.concat(SIZES.stream(), Stream.of(12L << 10, 24L << 10))
                .sorted()
                .map(this::copy)
                .toList();
    }

    List<Contest> copiesInSharedArena() {
        return SIZES.stream().map(this::copySharedArena).toList();
    }

    List<Contest> autoCopies() {
        return SIZES.stream().map(this::autoCopy).toList();
    }

    List<Contest> autoFills() {
        return SIZES.stream().map(this::autoFill).toList();
    }

    List<Contest> durableCopies() {
        return SIZES.stream().map(this::durable).toList();
    }

    List<Contest> durableCopiesWithoutLibpmem() {
        return SIZES.stream().map(this::durableWithoutLibpmem).toList();
    }

    List<Contest> checksums() {
        return SIZES.stream().map(this::crc).toList();
    }

    List<Contest> dataOperations() {
        return Stream.of(64L, 4L << 10, 64L << 10).map(this::operations).toList();
    }

    List<Contest> threadRoundTrips() {
        return Stream.of(64L, 4L << 10, 64L << 10).map(this::threads).toList();
    }

    List<Contest> batches() {
        return List.of(batch());
    }

    List<Contest> inFlight() {
        return List.of(inFlight(64));
    }

    List<Contest> scaling() throws Throwable {
        return List.of(scaling(4 << 10));
    }

    private Contest copy(long bytes) {
        Buffers buffers = Buffers.of(bytes);
        Vdm mover = open(DmlPath.SOFTWARE);
        Contest contest = new Contest("copy", "memcpy", bytes);
        addJob(contest, Names.C_REUSED_JOB, "peer_dml_copy", buffers);
        addMiniasync(contest, "peer_miniasync_copy", buffers);
        addLibc(contest, "peer_libc_copy", buffers);
        return contest
                .add(Names.BARE, new BareCopy(new BareJob(dml.location()), buffers))
                .add(Names.REUSABLE, new ReusableCopy(mover, buffers, VdmFlags.NONE))
                .add(Names.PLAIN, new PlainCopy(mover, buffers, VdmFlags.NONE))
                .add(Names.JDK, new JdkCopy(buffers));
    }

    private Contest copySharedArena(long bytes) {
        Buffers buffers = Buffers.of(bytes);
        Buffers shared = buffers.shared();
        Vdm mover = open(DmlPath.SOFTWARE);
        Contest contest = new Contest("copy-shared-arena", "memcpy", bytes);
        addJob(contest, Names.C_REUSED_JOB, "peer_dml_copy", buffers);
        return contest
                .add(Names.BARE, new BareCopy(new BareJob(dml.location()), shared))
                .add(Names.REUSABLE_ONE_ARENA, new ReusableCopy(mover, shared, VdmFlags.NONE))
                .add(Names.PLAIN, new PlainCopy(mover, shared, VdmFlags.NONE));
    }

    private Contest autoCopy(long bytes) {
        Buffers buffers = Buffers.of(bytes);
        Contest contest = new Contest("auto-copy", "memcpy", bytes);
        addJob(contest, Names.C_REUSED_JOB, "peer_dml_copy", buffers);
        addLibc(contest, "peer_libc_copy", buffers);
        Vdm mover = open(DmlPath.AUTO);
        return contest
                .add(Names.REUSABLE, new ReusableCopy(mover, buffers, VdmFlags.NONE))
                .add(Names.PLAIN, new PlainCopy(mover, buffers, VdmFlags.NONE))
                .add(Names.SOFTWARE,
                        new ReusableCopy(open(DmlPath.SOFTWARE), buffers, VdmFlags.NONE))
                .add(Names.JDK, new JdkCopy(buffers));
    }

    private Contest autoFill(long bytes) {
        Buffers buffers = Buffers.of(bytes);
        Contest contest = new Contest("auto-fill", "memset", bytes);
        addJob(contest, Names.C_REUSED_JOB, "peer_dml_fill", buffers);
        addLibc(contest, "peer_libc_fill", buffers);
        return contest
                .add(Names.REUSABLE, new ReusableFill(open(DmlPath.AUTO), buffers))
                .add(Names.SOFTWARE, new ReusableFill(open(DmlPath.SOFTWARE), buffers))
                .add(Names.JDK, new JdkFill(buffers));
    }

    private Contest durable(long bytes) {
        Buffers buffers = Buffers.of(bytes);
        Contest contest = new Contest("durable", "durable memcpy", bytes);
        try {
            Peer libpmem = find(PeerKind.PMEM);
            contest.add(Names.C_LIBPMEM,
                    new InC(libpmem.loop("peer_pmem_durable_copy"), MemorySegment.NULL, buffers));
        } catch (MissingException e) {
            missing.add(e.getMessage());
        }
        addJob(contest, Names.C_MOVE_AND_FLUSH, "peer_dml_durable_copy", buffers);
        addMiniasync(contest, "peer_miniasync_durable_copy", buffers);
        return addDurable(contest, buffers)
                .add(Names.SOFTWARE,
                        new AwaitedCopy(open(DmlPath.SOFTWARE), buffers, VdmFlags.MEM_DURABLE));
    }

    private Contest durableWithoutLibpmem(long bytes) {
        Buffers buffers = Buffers.of(bytes);
        Contest contest = new Contest("durable-without-libpmem", "durable memcpy", bytes);
        addJob(contest, Names.C_MOVE_AND_FLUSH, "peer_dml_durable_copy", buffers);
        return addDurable(contest, buffers);
    }

    /** Adds a reusable operation that the caller awaits, like C, and a polled future. */
    private Contest addDurable(Contest contest, Buffers buffers) {
        Vdm mover = open(DmlPath.AUTO);
        return contest
                .add(Names.REUSABLE, new AwaitedCopy(mover, buffers, VdmFlags.MEM_DURABLE))
                .add(Names.PLAIN, new PlainCopy(mover, buffers, VdmFlags.MEM_DURABLE));
    }

    private Contest threads(long bytes) {
        Buffers buffers = Buffers.of(bytes);
        return new Contest("threads", "memcpy", bytes)
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
    private Contest batch() {
        int copies = 64;
        long bytes = 256;
        Buffers buffers = Buffers.of(copies * bytes);
        DmlDataMover mover = open(DmlPath.SOFTWARE);
        Contestant one = new SmallCopies.Plain(mover, buffers, copies, bytes);
        Contest contest = new Contest("batch", "64 copies", bytes)
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
        addJob(contest, Names.C_REUSED_JOB_64, "peer_dml_64_copies", buffers);
        addJob(contest, Names.C_BATCH, "peer_dml_batch_of_64", buffers);
        addJob(contest, Names.C_BATCH_AGAIN, "peer_dml_batch_of_64_again", buffers);
        return contest;
    }

    private Contest crc(long bytes) {
        Buffers buffers = Buffers.of(bytes);
        Contest contest = new Contest("crc", "CRC-32C", bytes);
        addJob(contest, Names.C_REUSED_JOB, "peer_dml_crc",
                new Buffers(Buffers.of(64).destination().reinterpret(bytes), buffers.source()));
        return contest
                .add(Names.REUSABLE, new Checksums.Reusable(open(DmlPath.SOFTWARE), buffers))
                .add(Names.AUTO, new Checksums.Reusable(open(DmlPath.AUTO), buffers))
                .add(Names.JDK, new Checksums.Jdk(buffers));
    }

    private Contest operations(long bytes) {
        Contest contest = new Contest("operations", "data operations", bytes);
        var operations = new DataOperationLoops(bytes);
        operations.addTo(contest, Names.ON_SOFTWARE, open(DmlPath.SOFTWARE));
        operations.addTo(contest, Names.ON_AUTO, open(DmlPath.AUTO));
        return contest;
    }

    private Contest inFlight(long bytes) {
        Buffers buffers = Buffers.of(bytes).shared();
        return new Contest("in-flight", "100,000 copies in flight", bytes)
                .add(Names.QUEUED,
                        new InFlight.Queued(ThreadsDataMover.builder().threads(1).open(), buffers))
                .add(Names.COMPLETION_SERVICE, new InFlight.Submitted(
                        Executors.newFixedThreadPool(1, Thread.ofPlatform().daemon().factory()),
                        buffers));
    }

    private Contest scaling(long bytes) throws Throwable {
        Buffers mine = Buffers.of(bytes);
        Buffers others = Buffers.of(bytes);
        Vdm mover = open(DmlPath.SOFTWARE);
        Vdm another = open(DmlPath.SOFTWARE);
        Contest contest = new Contest("scaling", "memcpy", bytes)
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
            Peer peer = find(PeerKind.DML);
            Contestant first = new InC(peer.loop("peer_dml_copy"), peer.make("peer_job_new"), mine);
            Contestant second =
                    new InC(peer.loop("peer_dml_copy"), peer.make("peer_job_new"), others);
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

    private Peer find(PeerKind kind) throws MissingException {
        return kind.find(dml.location());
    }

    private void addJob(Contest contest, String name, String loop, Buffers buffers) {
        try {
            Peer peer = find(PeerKind.DML);
            contest.add(name, new InC(peer.loop(loop), peer.make("peer_job_new"), buffers));
        } catch (MissingException e) {
            missing.add(e.getMessage());
        }
    }

    private void addMiniasync(Contest contest, String loop, Buffers buffers) {
        try {
            Peer peer = find(PeerKind.MINIASYNC);
            contest.add(Names.C_MINIASYNC,
                    new InC(peer.loop(loop), peer.make("peer_mover_new"), buffers));
        } catch (MissingException e) {
            missing.add(e.getMessage());
        }
    }

    private void addLibc(Contest contest, String loop, Buffers buffers) {
        try {
            contest.add(Names.C_LIBC,
                    new InC(find(PeerKind.LIBC).loop(loop), MemorySegment.NULL, buffers));
        } catch (MissingException e) {
            missing.add(e.getMessage());
        }
    }
}
