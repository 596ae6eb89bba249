package io.github.vdm4j.future;

import io.github.vdm4j.machine.Elements;
import io.github.vdm4j.machine.FailureName;
import io.github.vdm4j.machine.LibraryThread;
import io.github.vdm4j.machine.Seam;
import java.time.Duration;
import java.util.Collection;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Set;

/**
 * The wait of a thread for several futures. If a future has answered with a waker, the session
 * polls its entry again only after a wake-up. The cost of a round therefore depends only on the
 * futures with progress.
 */
final class WaitSession {
    /** The number of checks for a wake-up before the thread sleeps. */
    private static final int SPINS_BEFORE_SLEEP = 100;

    private final Thread waiter = Thread.currentThread();
    private final IdleStrategy idle;

    private final Entry[] all;

    /** The entries of the next round in the caller's order, in the first {@link #count} places. */
    private final Entry[] due;

    private int count;

    private int remaining;

    /** The largest number of incomplete futures at which the wait ends. */
    private int mayStayIncomplete;

    /** The first entry that may be incomplete. */
    private int firstIncomplete;

    /** Whether a step of a chain has ended in this round. */
    private boolean stepEnded;

    /** The entries woken since the last round. Written under the lock. */
    private volatile Entry woken;

    /**
     * Whether the thread was interrupted during the wait. An interrupt ends only an {@link
     * #interruptible} wait.
     */
    private boolean interrupted;

    private boolean interruptible;

    /** Whether the wait has a {@link #deadline}. It is a time of {@link System#nanoTime}. */
    private boolean timed;

    private long deadline;

    /** Set while the waiter may sleep. A thread that wakes an entry reads this field afterwards. */
    private volatile boolean sleeping;

    WaitSession(Collection<? extends PollableFuture<?>> futures, IdleStrategy idle) {
        this.idle = idle;
        all = distinct(futures);
        due = all.clone();
        count = due.length;
        remaining = due.length;
    }

    private Entry[] distinct(Collection<? extends PollableFuture<?>> futures) {
        Elements.nonNull(futures, "futures");
        if (futures instanceof List<? extends PollableFuture<?>> list && list.size() == 1) {
            return new Entry[]{new Entry(list.get(0))}; // The usual case needs no set.
        }
        Set<PollableFuture<?>> distinct = Collections.newSetFromMap(new IdentityHashMap<>());
        return futures.stream()
                .map(Entry::new)
                .filter(entry -> distinct.add(entry.future))
                .toArray(Entry[]::new);
    }

    WaitSession untilAny() {
        if (all.length == 0) {
            throw new IllegalArgumentException(
                    FailureName.ENDLESS_WAIT.endOf(
                            "waitAny of no futures would wait for ever. Pass at least one "
                                    + "future"));
        }
        mayStayIncomplete = all.length - 1;
        return this;
    }

    /** Returns the first complete future in the caller's order, or null. */
    PollableFuture<?> firstComplete() {
        for (Entry entry : all) {
            if (entry.done) {
                return entry.future;
            }
        }
        return null;
    }

    /** Waits. Returns {@code false} after a timeout. */
    boolean run(Duration timeout) {
        timed = true;
        deadline = Seam.nanoTime() + nanos(timeout);
        run();
        return isOver();
    }

    void runInterruptibly() throws InterruptedException {
        interruptible = true;
        interrupted = Thread.interrupted();
        run();
        if (!isOver()) {
            throw new InterruptedException();
        }
    }

    private boolean isOver() {
        return remaining <= mayStayIncomplete;
    }

    /** Returns a timeout in nanoseconds, from 0 to a hundred years. */
    static long nanos(Duration timeout) {
        Duration longest = Duration.ofDays(36_500);
        return timeout.isNegative() ? 0
                : (timeout.compareTo(longest) > 0 ? longest : timeout).toNanos();
    }

    void run() {
        try {
            loop();
        } finally {
            withdrawAll();
            if (interrupted && (!interruptible || isOver())) {
                waiter.interrupt();
            }
        }
    }

    private void loop() {
        int fruitless = 0;
        boolean mayWait = false;
        while (!(interrupted && interruptible)) {
            boolean progress = pollDue();
            if (isOver() || isLate()) {
                return;
            }
            if (!mayWait) {
                requireMayWait();
                mayWait = true;
            }
            int kept = count;
            takeWoken();
            if (progress || count > kept) {
                fruitless = 0;
            } else {
                pause(fruitless++);
                takeWoken();
            }
        }
    }

    /**
     * Throws an exception on a thread of this library, because this thread may have to complete the
     * operation.
     */
    static void refuseLibraryThread(String call) {
        if (LibraryThread.isCurrent()) {
            throw new IllegalStateException(
                    FailureName.ENDLESS_WAIT.endOf(call + " on the library's thread "
                            + Thread.currentThread().getName()
                            + ": it may be the thread that completes the operation. Await on a"
                            + " thread of your own, or use toCompletableFuture(executor)"));
        }
    }

    private void requireMayWait() {
        refuseLibraryThread("await");
        for (Entry entry : all) {
            if (!entry.done && entry.future instanceof AbstractFuture<?> future
                    && future.isAdvancedByCaller()) {
                throw new IllegalStateException(FailureName.ENDLESS_WAIT.endOf("await of " + future
                        + " inside its own advance: it cannot complete before advance returns."
                        + " Return RUNNING, or put the dependent step into a FutureChain"));
            }
        }
    }

    private void withdrawAll() {
        for (Entry entry : all) {
            entry.withdraw();
        }
    }

    private boolean isLate() {
        return timed && Seam.nanoTime() - deadline >= 0;
    }

    /**
     * Polls every entry of the round once, asynchronous entries first. The method keeps the
     * entries of the next round.
     */
    private boolean pollDue() {
        int before = remaining;
        int polled = count;
        stepEnded = false;
        for (int i = 0; i < polled; i++) {
            due[i].async = due[i].future.hasProperty(FutureProperty.ASYNC);
        }
        count = 0;
        for (int pass = 0; pass < 2; pass++) {
            for (int i = 0; i < polled; i++) {
                if (due[i].async == (pass == 0)) {
                    pollOne(due[i]);
                }
            }
        }
        for (int i = 0; i < polled; i++) {
            if (due[i].again) {
                due[count++] = due[i];
            }
        }
        return stepEnded || remaining < before;
    }

    private void pollOne(Entry entry) {
        entry.again = false;
        Object place = FutureChain.placeOf(entry.future);
        if (entry.poller != null && !entry.poller.ready()) {
            entry.again = true;
        } else if (entry.future.poll(entry) == FutureState.COMPLETE) {
            entry.done = true;
            remaining--;
        } else {
            entry.poller = entry.poller();
            entry.again = entry.used() != NotifierType.WAKER;
            stepEnded |= place != FutureChain.placeOf(entry.future);
        }
    }

    private void takeWoken() {
        if (woken != null) {
            appendWoken();
        }
    }

    private synchronized void appendWoken() {
        for (Entry entry = woken; entry != null;) {
            Entry following = entry.link;
            entry.link = null;
            entry.listed = false;
            // A late wake-up has no effect if the entry is done or in the next round. An entry is
            // done after this thread has counted it. Another thread may have completed the future
            // earlier.
            if (!entry.again && !entry.done) {
                entry.again = true;
                due[count++] = entry;
            }
            entry = following;
        }
        woken = null;
    }

    private void pause(int fruitless) {
        if (count > 0) {
            sleeping = true;
            if (woken == null) {
                idle.idle(fruitless);
            }
            sleeping = false;
            interrupted |= Thread.interrupted();
            return;
        }
        if (workMeanwhile()) {
            return;
        }
        // A spinning virtual thread would block its carrier for other virtual threads.
        for (int i = waiter.isVirtual() ? SPINS_BEFORE_SLEEP : 0; i < SPINS_BEFORE_SLEEP; i++) {
            if (woken != null) {
                return;
            }
            Thread.onSpinWait();
        }
        Seam.step();
        sleeping = true;
        Seam.step();
        while (woken == null && !isLate() && !(interrupted && interruptible)) {
            if (timed) {
                Seam.parkNanos(this, deadline - Seam.nanoTime());
            } else {
                Seam.park(this);
            }
            interrupted |= Thread.interrupted();
        }
        sleeping = false;
    }

    /**
     * Works for the driver of the first incomplete future, because this takes less time than a
     * wake-up. A wait with a timeout or an interrupt does not, because work could delay its end. A
     * virtual thread does not, because it would keep its carrier from further virtual threads.
     */
    private boolean workMeanwhile() {
        if (timed || interruptible || waiter.isVirtual()) {
            return false;
        }
        while (all[firstIncomplete].done) {
            firstIncomplete++;
        }
        return all[firstIncomplete].future instanceof AbstractFuture<?> future
                && future.workWhileAwaited();
    }

    private void wake(Entry entry) {
        if (append(entry) && sleeping) {
            LibraryThread.unpark(waiter);
        }
    }

    /** Returns {@code false} if the entry was woken already. */
    private synchronized boolean append(Entry entry) {
        if (entry.listed) {
            return false;
        }
        entry.listed = true;
        entry.link = woken;
        woken = entry;
        return true;
    }

    private final class Entry extends Registration {
        final PollableFuture<?> future;
        Poller poller;

        /** The property at the beginning of the round. */
        boolean async;

        /** Whether the entry is in the next round. */
        boolean again = true;

        /** Whether the waiter has seen that the future is complete. */
        boolean done;

        // Guarded by the session.
        Entry link;
        boolean listed;

        Entry(PollableFuture<?> future) {
            this.future = future;
        }

        @Override
        Kind kind() {
            return Kind.SIGNAL;
        }

        @Override
        void fire() {
            WaitSession.this.wake(this);
        }

        @Override
        boolean isLoneWait() {
            return all.length == 1;
        }
    }
}
