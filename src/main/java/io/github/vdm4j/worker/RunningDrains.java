package io.github.vdm4j.worker;

import io.github.vdm4j.Operation;
import io.github.vdm4j.future.FutureState;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/** The running drains of a mover. A drain is in no queue, and the program can drop its future. */
public final class RunningDrains {
    private final Set<Operation<?>> running = ConcurrentHashMap.newKeySet();

    /** Adds a drain that starts. The earlier drains make progress. */
    public void add(Operation<?> drain) {
        poll();
        running.add(drain);
    }

    /** Polls the drains, and removes those that have ended. */
    public void poll() {
        for (Operation<?> drain : running) {
            drain.advanceIfRunning();
            if (drain.state() != FutureState.RUNNING) {
                running.remove(drain);
            }
        }
    }
}
