package io.github.vdm4j.jvm;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.vdm4j.ExecutionPath;
import io.github.vdm4j.ExecutorMover;
import io.github.vdm4j.Operation;
import io.github.vdm4j.Vdm;
import io.github.vdm4j.VdmException;
import io.github.vdm4j.VdmExecutor;
import io.github.vdm4j.VdmFlags;
import io.github.vdm4j.VdmFuture;
import io.github.vdm4j.VdmResult;
import io.github.vdm4j.future.FutureState;
import io.github.vdm4j.operation.CompareResult;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
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
    private record Kernel(Set<Integer> mismatches, Set<Integer> failures) {
        void execute(Operation<?> piece, int part) {
            if (failures.contains(part)) {
                throw new UnsupportedOperationException("part " + part);
            }
            piece.succeed(ExecutionPath.JVM, mismatches.contains(part) ? 0 : -1, 0);
        }
    }

    /** Returns a mover that executes the parts by a script. */
    private Vdm mover(Kernel kernel, Consumer<Parts> script) {
        return new ExecutorMover(operation -> {
            var parts = new Parts(operation, piece -> kernel.execute(piece,
                    (int) ((piece.source().address() - memory.address()) / Parts.BYTES)));
            script.accept(parts);
            parts.record();
            return FutureState.COMPLETE;
        });
    }

    private VdmFuture<CompareResult> compare(Kernel kernel, Consumer<Parts> script) {
        try (Vdm mover = mover(kernel, script)) {
            VdmFuture<CompareResult> comparison = mover.compare(memory, memory);
            comparison.poll();
            return comparison;
        }
    }

    /** Claims all parts in order, and executes them in a given order. */
    private static Consumer<Parts> inOrder(List<Integer> order) {
        return parts -> {
            order.forEach(each -> parts.claim());
            order.forEach(parts::execute);
        };
    }

    private static void assertFailedIn(int part, VdmFuture<?> comparison) {
        assertSame(VdmResult.INTERNAL_ERROR, comparison.result());
        VdmException failure = comparison.failure();
        assertTrue(failure.getMessage().contains("part " + part), failure.getMessage());
    }

    @Test
    void firstMismatchOrFailureIsTheResult() {
        for (List<Integer> order : List.of(List.of(0, 1, 2, 3), List.of(3, 2, 1, 0))) {
            assertEquals(CompareResult.mismatchAt(Parts.BYTES),
                    compare(new Kernel(Set.of(1, 2, 3), Set.of()), inOrder(order)).output());
            assertEquals(CompareResult.mismatchAt(Parts.BYTES),
                    compare(new Kernel(Set.of(1), Set.of(2)), inOrder(order)).output());
            assertFailedIn(1, compare(new Kernel(Set.of(), Set.of(1, 2, 3)), inOrder(order)));
            assertFailedIn(1, compare(new Kernel(Set.of(2), Set.of(1)), inOrder(order)));
        }
    }

    @Test
    void noPartFollowsAMismatchOrAFailure() {
        List<Integer> claims = new ArrayList<>();
        for (var kernel : List.of(new Kernel(Set.of(0), Set.of()),
                new Kernel(Set.of(), Set.of(0)))) {
            compare(kernel, parts -> {
                parts.execute(parts.claim());
                claims.add(parts.claim());
            });
        }
        assertEquals(List.of(-1, -1), claims);
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
            parts.execute(first);
        });
        assertSame(VdmResult.STOPPED, comparison.result());
        assertEquals(Parts.BYTES, comparison.bytesDone());
    }
}
