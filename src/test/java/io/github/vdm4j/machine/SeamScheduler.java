package io.github.vdm4j.machine;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Collectors;

/**
 * A scheduler that lets one thread run at a time. At each seam, a seed decides which thread
 * continues. The same seed gives the same run. A run fails after a deadlock, after too many steps,
 * or after an exception of a user's task.
 */
public final class SeamScheduler implements Seam.Scheduler {
    private static final int MOST_STEPS = 20_000;
    private static final int LAST_STEPS = 80;
    /**
     * A shorter wait may time out at any step. A longer wait times out only if no thread can
     * continue.
     */
    private static final long SHORT_WAIT_NANOS = 10_000_000;
    private static final long LIMIT_NANOS = 30_000_000_000L;
    private static final StackWalker WALKER = StackWalker.getInstance();
    private static final ThreadLocal<Task> MINE = new ThreadLocal<>();

    private final SplittableRandom random;
    /** The probability that a thread keeps its turn, in two numbers. */
    private final int stays;
    private final List<Task> tasks = new ArrayList<>();
    private final Map<Thread, Task> byThread = new ConcurrentHashMap<>();
    private final List<Task> whose = new ArrayList<>();
    private final List<String> points = new ArrayList<>();
    private final List<Task> runnable = new ArrayList<>();
    private long now = 1_000_000_000;
    private int users;
    private Throwable failure;

    private volatile Task turn;
    private volatile boolean finished;
    /** If true, the run has failed, and its threads continue without turns. */
    private volatile boolean released;
    private Thread harness;

    /** The task of a user's thread. */
    @FunctionalInterface
    public interface User {
        void run() throws Exception;
    }

    private final class Task {
        final String name;
        final Thread thread;
        final boolean user;
        boolean permit;
        boolean blocked;
        boolean parked;
        Object lock;
        Task joined;
        long deadline = Long.MAX_VALUE;
        boolean ended;

        Task(String name, Thread thread, boolean user) {
            this.user = user;
            this.name = name;
            this.thread = thread;
            tasks.add(this);
            byThread.put(thread, this);
        }

        SeamScheduler scheduler() {
            return SeamScheduler.this;
        }

        void unblock() {
            blocked = false;
            parked = false;
            joined = null;
            deadline = Long.MAX_VALUE;
        }
    }

    public SeamScheduler(long seed) {
        random = new SplittableRandom(seed);
        stays = new int[]{0, 1, 3, 15}[random.nextInt(4)];
    }

    /** Returns the source of the users' random numbers. */
    public SplittableRandom random() {
        return random.split();
    }

    /** Adds a thread of a user, before {@link #run()}. */
    public void add(String name, User user) {
        Thread thread = new Thread(null, () -> {
            Task me = enter();
            try {
                user.run();
            } catch (Throwable e) {
                fail(e);
            }
            users--;
            end(me);
        }, name, 0, false);
        thread.setDaemon(true);
        new Task(name, thread, true);
        users++;
    }

    /**
     * Runs the users and the library's threads until all have ended.
     *
     * @throws AssertionError if the run fails
     */
    public void run() {
        harness = Thread.currentThread();
        for (Task each : List.copyOf(tasks)) {
            if (each.thread.getState() == Thread.State.NEW) {
                each.thread.start();
            }
        }
        pass(choose());
        long start = System.nanoTime();
        while (!finished) {
            LockSupport.parkNanos(this, LIMIT_NANOS);
            if (!finished && System.nanoTime() - start > LIMIT_NANOS) {
                fail(new AssertionError("blocked between two seams: " + describe(turn)));
                finished = true;
            }
        }
        if (failure != null) {
            release();
            throw new AssertionError(failure.toString(), failure);
        }
    }

    /** Releases the threads of a failed run, because later tests need the library's threads. */
    private void release() {
        released = true;
        for (Task each : tasks) {
            Object lock = each.lock;
            if (lock != null) {
                synchronized (lock) {
                    lock.notifyAll();
                }
            }
            LockSupport.unpark(each.thread);
        }
    }

    /** Returns the last steps of the run, without consecutive equal steps of a thread. */
    public String trace() {
        var text = new ArrayDeque<String>();
        Map<Task, List<String>> later = new HashMap<>();
        for (int i = points.size() - 1; i >= 0 && text.size() < LAST_STEPS; i--) {
            List<String> own = later.computeIfAbsent(whose.get(i), key -> new ArrayList<>());
            if (!own.contains(points.get(i))) {
                text.addFirst("\n  " + whose.get(i).name + ": " + points.get(i));
                own.add(points.get(i));
                if (own.size() > 3) {
                    own.removeFirst();
                }
            }
        }
        return "\nlast steps of " + points.size() + String.join("", text);
    }

    /** Returns a value for the comparison of the steps of two runs. */
    public List<String> steps() {
        List<String> steps = new ArrayList<>();
        for (int i = 0; i < points.size(); i++) {
            steps.add(tasks.indexOf(whose.get(i)) + " " + points.get(i));
        }
        return steps;
    }

    private String describe(Task task) {
        return task.name + (task.blocked ? " parked at " : " at ")
                + Arrays.stream(task.thread.getStackTrace())
                        .filter(frame -> frame.getClassName().startsWith("io.github.vdm4j")
                                && !frame.getClassName().contains(".Seam"))
                        .limit(6)
                        .map(frame -> frame.getFileName() + ":" + frame.getLineNumber())
                        .collect(Collectors.joining(" < "));
    }

    // --- turns

    /** Returns null on a thread that takes no turns. Ends the users of a failed run. */
    private Task mine() {
        Task mine = MINE.get();
        if (mine == null || mine.scheduler() != this) {
            return null;
        }
        if (released && mine.user) {
            throw new IllegalStateException("the run has failed");
        }
        return released ? null : mine;
    }

    private Task enter() {
        Task me = byThread.get(Thread.currentThread());
        MINE.set(me);
        awaitTurn(me);
        return me;
    }

    private void end(Task me) {
        if (released) {
            return;
        }
        me.ended = true;
        for (Task each : tasks) {
            if (each.joined == me) {
                each.unblock();
            }
        }
        MINE.remove();
        pass(choose());
    }

    private void fail(Throwable thrown) {
        if (failure == null) {
            failure = thrown;
        }
    }

    private void step(Task me, String point) {
        whose.add(me);
        points.add(point);
        now += 1 + random.nextInt(50_000);
        if (points.size() > MOST_STEPS) {
            fail(new AssertionError(
                    "no end after %,d steps: ".formatted(MOST_STEPS) + describeLeft()));
        }
        Task next = choose();
        if (next != me) {
            pass(next);
            awaitTurn(me);
        }
    }

    /** Returns the task that continues, or null if the run has ended. */
    private Task choose() {
        if (failure != null) {
            return null;
        }
        runnable.clear();
        Task timer = null;
        for (Task each : tasks) {
            if (each.ended) {
                continue;
            }
            if (!each.blocked) {
                runnable.add(each);
            } else if (each.deadline != Long.MAX_VALUE
                    && (timer == null || each.deadline < timer.deadline)) {
                timer = each;
            }
        }
        if (timer != null && (runnable.isEmpty()
                || timer.deadline - now < SHORT_WAIT_NANOS && random.nextInt(32) == 0)) {
            now = Math.max(now, timer.deadline);
            timer.unblock();
            return timer;
        }
        if (runnable.isEmpty()) {
            requireAllEnded();
            return null;
        }
        Task last = turn;
        if (last != null && !last.ended && !last.blocked && random.nextInt(stays + 1) != 0) {
            return last;
        }
        return runnable.get(random.nextInt(runnable.size()));
    }

    private void requireAllEnded() {
        if (tasks.stream().anyMatch(task -> !task.ended)) {
            fail(new AssertionError((users > 0 ? "threads wait for ever: "
                    : "threads of the library are left: ") + describeLeft()));
        }
    }

    private String describeLeft() {
        return tasks.stream()
                .filter(task -> !task.ended)
                .map(this::describe)
                .collect(Collectors.joining("; "));
    }

    private void pass(Task next) {
        if (next == null) {
            finished = true;
            LockSupport.unpark(harness);
            return;
        }
        Object lock = next.lock;
        turn = next;
        if (lock != null) {
            synchronized (lock) {
                lock.notifyAll();
            }
        } else {
            LockSupport.unpark(next.thread);
        }
    }

    private void awaitTurn(Task me) {
        boolean interrupted = false;
        while ((turn != me || finished) && !released) {
            LockSupport.park(this);
            interrupted |= Thread.interrupted();
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    // --- the calls of the library

    @Override
    public boolean step() {
        Task me = mine();
        if (me != null) {
            step(me, place());
        }
        return me != null;
    }

    /** Returns the line of the current point. */
    private static String place() {
        return WALKER.walk(frames -> frames
                .filter(frame -> !frame.getClassName().contains(".Seam"))
                .findFirst()
                .map(frame -> frame.getFileName() + ":" + frame.getLineNumber())
                .orElseThrow());
    }

    @Override
    public boolean park(long nanos) {
        Task me = mine();
        if (me == null) {
            return false;
        }
        if (me.permit) {
            me.permit = false;
            step(me, "parks with a permit");
            return true;
        }
        me.parked = true;
        block(me, nanos);
        step(me, "parks");
        me.permit = false;
        return true;
    }

    private void block(Task me, long nanos) {
        me.blocked = true;
        me.deadline = nanos > Long.MAX_VALUE - now ? Long.MAX_VALUE : now + Math.max(0, nanos);
    }

    @Override
    public boolean unpark(Thread thread) {
        Task target = thread == null ? null : byThread.get(thread);
        if (target == null || mine() == null) {
            return false;
        }
        target.permit = true;
        if (target.parked) {
            target.unblock();
        }
        return true;
    }

    @Override
    public boolean await(Object lock, long millis) {
        Task me = mine();
        if (me == null) {
            return false;
        }
        me.lock = lock;
        block(me, millis * 1_000_000);
        whose.add(me);
        points.add("waits");
        Task next = choose();
        if (next != me) {
            pass(next);
            boolean interrupted = false;
            while ((turn != me || finished) && !released) {
                try {
                    lock.wait();
                } catch (InterruptedException e) {
                    interrupted = true;
                }
            }
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
        me.lock = null;
        return true;
    }

    @Override
    public boolean notify(Object lock) {
        if (mine() == null) {
            return false;
        }
        List<Task> waiting =
                tasks.stream().filter(task -> task.lock == lock && task.blocked).toList();
        if (!waiting.isEmpty()) {
            waiting.get(random.nextInt(waiting.size())).unblock();
        }
        return true;
    }

    @Override
    public boolean join(Thread thread, long nanos) {
        Task me = mine();
        Task target = byThread.get(thread);
        if (me == null || target == null) {
            return false;
        }
        if (!target.ended) {
            me.joined = target;
            block(me, nanos);
            step(me, "joins");
        }
        return !target.ended; // An ended thread needs no turn for its last steps.
    }

    @Override
    public long nanoTime() {
        return now;
    }

    @Override
    public void register(Thread thread) {
        new Task(thread.getName(), thread, false);
    }

    @Override
    public void run(Runnable task) {
        if (byThread.get(Thread.currentThread()) == null) {
            task.run();
            return;
        }
        Task me = enter();
        try {
            task.run();
        } finally {
            end(me);
        }
    }
}
