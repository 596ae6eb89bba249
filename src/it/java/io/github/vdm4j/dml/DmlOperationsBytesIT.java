package io.github.vdm4j.dml;

import io.github.vdm4j.Vdm;
import io.github.vdm4j.operation.DataOracleProperties;
import net.jqwik.api.Group;
import net.jqwik.api.lifecycle.AddLifecycleHook;
import net.jqwik.api.lifecycle.PropagationMode;

/** The data operations of the real library against brute force. */
@AddLifecycleHook(value = RequiresDml.PropertyCondition.class,
        propagateTo = PropagationMode.ALL_DESCENDANTS)
class DmlOperationsBytesIT {

    @Group
    class OnSoftware extends DataOracleProperties {
        @Override
        protected Vdm open() {
            return DmlDataMover.open(DmlPath.SOFTWARE);
        }

        @Override
        protected boolean takesHeapSegments() {
            return false;
        }
    }

    @Group
    class InSmallParts extends DataOracleProperties {
        @Override
        protected Vdm open() {
            return DmlDataMover.builder().path(DmlPath.SOFTWARE).maxTransferBytes(128).open();
        }

        @Override
        protected boolean takesHeapSegments() {
            return false;
        }
    }
}
