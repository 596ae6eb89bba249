package io.github.vdm4j.jvm;

import io.github.vdm4j.ExecutionPath;
import io.github.vdm4j.Operation;
import io.github.vdm4j.VdmResult;
import io.github.vdm4j.machine.Message;
import io.github.vdm4j.machine.PageFaults;
import io.github.vdm4j.machine.PageUnavailableException;
import io.github.vdm4j.memory.MemoryRegions;
import java.lang.foreign.MemorySegment;
import java.util.stream.Stream;

/** The translation of exceptions that the JVM throws while it moves bytes. */
public final class JvmFailures {
    private JvmFailures() {}

    private static VdmResult result(Throwable thrown, MemorySegment[] operands) {
        if ((thrown instanceof WrongThreadException || thrown instanceof IllegalStateException)
                && anyUnusable(operands)) {
            return VdmResult.SEGMENT_UNUSABLE;
        }
        if (thrown instanceof OutOfMemoryError) {
            return VdmResult.OUT_OF_MEMORY;
        }
        return PageFaults.isReportedBy(thrown) ? VdmResult.IO_ERROR : VdmResult.INTERNAL_ERROR;
    }

    /** The type of the exception is not sufficient, because a user's function may throw it, too. */
    private static boolean anyUnusable(MemorySegment[] operands) {
        for (MemorySegment operand : operands) {
            if (operand != null && (!operand.scope().isAlive()
                    || !operand.isAccessibleBy(Thread.currentThread()))) {
                return true;
            }
        }
        return false;
    }

    /** Returns text that follows "memcpy of 64 bytes ". */
    private static String reason(VdmResult how, Throwable thrown, long bytesDone,
            MemorySegment[] operands) {
        String failed =
                bytesDone == 0 ? "failed: " : Message.of("failed after %,d bytes: ", bytesDone);
        return failed + switch (how) {
            case SEGMENT_UNUSABLE -> "a segment can no longer be used: " + thrown.getMessage();
            case IO_ERROR -> new PageUnavailableException((InternalError) thrown,
                    Stream.of(operands)
                            .filter(MemoryRegions::mayLackPages)
                            .toArray(MemorySegment[]::new))
                    .getMessage();
            default -> thrown.toString();
        };
    }

    /** Fails an operation after some bytes. Throws nothing, even if the heap is full. */
    public static void record(Operation<?> operation, Throwable thrown, long bytesDone) {
        try {
            MemorySegment[] operands =
                    {operation.source(), operation.destination(), operation.second()};
            VdmResult how = result(thrown, operands);
            operation.fail(ExecutionPath.JVM, how, null,
                    reason(how, thrown, bytesDone, operands), thrown, bytesDone);
        } catch (Throwable e) {
            operation.failWith(e);
        }
    }

    /** Makes the JVM throw its pending exception for a missing page of a mapped file. */
    public static void deliver(Operation<?> operation) {
        if (MemoryRegions.mayLackPages(operation)) {
            PageFaults.deliver();
        }
    }
}
