package io.github.vdm4j.operation;

import io.github.vdm4j.MoverFuture;
import io.github.vdm4j.VdmResult;
import io.github.vdm4j.future.FutureState;

/**
 * One operation of {@link DataOperations}, with a typed output.
 *
 * <p>C counterpart: none; miniasync has no operation that tells anything.
 *
 * @param <R> the type of the output
 */
public abstract class DataFuture<R> extends MoverFuture<R> {
    private final Descriptor descriptor = new Descriptor();
    private final CompletionRecord completion = new CompletionRecord();

    /** Creates a future without an operation, which the mover's base class supplies. */
    protected DataFuture() {}

    /** Keeps other threads from preparing it; {@link #arm} or {@link #refuse} follows. */
    final void beginPreparing() {
        claim();
    }

    /** Leaves a future that was to be prepared as it was before. */
    final void refuse() {
        reinstate();
    }

    /** Makes a new future idle, or one after {@link #beginPreparing}, with this operation. */
    final void arm(Descriptor checked) {
        renew();
        describe(checked.type(), (byte) 0, checked.flags());
        descriptor.copyFrom(checked);
        completion.reset();
        becomeIdle();
    }

    /**
     * What to do.
     *
     * @return the same object for the life of the future
     */
    protected final Descriptor descriptor() {
        return descriptor;
    }

    /**
     * Where to write what came of it, before the future ends.
     *
     * @return the same object for the life of the future
     */
    protected final CompletionRecord completion() {
        return completion;
    }

    /**
     * Ends the operation as its completion record says; to be returned from {@link #advance}.
     *
     * @return {@link FutureState#COMPLETE}
     */
    protected final FutureState completed() {
        return completion.result() == VdmResult.SUCCESS
                ? succeed(completion.path())
                : fail(
                        completion.path(),
                        completion.result(),
                        completion.status(),
                        completion.reason(),
                        completion.cause());
    }

    @Override
    public final long byteSize() {
        return descriptor.byteSize();
    }

    /**
     * What the operation produced. A new object on every call.
     *
     * @return the output; null if the operation failed
     * @throws IllegalStateException if the future is not complete
     */
    @Override
    @SuppressWarnings("unchecked") // the mover's base class pairs the descriptor's type with R
    public final R output() {
        return result() == VdmResult.SUCCESS ? (R) Outputs.of(descriptor, completion, path())
                : null;
    }

    /** The number behind the output, without an object; for {@link ReusableOperation}. */
    final long value() {
        if (result() != VdmResult.SUCCESS) {
            throw new IllegalStateException("the operation failed: " + failure().getMessage());
        }
        return completion.value();
    }

    @Override
    public String toString() {
        return "%s, %s".formatted(descriptor, state());
    }
}
