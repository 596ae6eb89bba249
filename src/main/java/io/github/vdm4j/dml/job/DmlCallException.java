package io.github.vdm4j.dml.job;

import io.github.vdm4j.engine.channel.SlotRefusedException;

/** Thrown if a DML function that prepares jobs returns a status other than OK. */
public final class DmlCallException extends SlotRefusedException {
    private static final long serialVersionUID = 1L;

    private DmlCallException(String function, int status) {
        super(function + " returned status " + status, status);
    }

    static void check(String function, int status) {
        if (status != 0) {
            throw new DmlCallException(function, status);
        }
    }
}
