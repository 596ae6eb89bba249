package io.github.vdm4j.dml.simulated;

import static io.github.vdm4j.dml.simulated.SimulatedTask.EVERYTHING;

import io.github.vdm4j.dml.ffi.dml_h;
import io.github.vdm4j.dml.simulated.SimulatedTask.Range;
import java.lang.foreign.ValueLayout;
import java.util.List;
import java.util.Map;

/** The rules about the fields of a task, in a job or in a batch. */
final class TaskRules {
    static final int FENCE = 1;
    static final int COMPLETION_RECORD = 0xC;

    private static final long LINE = 64;
    private static final long DELTA_MAXIMUM = 0x80000;
    private static final int DELTA_ENTRY = 10;
    private static final int DELTA_CAPACITY_MINIMUM = 80;
    private static final long COMPARE_ENDLESS_FROM = 0xFFFF_FFC0L;
    private static final long SAME_PAGE_OFFSET = 0xFFF;
    private static final int CRC_ALIGNMENT = 4;
    private static final int CHECK_RESULT = dml_h.DML_FLAG_CHECK_RESULT;
    private static final int COPY_ONLY = dml_h.DML_FLAG_COPY_ONLY;
    private static final int READ_SEED = dml_h.DML_FLAG_CRC_READ_SEED >> 16;
    private static final int RESERVED_DIF_DESTINATION_FLAGS = (dml_h.DML_DIF_FLAG_DST_RESERVED1
            | dml_h.DML_DIF_FLAG_DST_RESERVED2
            | dml_h.DML_DIF_FLAG_DST_RESERVED3) >> 8;
    private static final int GENERAL_DIF_FLAGS =
            (dml_h.DML_DIF_FLAG_INVERT_CRC_SEED | dml_h.DML_DIF_FLAG_INVERT_CRC_RESULT) >> 16;

    // The bits of a descriptor's flags that the device allows for an operation.
    // Any further bit fails the operation.
    private static final int FAULT = 0x2;
    private static final int WRITES = FAULT | 0x100 | 0x2000 | 0x4000 | 0x8000;
    private static final int DURABLE = 0x8000 | 0x4000;
    private static final int INTO_THE_CACHE = 0x100;
    private static final int ADDRESS_1 = 0x200;
    private static final int ADDRESS_2 = 0x400;
    private static final int ADDRESS_3 = 0x800;
    private static final Map<Integer, Integer> FLAGS = Map.ofEntries(
            Map.entry(SimulatedTask.NOP, 0),
            Map.entry(SimulatedTask.BATCH, ADDRESS_1),
            Map.entry(SimulatedTask.DRAIN, ADDRESS_1 | ADDRESS_2),
            Map.entry(SimulatedTask.MEM_MOVE, WRITES | ADDRESS_1 | ADDRESS_2),
            Map.entry(SimulatedTask.FILL, WRITES | ADDRESS_2),
            Map.entry(SimulatedTask.COMPARE, FAULT | CHECK_RESULT | ADDRESS_1 | ADDRESS_2),
            Map.entry(SimulatedTask.COMPARE_PATTERN, FAULT | CHECK_RESULT | ADDRESS_1),
            Map.entry(SimulatedTask.DELTA_CREATE,
                    WRITES | CHECK_RESULT | ADDRESS_1 | ADDRESS_2 | ADDRESS_3),
            Map.entry(SimulatedTask.DELTA_APPLY, WRITES | ADDRESS_1 | ADDRESS_2),
            Map.entry(SimulatedTask.DUALCAST, WRITES | ADDRESS_1 | ADDRESS_2 | ADDRESS_3),
            Map.entry(SimulatedTask.CRC, FAULT | ADDRESS_1 | ADDRESS_3),
            Map.entry(SimulatedTask.COPY_CRC, WRITES | ADDRESS_1 | ADDRESS_2 | ADDRESS_3),
            Map.entry(SimulatedTask.DIF_CHECK, FAULT | ADDRESS_1),
            Map.entry(SimulatedTask.DIF_INSERT, WRITES | ADDRESS_1 | ADDRESS_2),
            Map.entry(SimulatedTask.DIF_STRIP, WRITES | ADDRESS_1 | ADDRESS_2),
            Map.entry(SimulatedTask.DIF_UPDATE, WRITES | ADDRESS_1 | ADDRESS_2),
            Map.entry(SimulatedTask.CACHE_FLUSH, WRITES | ADDRESS_2));

    /** The operations' own flags. */
    private static final Map<Integer, Integer> SPECIFIC_FLAGS = Map.of(
            SimulatedTask.DRAIN, 0xF,
            SimulatedTask.DUALCAST, 0x1,
            SimulatedTask.CRC, 0x7,
            SimulatedTask.COPY_CRC, 0x7);

    private TaskRules() {}

    /** Returns the rule that a job breaks, or null. */
    static Rule brokenByJob(SimulatedTask task) {
        if (!FLAGS.containsKey(task.operation())) {
            return Rule.UNKNOWN_OPERATION;
        }
        if (task.specific() > 0xFF) {
            return Rule.DROPPED_FLAGS;
        }
        if (task.has(FENCE)) {
            return Rule.FENCED_ALONE;
        }
        if (task.has(dml_h.DML_FLAG_FENCE)) {
            return Rule.FENCE_FLAG;
        }
        boolean move = task.is(SimulatedTask.MEM_MOVE);
        if (!hasOnlyItsFlags(task, move ? COPY_ONLY : 0)) {
            return Rule.WRONG_FLAGS;
        }
        if (task.isCrc() && (task.crcPointer() == 0 || task.crcPointer() % CRC_ALIGNMENT != 0)) {
            return Rule.CRC_POINTER;
        }
        if (task.is(SimulatedTask.DRAIN)) {
            boolean missing = (task.specific() & 1) != 0 && task.destination() == 0
                    || (task.specific() & 2) != 0 && task.secondDestination() == 0;
            return missing ? Rule.NULL_ADDRESS : null;
        }
        Rule broken = brokenByFields(task);
        boolean overlap = move && task.has(COPY_ONLY)
                && Math.abs(task.source() - task.destination()) < task.length();
        return broken == null && overlap ? Rule.COPY_OVERLAP : broken;
    }

    /** Returns the rule that a descriptor in a batch breaks, or null. */
    static Rule brokenByDescriptor(SimulatedTask task) {
        if (task.is(SimulatedTask.BATCH) || task.is(SimulatedTask.DRAIN)) {
            return Rule.BATCH_NESTED;
        }
        if (!FLAGS.containsKey(task.operation())) {
            return Rule.UNKNOWN_OPERATION;
        }
        if ((task.flags() & COMPLETION_RECORD) != COMPLETION_RECORD) {
            return Rule.BATCH_RECORD;
        }
        boolean seedByAddress = task.isCrc() && (task.specific() & READ_SEED) != 0;
        return seedByAddress || !hasOnlyItsFlags(task, FENCE | COMPLETION_RECORD)
                ? Rule.WRONG_FLAGS
                : brokenByFields(task);
    }

    private static boolean hasOnlyItsFlags(SimulatedTask task, int more) {
        return (task.flags() & ~(FLAGS.get(task.operation()) | more)) == 0
                && (task.specific() & ~SPECIFIC_FLAGS.getOrDefault(task.operation(), 0)) == 0;
    }

    private static Rule brokenByFields(SimulatedTask task) {
        if (task.isFlowControl()) {
            return null;
        }
        if (!durableFlagsAreRight(task)) {
            return Rule.DURABLE_FLAGS;
        }
        if (task.length() == 0 || task.is(SimulatedTask.DELTA_APPLY) && task.recordLength() == 0) {
            return Rule.LENGTH_ZERO;
        }
        if (ranges(task).stream().anyMatch(range -> range.address() == 0)) {
            return Rule.NULL_ADDRESS;
        }
        if (task.is(SimulatedTask.COMPARE) && task.length() >= COMPARE_ENDLESS_FROM) {
            return Rule.COMPARE_ENDLESS;
        }
        if (task.is(SimulatedTask.CACHE_FLUSH)
                && (task.destination() % LINE != 0 || task.length() % LINE != 0)) {
            return Rule.PARTIAL_LINES;
        }
        if (task.is(SimulatedTask.DUALCAST)
                && ((task.destination() ^ task.secondDestination()) & SAME_PAGE_OFFSET) != 0) {
            return Rule.DUALCAST_ALIGNMENT;
        }
        if (task.is(SimulatedTask.DELTA_CREATE) || task.is(SimulatedTask.DELTA_APPLY)) {
            Rule broken = brokenByDelta(task);
            if (broken != null) {
                return broken;
            }
        }
        if (task.isDif()) {
            Rule broken = brokenByDif(task);
            if (broken != null) {
                return broken;
            }
        }
        if (!resultIsExpectedRightly(task)) {
            return Rule.EXPECTED_RESULT;
        }
        return !task.is(SimulatedTask.MEM_MOVE) && overlaps(task) ? Rule.OVERLAP : null;
    }

    /**
     * Returns whether the durable flags are right. For a cache flush, 0x100 chooses the instruction
     * (H11).
     */
    private static boolean durableFlagsAreRight(SimulatedTask task) {
        boolean second = task.is(SimulatedTask.DUALCAST) && (task.specific() & 1) != 0;
        boolean durable = (task.flags() & DURABLE) != 0 || second;
        return !durable
                || task.is(SimulatedTask.CACHE_FLUSH)
                || (task.flags() & (DURABLE | INTO_THE_CACHE)) == DURABLE;
    }

    private static List<Range> ranges(SimulatedTask task) {
        return java.util.stream.Stream.concat(task.reads().stream(), task.writes().stream())
                .toList();
    }

    /** Returns whether the task reads and writes the same byte, or writes a byte twice. */
    private static boolean overlaps(SimulatedTask task) {
        List<Range> writes = task.writes();
        return writes.stream().anyMatch(write -> task.reads().stream().anyMatch(write::overlaps))
                || writes.size() == 2 && writes.getFirst().overlaps(writes.getLast());
    }

    private static boolean resultIsExpectedRightly(SimulatedTask task) {
        if (!task.has(CHECK_RESULT)) {
            return true;
        }
        int expected = task.expected();
        return task.is(SimulatedTask.DELTA_CREATE)
                ? expected == 1 || expected == 2 || expected == 4
                : expected == 0 || expected == 1;
    }

    private static Rule brokenByDelta(SimulatedTask task) {
        boolean create = task.is(SimulatedTask.DELTA_CREATE);
        if (((task.source() | task.secondSource() | task.destination() | task.length()) & 7) != 0) {
            return Rule.DELTA_ALIGNMENT;
        }
        if (task.length() > DELTA_MAXIMUM) {
            return Rule.DELTA_LENGTH;
        }
        boolean wrongSize = task.recordLength() % DELTA_ENTRY != 0
                || create && task.recordLength() < DELTA_CAPACITY_MINIMUM;
        return wrongSize ? Rule.DELTA_RECORD_LENGTH : null;
    }

    private static Rule brokenByDif(SimulatedTask task) {
        SimulatedTask.Dif dif = task.dif();
        if (dif.blockSize() < 0 || dif.blockSize() > 3) {
            return Rule.DIF_BLOCK_SIZE;
        }
        if ((dif.flags() & ~GENERAL_DIF_FLAGS) != 0
                || (dif.destinationFlags() & RESERVED_DIF_DESTINATION_FLAGS) != 0) {
            return Rule.DIF_FLAGS;
        }
        int block = dif.bytesOfBlock() + (task.is(SimulatedTask.DIF_INSERT) ? 0 : 8);
        if (task.length() % block != 0) {
            return Rule.DIF_LENGTH;
        }
        if (task.is(SimulatedTask.DIF_STRIP)) {
            long end = task.destination() + task.writes().getFirst().length();
            boolean adjacent =
                    end <= task.source() && task.source() <= task.destination() + task.length();
            return adjacent ? Rule.DIF_STRIP_ADJACENT : null;
        }
        return null;
    }

    /**
     * Returns whether the offsets of the record to apply ascend and stay inside the destination.
     */
    static boolean recordIsGood(SimulatedTask task) {
        int last = -1;
        for (long at = 0; at < task.recordLength(); at += DELTA_ENTRY) {
            int block = Short.toUnsignedInt(
                    EVERYTHING.get(ValueLayout.JAVA_SHORT_UNALIGNED, task.source() + at));
            if (block <= last || (block + 1L) * Long.BYTES > task.length()) {
                return false;
            }
            last = block;
        }
        return true;
    }
}
