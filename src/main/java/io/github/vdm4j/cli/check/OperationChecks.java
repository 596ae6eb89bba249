package io.github.vdm4j.cli.check;

import io.github.vdm4j.Vdm;
import io.github.vdm4j.cli.check.CheckResults.Line;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
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
    private final List<Planned> planned = new ArrayList<>();

    private record Planned(CheckedOperation operation, Variant variant, Line line) {}

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
        Line line = results.plan(operation.toString(), variant,
                (long) sizes.size() * ALIGNMENTS.size());
        String obstacle = device.obstacle(operation, variant);
        if (obstacle != null) {
            line.skip(obstacle);
        }
        planned.add(new Planned(operation, variant, line));
    }

    /**
     * Runs every check once. In the first round, one operation is in flight. In later rounds,
     * several operations are in flight, with random sizes above the planned sizes.
     *
     * @return {@code false} if the round ended early
     */
    boolean round(Vdm mover, int number) throws IOException {
        var together = new LinkedHashMap<CaseRun, Line>();
        for (int size = 0; size < sizes.size(); size++) {
            for (int alignment = 0; alignment < ALIGNMENTS.size(); alignment++) {
                for (Planned next : planned) {
                    if (isOver.getAsBoolean() || results.endsEarly()) {
                        finish(together);
                        return false;
                    }
                    if (!next.line().isSkipped()) {
                        start(together, mover, number, size, alignment, next);
                    }
                }
            }
        }
        finish(together);
        return !results.endsEarly();
    }

    private void start(Map<CaseRun, Line> together, Vdm mover, int round, int size, int alignment,
            Planned next) throws IOException {
        var random = new Random(seed + ((((long) round * sizes.size() + size) * ALIGNMENTS.size()
                + alignment) * CheckedOperation.values().length + next.operation().ordinal())
                * Variant.values().length + next.variant().ordinal());
        long bytes = sizes.get(size);
        if (round > 0) {
            bytes += random.nextLong(bytes);
        }
        var run = new CaseRun(CheckCase.of(next.operation(), next.variant(), bytes,
                ALIGNMENTS.get(alignment), random.nextLong()), memory, reference);
        if (!run.isSupported(mover)) {
            next.line().skip("the mover does not support this");
            run.free();
            return;
        }
        run.start(mover);
        together.put(run, next.line());
        if (round == 0 || together.size() == TOGETHER || bytes > LONG) {
            finish(together);
        }
    }

    private void finish(Map<CaseRun, Line> together) {
        together.forEach((run, line) -> run.finish(line, results));
        together.clear();
        memory.reuse();
    }
}
