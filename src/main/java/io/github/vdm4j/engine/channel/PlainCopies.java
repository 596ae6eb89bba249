package io.github.vdm4j.engine.channel;

import io.github.vdm4j.Operation;
import io.github.vdm4j.VdmFlags;
import io.github.vdm4j.VdmOperationType;
import io.github.vdm4j.memory.MemoryRegions;
import java.lang.foreign.MemorySegment;
import java.util.List;

/**
 * The plain copies of a batch: copies without promises, on memory that cannot be missing. Most
 * batches consist of them. Their descriptors are written in one loop, without the checks of {@link
 * TaskFit} and {@link DataPart}.
 */
final class PlainCopies {
    private static final long HEAD =
            Descriptor.head(Opcode.MEM_MOVE, Part.FOR_CACHE);

    private PlainCopies() {}

    /**
     * Writes the descriptors of the plain copies at the beginning of a batch, for the software
     * path. It stops at the first task that is no plain copy.
     *
     * @param tasks the batch
     * @param first its first task
     * @param end the task before which to stop
     * @param longest the most bytes of one task
     * @param arenas what the submission holds open; has all of their arenas afterwards
     * @param buffer where to write them
     * @return the number of descriptors
     */
    static int write(
            List<Operation<?>> tasks, int first, int end, long longest, HeldArenas arenas,
            BatchBuffer buffer) {
        for (int i = first; i < end; i++) {
            Operation<?> copy = tasks.get(i);
            if (copy.type() != VdmOperationType.MEMCPY || copy.flags() != VdmFlags.NONE
                    || copy.isFenced()) {
                return i - first;
            }
            MemorySegment source = copy.source();
            MemorySegment destination = copy.destination();
            long length = source.byteSize();
            if (length == 0 || length > longest || MemoryRegions.mayLackPages(source)
                    || MemoryRegions.mayLackPages(destination)) {
                return i - first;
            }
            if (!arenas.add(destination) || !arenas.add(source)) {
                return i - first;
            }
            buffer.putMove(i - first, HEAD, source.address(), destination.address(), length);
        }
        return end - first;
    }
}
