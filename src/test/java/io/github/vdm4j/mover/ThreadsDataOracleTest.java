package io.github.vdm4j.mover;

import io.github.vdm4j.Vdm;
import io.github.vdm4j.operation.DataOracleProperties;

/** A comparison of {@link ThreadsDataMover} with brute force. */
class ThreadsDataOracleTest extends DataOracleProperties {

    @Override
    protected Vdm open() {
        return ThreadsDataMover.open();
    }
}
