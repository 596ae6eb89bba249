package io.github.vdm4j.dml;

import io.github.vdm4j.DurabilityDomain;
import io.github.vdm4j.Vdm;
import io.github.vdm4j.VdmFlags;
import io.github.vdm4j.VdmFuture;
import io.github.vdm4j.VdmResult;
import io.github.vdm4j.buffer.OffHeapBuffer;
import io.github.vdm4j.dml.simulated.Plan;
import io.github.vdm4j.dml.simulated.SimulatedDml;
import io.github.vdm4j.future.FutureState;
import io.github.vdm4j.memory.Durability;
import io.github.vdm4j.mover.SyncDataMover;
import io.github.vdm4j.mover.ThreadsDataMover;
import io.github.vdm4j.operation.CrcOptions;
import io.github.vdm4j.operation.DifBlockSize;
import io.github.vdm4j.operation.DifConfig;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.EnumMap;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.concurrent.atomic.AtomicReference;

/**
 * A program that closes arenas and buffers at random moments around an operation. A thread starts
 * and polls the operation, and a second thread closes its memory. {@link LifetimeHuntIT} runs this
 * in a separate JVM.
 *
 * <p>Arguments: {@code real} or {@code simulated}, seed, tries, milliseconds. The simulated library
 * has hardware, too. On hardware the thread closes only buffers, because operations hold no arenas
 * there.
 */
final class LifetimeHunt {
    private static final int LARGEST = 256 << 10;

    /**
     * The longest wait of the closing thread, in rounds of a spin loop. It is about the time of an
     * operation.
     */
    private static final int LONGEST_WAIT = 3_000;

    /**
     * The memory that the closing thread closes, and the rounds that it waits before the closing.
     */
    private record Closing(AutoCloseable memory, boolean onlyTry, int rounds) {}

    private final SplittableRandom random;
    private final SimulatedDml dml;
    private final Vdm[] movers;
    private final Path file;
    private final AtomicReference<Closing> toClose = new AtomicReference<>();
    private final AtomicReference<Throwable> unexpected = new AtomicReference<>();
    private final Map<VdmResult, Integer> results = new EnumMap<>(VdmResult.class);
    private final MemorySegment kept = Arena.global().allocate(LARGEST, 64);
    private final MemorySegment apart = Arena.global().allocate(LARGEST, 64);
    private int refusedAtTheCall;
    private volatile boolean ended;
    private volatile boolean closing;

    /**
     * The number of closed memories. The closing thread sets it during the operation or shortly
     * after.
     */
    private volatile int closed;

    private volatile int closesRefused;

    private LifetimeHunt(boolean simulated, long seed) throws IOException {
        random = new SplittableRandom(seed);
        file = Files.createTempFile(Path.of(""), "hunt", "").toAbsolutePath();
        Files.write(file, new byte[LARGEST]);
        dml = simulated ? new SimulatedDml().withHardware() : null;
        movers = simulated
                ? new Vdm[]{builder(DmlPath.HARDWARE).open(),
                    builder(DmlPath.SOFTWARE).workersFrom(4_096).open()}
                : new Vdm[]{DmlDataMover.open(DmlPath.SOFTWARE),
                    DmlDataMover.builder().maxTransferBytes(4096).workersFrom(16_384).open(),
                    ThreadsDataMover.builder().threads(1).open(), SyncDataMover.open()};
    }

    private DmlDataMoverBuilder builder(DmlPath path) {
        return DmlDataMover.builder()
                .library(dml.library())
                .path(path)
                .slots(8)
                .maxTransferBytes(64 << 10)
                .durability(Durability.withoutLibpmem());
    }

    public static void main(String[] arguments) throws Exception {
        System.out.println("seed " + arguments[1]);
        int tries = Integer.parseInt(arguments[2]);
        var hunt = new LifetimeHunt(arguments[0].equals("simulated"), Long.parseLong(arguments[1]));
        Thread closer = Thread.ofPlatform().daemon().start(hunt::close);
        long deadline = System.nanoTime() + Long.parseLong(arguments[3]) * 1_000_000;
        int tried = 0;
        while (tried < tries && System.nanoTime() < deadline && hunt.unexpected.get() == null) {
            hunt.attempt();
            tried++;
        }
        hunt.ended = true;
        closer.join();
        for (Vdm mover : hunt.movers) {
            mover.close();
        }
        if (hunt.dml != null) {
            hunt.dml.close();
        }
        System.out.printf(
                "%d tries, results %s, refused at the call: %d, closed by the other thread: %d, "
                        + "closing refused: %d%n",
                tried,
                hunt.results,
                hunt.refusedAtTheCall,
                hunt.closed,
                hunt.closesRefused);
        if (hunt.unexpected.get() != null) {
            hunt.unexpected.get().printStackTrace(System.out);
            System.exit(3);
        }
    }

    /** The closing thread. It closes the memory of the current operation after a random wait. */
    private void close() {
        while (!ended) {
            // Set the flag before the thread takes the memory. A check then always sees it.
            closing = true;
            Closing next = toClose.getAndSet(null);
            if (next == null) {
                closing = false;
                Thread.onSpinWait();
                continue;
            }
            for (int i = 0; i < next.rounds(); i++) {
                Thread.onSpinWait();
            }
            try {
                close(next);
                closed++;
            } catch (Throwable e) {
                unexpected.compareAndSet(null, e);
            }
            closing = false;
        }
    }

    private void close(Closing closing) throws Exception {
        if (closing.memory() instanceof OffHeapBuffer buffer) {
            if (closing.onlyTry() && !buffer.tryClose()) {
                closesRefused++;
            }
            buffer.close();
            return;
        }
        for (boolean done = false; !done;) {
            try {
                closing.memory().close();
                done = true;
            } catch (IllegalStateException e) {
                closesRefused++; // The operation holds the arena.
                Thread.yield();
            }
        }
    }

    private void attempt() throws Exception {
        int which = random.nextInt(movers.length);
        Vdm mover = movers[which];
        boolean onHardware = dml != null && which == 0;
        int size = random.nextInt(8) == 0 ? random.nextInt(1, LARGEST) : random.nextInt(1, 8192);
        AutoCloseable memory;
        MemorySegment whole;
        if (onHardware || random.nextBoolean()) {
            OffHeapBuffer buffer = switch (random.nextInt(20)) {
                case 0 -> OffHeapBuffer.map(file, 0, size);
                case 1, 2, 3, 4 ->
                    OffHeapBuffer.wrap(kept.asSlice(0, size), DurabilityDomain.CACHE_LINE);
                default -> OffHeapBuffer.allocate(size);
            };
            whole = buffer.segment();
            memory = buffer;
        } else {
            Arena arena = Arena.ofShared();
            whole = arena.allocate(size, 64);
            memory = arena::close;
        }
        if (dml != null) {
            while (closing) {
                Thread.onSpinWait(); // The simulation must know the allowed memory.
            }
            dml.forget();
            int checks = random.nextInt(20);
            dml.always(submission -> Plan.succeed().afterChecks(checks));
            dml.allow(whole);
            dml.allow(kept); // An operation may begin on the memory after its buffer is closed.
        }
        var offered = new Closing(memory, random.nextInt(4) == 0, random.nextInt(LONGEST_WAIT));
        toClose.set(offered);
        try {
            poll(random.nextBoolean() ? make(mover, whole) : makeData(mover, whole));
        } catch (IllegalStateException e) {
            refusedAtTheCall++;
        }
        if (toClose.compareAndSet(offered, null)) {
            close(offered); // The closing thread was busy or not running.
        }
        // If closing an arena ends an access to its segment, the JVM interrupts the thread.
        Thread.interrupted();
    }

    private VdmFuture<?> make(Vdm mover, MemorySegment whole) {
        long half = whole.byteSize() / 2;
        VdmFlags flags = random.nextInt(8) == 0 ? VdmFlags.MEM_DURABLE : VdmFlags.NONE;
        return switch (random.nextInt(8)) {
            case 0 -> mover.flush(whole);
            case 1, 2 -> mover.memset(whole, (byte) 1, flags);
            case 3, 4 ->
                mover.memmove(whole.asSlice(half / 2, half), whole.asSlice(0, half), flags);
            default -> mover.memcpy(whole.asSlice(half, half), whole.asSlice(0, half), flags);
        };
    }

    private VdmFuture<?> makeData(Vdm mover, MemorySegment whole) {
        long half = whole.byteSize() / 2;
        MemorySegment first = whole.asSlice(0, half);
        MemorySegment second = whole.asSlice(half, half);
        VdmFlags flags = random.nextInt(8) == 0 ? VdmFlags.MEM_DURABLE : VdmFlags.NONE;
        long block = half / 520;
        MemorySegment blocks = whole.asSlice(0, 520 * block);
        DifConfig config = DifConfig.of(DifBlockSize.BYTES_512);
        return switch (random.nextInt(dml == null ? 9 : 8)) {
            case 0 -> mover.fill(whole, 0x0102030405060708L, flags);
            case 1 -> mover.compare(first, second);
            case 2 -> mover.comparePattern(whole, 0);
            case 3 -> mover.copyCrc32c(first, second, CrcOptions.STANDARD, flags);
            case 4 ->
                mover.difInsert(blocks, whole.asSlice(520 * block, 512 * block), config, flags);
            case 5 -> mover.difCheck(blocks, config);
            case 6, 7 -> mover.crc32c(whole);
            default -> mover.applyDelta(words(second.byteSize(), apart),
                    words(half / 10 * 10, whole), flags);
        };
    }

    /** Returns at most the given number of bytes, aligned for a delta. */
    private static MemorySegment words(long bytes, MemorySegment memory) {
        long words = Math.min(bytes, memory.byteSize()) / 40 * 40;
        return memory.asSlice(0, words);
    }

    /**
     * Polls most operations to completion and drops the rest. The thread that closes the memory
     * must finish the dropped operations.
     */
    private void poll(VdmFuture<?> operation) {
        int polls = random.nextInt(4) == 0 ? random.nextInt(3) : Integer.MAX_VALUE;
        for (int i = 0; i < polls; i++) {
            if (operation.poll() == FutureState.COMPLETE) {
                VdmResult result = operation.result();
                results.merge(result, 1, Integer::sum);
                if (result != VdmResult.SUCCESS
                        && result != VdmResult.SEGMENT_UNUSABLE
                        && result != VdmResult.UNSUPPORTED
                        && result != VdmResult.INVALID_DATA) {
                    unexpected.compareAndSet(null, operation.failure());
                }
                return;
            }
            Thread.onSpinWait();
        }
    }
}
