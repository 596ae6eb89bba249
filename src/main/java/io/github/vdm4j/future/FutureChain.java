package io.github.vdm4j.future;

import io.github.vdm4j.machine.FailureName;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.CancellationException;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.BiConsumer;
import java.util.function.Function;
import java.util.function.Supplier;

/**
 * A future that executes futures one after the other. A poll of the chain polls the current entry,
 * and continues with the next entries while they complete at once.
 *
 * <p>An entry is <em>eager</em> (its future is given) or <em>lazy</em> (a function makes its future
 * from the output of the entry before). Outputs pass from entry to entry, and {@link #map} changes
 * an output. The output of the last entry is that of the chain.
 *
 * <p>An entry that fails ends the chain with its failure. No later function runs, and eager futures
 * that have not started are cancelled. {@link #recover} continues after a failure.
 *
 * <p>Every method that adds an entry returns a new chain that replaces this one, like the
 * operations of {@link java.util.stream.Stream}. It throws an {@link IllegalStateException} if this
 * chain has been polled or extended. One thread builds the chain, and any thread may poll it.
 *
 * <p>C counterpart: {@code FUTURE_CHAIN_INIT}, {@code FUTURE_CHAIN_ENTRY_INIT} and {@code
 * FUTURE_CHAIN_ENTRY_LAZY_INIT}, whose map function is {@link #map}, miniasync_future(7). {@code
 * FUTURE_CHAIN_ENTRY_LAST} separates the entries from further data in memory. In Java, such data are
 * variables that the functions capture.
 *
 * @param <T> the type of the chain's output
 */
public final class FutureChain<T> extends AbstractFuture<T> {
    private static final String TAKEN =
            FailureName.CHAIN_EXTENDED.endOf(
                    "this chain was extended, or a step of another chain returned it. "
                            + "Poll the chain that contains it");

    /** How many entries there are. */
    private final int entries;
    private final ChainStep last;
    /**
     * The step whose turn it is, or null at the end. Finished steps are not kept. Written by the
     * thread that advances, read by any.
     */
    private volatile ChainStep current;
    /** How many of the chain's own entries have begun or were skipped. */
    private volatile int begun;
    /** The chain that executes the steps of this one, if this one is an entry of it. */
    private volatile FutureChain<?> driver;
    /** Whether a longer chain, or one that this chain was returned to, executes the entries. */
    private boolean taken;
    /** The lazy entries that were skipped, or null if none was. */
    private volatile Set<Integer> skipped;
    private Object value;
    private Throwable failure;

    private FutureChain(ChainStep first, ChainStep last, int entries) {
        current = first;
        this.last = last;
        this.entries = entries;
    }

    private static <T> FutureChain<T> of(ChainStep only) {
        return new FutureChain<>(only, only, 1);
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
     * {@return a chain whose first poll makes its first future}
     *
     * @param <T> the type of its output
     * @param first makes the future
     */
    public static <T> FutureChain<T> ofLazy(Supplier<? extends PollableFuture<T>> first) {
        Objects.requireNonNull(first, "first");
        return of(ChainStep.lazy(ignored -> first.get()));
    }

    /**
     * Adds a lazy entry.
     *
     * @param <R> the type of its output
     * @param init makes the future from the output of the entry before it; must not return null
     * @return the longer chain
     */
    public <R> FutureChain<R> then(Function<? super T, ? extends PollableFuture<R>> init) {
        return append(ChainStep.lazy(Objects.requireNonNull(init, "init")));
    }

    /**
     * Adds an eager entry that needs nothing from the entry before it.
     *
     * @param <R> the type of its output
     * @param next the future; the program does not poll it before its turn
     * @return the longer chain
     */
    public <R> FutureChain<R> then(PollableFuture<R> next) {
        return append(ChainStep.eager(Objects.requireNonNull(next, "next"), null));
    }

    /**
     * Adds an eager entry that uses the output of the entry before it.
     *
     * @param <R> the type of its output
     * @param <F> the type of the future
     * @param next the future
     * @param map called with the output of the entry before and with {@code next}, before the first
     *     poll of {@code next}
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
     * @param map makes the new output from the old one
     * @return the longer chain
     */
    public <R> FutureChain<R> map(Function<? super T, ? extends R> map) {
        return append(ChainStep.map(Objects.requireNonNull(map, "map")));
    }

    /**
     * Adds an entry that runs only if an entry before it has failed. Its output replaces the
     * missing output. Without a failure it is skipped.
     *
     * @param init makes a future from the failure; must not return null
     * @return the longer chain
     */
    public FutureChain<T> recover(Function<? super Throwable, ? extends PollableFuture<T>> init) {
        return append(ChainStep.recover(Objects.requireNonNull(init, "init")));
    }

    /**
     * {@return the number of entries, map functions included} Entries that have finished count. The
     * entries of a chain inside this one, which is the future of one entry, do not.
     */
    public int entries() {
        return entries;
    }

    /**
     * {@return whether an entry has its future} An eager entry always has it, and a lazy entry has
     * it from its turn on.
     *
     * @param entry the entry's index, from 0
     * @throws IndexOutOfBoundsException if there is no such entry
     */
    public boolean isInitialized(int entry) {
        if (Objects.checkIndex(entry, entries) < begun) {
            Set<Integer> some = skipped;
            return some == null || !some.contains(entry);
        }
        for (ChainStep step = current; step != null; step = step.next) {
            if (step.index == entry) {
                return step.future() != null;
            }
        }
        return true; // it has begun since
    }

    /**
     * {@return whether the chain has finished with an entry}
     *
     * @param entry the entry's index, from 0
     * @throws IndexOutOfBoundsException if there is no such entry
     */
    public boolean isProcessed(int entry) {
        return Objects.checkIndex(entry, entries) < (isComplete() ? entries : begun - 1);
    }

    @Override
    protected FutureState advance(Notifier notifier) {
        notifier.useNone();
        for (ChainStep step = current; step != null; step = current) {
            if (step.index >= 0) {
                begun = step.index + 1;
            }
            if (step.ended() != null || (failure != null) != step.isRecovery()) {
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
     * Puts the steps of an inner chain in the place of the step whose future it is. So chains are
     * executed by one loop, however deeply they are nested, and a loop of chains that return the
     * next chain needs constant memory.
     *
     * @return false if the inner chain is not idle: it is polled like any other future
     */
    private boolean splice(ChainStep step, FutureChain<?> inner) {
        if (!inner.detachIdle()) {
            return false;
        }
        ChainStep first = inner.current;
        for (ChainStep each = first; each != null; each = each.next) {
            each.index = -1;
        }
        ChainStep end = inner.last;
        if (step.isLazy()) {
            inner.endTaken(); // no user has the chain that a function returned
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

    /** Completes this chain, which no thread polls. */
    private void end(Object output, Throwable thrown) {
        value = output;
        failure = thrown;
        current = null;
        begun = entries;
        completeDetached();
    }

    @Override
    protected void polledWhileDetached() {
        FutureChain<?> outermost = outermost();
        if (outermost != this) {
            outermost.poll();
        }
    }

    /** Returns the chain that executes the steps of this one. */
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
     * Returns an object that stands for the place that a chain has reached. A poll that changes it
     * has made progress. Null for a future that is not a chain.
     */
    static Object placeOf(PollableFuture<?> future) {
        return future instanceof FutureChain<?> chain ? chain.outermost().current : null;
    }

    /** Nobody wakes for a part of a chain: the poller polls the whole chain. */
    @Override
    protected void answerWhileDetached(Notifier notifier) {
        notifier.useNone();
    }

    @Override
    protected void completeWith(Throwable thrown) {
        ChainStep rest = current;
        current = null;
        begun = entries;
        value = null;
        failure = thrown;
        for (ChainStep step = rest; step != null; step = step.next) {
            pass(step);
        }
    }

    /** Passes a step that is not executed. An inner chain that ends there ends like this one. */
    private void pass(ChainStep step) {
        FutureChain<?> ended = step.ended();
        if (ended != null) {
            ended.end(value, failure);
            return;
        }
        if (step.index >= 0 && step.future() == null) {
            if (skipped == null) {
                skipped = ConcurrentHashMap.newKeySet();
            }
            skipped.add(step.index);
        }
        cancelFuture(step);
    }

    /** Cancels the future of a step that will not have its turn. Chains inside it need no stack. */
    private static void cancelFuture(ChainStep step) {
        if (!(step.future() instanceof FutureChain<?> chain)) {
            if (step.future() != null) {
                step.future().cancel();
            }
            return;
        }
        Deque<FutureChain<?>> chains = new ArrayDeque<>();
        chains.add(chain);
        while (!chains.isEmpty()) {
            FutureChain<?> next = chains.remove();
            if (!next.detachIdle()) {
                continue;
            }
            for (ChainStep each = next.current; each != null; each = each.next) {
                if (each.future() instanceof FutureChain<?> inner) {
                    chains.add(inner);
                } else if (each.future() != null) {
                    each.future().cancel();
                }
            }
            next.end(null, new CancellationException(
                    FailureName.CANCELLED.endOf("cancelled before it was started")));
        }
    }

    @Override
    @SuppressWarnings("unchecked") // the type of the last entry, by construction
    public T output() {
        requireComplete();
        return (T) value;
    }

    @Override
    public Throwable failure() {
        requireComplete();
        return taken ? new IllegalStateException(TAKEN) : failure;
    }

    /**
     * Returns the property of the entry whose turn it is. A lazy entry without a future has no
     * property, and neither has a finished chain.
     */
    @Override
    public boolean hasProperty(FutureProperty property) {
        ChainStep step = current;
        PollableFuture<?> future = step == null ? null : step.future();
        return future != null && !(future instanceof FutureChain<?>)
                && future.hasProperty(property);
    }

    /** Completes this chain, which another chain has taken over, without touching its entries. */
    private void endTaken() {
        taken = true;
        current = null;
        completeDetached();
    }

    private <R> FutureChain<R> append(ChainStep step) {
        if (!detachIdle()) {
            throw new IllegalStateException(
                    FailureName.CHAIN_EXTENDED.endOf(taken
                            ? "this chain was extended already. Extend the chain that the first "
                                    + "call returned"
                            : "this chain is " + state()
                                    + " and cannot be extended. Extend a chain before its first"
                                    + " poll"));
        }
        step.index = entries;
        last.next = step;
        var longer = new FutureChain<R>(current, step, entries + 1);
        endTaken();
        return longer;
    }
}
