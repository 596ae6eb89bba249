package io.github.vdm4j.dsa.portal;

import io.github.vdm4j.engine.channel.Descriptor;
import java.io.IOException;
import java.lang.invoke.VarHandle;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/**
 * A portal that uses the JDK's file channel, for a JVM that denies native access. It locks the
 * channel for each submission. An interrupt closes a channel, so the portal opens another.
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
    public int submit(SlotMemory memory) {
        boolean interrupted = Thread.interrupted(); // an interrupted thread would close the channel
        try {
            return submit(memory, channel);
        } catch (ClosedChannelException e) {
            interrupted |= Thread.interrupted();
            return memory.written() == Descriptor.BYTES ? 0 : submitAgain(memory);
        } catch (IOException e) {
            return errorNumber(e);
        } finally {
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }

    private static int submit(SlotMemory memory, FileChannel to) throws IOException {
        VarHandle.fullFence(); // the device must not see the descriptor before its data
        int accepted = to.write(memory.buffer());
        return accepted == Descriptor.BYTES ? 0 : accepted == 0 ? DsaStatus.EAGAIN : DsaStatus.EIO;
    }

    /** After an interrupt of a thread that was in the channel. */
    private synchronized int submitAgain(SlotMemory memory) {
        if (closed) {
            return DsaStatus.EBADF;
        }
        try {
            if (!channel.isOpen()) {
                channel = open();
            }
            return submit(memory, channel);
        } catch (ClosedChannelException e) {
            return memory.written() == Descriptor.BYTES ? 0 : DsaStatus.EAGAIN;
        } catch (IOException e) {
            return errorNumber(e);
        }
    }

    /** The JDK gives the system's words only. */
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
            // The device file is closed all the same. Nothing was written through a buffer.
        }
    }
}
