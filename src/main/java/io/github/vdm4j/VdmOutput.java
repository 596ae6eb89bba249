package io.github.vdm4j;

import java.lang.foreign.MemorySegment;

/**
 * The output of an operation.
 *
 * <p>C counterpart: {@code struct vdm_operation_output}.
 *
 * @param type the type of the operation
 * @param result the result of the operation
 * @param destination the segment that the operation has written or flushed
 * @param path the path that executed the operation
 */
public record VdmOutput(
        VdmOperationType type, VdmResult result, MemorySegment destination, ExecutionPath path) {}
