package io.github.vdm4j.benchmarks.paired;

import io.github.vdm4j.VdmFlags;
import io.github.vdm4j.VdmOperation;
import io.github.vdm4j.dml.DmlDataMover;
import io.github.vdm4j.future.FutureState;
import io.github.vdm4j.operation.CrcOptions;
import io.github.vdm4j.operation.DifBlockSize;
import io.github.vdm4j.operation.DifConfig;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.List;
import java.util.function.Consumer;

/** The data operations, each on the same memory. */
public final class DataOperationLoops {
    /** The names of the operations. */
    public static final List<String> NAMES = List.of(
            "fill", "compare", "comparePattern", "dualcast", "crc32c", "copyCrc32c", "applyDelta",
            "difInsert");

    private static final int WORD = 8;
    private static final int ENTRY = 10;
    private static final int BLOCK = 512;
    private static final int PROTECTED_BLOCK = 520;
    private static final long PAGE = 4096;

    private final MemorySegment source;
    private final MemorySegment same;
    private final MemorySegment first;
    private final MemorySegment second;
    private final MemorySegment zeros;
    private final MemorySegment record;
    private final MemorySegment blocks;
    private final MemorySegment protectedBlocks;

    DataOperationLoops(long bytes) {
        Arena arena = Arena.ofAuto();
        source = arena.allocate(bytes, PAGE);
        for (long i = 0; i < bytes; i++) {
            source.set(ValueLayout.JAVA_BYTE, i, (byte) (i * 7 + (i >> 8)));
        }
        same = arena.allocate(bytes, PAGE).copyFrom(source);
        first = arena.allocate(bytes, PAGE);
        second = arena.allocate(bytes, PAGE);
        zeros = arena.allocate(bytes, PAGE);
        // A delta with the largest number of changed words that fit into a record.
        record = arena.allocate(bytes / WORD * ENTRY, PAGE);
        for (long word = 0; word < bytes / WORD; word++) {
            record.set(ValueLayout.JAVA_SHORT_UNALIGNED, word * ENTRY, (short) word);
        }
        long count = Math.max(1, bytes / BLOCK);
        blocks = arena.allocate(count * BLOCK, PAGE);
        protectedBlocks = arena.allocate(count * PROTECTED_BLOCK, PAGE);
    }

    private Consumer<VdmOperation> of(String name) {
        return switch (name) {
            case "fill" ->
                operation -> operation.fill(first, 0x0123_4567_89ab_cdefL, VdmFlags.NONE);
            case "compare" -> operation -> operation.compare(source, same);
            case "comparePattern" -> operation -> operation.comparePattern(zeros, 0);
            case "dualcast" ->
                operation -> operation.dualcast(first, second, source, VdmFlags.NONE);
            case "crc32c" -> operation -> operation.crc32c(source, CrcOptions.STANDARD);
            case "copyCrc32c" -> operation -> operation.copyCrc32c(first, source,
                    CrcOptions.STANDARD, VdmFlags.NONE);
            case "applyDelta" -> operation -> operation.applyDelta(first, record, VdmFlags.NONE);
            case "difInsert" -> {
                DifConfig config = DifConfig.of(DifBlockSize.BYTES_512);
                yield operation -> operation.difInsert(protectedBlocks, blocks, config,
                        VdmFlags.NONE);
            }
            default -> throw new IllegalArgumentException(name);
        };
    }

    /** Returns the name of an operation on a mover. */
    public static String on(String mover, String operation) {
        return operation + " on " + mover;
    }

    /** Adds each operation as a reusable operation. */
    void addTo(Contest contest, String name, DmlDataMover mover) {
        for (String operation : NAMES) {
            contest.add(on(name, operation),
                    new Reusable(mover.newOperation().startWhenPrepared(), of(operation)));
        }
    }

    /** An operation that its preparation starts, polled to its end. */
    private record Reusable(VdmOperation operation,
            Consumer<VdmOperation> preparing) implements Contestant {
        @Override
        public void run(long times) {
            for (long i = 0; i < times; i++) {
                preparing.accept(operation);
                while (operation.poll() != FutureState.COMPLETE) {
                    Thread.onSpinWait();
                }
                operation.orThrow();
            }
        }
    }
}
