package io.github.vdm4j.dml;

import io.github.vdm4j.Vdm;
import io.github.vdm4j.dml.simulated.SimulatedDml;
import io.github.vdm4j.memory.Durability;
import io.github.vdm4j.mover.ParallelOracleTest;

/** A comparison of DML's operations in parts with a single thread. */
class SoftwareParallelOracleTest extends ParallelOracleTest {
    @Override
    protected Vdm open(long bytes) {
        return DmlDataMover.builder()
                .durability(Durability.withoutLibpmem())
                .library(new SimulatedDml().library())
                .path(DmlPath.SOFTWARE)
                .workers(3)
                .workersFrom(bytes)
                .parallelFrom(bytes)
                .open();
    }

    @Override
    protected boolean takesHeapSegments() {
        return false;
    }
}
