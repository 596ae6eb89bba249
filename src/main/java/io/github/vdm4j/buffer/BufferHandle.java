package io.github.vdm4j.buffer;

import io.github.vdm4j.DurabilityDomain;
import io.github.vdm4j.memory.MappedFile;
import java.lang.foreign.MemorySegment;

/**
 * An object that only a buffer refers to. If the object becomes unreachable, no user can close the
 * memory.
 */
final class BufferHandle {
    private final BufferMemory memory;

    private BufferHandle(BufferMemory memory) {
        this.memory = memory;
    }

    /** Returns a buffer that owns the memory. A leak report contains the text {@code how}. */
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
