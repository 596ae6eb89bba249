package io.github.vdm4j.dml;

import io.github.vdm4j.Vdm;
import io.github.vdm4j.dml.simulated.SimulatedDml;
import io.github.vdm4j.memory.Durability;
import io.github.vdm4j.operation.DataOracleProperties;
import net.jqwik.api.Group;

/** A comparison of the data operations of the simulated library with brute force. */
class DmlDataOracleTest {

    @Group
    class OnSoftware extends DataOracleProperties {
        @Override
        protected Vdm open() {
            return DmlDataMover.builder()
                    .durability(Durability.withoutLibpmem())
                    .library(new SimulatedDml().library())
                    .path(DmlPath.SOFTWARE)
                    .maxTransferBytes(4_160)
                    .open();
        }

        @Override
        protected boolean takesHeapSegments() {
            return false;
        }
    }

    /** Workers execute with the JVM's code and DML's code. */
    @Group
    class OnAutoWithoutAvx512 extends DataOracleProperties {
        @Override
        protected Vdm open() {
            return DmlDataMover.builder()
                    .durability(Durability.withoutLibpmem())
                    .library(new SimulatedDml().library())
                    .avx512(false)
                    .workersFrom(64)
                    .maxTransferBytes(4_160)
                    .open();
        }
    }

    @Group
    class OnHardware extends DataOracleProperties {
        @Override
        protected Vdm open() {
            return DmlDataMover.builder()
                    .durability(Durability.withoutLibpmem())
                    .library(new SimulatedDml().withHardware().library())
                    .path(DmlPath.HARDWARE)
                    .maxTransferBytes(4_160)
                    .open();
        }

        @Override
        protected boolean takesHeapSegments() {
            return false;
        }
    }
}
