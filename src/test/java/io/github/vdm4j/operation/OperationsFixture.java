package io.github.vdm4j.operation;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.vdm4j.ExecutionPath;
import io.github.vdm4j.Vdm;
import io.github.vdm4j.VdmFuture;
import io.github.vdm4j.VdmResult;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Timeout;

/**
 * A mover and memory for it. Each mover's test extends {@link DataOperationsContract} and
 * implements these methods. All methods are public or protected, because Surefire may open only the
 * subclass's package to JUnit.
 */
// javac treats this class like the API of an exported package.
@SuppressWarnings({"exports", "missing-explicit-ctor"})
@Timeout(value = 120, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
public abstract class OperationsFixture {
    private static final long PAGE = 4_096;

    private Arena arena;
    private Vdm mover;

    /** Opens the mover under test. This class closes it after each test. */
    protected abstract Vdm open();

    /** Returns the paths that may execute an operation of at least one byte. */
    protected abstract Set<ExecutionPath> paths();

    /**
     * Returns whether the mover takes heap segments. If it does not, it refuses them with a reason.
     */
    protected boolean takesHeapSegments() {
        return true;
    }

    /**
     * Returns whether the mover takes segments that are confined to the calling thread. If it does
     * not, it refuses them with a reason.
     */
    protected boolean takesConfinedSegments() {
        return true;
    }

    /** Announces all memory that the mover receives, for simulations that check addresses. */
    protected MemorySegment allow(MemorySegment memory) {
        return memory;
    }

    /** Opens the mover. */
    @BeforeEach
    public final void openMover() {
        arena = Arena.ofShared();
        mover = open();
    }

    /** Closes the mover. */
    @AfterEach
    public final void closeMover() {
        mover.close();
        arena.close();
    }

    /** Returns the open mover. */
    protected final Vdm mover() {
        return mover;
    }

    /**
     * Returns zeroed memory that any thread may access, released after the test. It begins at a
     * page, because dualcast requires equal page offsets.
     */
    protected final MemorySegment memory(long bytes) {
        return allow(arena.allocate(bytes, PAGE));
    }

    /** Returns native memory with bytes that the seed determines. */
    protected final MemorySegment noise(long bytes, long seed) {
        byte[] content = new byte[(int) bytes];
        new Random(seed).nextBytes(content);
        return of(content);
    }

    /** Returns native memory with a copy of the bytes. */
    protected final MemorySegment of(byte... content) {
        return memory(content.length).copyFrom(MemorySegment.ofArray(content));
    }

    /** Returns all bytes of a segment. */
    protected static byte[] bytes(MemorySegment segment) {
        return segment.toArray(JAVA_BYTE);
    }

    /** Runs an operation that must succeed and returns its output. */
    protected final <T> T run(VdmFuture<T> future) {
        future.busyPoll();
        assertEquals(VdmResult.SUCCESS, future.result(), () -> String.valueOf(future.failure()));
        assertNull(future.failure());
        if (future.byteSize() > 0) {
            assertTrue(paths().contains(future.path()), () -> "ran on " + future.path());
        }
        return future.output();
    }
}
