package io.github.vdm4j.benchmarks.durable;

import java.lang.foreign.MemorySegment;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/** A hand-written group commit with the JDK's {@code force()}. */
final class GroupCommit implements Appender {
    private final MemorySegment log;
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition done = lock.newCondition();
    private long written;
    private long durable;
    private boolean forcing;

    GroupCommit(MemorySegment log) {
        this.log = log;
    }

    @Override
    public void append(MemorySegment record) throws InterruptedException {
        lock.lock();
        try {
            long at = written;
            MemorySegment.copy(record, 0, log, at % log.byteSize(), record.byteSize());
            written += record.byteSize();
            while (durable <= at) {
                if (forcing) {
                    done.await();
                    continue;
                }
                forcing = true;
                long from = durable;
                long to = written;
                lock.unlock();
                try {
                    force(from % log.byteSize(), to - from);
                } finally {
                    lock.lock();
                    forcing = false;
                    done.signalAll();
                }
                durable = to;
            }
        } finally {
            lock.unlock();
        }
    }

    private void force(long from, long length) {
        long first = Math.min(length, log.byteSize() - from);
        log.asSlice(from, first).force();
        if (first < length) {
            log.asSlice(0, length - first).force();
        }
    }
}
