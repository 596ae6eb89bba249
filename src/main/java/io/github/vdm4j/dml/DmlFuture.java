package io.github.vdm4j.dml;

import io.github.vdm4j.ExecutionPath;
import io.github.vdm4j.OperationTally;
import io.github.vdm4j.VdmFuture;
import io.github.vdm4j.VdmResult;
import io.github.vdm4j.VdmStatus;
import io.github.vdm4j.dml.internal.Job;
import io.github.vdm4j.dml.internal.JobPool;
import io.github.vdm4j.dml.internal.Program;
import io.github.vdm4j.durability.Durability;
import io.github.vdm4j.durability.WriteBackKind;
import io.github.vdm4j.future.FutureProperty;
import io.github.vdm4j.future.FutureState;
import io.github.vdm4j.future.Notifier;
import java.io.IOException;
import java.lang.foreign.MemorySegment;

/** An operation of a {@link DmlDataMover}. Has a job from its first poll to its completion. */
class DmlFuture extends VdmFuture implements EngineFuture {
    /**
     * Never changed, but not final: the barrier behind a constructor with final fields makes the
     * future dearer (docs/adr/0017).
     */
    private DmlMoves moves;

    /** Null while idle and when complete. */
    private Program program;

    DmlFuture(DmlMoves moves) {
        this.moves = moves;
    }

    @Override
    protected final FutureState advance(Notifier notifier) {
        notifier.useNone();
        FutureState reached =
                program == null ? moves.start(this) : moves.engine().resume(this, program);
        return reached == FutureState.RUNNING ? moves.engine().promise(this, program, notifier)
                : reached;
    }

    @Override
    protected boolean canAdvance() {
        return DmlEngine.canAdvance(program);
    }

    @Override
    protected OperationTally tally() {
        return moves.tally();
    }

    @Override
    protected String moverName() {
        return DmlEngine.NAME;
    }

    @Override
    public final boolean hasProperty(FutureProperty property) {
        return property == FutureProperty.ASYNC && moves.isAsync(this);
    }

    @Override
    public final void finish() {
        pollIfRunning();
    }

    @Override
    public boolean isRunning() {
        return state() == FutureState.RUNNING;
    }

    @Override
    public boolean isAccessibleBy(Thread thread) {
        return destination().isAccessibleBy(thread)
                && (source() == null || source().isAccessibleBy(thread));
    }

    @Override
    public void broken(Throwable cause) {
        completeWith(cause);
    }

    @Override
    public final void hold(Program taken) {
        program = taken;
    }

    @Override
    public final void writeBack(Durability durability, WriteBackKind kind) throws IOException {
        durability.writeBack(destination(), kind);
    }

    /** A job for an operation that is over when the submission returns; null if all are lent. */
    Job takeJob(JobPool pool) {
        return pool.take();
    }

    /** The operation is over, with nothing in flight. */
    void giveJob(JobPool pool, Job job) {
        pool.give(job);
    }

    /** Tells whether a job is the operation's own, and not the pool's. */
    boolean owns(Job job) {
        return false;
    }

    final MemorySegment from() {
        return source();
    }

    final boolean durable() {
        return isDurable();
    }

    final boolean forCache() {
        return isForCache();
    }

    final byte fill() {
        return fillByte();
    }

    @Override
    public final FutureState succeeded(ExecutionPath path) {
        return succeed(path);
    }

    /** By the JVM, on the calling thread. */
    FutureState succeededInJvm(long bytes) {
        return succeed(ExecutionPath.JVM);
    }

    /** By its job, which was counted there. */
    final FutureState succeededAtOnce() {
        return succeedCounted(ExecutionPath.DML_SOFTWARE);
    }

    @Override
    public final FutureState notWrittenBack(ExecutionPath path, Exception cause) {
        return failWriteBack(path, cause);
    }

    @Override
    public final FutureState failed(
            ExecutionPath path, VdmResult how, VdmStatus status, String reason, Throwable cause) {
        return fail(path, how, status, reason, cause);
    }
}
