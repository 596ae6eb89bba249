package io.github.vdm4j.engine.channel;

import io.github.vdm4j.Operation;
import io.github.vdm4j.VdmFlags;
import io.github.vdm4j.VdmOperationType;
import io.github.vdm4j.memory.MemoryRegions;
import java.lang.foreign.MemorySegment;
import java.util.List;

/**
 * The plain copies of a batch. They have no flags, and all their pages are present. Most batches
 * consist of plain copies. One loop writes their descriptors without the checks of {@link TaskFit}
 * and {@link DataPart}.
 */
final class PlainCopies {
    private static final long HEAD =
            Descriptor.head(Opcode.MEM_MOVE, Part.FOR_CACHE);

    private PlainCopies() {}

    /**
     * Writes the descriptors of the plain copies at the beginning of a batch for the software path.
     * The method stops at the first task that is not a plain copy.
     *
     * @param tasks the batch
     * @param first the first task of the part
     * @param end the task behind the last task of the part
     * @param longest the longest task in bytes
     * @param arenas the arenas that the submission keeps open. The method adds the arenas of the
     *     copies
     * @param buffer the buffer for the descriptors
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
