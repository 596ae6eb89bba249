package io.github.vdm4j.engine;

import io.github.vdm4j.ExecutionPath;
import io.github.vdm4j.Vdm;
import io.github.vdm4j.operation.DataOperationsContract;
import java.util.EnumSet;
import java.util.Set;
import org.junit.jupiter.api.DisplayName;

@DisplayName("The contract on a device that only copies: the JVM executes what the device refuses")
class CopyDeviceContractTest extends DataOperationsContract {
    private static final long LONGEST_PART = 1 << 12;

    @Override
    protected Vdm open() {
        return new CopyDeviceMover(new CopyDevice(ExecutionPath.JVM, LONGEST_PART));
    }

    @Override
    protected Set<ExecutionPath> paths() {
        return EnumSet.allOf(ExecutionPath.class);
    }
}
