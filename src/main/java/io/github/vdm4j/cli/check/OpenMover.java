package io.github.vdm4j.cli.check;

import io.github.vdm4j.Vdm;
import io.github.vdm4j.VdmException;

/**
 * A mover on the device. It closes also if the device does not answer.
 *
 * @param mover the mover
 * @param results the results. They end if the device does not answer
 */
record OpenMover(Vdm mover, CheckResults results) implements AutoCloseable {
    @Override
    public void close() {
        try {
            mover.close();
        } catch (VdmException e) {
            results.abort(); // the operation that timed out is among the failures
        }
    }
}
