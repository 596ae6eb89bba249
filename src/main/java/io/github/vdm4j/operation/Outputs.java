package io.github.vdm4j.operation;

import io.github.vdm4j.ExecutionPath;
import io.github.vdm4j.VdmOutput;
import io.github.vdm4j.VdmResult;
import java.lang.foreign.MemorySegment;

/** Makes the typed output of an operation from the numbers in its completion record. */
final class Outputs {
    private Outputs() {}

    static Object of(Descriptor descriptor, CompletionRecord completion, ExecutionPath path) {
        long value = completion.value();
        return switch (descriptor.type()) {
            case COMPARE, COMPARE_PATTERN ->
                value < 0 ? CompareResult.EQUAL : CompareResult.mismatchAt(value);
            case CRC, COPY_CRC -> new Crc32c((int) value);
            case DELTA_CREATE ->
                new DeltaResult(DeltaResult.Outcome.values()[completion.outcome()], value);
            case DIF_CHECK, DIF_STRIP, DIF_UPDATE -> DifResult.of(value, completion.outcome());
            default -> {
                MemorySegment destination = descriptor.destination();
                yield new VdmOutput(
                        descriptor.type(),
                        VdmResult.SUCCESS,
                        destination == null ? MemorySegment.NULL : destination,
                        path);
            }
        };
    }
}
