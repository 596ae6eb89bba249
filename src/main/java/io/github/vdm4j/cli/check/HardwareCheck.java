package io.github.vdm4j.cli.check;

import io.github.vdm4j.Vdm;
import io.github.vdm4j.cli.check.CheckResults.Line;
import io.github.vdm4j.machine.Message;
import io.github.vdm4j.machine.SystemFiles;
import io.github.vdm4j.mover.SyncDataMover;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;

/**
 * A conformance run. It executes every operation on a device and compares the results with the
 * JVM's results.
 */
public final class HardwareCheck {
    private static final int IN_FLIGHT = 64;
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
    private final Settings settings;
    private final CheckResults results = new CheckResults();
    private final List<Planned> planned = new ArrayList<>();
    private final long begun = System.nanoTime();
    private int rounds;
    private volatile boolean stopped;

    /**
     * The settings of a run. The longest operation has {@code longest} bytes, and the file whose
     * pages are mapped is in the folder.
     */
    public record Settings(long seed, Duration limit, int mostRounds, long longest,
            Path folder) {}

    /** An operation of each round. */
    private record Planned(Line line, CheckedOperation operation, long bytes,
            List<Integer> alignment) {}

    public HardwareCheck(CheckedDevice device, Settings settings) {
        this.device = device;
        this.settings = settings;
    }

    /**
     * Runs the checks in rounds with different content. The run ends after the last round or at the
     * time limit.
     *
     * @param version the version of vdm4j, for the report
     * @throws IOException if the file cannot be written
     */
    public CheckReport run(String version) throws IOException {
        Map<String, Map<String, Object>> hardware;
        boolean interrupted;
        try (var memory = new CheckMemory(settings.folder());
                Vdm reference = SyncDataMover.open();
                var open = results.open(device, List.of(), IN_FLIGHT, false)) {
            var context = new CheckContext(device, results, memory, reference, settings.seed());
            List<String> queues = device.queuesOf(open.mover());
            plan(device.maxTransferBytes(queues));
            new QueueChecks(context).run(queues);
            while (rounds < settings.mostRounds() && round(context, open.mover())) {
                rounds++;
            }
            interrupted = stopped;
            hardware = device.describe(open.mover());
        }
        return new CheckReport(results.verdict(interrupted), interrupted, version,
                "%s %s".formatted(System.getProperty("java.vm.name"),
                        System.getProperty("java.vm.version")),
                "%s %s %s".formatted(System.getProperty("os.name"),
                        System.getProperty("os.version"), System.getProperty("os.arch")),
                Message.of("%s, %d threads", processor(),
                        Runtime.getRuntime().availableProcessors()),
                device.mover(), device.emulated(), hardware, settings.seed(), rounds,
                elapsed().toMillis(), results.checks(), results.failures());
    }

    /** Plans every operation in every variant, with every size and alignment. */
    private void plan(long maxTransferBytes) {
        var sizes = new ArrayList<>(SIZES);
        if (maxTransferBytes > 1 << 20 && maxTransferBytes <= LONGEST_SPLIT) {
            sizes.add(maxTransferBytes + 1);
        }
        sizes.removeIf(size -> size > settings.longest());
        var lines = new LinkedHashMap<Line, CheckedOperation>();
        for (CheckedOperation operation : CheckedOperation.values()) {
            for (Variant variant : Variant.values()) {
                if (operation.takes(variant)) {
                    Line line = results.plan(operation.toString(), variant,
                            (long) sizes.size() * ALIGNMENTS.size());
                    line.skip(device.obstacle(operation, variant));
                    lines.put(line, operation);
                }
            }
        }
        for (long size : sizes) {
            for (List<Integer> alignment : ALIGNMENTS) {
                lines.forEach((line, operation) -> planned
                        .add(new Planned(line, operation, size, alignment)));
            }
        }
    }

    /**
     * Runs every check once. In the first round, one operation is in flight. In later rounds,
     * several operations are in flight, with random sizes above the planned sizes.
     *
     * @return {@code false} if the round ended early
     */
    private boolean round(CheckContext context, Vdm mover) throws IOException {
        var random = new Random(settings.seed() + rounds);
        var together = new ArrayList<CheckCase>();
        for (Planned next : planned) {
            if (isOver() || results.endsEarly()) {
                finish(context, together);
                return false;
            }
            // A skipped check draws, too. Another device then gets the same operations.
            long bytes = next.bytes() + (rounds == 0 ? 0 : random.nextLong(next.bytes()));
            long seed = random.nextLong();
            if (next.line().isSkipped()) {
                continue;
            }
            var that = new CheckCase(context, next.line(), next.operation(), bytes,
                    next.alignment(), seed);
            if (that.isSupported(mover)) {
                that.start(mover);
                together.add(that);
            } else {
                next.line().skip("the mover does not support this");
                that.free();
            }
            if (rounds == 0 || together.size() == TOGETHER || bytes > LONG) {
                finish(context, together);
            }
        }
        finish(context, together);
        return !results.endsEarly();
    }

    private static void finish(CheckContext context, List<CheckCase> together) {
        together.forEach(CheckCase::finish);
        together.clear();
        context.memory().reuse();
    }

    private static String processor() {
        return Objects.requireNonNullElse(SystemFiles.text(Path.of("/proc/cpuinfo")), "")
                .lines()
                .filter(line -> line.startsWith("model name"))
                .map(line -> line.substring(line.indexOf(':') + 1).strip())
                .findFirst()
                .orElse("unknown");
    }

    private Duration elapsed() {
        return Duration.ofNanos(System.nanoTime() - begun);
    }

    private boolean isOver() {
        return stopped || elapsed().compareTo(settings.limit()) > 0;
    }

    /** Ends the run after the current operations. The report is then partial. */
    public void stop() {
        stopped = true;
    }
}
