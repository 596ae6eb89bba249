package io.github.vdm4j.future;

import java.util.function.BiConsumer;
import java.util.function.Function;

/**
 * One step of a {@link FutureChain}, linked to the step behind it. The types of the chain ensure
 * that the casts here hold.
 */
@SuppressWarnings("unchecked")
final class ChainStep {
    /** The place among the chain's own entries, or -1 for a step of a chain inside it. */
    int index;
    ChainStep next;

    private final boolean recovery;
    /** Makes the future of a lazy step; null for an eager one. */
    private final Function<Object, PollableFuture<?>> init;
    /** Prepares the future of an eager step; null if there is nothing to prepare. */
    private BiConsumer<Object, Object> prepare;
    private volatile PollableFuture<?> future;
    /** The inner chain that ends here; null for an ordinary step. */
    private final FutureChain<?> ended;

    private ChainStep(
            boolean recovery,
            Function<?, ?> init,
            BiConsumer<?, ?> prepare,
            PollableFuture<?> future,
            FutureChain<?> ended) {
        this.recovery = recovery;
        this.init = (Function<Object, PollableFuture<?>>) init;
        this.prepare = (BiConsumer<Object, Object>) prepare;
        this.future = future;
        this.ended = ended;
    }

    static ChainStep eager(PollableFuture<?> future, BiConsumer<?, ?> prepare) {
        return new ChainStep(false, null, prepare, future, null);
    }

    static ChainStep lazy(Function<?, ? extends PollableFuture<?>> init) {
        return new ChainStep(false, init, null, null, null);
    }

    static ChainStep map(Function<?, ?> map) {
        var function = (Function<Object, Object>) map;
        return lazy(value -> PollableFuture.completed(function.apply(value)));
    }

    static ChainStep recover(Function<?, ? extends PollableFuture<?>> init) {
        return new ChainStep(true, init, null, null, null);
    }

    /** The end of an inner chain that is an object of its own. */
    static ChainStep endOf(FutureChain<?> inner) {
        var end = new ChainStep(false, null, null, null, inner);
        end.index = -1;
        return end;
    }

    FutureChain<?> ended() {
        return ended;
    }

    boolean isRecovery() {
        return recovery;
    }

    boolean isLazy() {
        return init != null;
    }

    PollableFuture<?> future() {
        return future;
    }

    /** The step's future, made or prepared on the first call from what came before. */
    PollableFuture<?> begin(Object before) {
        if (future == null) {
            PollableFuture<?> made = init.apply(before);
            if (made == null) {
                throw new NullPointerException(
                        "the initialiser of a lazy chain entry returned null");
            }
            future = made;
        } else if (prepare != null) {
            prepare.accept(before, future);
            prepare = null; // after the call: what needs another thread is called there again
        }
        return future;
    }
}
