package io.github.vdm4j.future;

import io.github.vdm4j.machine.FailureName;
import io.github.vdm4j.machine.Seam;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;

/**
 * The state of an {@link AbstractFuture}, its generations and the registrations of its waiters. A
 * future begins a new generation when it is prepared again.
 */
abstract class StatefulFuture<T> implements PollableFuture<T> {
    static final int IDLE = 0;
    static final int RUNNING = 1;
    static final int COMPLETE = 2;
    /**
     * Set in addition to IDLE or RUNNING while a thread is inside {@link AbstractFuture#advance}.
     */
    static final int ADVANCING = 4;
    /** The future is created but {@linkplain #markUnprepared has no task} yet. */
    static final int UNPREPARED = 8;
    /** The future is running, and its driver does not poll. */
    static final int DETACHED = 16;
    /**
     * Set in addition to IDLE, COMPLETE or UNPREPARED while a thread {@linkplain #claim prepares}
     * the future.
     */
    static final int PREPARING = 32;
    /** Set in addition to ADVANCING if the advancing thread awaits only this future. */
    static final int AWAITED = 64;

    private static final VarHandle STATE;
    private static final VarHandle WAITERS;

    static {
        try {
            var lookup = MethodHandles.lookup();
            STATE = lookup.findVarHandle(StatefulFuture.class, "state", int.class);
            WAITERS = lookup.findVarHandle(StatefulFuture.class, "waiters", Waiters.class);
        } catch (ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    /**
     * The state. It is written with release semantics after the subclass's fields, and read with
     * acquire semantics before them.
     */
    volatile int state;
    /**
     * The number of repeated preparations. A registration belongs to one generation. The preparing
     * thread writes this field before the state.
     */
    int generation;
    /**
     * The waiters, or null before the first registration. They may belong to an earlier generation.
     */
    volatile Waiters waiters;
    /**
     * The number of the thread inside {@link AbstractFuture#advance}, or 0. Each thread compares
     * the field only with its own number. A reference to the thread would cause work for the
     * garbage collector.
     */
    int advancing;

    /** Changes the state. Returns {@code false} if it differs from the expected state. */
    final boolean changeState(int from, int to) {
        return STATE.compareAndSet(this, from, to);
    }

    /** Sets the state and publishes the fields written before. */
    final void setState(int next) {
        STATE.setRelease(this, next);
    }

    /** Records that the thread no longer advances the future, and then sets the state. */
    final void leave(int next) {
        advancing = 0;
        try {
            setState(next);
        } catch (StackOverflowError e) {
            state = next; // No thread could poll the future any more.
        }
    }

    /**
     * Runs immediately before the future becomes complete. It should not throw.
     *
     * @return a number for {@link #published}
     */
    protected long publishing() {
        return 0;
    }

    /**
     * Runs after the future has become complete and before its waiters are notified. Another thread
     * may have prepared the future again at this time. This method must therefore not access the
     * operation.
     *
     * @param note the result of {@link #publishing}
     */
    protected void published(long note) {}

    final boolean isAdvancedByCaller() {
        return advancing == currentThread();
    }

    static int currentThread() {
        return (int) Thread.currentThread().threadId();
    }

    /**
     * {@return a result of {@link AbstractFuture#advance}} It must not be null, unless that method
     * has detached the future. Otherwise the future could never complete.
     *
     * @param reached the state of the task, or null
     */
    protected final FutureState requireState(FutureState reached) {
        if (reached == null && isAdvancedByCaller()) {
            throw new NullPointerException("the state is null, but the future was not detached");
        }
        return reached;
    }

    /**
     * Registers a waker. Returns null if the future is complete or being prepared, because it
     * promises no wake-up in these states.
     */
    final Registration register(Waker waker) {
        while (true) {
            int seen = state;
            if (seen == COMPLETE || seen == UNPREPARED) {
                return null;
            }
            Waiters list = waiters;
            Seam.step();
            if (list != null && list.generation != generation) {
                if (WAITERS.compareAndSet(this, list, null)) {
                    list.complete(); // Completing and preparing threads cannot find this list.
                }
                continue;
            }
            if (list == null) {
                list = new Waiters(generation);
                if (!WAITERS.compareAndSet(this, null, list)) {
                    continue;
                }
            }
            Registration added = list.add(waker);
            if (added == null) {
                continue; // Another thread has completed the future or prepared it again.
            }
            Seam.step();
            seen = state;
            if ((seen & (COMPLETE | PREPARING)) == 0 && list.generation == generation) {
                return added;
            }
            added.withdraw();
            if ((seen & PREPARING) != 0) {
                return null; // The preparing thread may have read the waiters already.
            }
        }
    }

    final boolean isCurrent(Waiters list) {
        return list != null && list.generation == generation;
    }

    @Override
    public final FutureState state() {
        int seen = state;
        return switch (seen) {
            case IDLE, UNPREPARED -> FutureState.IDLE;
            case COMPLETE -> FutureState.COMPLETE;
            default -> (seen & PREPARING) != 0 ? FutureState.IDLE : FutureState.RUNNING;
        };
    }

    final boolean detachIdle() {
        return changeState(IDLE, DETACHED);
    }

    /**
     * {@return whether {@link AbstractFuture#advance} has to start the task} Only that method calls
     * this.
     */
    protected final boolean isStarting() {
        return (state & RUNNING) == 0;
    }

    /** {@return whether another driver than the polling threads owns the future} */
    protected final boolean isDetached() {
        return state == DETACHED;
    }

    /** {@return whether a thread awaits only this future} */
    protected final boolean hasLoneWaiter() {
        Waiters list = waiters;
        return (state & AWAITED) != 0 || isCurrent(list) && list.hasLoneWait();
    }

    /**
     * {@return whether the current thread is inside {@code await} without a timeout or inside
     * {@code busyPoll}} Such a thread does no other work. The thread that advances the future calls
     * this.
     */
    protected final boolean isAwaitedByCaller() {
        return (state & AWAITED) != 0;
    }

    /**
     * Marks a new future without a task. Polls, {@link #cancel} and reads of its outcome throw
     * {@link IllegalStateException} until it is {@linkplain #withdraw() withdrawn} and prepared.
     */
    protected final void markUnprepared() {
        setState(UNPREPARED);
    }

    /** {@return the message for callers that use a future without a task} */
    protected String unpreparedMessage() {
        return FailureName.NOT_PREPARED.endOf("nothing prepared: prepare the future first");
    }

    /**
     * Withdraws an idle or complete future from pollers. After this call, the caller may write its
     * fields and then calls {@link #becomeIdle}. If two threads prepare a future, only one thread
     * succeeds.
     *
     * @throws IllegalStateException if the future is running, or another thread prepares it
     */
    protected final void withdraw() {
        claim();
        endRegistrations();
    }

    /**
     * Excludes pollers and preparing threads from an idle or complete future without a change of
     * its fields. The caller then calls {@link #reinstate}, or calls {@link #endRegistrations}
     * before it writes the fields. During this time, a poll promises no notification.
     *
     * @throws IllegalStateException if the future is running, or another thread prepares it
     */
    protected final void claim() {
        int seen = state;
        Seam.step();
        if (seen != COMPLETE && seen != IDLE && seen != UNPREPARED
                || !changeState(seen, seen | PREPARING)) {
            throw new IllegalStateException((seen & (RUNNING | ADVANCING | DETACHED)) != 0
                    ? FailureName.NOT_COMPLETE.endOf(
                            "the operation is still RUNNING: poll it to its end before you "
                                    + "prepare it again")
                    : FailureName.CONCURRENT_USE.endOf(
                            "another thread is preparing this operation. Make an operation for "
                                    + "each thread"));
        }
    }

    /** Restores the earlier state of a {@linkplain #claim claimed} future. */
    protected final void reinstate() {
        setState(state & ~PREPARING);
    }

    /** Ends the registrations for the last operation of a {@linkplain #claim claimed} future. */
    protected final void endRegistrations() {
        generation++; // A thread that registers now sees PREPARING and withdraws.
        Seam.step();
        Waiters earlier = waiters == null ? null : (Waiters) WAITERS.getAndSet(this, null);
        Seam.step();
        if (earlier != null) {
            earlier.complete(); // The completing thread may not have notified the waiters yet.
        }
    }

    /** Makes a {@linkplain #withdraw() withdrawn} or new future idle and publishes its fields. */
    protected final void becomeIdle() {
        setState(IDLE);
    }

    /** Throws an {@link IllegalStateException} unless the future is complete. */
    protected final void requireComplete() {
        if (state != COMPLETE) {
            if (state == UNPREPARED) {
                throw new IllegalStateException(unpreparedMessage());
            }
            throw new IllegalStateException(
                    FailureName.NOT_COMPLETE.endOf("the future is " + state()
                            + ", not COMPLETE: poll it to its end first"));
        }
    }
}
