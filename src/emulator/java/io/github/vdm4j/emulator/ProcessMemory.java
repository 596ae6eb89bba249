package io.github.vdm4j.emulator;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;

import java.io.FileInputStream;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;

/**
 * The memory of another process.
 *
 * <p>Linux makes a page present when another process accesses it. The emulator therefore reads the
 * page table of the process, /proc/PID/pagemap, to find the pages that a device would miss.
 */
final class ProcessMemory implements ClientMemory, AutoCloseable {
    private static final int ENTRY = Long.BYTES;
    private static final int ENTRIES = 512;

    private final int process;
    private final FileChannel pages; // If null, no page is ever missing.
    private final Arena arena = Arena.ofShared();
    private final MemorySegment buffer = arena.allocate(Access.CHUNK, PAGE);
    private final MemorySegment local = SystemCalls.vectors(arena, 1);
    private final MemorySegment remote = SystemCalls.vectors(arena, 1);
    private final MemorySegment recordLocal = SystemCalls.vectors(arena, 2);
    private final MemorySegment recordRemote = SystemCalls.vectors(arena, 2);
    private final ByteBuffer entries =
            ByteBuffer.allocateDirect(ENTRIES * ENTRY).order(ByteOrder.nativeOrder());

    ProcessMemory(int process, boolean pagesCanBeMissing) throws IOException {
        this.process = process;
        pages = pagesCanBeMissing
                ? new FileInputStream("/proc/" + process + "/pagemap").getChannel()
                : null;
    }

    @Override
    public long present(long address, long length, boolean write) {
        if (address < 0 || address > Long.MAX_VALUE - length) {
            return 0; // No process has memory at this address.
        }
        if (pages == null || length == 0) {
            return length;
        }
        long page = address / PAGE;
        long end = (address + length - 1) / PAGE + 1;
        while (page < end) {
            entries.clear().limit((int) Math.min(end - page, ENTRIES) * ENTRY);
            try {
                if (pages.read(entries, page * ENTRY) <= 0) {
                    return Math.max(0, page * PAGE - address);
                }
            } catch (IOException e) {
                return Math.max(0, page * PAGE - address); // The process has ended.
            }
            entries.flip();
            for (; entries.remaining() >= ENTRY; page++) {
                if (entries.getLong() >= 0) { // Bit 63 is set if the page is present.
                    return Math.max(0, page * PAGE - address);
                }
            }
        }
        return length;
    }

    /** Reads a byte of the page. If the device writes the page, the write makes it present. */
    @Override
    public boolean resolve(long address, boolean write) {
        return transfer(address, 1, false) == 1;
    }

    @Override
    public void read(long address, byte[] bytes) throws MemoryFault {
        access(address, bytes, false);
    }

    @Override
    public void write(long address, byte[] bytes) throws MemoryFault {
        access(address, bytes, true);
    }

    private void access(long address, byte[] bytes, boolean write) throws MemoryFault {
        for (int at = 0; at < bytes.length; at += Access.CHUNK) {
            int chunk = Math.min(bytes.length - at, Access.CHUNK);
            if (write) {
                MemorySegment.copy(bytes, at, buffer, JAVA_BYTE, 0, chunk);
            }
            long done = Math.max(0, transfer(address + at, chunk, write));
            if (!write) {
                MemorySegment.copy(buffer, JAVA_BYTE, 0, bytes, at, (int) done);
            }
            if (done < chunk) {
                throw new MemoryFault(address + at + done, write);
            }
        }
    }

    private long transfer(long address, long length, boolean write) {
        SystemCalls.setVector(local, 0, buffer.address(), length);
        SystemCalls.setVector(remote, 0, address, length);
        return write ? SystemCalls.writeMemory(process, local, remote)
                : SystemCalls.readMemory(process, local, remote);
    }

    /** Linux writes the pieces in their order. The status comes last. */
    @Override
    public void writeRecord(long address, byte[] bytes) throws MemoryFault {
        MemorySegment.copy(bytes, 0, buffer, JAVA_BYTE, 0, bytes.length);
        SystemCalls.setVector(recordLocal, 0, buffer.address() + 1, bytes.length - 1);
        SystemCalls.setVector(recordLocal, 1, buffer.address(), 1);
        SystemCalls.setVector(recordRemote, 0, address + 1, bytes.length - 1);
        SystemCalls.setVector(recordRemote, 1, address, 1);
        if (SystemCalls.writeMemory(process, recordLocal, recordRemote) < bytes.length) {
            throw new MemoryFault(address, true);
        }
    }

    @Override
    public void close() throws IOException {
        arena.close();
        if (pages != null) {
            pages.close();
        }
    }
}
