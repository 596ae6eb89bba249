package io.github.vdm4j.future;

import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.locks.LockSupport;

/**
 * The thread that polls the futures which nobody else polls and which cannot wake anybody. Started
 * when the first of them comes; sleeps while there are none.
 */
final class SharedPoller {
    static final String THREAD_NAME = "vdm4j-future-poller";

    private static final SharedPoller SHARED = new SharedPoller();

    private final Queue<FutureCompletion<?>> added = new ConcurrentLinkedQueue<>();
    private final Thread thread;

    /** Set while the thread may sleep. Whoever adds a future looks at it afterwards. */
    private volatile boolean sleeping;

    private SharedPoller() {
        thread =
                Thread.ofPlatform()
                        .daemon()
                        .name(THREAD_NAME)
                        .inheritInheritableThreadLocals(false)
                        .unstarted(this::run);
        thread.setContextClassLoader(ClassLoader.getSystemClassLoader());
        thread.start();
    }

    static void add(FutureCompletion<?> completion) {
        SHARED.added.add(completion);
        if (SHARED.sleeping) {
            LockSupport.unpark(SHARED.thread);
        }
    }

    private void run() {
        IdleStrategy idle = IdleStrategy.backOff();
        List<FutureCompletion<?>> polled = new ArrayList<>();
        for (int fruitless = 0;; fruitless++) {
            if (takeAdded(polled) | polled.removeIf(FutureCompletion::step)) {
                fruitless = 0;
            }
            sleeping = true;
            if (!added.isEmpty()) {
                fruitless = 0;
            } else if (polled.isEmpty()) {
                LockSupport.park(this);
            } else {
                idle.idle(fruitless);
            }
            sleeping = false;
            Thread.interrupted(); // nobody's business here, and it would keep park from sleeping
        }
    }

    private boolean takeAdded(List<FutureCompletion<?>> polled) {
        boolean any = false;
        for (var next = added.poll(); next != null; next = added.poll()) {
            polled.add(next);
            any = true;
        }
        return any;
    }
}
