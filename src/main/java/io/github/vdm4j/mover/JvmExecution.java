package io.github.vdm4j.mover;

import io.github.vdm4j.ExecutionPath;
import io.github.vdm4j.VdmOperationType;
import io.github.vdm4j.VdmResult;
import io.github.vdm4j.durability.Durability;
import io.github.vdm4j.durability.Durability.Refusal;
import io.github.vdm4j.durability.WriteBackKind;
import io.github.vdm4j.execution.JvmFailures;
import io.github.vdm4j.execution.TaskSequence;
import io.github.vdm4j.kernel.JvmOperations;
import io.github.vdm4j.operation.CompletionRecord;
import io.github.vdm4j.operation.Descriptor;
import io.github.vdm4j.platform.PageUnavailableException;
import java.io.IOException;
import java.lang.foreign.MemorySegment;

/** Executes descriptors on the calling thread, durably where that is asked for. */
final class JvmExecution implements TaskSequence.Execution {
    private final MoveFunctions functions;
    private final Durability durability;

    JvmExecution(MoveFunctions functions, Durability durability) {
        this.functions = functions;
        this.durability = durability;
    }

    /** Does the whole operation. */
    @Override
    public void execute(Descriptor descriptor, CompletionRecord completion) {
        try {
            run(descriptor, completion);
        } catch (Throwable e) {
            JvmFailures.note(descriptor, completion, e);
        }
    }

    private void run(Descriptor descriptor, CompletionRecord completion) {
        MemorySegment first = descriptor.destination();
        MemorySegment second = descriptor.secondDestination();
        boolean durable = descriptor.isDurable() && first.byteSize() > 0;
        WriteBackKind firstKind = durable ? durability.kindOf(first) : null;
        WriteBackKind secondKind = durable && second != null ? durability.kindOf(second) : null;
        if (refused(first, firstKind, completion) || refused(second, secondKind, completion)) {
            return;
        }
        move(descriptor, completion);
        JvmFailures.deliver(descriptor);
        if (completion.result() == VdmResult.SUCCESS && durable) {
            writeBack(descriptor, completion, firstKind, secondKind);
        } else if (nothingToDo(descriptor)) {
            completion.succeed(ExecutionPath.NONE, completion.value(), completion.outcome());
        }
    }

    private boolean refused(MemorySegment destination, WriteBackKind kind,
            CompletionRecord completion) {
        Refusal refusal = kind == null ? null : durability.refusal(destination, kind, false);
        if (refusal == null) {
            return false;
        }
        completion.fail(ExecutionPath.NONE, refusal.result(), null, refusal.reason(), null);
        return true;
    }

    /** An operation on nothing is not executed by anything, but has a result. */
    private static boolean nothingToDo(Descriptor descriptor) {
        MemorySegment destination = descriptor.destination();
        return descriptor.byteSize() == 0
                && descriptor.type() != VdmOperationType.NOP
                && descriptor.type() != VdmOperationType.DRAIN
                && (destination == null || destination.byteSize() == 0
                        || descriptor.secondSource() != null);
    }

    private void move(Descriptor descriptor, CompletionRecord completion) {
        MemorySegment to = descriptor.destination();
        if (to == null || to.byteSize() == 0) {
            JvmOperations.execute(descriptor, completion);
            return;
        }
        switch (descriptor.type()) {
            case MEMCPY -> functions.memcpy().copy(to, descriptor.source(), descriptor.flags());
            case MEMMOVE -> functions.memmove().copy(to, descriptor.source(), descriptor.flags());
            case MEMSET ->
                functions.memset().fill(to, (byte) descriptor.pattern(), descriptor.flags());
            default -> {
                JvmOperations.execute(descriptor, completion);
                return;
            }
        }
        completion.succeed(ExecutionPath.JVM);
    }

    private void writeBack(
            Descriptor descriptor,
            CompletionRecord completion,
            WriteBackKind firstKind,
            WriteBackKind secondKind) {
        boolean byLibrary = firstKind == WriteBackKind.CACHE_LINES && durability.lines() != null;
        boolean flush = descriptor.type() == VdmOperationType.FLUSH;
        ExecutionPath path = flush && byLibrary ? ExecutionPath.LIBPMEM : ExecutionPath.JVM;
        try {
            durability.writeBack(descriptor.destination(), firstKind);
            if (secondKind != null) {
                durability.writeBack(descriptor.secondDestination(), secondKind);
            }
            completion.succeed(path, completion.value(), completion.outcome());
        } catch (IOException | PageUnavailableException e) {
            completion.failWriteBack(path, e);
        }
    }
}
