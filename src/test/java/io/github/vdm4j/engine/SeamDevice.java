package io.github.vdm4j.engine;

import io.github.vdm4j.AbstractDataMover;
import io.github.vdm4j.ExecutionPath;
import java.util.function.IntSupplier;
import java.util.function.LongConsumer;

/** A mover on a device for the tests with the seam scheduler. */
public final class SeamDevice {
    private static final long NEVER_NANOS = 3_600_000_000_000L;

    private SeamDevice() {}

    /**
     * Opens a mover.
     *
     * @param slots how many copies are in flight at most
     * @param onCopy called with the address of the source of each copy
     * @param checks returns how many checks find a copy in flight
     */
    public static AbstractDataMover open(int slots, LongConsumer onCopy, IntSupplier checks) {
        var device = new CopyDevice(ExecutionPath.NONE, 1 << 30)
                .onCopy(part -> onCopy.accept(part.source()), checks);
        return new CopyDeviceMover(device, slots, NEVER_NANOS);
    }
}
