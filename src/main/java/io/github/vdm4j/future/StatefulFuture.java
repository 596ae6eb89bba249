package io.github.vdm4j.future;

import io.github.vdm4j.machine.FailureName;
import io.github.vdm4j.machine.Seam;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;

/**
 * The state of an {@link AbstractFuture}, its generations and the registrations of its waiters. A
 * future begins a new generation when it is prepared anew.
 */
abstract class StatefulFuture<T> implements PollableFuture<T> {
    static final int IDLE = 0;
    static final int RUNNING = 1;
    static final int COMPLETE = 2;
    /** Set beside IDLE or RUNNING while one thread is inside {@link AbstractFuture#advance}. */
    static final int ADVANCING = 4;
    /** Created, but {@linkplain #withhold without a task} yet. */
    static final int WITHHELD = 8;
    /** Running, and driven by a thread that does not poll. */
    static final int DETACHED = 16;
    /** Set beside IDLE, COMPLETE or WITHHELD while one thread {@linkplain #claim prepares}. */
    static final int PREPARING = 32;
    /** Set beside ADVANCING while a thread advances that awaits this future alone. */
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
     * Written with release semantics after the subclass's fields, and read with acquire semantics
     * before them.
     */
    volatile int state;
    /**
     * How often the future was prepared anew. A registration belongs to one generation. Written by
     * the preparing thread before the state.
     */
    int generation;
    /** Null until the first registration. May belong to an earlier generation. */
    volatile Waiters waiters;

    /** Changes the state from one to another. Returns false if it is not the first. */
    final boolean changeState(int from, int to) {
        return STATE.compareAndSet(this, from, to);
    }

    /** Sets the state and publishes the fields that were written before. */
    final void setState(int next) {
        STATE.setRelease(this, next);
    }

    /** Returns null if the future is complete or being prepared: it promises no wake-up then. */
    final Registration register(Waker waker) {
        while (true) {
            int seen = state;
            if (seen == COMPLETE || seen == WITHHELD) {
                return null;
            }
            Waiters list = waiters;
            Seam.at("look and register");
            if (list == null || list.generation != generation) {
                var fresh = new Waiters(generation);
                if (!WAITERS.compareAndSet(this, list, fresh)) {
                    continue;
                }
                if (list != null) {
                    list.complete(); // the threads that complete and prepare do not find it now
                }
                list = fresh;
            }
            Registration added = waker instanceof Registration own
                    ? list.add(own) ? own : null
                    : list.add(waker);
            if (added == null) {
                continue; // complete, or prepared anew meanwhile
            }
            Seam.at("register and look");
            seen = state;
            if ((seen & (COMPLETE | PREPARING)) == 0 && list.generation == generation) {
                return added;
            }
            added.withdraw();
            if ((seen & PREPARING) != 0) {
                return null; // the preparing thread may have looked for waiters already
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
            case IDLE, WITHHELD -> FutureState.IDLE;
            case COMPLETE -> FutureState.COMPLETE;
            default -> (seen & PREPARING) != 0 ? FutureState.IDLE : FutureState.RUNNING;
        };
    }

    /** Detaches an idle future from pollers. Returns false if it is not idle. */
    final boolean detachIdle() {
        return changeState(IDLE, DETACHED);
    }

    /** {@return whether {@link AbstractFuture#advance}, which calls this, has to start the task} */
    protected final boolean isStarting() {
        return (state & RUNNING) == 0;
    }

    /**
     * Marks a new future as one without a task. Until it is {@linkplain #withdraw() withdrawn} and
     * prepared, polls, {@link #cancel} and questions about its outcome throw {@link
     * IllegalStateException}.
     */
    protected final void withhold() {
        setState(WITHHELD);
    }

    /** {@return the message for callers that use a {@linkplain #withhold() withheld} future} */
    protected String whyWithheld() {
        return FailureName.NOT_PREPARED.endOf("nothing prepared: prepare the future first");
    }

    /**
     * Withdraws an idle or complete future from pollers. The caller can write its fields then, and
     * calls {@link #becomeIdle} afterwards. If two threads prepare a future, exactly one succeeds.
     *
     * @throws IllegalStateException if the future is running, or another thread prepares it
     */
    protected final void withdraw() {
        claim();
        renew();
    }

    /**
     * Keeps pollers and preparing threads away from an idle or complete future without changing its
     * fields. The caller calls {@link #renew} before it writes them, or {@link #reinstate}. A poll
     * with a waker is promised no notification until then.
     *
     * @throws IllegalStateException if the future is running, or another thread prepares it
     */
    protected final void claim() {
        int seen = state;
        Seam.at("look and claim");
        if (seen != COMPLETE && seen != IDLE && seen != WITHHELD
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

    /** Returns a {@linkplain #claim claimed} future to the state it had before. */
    protected final void reinstate() {
        setState(state & ~PREPARING);
    }

    /** Ends the registrations for the last operation of a {@linkplain #claim claimed} future. */
    protected final void renew() {
        generation++; // a thread that registers meanwhile sees PREPARING and withdraws
        Seam.at("renew and detach");
        Waiters earlier = waiters == null ? null : (Waiters) WAITERS.getAndSet(this, null);
        Seam.at("detach and notify");
        if (earlier != null) {
            earlier.complete(); // the thread that completed the future may not have come so far
        }
    }

    /**
     * Makes a {@linkplain #withdraw() withdrawn} or a new future idle and publishes what was
     * written since.
     */
    protected final void becomeIdle() {
        setState(IDLE);
    }

    /**
     * Throws unless the future is complete, for {@link #output} and {@link #failure}.
     *
     * @throws IllegalStateException if the future is not complete
     */
    protected final void requireComplete() {
        if (state != COMPLETE) {
            if (state == WITHHELD) {
                throw new IllegalStateException(whyWithheld());
            }
            throw new IllegalStateException(
                    FailureName.NOT_COMPLETE.endOf("the future is " + state()
                            + ", not COMPLETE: poll it to its end first"));
        }
    }
}
