package io.github.vdm4j.dml;

import io.github.vdm4j.ExecutionPath;
import io.github.vdm4j.durability.Durability;
import io.github.vdm4j.operation.DataOperations;
import io.github.vdm4j.operation.DataOperationsContract;
import java.lang.foreign.MemorySegment;
import java.util.EnumSet;
import java.util.Set;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Nested;

@DisplayName("The contract of the data operations, kept with the simulated library")
class DmlOperationsContractTest {

    /** Simulated operations, of which each mover closes its library. */
    abstract static class Simulated extends DataOperationsContract {
        final SimulatedDml dml = new SimulatedDml();

        DmlDataMoverBuilder builder(DmlPath path) {
            // The simulated library moves through addresses where there is no memory; libpmem must not follow it there.
            return DmlDataMover.builder().durability(Durability.withoutLibpmem()).library(dml.library()).path(path);
        }

        @Override
        protected Set<ExecutionPath> paths() {
            return EnumSet.allOf(ExecutionPath.class);
        }

        @Override
        protected boolean takesHeapSegments() {
            return false;
        }

        @Override
        protected MemorySegment allow(MemorySegment memory) {
            return dml.allow(memory);
        }
    }

    @Nested
    @DisplayName("on path SOFTWARE")
    class OnSoftware extends Simulated {
        @Override
        protected DataOperations open() {
            return builder(DmlPath.SOFTWARE).open();
        }
    }

    @Nested
    @DisplayName("on path HARDWARE")
    class OnHardware extends Simulated {
        @Override
        protected DataOperations open() {
            dml.withHardware();
            dml.always(submission -> Plan.succeed().afterChecks(2));
            return builder(DmlPath.HARDWARE).open();
        }
    }
}
