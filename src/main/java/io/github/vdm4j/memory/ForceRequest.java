package io.github.vdm4j.memory;

import io.github.vdm4j.Operation;
import java.lang.foreign.MemorySegment;

/** A range of a mapped file that must be forced after its bytes were written. */
final class ForceRequest {
    final Forces owner;
    final Operation<?> operation;
    final MemorySegment range;
    final MappedFile file;
    /** The buffer that the range is a view of, or null. */
    final MemoryRegion region;
    /** The next request of the same owner. */
    final ForceRequest following;

    /** The request that was queued before this request. */
    ForceRequest earlier;
    /** The number of requests in the queue, including this request. */
    int position;
    /** The failure. The leader writes it before it notifies the owner. */
    Throwable failure;

    ForceRequest(Forces owner, Operation<?> operation, MemorySegment range, MemoryRegion region,
            MappedFile file, ForceRequest following) {
        this.owner = owner;
        this.operation = operation;
        this.range = range;
        this.region = region;
        this.file = file;
        this.following = following;
    }

    long from() {
        return range.address();
    }

    long to() {
        return range.address() + range.byteSize();
    }
}
