package io.github.vdm4j.jvm;

import io.github.vdm4j.ExecutionPath;
import io.github.vdm4j.Operation;
import io.github.vdm4j.VdmOperationType;
import io.github.vdm4j.machine.MemoryMaps;
import io.github.vdm4j.machine.MemoryMaps.Backing;
import io.github.vdm4j.machine.Processor;
import io.github.vdm4j.memory.PmemLibrary;
import java.lang.foreign.MemorySegment;

/**
 * The kernel of a copy that exceeds the processor's caches. It writes past them, because the
 * destination would replace their content and then leave them, too. The JDK's copy does so on
 * processors with AVX-512. On other processors, libpmem does (docs/adr/0035).
 */
final class LongCopy {
    private LongCopy() {}

    /** The holder of values that only long copies need. */
    private static final class Machine {
        static final PmemLibrary LIBRARY = Processor.flags().contains("avx512f") ? null
                : PmemLibrary.find().orElse(null);
        static final long CACHE = Processor.largestCache();
    }

    /**
     * Returns whether this kernel executes a copy. A missing page of a file would end the process
     * (H28). Therefore both ranges must be memory without a file.
     */
    static boolean executes(Operation<?> copy) {
        return (copy.type() == VdmOperationType.MEMCPY || copy.type() == VdmOperationType.MEMMOVE)
                && copy.byteSize() >= Parts.COPIED_BYTES && copy.isOffHeap()
                && Machine.LIBRARY != null && copy.byteSize() >= Machine.CACHE
                && hasNoFile(copy.destination()) && hasNoFile(copy.source());
    }

    private static boolean hasNoFile(MemorySegment range) {
        return MemoryMaps.find(range.address(), range.byteSize()).backing() == Backing.MEMORY;
    }

    static void execute(Operation<?> part) {
        Machine.LIBRARY.copy(part.destination(), part.source());
        part.succeed(ExecutionPath.LIBPMEM);
    }
}
