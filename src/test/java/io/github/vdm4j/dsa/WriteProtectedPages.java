package io.github.vdm4j.dsa;

import io.github.vdm4j.emulator.ClientMemory;
import io.github.vdm4j.emulator.LocalMemory;
import io.github.vdm4j.emulator.MemoryFault;
import io.github.vdm4j.memory.WritablePages;
import java.lang.foreign.MemorySegment;

/**
 * The memory of this process for a device that cannot write a file's mapping before a processor has
 * written each of its pages.
 */
final class WriteProtectedPages implements ClientMemory {
    private final WritablePages pages;
    private final MemorySegment mapping;
    private final LocalMemory memory;

    WriteProtectedPages(WritablePages pages, MemorySegment mapping, LocalMemory memory) {
        this.pages = pages;
        this.mapping = mapping;
        this.memory = memory;
    }

    @Override
    public long present(long address, long length, boolean write) {
        boolean apart = address + length <= mapping.address()
                || address >= mapping.address() + mapping.byteSize();
        return apart || !write || pages.bytes() == mapping.byteSize()
                ? memory.present(address, length, write)
                : Math.max(mapping.address() - address, 0);
    }

    @Override
    public boolean resolve(long address, boolean write) {
        return memory.resolve(address, write);
    }

    @Override
    public void read(long address, byte[] bytes) throws MemoryFault {
        memory.read(address, bytes);
    }

    @Override
    public void write(long address, byte[] bytes) throws MemoryFault {
        memory.write(address, bytes);
    }

    @Override
    public void writeRecord(long address, byte[] bytes) throws MemoryFault {
        memory.writeRecord(address, bytes);
    }
}
