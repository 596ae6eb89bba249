package io.github.vdm4j.buffer;

import io.github.vdm4j.DurabilityDomain;
import io.github.vdm4j.memory.MappedFile;
import java.lang.foreign.MemorySegment;

/**
 * What a buffer and its slices hold in common, and nothing else does: when it becomes unreachable,
 * no user can close the memory any more.
 */
final class BufferHandle {
    private final BufferMemory memory;

    private BufferHandle(BufferMemory memory) {
        this.memory = memory;
    }

    /**
     * A buffer over memory that it takes over; {@code how} says what made it, if it should leak.
     */
    static OffHeapBuffer open(MemorySegment whole, DurabilityDomain domain, MappedFile file,
            boolean mapping, Runnable release, String how) {
        BufferMemory memory = new BufferMemory(whole, domain, file, mapping, release);
        BufferHandle handle = new BufferHandle(memory);
        LeakReport.watch(handle, memory, "%s %,d bytes".formatted(how, whole.byteSize()));
        return new OffHeapBuffer(handle, whole);
    }

    BufferMemory memory() {
        return memory;
    }
}
