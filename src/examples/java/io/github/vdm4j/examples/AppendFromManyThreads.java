package io.github.vdm4j.examples;

import io.github.vdm4j.Vdm;
import io.github.vdm4j.VdmFlags;
import io.github.vdm4j.buffer.MapOption;
import io.github.vdm4j.buffer.OffHeapBuffer;
import io.github.vdm4j.mover.ThreadsDataMover;
import io.github.vdm4j.operation.ForceCounters;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Appends records from many virtual threads. Each thread waits until its own record is durable. The
 * mover groups the records, not the program.
 */
public final class AppendFromManyThreads {
    private static final int THREADS = 64;
    private static final int RECORDS = 100;
    private static final int RECORD_BYTES = 400;

    /** Returns when the record is durable. */
    static void append(Vdm mover, OffHeapBuffer log, AtomicLong end, MemorySegment record) {
        long offset = end.getAndAdd(record.byteSize());
        mover.memcpy(log.slice(offset, record.byteSize()), record, VdmFlags.MEM_DURABLE)
                .await();
    }

    /**
     * Appends records and prints the number of shared forces.
     *
     * @param args the name of the log's file, new or existing
     * @throws IOException if the file cannot be mapped
     * @throws InterruptedException if the thread is interrupted
     */
    public static void main(String[] args) throws IOException, InterruptedException {
        long size = (long) THREADS * RECORDS * RECORD_BYTES;
        try (OffHeapBuffer log = OffHeapBuffer.map(Path.of(args[0]), 0, size,
                MapOption.RANDOM_ACCESS);
                Vdm mover = ThreadsDataMover.open()) {
            ForceCounters before = log.forceCounters();
            var end = new AtomicLong();
            List<Thread> threads = new ArrayList<>();
            for (int i = 0; i < THREADS; i++) {
                threads.add(Thread.startVirtualThread(() -> {
                    MemorySegment record = Arena.ofAuto().allocate(RECORD_BYTES).fill((byte) 1);
                    for (int k = 0; k < RECORDS; k++) {
                        append(mover, log, end, record);
                    }
                }));
            }
            for (Thread thread : threads) {
                thread.join();
            }
            ForceCounters after = log.forceCounters();
            System.out.printf("%,d records durable after %,d forces%n",
                    after.requests() - before.requests(), after.forces() - before.forces());
        }
    }
}
