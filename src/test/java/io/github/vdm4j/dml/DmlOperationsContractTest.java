package io.github.vdm4j.dml;

import io.github.vdm4j.ExecutionPath;
import io.github.vdm4j.Vdm;
import io.github.vdm4j.dml.simulated.Plan;
import io.github.vdm4j.dml.simulated.SimulatedDml;
import io.github.vdm4j.memory.Durability;
import io.github.vdm4j.operation.DataOperationsContract;
import java.util.EnumSet;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Nested;

@DisplayName("The contract of the data operations with the simulated library")
class DmlOperationsContractTest {

    abstract static class Simulated extends DataOperationsContract {
        final SimulatedDml dml = new SimulatedDml();

        DmlDataMoverBuilder builder(DmlPath path) {
            // The simulated library also moves at addresses without memory. libpmem must not access
            // these.
            return DmlDataMover.builder()
                    .durability(Durability.withoutLibpmem())
                    .library(dml.library())
                    .path(path);
        }

        @Override
        protected Set<ExecutionPath> paths() {
            return EnumSet.allOf(ExecutionPath.class);
        }

        @AfterEach
        void noRuleWasBroken() {
            mover().close();
            dml.close();
        }

        @Override
        protected boolean takesHeapSegments() {
            return false;
        }
    }

    @Nested
    @DisplayName("on path SOFTWARE")
    class OnSoftware extends Simulated {
        @Override
        protected Vdm open() {
            return builder(DmlPath.SOFTWARE).open();
        }
    }

    @Nested
    @DisplayName("on path HARDWARE")
    class OnHardware extends Simulated {
        @Override
        protected Vdm open() {
            dml.withHardware();
            dml.always(submission -> Plan.succeed().afterChecks(2));
            return builder(DmlPath.HARDWARE).open();
        }
    }

    @Nested
    @DisplayName("on path AUTO, where the JVM executes short operations")
    class OnAuto extends Simulated {
        @Override
        protected boolean takesHeapSegments() {
            return true;
        }

        @Override
        protected Vdm open() {
            return builder(DmlPath.AUTO).open();
        }
    }

    @Nested
    @DisplayName("on path AUTO, where the JVM executes long operations on workers")
    class OnAutoByWorkers extends Simulated {
        @Override
        protected boolean takesHeapSegments() {
            return true;
        }

        @Override
        protected Vdm open() {
            return builder(DmlPath.AUTO).workersFrom(1).open();
        }
    }
}
