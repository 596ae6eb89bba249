package io.github.vdm4j.examples;

import io.github.vdm4j.Vdm;
import io.github.vdm4j.VdmOracleProperties;

/** A comparison of {@link OwnMover} with plain arrays. */
class OwnMoverBytesTest extends VdmOracleProperties {

    @Override
    protected Vdm open() {
        return new OwnMover();
    }
}
