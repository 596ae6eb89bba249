package io.github.vdm4j.durability;

import io.github.vdm4j.DurabilityDomain;
import io.github.vdm4j.platform.PageGuard;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.util.Objects;

/**
 * Knows what makes a destination durable and does it. Movers share one; tests make their own to
 * record what was written back.
 */
public final class Durability {
    private final CacheLineWriteBack lines;
    private final PageWriteBack pages;

    /** Whether the engines are those that this machine has, each made when it is first needed. */
    private final boolean ofMachine;

    /**
     * Puts engines together.
     *
     * @param lines writes cache lines back, or null where nothing outside of a mover can
     * @param pages writes pages back
     */
    public Durability(CacheLineWriteBack lines, PageWriteBack pages) {
        this.lines = lines;
        this.pages = Objects.requireNonNull(pages, "pages");
        ofMachine = false;
    }

    private Durability() {
        lines = null;
        pages = null;
        ofMachine = true;
    }

    /**
     * The engines of this machine: libpmem where it is installed, and the JDK's {@code force()}.
     *
     * @return the same object on every call
     */
    public static Durability system() {
        return System.INSTANCE;
    }

    /**
     * The engines of a machine without libpmem.
     *
     * @return a new object
     */
    public static Durability withoutLibpmem() {
        return new Durability(null, new JdkPageWriteBack());
    }

    private static final class System {
        static final Durability INSTANCE = new Durability();
    }

    /**
     * Looks for libpmem when it is first asked for: opening it takes milliseconds, and most movers
     * never copy durably.
     */
    private static final class Lines {
        static final CacheLineWriteBack OF_MACHINE = PmemLibrary.find().orElse(null);
    }

    private static final class Pages {
        static final PageWriteBack OF_MACHINE = new JdkPageWriteBack();
    }

    /**
     * Finds out what makes a range durable. A mapped segment that is no buffer of this library is
     * taken for a file behind the page cache, which is right for persistent memory as well unless
     * this JVM cannot force that; a native one is taken for persistent memory on the caller's word.
     *
     * @param range the destination of an operation
     * @return what has to be done
     */
    public WriteBackKind kindOf(MemorySegment range) {
        if (!range.isNative()) {
            return WriteBackKind.IMPOSSIBLE_ON_HEAP;
        }
        MemoryRegion region = MemoryRegions.find(range);
        if (region == null) {
            return range.isMapped() && !JdkPageWriteBack.wouldCrashOn(range)
                    ? WriteBackKind.PAGES
                    : WriteBackKind.CACHE_LINES;
        }
        return kindOf(region.domain());
    }

    private static WriteBackKind kindOf(DurabilityDomain domain) {
        return switch (domain) {
            case CACHE_LINE -> WriteBackKind.CACHE_LINES;
            case PAGE -> WriteBackKind.PAGES;
            case NONE -> WriteBackKind.IMPOSSIBLE_IN_MEMORY;
        };
    }

    /**
     * The engine for cache lines. That of the machine is looked for by the first call.
     *
     * @return the engine, or null if there is none outside of the movers
     */
    public CacheLineWriteBack lines() {
        return ofMachine ? Lines.OF_MACHINE : lines;
    }

    /**
     * Tells whether {@link #writeBack} can do what a range needs. For persistent memory without an
     * engine for cache lines the JDK can, if it is mapped by the JDK.
     *
     * @param range the range
     * @param kind what it needs
     * @return null if it can be done, else why it cannot
     */
    public String whyNot(MemorySegment range, WriteBackKind kind) {
        return switch (kind) {
            case CACHE_LINES ->
                lines() != null
                        ? null
                        : range.isMapped()
                                ? JdkPageWriteBack.whyNotOnPersistentMemory()
                                : "pure Java cannot write back the cache lines of native memory; install libpmem.so.1,"
                                        + " use DmlDataMover, or map the file with OffHeapBuffer.map";
            case PAGES -> null;
            case IMPOSSIBLE_IN_MEMORY ->
                "the destination is allocated memory, which no write-back makes durable; use OffHeapBuffer.map, or wrap with a DurabilityDomain if you know better";
            case IMPOSSIBLE_ON_HEAP ->
                "the destination is on the heap, which nothing makes durable";
        };
    }

    /**
     * Makes a range durable.
     *
     * @param range the range, not empty
     * @param kind what it needs, and {@link #whyNot} says that it can be done
     * @throws IOException if the storage reports an error
     * @throws io.github.vdm4j.platform.PageUnavailableException if a page of a mapped file is not
     * there
     * @throws IllegalStateException if its arena is closed
     * @throws WrongThreadException if it is confined to another thread
     */
    public void writeBack(MemorySegment range, WriteBackKind kind) throws IOException {
        CacheLineWriteBack engine = kind == WriteBackKind.CACHE_LINES ? lines() : null;
        if (engine != null) {
            if (MemoryRegions.mayLackPages(range)) {
                PageGuard.bringIn(range, 0, range.byteSize(), false);
            }
            engine.writeBack(range);
        } else {
            (ofMachine ? Pages.OF_MACHINE : pages).writeBack(range);
        }
    }
}
