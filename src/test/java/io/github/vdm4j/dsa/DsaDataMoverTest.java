package io.github.vdm4j.dsa;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.vdm4j.Batch;
import io.github.vdm4j.ExecutionPath;
import io.github.vdm4j.UncaughtExceptions;
import io.github.vdm4j.VdmException;
import io.github.vdm4j.VdmFlags;
import io.github.vdm4j.VdmFuture;
import io.github.vdm4j.VdmOperation;
import io.github.vdm4j.VdmOutput;
import io.github.vdm4j.VdmResult;
import io.github.vdm4j.emulator.Completion;
import io.github.vdm4j.emulator.Descriptor;
import io.github.vdm4j.emulator.DeviceModel;
import io.github.vdm4j.emulator.DeviceSettings;
import io.github.vdm4j.emulator.FaultPlan;
import io.github.vdm4j.emulator.QueueSettings;
import io.github.vdm4j.engine.OffloadPolicy;
import io.github.vdm4j.future.FutureState;
import io.github.vdm4j.future.Notifier;
import io.github.vdm4j.future.NotifierType;
import io.github.vdm4j.future.PollableFuture;
import io.github.vdm4j.future.Waker;
import io.github.vdm4j.mover.DeviceDecision;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicLong;
import java.util.zip.CRC32C;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

@DisplayName("A mover on DSA devices")
class DsaDataMoverTest {
    private static final int PAGE = 4096;
    private static final int NOP = 0;
    private static final int BATCH = 1;
    private static final int MOVE = 3;
    private static final int CACHE = 0x100;
    private static final int READBACK = 0x4000;
    private static final int DURABLE = 0x20;
    private static final int BLOCK_ON_FAULT = 2;

    /** A descriptor that a device has received. */
    private record Seen(int device, int opcode, int flags, long bytes, int status) {}

    private final Arena arena = Arena.ofShared();
    private final DsaMovers movers = new DsaMovers();
    private final List<Seen> seen = new CopyOnWriteArrayList<>();
    private int count;

    @AfterEach
    void close() {
        movers.close();
        assertEquals(0, movers.devices.openPortals());
        arena.close();
    }

    private DsaMovers device(DeviceSettings settings) {
        return device(settings, FaultPlan.NONE);
    }

    private DsaMovers device(DeviceSettings settings, FaultPlan faults) {
        int number = count++;
        return movers.device(settings, faults, new DeviceModel.Observer() {
            @Override
            public void completed(Descriptor descriptor, Completion completion) {
                if (descriptor.opcode() != NOP) {
                    seen.add(new Seen(number, descriptor.opcode(), descriptor.flags() & ~0xc,
                            descriptor.size(), completion.status()));
                }
            }
        });
    }

    private static DeviceSettings oneQueue() {
        return new DeviceSettings().queue(QueueSettings.shared(16));
    }

    private MemorySegment noise(long bytes, long seed) {
        MemorySegment segment = arena.allocate(bytes, PAGE);
        byte[] content = new byte[(int) bytes];
        new Random(seed).nextBytes(content);
        return segment.copyFrom(MemorySegment.ofArray(content));
    }

    private static void assertBytes(MemorySegment expected, MemorySegment actual) {
        assertEquals(-1, expected.mismatch(actual));
    }

    private List<Integer> opcodes() {
        return seen.stream().map(Seen::opcode).toList();
    }

    // --- page faults

    /** The ranges of a memmove. The device misses pages of both. */
    private final class FaultyMove {
        final MemorySegment source;
        final MemorySegment destination;
        final MemorySegment expected;

        FaultyMove(int from, int to) {
            MemorySegment memory = noise(1 << 17, 1);
            source = memory.asSlice(from, 8 * PAGE);
            destination = memory.asSlice(to, 8 * PAGE);
            expected = arena.allocate(8 * PAGE).copyFrom(source);
            movers.devices.memory.losePage(source.address() + 2 * PAGE, 1);
            movers.devices.memory.losePage(destination.address() + 5 * PAGE, 2);
        }
    }

    /** The faults of a copy are at these pages, in the direction in which the device copies. */
    @ParameterizedTest
    @CsvSource({"0, 65536", "65536, 0", "0, 4096", "4096, 0"})
    void copyContinuesBehindAPageFault(int from, int to) {
        device(oneQueue());
        movers.devices.inline();
        try (DsaDataMover mover = movers.builder().fallback(false).open()) {
            var move = new FaultyMove(from, to);
            VdmFuture<?> copy = mover.memmove(move.destination, move.source);
            copy.await();
            assertBytes(move.expected, move.destination);
            assertEquals(ExecutionPath.DSA_HARDWARE, copy.path());
            assertEquals(4, seen.size(), seen::toString);
            assertTrue(seen.get(3).bytes() < copy.byteSize(), seen::toString);
            assertEquals(3, mover.queues().getFirst().pageFaults());
        }
    }

    /** Two tasks, because a batch of one task is a single operation. */
    @ParameterizedTest
    @CsvSource({"0, 4096, true", "4096, 0, true", "0, 4096, false", "4096, 0, false"})
    void overlappingTaskContinuesBehindAPageFault(int from, int to, boolean fallback) {
        device(oneQueue());
        movers.devices.inline();
        try (DsaDataMover mover = movers.builder().fallback(fallback).open()) {
            var move = new FaultyMove(from, to);
            var tasks = mover.batch()
                    .memmove(move.destination, move.source)
                    .fence()
                    .nop()
                    .submit();
            tasks.await().orThrow();
            assertBytes(move.expected, move.destination);
            assertEquals(ExecutionPath.DSA_HARDWARE, tasks.output().get(0).path());
            assertEquals(3, mover.queues().getFirst().pageFaults());
        }
    }

    @Test
    void otherOperationsContinueBehindAPageFault() {
        device(oneQueue());
        movers.devices.inline();
        try (DsaDataMover mover = movers.builder().fallback(false).open()) {
            MemorySegment source = noise(4 * PAGE, 1);
            MemorySegment to = arena.allocate(4 * PAGE, PAGE);
            MemorySegment second = arena.allocate(4 * PAGE, PAGE);
            var crc = new CRC32C();
            crc.update(source.asByteBuffer());

            lose(to);
            mover.memset(to, (byte) 9).await();
            assertBytes(arena.allocate(4 * PAGE).fill((byte) 9), to);
            lose(to);
            mover.fill(to, 0x0807060504030201L).await();
            for (int i = 0; i < to.byteSize(); i++) {
                assertEquals(1 + i % 8, to.get(java.lang.foreign.ValueLayout.JAVA_BYTE, i));
            }
            lose(source);
            assertEquals(crc.getValue(), mover.crc32c(source).await().value());
            lose(source);
            assertEquals(crc.getValue(),
                    mover.copyCrc32c(to, source).await().value());
            assertBytes(source, to);
            lose(second);
            mover.dualcast(to, second, source).await();
            assertBytes(source, second);
            lose(to);
            assertTrue(mover.compare(source, to).await().equal());
            to.set(java.lang.foreign.ValueLayout.JAVA_BYTE, 3 * PAGE + 5, (byte) ~source.get(
                    java.lang.foreign.ValueLayout.JAVA_BYTE, 3 * PAGE + 5));
            lose(to);
            assertEquals(3 * PAGE + 5, mover.compare(source, to).await().mismatchOffset());
            to.fill((byte) 1);
            lose(to);
            assertTrue(mover.comparePattern(to, 0x0101010101010101L).await().equal());
            // Each part has had a fault and has continued behind the two present pages.
            assertEquals(16, seen.size(), seen::toString);
            for (int i = 0; i < seen.size(); i += 2) {
                assertEquals(4 * PAGE, seen.get(i).bytes());
                assertEquals(2 * PAGE, seen.get(i + 1).bytes(), seen::toString);
            }
        }
    }

    private void lose(MemorySegment segment) {
        movers.devices.memory.losePage(segment.address() + 2 * PAGE, 1);
    }

    @Test
    void jvmExecutesTheRestAfterTooManyFaults() {
        device(oneQueue());
        movers.devices.inline();
        try (DsaDataMover mover = movers.builder().open()) {
            MemorySegment source = noise(4 * PAGE, 1);
            MemorySegment to = arena.allocate(4 * PAGE, PAGE);
            movers.devices.memory.unmap(to.address() + 2 * PAGE);
            VdmFuture<?> copy = mover.memcpy(to, source);
            copy.await();
            assertBytes(source, to);
            assertEquals(ExecutionPath.JVM, copy.path());
            assertEquals(16, seen.size(), seen::toString);
        }
    }

    @Test
    void pageFaultFailsAnOperationWithoutFallback() {
        device(oneQueue());
        movers.devices.inline();
        try (DsaDataMover mover = movers.builder().fallback(false).open()) {
            MemorySegment source = noise(4 * PAGE, 1);
            MemorySegment to = arena.allocate(4 * PAGE, PAGE);
            movers.devices.memory.unmap(to.address() + 2 * PAGE);
            var e = assertThrows(VdmException.class, () -> mover.memcpy(to, source).await());
            assertEquals(VdmResult.PAGE_FAULT, e.result());
            assertEquals(
                    "memcpy of 16,384 bytes on DSA failed after 8,192 bytes: PAGE_FAULT_NOBOF "
                            + "(0x03): A page was not in memory. Touch or lock the memory "
                            + "before the operation.",
                    e.getMessage());
        }
    }

    @ParameterizedTest
    @CsvSource({"true, true", "true, false", "false, true"})
    void deviceWaitsForPagesIfTheQueueAllowsIt(boolean wanted, boolean allowed) {
        device(new DeviceSettings()
                .queue(QueueSettings.shared(16).withBlockOnFault(allowed)));
        movers.devices.inline();
        try (DsaDataMover mover =
                movers.builder().fallback(false).blockOnFault(wanted).open()) {
            MemorySegment to = arena.allocate(4 * PAGE, PAGE);
            lose(to);
            mover.memset(to, (byte) 9).await();
            boolean waits = wanted && allowed;
            assertEquals(waits ? 1 : 2, seen.size());
            assertEquals(waits ? BLOCK_ON_FAULT : 0, seen.getFirst().flags() & BLOCK_ON_FAULT);
        }
    }

    @Test
    void operationsWaitForASlot() {
        device(new DeviceSettings().queue(QueueSettings.shared(16)));
        movers.devices.inline();
        try (DsaDataMover mover = movers.builder().fallback(false).slots(1).open()) {
            movers.devices.onDemand();
            VdmFuture<?> first = mover.memset(arena.allocate(PAGE), (byte) 1);
            VdmFuture<?> second = mover.memset(arena.allocate(PAGE), (byte) 2);
            assertEquals(FutureState.RUNNING, first.poll());
            assertEquals(0, mover.pending());
            assertEquals(FutureState.RUNNING, second.poll());
            assertEquals(1, mover.pending());
            // The device executes the second descriptor when it is submitted.
            movers.devices.inline();
            assertTrue(movers.devices.model(0).step());
            first.await();
            second.await();
            second.orThrow();
            assertEquals(0, mover.pending());
        }
    }

    // --- capabilities

    @ParameterizedTest
    @CsvSource({"0x100, 16384", "0x120, 16384", "0x20, 32"})
    void durableFlagsFollowTheCapabilities(String capabilities, int flags) {
        device(new DeviceSettings().capabilities(Long.decode(capabilities) | 4)
                .queue(QueueSettings.shared(16)));
        movers.devices.inline();
        try (DsaDataMover mover =
                movers.builder().fallback(false).nativeMemoryIsPersistent(true).open()) {
            MemorySegment to = arena.allocate(100);
            VdmFuture<?> fill = mover.memset(to, (byte) 9, VdmFlags.MEM_DURABLE);
            fill.await();
            assertEquals(ExecutionPath.DSA_HARDWARE, fill.path());
            assertEquals(flags, seen.getFirst().flags() & (READBACK | DURABLE | CACHE));
        }
    }

    @Test
    void durableOperationAvoidsAnIncapableDevice() {
        device(new DeviceSettings().capabilities(0).queue(QueueSettings.shared(16)));
        movers.devices.inline();
        try (DsaDataMover mover =
                movers.builder().fallback(false).nativeMemoryIsPersistent(true).open()) {
            MemorySegment to = arena.allocate(100);
            var e = assertThrows(VdmException.class,
                    () -> mover.memset(to, (byte) 9, VdmFlags.MEM_DURABLE).await());
            assertEquals(VdmResult.UNSUPPORTED, e.result());
            assertEquals(List.of(), seen);
            mover.memset(to, (byte) 9).await();
            assertEquals(0, seen.getFirst().flags() & CACHE, "a hint that the device refuses");
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void incapableDeviceRefusesADurableTask(boolean fallback) {
        device(new DeviceSettings().version(DeviceSettings.VERSION_2)
                .capabilities(0)
                .queue(QueueSettings.shared(16)));
        movers.devices.inline();
        try (DsaDataMover mover =
                movers.builder()
                        .fallback(fallback)
                        .offloadFrom(0)
                        .nativeMemoryIsPersistent(true)
                        .open()) {
            MemorySegment to = arena.allocate(5 * PAGE);
            Batch batch = mover.batch();
            for (int i = 0; i < 4; i++) {
                batch.memset(to.asSlice(i * PAGE, PAGE), (byte) 9, VdmFlags.NONE);
            }
            batch.memset(to.asSlice(4 * PAGE, PAGE), (byte) 9, VdmFlags.MEM_DURABLE);
            var tasks = batch.submit().await().tasks();
            assertEquals(ExecutionPath.DSA_HARDWARE, tasks.getFirst().path());
            assertEquals(fallback ? VdmResult.SUCCESS : VdmResult.UNSUPPORTED,
                    tasks.getLast().result());
            assertEquals(fallback ? ExecutionPath.JVM : ExecutionPath.DSA_HARDWARE,
                    tasks.getLast().path());
        }
    }

    /** Only the second device can make writes durable. */
    @Test
    void capableQueueTakesADurableBatch() {
        var settings = new DeviceSettings().version(DeviceSettings.VERSION_2);
        device(settings.capabilities(0).queue(QueueSettings.shared(16)));
        device(oneQueue());
        movers.devices.inline();
        try (DsaDataMover mover = movers.builder()
                .fallback(false)
                .nativeMemoryIsPersistent(true)
                .open()) {
            MemorySegment to = arena.allocate(5 * PAGE);
            Batch batch = mover.batch();
            for (int i = 0; i < 5; i++) {
                batch.memset(to.asSlice(i * PAGE, PAGE), (byte) 9, VdmFlags.MEM_DURABLE);
            }
            for (int round = 0; round < 4; round++) {
                for (var task : batch.submit().await().tasks()) {
                    assertEquals(VdmResult.SUCCESS, task.result(), task::toString);
                }
            }
        }
        assertTrue(seen.stream().allMatch(each -> each.device() == 1), seen::toString);
    }

    @Test
    void jvmExecutesUnsupportedOperations() {
        device(oneQueue().without(0x10));
        movers.devices.inline();
        try (DsaDataMover mover = movers.builder().open()) {
            var crc = mover.crc32c(noise(10_000, 3));
            crc.await();
            assertEquals(ExecutionPath.JVM, crc.path());
            assertEquals(List.of(), seen);
        }
    }

    @Test
    void deviceWithoutOverlapCopiesDisjointRanges() {
        device(new DeviceSettings().capabilities(0).queue(QueueSettings.shared(16)));
        movers.devices.inline();
        try (DsaDataMover mover = movers.builder().open()) {
            MemorySegment memory = noise(3 * PAGE, 1);
            MemorySegment expected = arena.allocate(2 * PAGE).copyFrom(memory.asSlice(0, 2 * PAGE));
            VdmFuture<?> near = mover.memmove(memory.asSlice(100, 2 * PAGE),
                    memory.asSlice(0, 2 * PAGE));
            near.await();
            assertEquals(ExecutionPath.JVM, near.path());
            assertBytes(expected, memory.asSlice(100, 2 * PAGE));
            assertEquals(List.of(), seen);
        }
    }

    // --- batches and sizes

    @ParameterizedTest
    @ValueSource(ints = {DeviceSettings.VERSION_1, DeviceSettings.VERSION_2})
    void batchIsOneSubmissionFromTheSecondVersionOn(int version) {
        device(oneQueue().version(version));
        movers.devices.inline();
        try (DsaDataMover mover = movers.builder().fallback(false).open()) {
            Batch batch = mover.batch();
            MemorySegment source = noise(5 * PAGE, 1);
            MemorySegment to = arena.allocate(5 * PAGE);
            for (int i = 0; i < 5; i++) {
                batch.memcpy(to.asSlice(i * PAGE, PAGE), source.asSlice(i * PAGE, PAGE));
            }
            batch.submit().await();
            assertBytes(source, to);
            List<Integer> expected = new ArrayList<>(List.of(MOVE, MOVE, MOVE, MOVE, MOVE));
            if (version == DeviceSettings.VERSION_2) {
                expected.add(BATCH);
            }
            assertEquals(expected, opcodes());
            assertEquals(version == DeviceSettings.VERSION_2 ? 1 : 5,
                    mover.queues().getFirst().submissions());
        }
    }

    @Test
    void longOperationIsSplitByTheSmallestLimit() {
        device(oneQueue().maxTransfer(1 << 16));
        device(oneQueue().maxTransfer(1 << 13));
        movers.devices.inline();
        try (DsaDataMover mover = movers.builder().fallback(false).open()) {
            MemorySegment source = noise(50_000, 1);
            MemorySegment to = arena.allocate(50_000);
            mover.memcpy(to, source).await();
            assertBytes(source, to);
            assertTrue(seen.stream().allMatch(part -> part.bytes() <= 1 << 13), seen::toString);
            assertEquals(2, seen.stream().map(Seen::device).distinct().count());
        }
    }

    @Test
    void jvmExecutesOperationsBelowTheThreshold() {
        device(oneQueue());
        movers.devices.inline();
        try (DsaDataMover mover =
                movers.builder().offloadFrom(8 << 10).offloadFromWhenAwaited(16 << 10).open()) {
            MemorySegment to = arena.allocate(1 << 14);
            assertEquals(ExecutionPath.JVM, polled(mover.memset(to.asSlice(0, 8191), (byte) 1)));
            assertEquals(ExecutionPath.DSA_HARDWARE,
                    polled(mover.memset(to.asSlice(0, 8192), (byte) 1)));
            VdmFuture<?> awaited = mover.memset(to.asSlice(0, 8192), (byte) 1);
            awaited.await();
            assertEquals(ExecutionPath.JVM, awaited.path());
        }
    }

    @Test
    void defaultPolicyIsThatOfP24() {
        device(oneQueue());
        movers.devices.inline();
        try (DsaDataMover mover = movers.defaults(movers.devices).open()) {
            String policy = OffloadPolicy.offloading(OffloadPolicy.OFFLOAD_FROM,
                    OffloadPolicy.OFFLOAD_FROM_WHEN_AWAITED, 4 << 20).words();
            assertEquals(policy, mover.policy());
        }
    }

    /** The latency lasts longer than the thread needs for its share. */
    @ParameterizedTest
    @CsvSource({"true, true, 1048576", "false, true, 2097152", "true, false, 2097152"})
    void awaitingThreadCopiesAShareOfALongCopy(boolean split, boolean fallback, long byDevices) {
        device(oneQueue().speed(50_000_000, 1_000).maxTransfer(2 << 20));
        movers.devices.start();
        try (DsaDataMover mover =
                movers.builder().splitLongCopies(split).fallback(fallback).open()) {
            MemorySegment source = noise(2 << 20, 1);
            MemorySegment to = arena.allocate(2 << 20);
            VdmFuture<?> copy = mover.memcpy(to, source);
            copy.await();
            assertBytes(source, to);
            assertEquals(ExecutionPath.DSA_HARDWARE, copy.path());
            assertEquals(byDevices, seen.stream().mapToLong(Seen::bytes).sum());
        }
    }

    private static ExecutionPath polled(VdmFuture<?> future) {
        while (future.poll() != FutureState.COMPLETE) {
            Thread.onSpinWait();
        }
        return future.path();
    }

    // --- queues

    @Test
    void queuesTakeOperationsInTurns() {
        device(new DeviceSettings().queue(QueueSettings.shared(16))
                .queue(QueueSettings.shared(16)));
        movers.devices.inline();
        try (DsaDataMover mover = movers.builder().fallback(false).open()) {
            for (int i = 0; i < 10; i++) {
                mover.memset(arena.allocate(100), (byte) 1).await();
            }
            assertEquals(List.of(5L, 5L),
                    mover.queues().stream().map(DsaQueue::completions).toList());
            assertEquals(List.of(500L, 500L),
                    mover.queues().stream().map(DsaQueue::bytes).toList());
        }
    }

    @Test
    void longCopyGoesToSeveralDevicesAtOnce() {
        device(oneQueue());
        device(oneQueue());
        try (DsaDataMover mover = openWith(movers.builder().fallback(false))) {
            MemorySegment source = noise(1_000_001, 1);
            MemorySegment to = arena.allocate(1_000_001);
            VdmFuture<?> copy = mover.memcpy(to, source);
            copy.poll();
            assertEquals(1, movers.devices.model(0).pending());
            assertEquals(1, movers.devices.model(1).pending());
            movers.devices.model(1).step();
            assertEquals(FutureState.RUNNING, copy.poll());
            movers.devices.model(0).step();
            assertEquals(FutureState.COMPLETE, copy.poll());
            assertBytes(source, to);
            VdmFuture<?> fill = mover.fill(to, 0x0807060504030201L);
            movers.devices.start();
            fill.await();
            for (int i = 0; i < to.byteSize(); i++) {
                assertEquals(1 + i % 8, to.get(java.lang.foreign.ValueLayout.JAVA_BYTE, i));
            }
        }
    }

    @ParameterizedTest
    @ValueSource(longs = {0, 100_000, 400_000, 600_000, 999_000})
    void faultingPieceContinuesWithTheRest(long fault) {
        device(oneQueue());
        device(oneQueue());
        device(oneQueue());
        movers.devices.inline();
        try (DsaDataMover mover = movers.builder().fallback(false).open()) {
            MemorySegment source = noise(1_000_000, 1);
            MemorySegment to = arena.allocate(1_000_000, PAGE);
            movers.devices.memory.losePage(to.address() + fault, 1);
            mover.memcpy(to, source).await();
            assertBytes(source, to);
            assertEquals(1, mover.queues().stream().mapToLong(DsaQueue::pageFaults).sum());
        }
    }

    @Test
    void pieceThatAFullQueueRefusesIsSubmittedLater() {
        device(new DeviceSettings().queue(QueueSettings.shared(1)));
        device(new DeviceSettings().queue(QueueSettings.shared(1)));
        try (DsaDataMover mover = openWith(movers.builder().fallback(false))) {
            VdmFuture<?> other = mover.memset(arena.allocate(100), (byte) 1);
            other.poll();
            MemorySegment source = noise(1_000_000, 1);
            MemorySegment to = arena.allocate(1_000_000);
            VdmFuture<?> copy = mover.memcpy(to, source);
            copy.poll();
            assertEquals(2, movers.devices.model(0).pending() + movers.devices.model(1).pending());
            movers.devices.start();
            copy.await();
            other.await();
            assertBytes(source, to);
        }
    }

    @Test
    void queueCountsItsDescriptorsBySize() {
        device(oneQueue());
        movers.devices.inline();
        try (DsaDataMover mover = movers.builder().fallback(false).open()) {
            MemorySegment memory = arena.allocate(4 << 20);
            int[] bytes =
                    {1, 4095, 4096, 16_383, 16_384, 65_535, 65_536, (256 << 10) - 1, 256 << 10,
                        (1 << 20) - 1, 1 << 20, 4 << 20};
            for (int size : bytes) {
                mover.memset(memory.asSlice(0, size), (byte) 1).await();
            }
            assertEquals(List.of(2L, 2L, 2L, 2L, 2L, 2L), mover.queues().getFirst().sizes());
        }
    }

    @Test
    void fullQueueSendsTheOperationToTheNext() {
        device(new DeviceSettings().queue(QueueSettings.shared(1)).queue(QueueSettings.shared(1)));
        try (DsaDataMover mover = openWith(movers.builder()
                .fallback(false)
                .queueFullTimeout(Duration.ZERO))) {
            List<VdmFuture<?>> futures = new ArrayList<>();
            for (int i = 0; i < 3; i++) {
                futures.add(mover.memset(arena.allocate(100), (byte) 1));
                futures.getLast().poll();
            }
            assertEquals(VdmResult.QUEUE_FULL, futures.getLast().result());
            assertTrue(futures.getLast().failure().getMessage().contains("EAGAIN (errno 11)"));
            movers.devices.start();
            futures.get(0).await();
            futures.get(1).await();
        }
    }

    /** Opens a mover on devices that execute only the no-op before the test starts them. */
    private DsaDataMover openWith(DsaDataMoverBuilder builder) {
        movers.devices.inline();
        DsaDataMover mover = builder.open();
        movers.devices.onDemand();
        return mover;
    }

    @Test
    void dedicatedQueueIsNeverOverfilled() {
        device(new DeviceSettings().queue(QueueSettings.dedicated(2)));
        movers.devices.inline();
        try (DsaDataMover mover = openWith(movers.builder()
                .fallback(false)
                .queues("wq0.0")
                .queueFullTimeout(Duration.ofSeconds(10)))) {
            List<VdmFuture<?>> futures = new ArrayList<>();
            for (int i = 0; i < 5; i++) {
                futures.add(mover.memset(arena.allocate(100), (byte) 1));
                futures.getLast().poll();
            }
            movers.devices.start();
            for (VdmFuture<?> future : futures) {
                future.await();
            }
            assertEquals(5, seen.size());
        }
    }

    @Test
    void lostQueueIsOpenedAgainAfterAPause() {
        device(oneQueue());
        movers.devices.inline();
        var clock = new AtomicLong();
        try (DsaDataMover mover = movers.builder().fallback(false).clock(clock::get).open()) {
            MemorySegment to = arena.allocate(100);
            movers.devices.disable(0, 0);
            var e = assertThrows(VdmException.class, () -> mover.memset(to, (byte) 1).await());
            assertEquals(VdmResult.NO_DEVICE, e.result());
            assertTrue(e.getMessage().contains("ENODEV (errno 19): The queue is disabled."),
                    e::getMessage);
            assertTrue(mover.queues().getFirst().lost().startsWith("ENODEV"));
            movers.devices.model(0).enable(0);
            assertThrows(VdmException.class, () -> mover.memset(to, (byte) 1).await());
            clock.addAndGet(1_000_000_000);
            VdmFuture<?> fill = mover.memset(to, (byte) 1);
            while (fill.poll() != FutureState.COMPLETE || fill.result() != VdmResult.SUCCESS) {
                if (fill.state() == FutureState.COMPLETE) {
                    fill = mover.memset(to, (byte) 1); // Another thread is opening the file.
                }
            }
            assertNull(mover.queues().getFirst().lost());
        }
    }

    @Test
    void operationsAvoidALostDevice() {
        device(oneQueue());
        device(oneQueue());
        movers.devices.inline();
        try (DsaDataMover mover = movers.builder().fallback(false).open()) {
            movers.devices.model(0).die();
            for (int i = 0; i < 10; i++) {
                mover.memset(arena.allocate(100), (byte) 1).await();
            }
            assertTrue(mover.queues().getFirst().lost().startsWith("ENOTCONN"));
            assertEquals(10, mover.queues().get(1).completions());
        }
    }

    @Test
    void deadDeviceMayStillWrite() {
        device(oneQueue());
        try (Arena late = Arena.ofShared()) {
            DsaDataMover mover = openWith(movers.builder()
                    .deviceTimeout(Duration.ofMillis(5))
                    .closeTimeout(Duration.ofMillis(50)));
            VdmFuture<?> fill = mover.memset(late.allocate(100), (byte) 1);
            fill.poll();
            var e = assertThrows(VdmException.class, fill::await);
            assertEquals(VdmResult.TIMEOUT, e.result());
            assertTrue(e.getMessage().contains("until slotsOverdue() of the mover is 0"),
                    e::getMessage);
            assertEquals(1, mover.slotsOverdue());
            assertTrue(mover.queues().getFirst().lost().startsWith("ETIMEDOUT"));
            assertFalse(mover.decision().usesDevice());
            var stuck = assertThrows(VdmException.class, mover::close);
            assertTrue(stuck.getMessage().contains("1 slots whose operations have ended"),
                    stuck::getMessage);
            while (movers.devices.model(0).step()) {
                // The device answers late.
            }
            assertEquals(0, mover.slotsOverdue());
            movers.devices.forget(); // The mover that could not be closed keeps its file.
        }
    }

    @ParameterizedTest
    @CsvSource({"ALL, 2", "CALLER, 1", "DESTINATION, 1"})
    void nearQueuesAreAskedFirst(DsaNumaPolicy policy, int devices) {
        device(oneQueue().numaNode(0));
        device(oneQueue().numaNode(7));
        movers.devices.inline();
        try (DsaDataMover mover =
                movers.builder().fallback(false).numaPolicy(policy).open()) {
            for (int i = 0; i < 10; i++) {
                mover.memset(arena.allocate(100).fill((byte) 2), (byte) 1).await();
            }
            assertEquals(devices, seen.stream().map(Seen::device).distinct().count(),
                    seen::toString);
            assertEquals(0, seen.getFirst().device() * (policy == DsaNumaPolicy.ALL ? 0 : 1));
        }
    }

    // --- settings

    @Test
    void brokenNamedQueueIsRefused() {
        device(new DeviceSettings().queue(QueueSettings.shared(16))
                .queue(QueueSettings.shared(16)));
        movers.devices.inline();
        movers.devices.disable(0, 1);
        var e = assertThrows(DsaUnavailableException.class,
                () -> movers.builder().queues("wq0.0", "wq0.1").open());
        assertTrue(e.findings().getFirst().what().startsWith("wq0.1: "));
        List<DeviceDecision> heard = new ArrayList<>();
        try (DsaDataMover mover = movers.builder().onDecision(heard::add).open()) {
            assertEquals(List.of(mover.decision()), heard);
            assertEquals(List.of("wq0.0"), mover.queues().stream().map(DsaQueue::name).toList());
            assertTrue(mover.decision().usesDevice());
            assertEquals("a work queue has executed a no-op", mover.decision().reason());
        }
    }

    /** A poll promises nothing while the completion thread polls the same operation. */
    private static void pollUntilPromised(PollableFuture<?> future, Waker waker) {
        Notifier notifier = Notifier.of(waker);
        do {
            future.poll(notifier);
        } while (notifier.used() != NotifierType.WAKER);
    }

    @Test
    @Timeout(60)
    void operationReusedOnConfinedMemoryDelaysNone() throws InterruptedException {
        device(oneQueue().maxTransfer(256));
        movers.devices.inline();
        DeviceModel model = movers.devices.model(0);
        var entered = new CountDownLatch(1);
        var goOn = new CountDownLatch(1);
        var woken = new CountDownLatch(1);
        MemorySegment source = noise(64, 1);
        MemorySegment twoParts = noise(512, 5);
        try (var uncaught = new UncaughtExceptions();
                Arena confined = Arena.ofConfined();
                DsaDataMover mover = movers.builder().open()) {
            movers.devices.onDemand();
            VdmFuture<VdmOutput> first = mover.memcpy(noise(64, 2), source);
            VdmOperation reused = mover.newOperation().memcpy(noise(64, 3), source);
            VdmFuture<VdmOutput> last = mover.memcpy(noise(64, 4), source);
            pollUntilPromised(first, () -> {
                entered.countDown();
                try {
                    goOn.await();
                } catch (InterruptedException e) {
                    throw new AssertionError(e);
                }
            });
            pollUntilPromised(reused, () -> {});
            pollUntilPromised(last, woken::countDown);
            assertTrue(model.step());
            entered.await(); // The completion thread is in the waker. The other two follow.
            assertTrue(model.step());
            reused.busyPoll();
            reused.memcpy(confined.allocate(512), twoParts).start();
            assertTrue(model.step());
            assertTrue(model.step());
            goOn.countDown(); // Only this thread can submit the second part.
            woken.await();
            do { // The completion thread may poll the operation at the same time.
                reused.poll();
            } while (!model.step());
            reused.busyPoll();
            assertEquals(VdmResult.SUCCESS, reused.result());
            assertEquals(List.of(), uncaught.list());
        }
    }
}
