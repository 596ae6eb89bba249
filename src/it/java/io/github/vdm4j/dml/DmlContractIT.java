package io.github.vdm4j.dml;

import io.github.vdm4j.ExecutionPath;
import io.github.vdm4j.Vdm;
import io.github.vdm4j.VdmContract;
import java.util.Set;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

@RequiresDml
@ParameterizedClass(name = "{0}")
@EnumSource
@DisplayName("The contract of a Vdm, kept with the real library")
class DmlContractIT extends VdmContract {
    @Parameter private RealMover mover;

    @Override
    protected Vdm open() {
        return mover.open();
    }

    @Override
    protected Set<ExecutionPath> paths() {
        Set<ExecutionPath> paths = mover.paths();
        paths.add(ExecutionPath.LIBPMEM);
        return paths;
    }

    @Override
    protected boolean takesHeapSegments() {
        return mover.takesHeapSegments();
    }
}
