package io.github.vdm4j.dml.internal;

import io.github.vdm4j.ExecutionPath;
import io.github.vdm4j.VdmOperationType;
import io.github.vdm4j.kernel.PatternKernel;
import io.github.vdm4j.operation.CompletionRecord;
import io.github.vdm4j.operation.DeltaResult;
import io.github.vdm4j.operation.Descriptor;

/** What the completion records of a batch say about tasks that ended well. */
final class TaskEnd {
    private static final long PATTERN = 8;

    private final BatchBuffer buffer;

    TaskEnd(BatchBuffer buffer) {
        this.buffer = buffer;
    }

    /**
     * Takes down what came of an operation, if it is done.
     *
     * @param place the task's place in the buffer
     * @param status the device's, as in {@link BatchBuffer}
     * @param descriptor the operation
     * @param completion where to write it
     * @param path what executed it
     * @return false if it is not done, or has failed
     */
    boolean take(int place, int status, Descriptor descriptor, CompletionRecord completion,
            ExecutionPath path) {
        if (status == BatchBuffer.SUCCESS) {
            succeeded(place, descriptor, completion, path);
            return true;
        }
        if (status == BatchBuffer.FALSE_PREDICATE
                && descriptor.type() == VdmOperationType.COMPARE_PATTERN) {
            completion.succeed(path, mismatch(descriptor, buffer.bytes(place)), 0);
            return true;
        }
        if (status == BatchBuffer.DIF_ERROR && descriptor.dif() != null) {
            completion.succeed(path, buffer.bytes(place), buffer.result(place));
            return true;
        }
        return false;
    }

    /** Takes down what came of an operation that is done. */
    void succeeded(int place, Descriptor descriptor, CompletionRecord completion,
            ExecutionPath path) {
        if (descriptor.type() == VdmOperationType.MEMCPY) { // what most are
            completion.succeed(used(descriptor, path));
            return;
        }
        switch (descriptor.type()) {
            case COMPARE, COMPARE_PATTERN ->
                completion.succeed(used(descriptor, path),
                        buffer.result(place) == 0 ? -1 : buffer.bytes(place), 0);
            case CRC, COPY_CRC ->
                completion.succeed(
                        used(descriptor, path),
                        descriptor.byteSize() == 0
                                ? Integer.toUnsignedLong(descriptor.crc().seed())
                                : buffer.value(place),
                        0);
            case DELTA_CREATE -> {
                int outcome = descriptor.byteSize() == 0
                        ? DeltaResult.Outcome.EQUAL.ordinal()
                        : buffer.result(place);
                boolean equal = outcome == DeltaResult.Outcome.EQUAL.ordinal();
                completion.succeed(used(descriptor, path), equal ? 0 : buffer.value(place),
                        outcome);
            }
            case DIF_CHECK, DIF_STRIP, DIF_UPDATE ->
                completion.succeed(used(descriptor, path), -1, 0);
            case NOP -> completion.succeed(path);
            default -> completion.succeed(used(descriptor, path));
        }
    }

    /** Of nothing but a nop in its place nothing was executed. */
    private static ExecutionPath used(Descriptor descriptor, ExecutionPath path) {
        return descriptor.byteSize() == 0 ? ExecutionPath.NONE : path;
    }

    /**
     * DML tells the first byte of the word that differs. No task behind has been run in the
     * meantime.
     */
    private static long mismatch(Descriptor descriptor, long told) {
        long word = told & -PATTERN;
        try {
            long found =
                    PatternKernel.mismatch(descriptor.source().asSlice(word), descriptor.pattern());
            return found < 0 ? told : word + found;
        } catch (IllegalStateException | WrongThreadException e) {
            return told; // the arena was closed since, or is another thread's
        }
    }
}
