package io.github.vdm4j.mover;

import io.github.vdm4j.Vdm;
import io.github.vdm4j.VdmOracleProperties;

/** A comparison of {@link SyncDataMover} with plain arrays. */
class SyncDataMoverBytesTest extends VdmOracleProperties {

    @Override
    protected Vdm open() {
        return SyncDataMover.open();
    }
}
