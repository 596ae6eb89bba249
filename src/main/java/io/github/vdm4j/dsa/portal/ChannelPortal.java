package io.github.vdm4j.dsa.portal;

import io.github.vdm4j.engine.channel.Descriptor;
import java.io.IOException;
import java.lang.invoke.VarHandle;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/**
 * A portal that uses the JDK's file channel. A JVM that denies native access needs it. The portal
 * locks the channel for each submission. If an interrupt closes the channel, the portal opens a new
 * channel.
 */
final class ChannelPortal implements Portal {
    private final Path node;
    private volatile FileChannel channel;
    private volatile boolean closed;

    ChannelPortal(Path node) throws IOException {
        this.node = node;
        channel = open();
    }

    private FileChannel open() throws IOException {
        return FileChannel.open(node, StandardOpenOption.READ, StandardOpenOption.WRITE);
    }

    @Override
    public int submit(Submission submission) {
        boolean interrupted = Thread.interrupted(); // an interrupted thread would close the channel
        try {
            return submit(submission, channel);
        } catch (ClosedChannelException e) {
            interrupted |= Thread.interrupted();
            return submission.written() == Descriptor.BYTES ? 0 : submitAgain(submission);
        } catch (IOException e) {
            return errorNumber(e);
        } finally {
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }

    private static int submit(Submission submission, FileChannel to) throws IOException {
        VarHandle.fullFence(); // the device must not see the descriptor before its data
        int accepted = to.write(submission.buffer());
        return accepted == Descriptor.BYTES ? 0 : accepted == 0 ? DsaStatus.EAGAIN : DsaStatus.EIO;
    }

    /** Submits again after an interrupt of a submitting thread has closed the channel. */
    private synchronized int submitAgain(Submission submission) {
        if (closed) {
            return DsaStatus.EBADF;
        }
        try {
            if (!channel.isOpen()) {
                channel = open();
            }
            return submit(submission, channel);
        } catch (ClosedChannelException e) {
            return submission.written() == Descriptor.BYTES ? 0 : DsaStatus.EAGAIN;
        } catch (IOException e) {
            return errorNumber(e);
        }
    }

    /** Returns the error number. The JDK's exception has only the message of the system. */
    private static int errorNumber(IOException e) {
        String words = String.valueOf(e.getMessage());
        return words.contains("Invalid argument") ? DsaStatus.EINVAL
                : words.contains("Operation not permitted") ? DsaStatus.EPERM
                        : words.contains("No such device or address") ? DsaStatus.ENXIO
                                : words.contains("No such device") ? DsaStatus.ENODEV
                                        : words.contains("not connected") ? DsaStatus.ENOTCONN
                                                : DsaStatus.EIO;
    }

    @Override
    public synchronized void reopen() throws IOException {
        FileChannel old = channel;
        channel = open();
        close(old);
    }

    @Override
    public synchronized void close() {
        closed = true;
        close(channel);
    }

    private static void close(FileChannel old) {
        try {
            old.close();
        } catch (IOException e) {
            // Linux has closed the device file even now. No written data can be lost, because the
            // file has no buffer.
        }
    }
}
