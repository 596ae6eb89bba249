package io.github.vdm4j.benchmarks.durable;

import io.github.vdm4j.Vdm;
import io.github.vdm4j.VdmFlags;
import io.github.vdm4j.VdmFuture;
import io.github.vdm4j.buffer.OffHeapBuffer;
import io.github.vdm4j.dml.DmlDataMover;
import io.github.vdm4j.dml.DmlPath;
import io.github.vdm4j.dml.DmlUnavailableException;
import io.github.vdm4j.mover.ThreadsDataMover;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.Supplier;

/**
 * The times of first polls (P16). A poll that wakes a thread may lose its processor to that thread.
 * The processor time does not contain this loss.
 */
final class FirstPolls {
    private static final int LONGEST = 16 << 20;
    private static final int SAMPLES = 200;
    /** The JIT needs some thousand polls of each kind. Interpreted polls take 70 µs. */
    private static final int WARM_UP = 3_000;

    private final ThreadMXBean threads = ManagementFactory.getThreadMXBean();
    private final List<DurableResult.Poll> results = new ArrayList<>();

    private FirstPolls() {}

    static List<DurableResult.Poll> measure(Path file) throws IOException {
        var polls = new FirstPolls();
        try (OffHeapBuffer target = OffHeapBuffer.map(file, 0, LONGEST);
                OffHeapBuffer source = OffHeapBuffer.allocate(LONGEST)) {
            target.segment().fill((byte) 1);
            source.segment().fill((byte) 2);
            try (Vdm mover = ThreadsDataMover.open()) {
                polls.measure("ThreadsDataMover", mover, target, source);
            }
            for (DmlPath path : List.of(DmlPath.SOFTWARE, DmlPath.AUTO)) {
                try (Vdm mover = DmlDataMover.builder().path(path).open()) {
                    polls.measure("DmlDataMover, " + path, mover, target, source);
                } catch (DmlUnavailableException e) {
                    System.out.println("no first polls on " + path + ": " + e.getMessage());
                }
            }
        }
        Files.delete(file);
        return polls.results;
    }

    private void measure(String name, Vdm mover, OffHeapBuffer target, OffHeapBuffer source) {
        for (long bytes : new long[]{64, 4 << 10, 64 << 10, 1 << 20, LONGEST}) {
            warmUp(() -> copy(mover, target, source, bytes));
            var times = new Times();
            for (int i = 0; i < SAMPLES; i++) {
                times.poll(i, copy(mover, target, source, bytes));
            }
            results.add(times.result(name, "durable copy", bytes));
        }
        warmUp(() -> mover.flush(target.segment()));
        var times = new Times();
        for (int i = 0; i < SAMPLES; i++) {
            target.segment().fill((byte) i);
            times.poll(i, mover.flush(target.segment()));
        }
        results.add(times.result(name, "flush", LONGEST));
    }

    /** Polls an operation until the JIT has compiled the poll. Long copies then stop early. */
    private static void warmUp(Supplier<VdmFuture<?>> operation) {
        for (int i = 0; i < WARM_UP; i++) {
            VdmFuture<?> future = operation.get();
            future.poll();
            future.cancel();
            future.busyPoll();
        }
    }

    private static VdmFuture<?> copy(Vdm mover, OffHeapBuffer target, OffHeapBuffer source,
            long bytes) {
        return mover.memcpy(target.slice(0, bytes), source.slice(0, bytes), VdmFlags.MEM_DURABLE);
    }

    private final class Times {
        private final double[] wall = new double[SAMPLES];
        private final double[] processor = new double[SAMPLES];

        void poll(int sample, VdmFuture<?> future) {
            long processorBefore = threads.getCurrentThreadCpuTime();
            long before = System.nanoTime();
            future.poll();
            wall[sample] = System.nanoTime() - before;
            processor[sample] = threads.getCurrentThreadCpuTime() - processorBefore;
            future.await();
        }

        DurableResult.Poll result(String mover, String operation, long bytes) {
            return new DurableResult.Poll(mover, operation, bytes, Rates.median(wall) / 1e3,
                    p99(wall) / 1e3, p99(processor) / 1e3);
        }

        private static double p99(double[] nanos) {
            double[] sorted = nanos.clone();
            Arrays.sort(sorted);
            return sorted[sorted.length * 99 / 100];
        }
    }
}
