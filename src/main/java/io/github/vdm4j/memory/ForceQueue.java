package io.github.vdm4j.memory;

import io.github.vdm4j.machine.LibraryThread;
import io.github.vdm4j.machine.Seam;
import io.github.vdm4j.operation.ForceCounters;
import io.github.vdm4j.trace.OperationTrace;
import java.lang.ref.WeakReference;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.StampedLock;

/**
 * The requests of a file that wait for a force. At most one thread is the leader. The leader takes
 * all requests, forces them together and notifies their owners. Requests that arrive during the
 * force form the next group.
 */
final class ForceQueue {
    /** The shortest wait, because a shorter park takes longer than requested (docs/adr/0024). */
    private static final long LEAST_WAIT_NANOS = 100_000;

    /** The queues by file, for mappings of one file to share. */
    private static final Map<String, WeakReference<ForceQueue>> BY_FILE =
            new ConcurrentHashMap<>();

    private static int sweepAt = 64;

    /** Each force of the file holds this lock as a reader. */
    private final StampedLock forces = new StampedLock();
    private final AtomicReference<ForceRequest> newest = new AtomicReference<>();
    private final AtomicBoolean led = new AtomicBoolean();

    // Used by the leader.
    private int lastSize;
    private long lastNanos;
    /** The leader that waits for further requests, or null. */
    private volatile Thread waiting;
    private volatile int wanted;

    /** The next file that waits for a thread. Guarded by the lock of {@link ForceThreads}. */
    ForceQueue following;

    // Guarded by this.
    private ForceCounters counters = new ForceCounters(0, 0, 0, 0, 0, 0);

    ForceQueue() {}

    /**
     * Returns the queue of a file. All mappings of the file have the same key. The key is null for
     * memory without a file.
     */
    static synchronized ForceQueue of(String file) {
        if (file == null) {
            return new ForceQueue();
        }
        WeakReference<ForceQueue> known = BY_FILE.get(file);
        ForceQueue queue = known == null ? null : known.get();
        if (queue == null) {
            queue = new ForceQueue();
            BY_FILE.put(file, new WeakReference<>(queue));
            if (BY_FILE.size() >= sweepAt) {
                BY_FILE.values().removeIf(each -> each.refersTo(null));
                sweepAt = Math.max(64, 2 * BY_FILE.size());
            }
        }
        return queue;
    }

    /** Adds a request. The caller must call {@link #serve} afterwards. */
    void push(ForceRequest request) {
        ForceRequest earlier;
        do {
            earlier = newest.get();
            Seam.step();
            request.earlier = earlier;
            request.position = earlier == null ? 1 : earlier.position + 1;
        } while (!newest.compareAndSet(earlier, request));
        Seam.step();
        Thread leader = waiting;
        if (leader != null && request.position >= wanted) {
            Seam.unpark(leader);
        }
    }

    /**
     * Forces the requests if no thread leads. The calling thread forces them if it may lead.
     * Otherwise a thread of the library forces them.
     */
    void serve(boolean here) {
        if (newest.get() == null || led.get()) {
            return; // the leader looks again before it stops
        }
        Seam.step();
        if (!led.compareAndSet(false, true)) {
            return;
        }
        if (here) {
            leadOnce(take());
        } else {
            ForceThreads.serve(this);
        }
    }

    /**
     * Forces the requests of one owner on the calling thread, if no other request waits and no
     * thread leads. The calling thread then notifies no other owner, because the owner's callbacks
     * could wait for this thread.
     *
     * @param count the number of the owner's requests. All of them were pushed
     * @return true if the requests have ended
     */
    boolean serveAlone(Forces owner, int count) {
        ForceRequest head = newest.get();
        if (head == null || head.owner != owner || head.position != count || led.get()
                || !led.compareAndSet(false, true)) {
            return false;
        }
        Seam.step();
        boolean alone = newest.compareAndSet(head, null);
        leadOnce(alone ? groupOf(head) : null);
        return alone;
    }

    /** Forces a group, or null for none. The calling thread then passes the leadership on. */
    private void leadOnce(ForceGroup group) {
        if (group != null) {
            Seam.step();
            forceAndReport(group, 0);
            Seam.step();
        }
        stopLeading();
        if (group != null) {
            group.notifyOwners();
        }
    }

    private void stopLeading() {
        // This precedes the check for requests, because a thread adds its request before it reads
        // this.
        led.set(false);
        Seam.step();
        if (newest.get() != null && led.compareAndSet(false, true)) {
            ForceThreads.serve(this);
        }
    }

    /** Leads until no request waits, or until another file needs this thread. */
    void lead() {
        try {
            do {
                long waited = waitForMore();
                ForceGroup group = take();
                if (group != null) {
                    Seam.step();
                    forceAndReport(group, waited);
                    Seam.step();
                    group.notifyOwners();
                }
            } while (newest.get() != null && !ForceThreads.isCrowded());
        } finally {
            Seam.step();
            stopLeading();
        }
    }

    /** Takes all requests. Returns null if there are none, or if they have failed. */
    private ForceGroup take() {
        return groupOf(newest.getAndSet(null));
    }

    /** Returns null if there are no requests, or if they have failed. */
    private static ForceGroup groupOf(ForceRequest all) {
        try {
            return all == null ? null : ForceGroup.of(all);
        } catch (Throwable e) { // The heap is full.
            for (ForceRequest each = all; each != null;) {
                ForceRequest earlier = each.earlier;
                each.failure = e;
                each.owner.ended();
                each = earlier;
            }
            return null;
        }
    }

    /** Forces a group and records every failure. The caller then always notifies the owners. */
    private void forceAndReport(ForceGroup group, long waited) {
        try {
            force(group, waited);
        } catch (Throwable e) {
            group.fail(e);
        }
    }

    void force(ForceGroup group, long waited) {
        long start = Seam.nanoTime();
        group.force(forces);
        long took = Seam.nanoTime() - start;
        lastSize = group.size();
        lastNanos = took;
        try {
            count(group, waited, took);
            OperationTrace.recordForce(group.path(), group.size(), group.ranges(),
                    group.hasFailed(), waited,
                    took);
        } catch (Throwable e) { // The group ends without a count or a trace.
            LibraryThread.report(e);
        }
    }

    private synchronized void count(ForceGroup group, long waited, long took) {
        ForceCounters before = counters;
        counters = new ForceCounters(
                before.forces() + 1,
                before.requests() + group.size(),
                before.ranges() + group.ranges(),
                before.failed() + (group.hasFailed() ? 1 : 0),
                before.waitNanos() + waited,
                before.forceNanos() + took);
    }

    synchronized ForceCounters counters() {
        return counters;
    }

    /**
     * Waits until the queue has the number of requests of the last group. The wait takes at most a
     * quarter of the last force. Returns the time of the wait in nanoseconds.
     */
    private long waitForMore() {
        ForceRequest seen = newest.get();
        if (seen == null || seen.position >= lastSize) {
            return 0;
        }
        long limit = Math.min(lastNanos / 4, longestWait());
        if (limit < LEAST_WAIT_NANOS) {
            return 0;
        }
        long start = Seam.nanoTime();
        long waited = 0;
        wanted = lastSize;
        waiting = Thread.currentThread();
        while (newest.get().position < wanted && waited < limit) {
            Seam.parkNanos(this, limit - waited);
            waited = Seam.nanoTime() - start;
        }
        waiting = null;
        return waited;
    }

    /** Returns the shortest bound among the movers of the requests. */
    private long longestWait() {
        long shortest = Long.MAX_VALUE;
        for (ForceRequest each = newest.get(); each != null; each = each.earlier) {
            shortest = Math.min(shortest, each.owner.durability().forceWaitNanos());
        }
        return shortest;
    }
}
