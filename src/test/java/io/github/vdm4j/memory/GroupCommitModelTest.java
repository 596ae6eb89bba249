package io.github.vdm4j.memory;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.vdm4j.BatchResult;
import io.github.vdm4j.Vdm;
import io.github.vdm4j.VdmException;
import io.github.vdm4j.VdmFlags;
import io.github.vdm4j.VdmFuture;
import io.github.vdm4j.VdmResult;
import io.github.vdm4j.dml.DmlDataMover;
import io.github.vdm4j.dml.DmlMovers;
import io.github.vdm4j.dml.DmlPath;
import io.github.vdm4j.dml.simulated.Plan;
import io.github.vdm4j.dml.simulated.SimulatedDml;
import io.github.vdm4j.future.FutureState;
import io.github.vdm4j.mover.JvmMovers;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.channels.FileChannel;
import java.nio.channels.FileChannel.MapMode;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import net.jqwik.api.EdgeCasesMode;
import net.jqwik.api.ForAll;
import net.jqwik.api.Label;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.lifecycle.AfterContainer;

/**
 * A model of users who append to a file through several movers on several threads. In some runs the
 * storage fails. It keeps the content that the memory had at the beginning of a force. The oracle
 * requires three things. No operation succeeds without such a force. Each operation completes once.
 * No task behind a fence is durable before the tasks before the fence.
 */
@Label("Forces that operations share")
class GroupCommitModelTest {
    private static final int USERS = 6;
    /** A record of a user, and the header behind its fence, on pages that users share. */
    private static final int SLOT = 1_000;
    private static final int SIZE = 2 * USERS * SLOT;
    private static final SimulatedDml DML = new SimulatedDml().withHardware();
    private static final List<Path> NAMES = new ArrayList<>();

    @AfterContainer
    static void noRuleWasBroken() throws IOException {
        DML.close();
        // Delete the file at the end, because the kernel would reuse its inode number.
        for (Path name : NAMES) {
            Files.delete(name);
        }
    }

    /** The storage of a file, by page. */
    private static final class Storage {
        private final MemorySegment memory;
        private final byte[] survives = new byte[SIZE];
        private final AtomicInteger untilFailure;
        private final int pauses;
        private volatile boolean failed;

        Storage(MemorySegment memory, int untilFailure, int pauses) {
            this.memory = memory;
            this.untilFailure = new AtomicInteger(untilFailure);
            this.pauses = pauses;
        }

        void force(MemorySegment range) throws IOException {
            long begin = Math.max(0, (range.address() & -4096) - memory.address());
            long end = Math.min(SIZE,
                    (range.address() + range.byteSize() + 4095 & -4096) - memory.address());
            byte[] before = memory.asSlice(begin, end - begin).toArray(ValueLayout.JAVA_BYTE);
            for (int i = 0; i < pauses; i++) {
                Thread.yield();
            }
            if (untilFailure.getAndDecrement() == 0) {
                failed = true;
                throw new IOException("Input/output error");
            }
            synchronized (this) {
                for (int i = 0; i < before.length; i++) {
                    int at = (int) begin + i;
                    survives[at] = (byte) Math.max(survives[at], before[i]);
                }
            }
        }

        synchronized byte at(int offset) {
            return survives[offset];
        }
    }

    private static DmlDataMover open(DmlPath path, Durability engines) {
        return DmlMovers.builder(engines)
                .library(DML.library())
                .path(path)
                .slots(4)
                .workersFrom(2_000)
                .open();
    }

    @Property(tries = 25, edgeCases = EdgeCasesMode.NONE)
    void forcesCoverEveryDurableByte(
            @ForAll long seed, @ForAll @IntRange(min = 1, max = 6) int rounds)
            throws IOException, InterruptedException {
        Random random = new Random(seed);
        DML.forget();
        DML.always(Plan.succeed().afterChecks(random.nextInt(3)));
        Path name = Files.createTempFile("vdm4j-groups", "");
        NAMES.add(name);
        Files.write(name, new byte[SIZE]);
        try (Arena arena = Arena.ofShared();
                FileChannel channel = FileChannel.open(
                        name, StandardOpenOption.READ, StandardOpenOption.WRITE)) {
            MemorySegment memory = channel.map(MapMode.READ_WRITE, 0, SIZE, arena);
            var storage = new Storage(memory, random.nextInt(3) == 0 ? random.nextInt(10) : -1,
                    random.nextInt(20));
            Durability engines = new WriteBackLog().storage(storage::force).engines(false);
            List<Vdm> movers = List.of(
                    JvmMovers.threads(engines, 2),
                    JvmMovers.builder(engines).threads(1).forceWait(Duration.ZERO).open(),
                    JvmMovers.sync(engines),
                    open(DmlPath.SOFTWARE, engines),
                    open(DmlPath.HARDWARE, engines));
            try {
                new Run(storage, movers, rounds).run(random);
            } finally {
                movers.forEach(Vdm::close);
            }
        }
        DML.assertClean();
    }

    private static final class Run {
        private final Storage storage;
        private final List<Vdm> movers;
        private final int rounds;
        private final ConcurrentLinkedQueue<Throwable> broken = new ConcurrentLinkedQueue<>();
        private final AtomicInteger started = new AtomicInteger();
        private final AtomicInteger completed = new AtomicInteger();

        Run(Storage storage, List<Vdm> movers, int rounds) {
            this.storage = storage;
            this.movers = movers;
            this.rounds = rounds;
        }

        void run(Random random) throws InterruptedException {
            List<Thread> users = new ArrayList<>();
            for (int i = 0; i < USERS; i++) {
                int user = i;
                Random own = new Random(random.nextLong());
                Runnable appending = () -> {
                    try {
                        append(user, own);
                    } catch (Throwable e) {
                        broken.add(e);
                    }
                };
                users.add(random.nextBoolean() ? Thread.startVirtualThread(appending)
                        : Thread.ofPlatform().start(appending));
            }
            for (Thread user : users) {
                assertTrue(user.join(Duration.ofSeconds(30)), "an operation hangs");
            }
            for (Throwable e : broken) {
                throw new AssertionError("a user failed", e);
            }
            assertEquals(started.get(), completed.get());
        }

        private void append(int user, Random random) {
            int record = 2 * user * SLOT;
            int header = record + SLOT;
            for (byte round = 1; round <= rounds; round++) {
                Vdm mover = movers.get(random.nextInt(movers.size()));
                boolean batch = random.nextBoolean();
                VdmFuture<?> future = batch
                        ? mover.batch()
                                .memset(slot(record), round, VdmFlags.MEM_DURABLE)
                                .fence()
                                .memset(slot(header), round, VdmFlags.MEM_DURABLE)
                                .submit()
                        : mover.memset(slot(record), round, VdmFlags.MEM_DURABLE);
                if (!succeeds(future, random)) {
                    assertTrue(storage.failed, () -> "failed on good storage: " + future.failure());
                    return;
                }
                for (int i = 0; i < SLOT; i++) {
                    assertEquals(round, storage.at(record + i), "a byte of a record is lost");
                    if (batch) {
                        assertEquals(round, storage.at(header + i), "a byte of a header is lost");
                    }
                }
                assertTrue(storage.at(header) <= storage.at(record), "the fence was overtaken");
            }
        }

        private MemorySegment slot(int offset) {
            return storage.memory.asSlice(offset, SLOT);
        }

        private boolean succeeds(VdmFuture<?> future, Random random) {
            started.incrementAndGet();
            CompletableFuture<?> counted = future.toCompletableFuture()
                    .handle((output, failure) -> completed.incrementAndGet());
            switch (random.nextInt(3)) {
                case 0 -> {
                    try {
                        future.await();
                    } catch (VdmException e) {
                        assertEquals(future.result(), e.result());
                    }
                }
                case 1 -> {
                    while (future.poll() != FutureState.COMPLETE) {
                        Thread.yield();
                    }
                }
                default -> counted.join();
            }
            counted.join();
            return future.result() == VdmResult.SUCCESS
                    && (!(future.output() instanceof BatchResult tasks) || tasks.isSuccess());
        }
    }
}
