package io.github.vdm4j.cli.check;

import io.github.vdm4j.Vdm;
import io.github.vdm4j.VdmException;
import io.github.vdm4j.mover.SyncDataMover;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

/**
 * A conformance run. It executes every operation on a device and compares the results with the
 * JVM's results.
 */
public final class HardwareCheck {
    private static final int IN_FLIGHT = 64;

    private final CheckedDevice device;
    private final Settings settings;
    private final CheckResults results = new CheckResults();
    private final long begun = System.nanoTime();
    private int rounds;
    private volatile boolean stopped;

    /**
     * The settings of a run. The longest operation has {@code longest} bytes, and the file whose
     * pages are mapped is in the folder.
     */
    public record Settings(long seed, Duration limit, int mostRounds, long longest,
            Path folder) {}

    /** A mover on the device. Its close ends the results if the device does not answer. */
    record OpenMover(Vdm mover, CheckResults results) implements AutoCloseable {
        @Override
        public void close() {
            try {
                mover.close();
            } catch (VdmException e) {
                results.abort(); // the operation that timed out is among the failures
            }
        }
    }

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
        QueueChecks queueChecks;
        List<String> queues;
        boolean interrupted;
        try (var open = new OpenMover(device.open(List.of(), IN_FLIGHT, false), results);
                Vdm reference = SyncDataMover.open();
                var memory = new CheckMemory(settings.folder())) {
            Vdm mover = open.mover();
            queues = device.queuesOf(mover);
            var operations = new OperationChecks(device, results, memory, reference, this::isOver,
                    settings, device.maxTransferBytes(queues));
            queueChecks = new QueueChecks(device, results, memory, reference, settings.seed());
            queueChecks.run(queues);
            while (rounds < settings.mostRounds() && operations.round(mover, rounds)) {
                rounds++;
            }
            interrupted = stopped;
            queueChecks.add(mover);
        }
        return new CheckReport(results.verdict(interrupted), interrupted, version,
                "%s %s".formatted(System.getProperty("java.vm.name"),
                        System.getProperty("java.vm.version")),
                "%s %s %s".formatted(System.getProperty("os.name"),
                        System.getProperty("os.version"), System.getProperty("os.arch")),
                "%s, %d threads".formatted(processor(),
                        Runtime.getRuntime().availableProcessors()),
                device.mover(), device.emulated(), device.devices(),
                device.queues(queues, queueChecks.counts()), settings.seed(), rounds,
                elapsed().toMillis(), results.checks(), results.failures());
    }

    private static String processor() {
        try (var lines = Files.lines(Path.of("/proc/cpuinfo"))) {
            return lines.filter(line -> line.startsWith("model name"))
                    .map(line -> line.substring(line.indexOf(':') + 1).strip())
                    .findFirst()
                    .orElse("unknown");
        } catch (IOException e) {
            return "unknown";
        }
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
