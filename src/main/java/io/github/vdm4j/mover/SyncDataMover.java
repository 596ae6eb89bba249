package io.github.vdm4j.mover;

import io.github.vdm4j.AbstractDataMover;
import io.github.vdm4j.ExecutionPath;
import io.github.vdm4j.VdmFlags;
import io.github.vdm4j.VdmFuture;
import io.github.vdm4j.VdmOperationType;
import io.github.vdm4j.VdmResult;
import io.github.vdm4j.durability.Durability;
import io.github.vdm4j.durability.MemoryRegion;
import io.github.vdm4j.durability.MemoryRegions;
import io.github.vdm4j.future.FutureProperty;
import io.github.vdm4j.future.FutureState;
import io.github.vdm4j.future.Notifier;
import java.lang.foreign.MemorySegment;

/**
 * A data mover that executes each operation in its first poll, on the polling thread, with the JVM's
 * own copy and fill. Takes heap and off-heap segments. Durable for mapped files, which it writes to
 * their storage, and for other native memory where libpmem is installed.
 *
 * <p>C counterpart: miniasync_vdm_synchronous(7), {@code data_mover_sync_new(3)}.
 */
public final class SyncDataMover extends AbstractDataMover {
    private final Durability durability;

    private SyncDataMover(Durability durability) {
        this.durability = durability;
    }

    /**
     * Opens a mover. It holds no resources.
     *
     * @return an open mover
     */
    public static SyncDataMover open() {
        return open(Durability.system());
    }

    /** With other write-back engines than the machine's; for tests, which count what they do. */
    static SyncDataMover open(Durability durability) {
        return new SyncDataMover(durability);
    }

    @Override
    protected VdmFuture newFuture() {
        return new SyncFuture(this);
    }

    @Override
    protected void checkReachable(VdmOperationType type, String role, MemorySegment segment) {
        // What the calling thread can access, it can copy.
    }

    @Override
    protected void shutDown() {
        // Nothing outlives a poll.
    }

    @Override
    public boolean isSupported(VdmFlags flags, MemorySegment destination) {
        return JvmFuture.supports(durability, flags, destination);
    }

    @Override
    public String name() {
        return "sync";
    }

    private static final class SyncFuture extends JvmFuture {
        private final SyncDataMover mover;

        SyncFuture(SyncDataMover mover) {
            this.mover = mover;
        }

        @Override
        protected FutureState advance(Notifier notifier) {
            notifier.useNone();
            if (mover.isClosed()) {
                return fail(
                        ExecutionPath.NONE, VdmResult.CLOSED, null, "failed: the mover was closed", null);
            }
            requireAccess();
            MemoryRegion onto = MemoryRegions.find(destination());
            MemoryRegion of = MemoryRegions.find(source());
            if (pin(onto, of)) {
                try {
                    execute(MoveFunctions.STANDARD, mover.durability);
                } finally {
                    MemoryRegions.unpin(onto, of);
                }
            }
            return FutureState.COMPLETE;
        }

        @Override
        public boolean hasProperty(FutureProperty property) {
            return false;
        }
    }
}
