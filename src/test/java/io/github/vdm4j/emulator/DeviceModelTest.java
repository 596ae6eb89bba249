package io.github.vdm4j.emulator;

import static io.github.vdm4j.emulator.DeviceClient.PAGE;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.vdm4j.emulator.DeviceClient.Task;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Acceptance, order, time and faults of the queues of the emulated device. */
class DeviceModelTest {
    private final AtomicLong clock = new AtomicLong();
    private final List<Completion> completions = new ArrayList<>();
    private final List<Descriptor> order = new ArrayList<>();
    private int dropped;
    private int lostRecords;

    private final DeviceModel.Observer observer = new DeviceModel.Observer() {
        @Override
        public void completed(Descriptor descriptor, Completion completion) {
            order.add(descriptor);
            completions.add(completion);
        }

        @Override
        public void recordLost(Descriptor descriptor) {
            lostRecords++;
        }

        @Override
        public void dropped(Descriptor descriptor) {
            dropped++;
        }
    };

    private DeviceClient client(DeviceSettings settings, String... faults) {
        return new DeviceClient(new DeviceModel(settings, new ListedFaults(List.of(faults)),
                clock::get, observer));
    }

    private static Task[] noOps(DeviceClient client, int count) {
        return Stream.generate(() -> client.task(0)).limit(count).toArray(Task[]::new);
    }

    @Test
    void aSharedQueueRefusesFromItsThresholdOn() {
        var settings = new DeviceSettings().queue(QueueSettings.shared(8).withThreshold(3));
        try (var client = client(settings)) {
            assertEquals(3 * 64, client.submit(noOps(client, 5)));
            assertEquals(-DeviceModel.EAGAIN, client.submit(client.task(0)));
            assertTrue(client.device.step());
            assertEquals(64, client.submit(client.task(0)));
        }
    }

    @Test
    void aFullDedicatedQueueDropsDescriptors() {
        try (var client = client(new DeviceSettings().queue(QueueSettings.dedicated(2)))) {
            Task[] tasks = noOps(client, 3);
            assertEquals(3 * 64, client.submit(tasks));
            assertEquals(1, dropped);
            while (client.device.step()) {}
            assertEquals(Status.SUCCESS, tasks[1].status());
            assertEquals(0, tasks[2].status());
        }
    }

    @Test
    void theDriverRefusesBadRecordAddressesAndBatches() {
        try (var client = client(new DeviceSettings().version(DeviceSettings.VERSION_1))) {
            assertEquals(-DeviceModel.EINVAL, client.submit(client.task(0).set(8, 0L)));
            Task misaligned = client.task(0);
            misaligned.set(8, misaligned.record.address() + 16);
            assertEquals(64, client.submit(client.task(0), misaligned));
            assertEquals(-DeviceModel.EINVAL, client.submit(client.batch(noOps(client, 2))));
            assertEquals(0, client.device.submit(0, client.memory, new byte[63]));
            assertEquals(64, client.device.submit(0, client.memory,
                    java.util.Arrays.copyOf(client.task(0).bytes(), 127)));
        }
    }

    @Test
    void aDisabledQueueCompletesItsDescriptors() {
        var settings = new DeviceSettings().queue(QueueSettings.shared(1));
        try (var client = client(settings)) {
            Task task = client.task(0);
            client.submit(task);
            client.device.disable(0);
            assertEquals(-DeviceModel.ENODEV, client.submit(client.task(0)));
            client.device.enable(0);
            assertEquals(-DeviceModel.EAGAIN, client.submit(client.task(0)));
            assertTrue(client.device.step());
            assertEquals(Status.SUCCESS, task.status());
            assertEquals(64, client.submit(client.task(0)));
        }
    }

    @Test
    void aDeadDeviceAnswersWithErrors() {
        try (var client = client(new DeviceSettings(), "die:2")) {
            Task[] tasks = noOps(client, 3);
            client.submit(tasks);
            assertTrue(client.device.step());
            assertFalse(client.device.step());
            assertTrue(client.device.isDead());
            assertEquals(Status.SUCCESS, tasks[0].status());
            assertEquals(0, tasks[1].status());
            assertEquals(-DeviceModel.ENOTCONN, client.submit(client.task(0)));
        }
    }

    @Test
    void timePassesByLatencyAndBytes() {
        try (var client = client(new DeviceSettings().speed(1_000, 2))) {
            MemorySegment memory = client.noise(2 * PAGE, 1);
            Task first = client.task(3, memory, memory.asSlice(PAGE), PAGE);
            Task second = client.task(3, memory, memory.asSlice(PAGE), PAGE);
            client.submit(first, second);
            clock.set(1_000 + PAGE / 2 - 1);
            assertEquals(0, client.device.advance());
            clock.incrementAndGet();
            assertEquals(1, client.device.advance());
            assertEquals(0, second.status());
            clock.addAndGet(PAGE / 2);
            assertEquals(1, client.device.advance());
        }
    }

    @Test
    void aDeviceThreadCompletesDescriptors() throws Exception {
        var device = new DeviceModel(new DeviceSettings().speed(100_000, 1), FaultPlan.NONE,
                System::nanoTime, observer);
        Thread thread = Thread.ofPlatform().start(() -> {
            assertThrows(InterruptedException.class, device::run);
        });
        try (var client = new DeviceClient(device)) {
            Task[] tasks = noOps(client, 20);
            client.submit(tasks);
            while (device.pending() > 0) {
                Thread.onSpinWait();
            }
            assertEquals(Status.SUCCESS, tasks[19].status());
        }
        thread.interrupt();
        thread.join();
    }

    @Test
    void descriptorsCompleteOutOfOrderButDrainsWait() {
        try (var client = client(new DeviceSettings().outOfOrder(7))) {
            Task[] tasks = noOps(client, 30);
            tasks[20] = client.task(2);
            client.submit(tasks);
            while (client.device.step()) {}
            List<Long> completed = order.stream().map(Descriptor::completionAddress).toList();
            List<Long> submitted =
                    Stream.of(tasks).map(task -> task.record.address()).toList();
            assertNotEquals(submitted, completed);
            int drain = completed.indexOf(tasks[20].record.address());
            assertTrue(completed.subList(0, drain).containsAll(submitted.subList(0, 20)));
        }
    }

    @Test
    void aFencedBatchKeepsItsOrder() {
        try (var client = client(new DeviceSettings().outOfOrder(7))) {
            Task[] tasks = noOps(client, 20);
            tasks[10].flags(1);
            client.run(client.batch(tasks));
            List<Long> completed = order.stream().map(Descriptor::completionAddress).toList();
            List<Long> submitted =
                    Stream.of(tasks).map(task -> task.record.address()).toList();
            assertNotEquals(submitted, completed.subList(0, 20));
            assertTrue(completed.subList(0, 10).containsAll(submitted.subList(0, 10)));
        }
    }

    @ParameterizedTest
    @CsvSource({"errno=EAGAIN:3, -11", "errno=ENODEV:3, -19", "errno=EPERM:3, -1",
        "errno=0x47:3, -71"})
    void everyThirdWriteFails(String fault, int answer) {
        try (var client = client(new DeviceSettings(), fault)) {
            for (int i = 1; i <= 9; i++) {
                assertEquals(i % 3 == 0 ? answer : 64, client.submit(client.task(0)));
            }
        }
    }

    @Test
    void everySecondWriteIsAcceptedInPart() {
        try (var client = client(new DeviceSettings(), "accept=1:2")) {
            assertEquals(3 * 64, client.submit(noOps(client, 3)));
            assertEquals(64, client.submit(noOps(client, 3)));
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {0x04, 0x05, 0x1d, 0x1e, 0x1f, 0x20, 0x21, 0x22, 0x7e})
    void everyStatusCanBeInjected(int status) {
        try (var client = client(new DeviceSettings(), "status=" + status + ":2")) {
            MemorySegment memory = client.noise(2 * PAGE, 1);
            Task good = client.run(client.task(3, memory, memory.asSlice(PAGE), 8));
            assertEquals(Status.SUCCESS, good.status());
            Task bad = client.run(client.task(3, memory, memory.asSlice(PAGE), PAGE));
            assertEquals(status, bad.status());
            assertNotEquals(-1, memory.asSlice(0, PAGE).mismatch(memory.asSlice(PAGE)));
        }
    }

    @Test
    void pagesRecordsAndTimeCanBeLost() {
        try (var client = client(new DeviceSettings(), "page=100:3", "lost:4", "late=5:5")) {
            MemorySegment memory = client.noise(2 * PAGE, 1);
            Task[] tasks = new Task[5];
            for (int i = 0; i < 5; i++) {
                tasks[i] = client.task(3, memory, memory.asSlice(PAGE), PAGE);
            }
            client.submit(tasks);
            assertEquals(4, client.device.advance());
            assertEquals(Status.PAGE_FAULT, tasks[2].status());
            assertEquals(100, tasks[2].completed());
            assertEquals(memory.address() + 100, tasks[2].faultAddress());
            assertEquals(0, tasks[3].status());
            assertEquals(0, tasks[4].status());
            clock.set(5_000);
            assertEquals(1, client.device.advance());
            assertEquals(Status.SUCCESS, tasks[4].status());
            assertEquals(-1, memory.asSlice(0, PAGE).mismatch(memory.asSlice(PAGE)));
        }
    }

    @Test
    void aDescriptorThatBlocksSeesNoInjectedFault() {
        var settings = new DeviceSettings().queue(QueueSettings.shared(4).withBlockOnFault(true));
        try (var client = client(settings, "page=100:1")) {
            MemorySegment memory = client.noise(2 * PAGE, 1);
            Task task = client.task(3, memory, memory.asSlice(PAGE), PAGE).flags(2);
            assertEquals(Status.SUCCESS, client.run(task).status());
        }
    }

    @Test
    void drainWaitsForTheLastDescriptor() {
        try (var client = client(new DeviceSettings())) {
            List<String> told = new ArrayList<>();
            client.device.whenDrained(client.memory, () -> told.add("empty"));
            client.submit(noOps(client, 2));
            client.device.whenDrained(client.memory, () -> told.add("drained"));
            client.device.step();
            assertEquals(List.of("empty"), told);
            client.device.step();
            assertEquals(List.of("empty", "drained"), told);
            client.submit(noOps(client, 1));
            client.device.whenDrained(client.memory, () -> told.add("dead"));
            client.device.die();
            assertEquals(List.of("empty", "drained", "dead"), told);
        }
    }

    @Test
    void aRecordWithoutAPageIsCounted() {
        try (var client = client(new DeviceSettings())) {
            Task task = client.task(0);
            client.memory.unmap(task.record.address());
            client.run(task);
            assertEquals(0, task.status());
            assertEquals(1, lostRecords);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"errno:3", "errno=EAGAIN", "errno=WRONG:1", "status=3:1", "lost=1:2",
        "page=x:1", "bad:1", "status=0x80:1", "status=0x100:1", "late=:1", "accept=1:0"})
    void unknownFaultIsRefused(String text) {
        var thrown = assertThrows(IllegalArgumentException.class,
                () -> new ListedFaults(List.of(text)));
        assertTrue(thrown.getMessage().startsWith(text + " is no fault"), thrown.getMessage());
    }
}
