package io.github.vdm4j.engine.channel;

import io.github.vdm4j.Operation;
import io.github.vdm4j.VdmFlags;
import io.github.vdm4j.VdmOperationType;
import io.github.vdm4j.memory.MemoryRegions;
import java.lang.foreign.MemorySegment;
import java.util.List;

/**
 * What most batches are made of: copies that promise nothing, on memory that is there. Their
 * descriptors are written in one go, without the questions that other tasks are asked ({@link
 * TaskFit}, {@link DataPart}).
 */
final class PlainCopies {
    private static final long HEAD =
            Descriptor.head(Opcode.MEM_MOVE, Part.FOR_CACHE);

    private PlainCopies() {}

    /**
     * Writes the descriptors of the copies in a row that a batch begins with, for the software
     * path, up to the first task that is something else or needs a closer look.
     *
     * @param tasks the batch
     * @param first its first task
     * @param end the task before which to stop
     * @param longest the most bytes of one task
     * @param arenas what the submission holds open; has all of their arenas afterwards
     * @param buffer where to write them
     * @return how many there are
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
