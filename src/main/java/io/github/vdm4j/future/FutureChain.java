package io.github.vdm4j.future;

import java.util.Arrays;
import java.util.Objects;
import java.util.function.BiConsumer;
import java.util.function.Function;
import java.util.function.Supplier;

/**
 * Futures executed one after the other, as one future. A poll of the chain polls the entry that is
 * its turn, and goes on to the following ones for as long as they complete at once.
 *
 * <p>An entry is <em>eager</em> (its future is given) or <em>lazy</em> (its future is made from the
 * output of the entry before, when that has finished). Outputs flow from entry to entry; {@link
 * #map} changes one on its way. The output of the last entry is that of the chain.
 *
 * <p>An entry that fails ends the chain: the failure is the chain's, no later initialiser or map
 * function runs, and eager futures not yet started are cancelled. {@link #recover} is the way to go
 * on all the same.
 *
 * <p>Every method that adds an entry returns a new chain and takes this one over, like the
 * operations of {@link java.util.stream.Stream}: the old object can no longer be polled or
 * extended. Building is for one thread; the finished chain may be polled by any.
 *
 * <p>C counterpart: {@code FUTURE_CHAIN_INIT}, {@code FUTURE_CHAIN_ENTRY_INIT}, {@code
 * FUTURE_CHAIN_ENTRY_LAZY_INIT}, miniasync_future(7). {@code FUTURE_CHAIN_ENTRY_LAST} exists so
 * that other data can follow the entries in memory; here such data are variables that the functions
 * capture.
 *
 * @param <T> the type of the chain's output
 */
public final class FutureChain<T> extends AbstractFuture<T> {
    /** All entries in order; shared with no other chain that can be polled. */
    private final ChainEntry[] entries;

    /** The entry whose turn it is. Written by the thread that advances, read by any. */
    private volatile int position;

    private volatile boolean taken;
    private Object value;
    private Throwable failure;

    private FutureChain(ChainEntry... entries) {
        this.entries = entries;
    }

    /**
     * A chain that begins with a future.
     *
     * @param <T> the type of its output
     * @param first the future, idle, running or complete
     * @return a chain of one entry
     */
    public static <T> FutureChain<T> of(PollableFuture<T> first) {
        return new FutureChain<>(ChainEntry.eager(Objects.requireNonNull(first, "first"), null));
    }

    /**
     * A chain that begins with a future that is made when the chain is first polled.
     *
     * @param <T> the type of its output
     * @param first makes the future
     * @return a chain of one entry
     */
    public static <T> FutureChain<T> ofLazy(Supplier<? extends PollableFuture<T>> first) {
        Objects.requireNonNull(first, "first");
        return new FutureChain<>(ChainEntry.lazy(ignored -> first.get()));
    }

    /**
     * Adds a lazy entry.
     *
     * <p>C counterpart: {@code FUTURE_CHAIN_ENTRY_LAZY_INIT}.
     *
     * @param <R> the type of its output
     * @param init makes the future from the output of the entry before it; must not return null
     * @return the longer chain
     * @throws IllegalStateException if this chain has been polled or extended
     */
    public <R> FutureChain<R> then(Function<? super T, ? extends PollableFuture<R>> init) {
        return append(ChainEntry.lazy(Objects.requireNonNull(init, "init")));
    }

    /**
     * Adds an eager entry that needs nothing from the entry before it.
     *
     * @param <R> the type of its output
     * @param next the future, not polled by others before its turn has come
     * @return the longer chain
     * @throws IllegalStateException if this chain has been polled or extended
     */
    public <R> FutureChain<R> then(PollableFuture<R> next) {
        return append(ChainEntry.eager(Objects.requireNonNull(next, "next"), null));
    }

    /**
     * Adds an eager entry that takes over something from the entry before it.
     *
     * <p>C counterpart: {@code FUTURE_CHAIN_ENTRY_INIT} with a map function.
     *
     * @param <R> the type of its output
     * @param <F> the type of the future
     * @param next the future
     * @param map called with the output of the entry before and {@code next}, before the latter is
     *     polled for the first time
     * @return the longer chain
     * @throws IllegalStateException if this chain has been polled or extended
     */
    public <R, F extends PollableFuture<R>> FutureChain<R> then(
            F next, BiConsumer<? super T, ? super F> map) {
        return append(
                ChainEntry.eager(Objects.requireNonNull(next, "next"),
                        Objects.requireNonNull(map, "map")));
    }

    /**
     * Adds a function that changes the output.
     *
     * <p>C counterpart: the map function of the last entry.
     *
     * @param <R> the type of the new output
     * @param map makes the new output from the old one
     * @return the longer chain
     * @throws IllegalStateException if this chain has been polled or extended
     */
    public <R> FutureChain<R> map(Function<? super T, ? extends R> map) {
        return append(ChainEntry.map(Objects.requireNonNull(map, "map")));
    }

    /**
     * Adds an entry that runs only if one before it has failed; what it produces takes the place of
     * the missing output. Without a failure it is passed over.
     *
     * @param init makes a future from the failure; must not return null
     * @return the longer chain
     * @throws IllegalStateException if this chain has been polled or extended
     */
    public FutureChain<T> recover(Function<? super Throwable, ? extends PollableFuture<T>> init) {
        return append(ChainEntry.recover(Objects.requireNonNull(init, "init")));
    }

    /**
     * How many entries there are, map functions included.
     *
     * @return the number of entries, at least 1
     */
    public int entries() {
        return entries.length;
    }

    /**
     * Tells whether an entry's future is there: always for an eager entry, for a lazy one from its
     * turn on.
     *
     * <p>C counterpart: {@code FUTURE_CHAIN_ENTRY_IS_INITIALIZED}.
     *
     * @param entry the entry's index, from 0
     * @return true if it is there
     * @throws IndexOutOfBoundsException if there is no such entry
     */
    public boolean isInitialized(int entry) {
        return entries[Objects.checkIndex(entry, entries.length)].isInitialized();
    }

    /**
     * Tells whether the chain is done with an entry.
     *
     * <p>C counterpart: {@code FUTURE_CHAIN_ENTRY_IS_PROCESSED}.
     *
     * @param entry the entry's index, from 0
     * @return true if it has finished, failed or been passed over
     * @throws IndexOutOfBoundsException if there is no such entry
     */
    public boolean isProcessed(int entry) {
        return Objects.checkIndex(entry, entries.length) < position;
    }

    @Override
    protected FutureState advance(Notifier notifier) {
        if (taken) {
            throw new IllegalStateException(
                    "this chain was extended: poll the chain that then() or map() returned");
        }
        notifier.useNone();
        while (position < entries.length) {
            ChainEntry entry = entries[position];
            if ((failure != null) != entry.isRecovery()) {
                entry.skip();
            } else {
                try {
                    PollableFuture<?> future = entry.begin(failure != null ? failure : value);
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
            position++;
        }
        return FutureState.COMPLETE;
    }

    @Override
    protected void completeWith(Throwable thrown) {
        failure = thrown;
        if (!taken) { // else the entries belong to the longer chain
            for (ChainEntry entry : entries) {
                entry.skip();
            }
            position = entries.length;
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
        return failure;
    }

    /**
     * The property of the entry whose turn it is. A lazy entry whose future is not there yet has
     * none, and neither has a finished chain.
     */
    @Override
    public boolean hasProperty(FutureProperty property) {
        int now = position;
        return now < entries.length && entries[now].hasProperty(property);
    }

    private <R> FutureChain<R> append(ChainEntry entry) {
        if (taken || state() != FutureState.IDLE) {
            throw new IllegalStateException(
                    taken ? "this chain was extended already"
                            : "this chain is " + state() + ": too late to extend it");
        }
        taken = true;
        ChainEntry[] longer = Arrays.copyOf(entries, entries.length + 1);
        longer[entries.length] = entry;
        return new FutureChain<>(longer);
    }
}
