package io.github.vdm4j.engine;

import static java.nio.channels.FileChannel.MapMode.READ_WRITE;
import static java.nio.file.StandardOpenOption.CREATE;
import static java.nio.file.StandardOpenOption.READ;
import static java.nio.file.StandardOpenOption.WRITE;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.vdm4j.AbstractDataMover;
import io.github.vdm4j.Batch;
import io.github.vdm4j.ExecutionPath;
import io.github.vdm4j.ExecutorMover;
import io.github.vdm4j.Operation;
import io.github.vdm4j.Vdm;
import io.github.vdm4j.VdmExecutor;
import io.github.vdm4j.VdmFlags;
import io.github.vdm4j.VdmFuture;
import io.github.vdm4j.future.FutureRuntime;
import io.github.vdm4j.future.FutureState;
import io.github.vdm4j.future.PollableFuture;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.LongStream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class OffloadPolicyTest {
    private static final long WORKERS_FROM = 4 << 20;
    private static final OffloadPolicy DEFAULT = OffloadPolicy.offloading(
            OffloadPolicy.OFFLOAD_FROM, OffloadPolicy.OFFLOAD_FROM_WHEN_AWAITED, WORKERS_FROM);

    /** A mover that executes nothing. The path of its operations shows the decision of a policy. */
    private static final class Decisions extends AbstractDataMover {
        private final OffloadPolicy policy;

        Decisions(OffloadPolicy policy) {
            this.policy = policy;
        }

        private FutureState decide(Operation<?> operation) {
            return operation.succeed(policy.isForJvm(operation)
                    ? ExecutionPath.JVM
                    : ExecutionPath.DSA_HARDWARE);
        }

        @Override
        protected VdmExecutor executor() {
            return this::decide;
        }

        @Override
        public boolean isSupported(VdmFlags flags, MemorySegment destination) {
            return true;
        }

        @Override
        public String name() {
            return "decisions";
        }
    }

    /** A destination that no operation touches. */
    private static MemorySegment destination(long bytes) {
        return MemorySegment.ofAddress(1 << 20).reinterpret(bytes);
    }

    /** A source that no operation touches. */
    private static MemorySegment source(long bytes) {
        return MemorySegment.ofAddress(1L << 40).reinterpret(bytes);
    }

    @ParameterizedTest
    @CsvSource({"false, 32769", "true, 4194304"})
    void workersExecuteLongDurableOperations(boolean awaited, long from) {
        var workersFrom = new AtomicLong();
        try (var mover = new ExecutorMover(operation -> {
            workersFrom.set(DEFAULT.workersFrom(operation));
            return operation.succeed(ExecutionPath.NONE);
        })) {
            VdmFuture<?> fill = mover.memset(destination(64), (byte) 1, VdmFlags.MEM_DURABLE);
            if (awaited) {
                fill.busyPoll();
            } else {
                fill.poll();
            }
        }
        assertEquals(from, workersFrom.get());
    }

    private static boolean isForJvm(OffloadPolicy policy, long bytes, boolean awaited) {
        try (var mover = new Decisions(policy)) {
            VdmFuture<?> copy = mover.memcpy(destination(bytes), source(bytes));
            if (awaited) {
                copy.await();
            } else {
                copy.poll();
            }
            return copy.path() == ExecutionPath.JVM;
        }
    }

    @ParameterizedTest(name = "{0} bytes, awaited: {1}, for the JVM: {2}")
    @CsvSource({"1, false, true", "8191, false, true", "8192, false, false", "8192, true, true",
        "24575, true, true", "24576, true, false", "24575, false, false",
        "1073741824, true, false"})
    void defaultOffloadsFromItsThresholds(long bytes, boolean awaited, boolean jvm) {
        assertEquals(jvm, isForJvm(DEFAULT, bytes, awaited));
    }

    @Test
    void operationsAwaitedTogetherAreNotAwaited() {
        try (var mover = new Decisions(DEFAULT)) {
            List<VdmFuture<?>> copies = List.of(mover.memcpy(destination(10_000), source(10_000)),
                    mover.memcpy(destination(10_000), source(10_000)));
            FutureRuntime.shared().waitAll(copies);
            copies.forEach(copy -> assertEquals(ExecutionPath.DSA_HARDWARE, copy.path()));
        }
    }

    @Test
    void busyPollIsAWait() {
        try (var mover = new Decisions(DEFAULT)) {
            VdmFuture<?> copy = mover.memcpy(destination(10_000), source(10_000));
            copy.busyPoll();
            assertEquals(ExecutionPath.JVM, copy.path());
        }
    }

    @Test
    void durableOperationsGoToTheDeviceAtAnySize() {
        try (var mover = new Decisions(DEFAULT)) {
            VdmFuture<?> copy = mover.memcpy(destination(64), source(64), VdmFlags.MEM_DURABLE);
            copy.await();
            assertEquals(ExecutionPath.DSA_HARDWARE, copy.path());
        }
    }

    @ParameterizedTest(name = "{0} copies of {1} bytes, for the JVM: {2}")
    @CsvSource({"2, 100, true", "64, 127, true", "64, 128, false", "64, 400, false"})
    void batchesCountAsAWhole(int tasks, long bytes, boolean jvm) {
        try (var mover = new Decisions(DEFAULT)) {
            Batch batch = mover.batch();
            for (int i = 0; i < tasks; i++) {
                batch.memcpy(destination(bytes), source(bytes));
            }
            VdmFuture<?> future = batch.submit();
            future.poll();
            assertEquals(jvm, future.path() == ExecutionPath.JVM);
        }
    }

    @Test
    void jvmGetsNothingWithoutThresholds() {
        for (OffloadPolicy policy : List.of(
                OffloadPolicy.allOnChannel(WORKERS_FROM, Long.MAX_VALUE),
                OffloadPolicy.offloading(0, 0, WORKERS_FROM))) {
            assertEquals(false, isForJvm(policy, 1, true));
            assertEquals("it executes operations of every size", policy.words());
        }
        assertEquals("the JVM executes operations shorter than 8,192 bytes, or than 24,576 bytes"
                + " if a thread awaits them", DEFAULT.words());
        assertEquals(DEFAULT.words() + "; both divide awaited copies of 262,144 bytes or more",
                DEFAULT.splitLongCopies(true).words());
    }

    // --- P24: the published latencies, in nanoseconds, on a simulated clock

    private static final double L3_BYTES_PER_NANO = 14;
    private static final double MEMORY_BYTES_PER_NANO = 7;
    private static final double DEVICE_BYTES_PER_NANO = 36;
    private static final double DEVICE_NANOS = 930;
    private static final long L3_BYTES = 32 << 20;

    /** The middle of the lengths at which an asynchronous copy breaks even, 4 to 11 KB. */
    private static final double ASYNCHRONOUS_BREAK_EVEN = 7.5e3;

    private static double jvmNanos(long bytes) {
        return bytes / (bytes <= L3_BYTES ? L3_BYTES_PER_NANO : MEMORY_BYTES_PER_NANO);
    }

    /** The time that the device costs the thread that starts the copy. */
    private static double deviceNanos(long bytes, boolean awaited) {
        return awaited
                ? DEVICE_NANOS + bytes / DEVICE_BYTES_PER_NANO
                : ASYNCHRONOUS_BREAK_EVEN / L3_BYTES_PER_NANO;
    }

    /**
     * Lengths from 64 bytes to 1 GiB: each power of two, three lengths between, and each minus 1.
     */
    static LongStream lengths() {
        return LongStream.rangeClosed(8, 30)
                .flatMap(bits -> LongStream.rangeClosed(4, 8).map(part -> part << bits - 3))
                .filter(bytes -> bytes <= 1 << 30)
                .flatMap(bytes -> LongStream.of(bytes, bytes - 1, bytes / 4))
                .filter(bytes -> bytes >= 64);
    }

    /** Returns the expected time of the policy's choice, divided by that of the best choice. */
    private static double ratio(OffloadPolicy policy, long bytes, boolean awaited) {
        double jvm = jvmNanos(bytes);
        double device = deviceNanos(bytes, awaited);
        return (isForJvm(policy, bytes, awaited) ? jvm : device) / Math.min(jvm, device);
    }

    private static double worstRatio(OffloadPolicy policy, boolean awaited) {
        return lengths().mapToDouble(bytes -> ratio(policy, bytes, awaited)).max().orElseThrow();
    }

    @ParameterizedTest
    @MethodSource("lengths")
    @DisplayName("P24: the expected time is within 10 % of the best choice for the length")
    void theDefaultIsNearTheBestChoice(long bytes) {
        for (boolean awaited : new boolean[]{false, true}) {
            double ratio = ratio(DEFAULT, bytes, awaited);
            assertTrue(ratio <= 1.10,
                    "%,d bytes, awaited %s: %.3f".formatted(bytes, awaited, ratio));
        }
    }

    @Test
    @DisplayName("P24: decision 0027 states the worst ratios")
    void decisionStatesTheWorstRatios() throws IOException {
        OffloadPolicy from32 = OffloadPolicy.offloading(OffloadPolicy.OFFLOAD_FROM, 32 << 10,
                WORKERS_FROM);
        String rows =
                ("| 8 KiB, not awaited | %.3f |%n| 24 KiB, awaited | %.3f |%n| 32 KiB, awaited "
                        + "| %.3f |%n")
                        .formatted(worstRatio(DEFAULT, false), worstRatio(DEFAULT, true),
                                worstRatio(from32, true));
        System.out.print(rows);
        String decision = Files.readString(Path.of("docs/adr/0027-offload-thresholds.md"));
        assertTrue(decision.contains(rows), rows);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
        "true | 9223372036854775807 | fills of up to 524,288 bytes, comparisons of up to 4,096"
                + " bytes, and copies and checksums of every size",
        "false | 9223372036854775807 | fills of every size, comparisons of every size, and copies"
                + " and checksums of every size",
        "true | 5000 | fills of up to 5,000 bytes, comparisons of up to 4,096 bytes, and copies"
                + " and checksums of up to 5,000 bytes"})
    void textNamesALimitOnlyIfItExists(boolean avx512, long jvmUpTo, String limits) {
        assertEquals("the JVM executes " + limits,
                OffloadPolicy.withoutDevice(jvmUpTo, avx512, WORKERS_FROM, 8_192).words());
    }

    /** Two files of 2 MiB. DML asks the kernel for the pages of a file. */
    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void jvmExecutesOperationsOnMappedFiles(boolean avx512, @TempDir Path folder)
            throws IOException {
        long bytes = 2 << 20;
        var policy = OffloadPolicy.withoutDevice(Long.MAX_VALUE, avx512, WORKERS_FROM, 8 << 20);
        var withSlot = new ArrayList<Boolean>();
        try (Arena arena = Arena.ofShared();
                FileChannel file = FileChannel.open(folder.resolve("file"), CREATE, READ, WRITE);
                var movers = new Decisions(policy);
                var slots = new ExecutorMover(operation -> {
                    withSlot.add(policy.isForJvmWithSlot(operation));
                    return operation.succeed(ExecutionPath.NONE);
                })) {
            MemorySegment mapped = file.map(READ_WRITE, 0, bytes, arena);
            for (Vdm mover : List.of(movers, slots)) {
                List<VdmFuture<?>> all = List.of(
                        mover.dualcast(destination(bytes), source(bytes), mapped),
                        mover.dualcast(mapped, destination(bytes), source(bytes)),
                        mover.compare(mapped, source(bytes)), mover.memset(mapped, (byte) 1),
                        mover.fill(mapped, 1));
                all.forEach(PollableFuture::poll);
                if (mover == movers) {
                    all.forEach(each -> assertEquals(ExecutionPath.JVM, each.path(),
                            each::toString));
                }
            }
        }
        assertEquals(Collections.nCopies(5, true), withSlot);
    }
}
