package io.github.vdm4j.worker;

import io.github.vdm4j.Operation;
import io.github.vdm4j.VdmOperationType;
import io.github.vdm4j.future.FutureState;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/** The running drains of a mover. A drain is in no queue, and the program can drop its future. */
public final class RunningDrains {
    private final Set<Operation<?>> running = ConcurrentHashMap.newKeySet();

    /** Adds a drain that starts. Earlier drains end, up to the first that still runs. */
    public void add(Operation<?> drain) {
        for (Operation<?> earlier : running) {
            if (isRunning(earlier)) {
                break; // Further polls would make many drains slow.
            }
        }
        running.add(drain);
    }

    /** Polls the drains, and removes those that have ended or are other operations now. */
    public void poll() {
        running.forEach(this::isRunning);
    }

    private boolean isRunning(Operation<?> drain) {
        try {
            drain.advanceIfRunning();
        } catch (WrongThreadException e) {
            // The program has prepared it again with confined memory. Its owner continues it.
        }
        if (drain.state() == FutureState.RUNNING && drain.type() == VdmOperationType.DRAIN) {
            return true;
        }
        running.remove(drain);
        return false;
    }
}
