package io.github.vdm4j.dml;

import io.github.vdm4j.ExecutionPath;
import io.github.vdm4j.VdmResult;
import io.github.vdm4j.VdmStatus;
import io.github.vdm4j.dml.internal.Program;
import io.github.vdm4j.durability.Durability;
import io.github.vdm4j.durability.WriteBackKind;
import io.github.vdm4j.future.FutureProperty;
import io.github.vdm4j.future.FutureState;
import io.github.vdm4j.future.Notifier;
import io.github.vdm4j.operation.DataFuture;
import java.io.IOException;

/** A data operation of a {@link DmlDataMover}. Has a job from its first poll to its completion. */
final class DmlDataFuture<R> extends DataFuture<R> implements EngineFuture {
    private final DmlOperations operations;

    /** Null while idle and when complete. */
    private Program program;

    DmlDataFuture(DmlOperations operations) {
        this.operations = operations;
    }

    @Override
    protected FutureState advance(Notifier notifier) {
        notifier.useNone();
        return program == null ? operations.start(this, descriptor()) : operations.engine().proceed(this, program);
    }

    @Override
    public boolean hasProperty(FutureProperty property) {
        return property == FutureProperty.ASYNC && operations.engine().hardware();
    }

    @Override
    public void finish() {
        pollIfRunning();
    }

    @Override
    public void hold(Program taken) {
        program = taken;
    }

    @Override
    public void writeBack(Durability durability, WriteBackKind kind) throws IOException {
        durability.writeBack(descriptor().destination(), kind);
    }

    @Override
    public FutureState succeeded(ExecutionPath path) {
        completion().succeed(path);
        return completed();
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
