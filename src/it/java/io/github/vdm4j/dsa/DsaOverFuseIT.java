package io.github.vdm4j.dsa;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.github.vdm4j.ExecutionPath;
import io.github.vdm4j.Vdm;
import io.github.vdm4j.VdmContract;
import io.github.vdm4j.VdmException;
import io.github.vdm4j.VdmResult;
import io.github.vdm4j.dml.ChildJvm;
import io.github.vdm4j.dsa.portal.Portal;
import io.github.vdm4j.emulator.EmulatorProcess;
import io.github.vdm4j.machine.DsaFolders;
import io.github.vdm4j.mover.DataMovers;
import io.github.vdm4j.operation.DataOperationsContract;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import java.time.Duration;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.ResourceLock;
import org.junit.jupiter.api.parallel.Resources;

/** Linux provides the files of the queues, the error numbers and the page faults. */
@DisplayName("A mover on DSA devices of another process")
class DsaOverFuseIT {
    @TempDir static Path folder;
    private static EmulatorProcess emulator;

    @BeforeAll
    static void startEmulator() throws Exception {
        emulator = EmulatorProcess.start(folder, "--devices", "2", "--queues",
                "shared:16,shared:4", "--out-of-order", "5");
    }

    @AfterAll
    static void endEmulator() throws Exception {
        if (emulator != null) {
            emulator.end();
        }
    }

    private static DsaDataMoverBuilder builder(EmulatorProcess process) {
        return DsaDataMover.builder()
                .offloadFrom(0)
                .offloadFromWhenAwaited(0)
                .machine(() -> DsaSystem.read(Path.of("/"),
                        new DsaFolders(process.sysfs(), process.devices()), node -> true),
                        Portal::open);
    }

    @Nested
    @DisplayName("keeps the contract of moves")
    class Moves extends VdmContract {
        @Override
        protected Vdm open() {
            return builder(emulator).open();
        }

        @Override
        protected Set<ExecutionPath> paths() {
            return EnumSet.of(ExecutionPath.DSA_HARDWARE, ExecutionPath.JVM);
        }
    }

    @Nested
    @DisplayName("keeps the contract of data operations")
    class Operations extends DataOperationsContract {
        @Override
        protected Vdm open() {
            return builder(emulator).fallback(false)
                    .queueFullTimeout(Duration.ofSeconds(10))
                    .open();
        }

        @Override
        protected Set<ExecutionPath> paths() {
            return EnumSet.allOf(ExecutionPath.class);
        }

        @Override
        protected boolean takesHeapSegments() {
            return false;
        }
    }

    @Test
    void operationsEndAfterTheEmulatorWasKilled(@TempDir Path own) throws Exception {
        try (EmulatorProcess process = EmulatorProcess.start(own);
                DsaDataMover mover = builder(process).fallback(false).open();
                Arena arena = Arena.ofShared()) {
            MemorySegment memory = arena.allocate(10_000);
            mover.memset(memory, (byte) 1).await();
            process.kill();
            var e = assertThrows(VdmException.class,
                    () -> mover.memset(memory, (byte) 2).await());
            assertEquals(VdmResult.NO_DEVICE, e.result());
            assertTrue(e.getMessage().contains("ENOTCONN"), e::getMessage);
        }
    }

    @Test
    @ResourceLock(Resources.SYSTEM_PROPERTIES)
    void bestMoverIsDsaIfAQueueAnswers() {
        System.setProperty(DsaFolders.SYSFS_PROPERTY, emulator.sysfs().toString());
        System.setProperty(DsaFolders.NODES_PROPERTY, emulator.devices().toString());
        try (var choice = DataMovers.choose()) {
            assertInstanceOf(DsaDataMover.class, choice.mover());
            assertTrue(choice.reason()
                    .startsWith(
                            "DSA, wq0.0, wq0.1, wq1.0, wq1.1: a work queue has executed a no-op"),
                    choice::reason);
        } finally {
            System.clearProperty(DsaFolders.SYSFS_PROPERTY);
            System.clearProperty(DsaFolders.NODES_PROPERTY);
        }
    }

    @Test
    void fileChannelWorksWithoutNativeAccess() {
        assumeTrue(Runtime.version().feature() >= 24, "--illegal-native-access came with JDK 24");
        ChildJvm child = ChildJvm.onClassPath(Duration.ofMinutes(1),
                List.of("--illegal-native-access=deny",
                        "-Dvdm4j.dsa.devices=" + emulator.devices(),
                        "-Dvdm4j.dsa.sysfs=" + emulator.sysfs()),
                CopyInDeniedJvm.class);
        assertEquals("interrupted true, last 7, lost null\n", child.output());
    }
}
