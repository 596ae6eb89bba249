package io.github.vdm4j.benchmarks.durable;

import io.github.vdm4j.Batch;
import io.github.vdm4j.ForceCounters;
import io.github.vdm4j.Vdm;
import io.github.vdm4j.VdmFlags;
import io.github.vdm4j.VdmFuture;
import io.github.vdm4j.buffer.OffHeapBuffer;
import io.github.vdm4j.dml.DmlDataMover;
import io.github.vdm4j.dml.DmlPath;
import io.github.vdm4j.dml.DmlUnavailableException;
import io.github.vdm4j.mover.ThreadsDataMover;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.atomic.LongAdder;
import java.util.stream.IntStream;

/**
 * A benchmark of durable appends (P11, P12, P13) and of a first poll (P16), in paired rounds of one
 * process. Arguments: a folder, the number of rounds and the seconds of a round. Prints a table,
 * the file system and the median force.
 */
public final class DurableAppends {
    private static final int THREADS = 64;
    private static final int RECORD = 400;
    private static final int GROUP = 64;
    private static final long LOG = 64L << 20;

    private final Path folder;
    private final int rounds;
    private final double seconds;

    private DurableAppends(Path folder, int rounds, double seconds) {
        this.folder = folder;
        this.rounds = rounds;
        this.seconds = seconds;
    }

    public static void main(String[] args) throws Exception {
        var run = new DurableAppends(Path.of(args[0]), Integer.parseInt(args[1]),
                Double.parseDouble(args[2]));
        run.describeStorage();
        run.appends();
        run.groups();
        run.firstPolls();
    }

    private Path file(String name) {
        return folder.resolve("vdm4j-bench-" + name);
    }

    private static long median(long[] values) {
        long[] sorted = values.clone();
        Arrays.sort(sorted);
        return sorted[sorted.length / 2];
    }

    private static double median(double[] values) {
        double[] sorted = values.clone();
        Arrays.sort(sorted);
        return sorted[sorted.length / 2];
    }

    private void describeStorage() throws IOException {
        Path file = file("storage");
        try (OffHeapBuffer log = OffHeapBuffer.map(file, 0, LOG)) {
            long[] nanos = new long[200];
            for (int i = 0; i < nanos.length; i++) {
                MemorySegment record = log.slice(i * 4096L, RECORD);
                record.fill((byte) i);
                long start = System.nanoTime();
                record.force();
                nanos[i] = System.nanoTime() - start;
            }
            System.out.printf("storage: %s, median force of a dirty page: %.1f µs%n",
                    Files.getFileStore(file).type(), median(nanos) / 1e3);
        }
        Files.delete(file);
    }

    /** P11 and P12. */
    private void appends() throws Exception {
        Path file = file("log");
        try (OffHeapBuffer log = OffHeapBuffer.map(file, 0, LOG);
                Vdm threads = ThreadsDataMover.open();
                Vdm unwaiting = ThreadsDataMover.builder()
                        .forceWait(java.time.Duration.ZERO)
                        .open()) {
            log.segment().fill((byte) 1);
            log.segment().force();
            var next = new AtomicLong();
            Map<String, Appender> contestants = new LinkedHashMap<>();
            contestants.put("vdm4j, one durable memcpy a record", record -> threads
                    .memcpy(slot(log, next), record, VdmFlags.MEM_DURABLE)
                    .await());
            contestants.put("vdm4j, forceWait(ZERO)", record -> unwaiting
                    .memcpy(slot(log, next), record, VdmFlags.MEM_DURABLE)
                    .await());
            contestants.put("JDK, group commit by hand", new GroupCommit(
                    log.slice(0, LOG / RECORD * RECORD))); // No record crosses the end.
            contestants.put("JDK, one force() a record", record -> {
                MemorySegment slot = slot(log, next);
                MemorySegment.copy(record, 0, slot, 0, RECORD);
                slot.force();
            });
            var rates = new LinkedHashMap<String, double[]>();
            contestants.keySet().forEach(name -> rates.put(name, new double[rounds]));
            for (int round = -1; round < rounds; round++) {
                var order = new ArrayList<>(contestants.entrySet());
                Collections.rotate(order, round);
                for (var each : order) {
                    ForceCounters before = log.forceCounters();
                    double rate = recordsASecond(each.getValue());
                    ForceCounters after = log.forceCounters();
                    if (round >= 0) {
                        rates.get(each.getKey())[round] = rate;
                    }
                    if (after.forces() > before.forces()) {
                        System.out.printf("  round %d %s: %.0f/s, %.1f requests a force, %.0f µs"
                                + " a force, %.0f µs a wait%n", round, each.getKey(), rate,
                                (double) (after.requests() - before.requests())
                                        / (after.forces() - before.forces()),
                                (after.forceNanos() - before.forceNanos()) / 1e3
                                        / (after.forces() - before.forces()),
                                (after.waitNanos() - before.waitNanos()) / 1e3
                                        / (after.forces() - before.forces()));
                    }
                }
            }
            rates.forEach((name, all) -> System.out.printf("%-40s %,12.0f records/s%n", name,
                    median(all)));
            List<double[]> all = List.copyOf(rates.values());
            System.out.printf("P11 %.2f (without waiting %.2f), P12 %.2f%n",
                    ratio(all.get(0), all.get(2)), ratio(all.get(1), all.get(2)),
                    ratio(all.get(0), all.get(3)));
        }
        Files.delete(file);
    }

    private static double ratio(double[] ours, double[] theirs) {
        return median(IntStream.range(0, ours.length)
                .mapToDouble(i -> ours[i] / theirs[i])
                .toArray());
    }

    private static MemorySegment slot(OffHeapBuffer log, AtomicLong next) {
        return log.slice(next.getAndAdd(RECORD) % (LOG - RECORD), RECORD);
    }

    private double recordsASecond(Appender appender) throws InterruptedException {
        var count = new LongAdder();
        var done = new CountDownLatch(THREADS);
        var failure = new AtomicReference<Throwable>();
        long start = System.nanoTime();
        long end = start + (long) (seconds * 1e9);
        for (int i = 0; i < THREADS; i++) {
            Thread.startVirtualThread(() -> {
                MemorySegment record = Arena.ofAuto().allocate(RECORD).fill((byte) 7);
                try {
                    while (System.nanoTime() < end) {
                        appender.append(record);
                        count.increment();
                    }
                } catch (Throwable e) {
                    failure.set(e);
                } finally {
                    done.countDown();
                }
            });
        }
        done.await();
        if (failure.get() != null) { // A failure must not look like a slow contestant.
            throw new IllegalStateException("an append failed", failure.get());
        }
        return count.sum() / ((System.nanoTime() - start) / 1e9);
    }

    /** P13 compares groups in one batch with groups in one write. */
    private void groups() throws Exception {
        Path mapped = file("batches");
        Path written = file("writes");
        try (OffHeapBuffer log = OffHeapBuffer.map(mapped, 0, LOG);
                OffHeapBuffer preallocated = OffHeapBuffer.map(written, 0, LOG);
                FileChannel channel = FileChannel.open(written, StandardOpenOption.WRITE);
                Vdm threads = ThreadsDataMover.open()) {
            for (OffHeapBuffer each : List.of(log, preallocated)) {
                each.segment().fill((byte) 1);
                each.segment().force();
            }
            MemorySegment group = Arena.ofAuto().allocate(GROUP * RECORD).fill((byte) 7);
            double[] ratios = new double[rounds];
            double ours = 0;
            double theirs = 0;
            for (int round = -1; round < rounds; round++) {
                ours = groupsASecond(at -> {
                    Batch batch = threads.batch();
                    for (int i = 0; i < GROUP; i++) {
                        batch.memcpy(log.slice(at + i * RECORD, RECORD),
                                group.asSlice(i * RECORD, RECORD), VdmFlags.MEM_DURABLE);
                    }
                    batch.submit().await().orThrow();
                });
                theirs = groupsASecond(at -> {
                    channel.write(group.asByteBuffer(), at);
                    channel.force(false);
                });
                if (round >= 0) {
                    ratios[round] = ours / theirs;
                }
            }
            System.out.printf("P13 %.2f (%,.0f and %,.0f groups/s)%n", median(ratios), ours,
                    theirs);
        }
        Files.delete(mapped);
        Files.delete(written);
    }

    private interface GroupAppender {
        void append(long at) throws IOException;
    }

    private double groupsASecond(GroupAppender appender) throws IOException {
        long start = System.nanoTime();
        long at = 0;
        int count = 0;
        while (System.nanoTime() - start < seconds * 1e9) {
            appender.append(at);
            at = (at + GROUP * RECORD) % (LOG - GROUP * RECORD);
            count++;
        }
        return count / ((System.nanoTime() - start) / 1e9);
    }

    /** P16. */
    private void firstPolls() throws IOException {
        Path file = file("polls");
        try (OffHeapBuffer target = OffHeapBuffer.map(file, 0, LOG);
                OffHeapBuffer source = OffHeapBuffer.allocate(LOG);
                Vdm threads = ThreadsDataMover.open()) {
            target.segment().fill((byte) 1);
            source.segment().fill((byte) 2);
            firstPolls("threads", threads, target, source);
            for (DmlPath path : List.of(DmlPath.SOFTWARE, DmlPath.AUTO)) {
                try (Vdm dml = DmlDataMover.builder().path(path).open()) {
                    firstPolls("dml " + path, dml, target, source);
                } catch (DmlUnavailableException e) {
                    System.out.println("P16: no libdml: " + e.getMessage());
                }
            }
        }
        Files.delete(file);
    }

    private void firstPolls(String name, Vdm mover, OffHeapBuffer target, OffHeapBuffer source) {
        for (long size : new long[]{64, 4 << 10, 64 << 10, 1 << 20, 16 << 20}) {
            var polls = new FirstPolls(size > 1 << 20 ? 40 : 200);
            // The JIT needs some thousand polls of each mover. Interpreted polls take 70 µs.
            int warmUp = size == 64 ? 3_000 : 20;
            for (int i = -warmUp; i < polls.wall.length; i++) {
                polls.poll(i, mover.memcpy(target.slice(0, size), source.slice(0, size),
                        VdmFlags.MEM_DURABLE));
            }
            polls.print(name, "memcpy", size);
        }
        var polls = new FirstPolls(40);
        for (int i = 0; i < polls.wall.length; i++) {
            target.segment().fill((byte) i);
            polls.poll(i, mover.flush(target.segment()));
        }
        polls.print(name, "flush", LOG);
    }

    /**
     * The times of first polls. A poll that wakes a thread may lose its processor to that thread.
     * The processor time does not contain this loss.
     */
    private static final class FirstPolls {
        private final ThreadMXBean threads = ManagementFactory.getThreadMXBean();
        final long[] wall;
        private final long[] processor;

        FirstPolls(int samples) {
            wall = new long[samples];
            processor = new long[samples];
        }

        void poll(int sample, VdmFuture<?> future) {
            long processorBefore = threads.getCurrentThreadCpuTime();
            long before = System.nanoTime();
            future.poll();
            long took = System.nanoTime() - before;
            long used = threads.getCurrentThreadCpuTime() - processorBefore;
            future.await();
            future.failure();
            if (sample >= 0) {
                wall[sample] = took;
                processor[sample] = used;
            }
        }

        void print(String mover, String what, long size) {
            System.out.printf("P16 %-14s %-7s %,12d B: median %8.1f µs, p99 %8.1f µs,"
                    + " p99 of the processor time %8.1f µs%n", mover, what, size,
                    median(wall) / 1e3, p99(wall) / 1e3, p99(processor) / 1e3);
        }

        private static long p99(long[] nanos) {
            long[] sorted = nanos.clone();
            Arrays.sort(sorted);
            return sorted[sorted.length * 99 / 100];
        }
    }
}
