package io.github.vdm4j.future;

import java.util.Objects;

/**
 * The offer of a polling thread to {@link PollableFuture#poll(Notifier)}, with the future's answer.
 * The polling thread offers a {@link Waker}. The future answers with the {@linkplain #used() kind
 * of notification} that it will give.
 *
 * <p>A notifier belongs to the thread that polls with it. The thread may use it for any number of
 * polls and futures. Each poll overwrites the answer. Only this library extends this class.
 *
 * <p>C counterpart: {@code struct future_notifier}, miniasync_future(7).
 */
public abstract class Notifier {
    private static final Notifier NONE = new Offer(null);

    /**
     * A {@link NotifierType}, or the {@link Poller}. A single field ensures that threads see a
     * consistent answer.
     */
    private Object answer = NotifierType.NONE;

    Notifier() {}

    /** The offer of a waker, or of none. */
    static final class Offer extends Notifier {
        private final Waker waker;

        private Offer(Waker waker) {
            this.waker = waker;
        }

        @Override
        public Waker waker() {
            return waker;
        }
    }

    /**
     * {@return the notifier without a waker} It corresponds to a null notifier in C. It has no
     * state and is thread-safe.
     */
    public static Notifier none() {
        return NONE;
    }

    /**
     * {@return a notifier that offers a waker}
     *
     * @param waker the waker. The future calls it when a poll can make progress
     */
    public static Notifier of(Waker waker) {
        return new Offer(Objects.requireNonNull(waker, "waker"));
    }

    /**
     * {@return the kind of notification that the last polled future will give} With {@link
     * NotifierType#NONE}, the caller has to poll without a notification. {@link #none()} always
     * returns {@code NONE}.
     */
    public NotifierType used() {
        return answer instanceof NotifierType type ? type : NotifierType.POLLER;
    }

    /**
     * {@return the poller of the future, or null unless {@link #used()} is {@link
     * NotifierType#POLLER}}
     */
    public Poller poller() {
        return answer instanceof Poller poller ? poller : null;
    }

    /** {@return the offered waker, or null} Futures call this. */
    public abstract Waker waker();

    /** Answers that the future will not notify. Futures call this. */
    public void useNone() {
        if (this != NONE) {
            answer = NotifierType.NONE;
        }
    }

    /**
     * Answers that the future will call {@link #waker()}. Futures call this after they have stored
     * the waker.
     */
    public void useWaker() {
        if (this != NONE) {
            answer = NotifierType.WAKER;
        }
    }

    /**
     * Answers that the caller can use a poller instead of polls. Futures call this.
     *
     * @param question the poller. It returns whether a poll would make progress
     */
    public void usePoller(Poller question) {
        Objects.requireNonNull(question, "question");
        if (this != NONE) {
            answer = question;
        }
    }

    void answerLike(Notifier other) {
        answer = other.answer;
    }
}
