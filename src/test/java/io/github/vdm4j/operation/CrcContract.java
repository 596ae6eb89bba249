package io.github.vdm4j.operation;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.github.vdm4j.BatchResult;
import io.github.vdm4j.VdmFlags;
import io.github.vdm4j.VdmOperation;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The contract of CRCs that are written to memory. */
// javac treats this class like the API of an exported package.
@SuppressWarnings({"exports", "missing-explicit-ctor"})
public abstract class CrcContract extends BatchContract {
    private static final ValueLayout.OfInt IN_MEMORY =
            ValueLayout.JAVA_INT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 2, 3, 4_093, 4_096})
    @DisplayName("a CRC is written to exactly four bytes at any address, the lowest byte first")
    public void crcIsWrittenToFourBytesAnywhere(int offset) {
        MemorySegment range = noise(100_001, offset);
        MemorySegment around = noise(8_192, 1);
        byte[] expected = bytes(around);
        int crc = BruteForce.crc32c(bytes(range), Sample.OPTIONS);
        for (int i = 0; i < 4; i++) {
            expected[offset + i] = (byte) (crc >>> 8 * i);
        }
        Crc32c output = run(mover().crc32c(range, Sample.OPTIONS, around.asSlice(offset, 4)));
        assertEquals(crc, output.bits());
        assertArrayEquals(expected, bytes(around));
    }

    @Test
    @DisplayName("the CRC of no bytes is the seed, and is written too")
    public void crcOfAnEmptyRangeIsWritten() {
        MemorySegment destination = noise(4, 3);
        run(mover().crc32c(memory(0), Sample.OPTIONS, destination));
        assertEquals(Sample.OPTIONS.seed(), destination.get(IN_MEMORY, 0));
        MemorySegment again = noise(8, 4);
        run(mover().batch()
                .crc32c(memory(0), Sample.OPTIONS, again.asSlice(1, 4))
                .fence()
                .memcpy(destination, again.asSlice(1, 4))
                .submit());
        assertEquals(Sample.OPTIONS.seed(), destination.get(IN_MEMORY, 0));
    }

    @Test
    @DisplayName("a later task of a batch copies the CRC of an earlier task")
    public void laterTaskReadsTheCrc() {
        MemorySegment records = noise(64 * 100, 5);
        MemorySegment log = memory(64 * 104);
        MemorySegment replica = memory(64 * 104);
        var batch = mover().batch();
        for (int i = 0; i < 64; i++) {
            MemorySegment record = log.asSlice(i * 104L, 100);
            batch.memcpy(record, records.asSlice(i * 100L, 100))
                    .fence()
                    .crc32c(record, CrcOptions.STANDARD, log.asSlice(i * 104L + 100, 4))
                    .fence()
                    .memcpy(replica.asSlice(i * 104L, 104), log.asSlice(i * 104L, 104));
        }
        BatchResult result = run(batch.submit());
        result.orThrow();
        assertEquals(-1, replica.mismatch(log));
        for (int i = 0; i < 64; i++) {
            int crc = BruteForce.crc32c(bytes(records.asSlice(i * 100L, 100)),
                    CrcOptions.STANDARD);
            assertEquals(crc, log.get(IN_MEMORY, i * 104L + 100));
            assertEquals(Integer.toUnsignedLong(crc), result.value(3 * i + 1));
        }
    }

    @Test
    @DisplayName("a reusable operation writes each CRC to its own destination, then to none")
    public void reusableOperationWritesEachCrc() {
        MemorySegment range = noise(1_000, 6);
        MemorySegment crcs = memory(40);
        VdmOperation operation = mover().newOperation();
        for (int i = 0; i < 10; i++) {
            operation.crc32c(range.asSlice(0, 100L * i + 1), CrcOptions.STANDARD,
                    crcs.asSlice(4L * i, 4)).busyPoll();
            operation.orThrow();
            assertEquals(operation.value(),
                    Integer.toUnsignedLong(crcs.get(IN_MEMORY, 4L * i)));
        }
        byte[] written = bytes(crcs);
        operation.crc32c(range, CrcOptions.STANDARD).busyPoll();
        operation.memcpy(range.asSlice(0, 8), crcs.asSlice(0, 8), VdmFlags.NONE).busyPoll();
        operation.orThrow();
        assertArrayEquals(written, bytes(crcs));
    }

    @Test
    @DisplayName("the destination of a CRC has four bytes, outside of the range, and can be "
            + "written")
    public void crcDestinationIsChecked() {
        MemorySegment range = memory(64);
        assertRefused(range, memory(8),
                "crc: the destination has 8 bytes, must have 4: a CRC has 32 bits");
        assertRefused(range, range.asSlice(60, 4), "overlap by 4 bytes");
        assertRefused(range, memory(4).asReadOnly(), "is read-only");
        MemorySegment whole = memory(68);
        run(mover().crc32c(whole.asSlice(0, 64), CrcOptions.STANDARD, whole.asSlice(64, 4)));
        assertNull(assertThrows(NullPointerException.class,
                () -> mover().crc32c(range, CrcOptions.STANDARD, null)).getCause());
    }

    private void assertRefused(MemorySegment range, MemorySegment destination, String part) {
        String message = assertThrows(IllegalArgumentException.class,
                () -> mover().crc32c(range, CrcOptions.STANDARD, destination)).getMessage();
        assertEquals(true, message.contains(part), message);
    }
}
