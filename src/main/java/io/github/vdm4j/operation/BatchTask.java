package io.github.vdm4j.operation;

/**
 * One operation of a batch. For implementors of movers: users get {@link TaskResult}s.
 *
 * <p>C counterpart: a task of a {@code DML_OP_BATCH}, set with {@code dml_batch_set_..._by_index}.
 */
public final class BatchTask {
    private final Descriptor descriptor = new Descriptor();
    private final CompletionRecord completion = new CompletionRecord();
    private boolean fenced;

    BatchTask() {}

    /** The descriptor was written. */
    void begin(boolean behindFence) {
        fenced = behindFence;
        completion.reset();
    }

    /**
     * What to do.
     *
     * @return the descriptor
     */
    public Descriptor descriptor() {
        return descriptor;
    }

    /**
     * Tells whether everything before this task has to be done first, and done well.
     *
     * @return true if there is a fence before it
     */
    public boolean isFenced() {
        return fenced;
    }

    /**
     * Where to write what came of it.
     *
     * @return the record, which says {@link io.github.vdm4j.VdmResult#NOT_RUN} at first
     */
    public CompletionRecord completion() {
        return completion;
    }
}
