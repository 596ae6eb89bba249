package io.github.vdm4j.memory;

import io.github.vdm4j.DurabilityDomain;
import io.github.vdm4j.machine.MemoryMaps.Backing;
import io.github.vdm4j.machine.MemoryMaps.Mapping;
import io.github.vdm4j.machine.Seam;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.function.BooleanSupplier;

/**
 * A mapped file with an array for its storage. A force makes the bytes durable that the memory had
 * at its beginning.
 */
public final class SimulatedFile implements MemoryRegion, AutoCloseable {
    private final Arena arena = Arena.ofShared();
    private final MemorySegment memory;
    private final byte[] storage;
    private final MappedFile file;
    private final BooleanSupplier failing;
    private int pins;

    public SimulatedFile(int bytes, BooleanSupplier failing) {
        this.failing = failing;
        memory = arena.allocate(bytes, 4_096);
        storage = new byte[bytes];
        file = new MappedFile(new Mapping(memory.address(), memory.address() + bytes,
                Backing.PAGE_CACHE, null, "/simulated", ""), "", 0);
        MemoryRegions.add(memory.scope(), this);
    }

    /** Returns the engines that write the file back. */
    public Durability engines() {
        return new Durability(null, this::force);
    }

    private void force(MemorySegment range) {
        byte[] bytes = range.toArray(ValueLayout.JAVA_BYTE);
        Seam.step();
        if (failing.getAsBoolean()) {
            throw new UnsupportedOperationException("for the test");
        }
        System.arraycopy(bytes, 0, storage, (int) (range.address() - address()), bytes.length);
    }

    /** Returns the byte after a crash. */
    public byte durable(int offset) {
        return storage[offset];
    }

    /** Returns the number of operations and forces that keep the memory open. */
    public int pins() {
        return pins;
    }

    @Override
    public long address() {
        return memory.address();
    }

    @Override
    public long byteSize() {
        return memory.byteSize();
    }

    @Override
    public DurabilityDomain domain() {
        return DurabilityDomain.PAGE;
    }

    @Override
    public MappedFile file() {
        return file;
    }

    @Override
    public boolean mayLackPages() {
        return false;
    }

    @Override
    public synchronized boolean pin() {
        pins++;
        return true;
    }

    @Override
    public void pinAgain() {
        pin();
    }

    @Override
    public MemorySegment whole() {
        return memory;
    }

    @Override
    public synchronized void unpin() {
        pins--;
    }

    @Override
    public void close() {
        MemoryRegions.remove(memory.scope(), this);
        arena.close();
    }
}
