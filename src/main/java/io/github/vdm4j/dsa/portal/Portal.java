package io.github.vdm4j.dsa.portal;

import io.github.vdm4j.machine.PlatformName;
import java.io.IOException;
import java.nio.file.Path;

/**
 * An open device file of a work queue. Every thread may submit through it.
 *
 * <p>C counterpart: the file descriptor of {@code /dev/dsa/wq0.0}.
 */
public interface Portal {
    /** Opens portals. */
    @FunctionalInterface
    interface Opener {
        /**
         * Opens the device file of a queue.
         *
         * @throws IOException with the system's words if the file cannot be opened
         */
        Portal open(Path node) throws IOException;
    }

    /**
     * Opens the device file of a queue in the best way that this JVM allows.
     *
     * @throws IOException with the system's words if the file cannot be opened
     */
    static Portal open(Path node) throws IOException {
        return PlatformName.nativeCallsAllowed() ? WritePortal.open(node) : new ChannelPortal(node);
    }

    /**
     * Submits one descriptor. The descriptor and a cleared record must be in the memory. What was
     * written before the call is visible to the device.
     *
     * @return 0 if the queue accepted the descriptor, else the negative error number
     */
    int submit(SlotMemory memory);

    /**
     * Opens the file again and closes the old one, which waits until the device has executed what was
     * submitted through it. Other threads may submit meanwhile.
     *
     * @throws IOException with the system's words if the file cannot be opened; the old one stays
     */
    void reopen() throws IOException;

    /** Closes the file. Waits until the device has executed what was submitted through it. */
    void close();
}
