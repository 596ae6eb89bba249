package io.github.vdm4j.memory;

import io.github.vdm4j.Operation;
import io.github.vdm4j.machine.LibraryThread;
import io.github.vdm4j.machine.PageFaults;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import java.util.Comparator;
import java.util.concurrent.locks.StampedLock;

/**
 * The requests of a file that are forced together. If the gaps between ranges of a buffer are
 * small, the ranges are merged. A range outside of buffers is not merged, because only its own
 * segment throws if the arena is closed.
 */
final class ForceGroup {
    /**
     * The largest gap in bytes. For two ranges 1 GiB apart, two forces took 1 to 6 ms and one force
     * 100 ms (ADR 0024).
     */
    private static final long GAP = 64L << 10;
    private static final long PAGE = 4096;
    private static final Comparator<ForceRequest> BY_ADDRESS =
            Comparator.comparingLong(ForceRequest::from);

    private final ForceRequest[] requests;
    // Fields, because the heap may be full when the force has ended.
    private final Runnable each = this::notifyEach;
    private final Runnable notification = () -> LibraryThread.unparkTogether(each);
    private int ranges;
    private boolean failed;

    private ForceGroup(ForceRequest[] requests) {
        this.requests = requests;
    }

    /** Returns a group of the requests that were taken from a queue. */
    static ForceGroup of(ForceRequest newest) {
        var all = new ForceRequest[newest.position];
        int place = all.length;
        for (ForceRequest each = newest; each != null; each = each.earlier) {
            all[--place] = each;
        }
        return new ForceGroup(all);
    }

    int size() {
        return requests.length;
    }

    /**
     * Forces the requests of an owner on its thread, without the queues of the files.
     *
     * @param first the first request. Each request links to the next
     */
    static void forceAlone(ForceRequest first) {
        for (ForceRequest each = first; each != null; each = each.following) {
            try {
                each.file.forces.force(new ForceGroup(new ForceRequest[]{each}), 0);
            } catch (Throwable e) {
                each.failure = e;
            }
            each.owner.ended();
        }
    }

    /**
     * Forces the ranges. The kernel reports an error to only one of several concurrent calls. This
     * method therefore waits until concurrent forces of the file have recorded their failures.
     */
    void force(StampedLock forces) {
        ForceRequest[] sorted = requests;
        if (requests.length > 1) {
            sorted = requests.clone();
            Arrays.sort(sorted, BY_ADDRESS);
        }
        long stamp = forces.readLock();
        try {
            for (int from = 0; from < sorted.length;) {
                from = forceRange(sorted, from);
            }
        } finally {
            forces.unlockRead(stamp);
        }
        forces.unlockWrite(forces.writeLock());
        for (ForceRequest each : requests) {
            if (each.failure == null && each.file.hasFailed()) {
                each.failure = new IOException(Durability.failedBefore(each.file));
            }
            failed |= each.failure != null;
        }
    }

    /** Forces the range that begins with a request. Returns the first request behind the range. */
    private int forceRange(ForceRequest[] sorted, int from) {
        ForceRequest head = sorted[from];
        long end = head.to();
        int to = from + 1;
        while (to < sorted.length && belongs(sorted[to], head, end)) {
            end = Math.max(end, sorted[to].to());
            to++;
        }
        ranges++;
        boolean forcing = false;
        try {
            MemorySegment range = head.region == null || to == from + 1 ? head.range
                    : head.region.whole()
                            .asSlice(head.from() - head.region.address(), end - head.from());
            forcing = true;
            head.owner.durability().force(range);
        } catch (IOException e) {
            head.file.recordFailure();
            for (int i = from; i < to; i++) {
                sorted[i].failure = i == from ? e : new IOException(e.getMessage(), e);
            }
        } catch (Throwable e) {
            // In a force, it can replace the exception of the storage.
            if (forcing && e instanceof OutOfMemoryError) {
                head.file.recordFailure();
            }
            for (int i = from; i < to; i++) {
                sorted[i].failure = e;
            }
        }
        for (int i = from; i < to; i++) {
            requirePages(sorted[i]);
        }
        return to;
    }

    /** Returns whether a request can be forced together with the requests before it. */
    private static boolean belongs(ForceRequest request, ForceRequest head, long end) {
        if (request.region != head.region) {
            return false;
        }
        return head.region != null
                ? request.from() - end <= GAP
                : request.range.scope() == head.range.scope()
                        && (request.to() + PAGE - 1 & -PAGE) <= (end + PAGE - 1 & -PAGE);
    }

    /** Throws if a page lies beyond the end of the file, because {@code msync} skips such pages. */
    private static void requirePages(ForceRequest request) {
        if (request.failure == null) {
            try {
                PageFaults.requireNone(request.range);
            } catch (Throwable e) {
                request.failure = e;
            }
        }
    }

    int ranges() {
        return ranges;
    }

    boolean hasFailed() {
        return failed;
    }

    String path() {
        return requests[0].file.path();
    }

    void fail(Throwable failure) {
        failed = true;
        for (ForceRequest each : requests) {
            if (each.failure == null) {
                each.failure = failure;
            }
        }
    }

    /**
     * Notifies the owners, in the order of the requests. Callbacks of users follow, because a
     * callback may wait for a thread that awaits one of the operations.
     */
    void notifyOwners() {
        Operation.beforeCallbacks(notification);
    }

    private void notifyEach() {
        for (ForceRequest each : requests) {
            each.owner.ended();
        }
    }
}
