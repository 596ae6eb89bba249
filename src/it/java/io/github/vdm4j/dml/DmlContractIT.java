package io.github.vdm4j.dml;

import io.github.vdm4j.ExecutionPath;
import io.github.vdm4j.Vdm;
import io.github.vdm4j.VdmContract;
import java.util.EnumSet;
import java.util.Set;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Nested;

@DisplayName("The contract of a Vdm, kept with the real library")
class DmlContractIT {

    @Nested
    @RequiresDml
    @DisplayName("on path SOFTWARE")
    class OnSoftware extends VdmContract {
        @Override
        protected Vdm open() {
            return DmlDataMover.open(DmlPath.SOFTWARE);
        }

        @Override
        protected Set<ExecutionPath> paths() {
            return EnumSet.of(ExecutionPath.DML_SOFTWARE, ExecutionPath.JVM, ExecutionPath.LIBPMEM);
        }

        @Override
        protected boolean takesHeapSegments() {
            return false;
        }
    }

    @Nested
    @RequiresDml
    @DisplayName("on path AUTO")
    class OnAuto extends VdmContract {
        @Override
        protected Vdm open() {
            return DmlDataMover.open(DmlPath.AUTO);
        }

        @Override
        protected Set<ExecutionPath> paths() {
            return EnumSet.allOf(ExecutionPath.class);
        }
    }

    @Nested
    @RequiresDml
    @DisplayName("split into parts of 64 bytes")
    class InSmallParts extends OnSoftware {
        @Override
        protected Vdm open() {
            return DmlDataMover.builder().path(DmlPath.SOFTWARE).maxTransferBytes(64).open();
        }
    }

    @Nested
    @RequiresDml
    @DisplayName("with every operation on a worker thread")
    class OnWorkers extends OnSoftware {
        @Override
        protected Vdm open() {
            return DmlDataMover.builder().path(DmlPath.SOFTWARE).workersFrom(1).open();
        }
    }
}
