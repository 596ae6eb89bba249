package io.github.vdm4j.dml;

import io.github.vdm4j.ExecutionPath;
import java.util.EnumSet;
import java.util.Set;

/** The movers with the real library that keep the contracts. */
enum RealMover {
    SOFTWARE, AUTO, AUTO_WITHOUT_AVX512, IN_SMALL_PARTS, ON_WORKERS;

    DmlDataMover open() {
        var builder = DmlDataMover.builder().path(isAuto() ? DmlPath.AUTO : DmlPath.SOFTWARE);
        return switch (this) {
            case AUTO_WITHOUT_AVX512 -> builder.avx512(false).workersFrom(1).open();
            case SOFTWARE, AUTO -> builder.open();
            case IN_SMALL_PARTS -> builder.maxTransferBytes(64).open();
            case ON_WORKERS -> builder.workersFrom(1).open();
        };
    }

    private boolean isAuto() {
        return this == AUTO || this == AUTO_WITHOUT_AVX512;
    }

    /** Returns the paths of its operations on memory that is not durable. */
    Set<ExecutionPath> paths() {
        return isAuto()
                ? EnumSet.allOf(ExecutionPath.class)
                : EnumSet.of(ExecutionPath.DML_SOFTWARE, ExecutionPath.JVM);
    }

    boolean takesHeapSegments() {
        return isAuto();
    }
}
