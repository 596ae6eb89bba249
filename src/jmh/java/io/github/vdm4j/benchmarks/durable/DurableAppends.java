package io.github.vdm4j.benchmarks.durable;

import com.google.gson.GsonBuilder;
import io.github.vdm4j.Batch;
import io.github.vdm4j.Vdm;
import io.github.vdm4j.VdmFlags;
import io.github.vdm4j.buffer.MapOption;
import io.github.vdm4j.buffer.OffHeapBuffer;
import io.github.vdm4j.mover.ThreadsDataMover;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.atomic.LongAdder;

/**
 * A benchmark of durable appends (P11, P12, P13) and of first polls (P16), in paired rounds of one
 * process. Arguments: a folder on the storage, the number of rounds, the seconds of a round, and
 * the file for the {@link DurableResult}. If a fifth argument follows, it measures P11 to P13 on a
 * plain mapping only.
 */
public final class DurableAppends {
    /** The names of the contestants. */
    public static final String OURS = "vdm4j, one durable copy a record";
    public static final String UNWAITING = "the same, `forceWait(Duration.ZERO)`";
    public static final String BY_HAND = "the JDK, group commit by hand";
    public static final String ONE_FORCE = "the JDK, one `force()` a record";
    public static final String BATCH = "vdm4j, a batch of 64 durable copies";
    public static final String WRITE = "`FileChannel.write` of 64 records and `force(false)`";

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
        boolean all = args.length == 4;
        Path storage = run.file("storage");
        double force = run.forceMicros(storage);
        String fileSystem = Files.getFileStore(storage).type();
        Files.delete(storage);
        var files = new ArrayList<>(List.of(run.measure("a plain mapping")));
        if (all) {
            files.add(run.measure("`RANDOM_ACCESS`", MapOption.RANDOM_ACCESS));
        }
        var result = new DurableResult(fileSystem, force, files,
                all ? FirstPolls.measure(run.file("polls")) : List.of());
        String json = new GsonBuilder().setPrettyPrinting().create().toJson(result);
        Files.writeString(Path.of(args[3]), json);
    }

    private Path file(String name) {
        return folder.resolve("vdm4j-bench-" + name);
    }

    private double forceMicros(Path file) throws IOException {
        try (OffHeapBuffer log = OffHeapBuffer.map(file, 0, LOG)) {
            double[] nanos = new double[200];
            for (int i = 0; i < nanos.length; i++) {
                MemorySegment record = log.slice(i * 4096L, RECORD);
                record.fill((byte) i);
                long start = System.nanoTime();
                record.force();
                nanos[i] = System.nanoTime() - start;
            }
            return Rates.median(nanos) / 1e3;
        }
    }

    private DurableResult.PerFile measure(String words, MapOption... options) throws Exception {
        var result = new DurableResult.PerFile(words, new LinkedHashMap<>(), new LinkedHashMap<>());
        appends(result, options);
        groups(result, options);
        return result;
    }

    /** P11 and P12. */
    private void appends(DurableResult.PerFile result, MapOption... options) throws Exception {
        Path file = file("log");
        try (OffHeapBuffer log = OffHeapBuffer.map(file, 0, LOG, options);
                Vdm threads = ThreadsDataMover.open();
                Vdm unwaiting =
                        ThreadsDataMover.builder().forceWait(Duration.ZERO).open()) {
            log.segment().fill((byte) 1);
            log.segment().force();
            var next = new AtomicLong();
            // No record of the JDK crosses the end.
            var byHand = new GroupCommit(log.slice(0, LOG / RECORD * RECORD));
            Map<String, Callable<Double>> contestants = new LinkedHashMap<>();
            contestants.put(OURS, () -> recordsASecond(record -> threads
                    .memcpy(slot(log, next), record, VdmFlags.MEM_DURABLE)
                    .await()));
            contestants.put(UNWAITING, () -> recordsASecond(record -> unwaiting
                    .memcpy(slot(log, next), record, VdmFlags.MEM_DURABLE)
                    .await()));
            contestants.put(BY_HAND, () -> recordsASecond(byHand));
            contestants.put(ONE_FORCE, () -> recordsASecond(record -> {
                MemorySegment slot = slot(log, next);
                MemorySegment.copy(record, 0, slot, 0, RECORD);
                slot.force();
            }));
            var rates = new Rates(rounds, contestants);
            rates.addMedians(result.rates());
            result.ratios().put("P11", rates.ratio(OURS, BY_HAND));
            result.ratios().put("P12", rates.ratio(OURS, ONE_FORCE));
        }
        Files.delete(file);
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
    private void groups(DurableResult.PerFile result, MapOption... options) throws Exception {
        Path mapped = file("batches");
        Path written = file("writes");
        try (OffHeapBuffer log = OffHeapBuffer.map(mapped, 0, LOG, options);
                OffHeapBuffer preallocated = OffHeapBuffer.map(written, 0, LOG, options);
                FileChannel channel = FileChannel.open(written, StandardOpenOption.WRITE);
                Vdm threads = ThreadsDataMover.open()) {
            for (OffHeapBuffer each : List.of(log, preallocated)) {
                each.segment().fill((byte) 1);
                each.segment().force();
            }
            MemorySegment group = Arena.ofAuto().allocate(GROUP * RECORD).fill((byte) 7);
            Map<String, Callable<Double>> contestants = new LinkedHashMap<>();
            contestants.put(BATCH, () -> groupsASecond(at -> {
                Batch batch = threads.batch();
                for (int i = 0; i < GROUP; i++) {
                    batch.memcpy(log.slice(at + i * RECORD, RECORD),
                            group.asSlice(i * RECORD, RECORD), VdmFlags.MEM_DURABLE);
                }
                batch.submit().await().orThrow();
            }));
            contestants.put(WRITE, () -> groupsASecond(at -> {
                channel.write(group.asByteBuffer(), at);
                channel.force(false);
            }));
            var rates = new Rates(rounds, contestants);
            rates.addMedians(result.rates());
            result.ratios().put("P13", rates.ratio(BATCH, WRITE));
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
}
