package io.github.vdm4j.dml;

import io.github.vdm4j.dml.simulated.SimulatedDml;
import io.github.vdm4j.memory.Durability;

/** The simulated hardware of the tests, for benchmarks. */
public final class SimulatedHardware {
    private SimulatedHardware() {}

    /**
     * Opens a mover on hardware that completes each job at its first check.
     *
     * @return a mover
     */
    public static DmlDataMover open() {
        return DmlDataMover.builder()
                .durability(Durability.withoutLibpmem())
                .library(new SimulatedDml().withHardware().library())
                .path(DmlPath.HARDWARE)
                .withoutTrial()
                .open();
    }
}
