package io.github.vdm4j.future;

import java.util.Objects;

/**
 * What a caller hands to {@link PollableFuture#poll(Notifier)}, and the future's answer to it: the
 * caller offers a {@link Waker}; the future answers with the {@linkplain #used() kind of
 * notification} that it will really give.
 *
 * <p>A notifier belongs to the thread that polls with it and may be used for any number of polls of
 * any number of futures, one after the other; each poll overwrites the answer.
 *
 * <p>C counterpart: {@code struct future_notifier}, miniasync_future(7).
 */
public final class Notifier {
    private static final Notifier NONE = new Notifier(null);

    private final Waker waker;
    /** A {@link NotifierType}, or the {@link Poller}. One field, so that no thread sees half of it. */
    private Object answer = NotifierType.NONE;

    private Notifier(Waker waker) {
        this.waker = waker;
    }

    /**
     * A notifier that offers nothing, for callers that poll until the end; the same as a null
     * notifier in C. It keeps no answer and may be shared.
     *
     * @return the notifier without a waker
     */
    public static Notifier none() {
        return NONE;
    }

    /**
     * A notifier that offers a waker.
     *
     * @param waker called when there is progress to be made
     * @return a new notifier
     */
    public static Notifier of(Waker waker) {
        return new Notifier(Objects.requireNonNull(waker, "waker"));
    }

    /**
     * The kind of notification that the future polled last will give. {@link NotifierType#NONE}
     * means that it has to be polled again without being told to.
     *
     * @return the future's answer, always {@code NONE} for {@link #none()}
     */
    public NotifierType used() {
        return answer instanceof NotifierType type ? type : NotifierType.POLLER;
    }

    /**
     * The question to be asked instead of polling, if {@link #used()} is {@link
     * NotifierType#POLLER}.
     *
     * @return the poller, or null for every other kind
     */
    public Poller poller() {
        return answer instanceof Poller poller ? poller : null;
    }

    /**
     * The waker on offer; for implementors of futures.
     *
     * @return the waker, or null if the caller offered none
     */
    public Waker waker() {
        return waker;
    }

    /** Answers that no notification will be given; for implementors of futures. */
    public void useNone() {
        if (waker != null) {
            answer = NotifierType.NONE;
        }
    }

    /**
     * Answers that {@link #waker()} will be called; for implementors of futures, which must have
     * stored the waker where progress finds it before they answer so.
     */
    public void useWaker() {
        if (waker != null) {
            answer = NotifierType.WAKER;
        }
    }

    /**
     * Answers that a question can be asked instead of polling; for implementors of futures.
     *
     * @param question tells whether a poll would make progress
     */
    public void usePoller(Poller question) {
        Objects.requireNonNull(question, "question");
        if (waker != null) {
            answer = Objects.requireNonNull(question, "question");
        }
    }

    /** Gives the answer that was given to another notifier. */
    void answerLike(Notifier other) {
        answer = other.answer;
    }
}
