package io.github.vdm4j.benchmarks.suite;

import io.github.vdm4j.VdmOperation;
import io.github.vdm4j.dml.DmlPath;
import io.github.vdm4j.future.FutureState;
import io.github.vdm4j.operation.CrcOptions;
import java.util.concurrent.TimeUnit;
import java.util.zip.CRC32C;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/** CRC-32C of a range. */
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 3, time = 200, timeUnit = TimeUnit.MILLISECONDS)
@Measurement(iterations = 5, time = 200, timeUnit = TimeUnit.MILLISECONDS)
@Fork(value = 1, jvmArgsAppend = "--enable-native-access=ALL-UNNAMED")
@State(Scope.Thread)
public class Crc {
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
