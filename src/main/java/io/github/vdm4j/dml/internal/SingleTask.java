package io.github.vdm4j.dml.internal;

import io.github.vdm4j.ExecutionPath;
import io.github.vdm4j.VdmOperationType;
import io.github.vdm4j.VdmResult;
import io.github.vdm4j.durability.Durability;
import io.github.vdm4j.durability.WriteBackKind;
import io.github.vdm4j.kernel.JvmOperations;
import io.github.vdm4j.operation.BatchTask;
import io.github.vdm4j.operation.Descriptor;
import io.github.vdm4j.platform.PageUnavailableException;
import io.github.vdm4j.platform.SegmentClosedException;
import java.io.IOException;
import java.lang.foreign.MemorySegment;

/**
 * A task of a batch that goes its own way: a copy, a fill with a byte or a flush as it would go outside of a batch,
 * any other operation on the calling thread, as its job alone can do it no better.
 */
final class SingleTask {
    private final Job job;
    private Durability durability;
    private BatchTask task;

    /** What goes through the job now; null for nothing. */
    private Transfer program;

    /** What is to be made durable after the operation, last first. */
    private final MemorySegment[] toFlush = new MemorySegment[2];

    private int flushes;

    SingleTask(Job job) {
        this.job = job;
    }

    void durability(Durability engines) {
        durability = engines;
    }

    void clear() {
        task = null;
        program = null;
        flushes = 0;
        toFlush[0] = null;
        toFlush[1] = null;
    }

    /** Takes on a task, which is not empty. */
    void begin(BatchTask next) {
        task = next;
        program = null;
        flushes = 0;
        Descriptor descriptor = next.descriptor();
        MemorySegment destination = descriptor.destination();
        WriteBackKind kind = descriptor.isDurable() ? durability.kindOf(destination) : null;
        switch (descriptor.type()) {
            case MEMCPY, MEMMOVE, MEMSET -> {
                if (kind != WriteBackKind.IMPOSSIBLE_IN_MEMORY) {
                    program = transfer(descriptor.type(), destination, descriptor, kind);
                }
            }
            default -> {}
        }
    }

    private Transfer transfer(
            VdmOperationType type, MemorySegment destination, Descriptor descriptor, WriteBackKind kind) {
        return job.transfer()
                .begin(
                        type,
                        destination,
                        type == VdmOperationType.FLUSH ? null : descriptor.source(),
                        (byte) descriptor.pattern(),
                        descriptor.flags(),
                        destination.byteSize(),
                        kind,
                        durability.lines() == null);
    }

    /** Tells whether the next step is a submission, not {@link #execute}. */
    boolean needsJob() {
        return program != null;
    }

    /** Does what needs no job. The task is over then, unless it {@link #needsJob} now. */
    void execute() {
        Descriptor descriptor = task.descriptor();
        if (descriptor.isDurable() && !wantsOnlyWhatCanBe(descriptor)) {
            return;
        }
        if (descriptor.type() == VdmOperationType.FLUSH) {
            task.completion().succeed(ExecutionPath.NONE);
        } else {
            bringIn(descriptor);
            try {
                JvmOperations.execute(descriptor, task.completion());
            } catch (InternalError e) {
                failed(VdmResult.IO_ERROR, "failed: a page of a mapped file is not there: " + e.getMessage(), e);
            } catch (WrongThreadException e) {
                throw e;
            } catch (IllegalStateException e) {
                throw new SegmentClosedException(e);
            }
        }
        if (descriptor.isDurable() && task.completion().result() == VdmResult.SUCCESS) {
            if (descriptor.secondDestination() != null) {
                toFlush[flushes++] = descriptor.secondDestination();
            }
            toFlush[flushes++] = descriptor.destination();
            flush();
        }
    }

    private boolean wantsOnlyWhatCanBe(Descriptor descriptor) {
        return canBe(descriptor.destination())
                && (descriptor.secondDestination() == null || canBe(descriptor.secondDestination()));
    }

    private boolean canBe(MemorySegment destination) {
        if (durability.kindOf(destination) != WriteBackKind.IMPOSSIBLE_IN_MEMORY) {
            return true;
        }
        failed(
                VdmResult.UNSUPPORTED,
                "cannot be made durable: " + durability.whyNot(destination, WriteBackKind.IMPOSSIBLE_IN_MEMORY),
                null);
        return false;
    }

    private static void bringIn(Descriptor descriptor) {
        bringIn(descriptor.source(), false);
        bringIn(descriptor.secondSource(), false);
        bringIn(descriptor.destination(), true);
        bringIn(descriptor.secondDestination(), true);
    }

    private static void bringIn(MemorySegment segment, boolean write) {
        if (segment != null && segment.isMapped()) {
            Program.bringIn(segment, 0, segment.byteSize(), write);
        }
    }

    /** Makes durable what is left to be, itself or through the job. */
    private void flush() {
        while (flushes > 0) {
            MemorySegment range = toFlush[--flushes];
            WriteBackKind kind = durability.kindOf(range);
            if (kind == WriteBackKind.CACHE_LINES && (job.onHardware() || durability.lines() == null)) {
                program = transfer(VdmOperationType.FLUSH, range, task.descriptor(), kind);
                return;
            }
            if (!writeBack(range, kind)) {
                return;
            }
            if (task.completion().path() == ExecutionPath.NONE) {
                task.completion()
                        .succeed(kind == WriteBackKind.CACHE_LINES ? ExecutionPath.LIBPMEM : ExecutionPath.JVM);
            }
        }
    }

    private boolean writeBack(MemorySegment range, WriteBackKind kind) {
        try {
            durability.writeBack(range, kind);
            return true;
        } catch (WrongThreadException e) {
            throw e;
        } catch (IOException | PageUnavailableException e) {
            failed(
                    VdmResult.IO_ERROR,
                    "failed: the bytes are in memory but could not be written back: " + e.getMessage(),
                    e);
        } catch (IllegalStateException e) {
            failed(
                    VdmResult.SEGMENT_UNUSABLE,
                    "failed: the arena of the destination was closed before it was written back",
                    e);
        }
        return false;
    }

    int submit() {
        return program.submit();
    }

    boolean isGood(int status) {
        return program.isGood(status);
    }

    boolean isRepeatable() {
        return program.isRepeatable();
    }

    void bringInPart() {
        program.bringInPart();
    }

    /**
     * Takes note of the end of a submission.
     *
     * @return true if the task is over
     */
    boolean next(int status) {
        program.next(status);
        if (!program.isDone()) {
            return false;
        }
        ExecutionPath path = program.bySoftware() ? ExecutionPath.DML_SOFTWARE : ExecutionPath.DSA_HARDWARE;
        WriteBackKind remaining = program.remainingWriteBack();
        program = null;
        if (remaining != null && !writeBack(task.descriptor().destination(), remaining)) {
            return true;
        }
        if (task.completion().result() == VdmResult.NOT_RUN || task.completion().path() == ExecutionPath.NONE) {
            task.completion().succeed(path);
        }
        flush();
        return program == null;
    }

    void failed(RuntimeException cause) {
        boolean closed = cause instanceof SegmentClosedException;
        failed(
                closed ? VdmResult.SEGMENT_UNUSABLE : VdmResult.IO_ERROR,
                "failed: " + cause.getMessage(),
                closed ? cause.getCause() : cause);
    }

    private void failed(VdmResult how, String reason, Throwable cause) {
        task.completion().fail(ExecutionPath.NONE, how, null, reason, cause);
    }
}
