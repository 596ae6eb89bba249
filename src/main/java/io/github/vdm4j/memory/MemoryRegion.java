package io.github.vdm4j.memory;

import io.github.vdm4j.DurabilityDomain;
import io.github.vdm4j.future.IdleStrategy;
import io.github.vdm4j.machine.FailureName;
import io.github.vdm4j.machine.LibraryThread;
import io.github.vdm4j.machine.Message;
import java.lang.foreign.MemorySegment;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * A range of memory that a buffer has allocated, mapped or wrapped. It counts the pins of the
 * operations in flight. The memory is freed once.
 */
public final class MemoryRegion {
    /** The bit of {@link #state} for a begun close. The remaining bits count the pins. */
    private static final int CLOSING = 1 << 31;

    private final MemorySegment whole;
    private final MemorySegment.Scope scope;
    private final DurabilityDomain domain;

    /** The mapped file, or null before it is determined. */
    private volatile MappedFile file;

    private final boolean mapping;
    private final Runnable release;
    private final AtomicInteger state = new AtomicInteger();
    private boolean released;

    /**
     * Registers memory. If the mapped file is null, its first use determines it. The region calls
     * {@code release} once, and again after an {@link IllegalStateException}.
     */
    public MemoryRegion(MemorySegment whole, DurabilityDomain domain, MappedFile file,
            boolean mapping, Runnable release) {
        this.whole = whole;
        scope = whole.scope();
        this.domain = domain;
        this.file = file;
        this.mapping = mapping;
        this.release = release;
        MemoryRegions.add(scope, this);
    }

    long address() {
        return whole.address();
    }

    long byteSize() {
        return whole.byteSize();
    }

    /** Returns whether a segment is a view of the region. */
    boolean contains(MemorySegment segment) {
        long offset = segment.address() - whole.address();
        return segment.scope() == scope && offset >= 0
                && offset + segment.byteSize() <= whole.byteSize();
    }

    public DurabilityDomain domain() {
        return domain;
    }

    /** Returns the file behind the region, the same object on every call. */
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

    boolean mayLackPages() {
        return mapping;
    }

    /** Keeps the region open until {@link #unpin}. Returns false if it closes or is closed. */
    boolean pin() {
        int seen = state.get();
        while (seen >= 0) {
            if (state.compareAndSet(seen, seen + 1)) {
                return true;
            }
            seen = state.get();
        }
        return false;
    }

    /** Adds a pin to a pinned region, even while the region is being closed. */
    void pinAgain() {
        state.incrementAndGet();
    }

    public MemorySegment whole() {
        return whole;
    }

    void unpin() {
        state.decrementAndGet();
    }

    public int pins() {
        return state.get() & ~CLOSING;
    }

    /** Returns false from the beginning of the close on. */
    public boolean isOpen() {
        return state.get() >= 0;
    }

    public void requireOpen() {
        if (!isOpen()) {
            throw new IllegalStateException(FailureName.BUFFER_CLOSED.endOf(
                    "the buffer is closed. Close it after its last use"));
        }
    }

    /** Frees the memory if it has no pin. Returns false if the memory is in use. */
    public boolean tryClose() {
        return (state.compareAndSet(0, CLOSING) || state.get() == CLOSING) && release();
    }

    /**
     * Waits until the last pin is removed, and frees the memory.
     *
     * @throws IllegalStateException if a thread of the library would wait. The region stays open
     */
    public void close() {
        if (LibraryThread.isCurrent() && !state.compareAndSet(0, CLOSING) && pins() > 0) {
            throw new IllegalStateException(FailureName.ENDLESS_WAIT.endOf(
                    Message.of(
                            "close of a buffer of %,d bytes with operations in flight, on the"
                                    + " library's thread %s: it may be the thread that completes"
                                    + " them. Close the buffer on a thread of your own, or use"
                                    + " tryClose()",
                            byteSize(), Thread.currentThread().getName())));
        }
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
