package io.github.vdm4j.mover;

import io.github.vdm4j.AbstractDataMover;
import io.github.vdm4j.ExecutionPath;
import io.github.vdm4j.VdmFlags;
import io.github.vdm4j.VdmFuture;
import io.github.vdm4j.VdmOperationType;
import io.github.vdm4j.VdmResult;
import io.github.vdm4j.future.FutureProperty;
import io.github.vdm4j.future.FutureState;
import io.github.vdm4j.future.Notifier;
import java.lang.foreign.MemorySegment;

/**
 * A data mover that executes each operation in its first poll, on the polling thread, with the JVM's
 * own copy and fill. Takes heap and off-heap segments. Durable for mapped files, which it writes to
 * their storage.
 *
 * <p>C counterpart: miniasync_vdm_synchronous(7), {@code data_mover_sync_new(3)}.
 */
public final class SyncDataMover extends AbstractDataMover {

    private SyncDataMover() {}

    /**
     * Opens a mover. It holds no resources.
     *
     * @return an open mover
     */
    public static SyncDataMover open() {
        return new SyncDataMover();
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
    protected void drain() {
        // Nothing outlives a poll.
    }

    /**
     * True for every flag; {@link VdmFlags#MEM_DURABLE} for mapped files.
     *
     * @param flags the flags asked for
     * @return true
     */
    @Override
    public boolean isSupported(VdmFlags flags) {
        return VdmFlags.MEM_DURABLE.and(VdmFlags.NO_CACHE_HINT).contains(flags);
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
            requireAccess(destination());
            if (source() != null) {
                requireAccess(source());
            }
            execute(MoveFunctions.STANDARD);
            return FutureState.COMPLETE;
        }

        /** A confined segment is the polling thread's matter: the future stays idle, for its own thread. */
        private static void requireAccess(MemorySegment segment) {
            if (!segment.isAccessibleBy(Thread.currentThread())) {
                throw new WrongThreadException(
                        "a segment of %,d bytes is confined to another thread than %s: poll the future there"
                                .formatted(segment.byteSize(), Thread.currentThread()));
            }
        }

        @Override
        public boolean hasProperty(FutureProperty property) {
            return false;
        }
    }
}
