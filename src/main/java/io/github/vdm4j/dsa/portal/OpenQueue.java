package io.github.vdm4j.dsa.portal;

import io.github.vdm4j.engine.channel.Descriptor;
import io.github.vdm4j.engine.channel.Opcode;
import io.github.vdm4j.machine.LibraryThread;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;

/**
 * A work queue that this process has open. The process opens each queue once, and movers share it.
 * The last mover that releases it closes it.
 *
 * <p>A full dedicated queue drops a descriptor and reports success. Therefore the process counts
 * credits. The queue has one credit for each entry.
 */
public final class OpenQueue {
    /** Guarded by itself. */
    private static final Map<Path, OpenQueue> OPEN = new HashMap<>();

    /** Memory that a device may still write to. Nothing frees it. */
    private static final Set<Submission> UNANSWERED = ConcurrentHashMap.newKeySet();

    private static final long PAUSE_NANOS = 20_000;

    private final Path node;
    private final Portal portal;
    private final int size;
    /** Null for a shared queue, because a full shared queue refuses a descriptor. */
    private volatile AtomicInteger credits;
    private final AtomicBoolean reopening = new AtomicBoolean();
    /** Guarded by {@link #OPEN}. */
    private int users;

    private OpenQueue(Path node, int size, Portal.Opener opener) throws IOException {
        this.node = node;
        this.size = size;
        credits = size > 0 ? new AtomicInteger(size) : null;
        portal = opener.open(node);
    }

    /**
     * Opens a queue, or returns the queue that this process already has open. The caller
     * {@linkplain #release releases} it.
     *
     * @param size the number of entries of a dedicated queue, or 0 for a shared queue
     * @throws IOException with the system's message if the file cannot be opened
     */
    public static OpenQueue acquire(Path node, int size, Portal.Opener opener)
            throws IOException {
        Path key = node.toAbsolutePath().normalize();
        synchronized (OPEN) {
            OpenQueue queue = OPEN.get(key);
            if (queue == null) {
                queue = new OpenQueue(key, size, opener);
                OPEN.put(key, queue);
            }
            queue.users++;
            return queue;
        }
    }

    /**
     * Releases the queue. The last user closes the file. Closing waits for the device.
     *
     * @return false if the device still executes descriptors after this time. A thread of the
     *     library then closes the file later
     */
    public boolean release(long nanos) {
        synchronized (OPEN) {
            if (--users > 0) {
                return true;
            }
            OPEN.remove(node, this);
        }
        Duration limit;
        Thread closing;
        try {
            limit = Duration.ofNanos(nanos);
            // Another thread closes the file, because an interrupt cannot end close(2).
            closing = new LibraryThread("vdm4j closing " + node, portal::close);
            closing.start();
        } catch (OutOfMemoryError e) { // The heap is full, or the system has no thread.
            portal.close();
            return true;
        }
        boolean interrupted = Thread.interrupted();
        try {
            return closing.join(limit);
        } catch (InterruptedException e) {
            interrupted = true;
            return false;
        } finally {
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }

    /**
     * Starts to open the file again on another thread. This is necessary because an open file stays
     * unusable after its queue was disabled. The call does nothing if another thread already opens
     * the file. If the file cannot be opened, submissions continue to fail.
     */
    void reopen() {
        if (reopening.compareAndSet(false, true)) {
            try {
                new LibraryThread("vdm4j opening " + node, this::openAgain).start();
            } catch (OutOfMemoryError e) { // The heap is full, or the system has no thread.
                reopening.set(false);
            }
        }
    }

    private void openAgain() {
        try {
            portal.reopen();
            if (credits != null) {
                credits = new AtomicInteger(size); // the queue is empty now
            }
        } catch (IOException e) {
            // The next submission reports why the queue is not usable.
        } finally {
            reopening.set(false);
        }
    }

    boolean isReopening() {
        return reopening.get();
    }

    /** Submits one descriptor. Returns 0 if the queue accepted it, or the negative error number. */
    int submit(Submission submission) {
        AtomicInteger source = credits;
        if (source == null) {
            return portal.submit(submission);
        }
        int left = source.get();
        while (left > 0 && !source.compareAndSet(left, left - 1)) {
            left = source.get();
        }
        if (left == 0) {
            return DsaStatus.EAGAIN;
        }
        submission.credits(source);
        int error = portal.submit(submission);
        if (error != 0) {
            submission.returnCredit();
        }
        return error;
    }

    /** Submits a no-op. Returns the status, or {@code NONE} if the device did not answer. */
    public DsaStatus probe(long nanos) {
        var submission =
                new Submission(Arena.ofAuto().allocate(Submission.BYTES, Descriptor.BYTES));
        Descriptor.put(submission.descriptor(), 0, Descriptor.head(Opcode.NOP, 0), 0, 0, 0, 0, 0,
                0);
        submission.clearRecord();
        long start = System.nanoTime();
        int error = submit(submission);
        while (error == DsaStatus.EAGAIN && System.nanoTime() - start < nanos) {
            LockSupport.parkNanos(PAUSE_NANOS);
            error = submit(submission);
        }
        if (error != 0) {
            return DsaStatus.of(error);
        }
        int status = submission.recordedStatus();
        while (status == DsaStatus.NONE && System.nanoTime() - start < nanos) {
            LockSupport.parkNanos(PAUSE_NANOS);
            status = submission.recordedStatus();
        }
        if (status == DsaStatus.NONE) {
            UNANSWERED.add(submission);
        } else {
            submission.returnCredit();
        }
        return DsaStatus.of(status & DsaStatus.MASK);
    }
}
