package io.github.vdm4j.benchmarks.paired;

import static java.lang.foreign.ValueLayout.JAVA_INT;

import com.google.gson.GsonBuilder;
import io.github.vdm4j.VdmFlags;
import io.github.vdm4j.dml.DmlDataMover;
import io.github.vdm4j.dml.DmlPath;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;

/** A measurement of the time to open the first mover of a JVM, and later movers. */
public final class StartUp {
    private static final int OTHERS = 20;

    /**
     * The measured times in nanoseconds.
     *
     * @param linker the JDK's linker generating the code of the first native call of a JVM
     * @param first the first opening after that, with the search for DML and the linking of its
     *         functions
     * @param firstCopy the first copy on that mover
     * @param other the median of later openings
     */
    public record Times(long linker, long first, long firstCopy, long other) {}

    private StartUp() {}

    /**
     * Measures the times.
     *
     * @param arguments the path of the movers, and the file to write
     */
    public static void main(String[] arguments) throws Exception {
        DmlPath path = DmlPath.valueOf(arguments[0]);
        MemorySegment memory = Arena.global().allocate(128);
        long begin = System.nanoTime();
        Linker.nativeLinker().downcallHandle(FunctionDescriptor.of(JAVA_INT, JAVA_INT));
        long start = System.nanoTime();
        DmlDataMover mover = open(path);
        long opened = System.nanoTime();
        var copy = mover.newOperation()
                .memcpy(memory.asSlice(0, 64), memory.asSlice(64, 64), VdmFlags.NONE)
                .start();
        copy.orThrow();
        long copied = System.nanoTime();
        mover.close();
        long[] others = new long[OTHERS];
        for (int i = 0; i < OTHERS; i++) {
            long before = System.nanoTime();
            DmlDataMover another = open(path);
            others[i] = System.nanoTime() - before;
            another.close();
        }
        Arrays.sort(others);
        var times = new Times(start - begin, opened - start, copied - opened, others[OTHERS / 2]);
        Files.writeString(Path.of(arguments[1]), new GsonBuilder().create().toJson(times));
    }

    private static DmlDataMover open(DmlPath path) {
        return DmlDataMover.builder().path(path).open();
    }
}
