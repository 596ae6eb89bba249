package io.github.vdm4j.future;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.Objects;
import java.util.concurrent.CancellationException;

/**
 * The state machine under every future of this library, and the base for a user's own: a subclass
 * writes {@link #advance} and never meets two threads in it at once.
 *
 * <p>C counterpart: the macros {@code FUTURE} and {@code FUTURE_INIT}, with {@code future_task_fn}
 * as {@link #advance} and the data and output structures as the subclass's fields.
 *
 * @param <T> the type of the output
 */
public abstract class AbstractFuture<T> implements PollableFuture<T> {
    private static final int IDLE = 0;
    private static final int RUNNING = 1;
    private static final int COMPLETE = 2;

    /** Set beside IDLE or RUNNING while one thread is inside {@link #advance}. */
    private static final int ADVANCING = 4;

    /** Made, but {@linkplain #withhold without a task} yet. */
    private static final int WITHHELD = 8;

    private static final VarHandle STATE;

    static {
        try {
            STATE = MethodHandles.lookup().findVarHandle(AbstractFuture.class, "state", int.class);
        } catch (ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    /**
     * Written with release semantics after the subclass's fields, read with acquire before them.
     */
    private volatile int state;

    /** Creates an idle future. */
    protected AbstractFuture() {}

    /**
     * Does what can be done now without waiting. Called by one thread at a time, each call seeing
     * what the one before wrote; never called again once it has returned {@link
     * FutureState#COMPLETE}.
     *
     * <p>Whatever is thrown from here completes the future through {@link #completeWith}, except
     * for a {@link WrongThreadException}, which concerns the polling thread only: it is thrown to
     * that thread and the future stays as it was.
     *
     * @param notifier what the poller offers; an answer given to it must hold until the next call
     * @return the state reached; {@link FutureState#IDLE} if the task could not even be started yet
     */
    protected abstract FutureState advance(Notifier notifier);

    /**
     * Advances, for base classes that want to see every step; those that override it call {@link
     * #advance} once.
     *
     * @param notifier what the poller offers
     * @param first whether the future has not been started yet
     * @return the state reached
     */
    protected FutureState step(Notifier notifier, boolean first) {
        return advance(notifier);
    }

    /**
     * Tells whether advancing the running future without a waker could bring anything. Asked before
     * the lock is taken that keeps other threads out of {@link #advance}, so that a caller who
     * spins leaves the memory alone that another thread has to write.
     *
     * @return true; a subclass whose work is done by another thread may know better
     */
    protected boolean canAdvance() {
        return true;
    }

    /**
     * Takes note of the failure that {@link #failure} has to return from now on. Called by the
     * thread that advances, right before the future becomes complete.
     *
     * @param failure what {@link #advance} threw, or a {@link
     *     CancellationException} for {@link #cancel}
     */
    protected abstract void completeWith(Throwable failure);

    /**
     * Without a call for a future that is complete: the poll that does the work is too large to be
     * inlined.
     */
    @Override
    public final FutureState poll() {
        return state == COMPLETE ? FutureState.COMPLETE : poll(Notifier.none());
    }

    /** The first poll by the shortest way, as it does all the work of most operations. */
    @Override
    public final FutureState poll(Notifier notifier) {
        Objects.requireNonNull(notifier, "notifier");
        int seen = state;
        if (seen != IDLE) {
            return pollAgain(notifier, seen);
        }
        return STATE.compareAndSet(this, IDLE, ADVANCING) ? enter(notifier, IDLE)
                : sentAway(notifier);
    }

    /**
     * Polls only if the future is running: for a mover that finishes what others have started, and
     * must not start what they have merely prepared.
     */
    protected final void pollIfRunning() {
        if (state == RUNNING) {
            pollAgain(Notifier.none(), RUNNING);
        }
    }

    /**
     * Tells whether a thread is inside {@link #advance} or the task is under way, as a volatile
     * read. What {@link #advance} reads of volatile variables it reads after this has become true.
     *
     * @return false if the future is idle or complete, and nobody advances it
     */
    protected final boolean isUnderWay() {
        int seen = state;
        return (seen & (RUNNING | ADVANCING)) != 0;
    }

    private FutureState pollAgain(Notifier notifier, int seen) {
        if (seen == WITHHELD) {
            throw new IllegalStateException(whyWithheld());
        }
        if (seen == COMPLETE) {
            notifier.useNone();
            return FutureState.COMPLETE;
        }
        if (seen == RUNNING && notifier.waker() == null && !canAdvance()) {
            return FutureState.RUNNING;
        }
        return (seen & ADVANCING) == 0 && STATE.compareAndSet(this, seen, seen | ADVANCING)
                ? enter(notifier, seen)
                : sentAway(notifier);
    }

    /** Another thread is at it, or has just been. */
    private FutureState sentAway(Notifier notifier) {
        notifier.useNone();
        return state == COMPLETE ? FutureState.COMPLETE : FutureState.RUNNING;
    }

    private FutureState enter(Notifier notifier, int seen) {
        int next = seen;
        try {
            FutureState reached = step(notifier, seen == IDLE);
            next = reached == FutureState.COMPLETE ? COMPLETE
                    : reached == FutureState.RUNNING ? RUNNING : IDLE;
            return reached;
        } catch (WrongThreadException e) {
            throw e;
        } catch (Throwable e) {
            completeWith(e);
            next = COMPLETE;
            notifier.useNone();
            return FutureState.COMPLETE;
        } finally {
            STATE.setRelease(this, next);
        }
    }

    @Override
    public final FutureState state() {
        return switch (state) {
            case IDLE, WITHHELD -> FutureState.IDLE;
            case COMPLETE -> FutureState.COMPLETE;
            default -> FutureState.RUNNING;
        };
    }

    @Override
    public final boolean cancel() {
        if (state == WITHHELD) {
            throw new IllegalStateException(whyWithheld());
        }
        if (!STATE.compareAndSet(this, IDLE, IDLE | ADVANCING)) {
            return false;
        }
        try {
            completeWith(new CancellationException("cancelled before it was started"));
        } finally {
            STATE.setRelease(this, COMPLETE);
        }
        return true;
    }

    /**
     * Says that a new future has no task yet: until it is {@linkplain #withdraw() withdrawn} and
     * prepared, polls, {@link #cancel} and what asks for its end throw {@link
     * IllegalStateException}.
     */
    protected final void withhold() {
        STATE.setRelease(this, WITHHELD);
    }

    /**
     * What to say to those who use a {@linkplain #withhold() withheld} future.
     *
     * @return the message
     */
    protected String whyWithheld() {
        return "nothing prepared";
    }

    /**
     * Takes an idle or complete future out of reach of pollers, who see it as complete, so that a
     * subclass that is started more than once can write its fields anew; {@link #becomeIdle}
     * follows. Only one thread at a time may prepare a future.
     *
     * @throws IllegalStateException if the future is running
     */
    protected final void withdraw() {
        int seen = state;
        if (seen != COMPLETE
                && seen != WITHHELD
                && !(seen == IDLE && STATE.compareAndSet(this, IDLE, COMPLETE))) {
            throw new IllegalStateException(
                    "the operation is still RUNNING: poll it to its end before preparing it anew");
        }
    }

    /**
     * Makes a {@linkplain #withdraw() withdrawn} or a new future idle, publishing what was written
     * since.
     */
    protected final void becomeIdle() {
        STATE.setRelease(this, IDLE);
    }

    /**
     * For {@link #output} and {@link #failure}.
     *
     * @throws IllegalStateException if the future is not complete
     */
    protected final void requireComplete() {
        if (state != COMPLETE) {
            if (state == WITHHELD) {
                throw new IllegalStateException(whyWithheld());
            }
            throw new IllegalStateException(
                    "the future is " + state() + ", not COMPLETE: poll it to its end first");
        }
    }
}
