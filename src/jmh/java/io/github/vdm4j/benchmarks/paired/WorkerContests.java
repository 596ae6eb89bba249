package io.github.vdm4j.benchmarks.paired;

import io.github.vdm4j.Vdm;
import io.github.vdm4j.VdmFlags;
import io.github.vdm4j.VdmOperation;
import io.github.vdm4j.benchmarks.peers.Peer.MissingException;
import io.github.vdm4j.benchmarks.peers.PeerKind;
import io.github.vdm4j.dml.DmlPath;
import io.github.vdm4j.mover.SyncDataMover;
import io.github.vdm4j.mover.ThreadsDataMover;
import io.github.vdm4j.operation.CrcOptions;
import java.lang.foreign.MemorySegment;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/** The contests about workers: long operations, batches, and many operations in flight. */
final class WorkerContests {
    private static final int WORKERS = 2;
    private static final long LONG = 1 << 30;
    private static final int COPIES = 64;
    private static final int PAGE = 4_096;
    private static final int IN_FLIGHT = 4_096;

    private WorkerContests() {}

    private static Vdm workers() {
        return ThreadsDataMover.builder().threads(WORKERS).open();
    }

    static List<Contest> longCopies(Groups groups) {
        Buffers buffers = Buffers.of(LONG);
        VdmOperation operation = workers().newOperation();
        Contest contest = new Contest(LONG)
                .add(Names.TWO_WORKERS, times -> {
                    for (long i = 0; i < times; i++) {
                        operation.memcpy(buffers.destination(), buffers.source(), VdmFlags.NONE)
                                .await();
                    }
                })
                .add(Names.JDK, new Contestants.JdkCopy(buffers));
        try {
            contest.add(Names.TWO_THREADS_IN_C, new TwoHalves(
                    groups.inC(PeerKind.LIBC, "peer_libc_copy", half(buffers, 0)),
                    groups.inC(PeerKind.LIBC, "peer_libc_copy", half(buffers, LONG / 2))));
        } catch (MissingException e) {
            groups.missing.add(e.getMessage());
        }
        return List.of(contest);
    }

    private static Buffers half(Buffers whole, long from) {
        return new Buffers(whole.destination().asSlice(from, LONG / 2),
                whole.source().asSlice(from, LONG / 2));
    }

    static List<Contest> longChecksums(Groups groups) {
        Buffers buffers = Buffers.of(LONG);
        VdmOperation operation = workers().newOperation();
        return List.of(new Contest(LONG)
                .add(Names.TWO_WORKERS, times -> {
                    for (long i = 0; i < times; i++) {
                        operation.crc32c(buffers.source(), CrcOptions.STANDARD).await();
                    }
                })
                .add(Names.JDK, new Checksums.Jdk(buffers))
                .add(Names.TWO_PLAIN_THREADS, new TwoHalves(
                        new Checksums.Jdk(half(buffers, 0)),
                        new Checksums.Jdk(half(buffers, LONG / 2)))));
    }

    /**
     * Returns the contests of one batch with single reusable operations, on each mover and path.
     */
    static List<Contest> batches(Groups groups) {
        long bytes = 400;
        Contest contest = Contest.ofThreads(bytes);
        add(contest, Names.SYNC, SyncDataMover.open(), bytes);
        add(contest, Names.ON_AUTO, groups.open(DmlPath.AUTO), bytes);
        add(contest, Names.ON_SOFTWARE, groups.open(DmlPath.SOFTWARE), bytes);
        add(contest, Names.TWO_WORKERS, workers(), bytes);
        return List.of(contest);
    }

    private static void add(Contest contest, String mover, Vdm vdm, long bytes) {
        Buffers buffers = Buffers.of(COPIES * bytes);
        contest.add(Names.batchOn(mover),
                new SmallCopies.Batched(vdm, false, buffers, COPIES, bytes));
        contest.add(Names.reusableOn(mover),
                new SmallCopies.Reusable(vdm, buffers, COPIES, bytes));
    }

    /**
     * Returns the contest about eviction. The copies of all pages are in flight at once.
     */
    static List<Contest> evictions(Groups groups) {
        Buffers buffers = Buffers.of((long) IN_FLIGHT * PAGE);
        MemorySegment[] to = SmallCopies.slices(buffers.destination(), IN_FLIGHT, PAGE);
        MemorySegment[] from = SmallCopies.slices(buffers.source(), IN_FLIGHT, PAGE);
        Vdm mover = workers();
        VdmOperation[] operations = new VdmOperation[IN_FLIGHT];
        for (int i = 0; i < IN_FLIGHT; i++) {
            operations[i] = mover.newOperation();
        }
        ExecutorService threads = Executors.newFixedThreadPool(WORKERS);
        return List.of(new Contest(PAGE)
                .add(Names.TWO_WORKERS, times -> {
                    for (long t = 0; t < times; t++) {
                        for (int i = 0; i < IN_FLIGHT; i++) {
                            operations[i].memcpy(to[i], from[i], VdmFlags.NONE).start();
                        }
                        for (VdmOperation operation : operations) {
                            operation.await();
                        }
                    }
                })
                .add(Names.RUN_ASYNC, times -> {
                    for (long t = 0; t < times; t++) {
                        CompletableFuture<?>[] futures = new CompletableFuture<?>[IN_FLIGHT];
                        for (int i = 0; i < IN_FLIGHT; i++) {
                            MemorySegment destination = to[i];
                            MemorySegment source = from[i];
                            futures[i] = CompletableFuture.runAsync(
                                    () -> destination.copyFrom(source), threads);
                        }
                        CompletableFuture.allOf(futures).join();
                    }
                }));
    }

    /** Runs two contestants at the same time, on this thread and on a new thread. */
    private record TwoHalves(Contestant mine, Contestant other) implements Contestant {
        @Override
        public void run(long times) throws Throwable {
            Thread helper = Thread.ofPlatform().start(() -> {
                try {
                    other.run(times);
                } catch (Throwable e) {
                    throw new AssertionError(e);
                }
            });
            mine.run(times);
            helper.join();
        }
    }
}
