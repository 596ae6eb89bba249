package io.github.vdm4j.future;

/** A future that counts its polls and is complete after a given number of them. Its output is 1. */
final class CountingFuture extends AbstractFuture<Integer> {
    private final int polls;
    private final boolean async;
    private final Runnable whenComplete;
    private int counter;
    private int result;
    private Throwable failure;

    CountingFuture(int polls, boolean async, Runnable whenComplete) {
        this.polls = polls;
        this.async = async;
        this.whenComplete = whenComplete;
    }

    static CountingFuture sync(int polls) {
        return new CountingFuture(polls, false, () -> {});
    }

    static CountingFuture async(int polls) {
        return new CountingFuture(polls, true, () -> {});
    }

    int counter() {
        return counter;
    }

    int result() {
        return result;
    }

    void add(int more) {
        result += more;
    }

    @Override
    protected FutureState advance(Notifier notifier) {
        notifier.useNone();
        counter++;
        if (counter < polls) {
            return FutureState.RUNNING;
        }
        result++;
        whenComplete.run();
        return FutureState.COMPLETE;
    }

    @Override
    protected void completeWith(Throwable thrown) {
        failure = thrown;
    }

    @Override
    public Integer output() {
        requireComplete();
        return result;
    }

    @Override
    public Throwable failure() {
        requireComplete();
        return failure;
    }

    @Override
    public boolean hasProperty(FutureProperty property) {
        return async && property == FutureProperty.ASYNC;
    }
}
