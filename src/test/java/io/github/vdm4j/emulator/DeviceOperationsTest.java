package io.github.vdm4j.emulator;

import static io.github.vdm4j.emulator.DeviceClient.PAGE;
import static io.github.vdm4j.emulator.DeviceClient.bytes;
import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import io.github.vdm4j.emulator.DeviceClient.Task;
import io.github.vdm4j.jvm.DeltaKernel;
import io.github.vdm4j.jvm.DifKernel;
import io.github.vdm4j.operation.DifBlockSize;
import io.github.vdm4j.operation.DifConfig;
import io.github.vdm4j.operation.DifFlag;
import io.github.vdm4j.operation.DifTags;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import java.util.zip.CRC32C;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** A comparison of every operation of the emulated device with the result of the JVM. */
class DeviceOperationsTest {
    private static final int SIZE = 3 * PAGE + 123;

    private final DeviceClient client = new DeviceClient(new DeviceSettings());

    @AfterEach
    void closeClient() {
        client.close();
    }

    private static Task succeeded(Task task) {
        assertEquals(Status.SUCCESS, task.status());
        return task;
    }

    @Test
    void noOpAndDrainSucceed() {
        succeeded(client.run(client.task(0)));
        succeeded(client.run(client.task(2)));
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 100, 70_000, 200_000})
    void moveCopiesBytes(int size) {
        MemorySegment from = client.noise(size, 1);
        MemorySegment to = client.noise(size + 1, 2);
        byte after = to.get(JAVA_BYTE, size);
        succeeded(client.run(client.task(3, from, to, size)));
        assertEquals(-1, from.mismatch(to.asSlice(0, size)));
        assertEquals(after, to.get(JAVA_BYTE, size));
    }

    @ParameterizedTest
    @ValueSource(ints = {-70_000, -1, 0, 1, 13, 70_000})
    void moveCopiesOverlappingBytes(int distance) {
        MemorySegment both = client.noise(300_000, 3);
        byte[] expected = bytes(both);
        System.arraycopy(expected, 80_000, expected, 80_000 + distance, 140_000);
        succeeded(client.run(client.task(3, both.asSlice(80_000), both.asSlice(80_000 + distance),
                140_000)));
        assertArrayEquals(expected, bytes(both));
    }

    @Test
    void fillRepeatsEightBytes() {
        MemorySegment to = client.noise(SIZE, 4);
        succeeded(client.run(client.task(4, to, to, SIZE).set(16, 0x0807060504030201L)));
        byte[] expected = new byte[SIZE];
        for (int i = 0; i < SIZE; i++) {
            expected[i] = (byte) (i % 8 + 1);
        }
        assertArrayEquals(expected, bytes(to));
    }

    @Test
    void fillRepeatsSixteenBytes() {
        MemorySegment to = client.noise(SIZE, 4);
        succeeded(client.run(client.task(4, to, to, SIZE)
                .flags(1 << 16)
                .set(16, 0x0706050403020100L)
                .set(40, 0x0f0e0d0c0b0a0908L)));
        byte[] expected = new byte[SIZE];
        for (int i = 0; i < SIZE; i++) {
            expected[i] = (byte) (i % 16);
        }
        assertArrayEquals(expected, bytes(to));
    }

    @Test
    void compareFindsTheFirstDifference() {
        MemorySegment first = client.noise(SIZE, 5);
        MemorySegment second = client.copyOf(bytes(first));
        Task equal = succeeded(client.run(client.task(5, first, second, SIZE)));
        assertEquals(0, equal.result());
        second.set(JAVA_BYTE, 9_999, (byte) ~second.get(JAVA_BYTE, 9_999));
        Task different = succeeded(client.run(client.task(5, first, second, SIZE)));
        assertEquals(1, different.result());
        assertEquals(9_999, different.completed());
    }

    @Test
    void comparePatternFindsTheFirstDifference() {
        MemorySegment source = client.noise(SIZE, 6);
        client.run(client.task(4, source, source, SIZE).set(16, 0x1122334455667788L));
        Task equal = client.task(6, source, source, SIZE).set(24, 0x1122334455667788L);
        assertEquals(0, succeeded(client.run(equal)).result());
        source.set(JAVA_BYTE, 4_097, (byte) 0);
        Task different = client.task(6, source, source, SIZE).set(24, 0x1122334455667788L);
        assertEquals(1, succeeded(client.run(different)).result());
        assertEquals(4_097, different.completed());
    }

    @Test
    void anUnexpectedResultIsAFalsePredicate() {
        MemorySegment first = client.noise(SIZE, 5);
        MemorySegment second = client.noise(SIZE, 7);
        Task expectsEqual = client.task(5, first, second, SIZE).flags(1 << 7);
        assertEquals(Status.FALSE_PREDICATE, client.run(expectsEqual).status());
        Task expectsDifferent =
                client.task(5, first, second, SIZE).flags(1 << 7).set(40, (byte) 1);
        succeeded(client.run(expectsDifferent));
        Task delta = delta(first, second, client.noise(20_000, 1), 4_096).flags(1 << 7)
                .set(56, (byte) 0b101); // equal or overflow
        assertEquals(Status.FALSE_PREDICATE, client.run(delta).status());
    }

    private Task delta(MemorySegment original, MemorySegment modified, MemorySegment record,
            int size) {
        return client.task(7, original, modified, size)
                .set(40, record.address())
                .set(48, (int) record.byteSize());
    }

    @Test
    void deltaRecordsAreThoseOfTheJvm() {
        MemorySegment original = client.noise(4_096, 8);
        MemorySegment modified = client.copyOf(bytes(original));
        for (int at : new int[]{0, 7, 8, 1_000, 4_095}) {
            modified.set(JAVA_BYTE, at, (byte) ~modified.get(JAVA_BYTE, at));
        }
        MemorySegment record = client.noise(100, 9);
        MemorySegment expected = client.copyOf(bytes(record));
        long size = DeltaKernel.create(expected, original, modified);
        Task made = succeeded(client.run(delta(original, modified, record, 4_096)));
        assertEquals(1, made.result());
        assertEquals(size, made.value());
        assertArrayEquals(bytes(expected), bytes(record));

        Task applied = client.task(8, record, original, 4_096).set(40, (int) size);
        succeeded(client.run(applied));
        assertArrayEquals(bytes(modified), bytes(original));
    }

    @Test
    void deltaCreateReportsEqualAndOverflow() {
        MemorySegment original = client.noise(4_096, 8);
        MemorySegment record = client.noise(80, 9);
        Task equal = succeeded(
                client.run(delta(original, client.copyOf(bytes(original)), record, 4_096)));
        assertEquals(0, equal.result());
        assertEquals(0, equal.value());
        Task overflow =
                succeeded(client.run(delta(original, client.noise(4_096, 10), record, 4_096)));
        assertEquals(2, overflow.result());
        assertEquals(64, overflow.completed());
    }

    @Test
    void applyChecksTheOffsets() {
        MemorySegment record = client.copyOf(new byte[20]);
        MemorySegment to = client.noise(64, 1);
        record.set(JAVA_BYTE, 0, (byte) 3);
        record.set(JAVA_BYTE, 10, (byte) 3);
        Task repeated = client.run(client.task(8, record, to, 64).set(40, 20));
        assertEquals(Status.DELTA_OFFSET_ORDER, repeated.status());
        assertEquals(10, repeated.completed());
        record.set(JAVA_BYTE, 10, (byte) 8);
        Task outside = client.run(client.task(8, record, to, 64).set(40, 20));
        assertEquals(Status.DELTA_OFFSET_RANGE, outside.status());
    }

    @Test
    void dualcastWritesBothDestinations() {
        MemorySegment from = client.noise(SIZE, 11);
        MemorySegment first = client.noise(SIZE, 12);
        MemorySegment second = client.noise(SIZE, 13);
        succeeded(client.run(client.task(9, from, first, SIZE).set(40, second.address())));
        assertEquals(-1, from.mismatch(first));
        assertEquals(-1, from.mismatch(second));
    }

    private static int crc(byte[] bytes) {
        var crc = new CRC32C();
        crc.update(bytes);
        return (int) crc.getValue();
    }

    @Test
    void crcIsThatOfTheJdk() {
        MemorySegment from = client.noise(200_000, 14);
        Task task = succeeded(client.run(client.task(0x10, from, from, 200_000).set(24, 0L)));
        assertEquals(crc(bytes(from)), (int) task.value());
    }

    @Test
    void crcContinuesFromASeedInTheDescriptorOrInMemory() {
        MemorySegment from = client.noise(SIZE, 14);
        int before = crc(Arrays.copyOf(bytes(from), 1_000));
        MemorySegment rest = from.asSlice(1_000);
        Task seeded = client.task(0x10, rest, rest, rest.byteSize()).set(24, 0L).set(40, before);
        assertEquals(crc(bytes(from)), (int) succeeded(client.run(seeded)).value());
        MemorySegment seed = client.noise(8, 1);
        seed.set(JAVA_INT, 0, before);
        Task reading = client.task(0x10, rest, rest, rest.byteSize())
                .set(24, 0L)
                .flags(1 << 16)
                .set(48, seed.address());
        assertEquals(crc(bytes(from)), (int) succeeded(client.run(reading)).value());
    }

    @Test
    void copyWithCrcCopiesAndComputes() {
        MemorySegment from = client.noise(SIZE, 15);
        MemorySegment to = client.noise(SIZE, 16);
        Task task = succeeded(client.run(client.task(0x11, from, to, SIZE)));
        assertEquals(-1, from.mismatch(to));
        assertEquals(crc(bytes(from)), (int) task.value());
    }

    @Test
    void bypassedReflectionIsTheSameCrcOfReversedBits() {
        byte[] data = bytes(client.noise(500, 17));
        byte[] reversed = new byte[500];
        for (int i = 0; i < 500; i++) {
            reversed[i] = (byte) (Integer.reverse(data[i]) >>> 24);
        }
        MemorySegment from = client.copyOf(reversed);
        Task task = client.task(0x10, from, from, 500).set(24, 0L).flags(3 << 17).set(40, -1);
        assertEquals(Integer.reverse(~crc(data)), (int) succeeded(client.run(task)).value());
    }

    private static DifConfig config(DifBlockSize size) {
        return DifConfig.of(size)
                .withSource(new DifTags(0xfffffffe, 0x1234, 0x00f0))
                .withDestination(new DifTags(77, 0xfedc, 0x0f00))
                .withFlags(DifFlag.INVERT_CRC_SEED,
                        DifFlag.DESTINATION_INCREMENTING_APPLICATION_TAG);
    }

    @ParameterizedTest
    @EnumSource
    void protectionIsThatOfTheJvm(DifBlockSize size) {
        DifConfig config = config(size);
        int whole = size.bytes() + 8;
        MemorySegment data = client.noise(3L * size.bytes(), 18);
        MemorySegment expected = client.noise(3L * whole, 19);
        MemorySegment made = client.noise(3L * whole, 20);
        DifKernel.insert(expected, data, config);
        Task insert = DeviceDifProperties.describe(client.task(0x13, data, made, data.byteSize()),
                config, false, true);
        succeeded(client.run(insert));
        assertArrayEquals(bytes(expected), bytes(made));

        DifConfig checking = config.withSource(config.destination())
                .withFlags(DifFlag.INVERT_CRC_SEED, DifFlag.SOURCE_INCREMENTING_APPLICATION_TAG);
        Task check = DeviceDifProperties.describe(
                client.task(0x12, made, made, made.byteSize()).set(24, 0L), checking,
                true, false);
        succeeded(client.run(check));
        assertEquals(80, (int) check.value()); // the next reference tag

        DifConfig updating = checking.withDestination(new DifTags(5, 6, 7));
        MemorySegment updated = client.noise(3L * whole, 21);
        DifKernel.update(expected, made, updating);
        succeeded(client.run(DeviceDifProperties.describe(
                client.task(0x15, made, updated, made.byteSize()), updating, true,
                true)));
        assertArrayEquals(bytes(expected), bytes(updated));

        MemorySegment stripped = client.noise(data.byteSize(), 22);
        succeeded(client.run(DeviceDifProperties.describe(
                client.task(0x14, made, stripped, made.byteSize()), checking, true,
                false)));
        assertEquals(-1, data.mismatch(stripped));
    }

    @Test
    void aDamagedBlockIsReportedWithItsOffset() {
        DifConfig config = DifConfig.of(DifBlockSize.BYTES_512);
        MemorySegment data = client.noise(3 * 512, 23);
        MemorySegment made = client.noise(3 * 520, 24);
        DifKernel.insert(made, data, config);
        made.set(JAVA_BYTE, 520, (byte) ~made.get(JAVA_BYTE, 520));
        made.set(JAVA_BYTE, 520 + 519, (byte) 99);
        Task task = client.run(DeviceDifProperties.describe(
                client.task(0x12, made, made, made.byteSize()).set(24, 0L),
                config, true, false));
        assertEquals(Status.DIF_ERROR, task.status());
        assertEquals(0b101, task.result()); // guard and reference tag
        assertEquals(520, task.completed());
    }

    @Test
    void cacheFlushChangesNothing() {
        MemorySegment memory = client.noise(SIZE, 25);
        byte[] before = bytes(memory);
        succeeded(client.run(client.task(0x20, memory, memory, SIZE).set(16, 0L)));
        assertArrayEquals(before, bytes(memory));
    }

    @Test
    void aRecordOnlyOfFailuresStaysEmptyAfterASuccess() {
        MemorySegment both = client.noise(2 * PAGE, 26);
        Task move = client.task(3, both, both.asSlice(PAGE), PAGE).withoutFlags(8);
        assertEquals(0, client.run(move).status());
        Task wrong = client.task(3, both, both.asSlice(PAGE), 0).withoutFlags(8);
        assertEquals(Status.BAD_SIZE, client.run(wrong).status());
        assertEquals(0, wrong.record.get(JAVA_LONG, 24));
    }
}
