package io.github.vdm4j.memory;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.github.vdm4j.Vdm;
import io.github.vdm4j.VdmException;
import io.github.vdm4j.VdmResult;
import io.github.vdm4j.buffer.OffHeapBuffer;
import io.github.vdm4j.examples.WriteAheadLog;
import io.github.vdm4j.mover.DataMovers;
import io.github.vdm4j.mover.JvmMovers;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.reflect.Proxy;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A log with many appending threads, its recovery, and power cuts at random moments. */
class WriteAheadLogTest {
    private static final int SIZE = 512 << 10;

    @TempDir private Path folder;

    private static byte[] record(int thread, int number) {
        var random = new Random(31L * thread + number);
        String text = thread + ":" + number + ":" + "x".repeat(random.nextInt(3_000));
        return text.getBytes(StandardCharsets.UTF_8);
    }

    private static List<String> recordsOf(Vdm mover, MemorySegment memory) {
        var records = new ArrayList<String>();
        new WriteAheadLog(mover, memory,
                record -> records.add(new String(record, StandardCharsets.UTF_8)));
        return records;
    }

    private static void appendByThreads(WriteAheadLog log, int threads, int each, Set<String> acked)
            throws InterruptedException {
        List<Thread> appenders = new ArrayList<>();
        for (int thread = 0; thread < threads; thread++) {
            int mine = thread;
            appenders.add(Thread.ofVirtual().start(() -> {
                for (int i = 0; i < each; i++) {
                    byte[] record = record(mine, i);
                    log.append(record);
                    acked.add(new String(record, StandardCharsets.UTF_8));
                }
            }));
        }
        for (Thread appender : appenders) {
            appender.join();
        }
    }

    @Test
    void reopenedLogHasAllRecords() throws Exception {
        Set<String> acknowledged = ConcurrentHashMap.newKeySet();
        Path file = folder.resolve("log");
        try (OffHeapBuffer buffer = OffHeapBuffer.map(file, 0, SIZE);
                Vdm mover = DataMovers.best()) {
            appendByThreads(new WriteAheadLog(mover, buffer.segment(), record -> {}), 16, 10,
                    acknowledged);
        }
        try (OffHeapBuffer buffer = OffHeapBuffer.map(file, 0, SIZE);
                Vdm mover = DataMovers.best()) {
            List<String> records = recordsOf(mover, buffer.segment());
            assertEquals(160, records.size());
            assertEquals(new TreeSet<>(acknowledged), new TreeSet<>(records));
        }
    }

    @Test
    void tornRecordEndsTheLogForEver() throws IOException {
        try (OffHeapBuffer buffer = OffHeapBuffer.map(folder.resolve("log"), 0, SIZE);
                Vdm mover = DataMovers.best()) {
            var log = new WriteAheadLog(mover, buffer.segment(), record -> {});
            log.append("first".getBytes(StandardCharsets.UTF_8));
            long torn = log.append("torn".getBytes(StandardCharsets.UTF_8));
            log.append("later".getBytes(StandardCharsets.UTF_8));
            buffer.segment().set(ValueLayout.JAVA_BYTE, torn + 9, (byte) 'X');
            assertEquals(List.of("first"), recordsOf(mover, buffer.segment()));
            var reopened = new WriteAheadLog(mover, buffer.segment(), record -> {});
            assertEquals(torn, reopened.append("four".getBytes(StandardCharsets.UTF_8)));
            assertEquals(List.of("first", "four"), recordsOf(mover, buffer.segment()));
        }
    }

    @Test
    void fullLogRefusesRecordAndStaysUsable() throws IOException {
        try (OffHeapBuffer buffer = OffHeapBuffer.map(folder.resolve("log"), 0, 4096);
                Vdm mover = DataMovers.best()) {
            var log = new WriteAheadLog(mover, buffer.segment(), record -> {});
            log.append(new byte[4000]);
            var full = assertThrows(IllegalStateException.class, () -> log.append(new byte[100]));
            assertEquals("a record of 100 bytes was not appended at byte 4,008 of a log of 4,096"
                    + " bytes", full.getMessage());
            assertEquals(4008, log.append(new byte[80]));
            assertEquals(2, recordsOf(mover, buffer.segment()).size());
        }
    }

    @Test
    void failedStorageFailsThisAndLaterRecords() throws IOException {
        var storage = new WriteBackLog();
        try (OffHeapBuffer buffer = OffHeapBuffer.map(folder.resolve("log"), 0, 4096);
                Vdm mover = JvmMovers.threads(storage.engines(true), 1, true)) {
            var log = new WriteAheadLog(mover, buffer.segment(), record -> {});
            log.append(new byte[10]);
            storage.fail(new IOException("Input/output error"));
            var failure = assertThrows(VdmException.class, () -> log.append(new byte[10]));
            assertEquals(VdmResult.IO_ERROR, failure.result());
            storage.fail(null);
            assertThrows(RuntimeException.class, () -> log.append(new byte[10]));
        }
    }

    /** Storage that keeps the content of forced pages until the power fails. */
    private static final class Disk {
        private final MemorySegment memory;
        private final byte[] survives;
        private boolean off;

        Disk(MemorySegment memory) {
            this.memory = memory;
            survives = memory.toArray(ValueLayout.JAVA_BYTE);
        }

        synchronized void force(MemorySegment range) {
            long from = range.address() - memory.address() & -4096;
            long to = Math.min(memory.byteSize(),
                    range.address() - memory.address() + range.byteSize() + 4095 & -4096);
            if (!off) {
                MemorySegment.copy(memory, from, MemorySegment.ofArray(survives), from, to - from);
            }
        }

        synchronized byte[] cutPower() {
            off = true;
            return survives.clone();
        }
    }

    /**
     * A mover that delays its caller before some copies. Later records then overtake earlier
     * records.
     */
    private static Vdm delaying(Vdm mover) {
        return (Vdm) Proxy.newProxyInstance(Vdm.class.getClassLoader(), new Class<?>[]{Vdm.class},
                (proxy, method, arguments) -> {
                    if (method.getName().equals("memcpy")) {
                        LockSupport.parkNanos(ThreadLocalRandom.current().nextInt(300_000));
                    }
                    return method.invoke(mover, arguments);
                });
    }

    @Property(tries = 100)
    void powerCutLosesNoAcknowledgedRecord(@ForAll @IntRange(min = 1, max = 60) int forces,
            @ForAll @IntRange(min = 1, max = 8) int threads) throws Exception {
        Path file = Files.createTempFile("vdm4j-log", "");
        Set<String> acknowledged = ConcurrentHashMap.newKeySet();
        var before = Collections.synchronizedList(new ArrayList<String>());
        var disk = new Disk[1];
        var survivors = new byte[1][];
        var left = new AtomicInteger(forces);
        var storage = new WriteBackLog().whenever((kind, range) -> {
            if (disk[0] == null) {
                return;
            }
            if (left.decrementAndGet() == 0) { // The power fails during a force.
                before.addAll(acknowledged);
                survivors[0] = disk[0].cutPower();
            }
            disk[0].force(range);
        });
        try (OffHeapBuffer buffer = OffHeapBuffer.map(file, 0, SIZE);
                Vdm mover = JvmMovers.threads(storage.engines(true), 4, true)) {
            var log = new WriteAheadLog(delaying(mover), buffer.segment(), record -> {});
            disk[0] = new Disk(buffer.segment());
            appendByThreads(log, threads, 10, acknowledged);
            if (survivors[0] == null) {
                before.addAll(acknowledged);
                survivors[0] = disk[0].cutPower();
            }
        }
        Path afterwards = Files.write(Files.createTempFile("vdm4j-log", ""), survivors[0]);
        try (OffHeapBuffer buffer = OffHeapBuffer.map(afterwards, 0, SIZE);
                Vdm mover = DataMovers.best()) {
            Set<String> recovered = new TreeSet<>(recordsOf(mover, buffer.segment()));
            var lost = new TreeSet<>(before);
            lost.removeAll(recovered);
            assertEquals(Set.of(), lost);
        } finally {
            // Delete the file late, because the kernel would reuse its inode number.
            Files.delete(file);
            Files.delete(afterwards);
        }
    }
}
