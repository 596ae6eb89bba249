package io.github.vdm4j.jvm;

import io.github.vdm4j.ExecutionPath;
import io.github.vdm4j.Operation;
import io.github.vdm4j.VdmResult;
import io.github.vdm4j.machine.PageFaults;
import io.github.vdm4j.machine.PageUnavailableException;
import io.github.vdm4j.memory.MemoryRegions;
import java.lang.foreign.MemorySegment;
import java.util.stream.Stream;

/** The results and texts of exceptions that the JVM throws while it moves bytes. */
public final class JvmFailures {
    private JvmFailures() {}

    /**
     * Returns the result of an operation that threw.
     *
     * @param thrown the exception of the execution
     * @param operands the segments that it accessed; null for none
     * @return the result
     */
    public static VdmResult result(Throwable thrown, MemorySegment... operands) {
        if ((thrown instanceof WrongThreadException || thrown instanceof IllegalStateException)
                && anyUnusable(operands)) {
            return VdmResult.SEGMENT_UNUSABLE;
        }
        return PageFaults.isReportedBy(thrown) ? VdmResult.IO_ERROR : VdmResult.INTERNAL_ERROR;
    }

    /** A function of the user may throw the same exceptions for reasons of its own. */
    private static boolean anyUnusable(MemorySegment... operands) {
        for (MemorySegment operand : operands) {
            if (operand != null && (!operand.scope().isAlive()
                    || !operand.isAccessibleBy(Thread.currentThread()))) {
                return true;
            }
        }
        return false;
    }

    /**
     * Returns the reason in words, which follow "memcpy of 64 bytes " in the message.
     *
     * @param thrown what was thrown
     * @param operands the segments that the operation accessed; null for none
     * @return the reason
     */
    public static String reason(Throwable thrown, MemorySegment... operands) {
        return switch (result(thrown, operands)) {
            case SEGMENT_UNUSABLE ->
                "failed: a segment cannot be used any more: " + thrown.getMessage();
            case IO_ERROR -> "failed: "
                    + new PageUnavailableException((InternalError) thrown,
                            Stream.of(operands)
                                    .filter(MemoryRegions::mayLackPages)
                                    .toArray(MemorySegment[]::new))
                            .getMessage();
            default -> "failed: " + thrown;
        };
    }

    /**
     * Writes the completion record of an operation that failed in the JVM.
     *
     * @param operation the operation
     * @param thrown what was thrown while it was executed
     * @param bytesDone how many bytes are done for certain
     */
    public static void record(Operation<?> operation, Throwable thrown, long bytesDone) {
        MemorySegment[] operands =
                {operation.source(), operation.destination(), operation.second()};
        operation.fail(ExecutionPath.JVM, result(thrown, operands), null,
                reason(thrown, operands), thrown, bytesDone);
    }

    /**
     * Makes the JVM throw now if an operation met a missing page of a mapped file.
     *
     * @param operation the operation
     * @throws InternalError if a page was not there
     */
    public static void deliver(Operation<?> operation) {
        if (MemoryRegions.mayLackPages(operation.destination())
                || MemoryRegions.mayLackPages(operation.source())
                || MemoryRegions.mayLackPages(operation.second())) {
            PageFaults.deliver();
        }
    }
}
