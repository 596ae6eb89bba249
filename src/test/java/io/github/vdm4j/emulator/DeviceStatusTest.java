package io.github.vdm4j.emulator;

import static io.github.vdm4j.emulator.DeviceClient.BLOCK_ON_FAULT;
import static io.github.vdm4j.emulator.DeviceClient.PAGE;
import static io.github.vdm4j.emulator.DeviceClient.bytes;
import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_LONG;
import static java.lang.foreign.ValueLayout.JAVA_SHORT;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import io.github.vdm4j.emulator.DeviceClient.Task;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Descriptors that violate the specification, and missing pages. */
class DeviceStatusTest {
    private static final int SIZE = 3 * PAGE;
    private static final int WRITE = Status.WRITE_FAULT;

    private DeviceClient client = new DeviceClient(new DeviceSettings());

    @AfterEach
    void closeClient() {
        client.close();
    }

    private void useDevice(DeviceSettings settings) {
        client.close();
        client = new DeviceClient(settings);
    }

    private Task move(int size) {
        return client.task(3, client.noise(SIZE, 1), client.noise(SIZE, 2), size);
    }

    private void assertStatus(int status, Task task) {
        assertEquals(status, client.run(task).status());
    }

    /** A task of each operation that succeeds. */
    private Task valid(Opcode opcode) {
        MemorySegment first = client.noise(4160, 1);
        MemorySegment second = client.noise(8320, 2);
        Task task = client.task(opcode.code, first, second, 1040);
        return switch (opcode) {
            case NO_OP, DRAIN -> client.task(opcode.code);
            case BATCH -> client.batch(client.task(0), client.task(0));
            case MOVE, FILL, COMPARE, COMPARE_PATTERN, COPY_CRC -> task;
            case CRC -> task.set(24, 0L);
            case CREATE_DELTA -> task.set(40, client.noise(80, 3).address()).set(48, 80);
            case APPLY_DELTA -> {
                first.set(JAVA_SHORT, 0, (short) 1);
                yield task.set(40, 10);
            }
            case DUALCAST -> task.set(40, client.noise(PAGE, 4).address());
            case DIF_CHECK -> task.set(24, 0L).set(40, (byte) 0x60).set(52, (short) -1);
            case DIF_STRIP, DIF_UPDATE -> task.set(40, (byte) 0x60).set(52, (short) -1);
            case DIF_INSERT -> task.set(32, 1024);
            case CACHE_FLUSH -> task.set(16, 0L);
        };
    }

    @ParameterizedTest
    @EnumSource
    void everyReservedByteMustBeZero(Opcode opcode) {
        assertStatus(Status.SUCCESS, valid(opcode));
        Task task = valid(opcode);
        for (int at = 16; at < 64; at++) {
            byte before = task.descriptor.get(JAVA_BYTE, at);
            if (before == 0) {
                Task changed = client.task(opcode.code);
                changed.descriptor.copyFrom(task.descriptor);
                changed.set(8, changed.record.address()).set(at, (byte) 0x80);
                if (!belongsToAField(opcode, at)) {
                    assertStatus(Status.RESERVED_NOT_ZERO, changed);
                }
            }
        }
    }

    /** The bytes that fields of the operation cover, from the layout in idxd.h. */
    private static boolean belongsToAField(Opcode opcode, int at) {
        boolean source = at >= 16 && at < 24;
        boolean destination = at >= 24 && at < 32;
        boolean size = at >= 32 && at < 36;
        return switch (opcode) {
            case NO_OP, DRAIN -> false;
            case BATCH -> source || size;
            case MOVE, FILL, COMPARE, COMPARE_PATTERN -> source || destination || size;
            case CREATE_DELTA -> source || destination || size || at >= 40 && at < 52;
            case APPLY_DELTA, COPY_CRC -> source || destination || size || at >= 40 && at < 44;
            case DUALCAST -> source || destination || size || at >= 40 && at < 48;
            case CRC -> source || size || at >= 40 && at < 44;
            // The reserved bits of the flags at 42 and 41 have the same value in this test.
            case DIF_CHECK -> source || size || at == 40 || at >= 48 && at < 56;
            case DIF_STRIP -> source || destination || size || at == 40 || at >= 48 && at < 56;
            case DIF_INSERT -> source || destination || size || at == 41 || at >= 56;
            case DIF_UPDATE -> source || destination || size || at == 40 || at == 41 || at >= 48;
            case CACHE_FLUSH -> destination || size;
        };
    }

    @Test
    void reservedFlagsOfProtectionMustBeZero() {
        assertStatus(Status.RESERVED_NOT_ZERO, valid(Opcode.DIF_INSERT).set(41, (byte) 1));
        assertStatus(Status.RESERVED_NOT_ZERO, valid(Opcode.DIF_UPDATE).set(41, (byte) 4));
        assertStatus(Status.RESERVED_NOT_ZERO, valid(Opcode.DIF_CHECK).set(42, (byte) 0x10));
    }

    @ParameterizedTest
    @ValueSource(ints = {0x0a, 0x0f, 0x16, 0x21, 0xff})
    void unknownOperationsAreRefused(int opcode) {
        assertStatus(Status.BAD_OPCODE, client.task(opcode));
    }

    @Test
    void anOperationThatTheDeviceLacksIsRefused() {
        useDevice(new DeviceSettings().without(0x10));
        assertStatus(Status.BAD_OPCODE, valid(Opcode.CRC));
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 6, 7, 15, 16, 19, 23})
    void reservedFlagsAreReported(int bit) {
        Task task = client.run(move(100).flags(1 << bit));
        assertEquals(Status.BAD_FLAGS, task.status());
        assertEquals(1 << bit, task.value());
    }

    @ParameterizedTest
    @CsvSource({"3, 1", "3, 8", "3, 14", "3, 5", "4, 16", "32, 8"})
    void flagsWithoutACapabilityAreRefused(int opcode, int bit) {
        useDeviceWithoutCapabilities();
        Task refused = valid(Opcode.of(opcode)).flags(1 << bit);
        assertEquals(Status.BAD_FLAGS, client.run(refused).status());
        assertEquals(1 << bit, refused.value());
    }

    private void useDeviceWithoutCapabilities() {
        useDevice(new DeviceSettings().capabilities(0));
    }

    @Test
    void flagsOfTheRecordMustFitTogether() {
        assertStatus(Status.BAD_FLAGS, valid(Opcode.COMPARE).withoutFlags(8));
        assertEquals(0, client.run(move(100).withoutFlags(4)).status()); // no address, no record
        assertStatus(Status.BAD_INTERRUPT_HANDLE, move(100).flags(1 << 4));
        assertStatus(Status.RESERVED_NOT_ZERO, move(100).set(36, (short) 1));
    }

    @Test
    void sizesAreChecked() {
        useDevice(new DeviceSettings().maxTransfer(8192)
                .queue(QueueSettings.shared(8).withLimits(4096, 4)));
        assertStatus(Status.BAD_SIZE, move(0));
        assertStatus(Status.SUCCESS, move(4096));
        assertStatus(Status.BAD_SIZE, move(4097));
        assertStatus(Status.BAD_SIZE, valid(Opcode.DIF_INSERT).set(32, 1025));
        assertStatus(Status.BAD_SIZE, valid(Opcode.DIF_CHECK).set(32, 1039));
        assertStatus(Status.BAD_SIZE, valid(Opcode.CREATE_DELTA).set(32, 1039));
        assertStatus(Status.BAD_SIZE, valid(Opcode.APPLY_DELTA).set(32, 1039));
    }

    @ParameterizedTest
    @CsvSource({"70", "81", "655370"})
    void recordSizesOfDeltasAreChecked(int capacity) {
        assertStatus(Status.BAD_RECORD_SIZE, valid(Opcode.CREATE_DELTA).set(48, capacity));
        assertStatus(Status.BAD_RECORD_SIZE, valid(Opcode.APPLY_DELTA).set(40, 11));
    }

    @Test
    void alignmentsAreChecked() {
        MemorySegment memory = client.noise(2 * PAGE, 5);
        assertStatus(Status.ADDRESS_ALIGNMENT,
                valid(Opcode.CREATE_DELTA).set(16, memory.address() + 4));
        assertStatus(Status.ADDRESS_ALIGNMENT,
                valid(Opcode.CREATE_DELTA).set(40, memory.address() + 4));
        assertStatus(Status.ADDRESS_ALIGNMENT,
                valid(Opcode.APPLY_DELTA).set(24, memory.address() + 4));
        assertStatus(Status.ADDRESS_ALIGNMENT,
                valid(Opcode.CRC).flags(1 << 16).set(48, memory.address() + 2));
        assertStatus(Status.DUALCAST_ALIGNMENT,
                valid(Opcode.DUALCAST).set(40, memory.address() + 8));
        assertStatus(Status.LIST_ALIGNMENT, client.batch(client.task(0), client.task(0))
                .set(16, memory.address() + 32));
    }

    @Test
    void overlapsAreRefused() {
        MemorySegment memory = client.noise(4 * PAGE, 6);
        long at = memory.address();
        for (Opcode opcode : List.of(Opcode.COPY_CRC, Opcode.DUALCAST, Opcode.DIF_INSERT,
                Opcode.DIF_STRIP, Opcode.DIF_UPDATE, Opcode.APPLY_DELTA)) {
            Task task = valid(opcode).set(16, at).set(24, at + 8);
            if (opcode == Opcode.DUALCAST) {
                task.set(40, at + 8 + PAGE);
            }
            assertStatus(Status.OVERLAP, task);
        }
        assertStatus(Status.OVERLAP, valid(Opcode.DUALCAST).set(24, at).set(40, at));
        assertStatus(Status.OVERLAP, valid(Opcode.DUALCAST).set(16, at + 8)
                .set(24, at + 2 * PAGE)
                .set(40, at));
        assertStatus(Status.OVERLAP, valid(Opcode.CREATE_DELTA).set(24, at).set(40, at + 8));
        useDeviceWithoutCapabilities();
        assertStatus(Status.OVERLAP, client.task(3, memory, memory.asSlice(1), 100));
    }

    /** Two blocks of 520 bytes become 1,024 bytes. */
    @ParameterizedTest(name = "source {0} bytes behind the destination: {1}")
    @CsvSource({"1024, 0x16", "1040, 0x16", "1041, 0x01", "-1040, 0x01"})
    void stripOfCloseBlocksIsRefused(int distance, String status) {
        long at = client.noise(4 * PAGE, 6).address() + PAGE;
        assertStatus(Integer.decode(status),
                valid(Opcode.DIF_STRIP).set(16, at + distance).set(24, at));
    }

    @Test
    void batchesAreCounted() {
        useDevice(new DeviceSettings().capabilities(0).maxBatch(4));
        assertStatus(Status.BAD_COUNT, client.batch(client.task(0)));
        Task five = client.batch(client.task(0), client.task(0), client.task(0), client.task(0),
                client.task(0));
        assertStatus(Status.BAD_COUNT, five);
        useDevice(new DeviceSettings());
        assertStatus(Status.SUCCESS, client.batch(client.task(0)));
    }

    @Test
    void aBatchReportsItsFailedDescriptor() {
        Task good = move(SIZE);
        Task bad = client.task(0x7f);
        Task nested = client.batch(client.task(0), client.task(0));
        Task batch = client.run(client.batch(good, bad, nested));
        assertEquals(Status.BATCH_FAILED, batch.status());
        assertEquals(3, batch.completed());
        assertEquals(Status.SUCCESS, good.status());
        assertEquals(Status.BAD_OPCODE, bad.status());
        assertEquals(Status.BAD_OPCODE, nested.status());
    }

    @Test
    void aBatchWithAFailedFirstDescriptorFails() {
        Task last = client.task(0);
        assertStatus(Status.BATCH_FAILED, client.batch(client.task(0x7f), last));
        assertEquals(Status.SUCCESS, last.status());
    }

    @Test
    void aFenceStopsABatchAfterAFailure() {
        MemorySegment from = client.noise(PAGE, 7);
        MemorySegment to = client.noise(PAGE, 8);
        Task compare = client.task(5, from, to, PAGE).flags(1 << 7); // This expects equal bytes.
        Task fenced = client.task(3, from, to, PAGE).flags(1);
        byte[] before = bytes(to);
        Task batch = client.run(client.batch(compare, fenced));
        assertEquals(Status.FALSE_PREDICATE, compare.status());
        assertEquals(Status.BATCH_FAILED, batch.status());
        assertEquals(1, batch.completed());
        assertEquals(0, fenced.status());
        assertArrayEquals(before, bytes(to));
    }

    @Test
    void aBatchReportsAMisalignedOrLostRecord() {
        Task misaligned = client.task(0);
        misaligned.set(8, misaligned.record.address() + 8);
        assertStatus(Status.BATCH_FAILED, client.batch(client.task(0), misaligned));
        MemorySegment page = client.noise(PAGE, 1);
        client.memory.unmap(page.address());
        Task unmapped = client.task(0).set(8, page.address());
        assertStatus(Status.BATCH_FAILED, client.batch(client.task(0), unmapped));
    }

    @Test
    void aMissingPageOfTheListEndsTheBatch() {
        MemorySegment list = client.noise(2 * PAGE, 9);
        Task first = client.task(0);
        Task second = client.task(0);
        list.asSlice(PAGE - 64, 64).copyFrom(first.descriptor);
        list.asSlice(PAGE, 64).copyFrom(second.descriptor);
        client.memory.losePage(list.address() + PAGE, 1);
        Task batch =
                client.run(client.task(1).set(16, list.address() + PAGE - 64).set(32, 2));
        assertEquals(Status.BATCH_PAGE_FAULT, batch.status());
        assertEquals(list.address() + PAGE, batch.faultAddress());
        assertEquals(1, batch.completed());
        assertEquals(Status.SUCCESS, first.status());
        assertEquals(0, second.status());
    }

    @ParameterizedTest
    @CsvSource({"true, 0x83", "false, 0x03"})
    void aMoveStopsAtAMissingPage(boolean write, int status) {
        MemorySegment from = client.noise(SIZE, 10);
        MemorySegment to = client.noise(SIZE, 11);
        byte[] before = bytes(to);
        long missing = (write ? to : from).address() + PAGE;
        client.memory.losePage(missing, 1);
        Task task = client.run(client.task(3, from.asSlice(10), to.asSlice(10), SIZE - 10));
        assertEquals(status, task.status());
        assertEquals(PAGE - 10, task.completed());
        assertEquals(missing, task.faultAddress());
        byte[] expected = before.clone();
        System.arraycopy(bytes(from), 10, expected, 10, PAGE - 10);
        assertArrayEquals(expected, bytes(to));
        // The report has made the page present.
        assertStatus(Status.SUCCESS, client.task(3, from, to, SIZE));
    }

    @Test
    void anOverlappingMoveStopsWithItsTailDone() {
        MemorySegment both = client.noise(4 * PAGE, 12);
        byte[] before = bytes(both);
        client.memory.losePage(both.address() + PAGE, 1);
        Task task = client.run(client.task(3, both.asSlice(100), both.asSlice(200), SIZE));
        assertEquals(Status.PAGE_FAULT | WRITE, task.status() | WRITE);
        assertEquals(1, task.result());
        int rest = SIZE - task.completed();
        // The client shortens the transfer and submits the rest.
        assertStatus(Status.SUCCESS,
                client.task(3, both.asSlice(100), both.asSlice(200), rest));
        byte[] expected = before.clone();
        System.arraycopy(before, 100, expected, 200, SIZE);
        assertArrayEquals(expected, bytes(both));
    }

    @Test
    void blockOnFaultWaitsForThePage() {
        useDevice(new DeviceSettings().queue(QueueSettings.shared(8).withBlockOnFault(true)));
        Task task = move(SIZE).flags(BLOCK_ON_FAULT);
        long page = task.descriptor.get(JAVA_LONG, 24);
        client.memory.losePage(page, Integer.MAX_VALUE);
        assertStatus(Status.SUCCESS, task);
        client.memory.unmap(page + PAGE);
        Task failing = client.task(3, MemorySegment.ofAddress(page + 2 * PAGE),
                MemorySegment.ofAddress(page), 2 * PAGE).flags(BLOCK_ON_FAULT);
        assertEquals(Status.PAGE_REQUEST_FAILED | WRITE, client.run(failing).status());
        assertEquals(PAGE, failing.completed());
    }

    @Test
    void aPageStaysMissingForItsNumberOfFaults() {
        MemorySegment to = client.noise(PAGE, 1);
        client.memory.losePage(to.address(), 2);
        for (int status : new int[]{Status.PAGE_FAULT | WRITE, Status.PAGE_FAULT | WRITE, 1}) {
            assertStatus(status, client.task(3, client.noise(PAGE, 2), to, PAGE));
        }
    }

    /** Memory with pages that disappear between the device's check and its access. */
    private static final class VanishingMemory implements ClientMemory {
        private final LocalMemory memory;
        private final long vanished;

        VanishingMemory(LocalMemory memory, long vanished) {
            this.memory = memory;
            this.vanished = vanished;
        }

        @Override
        public long present(long address, long length, boolean write) {
            return length;
        }

        @Override
        public boolean resolve(long address, boolean write) {
            return true;
        }

        @Override
        public void read(long address, byte[] bytes) throws MemoryFault {
            if (vanished >= address && vanished < address + bytes.length) {
                throw new MemoryFault(vanished, false);
            }
            memory.read(address, bytes);
        }

        @Override
        public void write(long address, byte[] bytes) throws MemoryFault {
            memory.write(address, bytes);
        }

        @Override
        public void writeRecord(long address, byte[] bytes) throws MemoryFault {
            memory.writeRecord(address, bytes);
        }
    }

    @Test
    void aPageLostDuringAnOperationIsAFault() {
        int size = 3 * Access.CHUNK;
        MemorySegment from = client.noise(size, 1);
        long vanished = from.address() + Access.CHUNK + 5;
        var memory = new VanishingMemory(client.memory, vanished);
        Task task = client.task(0x10, from, from, size).set(24, 0L);
        client.device.submit(0, memory, task.bytes());
        client.device.step();
        assertEquals(Status.PAGE_FAULT, task.status());
        assertEquals(vanished, task.faultAddress());
        assertEquals(Access.CHUNK, task.completed());
        Task chunk = client.run(client.task(0x10, from, from, Access.CHUNK).set(24, 0L));
        assertEquals(chunk.value(), task.value());
    }

    @Test
    void blockOnFaultNeedsTheQueuesPermission() {
        assertStatus(Status.BAD_FLAGS, move(100).flags(BLOCK_ON_FAULT));
    }

    @Test
    void aCrcContinuesAfterAPageFault() {
        MemorySegment from = client.noise(SIZE, 13);
        Task whole = client.run(client.task(0x10, from, from, SIZE).set(24, 0L));
        client.memory.losePage(from.address() + PAGE, 1);
        Task part = client.run(client.task(0x10, from, from, SIZE).set(24, 0L));
        assertEquals(Status.PAGE_FAULT, part.status());
        MemorySegment rest = from.asSlice(part.completed());
        Task last = client.run(client.task(0x10, rest, rest, rest.byteSize())
                .set(24, 0L)
                .set(40, (int) part.value()));
        assertEquals(whole.value(), last.value());
    }

    @ParameterizedTest
    @EnumSource(names = {"FILL", "COMPARE", "COMPARE_PATTERN", "DUALCAST", "COPY_CRC",
        "CACHE_FLUSH", "CREATE_DELTA", "DIF_CHECK", "DIF_INSERT", "DIF_UPDATE", "DIF_STRIP"})
    void everyOperationStopsAtAMissingPage(Opcode opcode) {
        Task task = valid(opcode);
        boolean hasSource = opcode != Opcode.FILL && opcode != Opcode.CACHE_FLUSH;
        long page = task.descriptor.get(JAVA_LONG,
                hasSource ? 16 : 24);
        client.memory.losePage(page, 1);
        client.run(task);
        assertEquals(Status.PAGE_FAULT | (opcode == Opcode.FILL ? WRITE : 0), task.status());
        assertEquals(0, task.completed());
        assertEquals(page, task.faultAddress());
    }

    @Test
    void applyStopsWithinTheRecord() {
        byte[] entries = new byte[20];
        Arrays.fill(entries, (byte) 1);
        entries[1] = 0;
        entries[10] = 0;
        entries[11] = 2; // Word 512 is in the next page.
        MemorySegment record = client.copyOf(entries);
        MemorySegment to = client.noise(2 * PAGE, 14);
        client.memory.losePage(to.address() + PAGE, 1);
        Task task = client.run(client.task(8, record, to, 2 * PAGE).set(40, 20));
        assertEquals(Status.PAGE_FAULT | WRITE, task.status());
        assertEquals(10, task.completed());
        assertStatus(Status.SUCCESS,
                client.task(8, record.asSlice(10), to, 2 * PAGE).set(40, 10));
        assertEquals(1, to.get(JAVA_BYTE, PAGE));
    }
}
