package io.github.vdm4j.future;

import java.util.Arrays;

/** Several threads poll one future, each with a waker of its own: all are woken. Immutable. */
final class JoinedWaker implements Waker {
    private final Waker first;
    private final Thread[] owners;
    private final Waker[] others;

    private JoinedWaker(Waker first, Thread[] owners, Waker[] others) {
        this.first = first;
        this.owners = owners;
        this.others = others;
    }

    /**
     * Adds a waker for the current thread, in the place of one that this thread added before. Those
     * of its wait that goes on stay: a thread that waits for two chains around one future has two
     * of them.
     */
    static Waker join(Waker existing, Waker added) {
        if (existing == null || existing == added) {
            return added;
        }
        Thread owner = Thread.currentThread();
        if (!(existing instanceof JoinedWaker joined)) {
            return new JoinedWaker(existing, new Thread[]{owner}, new Waker[]{added});
        }
        if (joined.first == added) {
            return joined;
        }
        int place = joined.owners.length;
        for (int i = joined.owners.length - 1; i >= 0; i--) {
            if (joined.others[i] == added) {
                return joined;
            }
            if (joined.owners[i] == owner && !WaitSession.isAwaiting(joined.others[i])) {
                place = i;
            }
        }
        int length = Math.max(joined.owners.length, place + 1);
        Thread[] owners = Arrays.copyOf(joined.owners, length);
        Waker[] others = Arrays.copyOf(joined.others, length);
        owners[place] = owner;
        others[place] = added;
        return new JoinedWaker(joined.first, owners, others);
    }

    @Override
    public void wake() {
        first.wake();
        for (Waker waker : others) {
            waker.wake();
        }
    }
}
