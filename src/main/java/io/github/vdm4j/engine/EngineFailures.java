package io.github.vdm4j.engine;

import io.github.vdm4j.ExecutionPath;
import io.github.vdm4j.Operation;
import io.github.vdm4j.VdmException;
import io.github.vdm4j.VdmResult;
import io.github.vdm4j.VdmStatus;
import io.github.vdm4j.engine.channel.Channel;
import io.github.vdm4j.engine.channel.Program;
import io.github.vdm4j.engine.channel.Slot;
import io.github.vdm4j.engine.channel.SlotPool;
import io.github.vdm4j.engine.channel.SlotRefusedException;
import io.github.vdm4j.future.FutureState;
import io.github.vdm4j.machine.Message;
import java.util.LinkedHashSet;
import java.util.Set;

/** The failures of operations on a channel, with their messages. */
final class EngineFailures {
    private final Channel channel;

    EngineFailures(Channel channel) {
        this.channel = channel;
    }

    /** Fails an operation. If a task of a batch has run, only the remaining tasks fail. */
    private static FutureState fail(Operation<?> operation, ExecutionPath path, VdmResult how,
            VdmStatus status, String reason, Throwable cause, long done) {
        if (operation.tasks() == null
                || operation.tasks().stream().allMatch(EngineFailures::hasNotRun)) {
            return operation.fail(path, how, status, reason, cause, done);
        }
        for (Operation<?> task : operation.tasks()) {
            if (hasNotRun(task)) {
                task.fail(ExecutionPath.NONE, how, status, reason, cause);
            }
        }
        return operation.succeed(path);
    }

    private static boolean hasNotRun(Operation<?> task) {
        return task.recordedResult() == VdmResult.NOT_RUN;
    }

    FutureState failed(Operation<?> operation, Program program, VdmStatus status,
            ExecutionPath executed) {
        long moved = program.bytesMoved();
        return fail(operation, executed, status.result(), status,
                Message.of("on %s failed%s: %s: %s", channel.place(program.slot().onDevice()),
                        after(moved), status, status.explanation()),
                null, moved);
    }

    FutureState overdue(Operation<?> operation, Program program, long nanos) {
        long moved = program.bytesMoved();
        return fail(operation, program.executedBy(), VdmResult.TIMEOUT, null,
                Message.of("on %s failed%s: no answer for %s s (deviceTimeout). The device may"
                        + " still read and write this memory: leave it alone until slotsOverdue()"
                        + " of the mover is 0", channel.place(true), after(moved), nanos / 1e9),
                null, moved);
    }

    private static String after(long moved) {
        return moved == 0 ? "" : Message.of(" after %,d bytes", moved);
    }

    static ExecutionPath executedSoFar(Program program) {
        return program.bytesMoved() == 0 ? ExecutionPath.NONE : program.executedBy();
    }

    /** Fails an operation because of an exception of {@link Program#submit}. */
    FutureState broken(Operation<?> operation, Program program, RuntimeException e) {
        long moved = program.bytesMoved();
        ExecutionPath executed = executedSoFar(program);
        if (!(e instanceof WrongThreadException)) {
            return fail(operation, executed, Program.resultOf(e), null,
                    Message.of("failed%s: %s", after(moved), e.getMessage()), Program.causeOf(e),
                    moved);
        }
        String ownerEnded = program.ownerEnded();
        if (ownerEnded != null) {
            return fail(operation, executed, VdmResult.SEGMENT_UNUSABLE, null,
                    Message.of("failed%s: %s", after(moved), ownerEnded), e, moved);
        }
        return executed == ExecutionPath.NONE ? operation.failClosed()
                : fail(operation, executed, VdmResult.STOPPED, null,
                        Message.of("was stopped after %,d bytes: the mover was closed by a thread"
                                + " that may not access its memory. Poll it to its end before you"
                                + " close the mover, or use a shared arena", moved),
                        null, moved);
    }

    FutureState noSlot(Operation<?> operation, SlotRefusedException refusal) {
        VdmStatus status = channel.status(refusal.status());
        return operation.fail(
                ExecutionPath.NONE,
                status.result(),
                status,
                Message.of("failed: all slots that could be made are in flight, and no more can be:"
                        + " %s: %s: %s", refusal.getMessage(), status, status.explanation()),
                refusal);
    }

    FutureState full(Operation<?> operation, int waiting) {
        return operation.fail(ExecutionPath.NONE, VdmResult.MOVER_FULL, null,
                Message.of("was refused: all slots are in flight and %,d operations wait"
                        + " (queueSize), and the mover was opened with whenFull(FAIL). Poll some to"
                        + " their end, or use whenFull(WAIT)", waiting),
                null);
    }

    VdmException stuck(String name, long nanos, Set<Operation<?>> known, SlotPool pool) {
        String operations = inFlight(known, pool);
        return new VdmException(
                VdmResult.TIMEOUT,
                null,
                Message.of("%s did not close within %s s (closeTimeout): still in flight: %s; %,d"
                        + " bytes of native memory are kept for them",
                        name,
                        nanos / 1e9,
                        operations.isEmpty() ? "operations that are unknown by now" : operations,
                        pool.nativeBytes()),
                null);
    }

    private static String inFlight(Set<Operation<?>> known, SlotPool pool) {
        Set<Object> all = new LinkedHashSet<>(known);
        for (int i = 0; i < pool.capacity(); i++) {
            Slot slot = pool.peek(i);
            Operation<?> owner = slot == null ? null : slot.owner();
            if (owner != null) {
                all.add(owner);
            }
        }
        int overdue = pool.collectOverdue();
        return overdue == 0 ? Message.list(all)
                : Message.of("%s%s%,d slots whose operations have ended with TIMEOUT",
                        Message.list(all), all.isEmpty() ? "" : "; ", overdue);
    }
}
