package io.github.vdm4j.dml.simulated;

import static io.github.vdm4j.dml.simulated.SimulatedTask.EVERYTHING;
import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_LONG_UNALIGNED;
import static java.lang.foreign.ValueLayout.JAVA_SHORT_UNALIGNED;

import io.github.vdm4j.dml.DmlPath;
import io.github.vdm4j.dml.ffi.dml_h;
import java.lang.foreign.MemorySegment;

/**
 * Executes tasks in memory, one byte at a time. The code is simple and unlike the code under test.
 */
final class SimulatedOperations {
    private static final int CRC32C = 0x1EDC6F41;
    private static final int BYPASS_REFLECTION = dml_h.DML_FLAG_CRC_BYPASS_REFLECTION >> 16;
    private static final int BYPASS_DATA_REFLECTION =
            dml_h.DML_FLAG_CRC_BYPASS_DATA_REFLECTION >> 16;
    private static final int DELTA_ENTRY = 10;
    private static final int NOT_EQUAL = 1;
    private static final int OVERFLOW = 2;

    private SimulatedOperations() {}

    /** Executes a task up to the end that a plan states. */
    static SimulatedRecord run(SimulatedTask task, Plan plan, DmlPath path) {
        long length = plan.moved() < 0 ? task.length() : Math.min(plan.moved(), task.length());
        boolean good = plan.status() == dml_h.DML_STATUS_OK;
        SimulatedRecord record = length == 0 && !task.isFlowControl()
                ? SimulatedRecord.of(plan.status())
                : execute(task, whole(task, length), path);
        if (plan.corrupt() && length > 0) {
            record = corrupt(task, record, length);
        }
        return good || isDecided(task, record) ? record
                : failed(task, plan, record, whole(task, length));
    }

    /** Returns whether a comparison ended before the device reached the event of the plan. */
    private static boolean isDecided(SimulatedTask task, SimulatedRecord done) {
        return done.status() == dml_h.DML_STATUS_FALSE_PREDICATE_OK
                || done.status() == dml_h.DML_STATUS_DIF_CHECK_ERROR
                || done.result() != 0 && (task.is(SimulatedTask.COMPARE)
                        || task.is(SimulatedTask.COMPARE_PATTERN))
                || done.result() == OVERFLOW;
    }

    /** Returns the length of the whole blocks in a part. */
    private static long whole(SimulatedTask task, long length) {
        if (task.is(SimulatedTask.DELTA_CREATE)) {
            return length / Long.BYTES * Long.BYTES;
        }
        if (task.isDif()) {
            long block = task.length() / task.blocks();
            return length / block * block;
        }
        return length;
    }

    private static SimulatedRecord execute(SimulatedTask task, long length, DmlPath path) {
        if (task.is(SimulatedTask.MEM_MOVE)) {
            return move(task, length);
        } else if (task.is(SimulatedTask.FILL)) {
            for (long i = 0; i < length; i++) {
                put(task.destination() + i, (byte) (task.pattern() >>> 8 * (i & 7)));
            }
        } else if (task.is(SimulatedTask.DUALCAST)) {
            copy(task.source(), task.destination(), length);
            copy(task.source(), task.secondDestination(), length);
        } else if (task.is(SimulatedTask.COMPARE)) {
            return compare(task, length);
        } else if (task.is(SimulatedTask.COMPARE_PATTERN)) {
            return comparePattern(task, length);
        } else if (task.is(SimulatedTask.DELTA_CREATE)) {
            return createDelta(task, length);
        } else if (task.is(SimulatedTask.DELTA_APPLY)) {
            return applyDelta(task);
        } else if (task.isCrc()) {
            return crc(task, length);
        } else if (task.isDif()) {
            return SimulatedDif.run(task, length, path);
        }
        return SimulatedRecord.of(dml_h.DML_STATUS_OK);
    }

    private static SimulatedRecord failed(SimulatedTask task, Plan plan, SimulatedRecord done,
            long length) {
        boolean fault = plan.status() == dml_h.DML_STATUS_PAGE_FAULT_ERROR;
        boolean write = task.hasDestination();
        // If a device works from the end, the faulting byte lies before the bytes that are done.
        long next =
                done.result() == 1 && task.is(SimulatedTask.MEM_MOVE) ? task.length() - length - 1
                        : length;
        long address = plan.faultAddress() != 0
                ? plan.faultAddress()
                : (write ? task.destination() : task.source()) + next;
        return new SimulatedRecord(
                plan.status(), done.result(), length, fault ? address : 0, fault && write,
                done.value());
    }

    private static SimulatedRecord corrupt(SimulatedTask task, SimulatedRecord record,
            long length) {
        if (task.hasDestination()) {
            long first = task.destination();
            if (task.is(SimulatedTask.MEM_MOVE) && record.result() == 1) {
                first += task.length() - length;
            }
            put(first, (byte) ~get(first));
            return record;
        }
        return new SimulatedRecord(record.status(), record.result() ^ 1, record.bytes(), 0, false,
                ~record.value());
    }

    static byte get(long address) {
        return EVERYTHING.get(JAVA_BYTE, address);
    }

    static void put(long address, byte value) {
        EVERYTHING.set(JAVA_BYTE, address, value);
    }

    static void copy(long from, long to, long length) {
        MemorySegment.copy(EVERYTHING, from, EVERYTHING, to, length);
    }

    private static SimulatedRecord move(SimulatedTask task, long length) {
        // If that keeps an overlapping source intact, the device works from the end.
        boolean backwards = task.destination() > task.source()
                && task.destination() - task.source() < task.length();
        long skip = backwards ? task.length() - length : 0;
        copy(task.source() + skip, task.destination() + skip, length);
        boolean part = length < task.length();
        return new SimulatedRecord(dml_h.DML_STATUS_OK, backwards && part ? 1 : 0, 0, 0, false, 0);
    }

    private static SimulatedRecord compared(SimulatedTask task, int result, long offset) {
        boolean wrong = task.has(dml_h.DML_FLAG_CHECK_RESULT) && result != task.expected();
        int status = wrong ? dml_h.DML_STATUS_FALSE_PREDICATE_OK : dml_h.DML_STATUS_OK;
        return new SimulatedRecord(status, result, offset, 0, false, 0);
    }

    private static SimulatedRecord compare(SimulatedTask task, long length) {
        long offset = MemorySegment.mismatch(
                EVERYTHING, task.source(), task.source() + length,
                EVERYTHING, task.secondSource(), task.secondSource() + length);
        return offset < 0 ? compared(task, 0, 0) : compared(task, NOT_EQUAL, offset);
    }

    private static SimulatedRecord comparePattern(SimulatedTask task, long length) {
        for (long i = 0; i < length; i++) {
            if (get(task.source() + i) != (byte) (task.pattern() >>> 8 * (i & 7))) {
                // The library compares eight bytes at a time and reports the offset of these eight.
                // In the tail it compares single bytes.
                boolean inTail = i >= length / 8 * 8;
                return compared(task, NOT_EQUAL, inTail ? i : i / 8 * 8);
            }
        }
        return compared(task, 0, 0);
    }

    private static SimulatedRecord createDelta(SimulatedTask task, long length) {
        int size = 0;
        int result = 0;
        for (int block = 0; block < length / Long.BYTES; block++) {
            long offset = (long) block * Long.BYTES;
            long changed = EVERYTHING.get(JAVA_LONG_UNALIGNED, task.secondSource() + offset);
            if (EVERYTHING.get(JAVA_LONG_UNALIGNED, task.source() + offset) == changed) {
                continue;
            }
            if (size + DELTA_ENTRY > task.recordLength()) {
                result = OVERFLOW;
                break;
            }
            EVERYTHING.set(JAVA_SHORT_UNALIGNED, task.destination() + size, (short) block);
            EVERYTHING.set(JAVA_LONG_UNALIGNED, task.destination() + size + Short.BYTES, changed);
            size += DELTA_ENTRY;
            result = NOT_EQUAL;
        }
        boolean wrong = task.has(dml_h.DML_FLAG_CHECK_RESULT) && task.expected() != 1 << result;
        int status = wrong ? dml_h.DML_STATUS_FALSE_PREDICATE_OK : dml_h.DML_STATUS_OK;
        return new SimulatedRecord(status, result, 0, 0, false, size);
    }

    private static SimulatedRecord applyDelta(SimulatedTask task) {
        for (long at = task.source(); at < task.source() + task.recordLength(); at += DELTA_ENTRY) {
            int block = Short.toUnsignedInt(EVERYTHING.get(JAVA_SHORT_UNALIGNED, at));
            copy(at + Short.BYTES, task.destination() + block * 8L, Long.BYTES);
        }
        return SimulatedRecord.of(dml_h.DML_STATUS_OK);
    }

    private static SimulatedRecord crc(SimulatedTask task, long length) {
        boolean plainResult = (task.specific() & BYPASS_REFLECTION) != 0;
        boolean plainData = (task.specific() & BYPASS_DATA_REFLECTION) != 0;
        int crc = plainResult ? task.seed() : Integer.reverse(~task.seed());
        for (long i = 0; i < length; i++) {
            int octet = get(task.source() + i) & 0xFF;
            crc ^= (plainData ? octet << 24 : Integer.reverse(octet));
            for (int bit = 0; bit < Byte.SIZE; bit++) {
                crc = crc << 1 ^ (crc < 0 ? CRC32C : 0);
            }
        }
        if (task.is(SimulatedTask.COPY_CRC)) {
            copy(task.source(), task.destination(), length);
        }
        int value = plainResult ? crc : ~Integer.reverse(crc);
        return new SimulatedRecord(dml_h.DML_STATUS_OK, 0, 0, 0, false, value);
    }
}
