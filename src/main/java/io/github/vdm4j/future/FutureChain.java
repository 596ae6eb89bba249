package io.github.vdm4j.future;

import io.github.vdm4j.machine.FailureName;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Objects;
import java.util.concurrent.CancellationException;
import java.util.function.BiConsumer;
import java.util.function.Function;
import java.util.function.Supplier;

/**
 * A future that executes futures in sequence. A poll of the chain polls the current entry. While
 * entries complete at once, the same poll continues with the next entries.
 *
 * <p>An <em>eager</em> entry has a given future. For a <em>lazy</em> entry, a function creates the
 * future from the output of the previous entry. Outputs pass from entry to entry, and {@link #map}
 * changes an output. The output of the last entry is the output of the chain.
 *
 * <p>If an entry fails, the chain ends with its failure. No later function runs, and the chain
 * cancels eager futures that have not started. {@link #recover} continues after a failure.
 *
 * <p>Every method that adds an entry returns a new chain that replaces this chain, like the
 * operations of {@link java.util.stream.Stream}. If this chain was polled or extended before, the
 * method throws an {@link IllegalStateException}. One thread builds the chain. All threads may poll
 * it.
 *
 * <p>C counterpart: {@code FUTURE_CHAIN_INIT}, {@code FUTURE_CHAIN_ENTRY_INIT} and {@code
 * FUTURE_CHAIN_ENTRY_LAZY_INIT} of miniasync_future(7). Their map function corresponds to
 * {@link #map}.
 *
 * @param <T> the type of the chain's output
 */
public final class FutureChain<T> extends AbstractFuture<T> {
    private static final String TAKEN =
            FailureName.CHAIN_EXTENDED.endOf(
                    "this chain was extended, or a step of another chain returned it. "
                            + "Poll the chain that contains it");

    private final ChainStep last;
    /**
     * The current step, or null at the end. The chain does not keep finished steps. The advancing
     * thread writes this field, and all threads read it.
     */
    private volatile ChainStep current;
    /** The outer chain that executes the steps of this chain, or null. */
    private volatile FutureChain<?> driver;
    /**
     * Whether another chain executes the entries, because it extends this chain or a step returned
     * this chain to it.
     */
    private boolean taken;
    private Object value;
    private Throwable failure;

    private FutureChain(ChainStep first, ChainStep last) {
        current = first;
        this.last = last;
    }

    private static <T> FutureChain<T> of(ChainStep only) {
        return new FutureChain<>(only, only);
    }

    /**
     * {@return a chain that begins with a future}
     *
     * @param <T> the type of its output
     * @param first the future, idle, running or complete
     */
    public static <T> FutureChain<T> of(PollableFuture<T> first) {
        return of(ChainStep.eager(Objects.requireNonNull(first, "first"), null));
    }

    /**
     * {@return a chain that creates its first future in its first poll}
     *
     * @param <T> the type of its output
     * @param first the function that creates the future
     */
    public static <T> FutureChain<T> ofLazy(Supplier<? extends PollableFuture<T>> first) {
        Objects.requireNonNull(first, "first");
        return of(ChainStep.lazy(ignored -> first.get()));
    }

    /**
     * Adds a lazy entry.
     *
     * @param <R> the type of its output
     * @param init the function that creates the future from the output of the previous entry. It
     *     must not return null
     * @return the longer chain
     */
    public <R> FutureChain<R> then(Function<? super T, ? extends PollableFuture<R>> init) {
        return append(ChainStep.lazy(Objects.requireNonNull(init, "init")));
    }

    /**
     * Adds an eager entry that does not use the output of the previous entry.
     *
     * @param <R> the type of its output
     * @param next the future. The program must not poll it before its turn
     * @return the longer chain
     */
    public <R> FutureChain<R> then(PollableFuture<R> next) {
        return append(ChainStep.eager(Objects.requireNonNull(next, "next"), null));
    }

    /**
     * Adds an eager entry that uses the output of the previous entry.
     *
     * @param <R> the type of its output
     * @param <F> the type of the future
     * @param next the future
     * @param map the function that receives the output of the previous entry and {@code next}. The
     *     chain calls it before the first poll of {@code next}
     * @return the longer chain
     */
    public <R, F extends PollableFuture<R>> FutureChain<R> then(
            F next, BiConsumer<? super T, ? super F> map) {
        return append(
                ChainStep.eager(Objects.requireNonNull(next, "next"),
                        Objects.requireNonNull(map, "map")));
    }

    /**
     * Adds a function that changes the output.
     *
     * @param <R> the type of the new output
     * @param map the function that computes the new output from the old output
     * @return the longer chain
     */
    public <R> FutureChain<R> map(Function<? super T, ? extends R> map) {
        return append(ChainStep.map(Objects.requireNonNull(map, "map")));
    }

    /**
     * Adds an entry that runs only if an earlier entry has failed. Its output replaces the missing
     * output. Without a failure, the chain skips the entry.
     *
     * @param init the function that creates a future from the failure. It must not return null
     * @return the longer chain
     */
    public FutureChain<T> recover(Function<? super Throwable, ? extends PollableFuture<T>> init) {
        return append(ChainStep.recover(Objects.requireNonNull(init, "init")));
    }

    @Override
    protected FutureState advance(Notifier notifier) {
        notifier.useNone();
        for (ChainStep step = current; step != null; step = current) {
            if (step.ended != null || (failure != null) != step.isRecovery) {
                pass(step);
            } else {
                try {
                    PollableFuture<?> future = step.begin(failure != null ? failure : value);
                    if (future instanceof FutureChain<?> inner && splice(step, inner)) {
                        continue;
                    }
                    if (future.poll(notifier) != FutureState.COMPLETE) {
                        return FutureState.RUNNING;
                    }
                    failure = future.failure();
                    value = failure == null ? future.output() : null;
                } catch (WrongThreadException e) {
                    throw e;
                } catch (Throwable e) {
                    failure = e;
                    value = null;
                }
            }
            current = step.next;
        }
        return FutureState.COMPLETE;
    }

    /**
     * Replaces a step by the steps of its inner chain. One loop therefore executes chains at any
     * depth of nesting. A sequence of chains that return the next chain needs constant memory.
     *
     * @return {@code false} if the inner chain is not idle. The chain then polls it like any future
     */
    private boolean splice(ChainStep step, FutureChain<?> inner) {
        if (!inner.detachIdle()) {
            if (!inner.isComplete() && inner.outermost() == this) {
                throw new IllegalStateException(
                        FailureName.ENDLESS_WAIT.endOf("a function of this chain returned the chain"
                                + " itself, which would wait for its own end. Return a new chain"));
            }
            return false;
        }
        ChainStep first = inner.current;
        ChainStep end = inner.last;
        if (step.isLazy) {
            inner.endTaken(); // No user has a reference to a chain that a function returned.
        } else {
            inner.driver = this;
            end.next = ChainStep.endOf(inner);
            end = end.next;
        }
        end.next = step.next;
        failure = null;
        value = null;
        current = first;
        return true;
    }

    /** Completes this inner chain. No thread polls it. */
    private void end(Object output, Throwable thrown) {
        value = output;
        failure = thrown;
        current = null;
        completeDetached();
    }

    @Override
    protected void polledWhileDetached() {
        FutureChain<?> outermost = outermost();
        if (outermost != this) {
            outermost.poll();
        }
    }

    private FutureChain<?> outermost() {
        FutureChain<?> outermost = this;
        for (FutureChain<?> outer = driver; outer != null; outer = outer.driver) {
            outermost = outer;
            if (outer.isComplete()) {
                break;
            }
        }
        return outermost;
    }

    /**
     * Returns an object that identifies the current step of a chain. If a poll changes it, the poll
     * has made progress. Returns null for a future that is not a chain.
     */
    static Object placeOf(PollableFuture<?> future) {
        return future instanceof FutureChain<?> chain ? chain.outermost().current : null;
    }

    /** Answers without a notification, because pollers poll the whole chain instead of its part. */
    @Override
    protected void answerWhileDetached(Notifier notifier) {
        notifier.useNone();
    }

    @Override
    protected void completeWith(Throwable thrown) {
        ChainStep rest = current;
        current = null;
        value = null;
        failure = thrown;
        for (ChainStep step = rest; step != null; step = step.next) {
            pass(step);
        }
    }

    /** Skips a step. If an inner chain ends with this step, it ends like this chain. */
    private void pass(ChainStep step) {
        if (step.ended != null) {
            step.ended.end(value, failure);
        } else {
            cancelFuture(step);
        }
    }

    /**
     * Cancels the future of a skipped step. The method uses a loop for inner chains, because
     * recursion could overflow the stack.
     */
    private static void cancelFuture(ChainStep step) {
        if (!(step.future instanceof FutureChain<?> chain)) {
            if (step.future != null) {
                step.future.cancel();
            }
            return;
        }
        var cancelled = new CancellationException(
                FailureName.CANCELLED.endOf("cancelled before it was started"));
        Deque<FutureChain<?>> chains = new ArrayDeque<>();
        chains.add(chain);
        while (!chains.isEmpty()) {
            FutureChain<?> next = chains.remove();
            if (!next.detachIdle()) {
                continue;
            }
            for (ChainStep each = next.current; each != null; each = each.next) {
                if (each.future instanceof FutureChain<?> inner) {
                    chains.add(inner);
                } else if (each.future != null) {
                    each.future.cancel();
                }
            }
            next.end(null, cancelled);
        }
    }

    @Override
    @SuppressWarnings("unchecked") // The last entry has this type by construction.
    public T output() {
        requireComplete();
        return (T) value;
    }

    @Override
    public Throwable failure() {
        requireComplete();
        return taken ? new IllegalStateException(TAKEN) : failure;
    }

    /** A lazy entry without a future and a finished chain have no properties. */
    @Override
    public boolean hasProperty(FutureProperty property) {
        ChainStep step = current;
        PollableFuture<?> future = step == null ? null : step.future;
        return future != null && !(future instanceof FutureChain<?>)
                && future.hasProperty(property);
    }

    /** Completes this chain without its entries, because another chain executes them. */
    private void endTaken() {
        taken = true;
        current = null;
        completeDetached();
    }

    private <R> FutureChain<R> append(ChainStep step) {
        if (!detachIdle()) {
            throw new IllegalStateException(
                    FailureName.CHAIN_EXTENDED.endOf(taken
                            ? "this chain was extended already. Extend the returned chain"
                            : "this chain is " + state()
                                    + " and cannot be extended. Extend a chain before its first"
                                    + " poll"));
        }
        last.next = step;
        var longer = new FutureChain<R>(current, step);
        endTaken();
        return longer;
    }
}
