package io.github.vdm4j;

import java.lang.foreign.MemorySegment;

/**
 * The output of an operation.
 *
 * <p>C counterpart: {@code struct vdm_operation_output}.
 *
 * @param type the operation that the caller asked for
 * @param result how it ended
 * @param destination the segment that the caller passed, which was written or flushed
 * @param path what executed it
 */
public record VdmOutput(
        VdmOperationType type, VdmResult result, MemorySegment destination, ExecutionPath path) {}
