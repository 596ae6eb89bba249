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
public final class SimulatedFile implements AutoCloseable {
    private final Arena arena = Arena.ofShared();
    private final MemorySegment memory;
    private final byte[] storage;
    private final MemoryRegion region;
    private final BooleanSupplier failing;

    public SimulatedFile(int bytes, BooleanSupplier failing) {
        this.failing = failing;
        memory = arena.allocate(bytes, 4_096);
        storage = new byte[bytes];
        var file = new MappedFile(new Mapping(memory.address(), memory.address() + bytes,
                Backing.PAGE_CACHE, null, "/simulated", ""), "", 0);
        region = new MemoryRegion(memory, DurabilityDomain.PAGE, file, false, arena::close);
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
        System.arraycopy(bytes, 0, storage, (int) (range.address() - memory.address()),
                bytes.length);
    }

    /** Returns the byte after a crash. */
    public byte durable(int offset) {
        return storage[offset];
    }

    public MemorySegment whole() {
        return memory;
    }

    /** Returns the number of operations and forces that keep the memory open. */
    public int pins() {
        return region.pins();
    }

    @Override
    public void close() {
        region.tryClose();
    }
}
