package io.github.vdm4j.dml;

import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.github.vdm4j.VdmFlags;
import io.github.vdm4j.VdmOperation;
import io.github.vdm4j.dml.ffi.dml_h;
import io.github.vdm4j.dml.ffi.dml_job_t;
import io.github.vdm4j.future.FutureState;
import io.github.vdm4j.machine.DynamicLoader;
import io.github.vdm4j.operation.CrcOptions;
import java.lang.foreign.AddressLayout;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SymbolLookup;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.util.Arrays;
import java.util.List;
import java.util.function.Consumer;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;

/**
 * A test that fails if an operation becomes much slower than DML's bare functions. It asserts the
 * ratio of two times in one run, and no absolute time. scripts/bench measures exactly.
 */
@RequiresDml
@DisplayName("A reusable operation")
class SpeedIT {
    /**
     * The largest ratio. It is about 1.2 on an idle machine. Forgotten debug code, or an object for
     * each operation, would exceed it.
     */
    private static final double MOST = 2.0;

    private static final int ROUNDS = 300;
    private static final int TIMES = 500;

    private static final AddressLayout POINTER = ValueLayout.ADDRESS;

    @SuppressWarnings("unused") // The field keeps the JIT from removing the allocation.
    private long[] allocated;

    private final Arena arena = Arena.ofAuto();
    private final MemorySegment source = arena.allocate(64, 4096);
    private final MemorySegment destination = arena.allocate(64, 4096);

    @Test
    void operationTakesAtMostTwiceABareDowncall() throws Throwable {
        var bare = new BareJob(DmlLibrary.open().location());
        try (var mover = DmlDataMover.open(DmlPath.SOFTWARE)) {
            VdmOperation operation = mover.newOperation();
            double least = leastRatio(() -> copy(operation), () -> bare.copy(destination, source));
            assertTrue(least <= MOST, "%.2f times as long as bare downcalls".formatted(least));
        }
    }

    /**
     * On AVX-512, the JIT clears the array with vectors. Without the counter-measure, the time of a
     * copy was three times the normal time.
     */
    @Test
    void operationIsFastAfterAnAllocation() throws Throwable {
        try (var mover = DmlDataMover.open(DmlPath.SOFTWARE)) {
            VdmOperation operation = mover.newOperation();
            double least = leastRatio(() -> copyAfterAllocation(operation), () -> copy(operation));
            assertTrue(least <= MOST, "%.2f times as long as without".formatted(least));
        }
    }

    /**
     * AUTO takes at most two thirds of the time of SOFTWARE in a CRC and a fill. With AVX-512, both
     * compare with DML. If the JIT inlined the JVM's loops
     * into their callers, it took ten times the time (docs/adr/0020).
     */
    @Test
    void autoIsAsFastAsSoftware() throws Throwable {
        try (var auto = DmlDataMover.open(); var software = DmlDataMover.open(DmlPath.SOFTWARE)) {
            assumeTrue(auto.runningPath() == DmlPath.SOFTWARE, "this machine has a DSA");
            MemorySegment range = arena.allocate(16 << 10, 4096);
            MemorySegment other = arena.allocate(16 << 10, 4096);
            for (Consumer<VdmOperation> preparing : List.<Consumer<VdmOperation>>of(
                    operation -> operation.crc32c(range, CrcOptions.STANDARD),
                    operation -> operation.compare(range, other),
                    operation -> operation.fill(range, 0x0102030405060708L, VdmFlags.NONE))) {
                VdmOperation onAuto = auto.newOperation();
                VdmOperation onSoftware = software.newOperation();
                double least = leastRatio(() -> run(onAuto, preparing),
                        () -> run(onSoftware, preparing));
                assertTrue(least <= MOST, "%.2f times as long as on SOFTWARE".formatted(least));
            }
        }
    }

    private static void run(VdmOperation operation, Consumer<VdmOperation> preparing) {
        for (int i = 0; i < TIMES / 10; i++) {
            preparing.accept(operation);
            operation.start();
            while (operation.poll() != FutureState.COMPLETE) {
                Thread.onSpinWait();
            }
            operation.orThrow();
        }
    }

    /** Returns the smallest ratio of several rounds. On a busy machine, the JIT compiles late. */
    private static double leastRatio(Executable one, Executable other) throws Throwable {
        double least = Double.MAX_VALUE;
        for (int attempt = 0; attempt < 20 && least > MOST; attempt++) {
            double[] ratios = new double[ROUNDS];
            for (int round = 0; round < ROUNDS; round++) {
                long start = System.nanoTime();
                one.execute();
                long between = System.nanoTime();
                other.execute();
                ratios[round] = (double) (between - start) / (System.nanoTime() - between);
            }
            Arrays.sort(ratios);
            least = Math.min(least, ratios[ROUNDS / 2]);
        }
        return least;
    }

    private void copyAfterAllocation(VdmOperation operation) {
        for (int i = 0; i < TIMES; i++) {
            allocated = new long[6];
            operation.memcpy(destination, source, VdmFlags.NONE).start();
            while (operation.poll() != FutureState.COMPLETE) {
                Thread.onSpinWait();
            }
            operation.orThrow();
        }
    }

    private void copy(VdmOperation operation) {
        for (int i = 0; i < TIMES; i++) {
            operation.memcpy(destination, source, VdmFlags.NONE).start();
            while (operation.poll() != FutureState.COMPLETE) {
                Thread.onSpinWait();
            }
            operation.orThrow();
        }
    }

    /** Submits and checks a job without the checks of vdm4j. */
    private static final class BareJob {
        private static final Linker LINKER = Linker.nativeLinker();
        private static final MethodHandle SUBMIT =
                LINKER.downcallHandle(FunctionDescriptor.of(JAVA_INT, JAVA_LONG));
        private static final MethodHandle CHECK =
                LINKER.downcallHandle(FunctionDescriptor.of(JAVA_INT, JAVA_LONG),
                        Linker.Option.critical(false));

        private final MemorySegment submit;
        private final MemorySegment check;
        private final MemorySegment job;

        BareJob(String library) throws Throwable {
            SymbolLookup symbols = new DynamicLoader().open(library);
            submit = symbols.find("dml_submit_job").orElseThrow();
            check = symbols.find("dml_check_job").orElseThrow();
            MethodHandle pathAndPointer =
                    LINKER.downcallHandle(FunctionDescriptor.of(JAVA_INT, JAVA_INT, POINTER));
            MemorySegment size = Arena.ofAuto().allocate(JAVA_INT);
            int path = dml_h.DML_PATH_SW;
            require((int) pathAndPointer.invokeExact(symbols.find("dml_get_job_size").orElseThrow(),
                    path, size));
            job = Arena.ofAuto().allocate(size.get(JAVA_INT, 0), 64);
            require((int) pathAndPointer.invokeExact(symbols.find("dml_init_job").orElseThrow(),
                    path, job));
        }

        private static void require(int status) {
            if (status != dml_h.DML_STATUS_OK) {
                throw new IllegalStateException("DML ended with status " + status);
            }
        }

        void copy(MemorySegment destination, MemorySegment source) throws Throwable {
            for (int i = 0; i < TIMES; i++) {
                int length = (int) source.byteSize();
                job.set(JAVA_INT, dml_job_t.operation$offset(), dml_h.DML_OP_MEM_MOVE);
                job.set(JAVA_LONG, dml_job_t.flags$offset(), dml_h.DML_FLAG_PREFETCH_CACHE);
                job.set(JAVA_LONG, dml_job_t.source_first_ptr$offset(), source.address());
                job.set(JAVA_INT, dml_job_t.source_length$offset(), length);
                job.set(JAVA_LONG, dml_job_t.destination_first_ptr$offset(), destination.address());
                job.set(JAVA_INT, dml_job_t.destination_length$offset(), length);
                require((int) SUBMIT.invokeExact(submit, job.address()));
                int status = (int) CHECK.invokeExact(check, job.address());
                while (status == dml_h.DML_STATUS_BEING_PROCESSED) {
                    status = (int) CHECK.invokeExact(check, job.address());
                }
                require(status);
            }
        }
    }
}
