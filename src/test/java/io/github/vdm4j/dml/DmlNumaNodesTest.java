package io.github.vdm4j.dml;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.vdm4j.ExecutionPath;
import io.github.vdm4j.VdmFuture;
import io.github.vdm4j.VdmOutput;
import io.github.vdm4j.VdmResult;
import io.github.vdm4j.dml.ffi.dml_job_t;
import io.github.vdm4j.dml.simulated.Plan;
import io.github.vdm4j.dml.simulated.Submission;
import io.github.vdm4j.machine.NumaNodes;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

@DisplayName("A mover bound to a NUMA node")
class DmlNumaNodesTest extends AgainstSimulatedDml {
    @TempDir Path root;

    private List<Integer> nodesOfSubmissions() {
        return dml.submissions()
                .stream()
                .map(Submission::job)
                .map(job -> dml_job_t
                        .numa_id(MemorySegment.ofAddress(job).reinterpret(dml_job_t.sizeof())))
                .distinct()
                .toList();
    }

    /** Checks every job, each path and each part. */
    private void submitFromEveryJob(DmlDataMover mover) {
        dml.always(submission -> submission.path() == DmlPath.HARDWARE
                && dml.submissions().size() % 5 == 4
                        ? Plan.refuse(102)
                        : Plan.hold());
        var fills = List.of(zeros(64), zeros(200), zeros(100), zeros(150))
                .stream()
                .map(segment -> mover.memset(segment, (byte) 1))
                .toList();
        fills.forEach(fill -> fill.poll());
        dml.releaseAll();
        fills.forEach(fill -> finish(fill).orThrow());
    }

    @ParameterizedTest
    @EnumSource
    void everySubmissionNamesTheNode(DmlPath path) {
        dml.withHardware();
        DmlDataMover mover = open(builder(path).maxTransferBytes(64).numaNode(0));
        submitFromEveryJob(mover);
        assertEquals(List.of(0), nodesOfSubmissions());
        long jobs = dml.submissions().stream().map(Submission::job).distinct().count();
        switch (path) {
            case AUTO ->
                assertTrue(jobs > 4, "each in hardware, and some in software, too: " + jobs);
            case HARDWARE -> assertEquals(4, jobs);
            case SOFTWARE -> assertEquals(1, jobs, "one after the other");
        }
    }

    @Test
    void replacementJobNamesTheNode() {
        dml.withHardware();
        DmlDataMover mover =
                open(builder(DmlPath.HARDWARE).numaNode(0)
                        .slots(1)
                        .deviceTimeout(Duration.ofNanos(1)));
        dml.next(Plan.hold());
        assertSame(VdmResult.TIMEOUT, finish(mover.memset(zeros(64), (byte) 1)).result());
        finish(mover.memset(zeros(64), (byte) 2)).orThrow();
        assertEquals(2, dml.submissions().stream().map(Submission::job).distinct().count());
        assertEquals(List.of(0), nodesOfSubmissions());
    }

    @ParameterizedTest
    @EnumSource
    void unboundMoverNamesNoNode(DmlPath path) {
        dml.withHardware();
        submitFromEveryJob(open(builder(path).maxTransferBytes(64)));
        assertEquals(List.of(-1), nodesOfSubmissions());
    }

    /** The node of the submitting thread has no effect. */
    @Test
    void runsOnTheDevicesOfThatNodeOnly() {
        dml.withHardwareOn(0).callersOn(1);
        assertSame(ExecutionPath.DSA_HARDWARE,
                pathOfAFill(open(builder(DmlPath.AUTO).numaNode(0))));
        assertSame(ExecutionPath.DML_SOFTWARE, pathOfAFill(open(DmlPath.AUTO)));
        dml.withHardwareOn(1).callersOn(1);
        assertSame(ExecutionPath.DML_SOFTWARE,
                pathOfAFill(open(builder(DmlPath.AUTO).numaNode(0))));
        assertSame(ExecutionPath.DSA_HARDWARE, pathOfAFill(open(DmlPath.AUTO)));
    }

    private ExecutionPath pathOfAFill(DmlDataMover mover) {
        VdmFuture<VdmOutput> fill = finish(mover.memset(zeros(64), (byte) 1));
        fill.orThrow();
        return fill.path();
    }

    @Test
    void bindingCanBeRemoved() {
        dml.withHardware();
        submitFromEveryJob(open(builder(DmlPath.HARDWARE).numaNode(0).numaNode(-1)));
        assertEquals(List.of(-1), nodesOfSubmissions());
    }

    @Test
    void unknownNodeIsRefused() {
        assertThrows(IllegalArgumentException.class, () -> builder(DmlPath.AUTO).numaNode(4711));
    }

    @ParameterizedTest
    @ValueSource(ints = {-2, 1, 3, Integer.MAX_VALUE, Integer.MIN_VALUE})
    void refusalListsTheNodes(int node) {
        new DsaMachine(root).node(2, "4-7").node(10, "8-9");
        var refused = assertThrows(IllegalArgumentException.class,
                () -> NumaNodes.check(root, node));
        assertEquals(
                "numaNode %d: must be 0, 2, 10, or -1 for that of the submitting thread"
                        .formatted(node),
                refused.getMessage());
    }

    @ParameterizedTest
    @ValueSource(ints = {-1, 0, 2, 10})
    void everyNodeOfTheMachineIsTaken(int node) {
        new DsaMachine(root).node(2, "4-7").node(10, "8-9");
        assertEquals(node, NumaNodes.check(root, node));
    }

    @Test
    void anyNodeIsTakenIfLinuxShowsNone() {
        assertEquals(7, NumaNodes.check(root, 7));
        assertEquals(-1, NumaNodes.check(root, -1));
        var refused =
                assertThrows(IllegalArgumentException.class, () -> NumaNodes.check(root, -2));
        assertEquals("numaNode -2: must be at least 0, or -1 for that of the submitting thread",
                refused.getMessage());
    }
}
