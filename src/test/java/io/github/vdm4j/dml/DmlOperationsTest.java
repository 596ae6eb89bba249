package io.github.vdm4j.dml;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.vdm4j.ExecutionPath;
import io.github.vdm4j.VdmFlags;
import io.github.vdm4j.VdmFuture;
import io.github.vdm4j.VdmOperationType;
import io.github.vdm4j.VdmResult;
import io.github.vdm4j.dml.simulated.Plan;
import io.github.vdm4j.dml.simulated.SimulatedTask;
import io.github.vdm4j.dml.simulated.Submission;
import io.github.vdm4j.operation.CompareResult;
import io.github.vdm4j.operation.Crc32c;
import io.github.vdm4j.operation.CrcOptions;
import io.github.vdm4j.operation.DeltaResult;
import io.github.vdm4j.operation.DeltaResult.Outcome;
import io.github.vdm4j.operation.DifBlockSize;
import io.github.vdm4j.operation.DifConfig;
import io.github.vdm4j.operation.DifError;
import io.github.vdm4j.operation.DifFlag;
import io.github.vdm4j.operation.DifResult;
import io.github.vdm4j.operation.DifTags;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Stream;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/** The submissions and the results of the data operations of the DML mover. */
class DmlOperationsTest extends AgainstSimulatedDml {
    private static final int CACHE_CONTROL = 0x100;
    private static final long PATTERN = 0x0807060504030201L;
    private static final DifConfig BLOCKS = DifConfig.of(DifBlockSize.BYTES_512);

    private DmlDataMover on(DmlPath path) {
        dml.withHardware();
        return open(path);
    }

    private DmlDataMover split(DmlPath path, long bytes) {
        dml.withHardware();
        return open(builder(path).maxTransferBytes(bytes));
    }

    private static ExecutionPath ran(DmlPath path) {
        return path == DmlPath.SOFTWARE ? ExecutionPath.DML_SOFTWARE : ExecutionPath.DSA_HARDWARE;
    }

    private static <R> R output(VdmFuture<R> future) {
        finish(future).orThrow();
        return future.output();
    }

    private SimulatedTask lastTask() {
        return dml.lastSubmission().task();
    }

    private List<SimulatedTask> tasks() {
        return dml.submissions().stream().map(Submission::task).toList();
    }

    /** Returns the submissions of an operation after the probe of the hardware. */
    private List<SimulatedTask> tasks(int operation) {
        return tasks().stream().filter(task -> task.is(operation)).toList();
    }

    @ParameterizedTest
    @EnumSource(names = {"SOFTWARE", "HARDWARE"})
    void nopRunsOnThePathOfOperations(DmlPath path) {
        VdmFuture<?> nop = finish(on(path).nop());
        assertSame(VdmResult.SUCCESS, nop.result());
        assertSame(ran(path), nop.path());
        assertSame(VdmOperationType.NOP, nop.type());
        assertEquals(SimulatedTask.NOP, lastTask().operation());
    }

    @ParameterizedTest
    @EnumSource(names = {"SOFTWARE", "HARDWARE"})
    void fillRepeatsItsPatternAcrossParts(DmlPath path) {
        MemorySegment memory = zeros(100);
        var fill = finish(split(path, 64).fill(memory.asSlice(3, 75), PATTERN));
        fill.orThrow();
        byte[] expected = new byte[100];
        for (int i = 0; i < 75; i++) {
            expected[3 + i] = (byte) (i % 8 + 1);
        }
        assertArrayEquals(expected, bytes(memory));
        assertSame(ran(path), fill.path());
        assertEquals(List.of(64L, 11L),
                tasks(SimulatedTask.FILL).stream().map(SimulatedTask::length).toList());
        assertEquals(CACHE_CONTROL, lastTask().flags());
    }

    @Test
    void cacheFlagRequiresTheHint() {
        output(software().fill(zeros(100), PATTERN, VdmFlags.NO_CACHE_HINT));
        assertEquals(0, lastTask().flags());
    }

    @ParameterizedTest(name = "{0}, mismatch at {1}")
    @CsvSource({"SOFTWARE, -1", "SOFTWARE, 0", "SOFTWARE, 63", "SOFTWARE, 64", "SOFTWARE, 199",
        "HARDWARE, -1",
        "HARDWARE, 130"})
    void comparisonEndsAtTheFirstMismatch(DmlPath path, int mismatch) {
        MemorySegment first = noise(200);
        MemorySegment second = zeros(200).copyFrom(first);
        if (mismatch >= 0) {
            second.asSlice(mismatch).fill((byte) 0x11);
            second.set(ValueLayout.JAVA_BYTE, mismatch,
                    (byte) ~first.get(ValueLayout.JAVA_BYTE, mismatch));
        }
        CompareResult result = output(split(path, 64).compare(first, second));
        assertEquals(mismatch, result.mismatchOffset());
        assertEquals(mismatch < 0, result.equal());
        assertEquals(mismatch < 0 ? 4 : mismatch / 64 + 1, tasks(SimulatedTask.COMPARE).size());
        assertEquals(0, lastTask().flags());
    }

    @ParameterizedTest(name = "mismatch at {0}")
    @CsvSource({"-1", "0", "5", "7", "8", "71", "127", "128", "133"})
    void comparePatternReturnsTheByteNotTheWord(int mismatch) {
        MemorySegment range = zeros(140).asSlice(3, 134);
        output(software().fill(range, PATTERN));
        if (mismatch >= 0) {
            range.set(ValueLayout.JAVA_BYTE, mismatch, (byte) 99);
        }
        assertEquals(mismatch, output(split(DmlPath.SOFTWARE, 64).comparePattern(range, PATTERN))
                .mismatchOffset());
    }

    @Test
    void vanishedMismatchIsReportedByItsWord() {
        MemorySegment range = zeros(64);
        range.set(ValueLayout.JAVA_BYTE, 21, (byte) 1);
        dml.next(Plan.succeed().afterwards(() -> range.fill((byte) 0)));
        assertEquals(16, output(software().comparePattern(range, 0)).mismatchOffset());
    }

    @ParameterizedTest
    @EnumSource(names = {"SOFTWARE", "HARDWARE"})
    void crcOfTheNineDigitsIsKnown(DmlPath path) {
        MemorySegment digits =
                zeros(9).copyFrom(
                        MemorySegment.ofArray("123456789".getBytes(StandardCharsets.US_ASCII)));
        var crc = finish(on(path).crc32c(digits));
        assertEquals(0xE3069283L, crc.output().value());
        assertSame(ran(path), crc.path());
        assertEquals(0, lastTask().flags());
    }

    @Test
    void crcContinuesFromItsSeedThroughAllParts() {
        MemorySegment data = noise(300);
        DmlDataMover mover = split(DmlPath.SOFTWARE, 64);
        Crc32c whole = output(mover.crc32c(data));
        Crc32c begin = output(mover.crc32c(data.asSlice(0, 77)));
        assertEquals(whole, output(mover.crc32c(data.asSlice(77), CrcOptions.continuing(begin))));
    }

    @ParameterizedTest(name = "bypass of reflection: {0}, of the data's: {1}")
    @CsvSource({"false, false, 1", "true, false, 3", "false, true, 5", "true, true, 7"})
    void everyPartHasTheFlagsOfTheCrc(boolean reflection, boolean data, int flags) {
        output(split(DmlPath.SOFTWARE, 64).crc32c(noise(130), new CrcOptions(7, reflection, data)));
        assertEquals(List.of(flags, flags, flags),
                tasks().stream().map(task -> (int) task.specific()).toList());
    }

    @Test
    void crcOfAPartIsTheNextSeed() {
        MemorySegment data = noise(130);
        DmlDataMover mover = split(DmlPath.SOFTWARE, 64);
        Crc32c first = output(mover.crc32c(data.asSlice(0, 64)));
        dml.forget();
        output(mover.crc32c(data));
        assertEquals(List.of(0, first.bits()),
                tasks().subList(0, 2).stream().map(SimulatedTask::seed).toList());
    }

    @ParameterizedTest
    @EnumSource(names = {"SOFTWARE", "HARDWARE"})
    void copyWithCrcReturnsTheCrc(DmlPath path) {
        MemorySegment source = noise(300);
        MemorySegment destination = zeros(300);
        DmlDataMover mover = split(path, 128);
        Crc32c crc = output(mover.copyCrc32c(destination, source));
        assertArrayEquals(bytes(source), bytes(destination));
        assertEquals(output(mover.crc32c(source)), crc);
        assertEquals(CACHE_CONTROL, tasks(SimulatedTask.COPY_CRC).getFirst().flags());
    }

    @ParameterizedTest
    @EnumSource(names = {"SOFTWARE", "HARDWARE"})
    void dualcastInPartsWritesBothDestinations(DmlPath path) {
        MemorySegment source = noise(300);
        MemorySegment memory = zeros(3 * 4096);
        MemorySegment first = memory.asSlice(10, 300);
        MemorySegment second = memory.asSlice(10 + 8192, 300);
        output(split(path, 128).dualcast(first, second, source));
        assertArrayEquals(bytes(source), bytes(first));
        assertArrayEquals(bytes(source), bytes(second));
        assertEquals(3, tasks(SimulatedTask.DUALCAST).size());
        assertEquals(-1, memory.asSlice(310, 8192 - 300).mismatch(zeros(8192 - 300)));
    }

    @Nested
    class ADelta {
        private final MemorySegment original = arena.allocate(0x80000, 8);
        private final MemorySegment modified = arena.allocate(0x80000, 8);
        private final MemorySegment record = arena.allocate(DeltaResult.maxRecordBytes(0x80000), 8);

        private void change(long word) {
            modified.set(ValueLayout.JAVA_LONG, 8 * word, 77 + word);
        }

        @ParameterizedTest
        @EnumSource(names = {"SOFTWARE", "HARDWARE"})
        void deltaIsRecordedInOneJobAndAppliedInParts(DmlPath path) {
            fillWithNoise(original);
            fillWithNoise(modified);
            DmlDataMover mover = on(path);
            DeltaResult made = output(mover.createDelta(record, original, modified));
            assertEquals(new DeltaResult(Outcome.RECORDED, record.byteSize()), made);
            output(mover.applyDelta(original, record));
            assertEquals(-1, original.mismatch(modified));
            assertEquals(1, tasks(SimulatedTask.DELTA_CREATE).size());
            assertEquals(41, tasks(SimulatedTask.DELTA_APPLY).size()); // of 16,320 bytes
        }

        @Test
        void deltaIsNeverSplit() {
            change(0x8000);
            DmlDataMover mover = split(DmlPath.SOFTWARE, 64);
            assertEquals(10, output(mover.createDelta(record, original, modified)).recordBytes());
            output(mover.applyDelta(original, record.asSlice(0, 10)));
            assertEquals(List.of(0x80000L, 0x80000L),
                    tasks().stream().map(SimulatedTask::length).toList());
            assertEquals(-1, original.mismatch(modified));
        }

        @Test
        void deltaOfEqualRangesHasNoRecord() {
            assertEquals(new DeltaResult(Outcome.EQUAL, 0),
                    output(software().createDelta(record, original, modified)));
        }

        @Test
        void deltaThatDoesNotFitIsAnOverflow() {
            for (int word = 0; word < 9; word++) {
                change(3 * word);
            }
            assertEquals(Outcome.OVERFLOW,
                    output(software().createDelta(record.asSlice(0, 80), original, modified))
                            .outcome());
        }

        @Test
        void deltaBeyondTheDestinationIsNotApplied() {
            change(5);
            change(127);
            DmlDataMover mover = software();
            DeltaResult made = output(mover.createDelta(record, original, modified));
            var apply = finish(mover.applyDelta(original.asSlice(0, 1016),
                    record.asSlice(0, made.recordBytes())));
            assertSame(VdmResult.INVALID_DATA, apply.result());
            assertSame(ExecutionPath.NONE, apply.path());
            assertEquals(
                    "delta apply of 20 bytes failed: entry 1 of the delta record is for offset "
                            + "1,016, outside of the 1,016 bytes of the destination",
                    apply.failure().getMessage());
            assertEquals(40, original.mismatch(modified));
            assertEquals(List.of(), tasks(SimulatedTask.DELTA_APPLY));
            assertEquals(0, mover.slotsInUse());
        }

        @Test
        void badOffsetInALaterPartAppliesNothing() {
            fillWithNoise(modified.asSlice(0, 0x10000));
            DmlDataMover mover = software();
            DeltaResult made = output(mover.createDelta(record, original, modified));
            MemorySegment whole = record.asSlice(0, made.recordBytes());
            var apply = finish(mover.applyDelta(original.asSlice(0, 0xfff8), whole));
            assertSame(VdmResult.INVALID_DATA, apply.result());
            assertEquals(List.of(), tasks(SimulatedTask.DELTA_APPLY));
        }

        @Test
        void changedRecordIsAppliedAsChecked() {
            change(1);
            change(2);
            DmlDataMover mover = software();
            output(mover.createDelta(record, original, modified));
            MemorySegment destination = arena.allocate(64, 8);
            dml.next(Plan.succeed().during(() -> record.fill((byte) 0xff)));
            output(mover.applyDelta(destination, record.asSlice(0, 20)));
            assertEquals(-1, destination.mismatch(modified.asSlice(0, 64)));
        }

        @Test
        void recordChangedBetweenPartsStopsTheDelta() {
            fillWithNoise(modified.asSlice(0, 0x40000));
            DmlDataMover mover = software();
            DeltaResult made = output(mover.createDelta(record, original, modified));
            MemorySegment whole = record.asSlice(0, made.recordBytes());
            MemorySegment destination = original.asSlice(0, 0x40000);
            dml.next(Plan.succeed().afterwards(() -> record.asSlice(16_320, 2).fill((byte) 0xff)));
            var apply = finish(mover.applyDelta(destination, whole));
            assertSame(VdmResult.INVALID_DATA, apply.result());
            assertSame(ExecutionPath.DML_SOFTWARE, apply.path());
            assertTrue(apply.failure().getMessage().contains("failed after 16,320 bytes: entry 0"),
                    apply.failure().getMessage());
            assertEquals(1, tasks(SimulatedTask.DELTA_APPLY).size());
        }

        @Test
        void closeFreesTheMemoryOfTheRecord() {
            change(1);
            DmlDataMover mover = software();
            output(mover.createDelta(record, original, modified));
            long before = mover.nativeBytes();
            for (int i = 0; i < 100; i++) {
                output(mover.applyDelta(original, record.asSlice(0, 10)));
            }
            assertEquals(before + 16_320, mover.nativeBytes());
            mover.close();
            assertEquals(0, mover.nativeBytes());
        }
    }

    @Nested
    class BlocksWithProtection {
        private static final DifTags TAGS = new DifTags(0xfffffffe, 0xfffe, 0);

        private final DifConfig growing = BLOCKS.withSource(TAGS)
                .withDestination(TAGS)
                .withFlags(DifFlag.SOURCE_INCREMENTING_APPLICATION_TAG,
                        DifFlag.DESTINATION_INCREMENTING_APPLICATION_TAG);

        private final MemorySegment data = noise(5 * 512);
        private final MemorySegment blocks = zeros(5 * 520);

        @ParameterizedTest
        @EnumSource(names = {"SOFTWARE", "HARDWARE"})
        void insertContinuesTheTagsThroughParts(DmlPath path) {
            // A limit that is not a multiple of a block, and a limit below a block.
            output(split(path, 1088).difInsert(blocks, data, growing, VdmFlags.NONE));
            MemorySegment again = zeros(5 * 520);
            output(split(path, 64).difInsert(again, data, growing, VdmFlags.NONE));
            MemorySegment expected = zeros(5 * 520);
            output(new JvmOracle().difInsert(expected, data, growing, VdmFlags.NONE));
            assertArrayEquals(bytes(expected), bytes(blocks));
            assertArrayEquals(bytes(expected), bytes(again));
            List<SimulatedTask> parts = tasks(SimulatedTask.DIF_INSERT);
            assertEquals(List.of(1024L, 1024L, 512L),
                    parts.subList(0, 3).stream().map(SimulatedTask::length).toList());
            assertEquals(8, parts.size());
            assertEquals(List.of(0xfffffffe, 0, 2),
                    parts.subList(0, 3)
                            .stream()
                            .map(part -> part.dif().destination().reference())
                            .toList());
            assertEquals(List.of(0xfffe, 0, 2),
                    parts.subList(0, 3)
                            .stream()
                            .map(part -> part.dif().destination().application())
                            .toList());
        }

        @Test
        void deviceCheckReturnsTheOffsetInTheWhole() {
            DmlDataMover mover = split(DmlPath.HARDWARE, 1088);
            output(mover.difInsert(blocks, data, growing, VdmFlags.NONE));
            assertEquals(new DifResult(Set.of(), -1), output(mover.difCheck(blocks, growing)));
            blocks.set(ValueLayout.JAVA_BYTE, 3 * 520 + 512 + 3, (byte) 9);
            var check = finish(mover.difCheck(blocks, growing));
            assertEquals(new DifResult(Set.of(DifError.APPLICATION_TAG), 3 * 520), check.output());
            assertSame(ExecutionPath.DSA_HARDWARE, check.path());
            assertEquals(List.of(0xfffffffe, 0),
                    tasks(SimulatedTask.DIF_CHECK).reversed()
                            .subList(0, 2)
                            .reversed()
                            .stream()
                            .map(part -> part.dif().source().reference())
                            .toList());
        }

        @Test
        void blocksReachTheDeviceWithTheirFlags() {
            DmlDataMover mover = on(DmlPath.HARDWARE);
            DifConfig config = growing.withFlags(DifFlag.values());
            MemorySegment to = zeros(5 * 520);
            output(mover.difInsert(to, data, config, VdmFlags.NONE));
            output(mover.difCheck(to, config));
            output(mover.difStrip(zeros(5 * 512), to, config, VdmFlags.NONE));
            output(mover.difUpdate(zeros(5 * 520), to, config, VdmFlags.NONE));
            assertEquals(
                    List.of("0 90 c", "ff 0 c", "ff 0 c", "ff f8 c"),
                    tasks().stream()
                            .map(task -> "%x %x %x".formatted(
                                    task.dif().sourceFlags(), task.dif().destinationFlags(),
                                    task.dif().flags()))
                            .toList());
        }

        @Test
        void deviceStripsAndUpdatesBlocks() {
            DmlDataMover mover = split(DmlPath.HARDWARE, 1088);
            output(mover.difInsert(blocks, data, growing, VdmFlags.NONE));
            MemorySegment stripped = zeros(5 * 512);
            assertTrue(output(mover.difStrip(stripped, blocks, growing, VdmFlags.NONE)).isOk());
            assertArrayEquals(bytes(data), bytes(stripped));
            MemorySegment updated = zeros(5 * 520);
            DifConfig other = growing.withDestination(new DifTags(5, 6, 1));
            assertTrue(output(mover.difUpdate(updated, blocks, other, VdmFlags.NONE)).isOk());
            assertTrue(
                    output(mover.difCheck(updated, other.withSource(new DifTags(5, 6, 1)))).isOk());
            assertFalse(output(mover.difCheck(updated, other)).isOk());
        }

        @Test
        void javaChecksBlocksInsteadOfSoftware() {
            DmlDataMover mover = software();
            output(mover.difInsert(blocks, data, BLOCKS.withDestination(TAGS), VdmFlags.NONE));
            int submitted = dml.submissions().size();
            // With a mask of 0 the software path would check no application tag at all.
            var check = finish(
                    mover.difCheck(blocks, BLOCKS.withSource(new DifTags(TAGS.reference(), 1, 0))));
            assertEquals(new DifResult(Set.of(DifError.APPLICATION_TAG), 0), check.output());
            MemorySegment to = zeros(5 * 520);
            var update =
                    finish(mover.difUpdate(to, blocks, BLOCKS.withSource(TAGS), VdmFlags.NONE));
            var strip = finish(
                    mover.difStrip(to.asSlice(0, 5 * 512), blocks, BLOCKS.withSource(TAGS),
                            VdmFlags.NONE));
            assertTrue(update.output().isOk() && strip.output().isOk());
            for (VdmFuture<?> future : List.of(check, update, strip)) {
                assertSame(ExecutionPath.JVM, future.path());
            }
            assertEquals(submitted, dml.submissions().size());
            assertEquals(0, mover.slotsInUse());
        }

        @ParameterizedTest(name = "{0} blocks, {1} bytes between")
        @CsvSource({"5, 0", "5, 40", "5, 41", "1, 0", "1, 8"})
        void deviceStripsCloseBlocks(int count, int gap) {
            DmlDataMover mover = hardware();
            MemorySegment both = zeros(5 * 512 + 5 * 520 + 64);
            MemorySegment source = both.asSlice(count * 512 + gap, count * 520);
            MemorySegment some = data.asSlice(0, count * 512);
            output(mover.difInsert(source, some, growing, VdmFlags.NONE));
            MemorySegment to = both.asSlice(0, count * 512);
            var close = finish(mover.difStrip(to, source, growing, VdmFlags.NONE));
            assertTrue(close.output().isOk());
            assertSame(ExecutionPath.DSA_HARDWARE, close.path());
            assertArrayEquals(bytes(some), bytes(to));
        }

        @Test
        void unknownBlockErrorIsAFailure() {
            DmlDataMover mover = hardware();
            dml.next(Plan.fail(12));
            assertSame(VdmResult.DEVICE_ERROR, finish(mover.difCheck(blocks, BLOCKS)).result());
        }
    }

    static Stream<Function<DmlOperationsTest, VdmFuture<?>>> empty() {
        MemorySegment none = MemorySegment.ofAddress(64);
        return Stream.of(
                test -> test.software().fill(none, 1),
                test -> test.software().compare(none, none),
                test -> test.software().comparePattern(none, 1),
                test -> test.software().createDelta(test.zeros(80), none, none),
                test -> test.software().applyDelta(none, none),
                test -> test.software().dualcast(none, none, none),
                test -> test.software().crc32c(none),
                test -> test.software().copyCrc32c(none, none),
                test -> test.software().difCheck(none, BLOCKS),
                test -> test.software().difInsert(none, none, BLOCKS, VdmFlags.NONE),
                test -> test.software().difStrip(none, none, BLOCKS, VdmFlags.NONE),
                test -> test.software().difUpdate(none, none, BLOCKS, VdmFlags.NONE));
    }

    @ParameterizedTest
    @MethodSource("empty")
    void emptyOperationIsCompleteAtOnce(
            Function<DmlOperationsTest, VdmFuture<?>> make) {
        VdmFuture<?> future = make.apply(this);
        future.poll();
        assertSame(VdmResult.SUCCESS, future.result());
        assertSame(ExecutionPath.NONE, future.path());
        assertEquals(List.of(), dml.submissions());
    }

    @Test
    void emptyOperationHasAnEmptyResult() {
        DmlDataMover mover = software();
        MemorySegment none = zeros(8).asSlice(0, 0);
        assertEquals(CompareResult.EQUAL, output(mover.compare(none, none)));
        assertEquals(new Crc32c(77), output(mover.crc32c(none, new CrcOptions(77, false, false))));
        assertEquals(new DeltaResult(Outcome.EQUAL, 0),
                output(mover.createDelta(zeros(80), none, none)));
        assertTrue(output(mover.difCheck(none, BLOCKS)).isOk());
    }

    @Test
    void heapSegmentIsRefusedAtTheCall() {
        DmlDataMover mover = software();
        MemorySegment heap = MemorySegment.ofArray(new byte[520]);
        MemorySegment off = zeros(520);
        for (Runnable call : List.<Runnable>of(
                () -> mover.fill(heap, 1),
                () -> mover.compare(off, heap),
                () -> mover.comparePattern(heap, 1),
                () -> mover.dualcast(off, heap, noise(520)),
                () -> mover.crc32c(heap),
                () -> mover.copyCrc32c(heap, off),
                () -> mover.difCheck(heap, BLOCKS))) {
            var refused = assertThrows(IllegalArgumentException.class, call::run);
            assertTrue(
                    refused.getMessage()
                            .contains("heap segment of 520 bytes, which Intel DML cannot reach"),
                    refused.getMessage());
        }
    }

    @Test
    void reusedOperationReturnsEachValue() {
        var operation = software().newOperation();
        MemorySegment data = noise(100);
        long crc = output(software().crc32c(data)).value();
        for (int i = 0; i < 3; i++) {
            operation.crc32c(data, CrcOptions.STANDARD).start();
            assertEquals(crc, operation.value());
            operation.compare(data, data).start();
            assertEquals(-1, operation.value());
            operation.fill(zeros(10), 1, VdmFlags.NONE).start();
            assertEquals(0, operation.value());
        }
    }
}
