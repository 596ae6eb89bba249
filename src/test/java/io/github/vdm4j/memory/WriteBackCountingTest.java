package io.github.vdm4j.memory;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.vdm4j.Vdm;
import io.github.vdm4j.VdmFlags;
import io.github.vdm4j.VdmFuture;
import io.github.vdm4j.VdmOperationType;
import io.github.vdm4j.VdmOutput;
import io.github.vdm4j.VdmResult;
import io.github.vdm4j.dml.DmlDataMoverBuilder;
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
import java.nio.channels.FileChannel;
import java.nio.channels.FileChannel.MapMode;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Random;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.EdgeCasesMode;
import net.jqwik.api.ForAll;
import net.jqwik.api.Label;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.lifecycle.AfterContainer;
import net.jqwik.api.lifecycle.BeforeContainer;

/** A count of the writes and write-backs of each byte, in their order. */
@Label("Every byte that a durable operation writes is written back after it, and nothing else is")
class WriteBackCountingTest {
    private static final long LINE = 64;
    private static final long PAGE = 4096;
    private static final int SIZE = 20_000;
    private static final long DURABLE_AND_READBACK = 0x8000 | 0x4000;

    /** All tries share one simulation and file, because they take long to create. */
    private static final SimulatedDml DML = new SimulatedDml().withHardware();

    private static final Arena ARENA = Arena.ofShared();
    private static MemorySegment mapped;
    private static MemorySegment memory;
    private static MemorySegment elsewhere;

    enum Mover {
        SYNC, THREADS, DML_SOFTWARE, DML_HARDWARE, DML_AUTO
    }

    /** An event of a range of addresses. The events are in the order of their ends. */
    private record Event(String what, long from, long to) {
        boolean covers(long address) {
            return from <= address && address < to;
        }
    }

    private final List<Event> events = new ArrayList<>();

    @BeforeContainer
    static void makeMemory() throws IOException {
        Path file = Files.createTempFile("vdm4j-counting", "");
        Files.write(file, new byte[SIZE]);
        try (FileChannel channel = FileChannel.open(
                file, StandardOpenOption.READ, StandardOpenOption.WRITE,
                StandardOpenOption.DELETE_ON_CLOSE)) {
            mapped = channel.map(MapMode.READ_WRITE, 0, SIZE, ARENA);
        }
        memory = ARENA.allocate(SIZE, PAGE);
        elsewhere = ARENA.allocate(SIZE);
    }

    @AfterContainer
    static void noRuleWasBroken() {
        DML.close();
        ARENA.close();
    }

    private void happened(String what, long from, long length) {
        synchronized (events) {
            events.add(new Event(what, from, from + length));
        }
    }

    /** Plans a device that records each operation at its end. Its queue is sometimes full. */
    private Plan plan(Submission submission, Random random, boolean mayRefuse) {
        if (mayRefuse && submission.path() == DmlPath.HARDWARE && random.nextInt(3) == 0) {
            return Plan.refuse(dml_h.DML_STATUS_WORK_QUEUES_NOT_AVAILABLE);
        }
        boolean durable = (submission.flags() & DURABLE_AND_READBACK) == DURABLE_AND_READBACK;
        String what = submission.is(dml_h.DML_OP_CACHE_FLUSH)
                ? "flush"
                : durable && submission.path() == DmlPath.HARDWARE ? "durable write" : "write";
        return Plan.succeed()
                .afterChecks(random.nextInt(3))
                .afterwards(() -> happened(what, submission.destination(), submission.length()));
    }

    private Vdm open(Mover mover, int limit, Random random, Durability engines) {
        DML.forget();
        DML.always(submission -> submission.is(dml_h.DML_OP_NOP)
                ? Plan.succeed()
                : plan(submission, random, mover == Mover.DML_AUTO));
        DmlDataMoverBuilder builder =
                DmlMovers.builder(engines)
                        .library(DML.library())
                        .slots(2)
                        .maxTransferBytes(limit * LINE)
                        .nativeMemoryIsPersistent(true);
        return switch (mover) {
            case SYNC -> JvmMovers.sync(engines.nativeMemoryIsPersistent(true));
            case THREADS -> JvmMovers.threads(engines, 1, true);
            case DML_SOFTWARE -> builder.path(DmlPath.SOFTWARE).open();
            case DML_HARDWARE -> DmlMovers.openUntried(builder);
            case DML_AUTO -> builder.path(DmlPath.AUTO).open();
        };
    }

    @Provide
    Arbitrary<VdmOperationType> moves() {
        return Arbitraries.of(EnumSet.range(VdmOperationType.MEMCPY, VdmOperationType.FLUSH));
    }

    @Property(tries = 1500, edgeCases = EdgeCasesMode.NONE)
    void writeBackCoversEveryWrittenByte(
            @ForAll Mover which,
            @ForAll("moves") VdmOperationType type,
            @ForAll boolean inAFile,
            @ForAll boolean libpmem,
            @ForAll @IntRange(max = 9_000) int offset,
            @ForAll @IntRange(min = 1, max = 9_000) int longest,
            @ForAll @IntRange(min = 1, max = 200) int limit,
            @ForAll @IntRange(min = -300, max = 300) int shift,
            @ForAll long seed) {
        Random random = new Random(seed);
        int length = 1 + random.nextInt(longest);
        MemorySegment whole = inAFile ? mapped : memory;
        MemorySegment range = whole.asSlice(offset, length);
        MemorySegment source = type == VdmOperationType.MEMMOVE
                ? whole.asSlice(Math.max(0, offset + shift), length)
                : elsewhere.asSlice(0, length);
        events.clear();
        var log = new WriteBackLog();
        log.whenever((kind, back) -> happened(
                kind == WriteBackKind.PAGES ? "pages" : "lines", back.address(), back.byteSize()));
        boolean byThreads = which == Mover.SYNC || which == Mover.THREADS;
        try (Vdm mover = open(which, limit, random, log.engines(libpmem))) {
            if (!mover.isSupported(VdmFlags.MEM_DURABLE, range)) {
                assertTrue(byThreads && !inAFile && !libpmem);
                return;
            }
            if (byThreads && type != VdmOperationType.FLUSH) {
                // The write comes before every write-back. DurabilityTableTest asserts this on the
                // bytes.
                happened("write", range.address(), length);
            }
            VdmFuture<VdmOutput> future = switch (type) {
                case MEMCPY -> mover.memcpy(range, source, VdmFlags.MEM_DURABLE);
                case MEMMOVE -> mover.memmove(range, source, VdmFlags.MEM_DURABLE);
                case MEMSET -> mover.memset(range, (byte) seed, VdmFlags.MEM_DURABLE);
                case FLUSH -> mover.flush(range);
                default -> throw new AssertionError(type);
            };
            while (future.poll() != FutureState.COMPLETE) {
                Thread.onSpinWait();
            }
            assertEquals(VdmResult.SUCCESS, future.result());
        }
        DML.assertClean();
        check(range, type == VdmOperationType.FLUSH, inAFile);
    }

    private void check(MemorySegment range, boolean flush, boolean pages) {
        long from = range.address();
        long to = from + range.byteSize();
        for (long address = from; address < to; address++) {
            int written = flush ? -2 : -1;
            int durable = -1;
            for (int i = 0; i < events.size(); i++) {
                Event event = events.get(i);
                if (!event.covers(address)) {
                    continue;
                }
                if (event.what().endsWith("write")) {
                    written = i;
                }
                boolean reaches = switch (event.what()) {
                    case "pages" -> pages;
                    case "lines", "flush" -> !pages;
                    case "durable write" -> !pages;
                    default -> false;
                };
                durable = reaches ? i : durable;
            }
            assertTrue(written != -1, "not written");
            boolean after = durable > written || durable == written && durable >= 0;
            assertTrue(after, "byte " + (address - from) + " of " + (to - from) + ": " + events);
        }
        for (Event event : events) {
            switch (event.what()) {
                case "flush" -> {
                    assertTrue(event.from() % LINE == 0 && event.to() % LINE == 0,
                            "half a line: " + event);
                    assertTrue(
                            event.from() >= (from & -LINE) && event.to() <= (to + LINE - 1 & -LINE),
                            "beside the covering lines: " + event);
                }
                // The argument must be exactly the range, because these engines cover whole lines
                // and pages.
                case "lines", "pages" ->
                    assertTrue(event.from() == from && event.to() == to, "more: " + event);
                default -> assertTrue(event.from() >= from && event.to() <= to,
                        "written beside: " + event);
            }
        }
        long flushed = events.stream()
                .filter(e -> e.what().equals("flush"))
                .mapToLong(e -> e.to() - e.from())
                .sum();
        assertTrue(flushed == 0 || flushed == (to + LINE - 1 & -LINE) - (from & -LINE),
                "flushed twice");
    }
}
