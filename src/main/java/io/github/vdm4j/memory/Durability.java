package io.github.vdm4j.memory;

import io.github.vdm4j.DurabilityDomain;
import io.github.vdm4j.Operation;
import io.github.vdm4j.VdmFlags;
import io.github.vdm4j.VdmResult;
import io.github.vdm4j.machine.MemoryMaps.Backing;
import io.github.vdm4j.machine.PageFaults;
import io.github.vdm4j.machine.PageGuard;
import io.github.vdm4j.machine.PlatformName;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.TimeUnit;

/**
 * The rules and engines that make a destination durable. All movers of a process share the engines
 * of the machine. A test creates its own engines. They record their calls.
 */
public final class Durability {
    /** The bound of a mover without a setting. */
    public static final Duration NO_BOUND = Duration.ofDays(1);

    private static final Durability SYSTEM =
            new Durability(null, new JdkPageWriteBack(), true, false, Long.MAX_VALUE);

    private final CacheLineWriteBack lines;
    private final PageWriteBack pages;

    /** Whether the engine for cache lines is the engine of this machine. The first use opens it. */
    private final boolean ofMachine;

    private final boolean nativeIsPersistent;

    private final long forceWaitNanos;

    /** The result of a refused operation, and the reason as text after "memset of 64 bytes ". */
    public record Refusal(VdmResult result, String reason) {}

    /** Combines engines. The engine for cache lines is null if only a mover can write them back. */
    public Durability(CacheLineWriteBack lines, PageWriteBack pages) {
        this(lines, Objects.requireNonNull(pages, "pages"), false, false, Long.MAX_VALUE);
    }

    private Durability(
            CacheLineWriteBack lines, PageWriteBack pages, boolean ofMachine,
            boolean nativeIsPersistent, long forceWaitNanos) {
        this.lines = lines;
        this.pages = pages;
        this.ofMachine = ofMachine;
        this.nativeIsPersistent = nativeIsPersistent;
        this.forceWaitNanos = forceWaitNanos;
    }

    /** Returns libpmem, if it is installed, and the JDK's {@code force()}. */
    public static Durability system() {
        return SYSTEM;
    }

    public static Durability withoutLibpmem() {
        return new Durability(null, new JdkPageWriteBack());
    }

    /** Returns these engines with or without C's rule for native memory. */
    public Durability nativeMemoryIsPersistent(boolean persistent) {
        return new Durability(lines, pages, ofMachine, persistent, forceWaitNanos);
    }

    /** Returns these engines with a bound for the time that a force waits. 0 means no wait. */
    public Durability forceWait(Duration longest) {
        return new Durability(lines, pages, ofMachine, nativeIsPersistent,
                TimeUnit.NANOSECONDS.convert(longest)); // saturates
    }

    /** Returns the bound of a builder, and rejects a negative bound. */
    public static Duration requireForceWait(Duration longest) {
        if (Objects.requireNonNull(longest, "longest").isNegative()) {
            throw new IllegalArgumentException(
                    "forceWait " + longest + ": must be 0 or more. Zero means no wait");
        }
        return longest;
    }

    /** Opens libpmem at the first use, because this takes milliseconds and most movers do not. */
    private static final class Lines {
        static final CacheLineWriteBack OF_MACHINE = PmemLibrary.find().orElse(null);
    }

    /**
     * Returns the kind of write-back that makes a range durable, or the reason for a refusal. The
     * range is not empty. A buffer has a domain. The mapping of a mapped segment is determined
     * once. Other native memory is refused unless libpmem has mapped it or C's rule applies.
     */
    public WriteBackKind kindOf(MemorySegment range) {
        if (!range.isNative()) {
            return WriteBackKind.IMPOSSIBLE_ON_HEAP;
        }
        MemoryRegion region = MemoryRegions.find(range);
        if (region != null) {
            WriteBackKind kind = kindOf(region.domain());
            return MappedFile.failures() > 0 && kind.isPossible() && region.file().hasFailed()
                    ? WriteBackKind.FAILED_BEFORE
                    : kind;
        }
        if (range.isMapped()) {
            MappedFile file = BareMappings.of(range);
            return file.hasFailed() ? WriteBackKind.FAILED_BEFORE : kindOf(file.mapping.backing());
        }
        return nativeIsPersistent || lines() != null && lines().recognizes(range)
                ? WriteBackKind.CACHE_LINES
                : WriteBackKind.UNKNOWN_MEMORY;
    }

    private static WriteBackKind kindOf(DurabilityDomain domain) {
        return switch (domain) {
            case CACHE_LINE -> WriteBackKind.CACHE_LINES;
            case PAGE, VOLATILE -> WriteBackKind.PAGES;
            case NONE -> WriteBackKind.IMPOSSIBLE_IN_MEMORY;
        };
    }

    /** Checks MAP_SYNC only if the flag decides between {@code force()} and cache lines. */
    private static WriteBackKind kindOf(Backing backing) {
        return switch (backing) {
            case SYNCHRONOUS_FILE -> WriteBackKind.CACHE_LINES;
            case PRIVATE_FILE -> WriteBackKind.IMPOSSIBLE_IN_PRIVATE_MAPPING;
            default -> WriteBackKind.PAGES;
        };
    }

    /** Returns the engine for cache lines, or null if only a mover can write them back. */
    public CacheLineWriteBack lines() {
        return ofMachine ? Lines.OF_MACHINE : lines;
    }

    /**
     * Returns why an operation on a range of a {@linkplain #kindOf kind} must be refused, or null.
     */
    Refusal refusal(MemorySegment range, WriteBackKind kind, boolean moverWritesLinesBack) {
        if (kind == WriteBackKind.FAILED_BEFORE) {
            return new Refusal(VdmResult.IO_ERROR, "failed: " + failedBefore(fileOf(range)));
        }
        String reason = switch (kind) {
            case CACHE_LINES -> moverWritesLinesBack ? null : whyNoLines(range);
            case PAGES -> whyNoPages(range);
            case IMPOSSIBLE_IN_MEMORY ->
                "the destination is ordinary memory or a private mapping, and no write-back makes"
                        + " it durable. Use OffHeapBuffer.map. If the memory is persistent, use"
                        + " OffHeapBuffer.wrap with its DurabilityDomain.";
            case IMPOSSIBLE_ON_HEAP ->
                "the destination is on the heap, and nothing makes it durable. Use"
                        + " OffHeapBuffer.map.";
            case IMPOSSIBLE_IN_PRIVATE_MAPPING ->
                "the destination is a private mapping of "
                        + fileOf(range).path()
                        + ", whose changes never reach the file. Use OffHeapBuffer.map or"
                        + " MapMode.READ_WRITE.";
            case UNKNOWN_MEMORY ->
                "the domain of the native memory at 0x%x is unknown. Use"
                        .formatted(range.address())
                        + " OffHeapBuffer.wrap(segment), which determines it, or, for persistent"
                        + " memory, nativeMemoryIsPersistent(true) of the mover's builder.";
            case FAILED_BEFORE -> throw new AssertionError(kind);
        };
        return reason == null
                ? null
                : new Refusal(VdmResult.UNSUPPORTED, "cannot be made durable: " + reason);
    }

    /**
     * Returns why a durable operation must be refused. Returns null if it is not durable, or if all
     * of its destinations can be made durable.
     */
    public Refusal refusal(Operation<?> operation, boolean moverWritesLinesBack) {
        MemorySegment first = operation.destination();
        MemorySegment second = operation.secondDestination();
        if (!operation.isDurable() || first.byteSize() == 0) {
            return null;
        }
        Refusal refusal = refusal(first, kindOf(first), moverWritesLinesBack);
        return refusal != null || second == null ? refusal
                : refusal(second, kindOf(second), moverWritesLinesBack);
    }

    private String whyNoLines(MemorySegment range) {
        if (lines() != null) {
            return null;
        }
        return range.isMapped()
                ? JdkPageWriteBack.whyNotOnPersistentMemory()
                : "pure Java cannot write back the cache lines of native memory, and libpmem is"
                        + " unavailable" + whyNoLibpmem() + ". Install libpmem.so.1"
                        + (PlatformName.nativeCallsAllowed() ? ""
                                : " and pass --enable-native-access")
                        + ", or use a DmlDataMover and only segments off the heap.";
    }

    private String whyNoLibpmem() {
        return ofMachine ? PmemLibrary.whyUnavailable().map(": "::concat).orElse("") : "";
    }

    private static String whyNoPages(MemorySegment range) {
        if (!range.isMapped()) {
            return PlatformName.nativeCallsAllowed()
                    ? null
                    : "the mapping was reinterpreted, so only msync can write it back, and native"
                            + " access is not enabled. Pass --enable-native-access, or use the"
                            + " mapped segment itself.";
        }
        String reason = JdkPageWriteBack.whyNotOnPersistentMemory();
        return reason != null && fileOf(range).mayBeSynchronous() ? reason : null;
    }

    /** Returns whether an operation with flags on a destination is accepted. */
    public boolean supports(VdmFlags flags, MemorySegment range, boolean moverWritesLinesBack) {
        Objects.requireNonNull(flags, "flags");
        Objects.requireNonNull(range, "destination");
        if (!flags.contains(VdmFlags.MEM_DURABLE)) {
            return true;
        }
        Refusal refusal = refusal(range, kindOf(range), moverWritesLinesBack);
        return refusal == null || refusal.result() != VdmResult.UNSUPPORTED;
    }

    private static MappedFile fileOf(MemorySegment range) {
        MemoryRegion region = MemoryRegions.find(range);
        return region != null ? region.file() : BareMappings.of(range);
    }

    static String failedBefore(MappedFile file) {
        return "an earlier write-back of "
                + file.path()
                + " failed in this process, and which of its bytes are lost is unknown. Verify the"
                + " file or restore it from a copy, then map it with"
                + " MapOption.AFTER_FAILED_WRITE_BACK (docs/durability.md).";
    }

    /**
     * Writes the cache lines of a range back if its {@linkplain #kindOf kind} needs this. The kind
     * is null for no range.
     *
     * @throws IOException if the storage reports an error, or has reported one for the file before
     * @throws io.github.vdm4j.machine.PageUnavailableException if a page of a mapped file is
     *     missing
     */
    public void writeBackLines(MemorySegment range, WriteBackKind kind) throws IOException {
        if (kind == WriteBackKind.CACHE_LINES) {
            writeBackLines(range);
        } else if (kind == WriteBackKind.FAILED_BEFORE) {
            throw new IOException(failedBefore(fileOf(range)));
        }
    }

    /** Writes back a range of {@link WriteBackKind#CACHE_LINES}, not empty and not refused. */
    void writeBackLines(MemorySegment range) throws IOException {
        CacheLineWriteBack engine = lines();
        if (engine != null) {
            if (MemoryRegions.mayLackPages(range)) {
                PageGuard.prefault(range, 0, range.byteSize(), false);
            }
            engine.writeBack(range);
            return;
        }
        MappedFile file = fileOf(range);
        try {
            force(range); // the JDK writes the lines back at once
        } catch (IOException | OutOfMemoryError e) { // The error can replace the exception.
            file.recordFailure();
            throw e;
        }
        PageFaults.requireNone(range);
    }

    /**
     * Adds a range to forces if its {@linkplain #kindOf kind} needs a force.
     *
     * @param earlier the forces of earlier ranges, or null
     * @param kind the kind of the range, or null for no range
     */
    public Forces addForce(Forces earlier, Operation<?> operation, MemorySegment range,
            WriteBackKind kind) {
        if (kind == null || !kind.isForced()) {
            return earlier;
        }
        Forces forces = earlier == null ? new Forces(this) : earlier;
        forces.add(operation, range);
        return forces;
    }

    void force(MemorySegment range) throws IOException {
        pages.writeBack(range);
    }

    long forceWaitNanos() {
        return forceWaitNanos;
    }
}
