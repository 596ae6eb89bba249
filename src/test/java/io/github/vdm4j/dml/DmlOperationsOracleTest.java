package io.github.vdm4j.dml;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.github.vdm4j.VdmOperationType;
import io.github.vdm4j.dml.RandomOperation.Outcome;
import io.github.vdm4j.dml.simulated.SimulatedDml;
import io.github.vdm4j.memory.Durability;
import java.util.List;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.lifecycle.AfterContainer;

/**
 * A comparison of the simulated DML with the kernels in Java, for any operation, content and split.
 */
class DmlOperationsOracleTest {
    private static final int MAX_SIZE = 12_000;

    /** All tries share one simulation, because its stubs take long to create. */
    private static final SimulatedDml DML = new SimulatedDml().withHardware();

    @AfterContainer
    static void noRuleWasBroken() {
        DML.close();
    }

    @Provide
    Arbitrary<VdmOperationType> types() {
        return Arbitraries.of(RandomOperation.TYPES);
    }

    @Provide
    Arbitrary<DmlPath> paths() {
        return Arbitraries.of(List.of(DmlPath.values()));
    }

    @Property(tries = 400)
    void dataOperationMatchesJava(
            @ForAll("types") VdmOperationType type,
            @ForAll("paths") DmlPath path,
            @ForAll long seed,
            @ForAll @IntRange(min = 1, max = 100) int lines) {
        DML.forget();
        Outcome expected = RandomOperation.run(type, seed, MAX_SIZE, new JvmOracle());
        DmlDataMoverBuilder builder = DmlDataMover.builder()
                .durability(Durability.withoutLibpmem())
                .library(DML.library())
                .path(path)
                .slots(1)
                .maxTransferBytes(64L * lines);
        try (DmlDataMover mover =
                path == DmlPath.HARDWARE ? builder.withoutTrial().open() : builder.open()) {
            assertEquals(expected, RandomOperation.run(type, seed, MAX_SIZE, mover));
        }
        DML.assertClean();
    }
}
