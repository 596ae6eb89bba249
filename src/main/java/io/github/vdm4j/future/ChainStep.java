package io.github.vdm4j.future;

import java.util.function.BiConsumer;
import java.util.function.Function;

/**
 * A step of a {@link FutureChain}, linked to the next step. The types of the chain ensure that the
 * casts of this class are correct.
 */
@SuppressWarnings("unchecked")
final class ChainStep {
    ChainStep next;
    /** Whether the step runs only after a failure. */
    final boolean isRecovery;
    /** The inner chain that ends with this step, or null. */
    final FutureChain<?> ended;
    volatile PollableFuture<?> future;
    /** The function that creates the future of a lazy step, or null for an eager step. */
    private final Function<Object, PollableFuture<?>> init;
    /** The function that prepares the future of an eager step, or null. */
    private BiConsumer<Object, Object> prepare;

    private ChainStep(
            boolean isRecovery,
            Function<?, ?> init,
            BiConsumer<?, ?> prepare,
            PollableFuture<?> future,
            FutureChain<?> ended) {
        this.isRecovery = isRecovery;
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

    static ChainStep endOf(FutureChain<?> inner) {
        return new ChainStep(false, null, null, null, inner);
    }

    boolean isLazy() {
        return init != null;
    }

    /**
     * Returns the future of the step. The first call creates or prepares it from the output of the
     * previous step.
     */
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
            // Cleared after the call, because a WrongThreadException repeats the call on another
            // thread.
            prepare = null;
        }
        return future;
    }
}
