package io.github.vdm4j.dml.simulated;

import static io.github.vdm4j.dml.simulated.SimulatedOperations.get;
import static io.github.vdm4j.dml.simulated.SimulatedOperations.put;

import io.github.vdm4j.dml.DmlPath;
import io.github.vdm4j.dml.ffi.dml_h;
import io.github.vdm4j.dml.simulated.SimulatedTask.Tags;

/**
 * The protection of blocks by the eight bytes of T10: guard, application tag and reference tag, in
 * big-endian order.
 */
final class SimulatedDif {
    private static final int PROTECTION = 8;
    private static final int T10 = 0x8BB7;
    private static final int ALL_16 = 0xFFFF;

    private final SimulatedTask task;
    private final boolean likeSoftware;
    private final int block;

    private SimulatedDif(SimulatedTask task, DmlPath path) {
        this.task = task;
        likeSoftware = path == DmlPath.SOFTWARE;
        block = task.dif().bytesOfBlock();
    }

    static SimulatedRecord run(SimulatedTask task, long length, DmlPath path) {
        return new SimulatedDif(task, path).run(length);
    }

    private SimulatedRecord run(long length) {
        boolean insert = task.is(SimulatedTask.DIF_INSERT);
        boolean strip = task.is(SimulatedTask.DIF_STRIP);
        long blocks = length / (insert ? block : block + PROTECTION);
        SimulatedRecord end = SimulatedRecord.of(dml_h.DML_STATUS_OK);
        long good = 0;
        for (; good < blocks && !insert; good++) {
            long offset = good * (block + PROTECTION);
            int mismatches = mismatches(task.source() + offset, good);
            if (mismatches != 0) {
                end = new SimulatedRecord(dml_h.DML_STATUS_DIF_CHECK_ERROR, mismatches, offset, 0,
                        false, 0);
                break;
            }
        }
        // The library checks all blocks before it writes the first block. The device proceeds from
        // block to block.
        long written = end.isGood() ? blocks : likeSoftware ? 0 : good;
        for (long i = 0; i < written && !task.is(SimulatedTask.DIF_CHECK); i++) {
            long from = task.source() + i * (insert ? block : block + PROTECTION);
            long to = task.destination() + i * (strip ? block : block + PROTECTION);
            SimulatedOperations.copy(from, to, insert || strip ? block : block + PROTECTION);
            if (!strip) {
                protect(to, i);
            }
        }
        return end;
    }

    private boolean checks(int flag) {
        return (task.dif().sourceFlags() & flag) != 0;
    }

    private int mismatches(long data, long index) {
        long at = data + block;
        int guard = read(at, 2);
        int application = read(at + 2, 2);
        int reference = read(at + 4, 4);
        boolean allTags = application == ALL_16 && reference == -1;
        if (checks(dml_h.DML_DIF_FLAG_SRC_F_DETECT_ALL) && guard == ALL_16 && allTags) {
            if (checks(dml_h.DML_DIF_FLAG_SRC_F_ENABLE_ERROR)) {
                return dml_h.DML_DIF_CHECK_ALL_BITS_SET_DETECT_ERROR;
            }
            if (!likeSoftware) { // The library ignores the flag if the second flag is not set.
                return 0;
            }
        }
        if (checks(dml_h.DML_DIF_FLAG_SRC_F_DETECT_TAGS) && allTags
                || checks(dml_h.DML_DIF_FLAG_SRC_F_DETECT_APP_TAG) && application == ALL_16) {
            return 0;
        }
        Tags tags = task.dif().source();
        int found = 0;
        if (!checks(dml_h.DML_DIF_FLAG_SRC_GUARD_CHECK_DISABLE) && guard != guardOf(data)) {
            found |= dml_h.DML_DIF_CHECK_GUARD_MISMATCH;
        }
        int expected =
                tags.reference() + (checks(dml_h.DML_DIF_FLAG_SRC_FIX_REF_TAG) ? 0 : (int) index);
        if (!checks(dml_h.DML_DIF_FLAG_SRC_REF_TAG_CHECK_DISABLE) && reference != expected) {
            found |= dml_h.DML_DIF_CHECK_REFERENCE_TAG_MISMATCH;
        }
        int wanted =
                tags.application() + (checks(dml_h.DML_DIF_FLAG_SRC_INC_APP_TAG) ? (int) index : 0)
                        & ALL_16;
        if (!isApplicationTag(application, wanted, tags.applicationMask())) {
            found |= dml_h.DML_DIF_CHECK_APPLICATION_TAG_MISMATCH;
        }
        return found;
    }

    /**
     * Returns whether an application tag passes. If the mask exempts no bit, the library checks
     * nothing. It masks only the expected tag.
     */
    private boolean isApplicationTag(int tag, int expected, int exempt) {
        return likeSoftware
                ? exempt == 0 || tag == (expected & ~exempt)
                : (tag & ~exempt) == (expected & ~exempt);
    }

    /** Writes the protection, except the parts that the flags keep from the source. */
    private void protect(long data, long index) {
        int flags = task.dif().destinationFlags() << 8;
        boolean update = task.is(SimulatedTask.DIF_UPDATE);
        Tags tags = task.dif().destination();
        long at = data + block;
        if (!update || (flags & dml_h.DML_DIF_FLAG_DST_PASS_GUARD) == 0) {
            write(at, 2, guardOf(data));
        }
        if (!update || (flags & dml_h.DML_DIF_FLAG_DST_PASS_APP_TAG) == 0) {
            boolean rising = (flags & dml_h.DML_DIF_FLAG_DST_INC_APP_TAG) != 0;
            write(at + 2, 2,
                    tags.application() + (rising ? (int) index : 0) & ~tags.applicationMask());
        }
        if (!update || (flags & dml_h.DML_DIF_FLAG_DST_PASS_REF_TAG) == 0) {
            boolean fixed = (flags & dml_h.DML_DIF_FLAG_DST_FIX_REF_TAG) != 0;
            write(at + 4, 4, tags.reference() + (fixed ? 0 : (int) index));
        }
    }

    private int guardOf(long data) {
        int flags = task.dif().flags() << 16;
        int crc = (flags & dml_h.DML_DIF_FLAG_INVERT_CRC_SEED) != 0 ? ALL_16 : 0;
        for (int i = 0; i < block; i++) {
            crc ^= (get(data + i) & 0xFF) << 8;
            for (int bit = 0; bit < Byte.SIZE; bit++) {
                crc = (crc << 1 ^ ((crc & 0x8000) != 0 ? T10 : 0)) & ALL_16;
            }
        }
        return (flags & dml_h.DML_DIF_FLAG_INVERT_CRC_RESULT) != 0 ? ~crc & ALL_16 : crc;
    }

    private static int read(long address, int bytes) {
        int value = 0;
        for (int i = 0; i < bytes; i++) {
            value = value << 8 | get(address + i) & 0xFF;
        }
        return value;
    }

    private static void write(long address, int bytes, int value) {
        for (int i = 0; i < bytes; i++) {
            put(address + i, (byte) (value >>> 8 * (bytes - 1 - i)));
        }
    }
}
