package io.github.vdm4j.operation;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.vdm4j.Batch;
import io.github.vdm4j.BatchResult;
import io.github.vdm4j.Vdm;
import io.github.vdm4j.VdmFlags;
import io.github.vdm4j.VdmFuture;
import io.github.vdm4j.VdmResult;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.EdgeCasesMode;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.Tuple;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.lifecycle.AfterProperty;
import net.jqwik.api.lifecycle.AfterTry;
import net.jqwik.api.lifecycle.BeforeProperty;
import net.jqwik.api.lifecycle.BeforeTry;

/**
 * A comparison of every operation with {@link BruteForce}, for any size, alignment, content,
 * options and kind of memory.
 */
// javac treats this class like the API of an exported package.
@SuppressWarnings({"exports", "missing-explicit-ctor"})
public abstract class DataOracleProperties {
    private static final int PAGE = 4_096;
    private static final int MARGIN = 72;

    private Vdm mover;
    private Arena arena;

    /** The ranges of a try, each with its expected content and surroundings. */
    private final List<Range> ranges = new ArrayList<>();

    /** Opens the mover under test. JUnit closes it after each property. */
    protected abstract Vdm open();

    /** Returns whether the properties use heap segments, too. */
    protected boolean takesHeapSegments() {
        return true;
    }

    /** Announces all memory that the mover receives, for simulations that check addresses. */
    protected MemorySegment allow(MemorySegment memory) {
        return memory;
    }

    /** Announces memory before the test frees it. */
    protected void forget(MemorySegment memory) {}

    /** Opens the mover. */
    @BeforeProperty
    public final void openMover() {
        mover = open();
    }

    /** Closes the mover. */
    @AfterProperty
    public final void closeMover() {
        mover.close();
    }

    /** Opens the arena. */
    @BeforeTry
    public final void openArena() {
        arena = Arena.ofShared();
    }

    /** Closes the arena. */
    @AfterTry
    public final void closeArena() {
        ranges.forEach(range -> forget(range.around));
        ranges.clear();
        arena.close();
    }

    /** A range in a larger piece of memory. */
    private static final class Range {
        final MemorySegment around;
        final MemorySegment segment;
        final byte[] expected;
        final int at;

        Range(MemorySegment around, int at, byte[] content, long seed) {
            this.around = around;
            this.at = at;
            segment = around.asSlice(at, content.length);
            expected = new byte[(int) around.byteSize()];
            new Random(seed).nextBytes(expected);
            expect(content);
            around.copyFrom(MemorySegment.ofArray(expected));
        }

        void expect(byte[] content) {
            System.arraycopy(content, 0, expected, at, content.length);
        }
    }

    /**
     * The position in a page and the kind of memory. All ranges of an operation share them.
     */
    public record Place(int offset, boolean heap, long seed) {
        Place other() {
            return new Place(offset / 2 + 13, heap, ~seed);
        }

        Place aligned() {
            return new Place(offset & -8, heap, seed);
        }
    }

    private Range range(Place place, byte[] content) {
        int size = place.offset + content.length + MARGIN;
        MemorySegment around = place.heap
                ? MemorySegment.ofArray(new byte[size])
                : allow(arena.allocate(size, PAGE));
        Range range = new Range(around, place.offset, content, place.seed + ranges.size());
        ranges.add(range);
        return range;
    }

    private static byte[] noise(int size, long seed) {
        byte[] bytes = new byte[size];
        new Random(seed).nextBytes(bytes);
        return bytes;
    }

    private static byte[] flipped(byte[] bytes, List<Integer> places) {
        byte[] result = bytes.clone();
        for (int place : places) {
            if (bytes.length > 0) {
                result[place % bytes.length] ^= (byte) (1 + place % 255);
            }
        }
        return result;
    }

    /**
     * Runs an operation that must succeed and returns its output. Checks the content of all ranges
     * and their surroundings.
     */
    private <T> T run(VdmFuture<T> future) {
        future.busyPoll();
        assertEquals(VdmResult.SUCCESS, future.result(), () -> String.valueOf(future.failure()));
        assertNothingElseChanged();
        return future.output();
    }

    private void assertNothingElseChanged() {
        for (Range range : ranges) {
            assertArrayEquals(range.expected, range.around.toArray(ValueLayout.JAVA_BYTE));
        }
    }

    // ---- inputs

    /** Returns small sizes, sizes around the widths of vectors, and sizes larger than any block. */
    @Provide
    public Arbitrary<Integer> sizes() {
        return Arbitraries.frequencyOf(
                Tuple.of(1, Arbitraries.of(0, 1, 7, 8, 9, 63, 64, 65, 4_095, 4_096, 4_097)),
                Tuple.of(3, Arbitraries.integers().between(0, 130)),
                Tuple.of(2, Arbitraries.integers().between(0, 5_000)),
                Tuple.of(1, Arbitraries.integers().between(0, 200_000)));
    }

    /** Multiples of 8. */
    @Provide
    public Arbitrary<Integer> words() {
        return Arbitraries.frequencyOf(
                Tuple.of(4, Arbitraries.integers().between(0, 40)),
                Tuple.of(2, Arbitraries.integers().between(0, 1_000)),
                Tuple.of(1, Arbitraries.integers().between(0, 0x10000)));
    }

    @Provide
    public Arbitrary<Place> places() {
        Arbitrary<Integer> offsets = Arbitraries.integers().between(0, PAGE - 1);
        Arbitrary<Boolean> heap =
                takesHeapSegments() ? Arbitraries.of(true, false, false) : Arbitraries.just(false);
        return Combinators.combine(offsets, heap, Arbitraries.longs()).as(Place::new);
    }

    /** Returns the positions of any number of changed bytes, modulo the size. */
    @Provide
    public Arbitrary<List<Integer>> flips() {
        return Arbitraries.integers().between(0, 1 << 20).list().ofMaxSize(6);
    }

    @Provide
    public Arbitrary<CrcOptions> options() {
        Arbitrary<Integer> seeds = Arbitraries.frequencyOf(
                Tuple.of(1, Arbitraries.of(0, -1, 1, Integer.MIN_VALUE)),
                Tuple.of(1, Arbitraries.integers()));
        return Combinators.combine(seeds, Arbitraries.of(true, false), Arbitraries.of(true, false))
                .as(CrcOptions::new);
    }

    /** Returns configurations with any flags, and with tags that often reach their limits. */
    @Provide
    public Arbitrary<DifConfig> configs() {
        Arbitrary<Integer> tag = Arbitraries.frequencyOf(
                Tuple.of(1, Arbitraries.of(0, 0xfffe, 0xffff)),
                Tuple.of(2, Arbitraries.integers().between(0, 0xffff)));
        Arbitrary<Integer> mask = Arbitraries.frequencyOf(
                Tuple.of(2, Arbitraries.just(0)), Tuple.of(1, Arbitraries.just(0xffff)),
                Tuple.of(2, Arbitraries.integers().between(0, 0xffff)));
        Arbitrary<Integer> reference = Arbitraries.frequencyOf(
                Tuple.of(1, Arbitraries.of(0, -1, -2)), Tuple.of(2, Arbitraries.integers()));
        Arbitrary<DifTags> tags = Combinators.combine(reference, tag, mask).as(DifTags::new);
        return Combinators.combine(
                Arbitraries.of(DifBlockSize.class), tags, tags,
                Arbitraries.of(DifFlag.class).set().ofMaxSize(5))
                .as(DifConfig::new);
    }

    // ---- the operations

    @Property(tries = 150, edgeCases = EdgeCasesMode.NONE)
    public void fillWritesThePattern(
            @ForAll("sizes") int size, @ForAll("places") Place place, @ForAll long pattern) {
        Range destination = range(place, noise(size, place.seed));
        destination.expect(BruteForce.filled(size, pattern));
        run(mover.fill(destination.segment, pattern));
    }

    @Property(tries = 200, edgeCases = EdgeCasesMode.NONE)
    public void compareFindsTheFirstMismatch(
            @ForAll("sizes") int size, @ForAll("places") Place place,
            @ForAll("flips") List<Integer> flips) {
        byte[] content = noise(size, place.seed);
        byte[] changed = flipped(content, flips);
        Range first = range(place, content);
        Range second = range(place.other(), changed);
        assertEquals(BruteForce.compare(content, changed),
                run(mover.compare(first.segment, second.segment)));
        assertEquals(BruteForce.compare(changed, content),
                run(mover.compare(second.segment, first.segment)));
    }

    @Property(tries = 200, edgeCases = EdgeCasesMode.NONE)
    public void comparePatternFindsTheFirstDifference(
            @ForAll("sizes") int size,
            @ForAll("places") Place place,
            @ForAll long pattern,
            @ForAll("flips") List<Integer> flips) {
        byte[] right = BruteForce.filled(size, pattern);
        byte[] changed = flipped(right, flips);
        Range range = range(place, changed);
        assertEquals(BruteForce.compare(right, changed),
                run(mover.comparePattern(range.segment, pattern)));
    }

    @Property(tries = 150, edgeCases = EdgeCasesMode.NONE)
    public void deltaContainsTheDifferencesAndIsApplied(
            @ForAll("words") int words,
            @ForAll("places") Place place,
            @ForAll("flips") List<Integer> flips,
            @ForAll @IntRange(min = 8, max = 12) int room,
            @ForAll boolean muchChanged) {
        byte[] before = noise(words * 8, place.seed);
        byte[] after = muchChanged ? noise(words * 8, ~place.seed) : flipped(before, flips);
        byte[] differences = BruteForce.delta(before, after);
        int capacity = muchChanged ? Math.max(80, differences.length - room % 2 * 10) : room * 10;
        Range record = range(place.aligned(), noise(capacity, 5));
        Range original = range(place.other().aligned(), before);
        Range modified = range(place.aligned(), after);
        if (differences.length > capacity) {
            var create = mover.createDelta(record.segment, original.segment, modified.segment);
            create.busyPoll();
            assertEquals(DeltaResult.Outcome.OVERFLOW, create.output().outcome());
            // The content of an incomplete record is undefined. Its surroundings must be unchanged.
            record.expect(record.segment.toArray(ValueLayout.JAVA_BYTE));
            assertNothingElseChanged();
            return;
        }
        record.expect(differences);
        DeltaResult found =
                run(mover.createDelta(record.segment, original.segment, modified.segment));
        assertEquals(differences.length, found.recordBytes());
        assertEquals(
                differences.length == 0 ? DeltaResult.Outcome.EQUAL : DeltaResult.Outcome.RECORDED,
                found.outcome());
        original.expect(after);
        run(mover.applyDelta(original.segment, record.segment.asSlice(0, found.recordBytes())));
    }

    @Property(tries = 200, edgeCases = EdgeCasesMode.NONE)
    public void recordIsAppliedWhollyOrNotAtAll(
            @ForAll @IntRange(min = 1, max = 40) int words,
            @ForAll("places") Place place,
            @ForAll List<@IntRange(max = 44) Integer> numbers,
            @ForAll boolean inside,
            @ForAll boolean farOutside) {
        List<Integer> ofWords =
                inside ? numbers.stream().map(number -> number % words).distinct().sorted().toList()
                        : numbers;
        byte[] record = noise(ofWords.size() * 10, ~place.seed);
        for (int i = 0; i < ofWords.size(); i++) {
            record[10 * i] = ofWords.get(i).byteValue();
            record[10 * i + 1] =
                    (byte) (farOutside && !inside && i == ofWords.size() - 1 ? 0x80 : 0);
        }
        byte[] before = noise(words * 8, place.seed);
        Range destination = range(place.aligned(), before);
        Range source = range(place.other().aligned(), record);
        byte[] after = BruteForce.applied(before, record);
        if (after != null) {
            destination.expect(after);
            run(mover.applyDelta(destination.segment, source.segment));
        } else {
            var apply = mover.applyDelta(destination.segment, source.segment);
            apply.busyPoll();
            assertEquals(VdmResult.INVALID_DATA, apply.result());
            assertNull(apply.output());
            assertNothingElseChanged();
        }
    }

    @Property(tries = 100, edgeCases = EdgeCasesMode.NONE)
    public void dualcastCopiesToBoth(@ForAll("sizes") int size, @ForAll("places") Place place) {
        byte[] content = noise(size, place.seed);
        Range first = range(place, noise(size, 1));
        Range second = range(place, noise(size, 2));
        Range source = range(place.other(), content);
        first.expect(content);
        second.expect(content);
        run(mover.dualcast(first.segment, second.segment, source.segment));
    }

    @Property(tries = 150, edgeCases = EdgeCasesMode.NONE)
    public void crcMatchesItsDefinition(
            @ForAll("sizes") int size,
            @ForAll("places") Place place,
            @ForAll("options") CrcOptions options,
            @ForAll int cut) {
        byte[] content = noise(size, place.seed);
        Crc32c expected = new Crc32c(BruteForce.crc32c(content, options));
        Range range = range(place, content);
        Range copy = range(place.other(), noise(size, 3));
        assertEquals(expected, run(mover.crc32c(range.segment, options)));
        int part = Math.floorMod(cut, size + 1);
        Crc32c before = run(mover.crc32c(range.segment.asSlice(0, part), options));
        assertEquals(expected,
                run(mover.crc32c(range.segment.asSlice(part), options.withSeed(before.bits()))));
        copy.expect(content);
        assertEquals(expected,
                run(mover.copyCrc32c(copy.segment, range.segment, options, VdmFlags.NONE)));
    }

    @Property(tries = 150, edgeCases = EdgeCasesMode.NONE)
    public void blocksAreProtectedByTheConfiguration(
            @ForAll @IntRange(max = 5) int blocks,
            @ForAll("places") Place place,
            @ForAll("configs") DifConfig config) {
        byte[] content = noise(blocks * config.blockSize().bytes(), place.seed);
        byte[] whole = BruteForce.inserted(content, config);
        Range source = range(place, content);
        Range destination = range(place.other(), noise(whole.length, 4));
        destination.expect(whole);
        run(mover.difInsert(destination.segment, source.segment, config, VdmFlags.NONE));
    }

    @Property(tries = 300, edgeCases = EdgeCasesMode.NONE)
    public void blocksAreCheckedByTheConfiguration(
            @ForAll @IntRange(max = 5) int blocks,
            @ForAll("places") Place place,
            @ForAll("configs") DifConfig config,
            @ForAll("flips") List<Integer> flips,
            @ForAll boolean well,
            @ForAll @IntRange(max = 9) int allSet) {
        int step = config.blockSize().bytes() + DifConfig.PROTECTION_BYTES;
        byte[] whole = protectedAsTheSource(noise(blocks * config.blockSize().bytes(), place.seed),
                config);
        if (allSet < blocks) { // This sets bits of the protection.
            int end = (allSet + 1) * step;
            Arrays.fill(whole, end - (allSet % 2 == 0 ? 8 : 6), end - (allSet % 3 == 2 ? 4 : 0),
                    (byte) -1);
        }
        for (int flip : well ? List.<Integer>of() : flips) {
            if (blocks > 0) { // Most of the damage is in the protection.
                int place1 = flip % 3 == 0 ? flip % whole.length
                        : (flip % blocks + 1) * step - 1 - flip % 8;
                whole[place1] ^= (byte) (1 << flip % 8);
            }
        }
        DifResult expected = BruteForce.checked(whole, config);
        Range source = range(place, whole);
        assertEquals(expected, run(mover.difCheck(source.segment, config)));

        Range stripped = range(place.other(), noise(blocks * config.blockSize().bytes(), 6));
        Range updated = range(place.other(), noise(whole.length, 7));
        var strip = mover.difStrip(stripped.segment, source.segment, config, VdmFlags.NONE);
        strip.busyPoll();
        var update = mover.difUpdate(updated.segment, source.segment, config, VdmFlags.NONE);
        update.busyPoll();
        if (expected.isOk()) {
            stripped.expect(BruteForce.stripped(whole, config));
            updated.expect(BruteForce.updated(whole, config));
        } else { // undefined
            stripped.expect(stripped.segment.toArray(ValueLayout.JAVA_BYTE));
            updated.expect(updated.segment.toArray(ValueLayout.JAVA_BYTE));
        }
        assertEquals(expected, run(strip));
        assertEquals(expected, run(update));
    }

    /** Damages a block in a way that the source's checks find, unless a mask hides it. */
    private static byte[] protectedAsTheSource(byte[] content, DifConfig config) {
        List<DifFlag> flags = new ArrayList<>();
        for (DifFlag flag : config.flags()) {
            switch (flag) {
                case INVERT_CRC_SEED, INVERT_CRC_RESULT -> flags.add(flag);
                case SOURCE_FIXED_REFERENCE_TAG ->
                    flags.add(DifFlag.DESTINATION_FIXED_REFERENCE_TAG);
                case SOURCE_INCREMENTING_APPLICATION_TAG ->
                    flags.add(DifFlag.DESTINATION_INCREMENTING_APPLICATION_TAG);
                default -> {} // undefined
            }
        }
        return BruteForce.inserted(
                content,
                config.withDestination(config.source()).withFlags(flags.toArray(DifFlag[]::new)));
    }

    // ---- batches

    @Property(tries = 60, edgeCases = EdgeCasesMode.NONE)
    public void batchExecutesEachTaskLikeASingleOperation(
            @ForAll List<@IntRange(max = 7) Integer> kinds,
            @ForAll("places") Place place,
            @ForAll("options") CrcOptions options,
            @ForAll @IntRange(max = 300) int size,
            @ForAll boolean fences) {
        if (kinds.isEmpty()) {
            return;
        }
        Batch batch = mover.batch();
        List<Object> expected = new ArrayList<>();
        for (int kind : kinds) {
            byte[] content = noise(size, place.seed + batch.size());
            Range source = range(place, content);
            Range destination = range(place.other(), noise(size, 8));
            if (fences && kind % 2 == 0) {
                batch.fence();
            }
            switch (kind) {
                case 0 -> {
                    batch.memcpy(destination.segment, source.segment);
                    destination.expect(content);
                    expected.add(null);
                }
                case 1 -> {
                    batch.fill(destination.segment, place.seed);
                    destination.expect(BruteForce.filled(size, place.seed));
                    expected.add(null);
                }
                case 2 -> {
                    batch.crc32c(source.segment, options);
                    expected.add(new Crc32c(BruteForce.crc32c(content, options)));
                }
                case 3 -> {
                    batch.copyCrc32c(destination.segment, source.segment, options, VdmFlags.NONE);
                    destination.expect(content);
                    expected.add(new Crc32c(BruteForce.crc32c(content, options)));
                }
                case 4 -> {
                    batch.compare(source.segment, destination.segment);
                    expected.add(BruteForce.compare(content, noise(size, 8)));
                }
                case 5 -> {
                    batch.comparePattern(source.segment, options.seed());
                    expected.add(
                            BruteForce.compare(BruteForce.filled(size, options.seed()), content));
                }
                case 6 -> {
                    batch.memset(destination.segment, (byte) place.offset, VdmFlags.NONE);
                    byte[] set = new byte[size];
                    Arrays.fill(set, (byte) place.offset);
                    destination.expect(set);
                    expected.add(null);
                }
                default -> {
                    batch.nop();
                    expected.add(null);
                }
            }
        }
        BatchResult result = run(batch.submit());
        assertTrue(result.isSuccess());
        for (int i = 0; i < expected.size(); i++) {
            if (expected.get(i) != null) {
                assertEquals(expected.get(i), result.get(i).output(), "task " + i);
            }
        }
    }
}
