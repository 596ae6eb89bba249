package io.github.vdm4j.future;

import java.util.Objects;
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
    /** Whether a function creates the future. No user has a reference to such a future. */
    final boolean isLazy;
    volatile PollableFuture<?> future;
    /** The function that creates or prepares the future, or null after its call. */
    private Function<Object, PollableFuture<?>> init;

    private ChainStep(boolean isRecovery, PollableFuture<?> future, Function<?, ?> init,
            FutureChain<?> ended) {
        this.isRecovery = isRecovery;
        isLazy = init != null && future == null;
        this.future = future;
        this.init = (Function<Object, PollableFuture<?>>) init;
        this.ended = ended;
    }

    static ChainStep eager(PollableFuture<?> future, BiConsumer<?, ?> prepare) {
        var function = (BiConsumer<Object, Object>) prepare;
        return new ChainStep(false, future, function == null ? null : before -> {
            function.accept(before, future);
            return future;
        }, null);
    }

    static ChainStep lazy(Function<?, ? extends PollableFuture<?>> init) {
        return new ChainStep(false, null, init, null);
    }

    static ChainStep map(Function<?, ?> map) {
        var function = (Function<Object, Object>) map;
        return lazy(value -> PollableFuture.completed(function.apply(value)));
    }

    static ChainStep recover(Function<?, ? extends PollableFuture<?>> init) {
        return new ChainStep(true, null, init, null);
    }

    static ChainStep endOf(FutureChain<?> inner) {
        return new ChainStep(false, null, null, inner);
    }

    /**
     * Returns the future of the step. The first call creates or prepares it from the output of the
     * previous step.
     */
    PollableFuture<?> begin(Object before) {
        if (init != null) {
            future = Objects.requireNonNull(init.apply(before),
                    "the initialiser of a lazy chain entry returned null");
            // Cleared after the call, because a WrongThreadException repeats the call on another
            // thread.
            init = null;
        }
        return future;
    }
}
