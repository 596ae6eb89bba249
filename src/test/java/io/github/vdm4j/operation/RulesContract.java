package io.github.vdm4j.operation;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.vdm4j.Batch;
import io.github.vdm4j.VdmFlags;
import io.github.vdm4j.VdmFuture;
import io.github.vdm4j.VdmOperation;
import io.github.vdm4j.VdmResult;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The contract of arguments that the call refuses, in every form of each operation. */
// javac treats this class like the API of an exported package.
@SuppressWarnings({"exports", "missing-explicit-ctor"})
public abstract class RulesContract extends ResultsContract {

    /** Returns memory for a sample, with suitable content. */
    protected final MemorySegment[] segments(Sample sample, long seed) {
        MemorySegment[] segments = new MemorySegment[sample.roles.size()];
        for (int i = 0; i < segments.length; i++) {
            segments[i] =
                    of(sample.content(i, bytes(noise(sample.roles.get(i).bytes(), seed + i))));
        }
        return segments;
    }

    private <E extends Exception> void assertRefused(
            Class<E> how, Sample sample, MemorySegment[] segments, String start, String end) {
        VdmOperation reusable = mover().newOperation();
        Batch batch = mover().batch().nop();
        for (Executable call : new Executable[]{
            () -> sample.future(mover(), segments),
            () -> sample.prepare(reusable, segments),
            () -> sample.add(batch, segments)}) {
            String message = String.valueOf(assertThrows(how, call).getMessage());
            assertTrue(message.startsWith(start) && message.contains(end), message);
        }
        assertEquals("not prepared", reusable.toString());
        assertEquals(1, batch.size());
    }

    private void assertRefused(String message, Executable call) {
        assertEquals(message, assertThrows(IllegalArgumentException.class, call).getMessage());
    }

    private static String range(MemorySegment segment) {
        return "[0x%x, +%d)".formatted(segment.address(), segment.byteSize());
    }

    // ---- every segment of every operation

    @ParameterizedTest(name = "{0}")
    @EnumSource
    @DisplayName("a destination must not be read-only, a source may be read-only")
    public void readOnlySegmentIsRefusedIfWritten(Sample sample) {
        for (int i = 0; i < sample.roles.size(); i++) {
            MemorySegment[] segments = segments(sample, 1);
            segments[i] = segments[i].asReadOnly();
            if (sample.roles.get(i).isWritten()) {
                String start = "%s: the %s %s".formatted(sample.type, sample.roles.get(i).name(),
                        range(segments[i]));
                assertRefused(IllegalArgumentException.class, sample, segments, start,
                        " is read-only");
            } else {
                run(sample.future(mover(), segments));
            }
        }
    }

    @ParameterizedTest(name = "{0}")
    @EnumSource
    @DisplayName("a segment whose arena is closed is refused by its role")
    public void segmentOfAClosedArenaIsRefused(Sample sample) {
        for (int i = 0; i < sample.roles.size(); i++) {
            MemorySegment[] segments = segments(sample, 2);
            try (Arena brief = Arena.ofShared()) {
                segments[i] = brief.allocate(segments[i].byteSize(), 4_096);
            }
            String start =
                    "%s: the arena of the %s ".formatted(sample.type, sample.roles.get(i).name());
            assertRefused(IllegalStateException.class, sample, segments, start, " is closed");
        }
    }

    @ParameterizedTest(name = "{0}")
    @EnumSource
    @DisplayName("a segment confined to another thread is refused with WrongThreadException")
    public void segmentConfinedToAnotherThreadIsRefused(Sample sample)
            throws InterruptedException {
        for (int i = 0; i < sample.roles.size(); i++) {
            MemorySegment[] segments = segments(sample, 3);
            long size = segments[i].byteSize();
            var foreign = new AtomicReference<MemorySegment>();
            Thread owner =
                    Thread.ofPlatform()
                            .start(() -> foreign.set(Arena.ofConfined().allocate(size, 4_096)));
            owner.join();
            segments[i] = foreign.get();
            String start = "%s: the %s ".formatted(sample.type, sample.roles.get(i).name());
            assertRefused(WrongThreadException.class, sample, segments, start,
                    " is confined to another thread");
        }
    }

    @ParameterizedTest(name = "{0}")
    @EnumSource
    @DisplayName("a segment confined to the calling thread works, or is refused with the reason")
    public void confinedSegmentWorksOrIsRefused(Sample sample) {
        for (int i = 0; i < sample.roles.size(); i++) {
            try (Arena own = Arena.ofConfined()) {
                MemorySegment[] segments = segments(sample, 4);
                segments[i] =
                        allow(own.allocate(segments[i].byteSize(), 4_096)).copyFrom(segments[i]);
                if (takesConfinedSegments()) {
                    run(sample.future(mover(), segments));
                } else {
                    String start = "%s: the %s of %,d bytes"
                            .formatted(sample.type, sample.roles.get(i).name(),
                                    segments[i].byteSize());
                    assertRefused(
                            IllegalArgumentException.class, sample, segments, start,
                            " is in a confined arena");
                }
            }
        }
    }

    @ParameterizedTest(name = "{0}")
    @EnumSource
    @DisplayName("heap segments give the same results as native segments, or are refused")
    public void heapSegmentsMatchNativeOrAreRefused(Sample sample) {
        for (int i = 0; i < sample.roles.size(); i++) {
            MemorySegment[] segments = segments(sample, 5);
            MemorySegment[] heap = segments(sample, 5);
            heap[i] = MemorySegment.ofArray(new byte[(int) heap[i].byteSize()]).copyFrom(heap[i]);
            if (takesHeapSegments()) {
                VdmFuture<?> native_ = sample.future(mover(), segments);
                VdmFuture<?> onHeap = sample.future(mover(), heap);
                assertSameOutput(run(native_), run(onHeap));
                for (int j = 0; j < heap.length; j++) {
                    assertArrayEquals(bytes(segments[j]), bytes(heap[j]));
                }
            } else {
                String start = "%s: the %s is a heap segment of %,d bytes"
                        .formatted(sample.type, sample.roles.get(i).name(), heap[i].byteSize());
                assertRefused(IllegalArgumentException.class, sample, heap, start, "");
            }
        }
    }

    /** Requires equal outputs. The destinations may be different segments with the same bytes. */
    protected static void assertSameOutput(Object expected, Object found) {
        if (expected instanceof io.github.vdm4j.VdmOutput output) {
            var other = (io.github.vdm4j.VdmOutput) found;
            assertEquals(output.type(), other.type());
            assertEquals(output.result(), other.result());
        } else {
            assertEquals(expected, found);
        }
    }

    @ParameterizedTest(name = "{0}")
    @EnumSource
    @DisplayName("null is refused at the call")
    public void nullIsRefusedAtTheCall(Sample sample) {
        for (int i = 0; i < sample.roles.size(); i++) {
            MemorySegment[] segments = segments(sample, 6);
            segments[i] = null;
            assertThrows(NullPointerException.class, () -> sample.future(mover(), segments));
            assertThrows(
                    NullPointerException.class,
                    () -> sample.prepare(mover().newOperation(), segments));
            assertThrows(NullPointerException.class, () -> sample.add(mover().batch(), segments));
        }
        if (sample.takesFlags()) {
            MemorySegment[] segments = segments(sample, 6);
            assertThrows(NullPointerException.class, () -> sample.future(mover(), null, segments));
        }
    }

    @Test
    @DisplayName("options and configurations must not be null")
    public void optionsAndConfigurationsMustNotBeNull() {
        MemorySegment some = memory(1_040);
        MemorySegment other = memory(1_040);
        assertThrows(NullPointerException.class, () -> mover().crc32c(some, null));
        assertThrows(NullPointerException.class,
                () -> mover().copyCrc32c(other, some, null, VdmFlags.NONE));
        assertThrows(NullPointerException.class, () -> mover().difCheck(some, null));
        assertThrows(NullPointerException.class,
                () -> mover().difUpdate(other, some, null, VdmFlags.NONE));
    }

    // ---- sizes, places, overlaps

    @ParameterizedTest(name = "{0}")
    @EnumSource(names = {"COMPARE", "DELTA_CREATE", "DUALCAST", "COPY_CRC"})
    @DisplayName("ranges of different sizes are refused with both sizes")
    public void differentSizesAreRefused(Sample sample) {
        for (int i = 0; i < sample.roles.size(); i++) {
            if (sample.roles.get(i).name().equals("record")) {
                continue;
            }
            MemorySegment[] segments = segments(sample, 7);
            segments[i] = segments[i].asSlice(0, 56);
            assertRefused(IllegalArgumentException.class, sample, segments, sample.type + ": the ",
                    ": they must have the same size, see MemorySegment.asSlice");
            assertRefused(IllegalArgumentException.class, sample, segments, sample.type + ": the ",
                    " 56");
        }
        assertRefused(
                "compare: the first range has 1,000 bytes and the second range 2,000: they must "
                        + "have the same size, see MemorySegment.asSlice",
                () -> mover().compare(memory(1_000), memory(2_000)));
    }

    @Test
    @DisplayName("copies refuse overlapping ranges with the overlap, and take adjacent ranges")
    public void copiesRefuseOverlappingRanges() {
        MemorySegment buffer = noise(3 * 4_096, 8);
        byte[] before = bytes(buffer);
        MemorySegment low = buffer.asSlice(0, 60);
        MemorySegment high = buffer.asSlice(40, 60);
        assertRefused(
                ("copy crc: the destination %s and the source %s overlap by 20 bytes. Pass "
                        + "separate ranges")
                        .formatted(range(low), range(high)),
                () -> mover().copyCrc32c(low, high));
        assertRefused(
                ("copy crc: the destination %s and the source %s overlap by 20 bytes. Pass "
                        + "separate ranges")
                        .formatted(range(high), range(low)),
                () -> mover().copyCrc32c(high, low));
        MemorySegment far = buffer.asSlice(4_096, 60);
        MemorySegment near = buffer.asSlice(4_096 + 59, 60);
        assertRefused(
                ("dualcast: the first destination %s and the source %s overlap by 1 bytes. Pass "
                        + "separate ranges")
                        .formatted(range(far), range(near)),
                () -> mover().dualcast(far, low, near));
        assertRefused(
                ("dualcast: the second destination %s and the source %s overlap by 1 bytes. "
                        + "Pass separate ranges")
                        .formatted(range(far), range(near)),
                () -> mover().dualcast(low, far, near));
        MemorySegment page = buffer.asSlice(0, 4_100);
        MemorySegment nextPage = buffer.asSlice(4_096, 4_100);
        assertRefused(
                ("dualcast: the first destination %s and the second destination %s overlap by 4 "
                        + "bytes. Pass separate ranges")
                        .formatted(range(page), range(nextPage)),
                () -> mover().dualcast(page, nextPage, memory(4_100)));
        assertArrayEquals(before, bytes(buffer));

        run(mover().copyCrc32c(buffer.asSlice(0, 50), buffer.asSlice(50, 50)));
        run(mover().copyCrc32c(buffer.asSlice(200, 50), buffer.asSlice(150, 50)));
        run(mover().dualcast(buffer.asSlice(0, 4_096), buffer.asSlice(4_096, 4_096),
                buffer.asSlice(8_192, 4_096)));
        assertArrayEquals(
                bytes(buffer.asSlice(8_192, 4_096)), bytes(buffer.asSlice(0, 4_096)),
                "neighbours do not overlap");
    }

    @ParameterizedTest(name = "{0} and {1}")
    @CsvSource({"0, 1", "1, 0", "0, 2048", "4095, 0", "64, 128"})
    @DisplayName("the destinations of dualcast must have equal offsets in their pages")
    public void dualcastRequiresEqualPageOffsets(int first, int second) {
        MemorySegment one = memory(8_192).asSlice(first, 64);
        MemorySegment other = memory(8_192).asSlice(second, 64);
        assertRefused(
                ("dualcast: the low 12 bits of the destinations' addresses must be equal, are "
                        + "0x%x and 0x%x: first %s,"
                        + " second %s").formatted(first, second, range(one), range(other)),
                () -> mover().dualcast(one, other, memory(64)));
    }

    @Test
    @DisplayName("a delta's ranges begin at a multiple of 8, are a multiple of 8 and at most "
            + "0x80000 bytes")
    public void deltaRangesMustBeAlignedAndLimited() {
        MemorySegment record = memory(80);
        MemorySegment odd = memory(80).asSlice(4, 64);
        MemorySegment even = memory(64);
        assertRefused(
                "delta create: the original range %s must begin at a multiple of 8"
                        .formatted(range(odd)),
                () -> mover().createDelta(record, odd, even));
        assertRefused(
                "delta create: the modified range %s must begin at a multiple of 8"
                        .formatted(range(odd)),
                () -> mover().createDelta(record, even, odd));
        assertRefused(
                "delta create: the original range has 60 bytes, which is not a multiple of 8: a "
                        + "delta is of words of 8 bytes",
                () -> mover().createDelta(record, even.asSlice(0, 60), even.asSlice(0, 60)));
        MemorySegment large = memory(0x80008);
        assertRefused(
                "delta create: the original range has 524,296 bytes, more than the 524,288 "
                        + "(0x80000) that a delta covers. Split the range, or use LongDelta",
                () -> mover().createDelta(record, large, large));
        assertRefused(
                "delta apply: the destination %s must begin at a multiple of 8"
                        .formatted(range(odd)),
                () -> mover().applyDelta(odd, record.asSlice(0, 10)));
        assertRefused(
                "delta apply: the destination has 60 bytes, which is not a multiple of 8: a "
                        + "delta is of words of 8 bytes",
                () -> mover().applyDelta(even.asSlice(0, 60), record.asSlice(0, 10)));
        assertRefused(
                "delta apply: the destination has 524,296 bytes, more than the 524,288 "
                        + "(0x80000) that a delta covers. Split the range, or use LongDelta",
                () -> mover().applyDelta(large, record.asSlice(0, 10)));
    }

    @ParameterizedTest(name = "room for {0} bytes")
    @ValueSource(ints = {0, 10, 70, 81, 85, 104})
    @DisplayName("a delta's record has room for a multiple of 10 bytes, at least 80, at a "
            + "multiple of 8")
    public void deltaRecordSizeIsAMultipleOf10(int capacity) {
        MemorySegment range = memory(64);
        assertRefused(
                capacity % 10 == 0
                        ? "delta create: the record has room for %,d bytes, must have at least 80"
                                .formatted(capacity)
                        : ("delta create: the record has %,d bytes, which is not a multiple of "
                                + "10: each difference takes 10 bytes")
                                .formatted(capacity),
                () -> mover().createDelta(memory(200).asSlice(0, capacity), range, range));
        MemorySegment odd = memory(200).asSlice(2, 80);
        assertRefused(
                "delta create: the record %s must begin at a multiple of 8".formatted(range(odd)),
                () -> mover().createDelta(odd, range, range));
    }

    @Test
    @DisplayName("a record that is applied begins at a multiple of 8 and is a multiple of 10, "
            + "at most 655,360 bytes")
    public void appliedRecordMustBeWhole() {
        MemorySegment range = memory(64);
        MemorySegment record = memory(655_370);
        assertRefused(
                "delta apply: the record has 15 bytes, which is not a multiple of 10: each "
                        + "difference takes 10 bytes; slice it"
                        + " to the size that delta create told",
                () -> mover().applyDelta(range, record.asSlice(0, 15)));
        assertRefused(
                "delta apply: the record has 655,370 bytes, more than the 655,360 of the "
                        + "largest delta",
                () -> mover().applyDelta(range, record));
        MemorySegment odd = record.asSlice(4, 20);
        assertRefused(
                "delta apply: the record %s must begin at a multiple of 8".formatted(range(odd)),
                () -> mover().applyDelta(range, odd));
    }

    @Test
    @DisplayName("a delta's record must not overlap the ranges")
    public void deltaRecordMustNotOverlapTheRanges() {
        MemorySegment buffer = memory(512);
        MemorySegment record = buffer.asSlice(128, 80);
        MemorySegment range = buffer.asSlice(200, 64);
        assertRefused(
                ("delta create: the record %s and the original range %s overlap by 8 bytes. "
                        + "Pass separate ranges")
                        .formatted(range(record), range(range)),
                () -> mover().createDelta(record, range, memory(64)));
        assertRefused(
                ("delta create: the record %s and the modified range %s overlap by 8 bytes. "
                        + "Pass separate ranges")
                        .formatted(range(record), range(range)),
                () -> mover().createDelta(record, memory(64), range));
        assertRefused(
                ("delta apply: the destination %s and the record %s overlap by 8 bytes. Pass "
                        + "separate ranges")
                        .formatted(range(range), range(record)),
                () -> mover().applyDelta(range, record));
        run(mover().createDelta(record, buffer.asSlice(64, 64), buffer.asSlice(64, 64)));
        run(mover().createDelta(record, buffer.asSlice(208, 64), buffer.asSlice(212 + 4, 64)));
    }

    @ParameterizedTest(name = "{0}")
    @EnumSource
    @DisplayName("blocks must be whole, and both sides must have the same number")
    public void blocksMustBeWhole(DifBlockSize size) {
        DifConfig config = DifConfig.of(size);
        int block = size.bytes();
        int whole = block + 8;
        MemorySegment some = memory(4L * whole);
        MemorySegment other = memory(4L * whole);
        String notWhole =
                "%s: the %s has %,d bytes, which is not a multiple of %,d: blocks of %,d bytes%s";
        assertRefused(
                notWhole.formatted("dif check", "source", 2 * whole - 1, whole, block,
                        " and 8 of protection"),
                () -> mover().difCheck(some.asSlice(0, 2 * whole - 1), config));
        assertRefused(
                notWhole.formatted("dif strip", "source", 2 * block, whole, block,
                        " and 8 of protection"),
                () -> mover().difStrip(
                        other.asSlice(0, 2 * block), some.asSlice(0, 2 * block), config,
                        VdmFlags.NONE));
        assertRefused(
                notWhole.formatted("dif update", "source", whole + 8, whole, block,
                        " and 8 of protection"),
                () -> mover().difUpdate(
                        other.asSlice(0, whole + 8), some.asSlice(0, whole + 8), config,
                        VdmFlags.NONE));
        assertRefused(
                notWhole.formatted("dif insert", "source", block + 1, block, block, ""),
                () -> mover().difInsert(other.asSlice(0, whole), some.asSlice(0, block + 1), config,
                        VdmFlags.NONE));

        assertRefused(
                ("dif insert: the destination has %,d bytes, must have %,d: blocks of %,d bytes "
                        + "and 8 of protection")
                        .formatted(whole, 2 * whole, block),
                () -> mover().difInsert(other.asSlice(0, whole), some.asSlice(0, 2 * block), config,
                        VdmFlags.NONE));
        assertRefused(
                ("dif strip: the destination has %,d bytes, must have %,d: as many blocks as "
                        + "the source")
                        .formatted(2 * whole, 2 * block),
                () -> mover().difStrip(
                        other.asSlice(0, 2 * whole), some.asSlice(0, 2 * whole), config,
                        VdmFlags.NONE));
        assertRefused(
                ("dif update: the destination has %,d bytes and the source %,d: they must have "
                        + "the same size, see MemorySegment.asSlice")
                        .formatted(3 * whole, 2 * whole),
                () -> mover().difUpdate(
                        other.asSlice(0, 3 * whole), some.asSlice(0, 2 * whole), config,
                        VdmFlags.NONE));
    }

    @Test
    @DisplayName("blocks must not be copied onto themselves")
    public void blocksMustNotBeCopiedOntoThemselves() {
        DifConfig config = DifConfig.of(DifBlockSize.BYTES_512);
        MemorySegment buffer = memory(2_080);
        MemorySegment whole = buffer.asSlice(0, 1_040);
        MemorySegment bare = buffer.asSlice(1_000, 1_024);
        String overlap =
                "%s: the destination %s and the source %s overlap by %,d bytes. Pass separate "
                        + "ranges";
        assertRefused(
                overlap.formatted("dif insert", range(whole), range(bare), 40),
                () -> mover().difInsert(whole, bare, config, VdmFlags.NONE));
        assertRefused(
                overlap.formatted("dif strip", range(bare), range(whole), 40),
                () -> mover().difStrip(bare, whole, config, VdmFlags.NONE));
        assertRefused(
                overlap.formatted("dif update", range(whole), range(whole), 1_040),
                () -> mover().difUpdate(whole, whole, config, VdmFlags.NONE));
    }

    // ---- durable

    @Test
    @DisplayName("a durable operation on volatile memory is UNSUPPORTED and writes nothing")
    public void durableOnVolatileMemoryIsUnsupported() {
        if (!takesHeapSegments()) {
            return;
        }
        for (Sample sample : Sample.values()) {
            if (!sample.takesFlags()) {
                continue;
            }
            MemorySegment[] heap = segments(sample, 9);
            for (int i = 0; i < heap.length; i++) {
                heap[i] = MemorySegment.ofArray(bytes(heap[i]));
            }
            byte[] before = bytes(heap[heap.length - 1]);
            VdmFuture<?> future = sample.future(mover(), VdmFlags.MEM_DURABLE, heap);
            future.busyPoll();
            assertEquals(VdmResult.UNSUPPORTED, future.result(), sample::name);
            String message = future.failure().getMessage();
            assertTrue(
                    message.startsWith(future.type() + " of ") && message.contains("on the heap"),
                    message);
            assertArrayEquals(before, heap[heap.length - 1].toArray(JAVA_BYTE));
        }
    }
}
