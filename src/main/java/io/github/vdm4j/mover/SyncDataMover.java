package io.github.vdm4j.mover;

import io.github.vdm4j.AbstractDataMover;
import io.github.vdm4j.VdmExecutor;
import io.github.vdm4j.VdmFlags;
import io.github.vdm4j.jvm.CallerExecutor;
import io.github.vdm4j.jvm.MoveFunctions;
import io.github.vdm4j.memory.Durability;
import java.lang.foreign.MemorySegment;

/**
 * A mover that executes each operation in its first poll, on the polling thread, with the JVM's own
 * code. It takes heap and off-heap segments. It makes mapped files durable. If libpmem is
 * installed, it also makes persistent memory durable, and copies that exceed the processor's caches
 * take less time on processors without AVX-512.
 *
 * <p>C counterpart: miniasync_vdm_synchronous(7), {@code data_mover_sync_new(3)}.
 */
public final class SyncDataMover extends AbstractDataMover {
    private final Durability durability;
    private final VdmExecutor executor;

    private SyncDataMover(Durability durability) {
        this.durability = durability;
        executor = new CallerExecutor(MoveFunctions.STANDARD, durability);
    }

    /**
     * Opens a mover. The mover holds no resources.
     *
     * @return an open mover
     */
    public static SyncDataMover open() {
        return open(Durability.system());
    }

    /** {@return settings for a mover, with the defaults} */
    public static SyncDataMoverBuilder builder() {
        return new SyncDataMoverBuilder();
    }

    /** Opens a mover with the write-back engines of a test. These engines count their calls. */
    static SyncDataMover open(Durability durability) {
        return new SyncDataMover(durability);
    }

    /**
     * Returns the executor of this mover. The executor runs each operation in {@link
     * VdmExecutor#start}, on the calling thread. A user's own mover can pass operations to this
     * executor.
     */
    @Override
    public VdmExecutor executor() {
        return executor;
    }

    @Override
    public boolean isSupported(VdmFlags flags, MemorySegment destination) {
        return durability.supports(flags, destination, false);
    }

    @Override
    public String name() {
        return "sync";
    }
}
