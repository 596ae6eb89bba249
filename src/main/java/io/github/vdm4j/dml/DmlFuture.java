package io.github.vdm4j.dml;

import io.github.vdm4j.ExecutionPath;
import io.github.vdm4j.VdmFuture;
import io.github.vdm4j.VdmResult;
import io.github.vdm4j.VdmStatus;
import io.github.vdm4j.dml.internal.Transfer;
import io.github.vdm4j.future.FutureProperty;
import io.github.vdm4j.future.FutureState;
import io.github.vdm4j.future.Notifier;
import java.lang.foreign.MemorySegment;

/** An operation of a {@link DmlDataMover}. Has a job from its first poll to its completion. */
final class DmlFuture extends VdmFuture {
    private final DmlEngine engine;

    /** Null while idle and when complete. */
    private Transfer transfer;

    DmlFuture(DmlEngine engine) {
        this.engine = engine;
    }

    @Override
    protected FutureState advance(Notifier notifier) {
        notifier.useNone();
        return transfer == null ? engine.start(this) : engine.proceed(this, transfer);
    }

    @Override
    public boolean hasProperty(FutureProperty property) {
        return property == FutureProperty.ASYNC && engine.hardware();
    }

    /** Goes on with the operation if it is in flight. */
    void finish() {
        pollIfRunning();
    }

    void hold(Transfer taken) {
        transfer = taken;
    }

    MemorySegment from() {
        return source();
    }

    boolean durable() {
        return isDurable();
    }

    byte fill() {
        return fillByte();
    }

    FutureState succeeded(ExecutionPath path) {
        return succeed(path);
    }

    FutureState notWrittenBack(ExecutionPath path, Exception cause) {
        return failWriteBack(path, cause);
    }

    FutureState failed(
            ExecutionPath path, VdmResult how, VdmStatus status, String reason, Throwable cause) {
        return fail(path, how, status, reason, cause);
    }
}
