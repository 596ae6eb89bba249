package io.github.vdm4j.future;

import java.util.function.BiConsumer;
import java.util.function.Function;

/** One entry of a {@link FutureChain}. The chain's types make sure that the casts here hold. */
@SuppressWarnings("unchecked")
final class ChainEntry {
    private final boolean recovery;

    /** Makes the future of a lazy entry; null for an eager one. */
    private final Function<Object, PollableFuture<?>> init;

    /** Prepares the future of an eager entry; null if there is nothing to prepare. */
    private BiConsumer<Object, Object> prepare;

    private volatile PollableFuture<?> future;

    private ChainEntry(
            boolean recovery,
            Function<?, ?> init,
            BiConsumer<?, ?> prepare,
            PollableFuture<?> future) {
        this.recovery = recovery;
        this.init = (Function<Object, PollableFuture<?>>) init;
        this.prepare = (BiConsumer<Object, Object>) prepare;
        this.future = future;
    }

    static ChainEntry eager(PollableFuture<?> future, BiConsumer<?, ?> prepare) {
        return new ChainEntry(false, null, prepare, future);
    }

    static ChainEntry lazy(Function<?, ? extends PollableFuture<?>> init) {
        return new ChainEntry(false, init, null, null);
    }

    static ChainEntry map(Function<?, ?> map) {
        var function = (Function<Object, Object>) map;
        return lazy(value -> PollableFuture.completed(function.apply(value)));
    }

    static ChainEntry recover(Function<?, ? extends PollableFuture<?>> init) {
        return new ChainEntry(true, init, null, null);
    }

    boolean isRecovery() {
        return recovery;
    }

    boolean isInitialized() {
        return future != null;
    }

    /** The entry's future, made or prepared on the first call from what came before. */
    PollableFuture<?> begin(Object before) {
        if (future == null) {
            PollableFuture<?> made = init.apply(before);
            if (made == null) {
                throw new NullPointerException(
                        "the initialiser of a lazy chain entry returned null");
            }
            future = made;
        } else if (prepare != null) {
            BiConsumer<Object, Object> once = prepare;
            prepare = null;
            once.accept(before, future);
        }
        return future;
    }

    /** The entry will not have its turn: what waits for its future need not wait. */
    void skip() {
        if (future != null) {
            future.cancel();
        }
    }

    boolean hasProperty(FutureProperty property) {
        PollableFuture<?> now = future;
        return now != null && now.hasProperty(property);
    }
}
