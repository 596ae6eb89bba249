package io.github.vdm4j.emulator;

import static io.github.vdm4j.emulator.DeviceClient.PAGE;
import static io.github.vdm4j.emulator.DeviceClient.bytes;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.vdm4j.emulator.DeviceClient.Task;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.zip.CRC32C;
import net.jqwik.api.EdgeCasesMode;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;

/** A comparison of a client that continues after page faults with the results of the JVM. */
class DeviceProperties {
    private static final int PAGES = 6;
    private static final int MOST_FAULTS = 100;

    private final DeviceClient client = new DeviceClient(new DeviceSettings());

    private MemorySegment memoryWithFaults(long seed, Set<Integer> missing) {
        MemorySegment memory = client.noise(PAGES * PAGE, seed);
        missing.forEach(page -> client.memory.losePage(memory.address() + (long) page * PAGE, 2));
        return memory;
    }

    private static boolean isFault(Task task) {
        return (task.status() & ~Status.WRITE_FAULT) == Status.PAGE_FAULT;
    }

    @Property(tries = 300, edgeCases = EdgeCasesMode.NONE)
    void movesContinueInBothDirections(@ForAll @IntRange(max = 2 * PAGE) int from,
            @ForAll @IntRange(max = 2 * PAGE) int to,
            @ForAll @IntRange(min = 1, max = 3 * PAGE) int length,
            @ForAll @Size(max = 6) Set<@IntRange(max = PAGES - 1) Integer> missing) {
        MemorySegment memory = memoryWithFaults(from, missing);
        byte[] expected = bytes(memory);
        System.arraycopy(expected, from, expected, to, length);
        long source = from;
        long destination = to;
        long rest = length;
        Task task = null;
        for (int faults = 0; faults < MOST_FAULTS && (task == null || isFault(task)); faults++) {
            task = client.run(client.task(3, memory.asSlice(source), memory.asSlice(destination),
                    rest));
            if (isFault(task)) {
                rest -= task.completed();
                source += task.result() == 0 ? task.completed() : 0;
                destination += task.result() == 0 ? task.completed() : 0;
            }
        }
        assertEquals(Status.SUCCESS, task.status());
        assertArrayEquals(expected, bytes(memory));
    }

    @Property(tries = 300, edgeCases = EdgeCasesMode.NONE)
    void crcsContinueFromTheirPartialValue(@ForAll @IntRange(max = 2 * PAGE) int from,
            @ForAll @IntRange(min = 1, max = 4 * PAGE) int length, @ForAll boolean copies,
            @ForAll @Size(max = 6) Set<@IntRange(max = PAGES - 1) Integer> missing) {
        MemorySegment memory = memoryWithFaults(from, missing);
        MemorySegment copy = client.noise(PAGES * PAGE, 1);
        long done = 0;
        int seed = 0;
        Task task = null;
        for (int faults = 0; faults < MOST_FAULTS && (task == null || isFault(task)); faults++) {
            task = client.task(copies ? 0x11 : 0x10, memory.asSlice(from + done),
                    copy.asSlice(from + done), length - done).set(40, seed);
            client.run(copies ? task : task.set(24, 0L));
            done += task.completed();
            seed = (int) task.value();
        }
        assertEquals(Status.SUCCESS, task.status());
        var expected = new CRC32C();
        expected.update(bytes(memory.asSlice(from, length)));
        assertEquals((int) expected.getValue(), seed);
        assertTrue(
                !copies || memory.asSlice(from, length).mismatch(copy.asSlice(from, length)) < 0);
    }

    @Property(tries = 300, edgeCases = EdgeCasesMode.NONE)
    void comparisonsAndFillsContinue(@ForAll @IntRange(max = 2 * PAGE) int from,
            @ForAll @IntRange(min = 1, max = 4 * PAGE) int length, @ForAll int difference,
            @ForAll @Size(max = 6) Set<@IntRange(max = PAGES - 1) Integer> missing) {
        MemorySegment memory = memoryWithFaults(from, missing);
        long pattern = 0x0123456789abcdefL;
        long done = 0;
        Task task = null;
        for (int faults = 0; faults < MOST_FAULTS && (task == null || isFault(task)); faults++) {
            MemorySegment rest = memory.asSlice(from + done);
            task = client.run(client.task(4, rest, rest, length - done)
                    .set(16, Long.rotateRight(pattern, (int) (done % 8 * 8))));
            done += task.completed();
        }
        assertEquals(Status.SUCCESS, task.status());
        byte[] expected = new byte[length];
        for (int i = 0; i < length; i++) {
            expected[i] = (byte) (pattern >>> i % 8 * 8);
        }
        assertArrayEquals(expected, bytes(memory.asSlice(from, length)));

        int at = Math.floorMod(difference, length);
        expected[at] ^= 1;
        Task compared = client.run(
                client.task(5, memory.asSlice(from), client.copyOf(expected), length));
        assertEquals(1, compared.result());
        assertEquals(at, compared.completed());
    }

    @Property(tries = 50)
    void everyOperationEndsOnceOnAnUnreliableDevice(@ForAll long seed,
            @ForAll @IntRange(min = 2, max = 20) int queue) {
        var faults = new ListedFaults(
                List.of("errno=EAGAIN:3", "accept=2:4", "status=0x20:5", "page=77:3"));
        var device = new DeviceModel(new DeviceSettings().outOfOrder(seed)
                .queue(QueueSettings.shared(queue)), faults, () -> 0, DeviceModel.Observer.NONE);
        try (var unreliable = new DeviceClient(device)) {
            var random = new SplittableRandom(seed);
            MemorySegment from = unreliable.noise(PAGE, seed);
            List<Task> waiting = new ArrayList<>();
            List<MemorySegment> targets = new ArrayList<>();
            for (int i = 0; i < 100; i++) {
                targets.add(unreliable.arena.allocate(PAGE));
                waiting.add(unreliable.task(3, from, targets.get(i), PAGE));
            }
            List<Task> inFlight = new ArrayList<>();
            for (int turns = 0; turns < 10_000 && !(waiting.isEmpty() && inFlight.isEmpty());
                    turns++) {
                int count = Math.min(waiting.size(), random.nextInt(1, 6));
                int accepted = count == 0 ? 0
                        : Math.max(0, unreliable.submit(
                                waiting.subList(0, count).toArray(Task[]::new))) / 64;
                inFlight.addAll(waiting.subList(0, accepted));
                waiting.subList(0, accepted).clear();
                device.step();
                for (Task task : inFlight.toArray(Task[]::new)) {
                    if (task.status() != 0) {
                        inFlight.remove(task);
                        if (task.status() != Status.SUCCESS) {
                            task.record.fill((byte) 0);
                            waiting.add(task);
                        }
                    }
                }
            }
            assertTrue(waiting.isEmpty() && inFlight.isEmpty());
            byte[] expected = bytes(from);
            targets.forEach(target -> assertArrayEquals(expected, bytes(target)));
        }
    }
}
