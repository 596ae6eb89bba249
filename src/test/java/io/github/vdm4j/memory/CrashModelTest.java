package io.github.vdm4j.memory;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.github.vdm4j.Vdm;
import io.github.vdm4j.VdmFlags;
import io.github.vdm4j.VdmFuture;
import io.github.vdm4j.VdmOperationType;
import io.github.vdm4j.VdmOutput;
import io.github.vdm4j.VdmResult;
import io.github.vdm4j.dml.DmlDataMover;
import io.github.vdm4j.dml.DmlMovers;
import io.github.vdm4j.dml.DmlPath;
import io.github.vdm4j.dml.ffi.dml_h;
import io.github.vdm4j.dml.simulated.Plan;
import io.github.vdm4j.dml.simulated.SimulatedDml;
import io.github.vdm4j.dml.simulated.Submission;
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
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import net.jqwik.api.EdgeCasesMode;
import net.jqwik.api.ForAll;
import net.jqwik.api.Label;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.lifecycle.AfterContainer;

/**
 * A model of a power cut. Its persistence domain keeps only the bytes that were written back before
 * the cut. Random durable and ordinary operations of all movers are in flight together and are
 * polled in any order. In some runs a write-back of the file fails, and the kernel drops its pages.
 */
@Label("After a crash at any point")
class CrashModelTest {
    private static final int SIZE = 3 * 4096 + 100;
    private static final long DURABLE_AND_READBACK = 0x8000 | 0x4000;

    private static final SimulatedDml DML = new SimulatedDml().withHardware();
    private static final List<Path> NAMES = new ArrayList<>();
    private static Place file;
    private static Place persistentMemory;

    /** Memory, and its content after a power cut. */
    private static final class Place {
        private final MemorySegment memory;
        private final long grain;
        private final byte[] survives;

        /** The pages or lines that the kernel has dropped. */
        private final boolean[] dropped;

        Place(MemorySegment memory, long grain) {
            this.memory = memory;
            this.grain = grain;
            survives = new byte[(int) memory.byteSize()];
            dropped = new boolean[(int) (memory.byteSize() / grain) + 1];
        }

        /** Copies the current content of every line or page that the range touches. */
        synchronized void writeBack(long address, long length) {
            long from = Math.max(address & -grain, memory.address()) - memory.address();
            long to = Math.min(address + length + grain - 1 & -grain, memory.address() + SIZE)
                    - memory.address();
            for (long at = Math.max(from, 0); at < Math.min(to, SIZE);) {
                int place = (int) (at / grain);
                long next = Math.min((place + 1) * grain, SIZE);
                if (!dropped[place]) {
                    MemorySegment.copy(memory, at, MemorySegment.ofArray(survives), at, next - at);
                }
                at = next;
            }
        }

        /** Drops the pages. This write-back and later write-backs skip them. */
        synchronized void drop(long address, long length) {
            long from = address - memory.address();
            for (long place = from / grain; place <= (from + length - 1) / grain; place++) {
                dropped[(int) place] = true;
            }
        }

        /** Writes bytes durably like a device. It does not write the rest of their lines. */
        synchronized void write(long address, long length) {
            long from = address - memory.address();
            if (from >= 0 && from + length <= SIZE) {
                MemorySegment.copy(memory, from, MemorySegment.ofArray(survives), from, length);
            }
        }

        synchronized byte[] afterACrash() {
            return survives.clone();
        }
    }

    /** An operation that was polled at least once and is not known to be complete. */
    private record InFlight(
            VdmFuture<VdmOutput> future, Place place, int to, int from, int length, boolean durable,
            boolean writes, boolean afterFailure) {
        boolean meets(Place other, int start, int size) {
            return place == other
                    && (start < to + length && to < start + size
                            || from >= 0 && start < from + length && from < start + size);
        }
    }

    private static void makePlaces(Arena arena) throws IOException {
        Path name = Files.createTempFile("vdm4j-crash", "");
        // Delete the file at the end, because the kernel would reuse its inode number.
        NAMES.add(name);
        Files.write(name, new byte[SIZE]);
        try (FileChannel channel =
                FileChannel.open(name, StandardOpenOption.READ, StandardOpenOption.WRITE)) {
            file = new Place(channel.map(MapMode.READ_WRITE, 0, SIZE, arena), 4096);
        }
        persistentMemory = new Place(arena.allocate(SIZE, 64), 64);
    }

    @AfterContainer
    static void noRuleWasBroken() throws IOException {
        DML.close();
        for (Path name : NAMES) {
            Files.delete(name);
        }
    }

    private static void writtenBack(WriteBackKind kind, MemorySegment range) {
        (kind == WriteBackKind.PAGES ? file : persistentMemory).writeBack(range.address(),
                range.byteSize());
    }

    /**
     * Plans a submission. A flush and a device's durable write reach persistent memory. Bytes that
     * are only in a cache are lost.
     */
    private static Plan plan(Submission submission, Random random) {
        Plan plan = Plan.succeed().afterChecks(random.nextInt(4));
        if (submission.is(dml_h.DML_OP_CACHE_FLUSH)) {
            return plan.afterwards(() -> persistentMemory.writeBack(submission.destination(),
                    submission.length()));
        }
        boolean durable = submission.path() == DmlPath.HARDWARE
                && (submission.flags() & DURABLE_AND_READBACK) == DURABLE_AND_READBACK;
        return durable
                ? plan.afterwards(
                        () -> persistentMemory.write(submission.destination(), submission.length()))
                : plan;
    }

    private static DmlDataMover open(DmlPath path, Random random, Durability engines) {
        return DmlMovers.builder(engines)
                .library(DML.library())
                .path(path)
                .slots(64)
                .maxTransferBytes(64L * (1 + random.nextInt(20)))
                .nativeMemoryIsPersistent(true)
                .open();
    }

    @Property(tries = 400, edgeCases = EdgeCasesMode.NONE)
    void durableOperationsSurviveAPowerCut(
            @ForAll long seed, @ForAll @IntRange(min = 1, max = 60) int steps) throws IOException {
        Random random = new Random(seed);
        DML.forget();
        DML.always(submission -> plan(submission, random));
        Arena arena = Arena.ofShared();
        makePlaces(arena);
        // In every fourth run, one of the first write-backs of the file fails.
        var untilFailure = new AtomicInteger(random.nextInt(4) == 0 ? random.nextInt(8) : -1);
        var failed = new AtomicBoolean();
        var log = new WriteBackLog().whenever(CrashModelTest::writtenBack).storage(range -> {
            if (untilFailure.getAndDecrement() == 0) {
                file.drop(range.address(), range.byteSize());
                failed.set(true);
                throw new IOException("Input/output error");
            }
        });
        Vdm[] movers = {
            JvmMovers.sync(log.engines(true).nativeMemoryIsPersistent(true)),
            JvmMovers.threads(log.engines(true), 1, true),
            open(DmlPath.SOFTWARE, random, log.engines(false)),
            open(DmlPath.SOFTWARE, random, log.engines(true)),
            open(DmlPath.HARDWARE, random, log.engines(false))};
        try {
            var run = new Run(random, movers, failed);
            for (int i = 0; i < steps; i++) {
                run.step();
            }
            run.crash();
        } finally {
            for (Vdm mover : movers) {
                mover.close();
            }
            arena.close();
        }
        DML.assertClean();
    }

    /** A run, with the possible values of each byte of the two places. */
    private static final class Run {
        private final Random random;
        private final Vdm[] movers;
        private final AtomicBoolean failed;
        private final Place[] places = {file, persistentMemory};
        private final byte[][] promised = new byte[2][SIZE];
        private final boolean[][] isPromised = new boolean[2][SIZE];
        /** The operation that made each byte durable. */
        private final VdmFuture<?>[][] by = new VdmFuture<?>[2][SIZE];
        private final List<InFlight> inFlight = new ArrayList<>();

        Run(Random random, Vdm[] movers, AtomicBoolean failed) {
            this.random = random;
            this.movers = movers;
            this.failed = failed;
        }

        void step() {
            if (!inFlight.isEmpty() && random.nextInt(2) == 0) {
                poll(inFlight.get(random.nextInt(inFlight.size())));
                return;
            }
            Place place = places[random.nextInt(2)];
            VdmOperationType type = VdmOperationType.values()[random.nextInt(4)];
            int length = 1 + random.nextInt(random.nextBoolean() ? 100 : SIZE / 2);
            int to = random.nextInt(SIZE - length + 1);
            int from = type == VdmOperationType.MEMMOVE ? random.nextInt(SIZE - length + 1) : -1;
            boolean flush = type == VdmOperationType.FLUSH;
            boolean durable = flush || random.nextBoolean();
            // The caller must order operations on the same bytes.
            for (InFlight other : List.copyOf(inFlight)) {
                if (other.meets(place, to, length)
                        || from >= 0 && other.meets(place, from, length)) {
                    while (inFlight.contains(other)) {
                        poll(other);
                    }
                }
            }
            MemorySegment range = place.memory.asSlice(to, length);
            VdmFlags flags = durable ? VdmFlags.MEM_DURABLE : VdmFlags.NONE;
            Vdm mover = movers[random.nextInt(movers.length)];
            VdmFuture<VdmOutput> future = switch (type) {
                case MEMSET -> mover.memset(range, (byte) random.nextInt(), flags);
                case MEMMOVE -> mover.memmove(range, place.memory.asSlice(from, length), flags);
                case MEMCPY -> mover.memcpy(range, noise(length), flags);
                case FLUSH -> mover.flush(range);
                default -> throw new AssertionError(type);
            };
            boolean afterFailure = inFlight.stream().noneMatch(InFlight::durable) && failed.get();
            var operation = new InFlight(
                    future, place, to, from, length, durable, !flush, afterFailure);
            if (operation.writes()) {
                // After the start, a mixture of the old and the new bytes may survive.
                Arrays.fill(isPromised[index(place)], to, to + length, false);
            }
            inFlight.add(operation);
            poll(operation);
        }

        private int index(Place place) {
            return place == file ? 0 : 1;
        }

        private MemorySegment noise(int length) {
            byte[] bytes = new byte[length];
            random.nextBytes(bytes);
            return Arena.ofAuto().allocate(length).copyFrom(MemorySegment.ofArray(bytes));
        }

        private void poll(InFlight operation) {
            if (operation.future().poll() != FutureState.COMPLETE) {
                return;
            }
            inFlight.remove(operation);
            boolean ofFile = operation.durable() && operation.place() == file;
            VdmResult result = operation.future().result();
            if (ofFile && failed.get() && (operation.afterFailure()
                    || result != VdmResult.SUCCESS)) {
                assertEquals(VdmResult.IO_ERROR, result);
                return;
            }
            assertEquals(VdmResult.SUCCESS, result);
            if (operation.durable()) {
                int place = index(operation.place());
                for (int i = operation.to(); i < operation.to() + operation.length(); i++) {
                    promised[place][i] = operation.place().memory.get(ValueLayout.JAVA_BYTE, i);
                    isPromised[place][i] = true;
                    by[place][i] = operation.future();
                }
            }
        }

        void crash() {
            for (int place = 0; place < 2; place++) {
                byte[] survivors = places[place].afterACrash();
                for (int i = 0; i < SIZE; i++) {
                    if (isPromised[place][i] && promised[place][i] != survivors[i]) {
                        assertEquals(promised[place][i], survivors[i],
                                "byte " + i + " of the "
                                        + (place == 0 ? "file" : "persistent memory")
                                        + ", durable by " + by[place][i] + ", storage failed: "
                                        + failed.get());
                    }
                }
            }
        }
    }
}
