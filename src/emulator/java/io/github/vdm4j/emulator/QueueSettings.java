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
    public QueueSettings {
        if (size < 1 || threshold < 1 || threshold > size || maxTransfer < 0 || maxBatch < 0) {
            throw new IllegalArgumentException(
                    "a queue of %d with threshold %d, transfers of %d and batches of %d"
                            .formatted(size, threshold, maxTransfer, maxBatch));
        }
    }

    public static QueueSettings shared(int size) {
        return new QueueSettings(false, size, size, false, 0, 0);
    }

    public static QueueSettings dedicated(int size) {
        return new QueueSettings(true, size, size, false, 0, 0);
    }

    public QueueSettings withThreshold(int descriptors) {
        return new QueueSettings(dedicated, size, descriptors, blockOnFault, maxTransfer, maxBatch);
    }

    public QueueSettings withBlockOnFault(boolean allowed) {
        return new QueueSettings(dedicated, size, threshold, allowed, maxTransfer, maxBatch);
    }

    public QueueSettings withLimits(long transfer, int batch) {
        return new QueueSettings(dedicated, size, threshold, blockOnFault, transfer, batch);
    }
}
