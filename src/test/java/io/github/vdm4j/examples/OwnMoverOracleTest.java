package io.github.vdm4j.examples;

import io.github.vdm4j.Vdm;
import io.github.vdm4j.operation.DataOracleProperties;

/** A comparison of {@link OwnMover} with brute force. */
class OwnMoverOracleTest extends DataOracleProperties {

    @Override
    protected Vdm open() {
        return new OwnMover();
    }
}
