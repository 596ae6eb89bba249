package io.github.vdm4j.dsa;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.github.vdm4j.ExecutionPath;
import io.github.vdm4j.Vdm;
import io.github.vdm4j.VdmContract;
import io.github.vdm4j.emulator.DeviceSettings;
import io.github.vdm4j.emulator.QueueSettings;
import io.github.vdm4j.operation.DataOperationsContract;
import java.util.EnumSet;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Nested;

@DisplayName("The contracts of a mover, kept with DSA devices in this process")
class DsaContractTest {

    abstract static class Moves extends VdmContract {
        final DsaMovers movers = DsaMovers.withOneQueue();

        @Override
        protected Set<ExecutionPath> paths() {
            return EnumSet.of(ExecutionPath.DSA_HARDWARE, ExecutionPath.JVM);
        }

        @AfterEach
        void everyQueueIsClosed() {
            mover().close();
            assertEquals(0, movers.devices.openPortals());
            movers.close();
        }
    }

    abstract static class Operations extends DataOperationsContract {
        final DsaMovers movers = new DsaMovers();

        @Override
        protected Set<ExecutionPath> paths() {
            return EnumSet.allOf(ExecutionPath.class);
        }

        @AfterEach
        void everyQueueIsClosed() {
            mover().close();
            assertEquals(0, movers.devices.openPortals());
            movers.close();
        }
    }

    @Nested
    @DisplayName("moves without fallback")
    class MovesOnTheDevice extends Moves {
        @Override
        protected Vdm open() {
            movers.devices.start();
            return movers.builder().fallback(false).open();
        }

        @Override
        protected boolean takesHeapSegments() {
            return false;
        }
    }

    @Nested
    @DisplayName("moves with fallback")
    class MovesWithFallback extends Moves {
        @Override
        protected Vdm open() {
            movers.devices.start();
            return movers.builder().open();
        }
    }

    @Nested
    @DisplayName("operations on a device of the second version, without fallback")
    class OperationsOnTheDevice extends Operations {
        @Override
        protected Vdm open() {
            movers.device(new DeviceSettings().queue(QueueSettings.shared(64)));
            movers.devices.start();
            return movers.builder().fallback(false).open();
        }

        @Override
        protected boolean takesHeapSegments() {
            return false;
        }
    }

    @Nested
    @DisplayName("operations on two devices of the first version with few capabilities")
    class OperationsOnOldDevices extends Operations {
        @Override
        protected Vdm open() {
            for (int i = 0; i < 2; i++) {
                movers.device(new DeviceSettings().version(DeviceSettings.VERSION_1)
                        .capabilities(0)
                        .maxTransfer(1 << 12)
                        .without(0x11)
                        .numaNode(i)
                        .queue(QueueSettings.shared(2))
                        .queue(QueueSettings.shared(2)));
            }
            movers.devices.start();
            return movers.builder().numaPolicy(DsaNumaPolicy.DESTINATION).open();
        }
    }
}
