package io.github.vdm4j.examples;

import io.github.vdm4j.Vdm;
import io.github.vdm4j.VdmFlags;
import io.github.vdm4j.buffer.OffHeapBuffer;
import io.github.vdm4j.mover.DataMovers;
import java.lang.foreign.MemorySegment;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicLong;

/** Appends records to a mapped file from a thousand virtual threads. */
final class AppendByMany {
    private static final int RECORDS = 1_000;

    private AppendByMany() {}

    public static void main(String[] args) throws Exception {
        try (Vdm mover = DataMovers.best();
                OffHeapBuffer log = OffHeapBuffer.map(Path.of(args[0]), 0, 1 << 20);
                ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            AtomicLong tail = new AtomicLong();
            List<Future<?>> appends = new ArrayList<>();
            for (int i = 0; i < RECORDS; i++) {
                byte[] record = ("record " + i + "\n").getBytes(StandardCharsets.UTF_8);
                appends.add(threads.submit(() -> {
                    MemorySegment slot =
                            log.slice(tail.getAndAdd(record.length), record.length);
                    mover.memcpy(slot, MemorySegment.ofArray(record), VdmFlags.MEM_DURABLE).await();
                    // From here on the record survives a power cut.
                }));
            }
            for (Future<?> append : appends) {
                append.get(); // throws if the record is not durable
            }
            System.out.println(appends.size() + " records, " + tail + " bytes");
        }
    }
}
