package io.github.vdm4j.mover;

import io.github.vdm4j.Vdm;
import io.github.vdm4j.VdmOracleProperties;

/** A comparison of {@link ThreadsDataMover} with plain arrays. */
class ThreadsDataMoverBytesTest extends VdmOracleProperties {

    @Override
    protected Vdm open() {
        return ThreadsDataMover.open();
    }
}
