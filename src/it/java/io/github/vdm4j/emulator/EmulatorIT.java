package io.github.vdm4j.emulator;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.nio.file.StandardOpenOption.READ;
import static java.nio.file.StandardOpenOption.WRITE;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.github.vdm4j.emulator.DeviceClient.Task;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** This process is a client. It opens the nodes and writes descriptors. */
@DisplayName("The emulator as a process")
class EmulatorIT {
    private static final int PAGE = 4096;
    private static final long SECONDS = 30;

    @TempDir Path folder;

    // The client only creates the tasks. The test does not use its device.
    private final DeviceClient client = new DeviceClient(new DeviceSettings());
    private final List<Integer> opened = new ArrayList<>();

    @AfterEach
    void closeQueues() {
        opened.forEach(SystemCalls::close);
        client.close();
    }

    private int open(EmulatorProcess emulator, String queue) {
        int descriptor = SystemCalls.open(emulator.devices().resolve(queue).toString(),
                SystemCalls.O_RDWR_CLOEXEC);
        if (descriptor >= 0) {
            opened.add(descriptor);
        }
        return descriptor;
    }

    private long submit(int queue, Task... tasks) {
        MemorySegment bytes = client.arena.allocate(64L * tasks.length, 64);
        for (int i = 0; i < tasks.length; i++) {
            bytes.asSlice(64L * i, 64).copyFrom(tasks[i].descriptor);
        }
        return SystemCalls.write(queue, bytes);
    }

    private static int await(Task task) {
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(SECONDS);
        while (task.status() == 0) {
            assertTrue(System.nanoTime() < end, "the record stays empty");
            Thread.onSpinWait();
        }
        return task.status();
    }

    private Task move(MemorySegment from, MemorySegment to) {
        return client.task(3, from, to, from.byteSize());
    }

    @Test
    void manyClientsMoveBytesThroughSeveralQueues() throws Exception {
        try (var emulator = EmulatorProcess.start(folder, "--devices", "2", "--queues",
                "shared:16,shared:16", "--out-of-order", "5")) {
            List<Thread> threads = new ArrayList<>();
            List<Throwable> failures = new ArrayList<>();
            for (String queue : List.of("wq0.0", "wq0.1", "wq1.0", "wq1.1")) {
                int descriptor = open(emulator, queue);
                assertTrue(descriptor >= 0);
                Thread thread = Thread.ofPlatform().start(() -> moveMany(descriptor));
                thread.setUncaughtExceptionHandler((t, e) -> failures.add(e));
                threads.add(thread);
            }
            for (Thread thread : threads) {
                thread.join();
            }
            assertEquals(List.of(), failures);
            String said = emulator.end();
            assertTrue(said.contains("800 with status 0x01"), said);
        }
    }

    private void moveMany(int queue) {
        var random = new SplittableRandom(queue);
        MemorySegment from = client.noise(20_000, queue);
        for (int round = 0; round < 20; round++) {
            List<Task> tasks = new ArrayList<>();
            List<MemorySegment> targets = new ArrayList<>();
            for (int i = 0; i < 10; i++) {
                int size = random.nextInt(1, 20_000);
                targets.add(client.noise(size, i));
                tasks.add(move(from.asSlice(0, size), targets.get(i)));
            }
            assertEquals(640, submit(queue, tasks.toArray(Task[]::new)));
            for (int i = 0; i < 10; i++) {
                assertEquals(Status.SUCCESS, await(tasks.get(i)));
                assertEquals(-1, targets.get(i)
                        .mismatch(from.asSlice(0,
                                targets.get(i).byteSize())));
            }
        }
    }

    @Test
    void pagesThatTheClientHasNotTouchedAreMissing() throws Exception {
        try (var emulator = EmulatorProcess.start(folder);
                var file = FileChannel.open(Files.createTempFile(folder, "data", ""), READ, WRITE);
                Arena arena = Arena.ofConfined()) {
            int queue = open(emulator, "wq0.0");
            MemorySegment to = file.map(FileChannel.MapMode.READ_WRITE, 0, 3 * PAGE, arena);
            MemorySegment from = client.noise(3 * PAGE, 1);
            to.set(JAVA_BYTE, 0, (byte) 1); // makes the first page present
            Task task = move(from, to);
            assertEquals(64, submit(queue, task));
            assertEquals(Status.PAGE_FAULT | Status.WRITE_FAULT, await(task));
            assertEquals(PAGE, task.completed());
            assertEquals(to.address() + PAGE, task.faultAddress());
            assertEquals(-1, from.asSlice(0, PAGE).mismatch(to.asSlice(0, PAGE)));
            to.set(JAVA_BYTE, PAGE, (byte) 1);
            to.set(JAVA_BYTE, 2 * PAGE, (byte) 1);
            Task rest = move(from.asSlice(PAGE), to.asSlice(PAGE));
            assertEquals(64, submit(queue, rest));
            assertEquals(Status.SUCCESS, await(rest));
            assertEquals(-1, from.mismatch(to));
        }
    }

    @Test
    void blockOnFaultBringsPagesIn() throws Exception {
        try (var emulator = EmulatorProcess.start(folder, "--block-on-fault");
                var file = FileChannel.open(Files.createTempFile(folder, "data", ""), READ, WRITE);
                Arena arena = Arena.ofConfined()) {
            int queue = open(emulator, "wq0.0");
            MemorySegment to = file.map(FileChannel.MapMode.READ_WRITE, 0, 3 * PAGE, arena);
            MemorySegment from = client.noise(3 * PAGE, 1);
            Task task = move(from, to).flags(DeviceClient.BLOCK_ON_FAULT);
            assertEquals(64, submit(queue, task));
            assertEquals(Status.SUCCESS, await(task));
            assertEquals(-1, from.mismatch(to));
            Task wild = client.task(3)
                    .flags(DeviceClient.BLOCK_ON_FAULT)
                    .set(16, 4096L)
                    .set(24, to.address())
                    .set(32, 64);
            assertEquals(64, submit(queue, wild));
            assertEquals(Status.PAGE_REQUEST_FAILED, await(wild));
        }
    }

    @Test
    void wildAddressesAreFaultsOfTheirDescriptorOnly() throws Exception {
        try (var emulator = EmulatorProcess.start(folder, "--block-on-fault")) {
            int queue = open(emulator, "wq0.0");
            MemorySegment good = client.noise(PAGE, 1);
            long[] wild = {64, 0x7fff_ffff_f000L, Long.MAX_VALUE - 63, Long.MIN_VALUE, -4096, -64};
            for (long address : wild) {
                for (int flags : new int[]{0, DeviceClient.BLOCK_ON_FAULT}) {
                    for (int field : new int[]{16, 24}) {
                        Task task = client.task(3, good, good, PAGE)
                                .set(field, address)
                                .flags(flags);
                        assertEquals(64, submit(queue, task));
                        int status = await(task);
                        assertEquals(flags == 0 ? Status.PAGE_FAULT : Status.PAGE_REQUEST_FAILED,
                                status & ~Status.WRITE_FAULT, () -> Long.toHexString(address));
                    }
                }
                Task batch = client.task(1).set(16, address & -64).set(32, 2);
                assertEquals(64, submit(queue, batch));
                assertEquals(Status.BATCH_PAGE_FAULT, await(batch));
                Task lost = client.task(0).set(8, address & -32);
                assertEquals(64, submit(queue, lost));
            }
            Task last = move(good, client.noise(PAGE, 2));
            assertEquals(64, submit(queue, last));
            assertEquals(Status.SUCCESS, await(last));
            String said = emulator.end();
            assertTrue(said.contains(wild.length + " records could not be written"), said);
        }
    }

    @ParameterizedTest
    @CsvSource({"errno=EAGAIN:1, -11", "errno=ENODEV:1, -19", "errno=EIO:1, -5",
        "errno=EBADF:1, -9", "errno=EPERM:1, -1", "errno=EFAULT:1, -14", "accept=1:1, 64"})
    void faultsReachTheClient(String fault, long answer) throws Exception {
        try (var emulator = EmulatorProcess.start(folder, "--fault", fault)) {
            int queue = open(emulator, "wq0.0");
            assertEquals(answer, submit(queue, client.task(0), client.task(0)));
        }
    }

    @Test
    void aFullSharedQueueAnswersWithAgain() throws Exception {
        try (var emulator = EmulatorProcess.start(folder, "--queues", "shared:4:2", "--latency",
                "200000")) {
            int queue = open(emulator, "wq0.0");
            Task first = client.task(0);
            Task second = client.task(0);
            assertEquals(128, submit(queue, first, second, client.task(0)));
            assertEquals(-DeviceModel.EAGAIN, submit(queue, client.task(0)));
            await(first);
            await(second);
            assertEquals(64, submit(queue, client.task(0)));
        }
    }

    @Test
    void aDedicatedQueueHasOneClient() throws Exception {
        try (var emulator = EmulatorProcess.start(folder, "--queues", "dedicated:4")) {
            assertTrue(open(emulator, "wq0.0") >= 0);
            assertEquals(-QueueNode.EBUSY, open(emulator, "wq0.0"));
            SystemCalls.close(opened.removeFirst());
            assertTrue(open(emulator, "wq0.0") >= 0);
        }
    }

    @Test
    void closeWaitsForTheDescriptors() throws Exception {
        try (var emulator = EmulatorProcess.start(folder, "--latency", "300000")) {
            int queue = open(emulator, "wq0.0");
            Task task = client.task(0);
            assertEquals(64, submit(queue, task));
            assertEquals(0, task.status());
            SystemCalls.close(opened.removeFirst());
            assertEquals(Status.SUCCESS, task.status());
        }
    }

    @Test
    void writesFailAfterTheEmulatorWasKilled() throws Exception {
        try (var emulator = EmulatorProcess.start(folder, "--latency", "600000000")) {
            int queue = open(emulator, "wq0.0");
            Task task = client.task(0);
            assertEquals(64, submit(queue, task));
            emulator.kill();
            assertEquals(-DeviceModel.ENOTCONN, submit(queue, client.task(0)));
            assertEquals(-DeviceModel.ENOTCONN, open(emulator, "wq0.0"));
            assertEquals(0, task.status());
        }
    }

    @Test
    void aDyingDeviceLooksLikeAKilledEmulator() throws Exception {
        try (var emulator = EmulatorProcess.start(folder, "--fault", "die:2")) {
            int queue = open(emulator, "wq0.0");
            MemorySegment from = client.noise(64, 1);
            Task first = move(from, client.noise(64, 2));
            assertEquals(64, submit(queue, first));
            await(first);
            Task second = move(from, client.noise(64, 2));
            submit(queue, second); // The device may die before the answer.
            long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(SECONDS);
            long answer = submit(queue, client.task(0));
            while (answer != -DeviceModel.ENOTCONN && System.nanoTime() < end) {
                answer = submit(queue, client.task(0));
            }
            assertEquals(-DeviceModel.ENOTCONN, answer);
            assertEquals(0, second.status());
        }
    }

    @Test
    void theEmulatorUnmountsWhenItsInputEnds() throws Exception {
        try (var emulator = EmulatorProcess.start(folder)) {
            int queue = open(emulator, "wq0.0");
            String mounts = Files.readString(Path.of("/proc/self/mounts"));
            assertTrue(mounts.contains(" " + emulator.devices().toRealPath() + " fuse.dsa "));
            emulator.end();
            mounts = Files.readString(Path.of("/proc/self/mounts"));
            assertFalse(mounts.contains(folder.toString()), mounts);
            assertEquals(-DeviceModel.ENOTCONN, submit(queue, client.task(0)));
        }
    }

    @Test
    void theFolderShowsItsQueues() throws Exception {
        try (var emulator = EmulatorProcess.start(folder, "--queues", "shared:4,dedicated:8")) {
            try (var nodes = Files.list(emulator.devices())) {
                assertEquals(List.of("wq0.0", "wq0.1"),
                        nodes.map(node -> node.getFileName().toString()).sorted().toList());
            }
            assertFalse(Files.exists(emulator.devices().resolve("wq0.2")));
            assertEquals("dedicated\n",
                    Files.readString(emulator.sysfs().resolve("wq0.1").resolve("mode")));
        }
    }

    @Test
    void anOrdinaryProgramInCUsesTheEmulatedDevice() throws Exception {
        assumeTrue(exitCode("gcc", "--version") == 0, "needs gcc");
        EmulatorProcess.start(folder).close(); // skips the test if FUSE cannot be mounted
        Path program = folder.resolve("client");
        assertEquals(0, exitCode("gcc", "-O1", "-Wall", "-Werror", "-o", program.toString(),
                "src/it/c/dsa-client.c"));
        Path output = folder.resolve("output");
        int code = exitCode(output, "scripts/dsa-emulator", "--system", "--", program.toString());
        String said = Files.readString(output);
        assumeTrue(!said.startsWith("unshare:"), said);
        assertEquals(0, code, said);
        assertTrue(said.contains("moved 12288 bytes with 3 page faults: equal"), said);
        assertTrue(said.contains("a child's write: errno 1\n"), said);
    }

    @Test
    void theCommandEndsWithTheExitCodeOfItsCommand() throws Exception {
        EmulatorProcess.start(folder).close();
        Path output = folder.resolve("output");
        assertEquals(7, exitCode(output, "scripts/dsa-emulator", "--", "sh", "-c",
                "test -e $VDM4J_DSA_DEVICES/wq0.0 && test -d $VDM4J_DSA_SYSFS/wq0.0 && exit 7"));
        assertArrayEquals(new String[]{"dsa-emulator: 0 descriptors"},
                Files.readAllLines(output).toArray());
    }

    @Test
    void aUserNamespaceIsEnough() throws Exception {
        EmulatorProcess.start(folder).close();
        Path output = folder.resolve("output");
        int code = exitCode(output, "unshare", "-U", "-r", "-m", "scripts/dsa-emulator",
                "--system", "--", "sh", "-c",
                "test -e /dev/dsa/wq0.0 && test -e /dev/null && cat "
                        + "/sys/bus/dsa/devices/wq0.0/mode");
        String said = Files.readString(output);
        assumeTrue(!said.startsWith("unshare:"), said);
        assertEquals(0, code, said);
        assertTrue(said.startsWith("shared\n"), said);
        assertFalse(Files.exists(Path.of("/dev/dsa/wq0.0")), "the mount is not private");
    }

    private int exitCode(String... command) throws Exception {
        return exitCode(folder.resolve("ignored"), command);
    }

    private static int exitCode(Path output, String... command) throws Exception {
        try {
            Process process = new ProcessBuilder(command).redirectErrorStream(true)
                    .redirectOutput(output.toFile())
                    .start();
            if (!process.waitFor(2 * SECONDS, TimeUnit.SECONDS)) {
                process.destroyForcibly();
                throw new TimeoutException(String.join(" ", command));
            }
            return process.exitValue();
        } catch (IOException e) {
            return -1; // the program is missing
        }
    }
}
