package io.github.vdm4j.dml;

import io.github.vdm4j.ExecutionPath;
import io.github.vdm4j.OperationTally;
import io.github.vdm4j.VdmOperationType;
import io.github.vdm4j.VdmResult;
import io.github.vdm4j.VdmStatus;
import io.github.vdm4j.dml.internal.DataProgram;
import io.github.vdm4j.dml.internal.DrainWatch;
import io.github.vdm4j.dml.internal.Program;
import io.github.vdm4j.durability.Durability;
import io.github.vdm4j.durability.WriteBackKind;
import io.github.vdm4j.execution.Pins;
import io.github.vdm4j.future.FutureProperty;
import io.github.vdm4j.future.FutureState;
import io.github.vdm4j.future.Notifier;
import io.github.vdm4j.operation.DataFuture;
import io.github.vdm4j.operation.Descriptor;
import java.io.IOException;
import java.lang.foreign.MemorySegment;

/** A data operation of a {@link DmlDataMover}. Has a job from its first poll to its completion. */
final class DmlDataFuture<R> extends DataFuture<R> implements EngineFuture {
    private final DmlOperations operations;

    /** Null while idle and when complete. */
    private DataProgram program;

    /** For a drain, and kept for the next. */
    private DrainWatch watch;

    /** For what the JVM executes on buffers, and kept likewise. */
    private Pins pins;

    DmlDataFuture(DmlOperations operations) {
        this.operations = operations;
    }

    @Override
    protected FutureState advance(Notifier notifier) {
        notifier.useNone();
        FutureState reached = program == null ? start() : operations.engine().resume(this, program);
        return reached == FutureState.RUNNING
                ? operations.engine().promise(this, program, notifier)
                : reached;
    }

    @Override
    protected boolean canAdvance() {
        return DmlEngine.canAdvance(program);
    }

    private FutureState start() {
        if (type() != VdmOperationType.DRAIN) {
            return operations.start(this, descriptor(), completion());
        }
        if (watch == null) {
            watch = operations.newWatch();
        }
        return operations.drain(this, watch, descriptor(), completion());
    }

    @Override
    protected OperationTally tally() {
        return operations.engine().tally();
    }

    @Override
    protected String moverName() {
        return DmlEngine.NAME;
    }

    @Override
    public boolean hasProperty(FutureProperty property) {
        return property == FutureProperty.ASYNC && operations.engine().isAsync(this);
    }

    @Override
    public void finish() {
        pollIfRunning();
    }

    @Override
    public boolean isRunning() {
        return state() == FutureState.RUNNING;
    }

    @Override
    public boolean isAccessibleBy(Thread thread) {
        return isAccessible(descriptor(), thread);
    }

    static boolean isAccessible(Descriptor descriptor, Thread thread) {
        return isAccessible(descriptor.destination(), thread)
                && isAccessible(descriptor.source(), thread)
                && isAccessible(descriptor.secondDestination(), thread)
                && isAccessible(descriptor.secondSource(), thread);
    }

    private static boolean isAccessible(MemorySegment segment, Thread thread) {
        return segment == null || segment.isAccessibleBy(thread);
    }

    @Override
    public void broken(Throwable cause) {
        completeWith(cause);
    }

    @Override
    public void hold(Program taken) {
        program = (DataProgram) taken;
    }

    @Override
    public void writeBack(Durability durability, WriteBackKind kind) throws IOException {
        WriteBackKind first = program.remainingOfDestination();
        if (first != null) {
            durability.writeBack(descriptor().destination(), first);
        }
        WriteBackKind second = program.remainingOfSecondDestination();
        if (second != null) {
            durability.writeBack(descriptor().secondDestination(), second);
        }
    }

    /** The operation is done, and its program has the result. */
    @Override
    public FutureState succeeded(ExecutionPath path) {
        completion().succeed(path, program.value(), program.outcome());
        return completed();
    }

    /** The operation is done and the completion record has the result, but nothing was executed. */
    FutureState done() {
        completion().succeed(ExecutionPath.NONE, completion().value(), completion().outcome());
        return completed();
    }

    /** The completion record has how the operation ended. */
    FutureState executed() {
        return completed();
    }

    Pins pins() {
        if (pins == null) {
            pins = new Pins();
        }
        return pins;
    }

    @Override
    public FutureState notWrittenBack(ExecutionPath path, Exception cause) {
        return failWriteBack(path, cause);
    }

    @Override
    public FutureState failed(
            ExecutionPath path, VdmResult how, VdmStatus status, String reason, Throwable cause) {
        return fail(path, how, status, reason, cause);
    }
}
