package io.github.vdm4j.dml;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.github.vdm4j.VdmOperationType;
import io.github.vdm4j.dml.RandomOperation.Outcome;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.lifecycle.AddLifecycleHook;
import net.jqwik.api.lifecycle.PropagationMode;

/** The data operations of the real library's software path against the kernels in Java. */
@AddLifecycleHook(value = RequiresDml.PropertyCondition.class,
        propagateTo = PropagationMode.ALL_DESCENDANTS)
class DmlOperationsIT {
    private static final int MAX_SIZE = 40_000;

    @Provide
    Arbitrary<VdmOperationType> types() {
        return Arbitraries.of(RandomOperation.TYPES);
    }

    @Property(tries = 4000)
    void dataOperationMatchesJava(
            @ForAll("types") VdmOperationType type,
            @ForAll long seed,
            @ForAll @IntRange(min = 1, max = 1000) int lines,
            @ForAll boolean byWorkers) {
        Outcome expected = RandomOperation.run(type, seed, MAX_SIZE, new JvmOracle());
        DmlDataMoverBuilder builder =
                DmlDataMover.builder()
                        .path(DmlPath.SOFTWARE)
                        .slots(1)
                        .maxTransferBytes(64L * lines);
        try (DmlDataMover mover = byWorkers ? builder.workersFrom(4_096).open() : builder.open()) {
            assertEquals(expected, RandomOperation.run(type, seed, MAX_SIZE, mover));
        }
    }
}
