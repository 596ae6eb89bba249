package io.github.vdm4j.mover;

import io.github.vdm4j.Vdm;
import io.github.vdm4j.operation.DataOracleProperties;

/** A comparison of {@link SyncDataMover} with brute force. */
class SyncDataOracleTest extends DataOracleProperties {

    @Override
    protected Vdm open() {
        return SyncDataMover.open();
    }
}
