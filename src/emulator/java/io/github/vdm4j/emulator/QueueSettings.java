package io.github.vdm4j.emulator;

/**
 * What a work queue is.
 *
 * @param dedicated true for one client, false for any number
 * @param size descriptors that it holds
 * @param threshold descriptors from which a shared queue refuses more
 * @param blockOnFault true if descriptors may wait for missing pages
 * @param maxTransfer the largest transfer in bytes; 0 for that of the device
 * @param maxBatch the largest batch; 0 for that of the device
 */
public record QueueSettings(boolean dedicated, int size, int threshold, boolean blockOnFault,
        long maxTransfer, int maxBatch) {
    /** Checks the values. */
    public QueueSettings {
        if (size < 1 || threshold < 1 || threshold > size || maxTransfer < 0 || maxBatch < 0) {
            throw new IllegalArgumentException(
                    "a queue of %d with threshold %d, transfers of %d and batches of %d"
                            .formatted(size, threshold, maxTransfer, maxBatch));
        }
    }

    /**
     * Returns a shared queue.
     *
     * @param size descriptors
     * @return the settings
     */
    public static QueueSettings shared(int size) {
        return new QueueSettings(false, size, size, false, 0, 0);
    }

    /**
     * Returns a dedicated queue.
     *
     * @param size descriptors
     * @return the settings
     */
    public static QueueSettings dedicated(int size) {
        return new QueueSettings(true, size, size, false, 0, 0);
    }

    /**
     * Returns this queue with another limit of a shared queue.
     *
     * @param descriptors from which on it refuses more
     * @return the settings
     */
    public QueueSettings withThreshold(int descriptors) {
        return new QueueSettings(dedicated, size, descriptors, blockOnFault, maxTransfer, maxBatch);
    }

    /**
     * Returns this queue with descriptors that may wait for pages.
     *
     * @param allowed true if they may
     * @return the settings
     */
    public QueueSettings withBlockOnFault(boolean allowed) {
        return new QueueSettings(dedicated, size, threshold, allowed, maxTransfer, maxBatch);
    }

    /**
     * Returns this queue with other limits of its own.
     *
     * @param transfer the largest transfer in bytes
     * @param batch the largest batch
     * @return the settings
     */
    public QueueSettings withLimits(long transfer, int batch) {
        return new QueueSettings(dedicated, size, threshold, blockOnFault, transfer, batch);
    }
}
