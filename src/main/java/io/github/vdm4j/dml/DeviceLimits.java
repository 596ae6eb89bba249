package io.github.vdm4j.dml;

import io.github.vdm4j.dsa.DsaDevice;
import io.github.vdm4j.dsa.DsaDevice.WorkQueue;
import java.util.List;
import java.util.OptionalLong;

/**
 * The limits of all enabled work queues together. Every queue must accept a job, because DML
 * chooses the queue.
 */
final class DeviceLimits {
    private DeviceLimits() {}

    /**
     * Returns the smallest limit on the length of a transfer among the enabled queues.
     *
     * @return the limit in bytes, or empty if no enabled queue shows its limit
     */
    static OptionalLong maxTransferBytes(List<DsaDevice> devices) {
        OptionalLong least = OptionalLong.empty();
        for (DsaDevice device : devices) {
            for (WorkQueue queue : device.queues()) {
                if (queue.enabled()) {
                    least = lesser(least, queue.maxTransferSize());
                }
            }
        }
        return least;
    }

    /**
     * Returns the smallest limit on the tasks of a batch among the enabled queues.
     *
     * @return the limit, 0 if a device accepts no batches from processes, or empty if no enabled
     *     queue shows its limit
     */
    static OptionalLong maxBatchTasks(List<DsaDevice> devices) {
        OptionalLong least = OptionalLong.empty();
        for (DsaDevice device : devices) {
            boolean refused = Boolean.FALSE.equals(device.batchOffered());
            for (WorkQueue queue : device.queues()) {
                if (queue.enabled()) {
                    least = lesser(least, refused ? Long.valueOf(0) : queue.maxBatchSize());
                }
            }
        }
        return least;
    }

    private static OptionalLong lesser(OptionalLong least, Long shown) {
        return shown == null || least.isPresent() && least.getAsLong() <= shown ? least
                : OptionalLong.of(shown);
    }
}
