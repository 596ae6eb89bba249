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
    /** Opens the device file of a queue, like {@link Portal#open}. */
    @FunctionalInterface
    interface Opener {
        Portal open(Path node) throws IOException;
    }

    /**
     * Opens the device file of a queue. If the JVM denies native access, the portal uses a file
     * channel.
     *
     * @throws IOException with the system's words if the file cannot be opened
     */
    static Portal open(Path node) throws IOException {
        return PlatformName.nativeCallsAllowed() ? new WritePortal(node) : new ChannelPortal(node);
    }

    /**
     * Submits one descriptor. The memory must contain the descriptor and a cleared record. The
     * device sees all earlier writes of the thread.
     *
     * @return 0 if the queue accepted the descriptor, or the negative error number
     */
    int submit(Submission submission);

    /**
     * Opens the file again and closes the old file. The close waits until the device has executed
     * all submissions through the old file. During the call, other threads may submit.
     *
     * @throws IOException if the file cannot be opened. The old file then stays open
     */
    void reopen() throws IOException;

    /** Closes the file. Waits until the device has executed all submissions through the file. */
    void close();
}
