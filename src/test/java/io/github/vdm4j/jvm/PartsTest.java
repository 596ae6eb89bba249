package io.github.vdm4j.jvm;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.vdm4j.AbstractDataMover;
import io.github.vdm4j.ExecutionPath;
import io.github.vdm4j.Operation;
import io.github.vdm4j.VdmException;
import io.github.vdm4j.VdmExecutor;
import io.github.vdm4j.VdmFlags;
import io.github.vdm4j.VdmFuture;
import io.github.vdm4j.VdmResult;
import io.github.vdm4j.future.FutureState;
import io.github.vdm4j.operation.CompareResult;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.Set;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** A comparison in four parts that end in any order. The kernel reads no memory. */
class PartsTest {
    private static final int COUNT = 4;

    private final Arena arena = Arena.ofConfined();
    private final MemorySegment memory = arena.allocate(COUNT * Parts.BYTES);

    @AfterEach
    void closeArena() {
        arena.close();
    }

    /** A kernel that finds a mismatch at the beginning of some parts and fails in some parts. */
    private record Kernel(Set<Integer> mismatches, Set<Integer> failures) implements PartKernel {
        @Override
        public long execute(Operation<?> operation, long from, long length) {
            int part = (int) (from / Parts.BYTES);
            if (failures.contains(part)) {
                throw new UnsupportedOperationException("part " + part);
            }
            return mismatches.contains(part) ? from : -1;
        }

        @Override
        public ExecutionPath path() {
            return ExecutionPath.JVM;
        }
    }

    /** A mover that executes the parts by a script. */
    private static final class Mover extends AbstractDataMover {
        private final VdmExecutor executor;

        Mover(PartKernel kernel, Consumer<Parts> script) {
            executor = operation -> {
                var parts = new Parts(operation, kernel);
                script.accept(parts);
                parts.record();
                return FutureState.COMPLETE;
            };
        }

        @Override
        protected VdmExecutor executor() {
            return executor;
        }

        @Override
        public boolean isSupported(VdmFlags flags, MemorySegment destination) {
            return true;
        }

        @Override
        public String name() {
            return "parts";
        }
    }

    private VdmFuture<CompareResult> compare(Kernel kernel, Consumer<Parts> script) {
        try (var mover = new Mover(kernel, script)) {
            VdmFuture<CompareResult> comparison = mover.compare(memory, memory);
            comparison.poll();
            return comparison;
        }
    }

    private static void executeBackwards(Parts parts) {
        for (int i = 0; i < COUNT; i++) {
            assertEquals(i, parts.claim());
        }
        for (int i = COUNT - 1; i >= 0; i--) {
            parts.execute(i);
        }
    }

    private static void assertFailedIn(int part, VdmFuture<?> comparison) {
        assertSame(VdmResult.INTERNAL_ERROR, comparison.result());
        VdmException failure = comparison.failure();
        assertTrue(failure.getMessage().contains("part " + part), failure.getMessage());
    }

    @Test
    void firstMismatchIsTheResult() {
        var kernel = new Kernel(Set.of(1, 2, 3), Set.of());
        assertEquals(CompareResult.mismatchAt(Parts.BYTES),
                compare(kernel, PartsTest::executeBackwards).output());
    }

    @Test
    void firstFailureIsTheResult() {
        var kernel = new Kernel(Set.of(), Set.of(1, 2, 3));
        assertFailedIn(1, compare(kernel, PartsTest::executeBackwards));
    }

    @Test
    void mismatchBeforeAFailureIsTheResult() {
        var kernel = new Kernel(Set.of(1), Set.of(2));
        assertEquals(CompareResult.mismatchAt(Parts.BYTES),
                compare(kernel, PartsTest::executeBackwards).output());
    }

    @Test
    void failureBeforeAMismatchIsTheResult() {
        var kernel = new Kernel(Set.of(2), Set.of(1));
        assertFailedIn(1, compare(kernel, PartsTest::executeBackwards));
    }

    @Test
    void noPartFollowsAMismatchOrAFailure() {
        for (var kernel : new Kernel[]{new Kernel(Set.of(0), Set.of()),
            new Kernel(Set.of(), Set.of(0))}) {
            compare(kernel, parts -> {
                parts.execute(parts.claim());
                assertEquals(-1, parts.claim());
            });
        }
    }

    @Test
    void stopAfterAMismatchKeepsTheResult() {
        VdmFuture<CompareResult> comparison = compare(new Kernel(Set.of(0), Set.of()), parts -> {
            int first = parts.claim();
            parts.stop();
            parts.execute(first);
        });
        assertEquals(CompareResult.mismatchAt(0), comparison.output());
    }

    @Test
    void stopBeforeTheEndIsTheResult() {
        VdmFuture<CompareResult> comparison = compare(new Kernel(Set.of(), Set.of()), parts -> {
            int first = parts.claim();
            parts.stop();
            assertEquals(-1, parts.claim());
            parts.execute(first);
        });
        assertSame(VdmResult.STOPPED, comparison.result());
        assertEquals(Parts.BYTES, comparison.bytesDone());
    }
}
