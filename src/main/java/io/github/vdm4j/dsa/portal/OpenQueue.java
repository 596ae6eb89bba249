package io.github.vdm4j.dsa.portal;

import io.github.vdm4j.machine.LibraryThread;
import java.io.IOException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * A work queue that this process has open. The process opens each queue once, and movers share it.
 * The last mover that releases it closes it.
 *
 * <p>A full dedicated queue drops a descriptor and reports success. Therefore the process counts
 * credits: as many descriptors as the queue has entries.
 */
public final class OpenQueue {
    /** Guarded by itself. */
    private static final Map<Path, OpenQueue> OPEN = new HashMap<>();

    private final Path node;
    private final Portal portal;
    private final int size;
    /** Null for a shared queue, which tells when it is full. */
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
     * Opens a queue, unless this process has it open already.
     *
     * @param node the device file
     * @param size the entries of a dedicated queue; 0 for a shared queue
     * @param opener opens the file
     * @return the queue, to be {@linkplain #release released}
     * @throws IOException with the system's words if the file cannot be opened
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
     * Releases the queue. The last user closes the file, which waits for the device.
     *
     * @return false if the device has not executed everything by then; a thread of the library
     *     closes the file when it has
     */
    public boolean release(long nanos) {
        synchronized (OPEN) {
            if (--users > 0) {
                return true;
            }
            OPEN.remove(node, this);
        }
        var closed = new CountDownLatch(1);
        new LibraryThread("vdm4j closing " + node, () -> {
            portal.close(); // cannot be interrupted, so the caller does not do it
            closed.countDown();
        }).start();
        boolean interrupted = Thread.interrupted();
        try {
            return closed.await(nanos, TimeUnit.NANOSECONDS);
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
     * Opens the file again on another thread, because a file that was open when its queue was
     * disabled stays unusable. Does nothing while the file is being opened again. If the file cannot
     * be opened, submissions fail like before.
     */
    public void reopen() {
        if (reopening.compareAndSet(false, true)) {
            new LibraryThread("vdm4j opening " + node, () -> {
                try {
                    portal.reopen();
                    if (credits != null) {
                        credits = new AtomicInteger(size); // what was in the queue is gone
                    }
                } catch (IOException e) {
                    // The next submission tells why the queue is not usable.
                } finally {
                    reopening.set(false);
                }
            }).start();
        }
    }

    /** Returns whether the file is being opened again. */
    public boolean isReopening() {
        return reopening.get();
    }

    /**
     * Submits one descriptor.
     *
     * @return 0 if the queue accepted the descriptor, else the negative error number
     */
    public int submit(SlotMemory memory) {
        AtomicInteger source = credits;
        if (source == null) {
            return portal.submit(memory);
        }
        int left = source.get();
        while (left > 0 && !source.compareAndSet(left, left - 1)) {
            left = source.get();
        }
        if (left == 0) {
            return DsaStatus.EAGAIN;
        }
        memory.credits(source);
        int error = portal.submit(memory);
        if (error != 0) {
            memory.returnCredit();
        }
        return error;
    }

    /** Takes note that a device has executed a descriptor. */
    public void completed(SlotMemory memory) {
        memory.returnCredit();
    }
}
