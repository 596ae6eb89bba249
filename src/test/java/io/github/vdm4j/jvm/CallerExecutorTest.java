package io.github.vdm4j.jvm;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import io.github.vdm4j.ExecutionPath;
import io.github.vdm4j.ExecutorMover;
import io.github.vdm4j.VdmFlags;
import io.github.vdm4j.VdmFuture;
import io.github.vdm4j.buffer.OffHeapBuffer;
import io.github.vdm4j.memory.Durability;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class CallerExecutorTest {
    @TempDir Path folder;

    /** Returns whether the thread that starts a durable copy to a file also copies the bytes. */
    private boolean copiesItself(long bytes, boolean awaited) throws IOException {
        var kernels = new CallerExecutor(MoveFunctions.STANDARD, Durability.system());
        try (OffHeapBuffer file = OffHeapBuffer.map(folder.resolve("file"), 0, bytes);
                var mover = new ExecutorMover(operation -> operation.succeed(
                        kernels.isShortBeforeForce(operation) ? ExecutionPath.JVM
                                : ExecutionPath.NONE))) {
            VdmFuture<?> copy = mover.memcpy(file.segment(),
                    MemorySegment.ofArray(new byte[(int) bytes]), VdmFlags.MEM_DURABLE);
            if (awaited) {
                copy.busyPoll();
            } else {
                copy.poll();
            }
            return copy.path() == ExecutionPath.JVM;
        }
    }

    @ParameterizedTest
    @CsvSource({"32768, false, true", "32769, false, false", "65536, true, true",
        "65537, true, false"})
    void callerCopiesShortDurableRanges(long bytes, boolean awaited, boolean itself)
            throws IOException {
        assertEquals(itself, copiesItself(bytes, awaited));
    }

    @Test
    void awaitingVirtualThreadCopiesLikeAPoll() throws Exception {
        var itself = new AtomicBoolean(true);
        Thread.ofVirtual().start(() -> {
            try {
                itself.set(copiesItself(32_769, true));
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }).join();
        assertFalse(itself.get());
    }
}
