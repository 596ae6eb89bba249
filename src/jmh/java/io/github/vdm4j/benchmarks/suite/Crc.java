package io.github.vdm4j.benchmarks.suite;

import io.github.vdm4j.VdmOperation;
import io.github.vdm4j.dml.DmlPath;
import io.github.vdm4j.future.FutureState;
import io.github.vdm4j.operation.CrcOptions;
import java.util.zip.CRC32C;
import org.openjdk.jmh.annotations.Benchmark;

/** CRC-32C of a range. */
public class Crc extends Suite {
    private VdmOperation operation;

    /** A reusable operation, DML's software path. */
    @Benchmark
    public long dmlSoftwareReusable(Movers movers, Ranges ranges) {
        if (operation == null) {
            operation = movers.dml(DmlPath.SOFTWARE).newOperation();
        }
        operation.crc32c(ranges.source, CrcOptions.STANDARD).start();
        while (operation.poll() != FutureState.COMPLETE) {
            Thread.onSpinWait();
        }
        operation.orThrow();
        return operation.value();
    }

    /** The JDK. */
    @Benchmark
    public long jdk(Ranges ranges) {
        CRC32C crc = new CRC32C();
        crc.update(ranges.source.asByteBuffer());
        return crc.getValue();
    }
}
