package io.github.vdm4j.mover;

import io.github.vdm4j.engine.DeviceHealth;
import io.github.vdm4j.machine.LibraryThread;
import java.util.function.Consumer;

/** The current decision of a mover, with the user's listener. */
final class Decisions implements DeviceHealth.Listener {
    private final Consumer<DeviceDecision> listener;
    private volatile DeviceDecision current;

    Decisions(Consumer<DeviceDecision> listener) {
        this.listener = listener;
    }

    DeviceDecision current() {
        return current;
    }

    @Override
    public Runnable decided(boolean device, String reason) {
        var decision = new DeviceDecision(device, reason);
        current = decision;
        return () -> notifyListener(decision);
    }

    /**
     * Notifies the user's listener. The thread's uncaught-exception handler receives a throwable of
     * that listener, because the operation must continue.
     */
    private void notifyListener(DeviceDecision decision) {
        try {
            listener.accept(decision);
        } catch (Throwable e) {
            LibraryThread.report(e);
        }
    }
}
