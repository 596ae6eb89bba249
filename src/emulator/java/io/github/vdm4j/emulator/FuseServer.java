package io.github.vdm4j.emulator;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * A server that answers the kernel's requests for a folder of work queues.
 *
 * <p>A queue is a regular file, because the kernel would open the driver of a character device. Its
 * size is huge, because the kernel serialises writes beyond the end of a file.
 */
final class FuseServer {
    private static final int LOOKUP = 1;
    private static final int FORGET = 2;
    private static final int GETATTR = 3;
    private static final int OPEN = 14;
    private static final int WRITE = 16;
    private static final int STATFS = 17;
    private static final int RELEASE = 18;
    private static final int FLUSH = 25;
    private static final int INIT = 26;
    private static final int OPENDIR = 27;
    private static final int READDIR = 28;
    private static final int RELEASEDIR = 29;
    private static final int INTERRUPT = 36;
    private static final int DESTROY = 38;
    private static final int BATCH_FORGET = 42;

    private static final int HEADER = 40;
    private static final int REPLY_HEADER = 16;
    private static final int WRITE_DATA = 80;
    private static final int MAX_WRITE = 1 << 20;
    private static final int MAX_PAGES = MAX_WRITE / ClientMemory.PAGE;
    private static final int MINOR_VERSION = 38;
    private static final int BIG_WRITES = 1 << 5; // These are flags of INIT.
    private static final int MAX_PAGES_SET = 1 << 22;
    // DIRECT_IO, NONSEEKABLE, STREAM, PARALLEL_DIRECT_WRITES
    private static final int OPEN_FLAGS = 1 | 1 << 2 | 1 << 4 | 1 << 6;
    private static final long HUGE = 1L << 62;
    private static final int REGULAR_FILE = 0100666;
    private static final int FOLDER = 040755;
    private static final int STATFS_BYTES = 80;
    private static final long SECONDS_VALID = 3600;

    private static final int EPERM = 1;
    private static final int ENOENT = 2;
    private static final int EIO = 5;
    private static final int ENOSYS = 38;

    private final FuseMount mount;
    private final List<QueueNode> nodes; // Node n has the id n + 2.
    private final Map<Long, QueueNode.Handle> handles = new HashMap<>();
    private long lastHandle;

    FuseServer(FuseMount mount, List<QueueNode> nodes) {
        this.mount = mount;
        this.nodes = nodes;
    }

    /** Answers requests until the folder is unmounted. */
    void serve() throws IOException {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment buffer = arena.allocate(MAX_WRITE + ClientMemory.PAGE, Long.BYTES);
            while (true) {
                long length = mount.receive(buffer);
                if (length == 0) {
                    return;
                }
                answer(ByteBuffer.wrap(buffer.asSlice(0, length).toArray(JAVA_BYTE))
                        .order(ByteOrder.nativeOrder()));
            }
        }
    }

    private void answer(ByteBuffer request) {
        int opcode = request.getInt(4);
        long unique = request.getLong(8);
        long node = request.getLong(16);
        switch (opcode) {
            case FORGET, BATCH_FORGET, INTERRUPT, DESTROY -> {
            }
            case INIT -> reply(unique, init(request));
            case LOOKUP -> lookup(unique, request);
            case GETATTR -> reply(unique, attributes(body(104).putLong(SECONDS_VALID).putLong(0),
                    node));
            case OPEN -> open(unique, request, node);
            case WRITE -> write(unique, request);
            case FLUSH -> flush(unique, request.getLong(HEADER));
            case RELEASE -> release(unique, request.getLong(HEADER));
            case OPENDIR -> reply(unique, body(16));
            case RELEASEDIR -> reply(unique, body(0));
            case READDIR -> reply(unique, entries(request));
            case STATFS -> reply(unique, body(STATFS_BYTES));
            default -> fail(unique, ENOSYS);
        }
    }

    private static ByteBuffer body(int bytes) {
        return ByteBuffer.allocate(bytes).order(ByteOrder.nativeOrder());
    }

    private void reply(long unique, ByteBuffer body) {
        mount.send(body(REPLY_HEADER + body.capacity())
                .putInt(REPLY_HEADER + body.capacity())
                .putInt(0)
                .putLong(unique)
                .put(body.array())
                .array());
    }

    private void fail(long unique, int error) {
        mount.send(body(REPLY_HEADER).putInt(REPLY_HEADER).putInt(-error).putLong(unique).array());
    }

    private static ByteBuffer init(ByteBuffer request) {
        return body(64).putInt(7)
                .putInt(Math.min(request.getInt(HEADER + 4), MINOR_VERSION))
                .putInt(request.getInt(HEADER + 8))
                .putInt(request.getInt(HEADER + 12) & (BIG_WRITES | MAX_PAGES_SET))
                .putInt(0)
                .putInt(MAX_WRITE)
                .putInt(1)
                .putShort((short) MAX_PAGES);
    }

    private void lookup(long unique, ByteBuffer request) {
        String name = StandardCharsets.UTF_8
                .decode(request.slice(HEADER, request.limit() - HEADER - 1))
                .toString();
        for (int i = 0; i < nodes.size(); i++) {
            if (nodes.get(i).name().equals(name)) {
                ByteBuffer entry = body(128).putLong(i + 2)
                        .putLong(0)
                        .putLong(SECONDS_VALID)
                        .putLong(SECONDS_VALID)
                        .putLong(0);
                reply(unique, attributes(entry, i + 2));
                return;
            }
        }
        fail(unique, ENOENT);
    }

    /** Appends a struct fuse_attr. */
    private static ByteBuffer attributes(ByteBuffer body, long node) {
        boolean folder = node == 1;
        return body.putLong(node)
                .putLong(folder ? 0 : HUGE)
                .position(body.position() + 44) // These are the blocks and the times.
                .putInt(folder ? FOLDER : REGULAR_FILE)
                .putInt(1);
    }

    private ByteBuffer entries(ByteBuffer request) {
        ByteBuffer entries = body(request.getInt(HEADER + 16));
        for (long i = request.getLong(HEADER + 8); i < nodes.size(); i++) {
            byte[] name = nodes.get((int) i).name().getBytes(StandardCharsets.UTF_8);
            int padded = 24 + name.length + 7 & -8;
            if (entries.remaining() < padded) {
                break;
            }
            int start = entries.position();
            entries.putLong(i + 2).putLong(i + 1).putInt(name.length).putInt(8).put(name);
            entries.position(start + padded);
        }
        return body(entries.position()).put(entries.array(), 0, entries.position());
    }

    private void open(long unique, ByteBuffer request, long node) {
        try {
            QueueNode.Handle handle = nodes.get((int) node - 2).open(request.getInt(32));
            if (handle == null) {
                fail(unique, QueueNode.EBUSY);
                return;
            }
            long number = ++lastHandle;
            handles.put(number, handle);
            reply(unique, body(16).putLong(number).putInt(OPEN_FLAGS));
        } catch (IOException e) {
            fail(unique, EIO);
        }
    }

    private void write(long unique, ByteBuffer request) {
        QueueNode.Handle handle = handles.get(request.getLong(HEADER));
        byte[] descriptors = new byte[request.getInt(56)];
        request.get(WRITE_DATA, descriptors);
        if (!handle.isOpenedBy(request.getInt(32))) {
            fail(unique, EPERM);
            return;
        }
        int accepted = handle.submit(descriptors);
        if (accepted < 0) {
            fail(unique, -accepted);
        } else {
            reply(unique, body(8).putInt(accepted));
        }
    }

    /** A close waits until the client's descriptors have completed. */
    private void flush(long unique, long number) {
        handles.get(number).whenDrained(() -> reply(unique, body(0)));
    }

    private void release(long unique, long number) {
        handles.remove(number).release();
        reply(unique, body(0));
    }
}
