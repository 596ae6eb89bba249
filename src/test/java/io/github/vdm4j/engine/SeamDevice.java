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
     * @param slots the largest number of copies in flight
     * @param onCopy the function that gets the address of the source of each copy
     * @param checks the function that returns the number of checks that find a copy in flight
     */
    public static AbstractDataMover open(int slots, LongConsumer onCopy, IntSupplier checks) {
        var device = new CopyDevice(ExecutionPath.NONE, 1 << 30)
                .onCopy(part -> onCopy.accept(part.source), checks);
        return new CopyDeviceMover(device, slots, NEVER_NANOS);
    }
}
