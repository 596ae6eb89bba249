package io.github.vdm4j.mover;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.github.vdm4j.Vdm;
import io.github.vdm4j.VdmFlags;
import io.github.vdm4j.VdmFuture;
import io.github.vdm4j.VdmResult;
import io.github.vdm4j.jvm.Crc32cKernel;
import io.github.vdm4j.jvm.DifKernel;
import io.github.vdm4j.jvm.Parts;
import io.github.vdm4j.operation.CompareResult;
import io.github.vdm4j.operation.Crc32c;
import io.github.vdm4j.operation.CrcOptions;
import io.github.vdm4j.operation.DifBlockSize;
import io.github.vdm4j.operation.DifConfig;
import io.github.vdm4j.operation.DifFlag;
import io.github.vdm4j.operation.DifResult;
import io.github.vdm4j.operation.DifTags;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Arrays;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.lifecycle.AfterProperty;
import net.jqwik.api.lifecycle.AfterTry;
import net.jqwik.api.lifecycle.BeforeProperty;
import net.jqwik.api.lifecycle.BeforeTry;

/** A comparison of operations in parts with a single thread, for any size, offset and overlap. */
public class ParallelOracleTest {
    private static final int LEAST = (int) Parts.BYTES;
    private static final int MOST = 4 * (int) Parts.BYTES + 777;
    private static final int MOST_COPIED = 3 * (int) Parts.COPIED_BYTES + 777;
    private static final int TRIES = 40;

    private Vdm mover;
    private Arena arena;

    /** Opens a mover that divides operations of {@code bytes} bytes or more among 3 workers. */
    protected Vdm open(long bytes) {
        return ThreadsDataMover.builder().threads(3).parallelFrom(bytes).open();
    }

    /** Returns whether the operands may lie on the heap. */
    protected boolean takesHeapSegments() {
        return true;
    }

    @BeforeProperty
    public void open() {
        mover = open(Parts.BYTES + 1);
    }

    @AfterProperty
    public void close() {
        mover.close();
    }

    @BeforeTry
    public void openArena() {
        arena = Arena.ofShared();
    }

    @AfterTry
    public void closeArena() {
        arena.close();
    }

    private <R> R run(VdmFuture<R> future) {
        R output = future.await();
        assertEquals(VdmResult.SUCCESS, future.result());
        assertEquals(future.byteSize(), future.bytesDone());
        return output;
    }

    /** Returns random bytes on or off the heap. */
    private MemorySegment noise(Random random, int offset, long bytes) {
        byte[] content = new byte[Math.toIntExact(bytes)];
        random.nextBytes(content);
        MemorySegment all = takesHeapSegments() && random.nextBoolean()
                ? MemorySegment.ofArray(new byte[content.length + offset])
                : arena.allocate(bytes + offset);
        return all.asSlice(offset, bytes).copyFrom(MemorySegment.ofArray(content));
    }

    private static MemorySegment copyOf(MemorySegment segment) {
        return MemorySegment.ofArray(segment.toArray(ValueLayout.JAVA_BYTE));
    }

    @Property(tries = TRIES)
    public void copyInPartsMatchesOneThread(@ForAll Random random,
            @ForAll @IntRange(min = LEAST, max = MOST_COPIED) int bytes,
            @ForAll @IntRange(max = 70) int offset) {
        MemorySegment source = noise(random, offset, bytes);
        MemorySegment destination = noise(random, random.nextInt(70), bytes);
        run(mover.memcpy(destination, source, VdmFlags.NONE));
        assertEquals(-1, destination.mismatch(source));
    }

    @Property(tries = TRIES)
    public void overlappingMovesAreSafe(@ForAll Random random,
            @ForAll @IntRange(min = LEAST, max = MOST_COPIED) int bytes,
            @ForAll @IntRange(min = -6 << 20, max = 6 << 20) int distance) {
        MemorySegment all = noise(random, 0, bytes + Math.abs(distance));
        MemorySegment source = all.asSlice(Math.max(0, -distance), bytes);
        MemorySegment destination = all.asSlice(Math.max(0, distance), bytes);
        MemorySegment expected = copyOf(all);
        MemorySegment.copy(expected, Math.max(0, -distance), expected, Math.max(0, distance),
                bytes);
        run(mover.memmove(destination, source, VdmFlags.NONE));
        assertEquals(-1, all.mismatch(expected));
    }

    @Property(tries = TRIES)
    public void fillsKeepThePattern(@ForAll Random random,
            @ForAll @IntRange(min = LEAST, max = MOST) int bytes, @ForAll long pattern) {
        MemorySegment destination = noise(random, random.nextInt(70), bytes);
        run(mover.fill(destination, pattern, VdmFlags.NONE));
        byte[] expected = new byte[bytes];
        for (int i = 0; i < bytes; i++) {
            expected[i] = (byte) (pattern >>> 8 * (i & 7));
        }
        assertEquals(-1, destination.mismatch(MemorySegment.ofArray(expected)));
        assertEquals(CompareResult.EQUAL, run(mover.comparePattern(destination, pattern)));
        int at = random.nextInt(bytes);
        destination.set(ValueLayout.JAVA_BYTE, at, (byte) ~expected[at]);
        assertEquals(CompareResult.mismatchAt(at),
                run(mover.comparePattern(destination, pattern)));
    }

    @Property(tries = TRIES)
    public void comparisonFindsTheFirst(@ForAll Random random,
            @ForAll @IntRange(min = LEAST, max = MOST) int bytes,
            @ForAll @IntRange(max = 4) int differences) {
        MemorySegment first = noise(random, random.nextInt(70), bytes);
        MemorySegment second = arena.allocate(bytes).copyFrom(first);
        for (int i = 0; i < differences; i++) {
            second.set(ValueLayout.JAVA_BYTE, random.nextInt(bytes), (byte) random.nextInt());
        }
        long expected = first.mismatch(second);
        assertEquals(expected < 0 ? CompareResult.EQUAL : CompareResult.mismatchAt(expected),
                run(mover.compare(first, second)));
    }

    @Property(tries = TRIES)
    public void checksumsAreThoseOfTheWhole(@ForAll Random random,
            @ForAll @IntRange(min = LEAST, max = MOST) int bytes, @ForAll int seed,
            @ForAll boolean bypassReflection, @ForAll boolean bypassData) {
        var options = new CrcOptions(seed, bypassReflection, bypassData);
        MemorySegment source = noise(random, random.nextInt(70), bytes);
        MemorySegment destination = noise(random, random.nextInt(70), bytes);
        var expected = new Crc32c(new Crc32cKernel().crc(source, options));
        assertEquals(expected, run(mover.crc32c(source, options)));
        assertEquals(expected,
                run(mover.copyCrc32c(destination, source, options, VdmFlags.NONE)));
        assertEquals(-1, destination.mismatch(source));
    }

    @Property(tries = TRIES)
    public void dualcastWritesBoth(@ForAll Random random,
            @ForAll @IntRange(min = LEAST, max = MOST) int bytes) {
        int offset = random.nextInt(70);
        MemorySegment source = noise(random, random.nextInt(70), bytes);
        MemorySegment first = arena.allocate(bytes + 70, 4_096).asSlice(offset, bytes);
        MemorySegment second = arena.allocate(bytes + 70, 4_096).asSlice(offset, bytes);
        run(mover.dualcast(first, second, source, VdmFlags.NONE));
        assertEquals(-1, first.mismatch(source));
        assertEquals(-1, second.mismatch(source));
    }

    @Property(tries = TRIES)
    public void protectionIsThatOfTheWhole(@ForAll Random random, @ForAll DifBlockSize size,
            @ForAll @IntRange(min = LEAST, max = MOST) int bytes, @ForAll int tags,
            @ForAll boolean incrementing, @ForAll boolean fixed) {
        DifFlag[] flags = Arrays.stream(new DifFlag[]{
            incrementing ? DifFlag.SOURCE_INCREMENTING_APPLICATION_TAG : null,
            incrementing ? DifFlag.DESTINATION_INCREMENTING_APPLICATION_TAG : null,
            fixed ? DifFlag.SOURCE_FIXED_REFERENCE_TAG : null,
            fixed ? DifFlag.DESTINATION_FIXED_REFERENCE_TAG : null})
                .filter(flag -> flag != null)
                .toArray(DifFlag[]::new);
        var both = new DifTags(tags, tags >>> 3 & 0xffff, 0);
        DifConfig config = DifConfig.of(size)
                .withSource(both)
                .withDestination(both)
                .withFlags(flags);
        long blocks = Math.max(1, bytes / size.bytes());
        long whole = size.bytes() + DifConfig.PROTECTION_BYTES;
        MemorySegment data = noise(random, 0, blocks * size.bytes());
        MemorySegment guarded = noise(random, 0, blocks * whole);
        MemorySegment expected = copyOf(guarded);
        DifKernel.insert(expected, data, config);
        run(mover.difInsert(guarded, data, config, VdmFlags.NONE));
        assertEquals(-1, guarded.mismatch(expected));

        MemorySegment updated = noise(random, 0, blocks * whole);
        assertEquals(DifResult.of(-1, 0),
                run(mover.difUpdate(updated, guarded, config, VdmFlags.NONE)));
        assertEquals(-1, updated.mismatch(expected));
        MemorySegment stripped = noise(random, 0, blocks * size.bytes());
        assertEquals(DifResult.of(-1, 0),
                run(mover.difStrip(stripped, guarded, config, VdmFlags.NONE)));
        assertEquals(-1, stripped.mismatch(data));

        for (int i = 0; i < 2; i++) {
            long at = random.nextLong(guarded.byteSize());
            guarded.set(ValueLayout.JAVA_BYTE, at,
                    (byte) ~guarded.get(ValueLayout.JAVA_BYTE, at));
        }
        long found = DifKernel.strip(null, guarded, config);
        DifResult first = DifResult.of(found < 0 ? -1 : DifKernel.offset(found),
                found < 0 ? 0 : DifKernel.errors(found));
        assertEquals(first, run(mover.difCheck(guarded, config)));
        assertEquals(first, run(mover.difStrip(stripped, guarded, config, VdmFlags.NONE)));
    }
}
