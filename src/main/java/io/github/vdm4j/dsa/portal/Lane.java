package io.github.vdm4j.dsa.portal;

import java.lang.foreign.ValueLayout;
import java.lang.foreign.ValueLayout.OfLong;

/** A descriptor of a slot and its queue. A slot has several lanes for a long operation. */
final class Lane {
    private static final OfLong LONG = ValueLayout.JAVA_LONG;

    final SlotMemory memory;
    final CompletionRecord record;
    /** The queue of the last submission. */
    QueueState queue;
    boolean inFlight;
    long bytes;
    /** The status of the last descriptor that the device has executed. */
    int status;

    Lane(SlotMemory memory) {
        this.memory = memory;
        record = memory.record();
    }

    /** Clears the status of a lane that is not submitted yet. */
    void rest(long size) {
        bytes = size;
        status = DsaStatus.NONE;
    }

    /** Submits the descriptor with a new first word. Returns 0, or the negative error number. */
    int submit(QueueState next, long head) {
        memory.descriptor().set(LONG, 0, head);
        record.clear();
        int error = next.submit(memory);
        if (error == 0) {
            queue = next;
            inFlight = true;
        }
        return error;
    }

    void poll() {
        int seen = record.status();
        if (seen != DsaStatus.NONE) {
            status = seen & DsaStatus.MASK;
            inFlight = false;
            queue.completed(memory, status, bytes);
        }
    }

    /** Records that the device has not answered in time. */
    void timedOut() {
        if (inFlight) {
            queue.timedOut();
        }
    }
}
