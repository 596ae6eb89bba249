package io.github.vdm4j.memory;

import io.github.vdm4j.DurabilityDomain;
import io.github.vdm4j.machine.FileBirth;
import io.github.vdm4j.machine.MemoryMaps;
import io.github.vdm4j.machine.MemoryMaps.Backing;
import io.github.vdm4j.machine.MemoryMaps.Mapping;
import io.github.vdm4j.machine.PlatformName;
import io.github.vdm4j.operation.ForceCounters;
import java.lang.foreign.MemorySegment;

/** The file behind a mapping. It is determined once for each mapping. */
public final class MappedFile {
    private static final FailedFiles FAILED = new FailedFiles(4_096);

    final Mapping mapping;
    final String birth;
    final int failuresBefore;
    /** The queue that all mappings of the file share. */
    final ForceQueue forces;
    private volatile boolean failed;

    private MappedFile(Mapping mapping, int failuresBefore) {
        this(mapping, FileBirth.of(mapping), failuresBefore);
    }

    MappedFile(Mapping mapping, String birth, int failuresBefore) {
        this.mapping = mapping;
        this.birth = birth;
        this.failuresBefore = failuresBefore;
        forces = ForceQueue.of(mapping.file());
    }

    /** Determines the file of other code's mapping. It counts as older than every failure. */
    public static MappedFile of(MemorySegment segment) {
        boolean needsFlags = JdkPageWriteBack.whyNotOnPersistentMemory() != null;
        return new MappedFile(
                needsFlags
                        ? MemoryMaps.findWithFlags(segment.address(), segment.byteSize())
                        : MemoryMaps.find(segment.address(), segment.byteSize()),
                0);
    }

    /** Determines the file like {@link #of}, and slowly whether the mapping has MAP_SYNC. */
    public static MappedFile withFlags(MemorySegment segment) {
        return new MappedFile(MemoryMaps.findWithFlags(segment.address(), segment.byteSize()), 0);
    }

    /** Determines the file of a new mapping. It ignores the failures before its creation. */
    public static MappedFile opened(MemorySegment segment, int failuresBefore) {
        return new MappedFile(
                MemoryMaps.find(segment.address(), segment.byteSize()), failuresBefore);
    }

    public static int failures() {
        return FAILED.count();
    }

    /**
     * Returns the domain of the mapping. If the kernel reports no mapping, a segment that the JDK
     * has mapped has {@link DurabilityDomain#PAGE}.
     */
    public DurabilityDomain domain(MemorySegment segment) {
        return switch (mapping.backing()) {
            case SYNCHRONOUS_FILE, DAX_DEVICE -> DurabilityDomain.CACHE_LINE;
            case PAGE_CACHE -> DurabilityDomain.PAGE;
            case VOLATILE_FILE -> DurabilityDomain.VOLATILE;
            case MEMORY, PRIVATE_FILE -> DurabilityDomain.NONE;
            case UNKNOWN -> segment.isMapped() ? DurabilityDomain.PAGE : DurabilityDomain.NONE;
        };
    }

    /** Returns whether a write-back of the file has failed after the mapping was created. */
    public boolean hasFailed() {
        return failed || FAILED.count() > failuresBefore && FAILED.concern(this);
    }

    /** Returns whether the mapping may have the flag MAP_SYNC. Only Linux has this flag. */
    boolean mayBeSynchronous() {
        return mapping.backing() == Backing.SYNCHRONOUS_FILE
                || mapping.backing() == Backing.UNKNOWN && PlatformName.isLinuxX64();
    }

    /** Records a failed write-back for every existing mapping of the file. */
    void recordFailure() {
        FAILED.add(this);
    }

    void fail() {
        failed = true;
    }

    /** Returns device and inode number, or null if the mapping does not have exactly one file. */
    String file() {
        return mapping.file();
    }

    String path() {
        return mapping.path().isEmpty() ? "the mapped file" : mapping.name();
    }

    public ForceCounters forceCounters() {
        return forces.counters();
    }
}
