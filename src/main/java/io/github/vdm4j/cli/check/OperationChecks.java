package io.github.vdm4j.cli.check;

import io.github.vdm4j.Vdm;
import io.github.vdm4j.cli.check.CheckReport.Failure;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.function.BooleanSupplier;

/** The checks of every operation in every variant, with every size and alignment. */
final class OperationChecks {
    private static final List<Long> SIZES = List.of(1L, 8L, 63L, 64L, 65L, 255L, 4_095L, 4_096L,
            4_097L, 65_536L, 65_537L, 1L << 20);
    /** The offsets of the first, second and third range in their pages. */
    private static final List<List<Integer>> ALIGNMENTS = List.of(List.of(0, 0, 0),
            List.of(1, 64, 7), List.of(8, 63, 4_088), List.of(4_095, 1, 32));
    /** The number of operations in flight at the same time in later rounds. */
    private static final int TOGETHER = 16;
    /** The size in bytes above which no further operation may be in flight. */
    private static final long LONG = 4 << 20;
    /** The longest transfer for which a longer operation is checked, to limit the time. */
    private static final long LONGEST_SPLIT = 16 << 20;

    private final CheckedDevice device;
    private final CheckResults results;
    private final CheckMemory memory;
    private final Vdm reference;
    private final BooleanSupplier isOver;
    private final long seed;
    private final List<Long> sizes;

    OperationChecks(CheckedDevice device, CheckResults results, CheckMemory memory, Vdm reference,
            BooleanSupplier isOver, HardwareCheck.Settings settings, long maxTransferBytes) {
        this.device = device;
        this.results = results;
        this.memory = memory;
        this.reference = reference;
        this.isOver = isOver;
        seed = settings.seed();
        sizes = new ArrayList<>(SIZES);
        if (maxTransferBytes > 1 << 20 && maxTransferBytes <= LONGEST_SPLIT) {
            sizes.add(maxTransferBytes + 1);
        }
        sizes.removeIf(size -> size > settings.longest());
        for (CheckedOperation operation : CheckedOperation.values()) {
            for (Variant variant : Variant.values()) {
                if (operation.takes(variant)) {
                    plan(operation, variant);
                }
            }
        }
    }

    private void plan(CheckedOperation operation, Variant variant) {
        results.plan(operation.toString(), variant.toString(),
                (long) sizes.size() * ALIGNMENTS.size());
        String obstacle = device.obstacle(operation, variant);
        if (obstacle != null) {
            results.skip(operation.toString(), variant.toString(), obstacle);
        }
    }

    /**
     * Runs every check once. In the first round, one operation is in flight. In later rounds,
     * several operations are in flight, with random sizes above the planned sizes.
     *
     * @return {@code false} if the round ended early
     */
    boolean round(Vdm mover, int number) throws IOException {
        var together = new ArrayList<CaseRun>();
        for (int size = 0; size < sizes.size(); size++) {
            for (int alignment = 0; alignment < ALIGNMENTS.size(); alignment++) {
                for (CheckedOperation operation : CheckedOperation.values()) {
                    for (Variant variant : Variant.values()) {
                        if (isOver.getAsBoolean() || results.isHopeless()) {
                            finish(together);
                            return false;
                        }
                        add(together, mover, number, new int[]{size, alignment}, operation,
                                variant);
                    }
                }
            }
        }
        finish(together);
        return !results.isHopeless();
    }

    private void add(List<CaseRun> together, Vdm mover, int round, int[] place,
            CheckedOperation operation, Variant variant) throws IOException {
        String name = operation.toString();
        if (!operation.takes(variant) || results.isSkipped(name, variant.toString())) {
            return;
        }
        var random = new Random(seed + ((((long) round * sizes.size() + place[0])
                * ALIGNMENTS.size() + place[1]) * CheckedOperation.values().length
                + operation.ordinal()) * Variant.values().length + variant.ordinal());
        long bytes = sizes.get(place[0]);
        if (round > 0) {
            bytes += random.nextLong(bytes);
        }
        var run = new CaseRun(CheckCase.of(operation, variant, bytes, ALIGNMENTS.get(place[1]),
                random.nextLong()), memory, reference);
        if (!run.isSupported(mover)) {
            results.skip(name, variant.toString(), "the mover does not support this");
            run.free();
            return;
        }
        run.start(mover);
        together.add(run);
        if (round == 0 || together.size() == TOGETHER || bytes > LONG) {
            finish(together);
        }
    }

    private void finish(List<CaseRun> together) {
        for (CaseRun run : together) {
            Failure failure = run.finish();
            results.count(run.that().operation().toString(), run.that().variant().toString(),
                    failure);
            if (run.isOverdue()) {
                results.abort();
            }
            run.free();
        }
        together.clear();
        memory.reuse();
    }
}
