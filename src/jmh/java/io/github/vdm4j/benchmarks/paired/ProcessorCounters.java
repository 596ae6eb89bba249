package io.github.vdm4j.benchmarks.paired;

import io.github.vdm4j.benchmarks.peers.Peer.MissingException;
import java.io.FileInputStream;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/**
 * The processor's event counters during a run of a contestant, read by perf. Many virtual machines
 * have no such counters.
 */
final class ProcessorCounters {
    /** The events in perf's names, counted in user mode. */
    static final List<String> EVENTS = List.of("instructions", "cycles", "L1-dcache-load-misses");

    private static final long PATIENCE_NANOS = TimeUnit.SECONDS.toNanos(20);

    private ProcessorCounters() {}

    /**
     * Counts the events.
     *
     * @param contestant the contestant
     * @param times the number of its operations
     * @return the number of each event for one operation
     * @throws MissingException if perf is missing or cannot count here
     */
    static Map<String, Double> count(Contestant contestant, long times) throws Throwable {
        Path folder = Files.createTempDirectory("counters");
        Path control = folder.resolve("control");
        Path acknowledged = folder.resolve("acknowledged");
        Path out = folder.resolve("out");
        Process perf = null;
        try {
            run("mkfifo", control.toString(), acknowledged.toString());
            perf = start("perf", "stat", "-D", "-1", "--control",
                    "fifo:" + control + "," + acknowledged, "-x", ",",
                    "-o", out.toString(), "-e", String.join(":u,", EVENTS) + ":u", "-p",
                    Long.toString(ProcessHandle.current().pid()));
            // Open the pipe for reading and writing, because the open call then does not wait for
            // perf.
            try (var orders = new RandomAccessFile(control.toFile(), "rw");
                    var kept = new RandomAccessFile(acknowledged.toFile(), "rw");
                    var answers = new FileInputStream(kept.getFD())) {
                order(perf, orders, answers, "enable\n");
                contestant.run(times);
                order(perf, orders, answers, "disable\n");
            }
            run("kill", "-INT", Long.toString(perf.pid()));
            perf.waitFor();
            return parse(out, times);
        } finally {
            if (perf != null) {
                perf.destroyForcibly();
            }
            for (Path file : List.of(control, acknowledged, out, folder)) {
                Files.deleteIfExists(file);
            }
        }
    }

    private static Process start(String... command) throws MissingException {
        try {
            return new ProcessBuilder(command).redirectErrorStream(true).start();
        } catch (IOException e) {
            throw new MissingException(command[0] + ": " + e.getMessage());
        }
    }

    private static void run(String... command) throws MissingException, InterruptedException {
        if (start(command).waitFor() != 0) {
            throw new MissingException(command[0] + " failed");
        }
    }

    private static void order(Process perf, RandomAccessFile orders, FileInputStream answers,
            String order)
            throws IOException, MissingException {
        orders.write(order.getBytes());
        long start = System.nanoTime();
        while (answers.available() == 0) {
            if (!perf.isAlive() || System.nanoTime() - start > PATIENCE_NANOS) {
                throw new MissingException("perf stat did not start counting");
            }
            Thread.onSpinWait();
        }
        answers.skipNBytes(answers.available());
    }

    private static Map<String, Double> parse(Path out, long times)
            throws IOException, MissingException {
        var counts = new HashMap<String, Double>();
        for (String line : Files.readAllLines(out)) {
            String[] fields = line.split(",");
            if (fields.length > 2 && !line.startsWith("#")) {
                if (!fields[0].matches("\\d+")) {
                    throw new MissingException("perf stat: " + fields[2] + " " + fields[0]);
                }
                counts.put(fields[2].replaceAll(":u$", ""), Double.parseDouble(fields[0]) / times);
            }
        }
        if (!counts.keySet().containsAll(EVENTS)) {
            throw new MissingException("perf stat counted " + counts.keySet() + " only");
        }
        return counts;
    }
}
