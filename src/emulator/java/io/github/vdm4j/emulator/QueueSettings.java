package io.github.vdm4j.emulator;

/**
 * The settings of a work queue.
 *
 * @param dedicated true for a single client, false for any number
 * @param size the number of descriptors that it holds
 * @param threshold the number of descriptors at which a shared queue refuses further descriptors
 * @param blockOnFault true if descriptors may wait for missing pages
 * @param maxTransfer the largest transfer in bytes, or 0 for the limit of the device
 * @param maxBatch the largest batch, or 0 for the limit of the device
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
     * @param size the number of descriptors
     * @return the settings
     */
    public static QueueSettings shared(int size) {
        return new QueueSettings(false, size, size, false, 0, 0);
    }

    /**
     * Returns a dedicated queue.
     *
     * @param size the number of descriptors
     * @return the settings
     */
    public static QueueSettings dedicated(int size) {
        return new QueueSettings(true, size, size, false, 0, 0);
    }

    /**
     * Returns a shared queue with a different threshold.
     *
     * @param descriptors the number at which it refuses further descriptors
     * @return the settings
     */
    public QueueSettings withThreshold(int descriptors) {
        return new QueueSettings(dedicated, size, descriptors, blockOnFault, maxTransfer, maxBatch);
    }

    /**
     * Returns this queue with a different reaction to missing pages.
     *
     * @param allowed true if descriptors may wait for pages
     * @return the settings
     */
    public QueueSettings withBlockOnFault(boolean allowed) {
        return new QueueSettings(dedicated, size, threshold, allowed, maxTransfer, maxBatch);
    }

    /**
     * Returns this queue with different limits.
     *
     * @param transfer the largest transfer in bytes
     * @param batch the largest batch
     * @return the settings
     */
    public QueueSettings withLimits(long transfer, int batch) {
        return new QueueSettings(dedicated, size, threshold, blockOnFault, transfer, batch);
    }
}
