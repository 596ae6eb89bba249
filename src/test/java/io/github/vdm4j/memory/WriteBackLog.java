package io.github.vdm4j.memory;

import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BiConsumer;

/** Write-back engines that record their calls and write nothing back. */
public final class WriteBackLog {

    /** The range of a write-back. */
    public record Range(WriteBackKind kind, long address, long length) {
        public static Range of(WriteBackKind kind, MemorySegment segment) {
            return new Range(kind, segment.address(), segment.byteSize());
        }
    }

    private final List<Range> ranges = new ArrayList<>();
    private BiConsumer<WriteBackKind, MemorySegment> onWriteBack = (kind, range) -> {};
    private volatile PageWriteBack storage = range -> {};

    /** Returns engines, with or without an engine for cache lines such as libpmem. */
    public Durability engines(boolean withLines) {
        CacheLineWriteBack lines = range -> note(WriteBackKind.CACHE_LINES, range);
        return new Durability(withLines ? lines : null, range -> {
            storage.writeBack(range);
            note(WriteBackKind.PAGES, range);
        });
    }

    private synchronized void note(WriteBackKind kind, MemorySegment range) {
        ranges.add(Range.of(kind, range));
        onWriteBack.accept(kind, range);
    }

    /** Runs an action inside each write-back. */
    public synchronized WriteBackLog whenever(BiConsumer<WriteBackKind, MemorySegment> action) {
        onWriteBack = action;
        return this;
    }

    /** Makes later writes to the storage fail. Null ends the failures. */
    public WriteBackLog fail(IOException withThis) {
        return storage(range -> {
            if (withThis != null) {
                throw withThis;
            }
        });
    }

    /** Sets an action of the storage that runs before each page is written back. */
    public WriteBackLog storage(PageWriteBack behaviour) {
        storage = behaviour;
        return this;
    }

    /** Returns the ranges that were written back. */
    public synchronized List<Range> ranges() {
        return List.copyOf(ranges);
    }

    /** Clears the record. */
    public synchronized void forget() {
        ranges.clear();
    }
}
