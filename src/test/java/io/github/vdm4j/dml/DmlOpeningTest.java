package io.github.vdm4j.dml;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.vdm4j.ExecutionPath;
import io.github.vdm4j.VdmException;
import io.github.vdm4j.VdmFuture;
import io.github.vdm4j.VdmOutput;
import io.github.vdm4j.VdmResult;
import io.github.vdm4j.dml.ffi.dml_h;
import io.github.vdm4j.dml.simulated.Plan;
import io.github.vdm4j.dsa.Finding;
import io.github.vdm4j.dsa.Finding.Severity;
import io.github.vdm4j.engine.channel.ChannelLimits;
import io.github.vdm4j.machine.NumaNodes;
import io.github.vdm4j.mover.DeviceDecision;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The result of opening a mover on each diagnosed machine. */
@DisplayName("Opening a mover")
class DmlOpeningTest extends AgainstSimulatedDml {
    private static final String DO_WITHOUT =
            "\nPaths AUTO and SOFTWARE need no hardware. More: scripts/vdm info --why, "
                    + "docs/hardware.md"
                    + " [VDM-HARDWARE-UNAVAILABLE]";
    private static final String REFUSED = "an empty operation was refused with ";

    /** The defects of a machine, each with the status of DML 1.1.1. */
    enum Unfit {
        NO_DRIVER(100, machine -> machine,
                "there is no DSA device, and the idxd driver is not loaded"),
        NO_INSTRUCTION(100, machine -> well(machine).processor("movdir64b"),
                "the processor has no ENQCMD, the instruction by which DML submits to a queue"),
        DEVICE_DISABLED(100, machine -> well(machine).device(0, "state", "disabled"),
                "dsa0: the device is disabled"),
        NO_ENABLED_QUEUE(100, machine -> well(machine).queue("0.0", "state", "disabled"),
                "dsa0: no work queue of type user is enabled"),
        DEDICATED_QUEUE(100, machine -> well(machine).queue("0.0", "mode", "dedicated"),
                "wq0.0: the queue is dedicated, and DML uses shared queues only"),
        NO_PERMISSION(100, machine -> well(machine).locked("/dev/dsa/wq0.0"),
                "wq0.0: this process may not read and write /dev/dsa/wq0.0"),
        GUARDED_PORTAL(100,
                machine -> well(machine).kernel("6.9.1").device(0, "op_cap", "00000000,001f03fd"),
                "wq0.0: this process may not map the portal, because Linux 6.9.1 requires "
                        + "CAP_SYS_RAWIO"),
        NO_ACCEL_CONFIG(100,
                machine -> well(machine)
                        .accelConfig(new AccelConfig(false, "not found", List.of())),
                "libaccel-config.so.1 cannot be loaded: not found"),
        OTHER_NODE(102, machine -> machine.node(1, "4-7").device(0, 1).queue("0.0"),
                "this process's threads run on NUMA node 0, which has no usable device (dsa0 on "
                        + "1)");

        private final int status;
        private final UnaryOperator<DsaMachine> made;
        private final String why;

        Unfit(int status, UnaryOperator<DsaMachine> made, String why) {
            this.status = status;
            this.made = made;
            this.why = why;
        }
    }

    @TempDir Path root;

    private DsaMachine machine;

    @BeforeEach
    void build() {
        machine = new DsaMachine(root);
    }

    private static DsaMachine well(DsaMachine machine) {
        return machine.device(0, 0).queue("0.0");
    }

    private DsaMachine nine() {
        for (int i = 0; i < 9; i++) {
            machine.device(i, 0).queue(i + ".0");
        }
        return machine;
    }

    private DmlDataMoverBuilder on(DsaMachine machine, DmlPath path) {
        return DmlDataMover.builder()
                .library(dml.library())
                .path(path)
                .offloadFrom(0)
                .offloadFromWhenAwaited(0)
                .jvmUpTo(0)
                .slots(4)
                .diagnosis(machine.diagnosis());
    }

    private void assertOnlyEmptyOperationsOnHardware(int count) {
        assertEquals(count, dml.submissions().size());
        dml.submissions().forEach(submission -> {
            assertEquals(dml_h.DML_OP_NOP, submission.operation());
            assertSame(DmlPath.HARDWARE, submission.path());
        });
    }

    @ParameterizedTest
    @EnumSource
    void hardwareFailsOnAnUnfitMachine(Unfit unfit) {
        dml.withoutHardware(unfit.status);
        DmlDiagnosis diagnosis = unfit.made.apply(machine).diagnosis();
        var refused = assertThrows(DmlHardwareException.class,
                () -> on(machine, DmlPath.HARDWARE).open());
        Finding first = diagnosis.findings().getFirst();
        assertEquals(unfit.why, first.what());
        String start = "path HARDWARE cannot be opened: %s%s. Found:\n  %s\n    %s\n"
                .formatted(REFUSED, DmlStatus.of(unfit.status), first.what(), first.remedy());
        assertEquals(start, refused.getMessage().substring(0, start.length()));
        assertTrue(refused.getMessage().endsWith(DO_WITHOUT), refused.getMessage());
        assertEquals(DmlStatus.of(unfit.status), refused.status());
        assertEquals(diagnosis, refused.diagnosis());
        assertOnlyEmptyOperationsOnHardware(1);
        assertEquals(0, dml.liveJobs(), "jobs that a failed opening left");
    }

    @ParameterizedTest
    @EnumSource
    void autoTakesSoftwareOnAnUnfitMachine(Unfit unfit) {
        dml.withoutHardware(unfit.status);
        unfit.made.apply(machine);
        DmlDataMover mover = open(on(machine, DmlPath.AUTO));
        assertSame(DmlPath.SOFTWARE, mover.runningPath());
        assertEquals(new DeviceDecision(false, REFUSED + DmlStatus.of(unfit.status)),
                mover.decision());
        assertEquals(unfit.why, mover.diagnosis().findings().getFirst().what());
        assertOnlyEmptyOperationsOnHardware(1);
    }

    @ParameterizedTest
    @EnumSource(names = {"HARDWARE", "AUTO"})
    void autoTakesWorkingHardware(DmlPath path) {
        dml.withHardware();
        DmlDataMover mover = open(on(well(machine), path));
        assertSame(DmlPath.HARDWARE, mover.runningPath());
        assertEquals(new DeviceDecision(true, "an empty operation came back from the hardware"),
                mover.decision());
        assertOnlyEmptyOperationsOnHardware(1);
        VdmFuture<VdmOutput> fill = finish(mover.memset(zeros(64), (byte) 1));
        fill.orThrow();
        assertSame(ExecutionPath.DSA_HARDWARE, fill.path());
    }

    /** The probe decides. */
    @ParameterizedTest
    @EnumSource
    void workingHardwareOverridesTheDiagnosis(Unfit unfit) {
        dml.withHardware();
        unfit.made.apply(machine);
        for (DmlPath path : List.of(DmlPath.HARDWARE, DmlPath.AUTO)) {
            DmlDataMover mover = open(on(machine, path));
            assertSame(DmlPath.HARDWARE, mover.runningPath());
            assertEquals(unfit.why, mover.diagnosis().findings().getFirst().what());
        }
    }

    @Test
    void unexplainedHardwareFailureIsReported() {
        dml.withHardware().next(Plan.fail(3));
        var refused = assertThrows(DmlHardwareException.class,
                () -> on(well(machine), DmlPath.HARDWARE).open());
        assertEquals(
                "path HARDWARE cannot be opened: an empty operation failed with INTERNAL_ERROR (3)."
                        + " The diagnosis does not explain it. " + DmlStatus.of(3).explanation()
                        + DO_WITHOUT,
                refused.getMessage());
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 15, 25, 40, 46, 100, 103, 999, -1})
    void hardwareFailsWithTheStatusOfTheProbe(int status) {
        dml.withHardware().next(Plan.fail(status), Plan.refuse(status));
        for (String words : List.of("an empty operation failed with ", REFUSED)) {
            var refused = assertThrows(DmlHardwareException.class,
                    () -> on(well(machine), DmlPath.HARDWARE).open());
            assertEquals(DmlStatus.of(status), refused.status());
            assertTrue(refused.getMessage().contains(words + DmlStatus.of(status)),
                    refused.getMessage());
        }
        assertEquals(0, dml.liveJobs());
    }

    /** The device may still write to the job. */
    @Test
    void silentHardwareFailsAfterASecond() {
        dml.withHardware().next(Plan.hold());
        var refused = assertThrows(DmlHardwareException.class,
                () -> on(well(machine), DmlPath.HARDWARE).open());
        assertTrue(
                refused.getMessage()
                        .contains(
                                "the hardware did not complete a no-op within a second"),
                refused.getMessage());
        assertNull(refused.status());
        assertEquals(1, dml.inFlight());
        dml.abandonJobsInFlight();
    }

    @Test
    void crashingHardwareIsNotProbed() {
        dml.withHardware();
        String nine =
                "DML 1.1.1 can use 8 devices and examines another of 9 DSA and 0 IAX, so it "
                        + "writes behind its table of 8";
        var refused = assertThrows(DmlHardwareException.class,
                () -> on(nine(), DmlPath.HARDWARE).open());
        assertTrue(
                refused.getMessage()
                        .startsWith(
                                "path HARDWARE cannot be opened: the hardware was not tried, "
                                        + "because DML would crash the JVM. Found:\n  "
                                        + nine),
                refused.getMessage());
        assertNull(refused.status());
        DmlDataMover mover = open(on(machine, DmlPath.AUTO));
        assertSame(DmlPath.SOFTWARE, mover.runningPath());
        assertSame(Severity.CRASH, mover.diagnosis().findings().getFirst().severity());
        assertEquals(List.of(), dml.submissions());
        finish(mover.memset(zeros(64), (byte) 1)).orThrow();
        assertSame(DmlPath.SOFTWARE, dml.lastSubmission().path());
    }

    @Test
    void openingWaitsForAFullQueue() {
        dml.withHardware().next(Plan.refuse(102), Plan.refuse(24), Plan.refuse(102));
        DmlDataMover mover =
                open(on(well(machine), DmlPath.AUTO).queueFullTimeout(Duration.ofHours(1)));
        assertSame(DmlPath.HARDWARE, mover.runningPath());
        assertOnlyEmptyOperationsOnHardware(4);
    }

    @Test
    void openingRespectsTheQueueTimeout() {
        dml.withHardware().always(Plan.refuse(102));
        var refused = assertThrows(DmlHardwareException.class,
                () -> on(well(machine), DmlPath.HARDWARE).queueFullTimeout(Duration.ZERO).open());
        assertEquals(DmlStatus.WORK_QUEUES_NOT_AVAILABLE, refused.status());
        assertOnlyEmptyOperationsOnHardware(1);
    }

    @Test
    void hardwareWithoutJobsFails() {
        dml.failInit(0, 101);
        var refused = assertThrows(DmlHardwareException.class,
                () -> on(machine, DmlPath.HARDWARE).open());
        assertTrue(
                refused.getMessage()
                        .startsWith(
                                "path HARDWARE cannot be opened: dml_init_job returned status "
                                        + "101. Found:"),
                refused.getMessage());
        assertEquals(101, refused.status().code());
    }

    @Test
    void autoWithoutJobsFails() {
        dml.failInit(0, 3);
        var refused = assertThrows(VdmException.class, () -> on(machine, DmlPath.AUTO).open());
        assertSame(VdmResult.DEVICE_ERROR, refused.result());
    }

    @Test
    void openingWithoutDevicesProbesNothing() {
        DmlDiagnosis diagnosis = machine.diagnosis();
        var limits = new ChannelLimits(64, 64, 8, 8);
        var opening = new DmlOpening(dml.library(), 4, limits, NumaNodes.ANY, 0, () -> diagnosis);
        DmlOpening.Opened opened = opening.openWithoutTrial(false, "why");
        assertEquals(List.of(), dml.submissions());
        assertEquals(1, dml.liveJobs());
        assertFalse(opened.pool().channel().hasDevice());
        assertTrue(opened.pool().tryClose());
    }

    @Test
    void softwareProbesNothing() {
        DmlDataMover mover = open(on(machine, DmlPath.SOFTWARE));
        assertEquals(new DeviceDecision(false, "the builder names it"), mover.decision());
        assertEquals(List.of(), dml.submissions());
    }

    @ParameterizedTest
    @EnumSource
    void listenerReceivesThePath(DmlPath path) {
        dml.withHardware();
        var heard = new ArrayList<DeviceDecision>();
        DmlDataMover mover = open(on(well(machine), path).onDecision(heard::add));
        assertEquals(List.of(mover.decision()), heard);
        assertEquals(mover.runningPath() == DmlPath.HARDWARE, heard.getFirst().usesDevice());
    }

    @Test
    void listenerReceivesTheReasonForSoftware() {
        var heard = new ArrayList<DeviceDecision>();
        open(on(machine, DmlPath.AUTO).onDecision(heard::add));
        assertEquals(
                List.of(new DeviceDecision(false, REFUSED + "LIBACCEL_NOT_FOUND (100)")), heard);
    }

    @Test
    void failedOpeningCallsNoListener() {
        var heard = new ArrayList<DeviceDecision>();
        assertThrows(DmlHardwareException.class,
                () -> on(machine, DmlPath.HARDWARE).onDecision(heard::add).open());
        assertEquals(List.of(), heard);
    }

    @Test
    void throwingListenerDoesNotFailTheOpening() {
        var seen = new ArrayList<Throwable>();
        var failure = new AssertionError("of the listener");
        Thread.currentThread().setUncaughtExceptionHandler((thread, e) -> seen.add(e));
        try {
            DmlDataMover mover = open(on(machine, DmlPath.SOFTWARE).onDecision(decision -> {
                throw failure;
            }));
            finish(mover.memset(zeros(64), (byte) 1)).orThrow();
        } finally {
            Thread.currentThread().setUncaughtExceptionHandler(null);
        }
        assertEquals(List.of(failure), seen);
    }
}
