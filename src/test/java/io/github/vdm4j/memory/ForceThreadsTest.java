package io.github.vdm4j.memory;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.vdm4j.buffer.OffHeapBuffer;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@DisplayName("The threads that force files")
class ForceThreadsTest {
    private static final int MOST_THREADS = 256;

    private final WriteBackLog log = new WriteBackLog();
    private final List<OffHeapBuffer> files = new ArrayList<>();
    private @TempDir Path folder;

    @BeforeEach
    void mapFiles() throws IOException {
        for (int i = 0; i < MOST_THREADS + 20; i++) {
            files.add(OffHeapBuffer.map(folder.resolve("file" + i), 0, 4_096));
        }
    }

    @AfterEach
    void closeFiles() {
        files.forEach(OffHeapBuffer::close);
    }

    private void submit(MemorySegment range, Runnable whenForced) {
        var forces = new Forces(log.engines(false));
        forces.add(null, range);
        forces.submit(null, (operation, ended) -> whenForced.run(), false);
    }

    private static void await(CountDownLatch latch, String reason) {
        try {
            assertTrue(latch.await(30, TimeUnit.SECONDS), reason);
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    @Test
    void manyFilesShareTheThreads() {
        var allForce = new CountDownLatch(MOST_THREADS);
        var mayEnd = new CountDownLatch(1);
        var allEnd = new CountDownLatch(2 * files.size());
        log.storage(range -> {
            allForce.countDown();
            await(mayEnd, "the test did not answer");
        });
        for (int round = 0; round < 2; round++) {
            files.forEach(file -> submit(file.segment(), allEnd::countDown));
        }
        try {
            await(allForce, "fewer threads force");
            assertEquals(MOST_THREADS, Thread.getAllStackTraces()
                    .keySet()
                    .stream()
                    .filter(thread -> thread.getName().startsWith("vdm4j-force"))
                    .count());
        } finally {
            mayEnd.countDown();
        }
        await(allEnd, "a file was not forced");
    }

    /** The storage adds a request to its file in every force. Therefore a leader never ends. */
    @Test
    void busyFilesLeaveAThreadForTheNextFile() {
        var busy = new AtomicBoolean(true);
        var nextFileIsForced = new CountDownLatch(1);
        log.storage(range -> {
            if (busy.get()) {
                submit(range, () -> {});
            }
        });
        files.subList(0, MOST_THREADS).forEach(file -> submit(file.segment(), () -> {}));
        submit(files.getLast().segment(), nextFileIsForced::countDown);
        try {
            await(nextFileIsForced, "the next file starves");
        } finally {
            busy.set(false);
        }
    }
}
