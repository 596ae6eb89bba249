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
 * A mover and memory for it. Each mover's test extends {@link DataOperationsContract} and answers
 * these questions. Everything is public or protected: then JUnit may call it in runs for which
 * Surefire opens only the subclass's package.
 */
@SuppressWarnings({"exports", "missing-explicit-ctor"}) // to javac this is API of an exported package
@Timeout(value = 120, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
public abstract class OperationsFixture {
    private static final long PAGE = 4_096;

    private Arena arena;
    private Vdm mover;

    /** Opens the mover under test; closed after each test. */
    protected abstract Vdm open();

    /** What may have executed an operation of at least one byte. */
    protected abstract Set<ExecutionPath> paths();

    /** Returns whether the mover takes heap segments. Otherwise it refuses them with a reason. */
    protected boolean takesHeapSegments() {
        return true;
    }

    /**
     * Returns whether the mover takes segments that are confined to the calling thread. Otherwise
     * it refuses them with a reason.
     */
    protected boolean takesConfinedSegments() {
        return true;
    }

    /**
     * Called with all memory that is given to the mover, for simulations that know where there is
     * memory.
     */
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

    /** The open mover. */
    protected final Vdm mover() {
        return mover;
    }

    /**
     * Zeros that any thread may access, released after the test. Begins a page, as dualcast likes
     * it.
     */
    protected final MemorySegment memory(long bytes) {
        return allow(arena.allocate(bytes, PAGE));
    }

    /** Native memory with arbitrary bytes in it, the same ones for the same seed. */
    protected final MemorySegment noise(long bytes, long seed) {
        byte[] content = new byte[(int) bytes];
        new Random(seed).nextBytes(content);
        return of(content);
    }

    /** Native memory with a copy of these bytes in it. */
    protected final MemorySegment of(byte... content) {
        return memory(content.length).copyFrom(MemorySegment.ofArray(content));
    }

    /** All bytes of a segment. */
    protected static byte[] bytes(MemorySegment segment) {
        return segment.toArray(JAVA_BYTE);
    }

    /** Runs an operation to its end, which has to be a good one, and gives its output. */
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
