package io.github.vdm4j.dml.simulated;

import static io.github.vdm4j.dml.ffi.dml_h.DML_STATUS_OK;
import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;
import static java.lang.foreign.ValueLayout.JAVA_LONG_UNALIGNED;
import static java.lang.foreign.ValueLayout.JAVA_SHORT_UNALIGNED;
import static org.junit.jupiter.api.Assertions.assertEquals;

import io.github.vdm4j.dml.DmlLibrary;
import io.github.vdm4j.dml.RequiresDml;
import io.github.vdm4j.dml.ffi.dml_h;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SymbolLookup;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/**
 * Submits the same random jobs to the simulated and to the real DML. Both must have the same
 * results.
 */
@RequiresDml
@DisplayName("The simulated DML and the software path of the real one")
class SimulatedDmlIT {
    private static final int JOBS = 5_000;
    private static final int BATCHES = 2_000;
    private static final int AREA = 16 * 1024;
    private static final long[] PATTERNS = {0, 0x0101010101010101L, 0x0807060504030201L};
    private static final int[] BLOCKS = {512, 520, 4096, 4104};
    private static final int[] IN_BATCH = {
        SimulatedTask.MEM_MOVE, SimulatedTask.FILL, SimulatedTask.COMPARE,
        SimulatedTask.COMPARE_PATTERN,
        SimulatedTask.DELTA_CREATE, SimulatedTask.DUALCAST, SimulatedTask.CRC,
        SimulatedTask.COPY_CRC};
    private static final int[] OPERATIONS = {
        SimulatedTask.NOP, SimulatedTask.DRAIN, SimulatedTask.MEM_MOVE, SimulatedTask.FILL,
        SimulatedTask.COMPARE,
        SimulatedTask.COMPARE_PATTERN, SimulatedTask.DELTA_CREATE, SimulatedTask.DELTA_APPLY,
        SimulatedTask.DUALCAST, SimulatedTask.CRC, SimulatedTask.COPY_CRC, SimulatedTask.DIF_CHECK,
        SimulatedTask.DIF_INSERT, SimulatedTask.DIF_STRIP, SimulatedTask.DIF_UPDATE,
        SimulatedTask.CACHE_FLUSH};

    private final Arena arena = Arena.ofShared();
    private final Random random = new Random(20261123);
    private final SimulatedDml simulated = new SimulatedDml();
    private Side real;
    private Side simulation;
    private List<Side> sides;

    /**
     * A library and its memory. The memory has three areas at the same offsets. The third area is
     * for operations with two destinations.
     */
    private final class Side {
        final RawJob job;
        final MemorySegment memory = arena.allocate(4 * AREA, 4096);
        final MemorySegment crc = arena.allocate(JAVA_INT);
        final RawBatch batch = new RawBatch(arena, 6);

        Side(SymbolLookup dml) {
            job = new RawJob(dml, arena, dml_h.DML_PATH_SW);
        }
    }

    @BeforeEach
    void open() {
        real = new Side(SymbolLookup.libraryLookup(DmlLibrary.open().location(), Arena.global()));
        simulation = new Side(simulated);
        sides = List.of(real, simulation);
    }

    @AfterEach
    void close() {
        real.job.finish();
        simulation.job.finish();
        simulated.close();
        arena.close();
    }

    /**
     * Fills the memory of both sides. Comparisons and checks end late, because most bytes are
     * equal.
     */
    private void fillMemory() {
        byte[] bytes = new byte[4 * AREA];
        if (random.nextBoolean()) {
            random.nextBytes(bytes);
            if (random.nextInt(4) != 0) {
                System.arraycopy(bytes, 0, bytes, AREA, AREA);
            }
        } else {
            Arrays.fill(bytes, (byte) random.nextInt(2));
        }
        for (int i = random.nextInt(4); i > 0; i--) {
            bytes[random.nextInt(AREA)] ^= 4;
        }
        real.memory.copyFrom(MemorySegment.ofArray(bytes));
        simulation.memory.copyFrom(MemorySegment.ofArray(bytes));
        int seed = random.nextInt();
        real.crc.set(JAVA_INT, 0, seed);
        simulation.crc.set(JAVA_INT, 0, seed);
    }

    /** Describes the same random job of an operation to both sides. */
    private void describe(int operation) {
        int length = 1 + random.nextInt(random.nextInt(10) == 0 ? 4000 : 200);
        long from = random.nextInt(64);
        long to = 2 * AREA + random.nextInt(64);
        long destinationLength = length;
        if (operation == SimulatedTask.MEM_MOVE && random.nextBoolean()) {
            to = random.nextInt(300);
        } else if (operation == SimulatedTask.CACHE_FLUSH) {
            to = to / 64 * 64;
            destinationLength = (destinationLength + 63) / 64 * 64;
        } else if (operation == SimulatedTask.DELTA_CREATE
                || operation == SimulatedTask.DELTA_APPLY) {
            from = from / 8 * 8;
            to = to / 8 * 8;
            length = (length + 7) / 8 * 8;
            destinationLength = 80 + 10L * random.nextInt(20);
        }
        if (operation == SimulatedTask.DELTA_APPLY) {
            destinationLength = length;
            length = 10 * writeRecord(from, length / 8);
        }
        int checked = random.nextBoolean() ? dml_h.DML_FLAG_CHECK_RESULT : 0;
        long flags = operation >= SimulatedTask.COMPARE && operation <= SimulatedTask.DELTA_CREATE
                ? checked
                : operation == SimulatedTask.CRC || operation == SimulatedTask.COPY_CRC
                        ? (long) random.nextInt(8) << 16
                        : 0;
        int expected = operation == SimulatedTask.DELTA_CREATE ? 1 << random.nextInt(3)
                : random.nextInt(2);
        long pattern = PATTERNS[random.nextInt(PATTERNS.length)];
        for (Side side : sides) {
            side.job.describe(operation)
                    .source(side.memory.asSlice(from))
                    .secondSource(side.memory.asSlice(AREA + from))
                    .destination(side.memory.asSlice(to))
                    .secondDestination(side.memory.asSlice(3 * AREA + to % AREA))
                    .sourceLength(length)
                    .destinationLength(destinationLength)
                    .flags(flags)
                    .pattern(pattern)
                    .crc(side.crc)
                    .expected(expected);
        }
    }

    /** Writes blocks with correct or nearly correct protection, and describes the operation. */
    private void describeDif(int operation) {
        int size = random.nextInt(4);
        int block = BLOCKS[size];
        int blocks = 1 + random.nextInt(size < 2 ? 4 : 2);
        int flags = (random.nextBoolean() ? random.nextInt(256) : 0)
                | (random.nextBoolean() ? random.nextInt(256) << 8 & 0xF800 : 0)
                | random.nextInt(4) << 18;
        int reference = random.nextInt(5) == 0 ? -1 : random.nextInt();
        int application = random.nextInt(5) == 0 ? 0xFFFF : random.nextInt(1 << 16);
        int mask = random.nextInt(3) == 0 ? random.nextInt(1 << 16) : 0;
        boolean insert = operation == SimulatedTask.DIF_INSERT;
        for (Side side : sides) {
            if (!insert) {
                side.job.describe(SimulatedTask.DIF_INSERT)
                        .source(side.memory.asSlice(AREA))
                        .destination(side.memory)
                        .sourceLength((long) blocks * block)
                        .dif(size, flags)
                        .destinationTags(reference, application, mask);
                assertEquals(DML_STATUS_OK, side.job.run());
            }
        }
        long spoilt = random.nextInt(blocks * (block + 8));
        if (random.nextInt(4) == 0) {
            sides.forEach(side -> side.memory.set(JAVA_BYTE, spoilt, (byte) 0x5A));
        } else if (random.nextInt(8) == 0) {
            sides.forEach(side -> side.memory.asSlice(block, 8).fill((byte) -1));
        }
        for (Side side : sides) {
            side.job.describe(operation)
                    .source(side.memory)
                    .destination(side.memory.asSlice(2 * AREA))
                    .sourceLength((long) blocks * (block + (insert ? 0 : 8)))
                    .dif(size, flags)
                    .sourceTags(reference, application, mask)
                    .destinationTags(~reference, ~application, mask);
        }
    }

    /**
     * Writes a delta record that is correct for a number of blocks, and returns its number of
     * entries.
     */
    private int writeRecord(long at, int blocks) {
        int entries = 0;
        for (int block = 0; block < blocks; block++) {
            if (entries == 0 || random.nextInt(4) == 0) {
                long entry = at + 10L * entries++;
                for (Side side : sides) {
                    side.memory.set(JAVA_SHORT_UNALIGNED, entry, (short) block);
                    side.memory.set(JAVA_LONG_UNALIGNED, entry + 2, 77L * block);
                }
            }
        }
        return entries;
    }

    /** Runs an operation and returns its status, its results and every byte of the memory. */
    private Map<String, Object> run(Side side, int operation) {
        var outcome = new HashMap<String, Object>();
        outcome.put("status", side.job.run());
        boolean compares =
                operation >= SimulatedTask.COMPARE && operation <= SimulatedTask.DELTA_CREATE;
        boolean dif = operation >= SimulatedTask.DIF_CHECK && operation <= SimulatedTask.DIF_UPDATE;
        if (compares || dif && operation != SimulatedTask.DIF_INSERT) {
            outcome.put("result", side.job.result());
        }
        if (compares && operation != SimulatedTask.DELTA_CREATE || dif) {
            outcome.put("offset", side.job.offset());
        }
        if (operation == SimulatedTask.DELTA_CREATE) {
            outcome.put("size", side.job.destinationLength());
        }
        outcome.put("crc", side.crc.get(JAVA_INT, 0));
        outcome.put("status byte", side.job.record().get(JAVA_BYTE, 0));
        return outcome;
    }

    @Test
    void randomJobsEndAlike() {
        Map<String, Integer> endings = new TreeMap<>();
        for (int i = 0; i < JOBS; i++) {
            fillMemory();
            int operation = OPERATIONS[random.nextInt(OPERATIONS.length)];
            if (operation >= SimulatedTask.DIF_CHECK && operation <= SimulatedTask.DIF_UPDATE) {
                describeDif(operation);
            } else {
                describe(operation);
            }
            var expected = run(real, operation);
            var outcome = run(simulation, operation);
            String which = "job " + i + ", " + simulated.lastSubmission();
            assertEquals(expected, outcome, which);
            assertEquals(-1, real.memory.mismatch(simulation.memory), which);
            endings.merge(
                    "operation %d ended with %s, %s".formatted(
                            operation, expected.get("status"), expected.get("result")),
                    1, Integer::sum);
            simulated.forget();
        }
        assertEquals(Set.of(), missing(endings.keySet()), endings::toString);
    }

    /** Returns the outcomes that did not occur. Without them, the comparison would prove little. */
    private static Set<String> missing(Set<String> seen) {
        Set<String> wanted = new TreeSet<>();
        Arrays.stream(OPERATIONS)
                .forEach(operation -> wanted.add("operation " + operation + " ended with 0"));
        for (int status = 0; status <= 1; status++) {
            for (int result = 0; result <= 1; result++) {
                wanted.add("operation 5 ended with %d, %d".formatted(status, result));
                wanted.add("operation 6 ended with %d, %d".formatted(status, result));
                wanted.add("operation 7 ended with %d, %d".formatted(status, result));
            }
            wanted.add("operation 7 ended with %d, 2".formatted(status));
        }
        for (int mismatch = 1; mismatch <= 4; mismatch *= 2) {
            wanted.add("operation 18 ended with 12, " + mismatch);
            wanted.add("operation 20 ended with 12, " + mismatch);
            wanted.add("operation 21 ended with 12, " + mismatch);
        }
        wanted.removeIf(ending -> seen.stream().anyMatch(one -> one.startsWith(ending)));
        return wanted;
    }

    @Test
    void randomBatchesEndAlike() {
        Map<String, Integer> endings = new TreeMap<>();
        for (int i = 0; i < BATCHES; i++) {
            fillMemory();
            for (int task = 0; task < real.batch.tasks; task++) {
                describeTask(task);
            }
            List<Integer> ends = new ArrayList<>();
            for (Side side : sides) {
                ends.add(side.batch.in(side.job).run() == DML_STATUS_OK ? DML_STATUS_OK
                        : side.job.batchStatus(0));
            }
            assertEquals(ends.getFirst(), ends.getLast());
            assertEquals(real.job.record().get(JAVA_INT, 4),
                    simulation.job.record().get(JAVA_INT, 4), "completed");
            for (int task = 0; task < real.batch.tasks; task++) {
                String which = "task " + task + " of batch " + i + ": "
                        + simulated.lastSubmission().tasks().get(task);
                assertEquals(real.batch.status(task), simulation.batch.status(task), which);
                assertEquals(real.batch.result(task), simulation.batch.result(task), which);
                assertEquals(real.batch.bytes(task), simulation.batch.bytes(task), which);
                assertEquals(real.batch.value(task), simulation.batch.value(task), which);
                assertEquals(real.job.batchStatus(task), simulation.job.batchStatus(task), which);
            }
            assertEquals(-1, real.memory.mismatch(simulation.memory), "batch " + i);
            endings.merge("completed " + real.job.record().get(JAVA_INT, 4), 1, Integer::sum);
            simulated.forget();
        }
        assertEquals(real.batch.tasks + 1, endings.size(), endings::toString);
    }

    /** Writes the same random descriptor to both sides. */
    private void describeTask(int task) {
        int operation = IN_BATCH[random.nextInt(IN_BATCH.length)];
        boolean delta = operation == SimulatedTask.DELTA_CREATE;
        int length = delta ? 8 + 8 * random.nextInt(40) : 1 + random.nextInt(300);
        long from = delta ? 8 * random.nextInt(20) : random.nextInt(100);
        long to = 2 * AREA + 8 * random.nextInt(40);
        boolean compare = operation == SimulatedTask.COMPARE
                || operation == SimulatedTask.COMPARE_PATTERN || delta;
        int flags =
                compare && random.nextInt(3) == 0 ? dml_h.DML_FLAG_CHECK_RESULT : random.nextInt(2);
        byte specific = (byte) (2 * random.nextInt(4));
        int value = random.nextInt();
        byte expected = (byte) (delta ? 1 << random.nextInt(3) : random.nextInt(2));
        for (Side side : sides) {
            long memory = side.memory.address();
            MemorySegment descriptor = side.batch.task(task, operation, flags);
            long first = operation == SimulatedTask.FILL ? value : memory + from;
            long second = compare ? memory + AREA + from : memory + to;
            if (operation == SimulatedTask.COMPARE_PATTERN) {
                second = PATTERNS[expected];
            }
            RawBatch.ranged(descriptor, first, operation == SimulatedTask.CRC ? 0 : second, length);
            if (delta) {
                descriptor.set(JAVA_LONG, 40, memory + to);
                descriptor.set(JAVA_INT, 48, 100);
                descriptor.set(JAVA_BYTE, 56, expected);
            } else if (compare) {
                descriptor.set(JAVA_BYTE, 40, expected);
            } else if (operation == SimulatedTask.DUALCAST) {
                descriptor.set(JAVA_LONG, 40, memory + AREA + to);
            } else if (operation == SimulatedTask.CRC || operation == SimulatedTask.COPY_CRC) {
                descriptor.set(JAVA_BYTE, 6, specific);
                descriptor.set(JAVA_INT, 40, value);
            }
        }
    }
}
