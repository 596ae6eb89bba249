package io.github.vdm4j.dml;

import io.github.vdm4j.ExecutionPath;
import io.github.vdm4j.Vdm;
import io.github.vdm4j.operation.DataOperationsContract;
import java.util.EnumSet;
import java.util.Set;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Nested;

@DisplayName("The contract of the data operations, kept with the real library")
class DmlOperationsContractIT {

    @Nested
    @RequiresDml
    @DisplayName("on path SOFTWARE")
    class OnSoftware extends DataOperationsContract {
        @Override
        protected Set<ExecutionPath> paths() {
            return EnumSet.of(ExecutionPath.DML_SOFTWARE, ExecutionPath.JVM);
        }

        @Override
        protected boolean takesHeapSegments() {
            return false;
        }

        @Override
        protected Vdm open() {
            return DmlDataMover.open(DmlPath.SOFTWARE);
        }
    }

    @Nested
    @RequiresDml
    @DisplayName("split into parts of 128 bytes")
    class InSmallParts extends OnSoftware {
        @Override
        protected Vdm open() {
            return DmlDataMover.builder().path(DmlPath.SOFTWARE).maxTransferBytes(128).open();
        }
    }

    @Nested
    @RequiresDml
    @DisplayName("on path AUTO")
    class OnAuto extends DataOperationsContract {
        @Override
        protected Set<ExecutionPath> paths() {
            return EnumSet.allOf(ExecutionPath.class);
        }

        @Override
        protected Vdm open() {
            return DmlDataMover.open(DmlPath.AUTO);
        }
    }
}
