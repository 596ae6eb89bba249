package io.github.vdm4j.dml;

import io.github.vdm4j.ExecutionPath;
import io.github.vdm4j.VdmResult;
import io.github.vdm4j.VdmStatus;
import io.github.vdm4j.dml.internal.Program;
import io.github.vdm4j.durability.Durability;
import io.github.vdm4j.durability.WriteBackKind;
import io.github.vdm4j.future.FutureState;
import java.io.IOException;

/** What a {@link DmlEngine} asks of the futures of its mover, whatever they execute. */
interface EngineFuture {

    /** Keeps what is in flight until the next poll; null for nothing. */
    void hold(Program program);

    /** Goes on with the operation if it is in flight. */
    void finish();

    /** Tells whether the operation has been started and is not complete. */
    boolean isRunning();

    /** Tells whether a thread may access all segments. */
    boolean isAccessibleBy(Thread thread);

    /** The bytes of the longest segment. */
    long byteSize();

    /** Takes note of an exception that is nobody's fault but this library's. */
    void broken(Throwable cause);

    /** Makes durable what the operation wrote. */
    void writeBack(Durability durability, WriteBackKind kind) throws IOException;

    FutureState succeeded(ExecutionPath path);

    FutureState notWrittenBack(ExecutionPath path, Exception cause);

    FutureState failed(ExecutionPath path, VdmResult how, VdmStatus status, String reason,
            Throwable cause);
}
