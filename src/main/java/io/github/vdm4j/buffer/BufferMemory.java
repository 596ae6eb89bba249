package io.github.vdm4j.buffer;

import io.github.vdm4j.DurabilityDomain;
import io.github.vdm4j.future.IdleStrategy;
import io.github.vdm4j.machine.FailureName;
import io.github.vdm4j.memory.MappedFile;
import io.github.vdm4j.memory.MemoryRegion;
import io.github.vdm4j.memory.MemoryRegions;
import java.lang.foreign.MemorySegment;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * The memory of a buffer. It counts the pins of the operations in flight. The memory is freed once.
 */
final class BufferMemory implements MemoryRegion {
    static final String LEAK_PROPERTY = "vdm4j.buffer.reportLeaks";

    /**
     * The bit of {@link #state} that is set when the close begins. The remaining bits count the
     * pins.
     */
    private static final int CLOSING = 1 << 31;

    private final MemorySegment whole;

    /** The scope of the segment. */
    private final MemorySegment.Scope scope;

    private final DurabilityDomain domain;

    /** The mapped file, or null before it is determined. */
    private volatile MappedFile file;

    private final boolean mapping;
    private final Runnable release;
    private final AtomicInteger state = new AtomicInteger();
    private boolean released;

    /**
     * Registers memory.
     *
     * @param whole the segment of the whole memory
     * @param domain the durability domain
     * @param file the mapped file, or null to determine the file at its first use
     * @param mapping whether the memory is a mapping of a file
     * @param release frees the memory. It is called once, and again after an {@link
     *     IllegalStateException}
     */
    BufferMemory(MemorySegment whole, DurabilityDomain domain, MappedFile file, boolean mapping,
            Runnable release) {
        this.whole = whole;
        this.scope = whole.scope();
        this.domain = domain;
        this.file = file;
        this.mapping = mapping;
        this.release = release;
        MemoryRegions.add(scope, this);
    }

    @Override
    public long address() {
        return whole.address();
    }

    @Override
    public long byteSize() {
        return whole.byteSize();
    }

    @Override
    public DurabilityDomain domain() {
        return domain;
    }

    @Override
    public MappedFile file() {
        MappedFile known = file;
        return known != null ? known : determineFile();
    }

    private synchronized MappedFile determineFile() {
        if (file == null) {
            file = MappedFile.of(whole);
        }
        return file;
    }

    @Override
    public boolean mayLackPages() {
        return mapping;
    }

    @Override
    public boolean pin() {
        int seen = state.get();
        while (seen >= 0) {
            if (state.compareAndSet(seen, seen + 1)) {
                return true;
            }
            seen = state.get();
        }
        return false;
    }

    @Override
    public void pinAgain() {
        state.incrementAndGet();
    }

    @Override
    public MemorySegment whole() {
        return whole;
    }

    @Override
    public void unpin() {
        state.decrementAndGet();
    }

    int pins() {
        return state.get() & ~CLOSING;
    }

    boolean isOpen() {
        return state.get() >= 0;
    }

    void requireOpen() {
        if (!isOpen()) {
            throw new IllegalStateException(FailureName.BUFFER_CLOSED.endOf(
                    "the buffer is closed. Close it after its last use"));
        }
    }

    boolean tryClose() {
        state.compareAndSet(0, CLOSING);
        return !isOpen() && pins() == 0 && release();
    }

    void close() {
        state.getAndUpdate(now -> now | CLOSING);
        IdleStrategy idle = IdleStrategy.backOff();
        for (int round = 0; pins() > 0; round++) {
            MemoryRegions.finishOperations();
            idle.idle(round);
        }
        for (int round = 0; !release(); round++) {
            idle.idle(round);
        }
    }

    /**
     * Frees the memory and then removes it from the registry. In this order, an operation that was
     * created earlier still finds the memory and sees that it closes. Returns false while the JDK
     * uses the memory, for example to read a file into the byte buffer.
     */
    private synchronized boolean release() {
        if (!released) {
            try {
                release.run();
            } catch (IllegalStateException e) {
                return false;
            }
            released = true;
            MemoryRegions.remove(scope, this);
        }
        return true;
    }
}
